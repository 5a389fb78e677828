package config

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/yamlfile"
)

// Load reads the configuration file and, through getenv, the secrets that it names. What is wrong with its content is an error
// of type yamlfile.Problems.
func Load(path string, getenv func(string) string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return parse(path, data, getenv)
}

func parse(path string, data []byte, getenv func(string) string) (*Config, error) {
	c := &Config{}
	l := loader{File: yamlfile.Decode(path, data, c, forms), folder: filepath.Dir(path), getenv: getenv}
	l.refuseSecrets("", l.Root)
	l.resolve(&c.TLS.Certificate)
	l.resolve(&c.TLS.Key)
	taken := map[string]string{}
	l.unique("listen", c.Listen, taken, "another address")
	l.unique("metrics", c.Metrics, taken, "another address")
	for i := range c.Portals {
		l.portal(fmt.Sprintf("portals[%d]", i), &c.Portals[i], taken)
	}
	if err := l.Err(); err != nil {
		return nil, err
	}
	return c, nil
}

// loader completes a configuration that was decoded: paths, secrets, what must not be shared.
type loader struct {
	*yamlfile.File
	folder string
	getenv func(string) string
}

// secretKey is what people call a key that they put a secret under.
var secretKey = regexp.MustCompile(`(?i)^(.*[-_])?(password|passwd|passphrase|pass|pwd|secret|passwort|kennwort)$`)

// refuseSecrets tells whoever writes a secret into the file where it belongs. It never repeats the value.
func (l *loader) refuseSecrets(key string, n yamlfile.Node) {
	for i, e := range n.Entries {
		full := yamlfile.Join(key, e.Key)
		if n.Kind == yamlfile.Sequence {
			full = fmt.Sprintf("%s[%d]", key, i)
		}
		if secretKey.MatchString(e.Key) {
			l.Refuse(full, "no secret stands in this file; put it into an environment variable", "its name, as password-env or database-password-env")
		}
		l.refuseSecrets(full, e.Value)
	}
}

// resolve makes a path relative to the folder of the file.
func (l *loader) resolve(path *string) {
	if *path != "" && !filepath.IsAbs(*path) {
		*path = filepath.Join(l.folder, *path)
	}
}

func (l *loader) portal(key string, p *Portal, taken map[string]string) {
	l.resolve(&p.Keys)
	l.resolve(&p.Spool)
	l.resolve(&p.PrinterCA)
	l.resolve(&p.AuditHeads)
	if file, ok := strings.CutPrefix(p.Database, "sqlite:"); ok {
		l.resolve(&file)
		p.Database = "sqlite:" + file
	}
	l.rules(key+".profile", p)
	l.names(key, p, taken)
	l.unique(key+".database", p.Database, taken, "another database")
	l.unique(key+".keys", p.Keys, taken, "keys of its own")
	l.unique(key+".spool", p.Spool, taken, "a folder of its own")
	l.database(key, p)
	l.printer(key, p)
	l.mail(key+".smtp", &p.SMTP)
}

// rules reads the profile, so that its faults are told now and not at the first request.
func (l *loader) rules(key string, p *Portal) {
	if !l.OK(key) || !profile.IsPath(p.Profile) {
		return
	}
	l.resolve(&p.Profile)
	if _, err := profile.Load(p.Profile); err != nil {
		l.Refuse(key, "cannot be used:\n"+err.Error(), "")
	}
}

var usualPort = map[string]string{"https": ":443", "http": ":80"}

// names refuses host names that two portals claim.
func (l *loader) names(key string, p *Portal, taken map[string]string) {
	if l.OK(key+".url") && p.URL != nil {
		p.URL.Path = ""
		p.URL.Host = strings.TrimSuffix(p.URL.Host, usualPort[p.URL.Scheme]) // browsers leave it out
		l.unique(key+".url", p.URL.Host, taken, "another host name")
	}
	for i, host := range p.Hosts {
		l.unique(fmt.Sprintf("%s.hosts[%d]", key, i), host, taken, "another host name")
	}
}

// unique refuses what another key has already; databases, files and host names never look alike.
func (l *loader) unique(key, value string, taken map[string]string, accepted string) {
	if value == "" || !l.OK(key) {
		return
	}
	if other, ok := taken[value]; ok {
		l.Refuse(key, "is the same as "+other, accepted)
		return
	}
	taken[value] = key
}

func (l *loader) database(key string, p *Portal) {
	env := key + ".database-password-env"
	if p.PasswordEnv != "" && l.OK(key+".database") {
		if u, err := url.Parse(p.Database); err != nil || u.User.Username() == "" { // SQLite never has one
			l.Refuse(env, "names a password, but the address of the database has no user", "leave it out, or postgres://user@…")
			return
		}
	}
	p.DatabasePassword = l.secret(env, p.PasswordEnv)
}

func (l *loader) printer(key string, p *Portal) {
	if p.PrinterCA != "" && !strings.HasPrefix(p.Print, "ipps:") && l.OK(key+".print") {
		l.Refuse(key+".printer-ca", "is for a printer, and print names none with a certificate", "leave it out, or print: ipps://…")
	}
}

func (l *loader) mail(key string, s *SMTP) {
	switch {
	case s.User != "" && s.PasswordEnv == "" && l.OK(key+".password-env"):
		l.Refuse(key+".password-env", "is missing: the user needs a password", forms["variable"].Accepts)
	case s.User == "" && s.PasswordEnv != "" && l.OK(key+".user"):
		l.Refuse(key+".user", "is missing: the password needs a user", "the user name at the mail server")
	case s.User != "" && s.TLS == TLSNone:
		l.Refuse(key+".tls", "would send the password unencrypted", string(TLSStart+", "+TLSImplicit)+"; or no user")
	}
	s.Password = l.secret(key+".password-env", s.PasswordEnv)
}

// secret reads an environment variable that a key names.
func (l *loader) secret(key, name string) secret.Text {
	if name == "" || !l.OK(key) {
		return ""
	}
	value := l.getenv(name)
	if value == "" {
		// the name is not repeated: people put the password itself there
		l.Refuse(key, "names an environment variable that is not set, or empty", "the name of a variable that holds the password, set in the service's environment file for instance")
	}
	return secret.Text(value)
}
