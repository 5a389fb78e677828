package mail

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	gomail "github.com/wneessen/go-mail"

	"torhaus/internal/secret"
)

// Encryption says how the connection to the mail server is protected.
type Encryption string

// The ways to protect the connection. What is set is demanded: a server that does not offer it gets no mail.
const (
	STARTTLS Encryption = "starttls" // encrypted after the greeting (RFC 3207); usual on port 587
	TLS      Encryption = "tls"      // encrypted from the start (RFC 8314); usual on port 465
	NoTLS    Encryption = "none"     // not encrypted; for a server on the same machine
)

// Settings say how to reach the mail server.
type Settings struct {
	Host     string
	Port     int
	TLS      Encryption
	User     string // empty: no login
	Password secret.Text
	Timeout  time.Duration  // for connecting and for handing over a mail, each
	Hello    string         // name of this machine in EHLO; empty: its host name
	CAs      *x509.CertPool // who may have signed the server's certificate; nil: the system's
}

func (s Settings) check() error {
	switch {
	case s.Host == "" || s.Port < 1 || s.Port > 65535:
		return fmt.Errorf("mail server %q, port %d: a host and a port from 1 to 65535 are needed", s.Host, s.Port)
	case s.TLS != STARTTLS && s.TLS != TLS && s.TLS != NoTLS:
		return fmt.Errorf("mail server: %q is no way to protect a connection; accepted: starttls, tls, none", s.TLS)
	case s.User != "" && s.TLS == NoTLS:
		return errors.New("mail server: a password is not sent over a connection that is not encrypted; set starttls or tls, or no user")
	case s.User != "" && s.Password == "":
		return fmt.Errorf("mail server: user %q has no password", s.User)
	case s.Timeout <= 0:
		return errors.New("mail server: the time-out must be above zero")
	}
	return nil
}

func (s Settings) options() []gomail.Option {
	options := []gomail.Option{
		gomail.WithPort(s.Port),
		gomail.WithTimeout(s.Timeout),
		gomail.WithTLSConfig(s.tlsConfig()),
		gomail.WithoutNoop(),
	}
	switch s.TLS {
	case STARTTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case TLS:
		options = append(options, gomail.WithSSL())
	case NoTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.Hello != "" {
		options = append(options, gomail.WithHELO(s.Hello))
	}
	if s.User != "" {
		// the strongest that the server offers; PLAIN and LOGIN are refused by the library unless the connection is encrypted
		options = append(options, gomail.WithUsername(s.User), gomail.WithPassword(s.Password.Reveal()),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256PLUS, gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return options
}

func (s Settings) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: s.Host, RootCAs: s.CAs, MinVersion: tls.VersionTLS12}
}
