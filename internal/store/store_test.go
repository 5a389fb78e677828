package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/password"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/store"
	"torhaus/internal/store/storetest"
	"torhaus/internal/token"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// anyHash has the form of a password hash; no password of these tests is compared with it.
const anyHash = password.Hash("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2E$a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2U")

func anna() account.Account {
	return account.Account{
		ID: "anna", Realm: account.Member, UserName: "ABeispiel", State: account.Active, Email: "anna@praxis.example",
		Person:  account.Person{Salutation: account.Frau, Title: "Dr. med.", First: "Anna", Last: "Beispiel"},
		Address: account.Address{Extra: "Praxis am Markt", Street: "Marienplatz 1", Postcode: "80331", Town: "München"},
	}
}

// house is a portal's services over one database.
type house struct {
	storetest.World
	t      *testing.T
	tokens *token.Service
	logins *login.Service
}

func newHouse(t *testing.T, w storetest.World) house {
	t.Helper()
	if err := w.DB.CreateAccount(t.Context(), anna(), anyHash); err != nil {
		t.Fatal(err)
	}
	return house{World: w, t: t, tokens: tokensOn(t, w, w.DB), logins: loginsOn(t, w, w.DB)}
}

func kvb(t *testing.T) *profile.Profile {
	t.Helper()
	p, err := profile.Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func tokensOn(t *testing.T, w storetest.World, db *store.DB) *token.Service {
	return &token.Service{Store: db, Keys: w.Keys, Rules: token.RulesOf(kvb(t))}
}

func loginsOn(t *testing.T, w storetest.World, db *store.DB) *login.Service {
	return &login.Service{Store: db, Keys: w.Keys, Hasher: password.NewHasher(), Rules: login.RulesOf(kvb(t))}
}

func (h house) holding() token.Holding {
	h.t.Helper()
	held, _, err := h.DB.Holding(h.t.Context(), "anna")
	if err != nil {
		h.t.Fatal(err)
	}
	return held
}

// order places an order and reads the code from its letter.
func (h house) order(request string) (token.Order, secret.Text) {
	h.t.Helper()
	o, err := h.tokens.Order(h.t.Context(), "anna", request, false)
	if err != nil {
		h.t.Fatal(err)
	}
	l, err := h.DB.Letter(h.t.Context(), o.Letter.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return o, l.Content.(letter.ActivationCode).Code
}

// activeToken orders, sets up and activates a token, and gives it with its secret.
func (h house) activeToken() token.Token {
	h.t.Helper()
	_, code := h.order(secret.NewID())
	try, err := h.tokens.EnterCode(h.t.Context(), "anna", "session", code.Reveal())
	if err != nil || try.Outcome != token.Right {
		h.t.Fatalf("enter code: %s, %v", try.Outcome, err)
	}
	done, err := h.tokens.Activate(h.t.Context(), "anna", "session", codeAt(try.Token, time.Now().Add(-30*time.Second)))
	if err != nil || done.Outcome != token.Right {
		h.t.Fatalf("activate: %s, %v", done.Outcome, err)
	}
	return try.Token
}

func codeAt(t token.Token, at time.Time) string {
	g := t.Generator()
	return g.Code(g.Step(at)).Reveal()
}

func (h house) verifyAudit() {
	h.t.Helper()
	if len(h.Audit(h.t)) == 0 {
		h.t.Error("nothing was recorded")
	}
}

func (h house) count(query string, args ...any) int64 {
	h.t.Helper()
	n, err := h.DB.Count(h.t.Context(), query, args...)
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func TestAccount_ReadsBackWhatWasWritten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		got := h.holding().Owner
		if got.Created.IsZero() || got.Created.Location() != time.UTC {
			t.Errorf("created %v", got.Created)
		}
		got.Created = time.Time{}
		if diff := cmp.Diff(anna(), got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAccount_SameNameInAnotherSpellingIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		for _, spelling := range []string{"abeispiel", " ABEISPIEL ", "ＡＢｅｉｓｐｉｅｌ"} {
			twin := anna()
			twin.ID, twin.UserName = "twin", spelling
			if err := h.DB.CreateAccount(t.Context(), twin, anyHash); !fault.Is(err, fault.Conflict) {
				t.Errorf("%q: %v", spelling, err)
			}
		}
		lookalike := anna()
		lookalike.ID, lookalike.UserName = "cyrillic", "АBeispiel" // the first letter is the Cyrillic one
		if err := h.DB.CreateAccount(t.Context(), lookalike, anyHash); err != nil {
			t.Errorf("a name of other letters: %v", err)
		}
		id, _, found, err := h.DB.Credentials(t.Context(), "abeispiel")
		if err != nil || !found || id != "anna" {
			t.Errorf("found %v %s, %v", found, id, err)
		}
	})
}

func TestOrder_IsKeptWithItsConsequences(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		placed, code := h.order("form")
		got := h.holding()
		if diff := cmp.Diff(placed, got.Orders[0]); diff != "" {
			t.Error(diff)
		}
		if len(code) != 8 || got.Tokens[0].State != token.Pending || got.Orders[0].Letter.State != letter.Queued {
			t.Errorf("code %d digits, token %s, letter %s", len(code), got.Tokens[0].State, got.Orders[0].Letter.State)
		}
		jobs, err := h.DB.Claim(t.Context(), "worker", time.Minute, 10)
		if err != nil || len(jobs) != 2 {
			t.Fatalf("%d jobs, %v", len(jobs), err)
		}
		kinds := []string{jobs[0].Kind, jobs[1].Kind}
		slices.Sort(kinds)
		if diff := cmp.Diff([]string{"letter.deliver", "mail.token-ordered"}, kinds); diff != "" {
			t.Error(diff)
		}
		h.verifyAudit()
	})
}

func TestKVB08_OneOpenOrderPerKindWhoeverIsFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		placed := race(32, func() bool {
			_, err := h.tokens.Order(t.Context(), "anna", secret.NewID(), false)
			return err == nil
		})
		if placed != 1 {
			t.Errorf("%d orders were placed, want 1 in 24 hours", placed)
		}
		if n := h.count(`SELECT count(*) FROM token_order WHERE state = 'placed'`); n != 1 {
			t.Errorf("%d open orders", n)
		}
		h.verifyAudit()
	})
}

// race runs a function in so many goroutines at once and counts those that say they won.
func race(n int, run func() bool) int {
	start := make(chan struct{})
	won := make(chan bool, n)
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			<-start
			won <- run()
		})
	}
	close(start)
	all.Wait()
	close(won)
	winners := 0
	for w := range won {
		if w {
			winners++
		}
	}
	return winners
}

func TestKVB11_ActivationCodeWorksOnceHoweverManyTry(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		_, code := h.order("form")
		try, err := h.tokens.EnterCode(t.Context(), "anna", "session", code.Reveal())
		if err != nil {
			t.Fatal(err)
		}
		other := tokensOn(t, w, w.Again(t)) // another replica
		services := []*token.Service{h.tokens, other}
		typed := codeAt(try.Token, time.Now())
		var mu sync.Mutex
		i := 0
		won := race(32, func() bool {
			mu.Lock()
			service := services[i%2]
			i++
			mu.Unlock()
			done, err := service.Activate(t.Context(), "anna", "session", typed)
			return err == nil && done.Outcome == token.Right
		})
		if won != 1 {
			t.Errorf("activated %d times", won)
		}
		if _, err := h.tokens.EnterCode(t.Context(), "anna", "session", code.Reveal()); !fault.Is(err, fault.Conflict) {
			t.Errorf("the spent code: %v", err)
		}
		if n := h.count(`SELECT count(*) FROM job WHERE kind = 'mail.token-activated'`); n != 1 {
			t.Errorf("%d mails", n)
		}
		h.verifyAudit()
	})
}

func TestKVB17_OneTimeCodeLogsInOnceHoweverManyTry(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		tok := h.activeToken()
		sessions := make(chan login.Session, 4)
		for range 4 {
			sessions <- h.passwordSession()
		}
		close(sessions)
		typed := codeAt(tok, time.Now())
		won := race(4, func() bool { // five wrong ones would close the way for a quarter of an hour
			_, err := h.logins.EnterCode(t.Context(), <-sessions, typed, login.Visitor{})
			return err == nil
		})
		if won != 1 {
			t.Errorf("logged in %d times", won)
		}
		h.verifyAudit()
	})
}

// passwordSession writes a session of level password, as a right password would.
func (h house) passwordSession() login.Session {
	h.t.Helper()
	var s login.Session
	err := h.DB.ChangeLogin(h.t.Context(), "anna", nil, func(_ login.State, now calendar.Moment) (login.Change, error) {
		s = login.Session{
			ID: login.IDOf(secret.Text(secret.NewID())), Account: "anna", Level: login.Password,
			Created: now.Time, Seen: now.Time, PasswordAt: now.Time,
		}
		return login.Change{New: []login.Session{s}}, nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

func TestGuardedStep_IsSpentOnceAndNeverSetBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		tok := h.activeToken()
		spend := func(step int64) error {
			return h.DB.ChangeHolding(t.Context(), "anna", func(token.Holding, calendar.Moment) (token.Change, error) {
				return token.Change{Spend: []token.Spend{{Token: tok.ID, Step: step}}}, nil
			})
		}
		const far = int64(1) << 40
		if won := race(32, func() bool { return spend(far) == nil }); won != 1 {
			t.Errorf("spent %d times", won)
		}
		if err := spend(far - 1); !fault.Is(err, fault.Conflict) {
			t.Errorf("an earlier step: %v", err)
		}
	})
}

func TestRolledBackDeedLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.order("form")
		before := h.snapshot()
		refused := errors.New("refused at the end")
		err := h.DB.ChangeHolding(t.Context(), "anna", func(held token.Holding, _ calendar.Moment) (token.Change, error) {
			return token.Change{Orders: held.Orders}, refused
		})
		if !errors.Is(err, refused) {
			t.Errorf("error %v", err)
		}
		// everything is written, and then the last statement fails: a step that was spent already
		err = h.DB.ChangeHolding(t.Context(), "anna", func(held token.Holding, now calendar.Moment) (token.Change, error) {
			c := token.Change{Orders: held.Orders, Letters: []letter.Draft{{ID: "l2", Account: "anna", Content: letter.ActivationCode{Code: "1"}}}}
			c.Orders[0].State, c.Orders[0].Closed = token.OrderVoided, now.Time
			c.Spend = []token.Spend{{Token: held.Tokens[0].ID, Step: -1}}
			c.Events = []audit.Event{{Kind: audit.OrderVoided}}
			return c, nil
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("error %v", err)
		}
		if after := h.snapshot(); after != before {
			t.Errorf("before %v, after %v", before, after)
		}
		h.verifyAudit()
	})
}

func (h house) snapshot() (s struct{ open, letters, jobs, events int64 }) {
	s.open = h.count(`SELECT count(*) FROM token_order WHERE state = 'placed'`)
	s.letters = h.count(`SELECT count(*) FROM letter`)
	s.jobs = h.count(`SELECT count(*) FROM job`)
	s.events = h.count(`SELECT count(*) FROM audit_event`)
	return s
}

func TestImpossibleStatesAreRefusedByTheTables(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.activeToken()
		h.Clock.Advance(25 * time.Hour)
		h.order("second")
		for _, c := range []struct{ name, statement string }{
			{"unknown state", `UPDATE token SET state = 'lost'`},
			{"active token that never was activated", `UPDATE token SET activated_at = NULL WHERE state = 'active'`},
			{"revoked without a reason", `UPDATE token SET state = 'revoked', revoked_at = 1 WHERE state = 'active'`},
			{"revoked without a time", `UPDATE token SET state = 'revoked', reason = 'x' WHERE state = 'active'`},
			{"serial number used again", `UPDATE token SET serial = 'ST00000001'`},
			{"two open orders of a kind", `UPDATE token_order SET state = 'placed', closed_at = NULL`},
			{"closed order without a time", `UPDATE token_order SET state = 'voided' WHERE state = 'placed'`},
			{"closed order with a set-up", `UPDATE token_order SET setup_session = 's' WHERE state <> 'placed'`},
			{"letter handed over with its secret", `UPDATE letter SET state = 'handed-over', handed_over_at = 1`},
			{"letter void with its secret", `UPDATE letter SET state = 'void'`},
			{"job done with its payload", `UPDATE job SET state = 'done', ended_at = 1`},
			{"two-factor session without a factor", `INSERT INTO session (id, account_id, level, created_at, seen_at, password_at, address, agent, end_reason)
				VALUES ('x', 'anna', 'two-factor', 1, 1, 1, '', '', '')`},
			{"token of nobody", `UPDATE token SET account_id = 'nobody'`},
			{"password in the clear", `UPDATE password SET hash = 'geheim'`},
			{"second head of the chain", `INSERT INTO audit_head (id, seq, hash) VALUES (2, 0, '')`},
			{"account in no state", `UPDATE account SET state = ''`},
		} {
			if err := h.DB.Exec(t.Context(), c.statement); err == nil {
				t.Errorf("%s: accepted", c.name)
			}
		}
	})
}

func TestSecretsMovedToAnotherRowDoNotOpen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.activeToken()
		h.Clock.Advance(25 * time.Hour)
		_, code := h.order("second")
		if _, err := h.tokens.EnterCode(t.Context(), "anna", "s", code.Reveal()); err != nil {
			t.Fatal(err)
		}
		if err := h.DB.Exec(t.Context(), `UPDATE token_secret SET sealed = (SELECT o.sealed FROM token_secret o WHERE o.token_id <> token_secret.token_id)`); err != nil {
			t.Fatal(err)
		}
		err := h.DB.ChangeHolding(t.Context(), "anna", func(token.Holding, calendar.Moment) (token.Change, error) { return token.Change{}, nil })
		if err == nil || !strings.Contains(err.Error(), "does not open") {
			t.Errorf("error %v", err)
		}
	})
}

func TestDatabaseHoldsNoSecret(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		_, code := h.order("form")
		try, err := h.tokens.EnterCode(t.Context(), "anna", "s", code.Reveal())
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"token_secret", "letter", "job"} {
			column := map[string]string{"token_secret": "sealed", "letter": "sealed", "job": "payload"}[table]
			blobs, err := h.DB.Blobs(t.Context(), `SELECT `+column+` FROM `+table)
			if err != nil || len(blobs) == 0 {
				t.Fatalf("%s: %d blobs, %v", table, len(blobs), err)
			}
			for _, b := range blobs {
				if strings.Contains(string(b), code.Reveal()) || strings.Contains(string(b), string(try.Token.Secret.Reveal())) {
					t.Errorf("%s.%s holds a secret in the clear", table, column)
				}
			}
		}
	})
}

func TestLetter_IsHandedOverOnceAndForgetsItsContent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		o, _ := h.order("form")
		race(8, func() bool { return h.DB.HandOver(t.Context(), o.Letter.ID) == nil })
		l, err := h.DB.Letter(t.Context(), o.Letter.ID)
		if err != nil || l.State != letter.HandedOver || l.Content != nil || l.HandedOver.IsZero() {
			t.Errorf("letter %+v, %v", l, err)
		}
		if n := h.count(`SELECT count(*) FROM audit_event WHERE kind = 'letter.handed-over'`); n != 1 {
			t.Errorf("%d events", n)
		}
		if got := h.holding().Orders[0].Letter.HandedOver; !got.Equal(l.HandedOver) {
			t.Errorf("the order says %v, the letter %v", got, l.HandedOver)
		}
		if _, err := h.DB.Letter(t.Context(), "none"); !fault.Is(err, fault.NotFound) {
			t.Errorf("unknown letter: %v", err)
		}
	})
}

func TestLetter_VoidedBeforePrintIsNeverPrinted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		o, _ := h.order("first")
		h.Clock.Advance(25 * time.Hour)
		h.order("second")
		if err := h.DB.HandOver(t.Context(), o.Letter.ID); err != nil {
			t.Fatal(err)
		}
		l, err := h.DB.Letter(t.Context(), o.Letter.ID)
		if err != nil || l.State != letter.Void || l.Content != nil {
			t.Errorf("letter %s, %v", l.State, err)
		}
	})
}

func TestJob_IsGivenToOneAndTakenOverWhenItsLeaseEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.order("form")
		var mu sync.Mutex
		seen := map[string]int{}
		race(16, func() bool {
			jobs, err := h.DB.Claim(t.Context(), "a", time.Minute, 1)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, j := range jobs {
				seen[j.ID]++
			}
			return true
		})
		if len(seen) != 2 {
			t.Fatalf("%d jobs were claimed, want 2", len(seen))
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("job %s was given to %d", id, n)
			}
		}
		h.Clock.Advance(time.Minute)
		again, err := h.DB.Claim(t.Context(), "b", time.Minute, 10)
		if err != nil || len(again) != 2 || again[0].Attempt != 2 {
			t.Fatalf("taken over %+v, %v", again, err)
		}
		lost := again[0]
		lost.Owner, lost.Attempt = "a", 1
		if err := h.DB.Done(t.Context(), lost); !errors.Is(err, job.ErrLost) {
			t.Errorf("the worker that lost the job: %v", err)
		}
		if err := h.DB.Extend(t.Context(), again[0], time.Hour); err != nil {
			t.Error(err)
		}
		if err := h.DB.Done(t.Context(), again[0]); err != nil {
			t.Error(err)
		}
		if err := h.DB.Dead(t.Context(), again[1], "550"); err != nil {
			t.Error(err)
		}
		q, err := h.DB.Jobs(t.Context())
		if err != nil || q.Waiting != 0 || q.Dead != 1 || !q.Oldest.IsZero() {
			t.Errorf("queue %+v, %v", q, err)
		}
	})
}

func TestJob_ThatDoesNotOpenHoldsUpNoOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.order("form")
		if err := h.DB.Exec(t.Context(), `UPDATE job SET payload = $1 WHERE kind = 'letter.deliver'`, []byte("scribbled over")); err != nil {
			t.Fatal(err)
		}
		jobs, err := h.DB.Claim(t.Context(), "a", time.Minute, 10)
		if err != nil || len(jobs) != 1 || jobs[0].Kind != "mail.token-ordered" {
			t.Errorf("claimed %d, %v", len(jobs), err)
		}
		if q, err := h.DB.Jobs(t.Context()); err != nil || q.Dead != 1 {
			t.Errorf("queue %+v, %v", q, err)
		}
	})
}

func TestJob_RetriedIsDueAfterItsPause(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.order("form")
		jobs, err := h.DB.Claim(t.Context(), "a", time.Minute, 1)
		if err != nil || len(jobs) != 1 {
			t.Fatal(len(jobs), err)
		}
		if err := h.DB.Retry(t.Context(), jobs[0], time.Hour, "421"); err != nil {
			t.Fatal(err)
		}
		claim := func() int {
			got, err := h.DB.Claim(t.Context(), "a", time.Minute, 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(slices.DeleteFunc(got, func(j job.Job) bool { return j.ID != jobs[0].ID }))
		}
		h.Clock.Advance(59 * time.Minute)
		if claim() != 0 {
			t.Error("claimed before its pause was over")
		}
		h.Clock.Advance(2 * time.Minute)
		if claim() != 1 {
			t.Error("not claimed after its pause")
		}
	})
}

func TestSession_EndedOnOneReplicaIsEndedOnAll(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		s := h.passwordSession()
		other := loginsOn(t, w, w.Again(t))
		if err := h.logins.Leave(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		got, _, _, found, err := other.Store.Session(t.Context(), s.ID)
		if err != nil || !found || got.Ended.IsZero() || got.EndReason != login.ByLogout {
			t.Errorf("session %+v, %v", got, err)
		}
	})
}

func TestGuesses_AreCountedOneByOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		other := w.Again(t)
		replicas := []*store.DB{w.DB, other}
		keys := []login.Guess{{Key: []byte("name")}, {Key: []byte("address")}}
		var mu sync.Mutex
		i := 0
		race(32, func() bool {
			mu.Lock()
			db, mine := replicas[i%2], slices.Clone(keys)
			if i%3 == 0 {
				slices.Reverse(mine)
			}
			i++
			mu.Unlock()
			err := db.ChangeGuesses(t.Context(), mine, func(g []login.Guess, now calendar.Moment) []login.Guess {
				g[0].Wrong++
				g[1].Wrong++
				g[0].Last, g[1].Last = now.Time, now.Time
				return g
			})
			if err != nil {
				t.Error(err)
			}
			return err == nil
		})
		err := w.DB.ChangeGuesses(t.Context(), keys, func(g []login.Guess, _ calendar.Moment) []login.Guess {
			if g[0].Wrong != 32 || g[1].Wrong != 32 {
				t.Errorf("counted %d and %d, want 32", g[0].Wrong, g[1].Wrong)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestSerialNumbers_AreNeverTheSameTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		var mu sync.Mutex
		seen := map[int64]bool{}
		race(32, func() bool {
			n, err := w.DB.NextSerial(t.Context(), "ST")
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			seen[n] = true
			return true
		})
		if len(seen) != 32 {
			t.Errorf("%d different numbers of 32", len(seen))
		}
	})
}

func TestDays_AreBerlinDaysWhateverTheZoneOfTheMachine(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		// 23:30 UTC on 30 June is 1 July in Berlin
		h.Clock.To(time.Date(2027, 6, 30, 23, 30, 0, 0, time.UTC))
		o, _ := h.order("form")
		if o.LastDay.String() != "2027-07-15" {
			t.Errorf("last day %s, want 2027-07-15", o.LastDay)
		}
		if got := h.holding().Orders[0]; got.LastDay != o.LastDay || !got.Placed.Equal(o.Placed) {
			t.Errorf("read back %s, %s", got.LastDay, got.Placed)
		}
	})
}

func TestOpen_RefusesTheDatabaseOfANewerProgram(t *testing.T) {
	w := storetest.SQLite(t)
	if err := w.DB.Exec(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := w.Reopen(context.Background()); err == nil || !strings.Contains(err.Error(), "newer") {
		t.Errorf("error %v", err)
	}
}
