package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"strings"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"torhaus/internal/job"
)

// Check connects to the mail server, greets, encrypts and logs in as the settings say, and takes its leave. The error says
// what is wrong and, where that can be told, how to mend it.
func (c *Courier) Check(ctx context.Context) error {
	l, err := c.settings.connect(ctx, false)
	if err != nil {
		return err
	}
	defer l.hangUp()
	if err := l.client.Quit(); err != nil {
		return fmt.Errorf("mail server %s breaks off: %w", c.settings.address(), err)
	}
	return nil
}

// send hands one e-mail to the server. Once the server has accepted it, nothing that goes wrong afterwards counts.
func (s Settings) send(ctx context.Context, m *gomail.Msg) error {
	l, err := s.connect(ctx, needsUTF8(m))
	if err != nil {
		return err
	}
	defer l.hangUp()
	err = l.mailer.SendWithSMTPClient(l.client, m)
	if m.IsDelivered() {
		_ = l.client.Quit() // courtesy; the mail is with the server
		return nil
	}
	return verdict(err)
}

// needsUTF8 tells whether a recipient needs SMTPUTF8 (RFC 6531). The others do without, since not every server further on
// has it.
func needsUTF8(m *gomail.Msg) bool {
	for _, to := range m.GetTo() {
		if strings.ContainsFunc(to.Address, func(r rune) bool { return r > 127 }) {
			return true
		}
	}
	return false
}

// line is a connection to the mail server, greeted, encrypted and logged in as the settings say.
type line struct {
	mailer *gomail.Client
	client *smtp.Client
	hangUp func()
}

// connect opens a line. It is cut when the context ends; the library heeds the context only while dialling.
func (s Settings) connect(ctx context.Context, utf8 bool) (*line, error) {
	l := &line{hangUp: func() {}}
	dial := func(dialling context.Context, network, _ string) (net.Conn, error) {
		conn, err := s.dial(dialling, network)
		if err != nil {
			return nil, err
		}
		release := context.AfterFunc(ctx, func() { _ = conn.Close() })
		l.hangUp = func() { release(); _ = conn.Close() }
		return conn, nil
	}
	options := append(s.options(), gomail.WithDialContextFunc(dial))
	if !utf8 {
		options = append(options, gomail.WithoutSMTPUTF8())
	}
	var err error
	if l.mailer, err = gomail.NewClient(s.Host, options...); err != nil {
		return nil, fmt.Errorf("mail server %s: %w", s.address(), err)
	}
	if l.client, err = l.mailer.DialToSMTPClientWithContext(ctx); err != nil {
		l.hangUp()
		return nil, s.explain(err)
	}
	return l, nil
}

func (s Settings) address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

func (s Settings) dial(ctx context.Context, network string) (net.Conn, error) {
	if s.TLS == TLS {
		return (&tls.Dialer{Config: s.tlsConfig()}).DialContext(ctx, network, s.address())
	}
	return new(net.Dialer).DialContext(ctx, network, s.address())
}

// explain adds to a failed connection what can be done about it.
func (s Settings) explain(err error) error {
	address := s.address()
	if _, untrusted := errors.AsType[*tls.CertificateVerificationError](err); untrusted {
		return fmt.Errorf("mail server %s shows a certificate that is not trusted; give it one for this name, or add its CA to the trusted ones: %w", address, err)
	}
	if _, noTLS := errors.AsType[tls.RecordHeaderError](err); noTLS {
		return fmt.Errorf("mail server %s does not speak TLS from the start; use starttls, or the port for tls: %w", address, err)
	}
	if answer, ok := errors.AsType[*textproto.Error](err); ok && answer.Code/10 == 53 { // RFC 4954, 6
		return fmt.Errorf("mail server %s refuses the login with code %d; check user and password", address, answer.Code)
	} else if ok {
		return fmt.Errorf("mail server %s refuses the conversation: %d %s", address, answer.Code, answer.Msg)
	}
	if strings.Contains(err.Error(), "does not support STARTTLS") { // the library has no value for it
		return fmt.Errorf("mail server %s offers no STARTTLS; nothing is sent unencrypted: have it switched on there, or use the port for tls", address)
	}
	return fmt.Errorf("mail server %s cannot be reached: %w", address, err)
}

// phases names what the conversation had come to.
var phases = map[gomail.SendErrReason]string{
	gomail.ErrSMTPMailFrom:  "the sender",
	gomail.ErrSMTPRcptTo:    "the recipient",
	gomail.ErrSMTPData:      "DATA",
	gomail.ErrWriteContent:  "the mail",
	gomail.ErrSMTPDataClose: "the mail",
}

// verdict tells whether an e-mail that was not accepted is to be tried again: not when the server refused this recipient or
// this mail for good (5xx, RFC 5321, 4.2.1). That it refuses the sender is a fault of the settings, which may be mended while
// the mail waits. The library's own words name the recipient, so they are not used.
func verdict(err error) error {
	failed, ok := errors.AsType[*gomail.SendError](err)
	if !ok {
		return errors.New("mail server: the conversation failed")
	}
	phase, code := cmp.Or(phases[failed.Reason], "the conversation"), failed.ErrorCode()
	if code == 0 {
		return fmt.Errorf("mail server gave no answer to %s", phase)
	}
	answer := strings.TrimSpace(fmt.Sprintf("%d %s", code, failed.EnhancedStatusCode()))
	cause := fmt.Errorf("mail server answered %s to %s", answer, phase)
	if code >= 500 && failed.Reason != gomail.ErrSMTPMailFrom {
		return job.Permanent(cause)
	}
	return cause
}
