package login_test

import (
	"database/sql"
	"encoding/base64"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/login"
	"torhaus/internal/password"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/store"
	"torhaus/internal/store/storetest"
	"torhaus/internal/token"
	"torhaus/internal/token/otp"
)

const (
	annasPassword = secret.Text("Amsel-Garten-27!")
	bertsPassword = secret.Text("Kiesel-Brücke-84!")
)

// practice is where Anna works, stranger where an attacker does.
var (
	practice = login.Visitor{Address: "192.0.2.10", Agent: "Firefox"}
	stranger = login.Visitor{Address: "198.51.100.66", Agent: "curl"}
)

// atMembers is the one door of members who are persons.
var atMembers = account.Door{Realm: account.Member}

// house is a portal's login over a real database, with two members: Anna and Bert.
type house struct {
	storetest.World
	t      *testing.T
	logins *login.Service
	raw    *sql.DB // the same file, past all rules
}

func newHouse(t *testing.T) house {
	t.Helper()
	h := house{World: storetest.SQLite(t), t: t}
	h.logins = h.serviceOn(h.DB)
	h.raw = openRaw(t)
	h.member("anna", "ABeispiel", cheapHash(annasPassword))
	h.member("bert", "bberger", cheapHash(bertsPassword))
	return h
}

func (h house) serviceOn(db *store.DB) *login.Service {
	h.t.Helper()
	return &login.Service{Store: db, Keys: h.Keys, Hasher: password.NewHasher(), Rules: rules(h.t)}
}

func rules(t *testing.T) login.Rules {
	t.Helper()
	p, err := profile.Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	return login.RulesOf(p)
}

// openRaw opens the file that storetest made for this test.
func openRaw(t *testing.T) *sql.DB {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(filepath.Dir(t.TempDir()), "*", "portal.db"))
	if err != nil || len(found) != 1 {
		t.Fatalf("database files %q, %v", found, err)
	}
	db, err := sql.Open("sqlite", "file:"+found[0]+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// cheapHash is a real hash at next to no cost. Tests about costs hash at the real one.
func cheapHash(typed secret.Text) password.Hash {
	salt, b64 := []byte("saltsaltsaltsalt"), base64.RawStdEncoding
	key := argon2.IDKey([]byte(typed.Reveal()), salt, 1, 8, 1, 32)
	return password.Hash(fmt.Sprintf("$argon2id$v=19$m=8,t=1,p=1$%s$%s", b64.EncodeToString(salt), b64.EncodeToString(key)))
}

func (h house) member(id account.ID, userName string, hash password.Hash) {
	h.t.Helper()
	err := h.DB.CreateAccount(h.t.Context(), account.Account{
		ID: id, UserName: userName, State: account.Active, Email: string(id) + "@praxis.example",
		Person:  account.Person{First: string(id), Last: "Beispiel"},
		Address: account.Address{Street: "Marienplatz 1", Postcode: "80331", Town: "München"},
	}, hash)
	if err != nil {
		h.t.Fatal(err)
	}
}

// token gives a member an active soft token that has not seen a code yet.
func (h house) token(id account.ID) token.Token {
	h.t.Helper()
	made := token.Token{
		ID: token.ID(secret.NewID()), Account: id, Kind: token.Soft, Serial: "ST" + secret.Digits(8).Reveal(), State: token.Active,
		Mode: otp.TOTP, Algorithm: otp.SHA1, Digits: 6, Period: 30 * time.Second, Secret: secret.Random(20),
	}
	err := h.DB.ChangeHolding(h.t.Context(), id, func(_ token.Holding, now calendar.Moment) (token.Change, error) {
		made.Created, made.Activated = now.Time, now.Time
		return token.Change{NewTokens: []token.Token{made}, Secrets: []token.ID{made.ID}}, nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return made
}

// codes gives the current code of a token and the one after it. Both are accepted in this order, even if a time step ends
// while the test runs.
func codes(t token.Token) (current, next string) {
	g := t.Generator()
	step := g.Step(time.Now())
	return g.Code(step).Reveal(), g.Code(step + 1).Reveal()
}

// wrongCode gives six digits that no token would show now or soon.
func wrongCode(t token.Token) string {
	g := t.Generator()
	step := g.Step(time.Now())
	for n := range 1_000_000 {
		code := fmt.Sprintf("%06d", n)
		if code != g.Code(step-1).Reveal() && code != g.Code(step).Reveal() && code != g.Code(step+1).Reveal() && code != g.Code(step+2).Reveal() {
			return code
		}
	}
	return ""
}

// enter types name and password.
func (h house) enter(name string, typed secret.Text, from login.Visitor) (login.Entered, error) {
	h.t.Helper()
	return h.logins.EnterPassword(h.t.Context(), account.Door{Realm: account.Member}, name, typed, from)
}

// mustEnter types the right ones.
func (h house) mustEnter(name string, typed secret.Text, from login.Visitor) login.Entered {
	h.t.Helper()
	in, err := h.enter(name, typed, from)
	if err != nil {
		h.t.Fatalf("the right password of %s: %v", name, err)
	}
	return in
}

// mustCode types a right code in a session of level password.
func (h house) mustCode(in login.Entered, code string, from login.Visitor) login.Entered {
	h.t.Helper()
	opened, err := h.logins.EnterCode(h.t.Context(), in.Session, code, from)
	if err != nil {
		h.t.Fatalf("the right code: %v", err)
	}
	return opened
}

// loggedIn lets Anna log in with both factors.
func (h house) loggedIn() login.Entered {
	h.t.Helper()
	code, _ := codes(h.token("anna"))
	return h.mustCode(h.mustEnter("abeispiel", annasPassword, practice), code, practice)
}

func (h house) visit(key secret.Text) (login.Visit, error) {
	h.t.Helper()
	return h.logins.Visit(h.t.Context(), key)
}

// exec runs a statement as a thief or a fault would.
func (h house) exec(query string, args ...any) {
	h.t.Helper()
	if _, err := h.raw.ExecContext(h.t.Context(), query, args...); err != nil {
		h.t.Fatal(err)
	}
}

func (h house) count(query string, args ...any) (n int) {
	h.t.Helper()
	if err := h.raw.QueryRowContext(h.t.Context(), query, args...).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// deactivate takes away a member's right to enter.
func (h house) deactivate(id account.ID) {
	h.t.Helper()
	h.exec(`UPDATE account SET state = 'deactivated' WHERE id = ?`, id)
}
