package profile

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"torhaus/internal/calendar"
	"torhaus/internal/yamlfile"
)

func kvb(t testing.TB) string {
	t.Helper()
	data, err := embedded.ReadFile("kvb.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The figures and labels of requirements.md, to the letter.
func TestTheKVBProfileHoldsTheRequirements(t *testing.T) {
	p, err := Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		requirement string
		got, want   any
	}{
		{"KVB01", p.Portal.Name, "Meine KVB"},
		{"KVB02", p.Token.Soft.Algorithm, "SHA1"},
		{"KVB02", p.Token.Soft.Digits, 6},
		{"KVB02", p.Token.Soft.Period.D(), 30 * time.Second},
		{"KVB02", p.Token.Soft.AppWords, []string{"Authentifizierungs-App", "2FA"}},
		{"KVB03", p.Portal.TokenManagement, "Token-Verwaltung"},
		{"KVB07", p.Portal.PublicCategory, "Allgemeines"},
		{"KVB07", p.Portal.MemberCategory, "Persönliche Daten"},
		{"KVB07", p.Login.UserNameLabel, "Benutzername"},
		{"KVB07", p.Login.PasswordLabel, "Kennwort"},
		{"KVB07", p.Token.Order.PerDay, 1},
		{"KVB07", p.Token.Order.PerMonth, 3},
		{"KVB08", p.Mail.Subjects["token-ordered"], "Bestellung eines KV-Ident Plus Softtokens"},
		{"KVB10", p.Letter.HandOver, calendar.Days(1)},
		{"KVB10", p.Letter.Arrival, calendar.Days(3)},
		{"KVB10", p.Token.Order.ReplaceAfter, calendar.Days(5)},
		{"KVB11", p.Token.Code.Days, calendar.Days(14)},
		{"KVB11", p.Token.Code.Tries, 5},
		{"KVB11", p.Token.Setup.Within.D(), 15 * time.Minute},
		{"KVB12", p.Token.Code.Digits, 8},
		{"KVB12", p.Token.Code.Purpose, "Aktivierungscode"},
		{"KVB13", p.Token.Soft.Issuer, "KV Bayerns"},
		{"KVB14", p.Token.Setup.Tries, 10},
		{"KVB16", p.Mail.Subjects["token-activated"], "Aktivierung eines KV-Ident Plus Softtokens"},
		{"KVB18", p.Support.Phone, "0 89 / 5 70 93 – 4 00 40"},
		{"KVB18", p.Support.Email, "Technik@kvb.de"},
		{"KVB18", p.Support.Hours, []string{"Montag bis Donnerstag von 7.30 bis 17.30 Uhr", "Freitag von 7.30 bis 16.00 Uhr"}},
		{"forgotten password, below KVB19", p.Password.OneTime.TokenAfter, calendar.Days(14)},
		{"forgotten password, as KVB07", []int{p.Password.OneTime.LettersPerDay, p.Password.OneTime.LettersPerMonth}, []int{1, 3}},
		{"NIST SP 800-63B-4, 3.1.1.2", []int{p.Password.MinLength, p.Password.MaxLength, len(p.Password.Classes)}, []int{12, 1024, 0}},
		{"session, decided", p.Session.PasswordIdle.D(), 15 * time.Minute},
		{"session, decided", p.Session.PasswordTotal.D(), 30 * time.Minute},
		{"session, decided", p.Session.TwoFactorIdle.D(), 30 * time.Minute},
		{"session, decided", p.Session.TwoFactorTotal.D(), 12 * time.Hour},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s: %s", tt.requirement, diff)
		}
	}
	assumption := calendar.Date{Year: 2026, Month: time.August, Day: 15}
	if p.Days().IsWerktag(assumption) {
		t.Error("Mariä Himmelfahrt is a Werktag in Munich")
	}
}

// The same for the pension fund.
func TestTheBVKProfileHoldsTheRequirements(t *testing.T) {
	p, err := Embedded("bvk")
	if err != nil {
		t.Fatal(err)
	}
	kvb, err := Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		requirement string
		got, want   any
	}{
		{"members are organisations here, and persons there", []bool{p.HasPeople(), kvb.HasPeople()}, []bool{true, false}},
		{"BVK01", p.Login.UserNameLabel, "Benutzername (= E-Mail-Adresse)"},
		{"BVK01", p.Login.PasswordLabel, "Passwort"},
		{"BVK02", p.People.Code.Label, "Authentifizierungstoken"},
		{"BVK02", []int{p.People.Code.Digits, p.People.Code.Tries}, []int{8, 5}},
		{"BVK02", p.People.Code.Within.D(), 10 * time.Minute},
		{"BVK02", p.Subject("login-code"), "Ihr Authentifizierungstoken"},
		{"BVK03", p.Password.OneTime.Label, "Einmalpasswort"},
		{"BVK03", p.People.Registration, calendar.Days(28)},
		{"BVK06", slices.Contains(p.People.General, "info"), true},
		{"BVK08", p.Password.Classes, []string{"upper", "lower", "digit", "special"}},
		{"BVK08", p.Password.MinLength, 8},
		{"BVK09", p.Password.OneTime.LetterDays, calendar.Days(28)},
		{"BVK09", p.Password.OneTime.Signs, 14},
		{"BVK12", p.People.Management, "Benutzerverwaltung"},
		{"BVK18", []int{p.Password.OneTime.LettersPerDay, p.Password.OneTime.LettersPerMonth}, []int{1, 3}},
		{"BVK19", []string{p.People.Administrator, p.People.Clerk, p.People.DataCentre}, []string{"Administrator", "Sachbearbeiter", "Rechenzentrum"}},
		{"issue: reminders", p.People.Reminders, []int{7, 21}},
		{"no words in English on German pages", p.In("en").People.Clerk, "clerk"},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s: %s", tt.requirement, diff)
		}
	}
}

// Who reads a figure sees where it comes from: on its own line, or beside the section that it stands in.
func TestEveryFigureAndLabelNamesItsSource(t *testing.T) {
	source := regexp.MustCompile(`#.*([KB]V[BK]\d\d|seed|decided|RFC \d|NIST|DIN \d|§ \d)`)
	for _, name := range Names() {
		data, err := embedded.ReadFile(name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		root, err := yamlfile.Parse(name, data)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(data), "\n")
		var walk func(key string, n yamlfile.Node, sourced bool)
		walk = func(key string, n yamlfile.Node, sourced bool) {
			for _, e := range n.Entries {
				full, sourced := yamlfile.Join(key, e.Key), sourced || source.MatchString(lines[e.Line-1])
				if e.Value.Kind == yamlfile.Mapping {
					walk(full, e.Value, sourced)
				} else if !sourced {
					t.Errorf("%s.yaml:%d: %s names no source", name, e.Line, full)
				}
			}
		}
		walk("", root, false)
	}
}

func TestEmbeddedProfilesAreSoundAndNamedByTheirKey(t *testing.T) {
	if !slices.Contains(Names(), "kvb") {
		t.Fatalf("embedded: %v", Names())
	}
	for _, name := range Names() {
		p, err := Embedded(name)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if p.Key != name {
			t.Errorf("%s.yaml has the key %s", name, p.Key)
		}
	}
	_, err := Embedded("kvx")
	if err == nil || !strings.Contains(err.Error(), `no profile "kvx"`) || !strings.Contains(err.Error(), "kvb") {
		t.Errorf("got %v", err)
	}
}

func TestFindTakesAKeyOrAPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "own.yaml")
	if err := os.WriteFile(path, []byte(strings.Replace(kvb(t), "key: kvb", "key: own", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	own, err := Find(path)
	if err != nil || own.Key != "own" {
		t.Errorf("by path: %v, %v", own, err)
	}
	embedded, err := Find("kvb")
	if err != nil || embedded.Key != "kvb" {
		t.Errorf("by key: %v, %v", embedded, err)
	}
	if diff := cmp.Diff(embedded, own, cmpopts.IgnoreUnexported(Profile{}), cmpopts.IgnoreFields(Profile{}, "Key")); diff != "" {
		t.Error(diff)
	}
	if _, err := Find("./missing.yaml"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

func TestSourceIsWhatWasReadCommentsIncluded(t *testing.T) {
	p, err := Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	if string(p.Source()) != kvb(t) || !strings.Contains(string(p.Source()), "# KVB12") {
		t.Error("the source differs from kvb.yaml")
	}
	again, err := Parse("again.yaml", p.Source())
	if err != nil || again.Key != "kvb" {
		t.Errorf("the source does not read as a profile: %v", err)
	}
}

func TestImpossibleValuesAreRefusedWithLineKeyAndWhatIsAccepted(t *testing.T) {
	tests := []struct{ name, old, replacement, want string }{
		{"unknown key", "  short: KVB", "  short: KVB\n  shrot: KVB", "body.shrot: is no known key; accepted: name, short"},
		{"unknown section", "key: kvb", "key: kvb\ntokens: {}", "tokens: is no known key; accepted: key, body, portal"},
		{"doubled key", "  short: KVB", "  short: KVB\n  short: KVB", "body.short: stands here a second time (first in line 11); accepted: each key once"},
		{"missing key", "  short: KVB\n", "", "body.short: is missing; accepted: a line of text"},
		{"no value", "  short: KVB", "  short:", "body.short: has no value; accepted: a line of text"},
		{"empty text", "  short: KVB", `  short: ""`, `body.short: "" is empty`},
		{"blanks", "  short: KVB", `  short: " KVB"`, `body.short: " KVB" has blanks at its ends`},
		{"a line break", "  short: KVB", `  short: "KV\r\nBcc: x"`, `body.short: "KV\r\nBcc: x" has control characters`},
		{"text that turns round", "  short: KVB", `  short: "KV\u202eB"`, "has control characters"},
		{"long text", "  short: KVB", "  short: " + strings.Repeat("K", 121), "has 121 signs"},
		{"a number for text", "  short: KVB", "  short: 5", "body.short: is a whole number; text that looks like that stands in quotes"},
		{"true for text", "  short: KVB", "  short: true", "body.short: is true or false; text that looks like that stands in quotes"},
		{"text for a number", "digits: 6 ", `digits: "6" `, "token.soft.digits: is text, not a whole number; accepted: 6 to 8"},
		{"a broken number", "digits: 6 ", "digits: 6.5 ", "token.soft.digits: is a number, not a whole number"},
		{"a number of another base", "digits: 6 ", "digits: 0x6 ", "token.soft.digits: 0x6 is no plain whole number"},
		{"a huge number", "digits: 6 ", "digits: 99999999999999999999 ", "token.soft.digits: "},
		{"digits of the one-time code", "digits: 6 ", "digits: 5 ", "token.soft.digits: 5 is out of range; accepted: 6 to 8"},
		{"algorithm", "algorithm: SHA1", "algorithm: SHA256", `token.soft.algorithm: "SHA256" is not accepted; accepted: SHA1`},
		{"colon in the issuer", "issuer: KV Bayerns", `issuer: "KV: Bayerns"`, "has a colon"},
		{"long issuer", "issuer: KV Bayerns", "issuer: " + strings.Repeat("K", 41), "has 41 signs"},
		{"prefix", "serial-prefix: ST", "serial-prefix: St", `"St" is no prefix; accepted: 1 to 4 of A-Z`},
		{"a light colour", `"#00507d"`, `"#808080"`, `portal.colour: "#808080" is too light: its contrast with white is 3.94:1`},
		{"no colour", `"#00507d"`, "blue", `portal.colour: "blue" is no colour`},
		{"a colour with too many figures", `"#00507d"`, `"#00507d0"`, "is no colour"},
		{"e-mail address", "Technik@kvb.de", "Technik(at)kvb.de", `support.email: "Technik(at)kvb.de" is no e-mail address`},
		{"e-mail address with a name", "Technik@kvb.de", "Technik <technik@kvb.de>", "is no e-mail address"},
		{"e-mail address without a domain", "Technik@kvb.de", "Technik@kvb", "is no e-mail address"},
		{"two e-mail addresses", "Technik@kvb.de", "a@kvb.de@kvb.de", "is no e-mail address"},
		{"telephone", "0 89 / 5 70 93 – 4 00 40", "ask at the desk", "is no telephone number"},
		{"no hours", "  hours:\n    - Montag bis Donnerstag von 7.30 bis 17.30 Uhr\n    - Freitag von 7.30 bis 16.00 Uhr\n", "  hours: []\n", "support.hours: is an empty list; accepted: at least one item"},
		{"an hour that is no text", "- Freitag von 7.30 bis 16.00 Uhr", "- 16", "support.hours[1]: is a whole number"},
		{"Land", "land: BY", "land: Bayern", `calendar.land: "Bayern" is no Land; accepted: BB, BE`},
		{"extra day", `["08-15"]`, `["15-08"]`, `calendar.extra[0]: "15-08" is no day that comes every year`},
		{"time span", "delay-first: 2s", "delay-first: zwei", `login.delay-first: "zwei" is no time span; accepted: a time span from 1s to 1m`},
		{"time span without unit", "delay-first: 2s", "delay-first: 2", "login.delay-first: is a whole number, not a time span"},
		{"negative time span", "delay-first: 2s", "delay-first: -2s", `login.delay-first: "-2s" is out of range`},
		{"tries", "    tries: 5 ", "    tries: 0 ", "token.activation-code.tries: 0 is out of range; accepted: 1 to 10"},
		{"days", "    days: 14 ", "    days: 61 ", "token.activation-code.days: 61 is out of range; accepted: 1 to 60"},
		{"mail kind", "    order-voided:", "    order-void:", "mail.subjects.order-void: is no known key; accepted: token-ordered, token-activated, hard-token-ordered, hard-token-shipped, hard-token-activated, battery-ending, token-suspended, token-blocked, order-voided"},
		{"mail kind missing", "    order-voided:", "    order-void:", "mail.subjects.order-voided: is missing"},
		{"delay that shrinks", "delay-first: 2s", "delay-first: 16s\n  delay-most: 15s #", "login.delay-first: does not fit login.delay-most: the delay grows; accepted: at most login.delay-most, which is 15s"},
		{"rest longer than the session", "password-idle: 15m", "password-idle: 30m\n  password-total: 15m #", "session.password-idle: does not fit session.password-total"},
		{"code dead before it may be replaced", "    days: 14 ", "    days: 5 ", "token.order.replace-after: does not fit token.activation-code.days: a code must outlive its letter's way; accepted: less than token.activation-code.days, which is 5"},
		{"anchor", "key: kvb", "key: &k kvb", "key: uses an anchor, an alias or a tag"},
		{"alias", "  short: KVB", "  short: *k", "body.short: uses an anchor, an alias or a tag"},
		{"tag", "key: kvb", "key: !!str kvb", "key: uses an anchor, an alias or a tag"},
		{"second document", "key: kvb", "key: kvb\n---\nkey: kvb", "begins a second document"},
		{"not YAML", "key: kvb", "key: [kvb", "is not YAML here"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := strings.Replace(kvb(t), tt.old, tt.replacement, 1)
			if data == kvb(t) {
				t.Fatalf("kvb.yaml has no %q", tt.old)
			}
			_, err := Parse("x.yaml", []byte(data))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v\nwant %s", err, tt.want)
			}
			for _, p := range err.(yamlfile.Problems) {
				if p.File != "x.yaml" || p.Line == 0 {
					t.Errorf("no place: %s", p)
				}
			}
		})
	}
}

func TestEverythingWrongIsToldAtOnceInTheOrderOfTheLines(t *testing.T) {
	data := kvb(t)
	for _, change := range [][2]string{{"digits: 6 ", "digits: 9 "}, {"land: BY", "land: XX"}, {"key: kvb", "key: KVB"}, {"tries: 10 ", "tries: 11 "}} {
		data = strings.Replace(data, change[0], change[1], 1)
	}
	_, err := Parse("x.yaml", []byte(data))
	problems, ok := errors.AsType[yamlfile.Problems](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	var got []string
	last := 0
	for _, p := range problems {
		got = append(got, p.Key)
		if p.Line < last {
			t.Errorf("line %d after line %d", p.Line, last)
		}
		last = p.Line
	}
	if diff := cmp.Diff([]string{"key", "calendar.land", "token.soft.digits", "token.hard.tries"}, got); diff != "" {
		t.Error(diff)
	}
}

// A section that is absent is one problem, not one for each figure that is compared with it.
func TestAMissingSectionIsToldOnce(t *testing.T) {
	data := kvb(t)
	from, to := strings.Index(data, "session:"), strings.Index(data, "contact:")
	_, err := Parse("x.yaml", []byte(data[:from]+data[to:]))
	const want = "x.yaml: session: is missing; accepted: a mapping of password-idle, password-total, password-most, two-factor-idle, two-factor-total, staff-idle, staff-total, fresh, device-days, language-days"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNoProfileAtAll(t *testing.T) {
	for name, data := range map[string]string{
		"empty": "", "blank": "\n\n", "comment": "# nothing", "list": "- a\n- b", "text": "kvb", "null": "~", "UTF-16": "\xff\xfek\x00e\x00",
		"large": strings.Repeat("# a\n", 1<<17), "deep": strings.Repeat("[", 10_000), "deep mapping": strings.Repeat("{a: ", 10_000),
		"deep list": strings.Repeat("- ", 10_000) + "a",
	} {
		if p, err := Parse("x.yaml", []byte(data)); err == nil {
			t.Errorf("%s reads as %+v", name, p)
		} else if len(err.Error()) > 10_000 {
			t.Errorf("%s: the error has %d bytes", name, len(err.Error()))
		}
	}
}

func TestContrastIsMeasuredAsWCAGSays(t *testing.T) {
	for rgb, want := range map[uint32]float64{0x000000: 21, 0xffffff: 1, 0x767676: 4.54, 0x777777: 4.48, 0x00507d: 8.59, 0xff0000: 4.00} {
		if got := contrastWithWhite(rgb); got < want-0.01 || got > want+0.01 {
			t.Errorf("#%06x: %.3f, want %.2f", rgb, got, want)
		}
	}
	if checkColour("#767676") != nil || checkColour("#777777") == nil {
		t.Error("the bound is not between #767676 and #777777")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(kvb(f)))
	f.Add([]byte("key: kvb\nbody: {name: K, short: [}"))
	f.Add([]byte("a: &a [*a, *a]"))
	f.Add([]byte("? [a, b]\n: c\n"))
	f.Add([]byte("<<: {key: kvb}\n"))
	f.Add([]byte("key: |\n  kvb\n"))
	f.Add([]byte("login:\n  delay-first: 1e3h\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("x.yaml", data)
		if (p == nil) == (err == nil) {
			t.Errorf("profile %v, error %v", p, err)
		}
		if err != nil && len(err.Error()) > 1<<20 {
			t.Errorf("the error has %d bytes", len(err.Error()))
		}
	})
}
