package config

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/profile"
	"torhaus/internal/yamlfile"
)

const (
	examplePath = "../../docs/torhaus.example.yaml"
	small       = `portals:
- profile: kvb
  url: https://kvb.example/
  database: sqlite:kvb.db
  keys: /etc/torhaus/kvb.json
  spool: spool
  print-centre-key: none
  audit-heads: heads
  smtp:
    host: localhost
`
)

func noEnvironment(string) string { return "" }

func environment(pairs ...string) func(string) string {
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return values[name] }
}

func TestASmallConfigurationIsFilledWithDefaults(t *testing.T) {
	c, err := parse("/srv/torhaus/torhaus.yaml", []byte(small), noEnvironment)
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		Listen: "127.0.0.1:8080",
		Log:    Log{Level: slog.LevelInfo, Format: JSON},
		Portals: []Portal{{
			Profile: "kvb", URL: &url.URL{Scheme: "https", Host: "kvb.example"}, Database: "sqlite:/srv/torhaus/kvb.db",
			Keys: "/etc/torhaus/kvb.json", Spool: "/srv/torhaus/spool", Print: SpoolFolder, PrintCentre: OpenLetters, AuditHeads: "/srv/torhaus/heads",
			SMTP: SMTP{Host: "localhost", Port: 587, TLS: TLSStart, Timeout: 30 * time.Second},
		}},
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
}

func TestTheExampleLoadsAndShowsEveryKey(t *testing.T) {
	c, err := Load(examplePath, noEnvironment)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Portals) != 1 || c.Portals[0].Database != "sqlite:../../docs/kvb/portal.db" {
		t.Errorf("got %+v", c)
	}
	data, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range yamlfile.Describe(Config{}, forms) {
		for _, k := range s.Keys {
			last := k.Name[strings.LastIndex(k.Name, ".")+1:]
			if !strings.Contains(string(data), last+": ") {
				t.Errorf("the example does not show %s", k.Name)
			}
		}
	}
}

// What the example shows commented out is right as well.
func TestTheExampleWithEverythingSwitchedOnLoads(t *testing.T) {
	data, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	on := string(data)
	for _, key := range []string{"tls:", "  certificate:", "  key:", "proxies:", "metrics:", "hosts:", "print:", "printer-ca:", "database-password-env:", "user:", "password-env:"} {
		on = strings.Replace(on, "# "+key, key, 1)
	}
	on = strings.Replace(on, "sqlite:kvb/portal.db", "postgres://torhaus@db.kvb.example/torhaus?search_path=kvb", 1)
	c, err := parse("torhaus.yaml", []byte(on), environment("TORHAUS_KVB_DATABASE_PASSWORD", "d#b", "TORHAUS_KVB_SMTP_PASSWORD", "s"))
	if err != nil {
		t.Fatal(err)
	}
	p := c.Portals[0]
	if c.TLS.Certificate != "certificate.pem" || c.TLS.Key != "certificate-key.pem" || len(p.Hosts) != 1 || p.SMTP.User != "torhaus" || p.SMTP.Password.Reveal() != "s" {
		t.Errorf("got %+v", c)
	}
	if got := p.DatabaseAddress().Reveal(); got != "postgres://torhaus:d%23b@db.kvb.example/torhaus?search_path=kvb" {
		t.Errorf("address %s", got)
	}
}

func TestDatabaseAddressWithoutPasswordIsTheAddress(t *testing.T) {
	for _, address := range []string{"sqlite:/srv/kvb.db", "postgres://torhaus@/run/torhaus", "postgres://torhaus@db/torhaus"} {
		if got := (Portal{Database: address}).DatabaseAddress().Reveal(); got != address {
			t.Errorf("%s becomes %s", address, got)
		}
	}
}

func TestSecretsNeverPrint(t *testing.T) {
	const password = "Tr0ub4dor"
	data := strings.Replace(small, "    host: localhost", "    host: localhost\n    user: u\n    password-env: P", 1)
	data = strings.Replace(data, "sqlite:kvb.db", "postgres://u@db/x\n  database-password-env: P", 1)
	c, err := parse("torhaus.yaml", []byte(data), environment("P", password))
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "config", c, "portal", c.Portals[0], "address", c.Portals[0].DatabaseAddress())
	for _, s := range []string{fmt.Sprintf("%v %+v %#v", c, *c, c.Portals), fmt.Sprint(c.Portals[0].DatabaseAddress()), log.String()} {
		if strings.Contains(s, password) {
			t.Errorf("the password prints: %s", s)
		}
	}
	if !strings.Contains(c.Portals[0].DatabaseAddress().Reveal(), password) {
		t.Error("the password is lost")
	}
}

func TestASecretInTheFileIsRefusedAndNotRepeated(t *testing.T) {
	const password = "Tr0ub4dor"
	tests := []struct{ name, old, replacement, want string }{
		{"password", "    host: localhost", "    host: localhost\n    password: " + password, "t.yaml:11: portals[0].smtp.password: no secret stands in this file; put it into an environment variable; accepted: its name, as password-env or database-password-env"},
		{"in German", "    host: localhost", "    host: localhost\n    Kennwort: " + password, "t.yaml:11: portals[0].smtp.Kennwort: no secret stands in this file"},
		{"a word before it", "  spool: spool", "  spool: spool\n  db_password: " + password, "t.yaml:7: portals[0].db_password: no secret stands in this file"},
		{"in the address of the database", "sqlite:kvb.db", "postgres://u:" + password + "@db/x", "t.yaml:4: portals[0].database: its value holds a password; put it into an environment variable and name that in database-password-env"},
		{"in another parameter", "sqlite:kvb.db", "postgres://u@db/x?sslPassword=" + password, "holds a password"},
		{"in its parameters", "sqlite:kvb.db", "postgres://u@db/x?password=" + password, "holds a password"},
		{"the print centre's private key", "print-centre-key: none", "print-centre-key: AGE-SECRET-KEY-1" + password, "its value is no public key of a print centre (its private half, AGE-SECRET-KEY-…, never stands here)"},
		{"in place of the variable's name", "    host: localhost", "    host: localhost\n    user: u\n    password-env: " + password, "t.yaml:12: portals[0].smtp.password-env: names an environment variable that is not set, or empty"},
		{"one that cannot be a name", "    host: localhost", "    host: localhost\n    user: u\n    password-env: " + password + "!", "its value is no name of an environment variable"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parse("t.yaml", []byte(strings.Replace(small, tt.old, tt.replacement, 1)), noEnvironment)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v\nwant %s", err, tt.want)
			}
			if strings.Contains(err.Error(), password) {
				t.Errorf("the password is repeated: %v", err)
			}
			if n := len(err.(yamlfile.Problems)); n != 1 {
				t.Errorf("%d problems for one: %v", n, err)
			}
		})
	}
}

func TestWhatCannotWorkIsRefusedWithLineAndWhatToDo(t *testing.T) {
	second := strings.TrimPrefix(small, "portals:\n")
	tests := []struct{ name, old, replacement, want string }{
		{"no portals", small, "listen: 127.0.0.1:8080", "t.yaml: portals: is missing; accepted: a list: a mapping of profile, url, hosts, database"},
		{"an empty list", small, "portals: []", "t.yaml:1: portals: is an empty list; accepted: at least one item: a mapping"},
		{"unknown key", "portals:", "liste: 1\nportals:", "t.yaml:1: liste: is no known key; accepted: listen, metrics, proxies, tls, log, portals"},
		{"no port", "portals:", "listen: 127.0.0.1\nportals:", `t.yaml:1: listen: "127.0.0.1" is no address to listen on; accepted: host:port`},
		{"port too high", "portals:", "listen: 127.0.0.1:65536\nportals:", "is no address to listen on"},
		{"port with a sign", "portals:", "listen: 127.0.0.1:+80\nportals:", "is no address to listen on"},
		{"half a TLS section", "portals:", "tls: {certificate: c}\nportals:", "t.yaml:1: tls.key: is missing; accepted: a path"},
		{"level", "portals:", "log: {level: loud}\nportals:", `log.level: "loud" is not accepted; accepted: debug, info, warn, error`},
		{"profile", "profile: kvb", "profile: kvx", `t.yaml:2: portals[0].profile: "kvx" is no profile; accepted: bvk, kvb, or the path of a file such as ./own.yaml`},
		{"profile file", "profile: kvb", "profile: ./missing.yaml", "t.yaml:2: portals[0].profile: cannot be used:\nread profile: open missing.yaml"},
		{"plain address", "https://kvb.example/", "http://kvb.example", `"http://kvb.example" is not encrypted; accepted: https://host`},
		{"an address with a path", "https://kvb.example/", "https://kvb.example/portal", "has more than scheme, host and port"},
		{"an address with a query", "https://kvb.example/", "https://kvb.example/?", "has more than scheme, host and port"},
		{"an address with a user", "https://kvb.example/", "https://u@kvb.example", "has more than scheme, host and port"},
		{"capitals", "https://kvb.example/", "https://KVB.example", "is no address of a portal"},
		{"no scheme", "https://kvb.example/", "kvb.example", "is no address of a portal"},
		{"host with a blank", "  spool: spool", "  spool: spool\n  hosts: [a b]", `portals[0].hosts[0]: "a b" is no host name`},
		{"host with a bad port", "  spool: spool", "  spool: spool\n  hosts: ['a:b']", `"a:b" is no host name`},
		{"no database file", "sqlite:kvb.db", "'sqlite:'", "names no file"},
		{"parameters of SQLite", "sqlite:kvb.db", "sqlite:kvb.db?mode=memory", "names no file"},
		{"another engine", "sqlite:kvb.db", "mysql://u@db/x", "is no address of a database; accepted: sqlite:/path"},
		{"no database name", "sqlite:kvb.db", "postgres://u@db", "is no address of a database"},
		{"no database host", "sqlite:kvb.db", "postgres:///x", "is no address of a database"},
		{"a password for SQLite", "  spool: spool", "  spool: spool\n  database-password-env: P", "t.yaml:7: portals[0].database-password-env: names a password, but the address of the database has no user; accepted: leave it out"},
		{"a password for nobody", "sqlite:kvb.db", "postgres://db/x\n  database-password-env: P", "names a password, but the address of the database has no user"},
		{"mail port", "    host: localhost", "    host: localhost\n    port: 0", "portals[0].smtp.port: 0 is out of range; accepted: 1 to 65535"},
		{"mail encryption", "    host: localhost", "    host: localhost\n    tls: maybe", "accepted: starttls, tls, none"},
		{"user without password", "    host: localhost", "    host: localhost\n    user: u", "t.yaml:9: portals[0].smtp.password-env: is missing: the user needs a password"},
		{"password without user", "    host: localhost", "    host: localhost\n    password-env: P", "t.yaml:9: portals[0].smtp.user: is missing: the password needs a user"},
		{"password without encryption", "    host: localhost", "    host: localhost\n    tls: none\n    user: u\n    password-env: P", "t.yaml:11: portals[0].smtp.tls: would send the password unencrypted; accepted: starttls, tls; or no user"},
		{"one host twice", small, small + strings.NewReplacer("kvb.db", "b.db", "kvb.json", "b.json", ": spool", ": b", "kvb.example/", "kvb.example:443").Replace(second), "t.yaml:12: portals[1].url: is the same as portals[0].url; accepted: another host name"},
		{"one host as a further one", small, small + strings.NewReplacer("kvb.db", "b.db", "kvb.json", "b.json", ": spool", ": b\n  hosts: [kvb.example]", "kvb.example/", "b.example").Replace(second), "portals[1].hosts[0]: is the same as portals[0].url"},
		{"one database twice", small, small + strings.NewReplacer("kvb.json", "b.json", ": spool", ": b", "kvb.example", "b.example").Replace(second), "portals[1].database: is the same as portals[0].database; accepted: another database"},
		{"one keyset twice", small, small + strings.NewReplacer("kvb.db", "b.db", ": spool", ": b", "kvb.example", "b.example").Replace(second), "portals[1].keys: is the same as portals[0].keys"},
		{"one spool twice", small, small + strings.NewReplacer("kvb.db", "b.db", "kvb.json", "b.json", "kvb.example", "b.example").Replace(second), "portals[1].spool: is the same as portals[0].spool"},
		{"metrics without port", "portals:", "metrics: localhost\nportals:", `t.yaml:1: metrics: "localhost" is no address to listen on`},
		{"metrics where the portals are", "portals:", "listen: :8443\nmetrics: :8443\nportals:", "t.yaml:2: metrics: is the same as listen; accepted: another address"},
		{"everybody a proxy", "portals:", "proxies: [0.0.0.0/0]\nportals:", `t.yaml:1: proxies[0]: "0.0.0.0/0" is no network of proxies; accepted: `},
		{"a proxy by name", "portals:", "proxies: [proxy.kvb.example]\nportals:", "is no network of proxies"},
		{"no word on sealing", "  print-centre-key: none\n", "", "portals[0].print-centre-key: is missing; accepted: age1…, a public key of age; or none"},
		{"no key of a print centre", "print-centre-key: none", "print-centre-key: yes please", "t.yaml:7: portals[0].print-centre-key: its value is no public key of a print centre"},
		{"no place for audit heads", "  audit-heads: heads\n", "", "portals[0].audit-heads: is missing; accepted: a path"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := strings.Replace(small, tt.old, tt.replacement, 1)
			_, err := parse("t.yaml", []byte(data), environment("P", "p"))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v\nwant %s", err, tt.want)
			}
			if n := len(err.(yamlfile.Problems)); n != 1 {
				t.Errorf("%d problems for one: %v", n, err)
			}
		})
	}
}

func TestAddressesThatWork(t *testing.T) {
	for _, listen := range []string{":443", "0.0.0.0:80", "[::1]:8080", "localhost:0", "kvb.example:8443"} {
		if err := checkListen(listen); err != nil {
			t.Errorf("%s: %v", listen, err)
		}
	}
	for _, address := range []string{"https://kvb.example", "https://kvb.example:8443/", "http://kvb.localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost"} {
		if err := checkURL(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, database := range []string{"sqlite:kvb.db", "sqlite:/srv/k v b.db", "postgres://u@db/x", "postgres://db/x", "postgres://u@a,b:5433/x?sslmode=verify-full&search_path=kvb", "postgres:///x?host=/run/postgresql"} {
		if err := checkDatabase(database); err != nil {
			t.Errorf("%s: %v", database, err)
		}
	}
	for _, host := range []string{"kvb.example", "kvb.example:8443", "[::1]:8080", "127.0.0.1"} {
		if err := checkAuthority(host); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestEverythingWrongIsToldAtOnce(t *testing.T) {
	data := strings.NewReplacer("kvb\n", "kvx\n", "https:", "ftp:", "sqlite:", "oracle:", "localhost", "local host").Replace(small)
	_, err := parse("t.yaml", []byte("listen: x\n"+data), noEnvironment)
	problems, ok := errors.AsType[yamlfile.Problems](err)
	if !ok || len(problems) != 5 {
		t.Errorf("%d problems: %v", len(problems), err)
	}
}

func TestAnOwnProfileIsFoundBesideTheConfiguration(t *testing.T) {
	dir := t.TempDir()
	kvb, err := profile.Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "own.yaml"), string(kvb.Source()))
	write(t, filepath.Join(dir, "torhaus.yaml"), strings.Replace(small, "profile: kvb", "profile: own.yaml", 1))
	c, err := Load(filepath.Join(dir, "torhaus.yaml"), noEnvironment)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := profile.Find(c.Portals[0].Profile); err != nil {
		t.Errorf("%s: %v", c.Portals[0].Profile, err)
	}

	write(t, filepath.Join(dir, "own.yaml"), strings.Replace(string(kvb.Source()), "digits: 6 ", "digits: 9 ", 1))
	_, err = Load(filepath.Join(dir, "torhaus.yaml"), noEnvironment)
	if want := filepath.Join(dir, "own.yaml") + ":"; err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "token.soft.digits: 9 is out of range") {
		t.Errorf("got %v", err)
	}
}

func write(t *testing.T, path, data string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAMissingConfigurationIsKnownAsMissing(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "torhaus.yaml"), noEnvironment); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("portals: [{smtp: {password: x}}]"))
	f.Add([]byte("portals:\n- url: http://[::1%25en0]:80\n  database: postgres://u@h/x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parse("/nowhere/t.yaml", data, func(string) string { return "s" })
		if (c == nil) == (err == nil) {
			t.Errorf("configuration %v, error %v", c, err)
		}
	})
}
