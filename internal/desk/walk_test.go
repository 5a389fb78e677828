package desk_test

import (
	"database/sql"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/password"
	"torhaus/internal/secret"
	"torhaus/internal/store/storetest"
	"torhaus/internal/token"
	"torhaus/internal/token/otp"
)

const rightPassword = secret.Text("Amsel-Garten-27!")

// walk is one member whose state is changed at random, in a real portal.
type walk struct {
	storetest.World
	t      *testing.T
	logins *login.Service
	tokens *token.Service
	desk   *desk.Service
	raw    *sql.DB
	rand   *rand.Rand
	who    account.Account
	known  secret.Text // the one-time password that the member holds
	path   []string
}

// cheap is a real hash of the right password at next to no cost.
func cheap() password.Hash {
	salt, b64 := []byte("saltsaltsaltsalt"), base64.RawStdEncoding
	key := argon2.IDKey([]byte(rightPassword.Reveal()), salt, 1, 8, 1, 32)
	return password.Hash(fmt.Sprintf("$argon2id$v=19$m=8,t=1,p=1$%s$%s", b64.EncodeToString(salt), b64.EncodeToString(key)))
}

// steps are what may happen to a member, each by the deeds of the portal where there is one.
var steps = map[string]func(*walk){
	"an active token": func(w *walk) { w.token(token.Active) },
	"a pending token": func(w *walk) { w.token(token.Pending) },
	"suspend": func(w *walk) {
		w.onToken(token.Active, func(t token.Token) { _, _ = w.tokens.Suspend(w.t.Context(), w.who.ID, "", t.Serial) })
	},
	"revoke": func(w *walk) {
		w.exec(`UPDATE token SET state = 'revoked', reason = 'lost', revoked_at = 1 WHERE state = 'suspended' AND account_id = $1`)
	},
	"order":                      func(w *walk) { _, _ = w.tokens.Order(w.t.Context(), w.who.ID, secret.NewID(), false) },
	"hand over":                  (*walk).handOver,
	"deactivate":                 func(w *walk) { w.exec(`UPDATE account SET state = 'deactivated' WHERE id = $1`) },
	"activate":                   func(w *walk) { w.exec(`UPDATE account SET state = 'active' WHERE id = $1`) },
	"lose the password":          func(w *walk) { w.exec(`DELETE FROM password WHERE account_id = $1`) },
	"forget the password":        (*walk).forget,
	"wrong passwords":            func(w *walk) { w.wrongPasswords(1 + w.rand.IntN(5)) },
	"a flood of wrong passwords": (*walk).flood,
	"wrong codes":                (*walk).wrongCodes,
	"minutes pass":               func(w *walk) { w.Clock.Advance(time.Duration(1+w.rand.IntN(20)) * time.Minute) },
	"hours pass":                 func(w *walk) { w.Clock.Advance(time.Duration(1+w.rand.IntN(30)) * time.Hour) },
	"days pass":                  func(w *walk) { w.Clock.Advance(time.Duration(1+w.rand.IntN(16)) * 24 * time.Hour) },
	"log in at work": func(w *walk) {
		_, _ = w.logins.EnterPassword(w.t.Context(), account.Door{Realm: account.Member}, w.who.UserName, rightPassword, atWork)
	},
}

var (
	atWork  = login.Visitor{Address: "192.0.2.10", Agent: "Firefox"}
	unknown = login.Visitor{Address: "203.0.113.9", Agent: "Firefox"}
)

// The diagnosis is what a login meets: whatever has happened to a member, it says „gets in“ exactly where the right password and the
// right code lead into the portal, and names otherwise what the login stumbles over.
func TestDiagnose_IsWhatALoginMeets(t *testing.T) {
	w := &walk{World: storetest.SQLite(t), t: t}
	obeyed := rules(t)
	obeyed.Login.Login.NameDelayAfter = 6 // so that a flood of wrong passwords is a short one
	w.logins = &login.Service{Store: w.DB, Keys: w.Keys, Hasher: password.NewHasher(), Rules: obeyed.Login}
	w.tokens = &token.Service{Store: w.DB, Keys: w.Keys, Rules: obeyed.Login.Token}
	w.desk = &desk.Service{Store: w.DB, Logins: w.logins, Rules: obeyed}
	w.raw = w.open()
	names := make([]string, 0, len(steps))
	for name := range steps {
		names = append(names, name)
	}
	slices.Sort(names)
	met := map[desk.Verdict]int{}
	for n := range 120 {
		w.rand = rand.New(rand.NewPCG(uint64(n), 7))
		w.begin(n)
		for range 1 + w.rand.IntN(9) {
			name := names[w.rand.IntN(len(names))]
			w.path = append(w.path, name)
			steps[name](w)
		}
		met[w.compare()]++
	}
	for _, v := range desk.Verdicts {
		if met[v] == 0 {
			t.Errorf("no walk came to %q: %v", v, met)
		}
	}
}

func (w *walk) begin(n int) {
	w.t.Helper()
	w.path, w.known = nil, ""
	w.who = account.Account{
		ID: account.ID(fmt.Sprintf("m%d", n)), UserName: fmt.Sprintf("name%d", n), State: account.Active, Email: "m@praxis.example",
		Person: account.Person{First: "Anna", Last: "Beispiel"}, Address: account.Address{Street: "Marienplatz 1", Postcode: "80331", Town: "München"},
	}
	if err := w.DB.CreateAccount(w.t.Context(), w.who, cheap()); err != nil {
		w.t.Fatal(err)
	}
	if w.rand.IntN(3) > 0 {
		w.token(token.Active)
	}
}

// compare lets a member who knows everything log in from where nobody has tried before, and compares with the diagnosis made before.
func (w *walk) compare() desk.Verdict {
	w.t.Helper()
	r, err := w.desk.Open(w.t.Context(), login.Session{ID: "s", Account: "sabine"}, w.who.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	said := desk.Diagnose(r, w.desk.Rules).Verdict
	if met := w.meet(); met != said && !(met == desk.HasNoToken && said == desk.TokenIsOff) {
		w.t.Errorf("after %s: the diagnosis says %q, a login meets %q", strings.Join(w.path, ", "), said, met)
	}
	if all := fmt.Sprintf("%+v", r); strings.Contains(all, "argon2") || strings.Contains(all, "Salt:[") && !strings.Contains(all, "Salt:[]") {
		w.t.Errorf("the record holds a secret: %s", all)
	}
	return said
}

// meet logs in and says what was met, without a look at the diagnosis.
func (w *walk) meet() desk.Verdict {
	w.t.Helper()
	in, err := w.enter(rightPassword)
	if fault.Is(err, fault.Busy) {
		return w.beforeWaiting()
	}
	if err != nil {
		return w.withoutPassword()
	}
	_, err = w.logins.EnterCode(w.t.Context(), in.Session, w.code(), unknown)
	switch {
	case err == nil:
		return desk.GetsIn
	case fault.Is(err, fault.Busy):
		return desk.CodeMustWait
	default:
		return desk.HasNoToken
	}
}

func (w *walk) enter(typed secret.Text) (login.Entered, error) {
	return w.logins.EnterPassword(w.t.Context(), account.Door{Realm: account.Member}, w.who.UserName, typed, unknown)
}

// withoutPassword tells apart what a login with the right password is refused for.
func (w *walk) withoutPassword() desk.Verdict {
	w.t.Helper()
	if w.count(`SELECT count(*) FROM account WHERE state = 'deactivated' AND id = $1`) > 0 {
		return desk.IsDeactivated
	}
	if w.known != "" {
		if in, err := w.enter(w.known); err == nil && in.Session.OneTime != "" {
			return desk.HasOneTime
		}
	}
	return desk.HasNoPassword
}

// beforeWaiting tells what would be met once the pause is over: what is worse than waiting is said first.
func (w *walk) beforeWaiting() desk.Verdict {
	w.t.Helper()
	w.exec(`DELETE FROM guess WHERE $1 <> ''`)
	if _, err := w.enter(rightPassword); err != nil {
		return w.withoutPassword()
	}
	return desk.MustWait
}

// code gives a right code of a token that logs in, or of none.
func (w *walk) code() string {
	w.t.Helper()
	code := "000000"
	w.onToken(token.Active, func(t token.Token) { code = t.Generator().Code(t.Generator().Step(time.Now())).Reveal() })
	return code
}

// onToken does something with a token in a state, its secret opened, if there is one.
func (w *walk) onToken(state token.State, do func(token.Token)) {
	w.t.Helper()
	var found []token.Token
	err := w.DB.ChangeHolding(w.t.Context(), w.who.ID, func(h token.Holding, _ calendar.Moment) (token.Change, error) {
		found = slices.DeleteFunc(slices.Clone(h.Tokens), func(t token.Token) bool { return t.State != state })
		return token.Change{}, nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if len(found) > 0 {
		do(found[0])
	}
}

func (w *walk) token(state token.State) {
	w.t.Helper()
	made := token.Token{
		ID: token.ID(secret.NewID()), Account: w.who.ID, Kind: token.Soft, Serial: "ST" + secret.Digits(8).Reveal(), State: state,
		Mode: otp.TOTP, Algorithm: otp.SHA1, Digits: 6, Period: 30 * time.Second, Secret: secret.Random(20),
	}
	err := w.DB.ChangeHolding(w.t.Context(), w.who.ID, func(_ token.Holding, now calendar.Moment) (token.Change, error) {
		if made.Created = now.Time; state != token.Pending {
			made.Activated = now.Time
		}
		return token.Change{NewTokens: []token.Token{made}, Secrets: []token.ID{made.ID}}, nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *walk) handOver() {
	w.t.Helper()
	h, _, err := w.DB.Holding(w.t.Context(), w.who.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	if o, ok := h.Open(token.Soft); ok && o.Letter.State == letter.Queued {
		w.exec(`UPDATE letter SET state = 'handed-over', handed_over_at = created_at, sealed = NULL WHERE state = 'queued' AND account_id = $1`)
	}
}

// forget asks for a one-time password by letter, and reads it there.
func (w *walk) forget() {
	w.t.Helper()
	if err := w.logins.Forgot(w.t.Context(), account.Door{Realm: account.Member}, w.who.UserName, password.ByLetter, "", unknown); err != nil {
		return // asked for too often
	}
	jobs, err := w.DB.Claim(w.t.Context(), "test", time.Minute, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, j := range jobs {
		if handler, ours := w.logins.Handlers()[j.Kind]; ours {
			if err := handler.Do(w.t.Context(), j); err != nil {
				w.t.Fatal(err)
			}
		}
		if err := w.DB.Done(w.t.Context(), j); err != nil {
			w.t.Fatal(err)
		}
	}
	var id string
	row := w.raw.QueryRowContext(w.t.Context(), `SELECT id FROM letter WHERE kind = 'one-time-password' AND state = 'queued' AND account_id = $1`, w.who.ID)
	if row.Scan(&id) != nil {
		return // none was issued
	}
	l, err := w.DB.Letter(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	w.known = l.Content.(letter.OneTimePassword).Password
}

func (w *walk) wrongPasswords(n int) {
	for range n {
		_, _ = w.logins.EnterPassword(w.t.Context(), account.Door{Realm: account.Member}, w.who.UserName, "wrong", atWork)
	}
}

// flood lets many machines try, until the name has to wait wherever it is typed.
func (w *walk) flood() {
	for n := range w.logins.Rules.Login.NameDelayAfter + 5 {
		from := login.Visitor{Address: fmt.Sprintf("198.51.%d.%d", w.rand.IntN(200), n%250)}
		_, _ = w.logins.EnterPassword(w.t.Context(), account.Door{Realm: account.Member}, w.who.UserName, "wrong", from)
	}
}

func (w *walk) wrongCodes() {
	in, err := w.logins.EnterPassword(w.t.Context(), account.Door{Realm: account.Member}, w.who.UserName, rightPassword, atWork)
	if err != nil {
		return
	}
	for range 3 + w.rand.IntN(4) {
		_, _ = w.logins.EnterCode(w.t.Context(), in.Session, "000000", atWork)
	}
}

func (w *walk) open() *sql.DB {
	w.t.Helper()
	db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(w.Address, "sqlite:")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := db.Close(); err != nil {
			w.t.Error(err)
		}
	})
	return db
}

// exec changes what no deed changes, by the member's id.
func (w *walk) exec(query string) {
	w.t.Helper()
	if _, err := w.raw.ExecContext(w.t.Context(), query, w.who.ID); err != nil {
		w.t.Fatal(err)
	}
}

func (w *walk) count(query string) (n int) {
	w.t.Helper()
	if err := w.raw.QueryRowContext(w.t.Context(), query, w.who.ID).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}
