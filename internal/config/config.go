package config

import (
	"log/slog"
	"net/url"
	"time"

	"torhaus/internal/secret"
)

// Config is the configuration of an installation.
type Config struct {
	Listen  string   `yaml:"listen" doc:"address of the portals' listener; an empty host means all interfaces" accept:"listen" default:"127.0.0.1:8080"`
	Metrics string   `yaml:"metrics" doc:"address of a listener of its own for /metrics (Prometheus), /healthz and /readyz; not to be reached from outside; left out, there is none" accept:"listen" optional:"true"`
	Proxies []string `yaml:"proxies" doc:"proxies before the portals: from these alone X-Forwarded-For is believed, which tells where a visitor comes from" accept:"network" optional:"true"`
	TLS     TLS      `yaml:"tls" doc:"certificate of the listener; leave the section out behind a proxy that speaks TLS" optional:"true"`
	Log     Log      `yaml:"log" doc:"what is written to standard error, one line per event" optional:"true"`
	Portals []Portal `yaml:"portals" doc:"the portals that this process serves, told apart by host name"`
}

// TLS names the listener's certificate. Both are empty when the listener speaks plain HTTP.
type TLS struct {
	Certificate string `yaml:"certificate" doc:"file with the certificate and its intermediates, PEM" accept:"path"`
	Key         string `yaml:"key" doc:"file with its private key, PEM" accept:"path"`
}

// Log says what is logged and how.
type Log struct {
	Level  slog.Level `yaml:"level" doc:"the least important level that is written" accept:"debug|info|warn|error" default:"info"`
	Format LogFormat  `yaml:"format" doc:"json for machines, text for people" accept:"json|text" default:"json"`
}

// LogFormat is the form of log lines.
type LogFormat string

// The forms of log lines.
const (
	JSON LogFormat = "json"
	Text LogFormat = "text"
)

// Portal is one body's installation. No two portals share a host name, a database, keys or a spool folder.
type Portal struct {
	Profile     string   `yaml:"profile" doc:"the portal's rules: the key of a profile in the program, or the path of a file" accept:"profile"`
	URL         *url.URL `yaml:"url" doc:"address at which browsers reach the portal; it stands in letters and e-mails" accept:"url"`
	Hosts       []string `yaml:"hosts" doc:"further host names, with port unless it is the usual one; they lead to url" accept:"authority" optional:"true"`
	Database    string   `yaml:"database" doc:"where the portal keeps its data" accept:"database" quiet:"true"`
	PasswordEnv string   `yaml:"database-password-env" doc:"environment variable with the password of the PostgreSQL user" accept:"variable" optional:"true" quiet:"true"`
	Keys        string   `yaml:"keys" doc:"file with the portal's keys, made by torhaus keys new; losing it loses every token" accept:"path"`
	Spool       string   `yaml:"spool" doc:"folder that letters are handed over in, for the print centre to fetch" accept:"path"`
	Print       string   `yaml:"print" doc:"how letters are handed over: into the spool folder, or to a printer by IPP" accept:"print" default:"spool" quiet:"true"`
	PrinterCA   string   `yaml:"printer-ca" doc:"file with the certificate, PEM, that the printer's is signed with, or is; left out, those that this machine trusts" accept:"path" optional:"true" quiet:"true"`
	PrintCentre string   `yaml:"print-centre-key" doc:"public key of the print centre, to which letters are sealed in the spool folder (torhaus keys print-centre new makes one); none leaves them open there, for a print centre on this machine" accept:"print-centre-key" quiet:"true"`
	AuditHeads  string   `yaml:"audit-heads" doc:"folder that the signed heads of the audit chain are kept in; best on another machine's disk, out of reach for whoever manages the database" accept:"path"`
	SMTP        SMTP     `yaml:"smtp" doc:"the mail server that takes the portal's e-mails"`

	DatabasePassword secret.Text `yaml:"-"` // from PasswordEnv
}

// SMTP says how to reach the mail server.
type SMTP struct {
	Host        string        `yaml:"host" doc:"name of the mail server, as in its certificate" accept:"host"`
	Port        int           `yaml:"port" doc:"its port: 587 is usual for starttls, 465 for tls" accept:"1..65535" default:"587"`
	TLS         Encryption    `yaml:"tls" doc:"protection of the connection, which is demanded: none is for a server on this machine" accept:"starttls|tls|none" default:"starttls"`
	User        string        `yaml:"user" doc:"user name at the mail server; left out, Torhaus does not log in" optional:"true"`
	PasswordEnv string        `yaml:"password-env" doc:"environment variable with that user's password" accept:"variable" optional:"true" quiet:"true"`
	Timeout     time.Duration `yaml:"timeout" doc:"how long to wait for the mail server before trying again later" accept:"1s..5m" default:"30s"`

	Password secret.Text `yaml:"-"` // from PasswordEnv
}

// SpoolFolder is the value of Print that lays letters into the spool folder; any other one is the address of a printer.
const SpoolFolder = "spool"

// OpenLetters is the value of PrintCentre that leaves letters in the spool folder unsealed.
const OpenLetters = "none"

// Encryption says how the connection to the mail server is protected.
type Encryption string

// The ways to protect the connection.
const (
	TLSStart    Encryption = "starttls" // after the greeting (RFC 3207)
	TLSImplicit Encryption = "tls"      // from the start (RFC 8314)
	TLSNone     Encryption = "none"
)

// DatabaseAddress gives the address of the database with its password, for the driver only.
func (p Portal) DatabaseAddress() secret.Text {
	u, err := url.Parse(p.Database)
	if err != nil || p.DatabasePassword == "" || u.User == nil {
		return secret.Text(p.Database)
	}
	u.User = url.UserPassword(u.User.Username(), p.DatabasePassword.Reveal())
	return secret.Text(u.String())
}
