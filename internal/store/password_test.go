package store_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/password"
	"torhaus/internal/secret"
	"torhaus/internal/store"
	"torhaus/internal/store/storetest"
)

// forgot leaves a request of Anna's to its job and does it, and gives the one-time password in her letter.
func (h house) forgot(way password.Way) secret.Text {
	h.t.Helper()
	if err := h.DB.Queue(h.t.Context(), login.Forgotten{Account: "anna", Way: way}); err != nil {
		h.t.Fatal(err)
	}
	jobs, err := h.DB.Claim(h.t.Context(), "test", time.Minute, 10)
	if err != nil {
		h.t.Fatal(err)
	}
	i := slices.IndexFunc(jobs, func(j job.Job) bool { return j.Kind == "password.forgotten" })
	if err := h.logins.Handlers()["password.forgotten"].Do(h.t.Context(), jobs[i]); err != nil {
		h.t.Fatal(err)
	}
	if err := h.DB.Done(h.t.Context(), jobs[i]); err != nil {
		h.t.Fatal(err)
	}
	open, ok := h.passwords().Open()
	if !ok {
		return ""
	}
	l, err := h.DB.Letter(h.t.Context(), open.Letter.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return l.Content.(letter.OneTimePassword).Password
}

func (h house) passwords() password.State {
	h.t.Helper()
	st, _, err := h.DB.Passwords(h.t.Context(), "anna")
	if err != nil {
		h.t.Fatal(err)
	}
	return st
}

// replace sets another password hash in the way of a proof.
func replace(t *testing.T, db *store.DB, hash password.Hash, proof password.Proof) error {
	return db.ChangeLogin(t.Context(), "anna", nil, func(st login.State, now calendar.Moment) (c login.Change, err error) {
		c.Password, err = st.Password.Replace(hash, proof, st.Holding.Owner, now)
		return c, err
	})
}

const (
	secondHash = password.Hash("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2E$c2Vjb25kc2Vjb25kc2Vjb25kc2Vjb25kc2Vjb25kczI")
	thirdHash  = password.Hash("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2E$dGhpcmR0aGlyZHRoaXJkdGhpcmR0aGlyZHRoaXJkdGg")
)

func TestOneTimePassword_ReadsBackWhatWasIssued(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		typed := h.forgot(password.ByLetter)
		st := h.passwords()
		o := st.OneTimes[0]
		if len(st.OneTimes) != 1 || o.Way != password.ByLetter || !o.IsOpen() || o.Letter.ID == "" || !h.Keys.Matches(o.Code, password.Purpose, typed) {
			t.Errorf("one-time passwords %+v", st.OneTimes)
		}
		if o.Created.IsZero() || !o.Until.Equal(calendar.LastDay(o.Created, 14).End()) {
			t.Errorf("from %s until %s", o.Created, o.Until)
		}
		if st.Hash != anyHash || st.Set.IsZero() || !st.ByPost.IsZero() || st.Wrong != nil {
			t.Errorf("state %+v", st)
		}
		h.verifyAudit()
	})
}

func TestOneTimePassword_IsSpentOnceHoweverManyTry(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.forgot(password.ByLetter)
		id := h.passwords().OneTimes[0].ID
		replicas := []*store.DB{w.DB, w.Again(t)}
		var n atomic.Int64
		won := race(32, func() bool {
			err := replicas[n.Add(1)%2].ChangeLogin(t.Context(), "anna", nil, func(st login.State, now calendar.Moment) (c login.Change, err error) {
				c.Password, err = st.Password.Replace(secondHash, password.Proof{OneTime: id}, st.Holding.Owner, now)
				return c, err
			})
			if err != nil && !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
			return err == nil
		})
		if won != 1 {
			t.Errorf("spent %d times", won)
		}
		if st := h.passwords(); st.Hash != secondHash || st.ByPost.IsZero() || st.OneTimes[0].Used.IsZero() {
			t.Errorf("state %+v", st)
		}
		if got := h.holding().PasswordByPost; !got.Equal(h.passwords().ByPost) {
			t.Errorf("the holding says %s", got)
		}
		h.verifyAudit()
	})
}

// The rule is kept by the row itself, too: a deed decided on an old state writes nothing.
func TestOneTimePassword_SpentByAGuardedStatement(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.forgot(password.ByLetter)
		id := h.passwords().OneTimes[0].ID
		write := func(c password.Change) error {
			return h.DB.ChangeLogin(t.Context(), "anna", nil, func(login.State, calendar.Moment) (login.Change, error) {
				return login.Change{Password: c}, nil
			})
		}
		if err := write(password.Change{Use: []password.OneTimeID{id}}); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]password.Change{
			"used again":                 {Use: []password.OneTimeID{id}},
			"voided after its use":       {Void: []password.OneTimeID{id}},
			"unknown one":                {Use: []password.OneTimeID{"none"}},
			"password changed meanwhile": {Set: &password.Set{Old: thirdHash, New: secondHash}},
		} {
			if err := write(c); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if st := h.passwords(); st.Hash != anyHash {
			t.Errorf("hash %s", st.Hash)
		}
	})
}

func TestOneTimePassword_NewestAloneIsOpenHoweverManyAsk(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		issued := race(32, func() bool {
			err := h.DB.ChangeLogin(t.Context(), "anna", nil, func(st login.State, now calendar.Moment) (c login.Change, err error) {
				n := password.NewOneTime{ID: password.OneTimeID(secret.NewID()), Letter: secret.NewID(), Password: "C"}
				n.Hashed = h.Keys.Hash(password.Purpose, n.Password)
				c.Password = st.Password.Issue(password.ByLetter, n, st.Holding.Owner, h.logins.Rules.Password, now)
				return c, nil
			})
			return err == nil
		})
		if open := h.count(`SELECT count(*) FROM one_time_password WHERE used_at IS NULL AND voided_at IS NULL`); issued != 32 || open != 1 {
			t.Errorf("%d issued, %d open", issued, open)
		}
		if n := h.count(`SELECT count(*) FROM letter WHERE state = 'queued'`); n != 1 {
			t.Errorf("%d letters would be printed", n)
		}
		h.verifyAudit()
	})
}

func TestOneTimePassword_LetterThatIsOutIsNotCalledVoid(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.forgot(password.ByLetter)
		id := h.passwords().OneTimes[0].Letter.ID
		if err := h.DB.HandOver(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if err := replace(t, h.DB, secondHash, password.Proof{}); err != nil {
			t.Fatal(err)
		}
		l, err := h.DB.Letter(t.Context(), id)
		if err != nil || l.State != letter.HandedOver || h.passwords().OneTimes[0].Voided.IsZero() {
			t.Errorf("letter %s, %v", l.State, err)
		}
		if n := h.count(`SELECT count(*) FROM audit_event WHERE kind = 'letter.voided'`); n != 0 {
			t.Errorf("%d events of a void letter", n)
		}
	})
}

func TestSession_OfAOneTimePasswordIsKeptAsOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		typed := h.forgot(password.ByLetter)
		in, err := h.logins.EnterPassword(t.Context(), account.Door{Realm: account.Member}, "abeispiel", typed, login.Visitor{Address: "192.0.2.1"})
		if err != nil {
			t.Fatal(err)
		}
		v, err := h.logins.Visit(t.Context(), in.Key)
		if err != nil || v.Session.OneTime != h.passwords().OneTimes[0].ID || v.Session.May(login.SeeTokens) == nil {
			t.Errorf("session %+v, %v", v.Session, err)
		}
	})
}

func TestWrongCodes_OfForgottenPasswordsAreKeptAsLongAsTheyCount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.activeToken()
		h.forgot(password.ByMail) // without a code
		h.Clock.Advance(31 * 24 * time.Hour)
		h.forgot(password.ByMail)
		if n := len(h.passwords().Wrong); n != 2 {
			t.Errorf("%d wrong codes are kept", n)
		}
		h.Clock.Advance(101 * 24 * time.Hour)
		h.forgot(password.ByMail)
		if n := h.count(`SELECT count(*) FROM forgotten_wrong_code`); n != 1 {
			t.Errorf("%d wrong codes are kept after 100 days", n)
		}
	})
}

func TestImpossibleStatesOfPasswordsAreRefusedByTheTables(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		typed := h.forgot(password.ByLetter)
		if _, err := h.logins.EnterPassword(t.Context(), account.Door{Realm: account.Member}, "abeispiel", typed, login.Visitor{}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ name, statement string }{
			{"unknown way", `UPDATE one_time_password SET way = 'pigeon'`},
			{"letter without a letter", `UPDATE one_time_password SET letter_id = NULL`},
			{"mail with a letter", `UPDATE one_time_password SET way = 'mail'`},
			{"letter of nobody", `UPDATE one_time_password SET letter_id = 'none'`},
			{"used and voided", `UPDATE one_time_password SET used_at = 1, voided_at = 1`},
			{"over before it begins", `UPDATE one_time_password SET until_at = created_at`},
			{"hashed under no key", `UPDATE one_time_password SET code_key = ''`},
			{"of nobody", `UPDATE one_time_password SET account_id = 'nobody'`},
			{"second open one", `INSERT INTO one_time_password (id, account_id, way, created_at, until_at, code_key, code_salt, code_mac)
				SELECT 'second', account_id, 'mail', created_at, until_at, code_key, code_salt, code_mac FROM one_time_password`},
			{"session of a one-time password that is none", `UPDATE session SET one_time_id = 'none'`},
			{"wrong code of nobody", `INSERT INTO forgotten_wrong_code (account_id, at) VALUES ('nobody', 1)`},
		} {
			if err := h.DB.Exec(t.Context(), c.statement); err == nil {
				t.Errorf("%s: accepted", c.name)
			}
		}
	})
}

func TestAttack_ThiefOfTheDatabaseFindsNoOneTimePassword(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		typed := h.forgot(password.ByLetter)
		if err := h.DB.Queue(t.Context(), login.Forgotten{Account: "anna", Way: password.ByMail, Code: "987654"}); err != nil {
			t.Fatal(err)
		}
		for _, query := range []string{`SELECT sealed FROM letter`, `SELECT payload FROM job WHERE payload IS NOT NULL`, `SELECT code_mac FROM one_time_password`} {
			blobs, err := h.DB.Blobs(t.Context(), query)
			if err != nil || len(blobs) == 0 {
				t.Fatalf("%s: %d, %v", query, len(blobs), err)
			}
			for _, b := range blobs {
				if bytes.Contains(b, []byte(typed.Reveal())) || bytes.Contains(b, []byte("987654")) || strings.Contains(string(b), "anna") {
					t.Errorf("%s shows a secret, or whose it is", query)
				}
			}
		}
	})
}

func TestRolledBackPasswordLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.forgot(password.ByLetter)
		before := h.snapshot()
		err := h.DB.ChangeLogin(t.Context(), "anna", nil, func(st login.State, now calendar.Moment) (c login.Change, err error) {
			c.Password, err = st.Password.Replace(secondHash, password.Proof{OneTime: st.Password.OneTimes[0].ID}, st.Holding.Owner, now)
			c.End = []login.Session{{ID: "none", Account: account.ID("anna")}} // fails: there is no such session
			return c, err
		})
		if err == nil || errors.Is(err, job.ErrLost) {
			t.Errorf("error %v", err)
		}
		if st := h.passwords(); st.Hash != anyHash || !st.OneTimes[0].IsOpen() || h.snapshot() != before {
			t.Errorf("state %+v", st)
		}
	})
}

func TestForget_OneTimePasswordsAndWrongCodesOfLongAgo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.activeToken()
		typed := h.forgot(password.ByLetter)
		if _, err := h.logins.EnterPassword(t.Context(), account.Door{Realm: account.Member}, "abeispiel", typed, login.Visitor{}); err != nil {
			t.Fatal(err)
		}
		h.forgot(password.ByMail)
		rest := func() int64 {
			return h.count(`SELECT (SELECT count(*) FROM one_time_password) + (SELECT count(*) FROM forgotten_wrong_code)`)
		}
		for _, c := range []struct {
			days int
			want int64
		}{{0, 2}, {40, 2}, {101, 0}} {
			h.Clock.To(time.Now().AddDate(0, 0, c.days))
			if _, err := h.DB.Forget(t.Context(), time.Hour); err != nil || rest() != c.want {
				t.Errorf("after %d days %d rows, want %d; %v", c.days, rest(), c.want, err)
			}
		}
	})
}

func TestAccountOf_FindsByCanonicalNameOrNobody(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		for name, want := range map[string]account.ID{"abeispiel": "anna", "ABeispiel": "", "nobody": "", "": ""} {
			if id, err := h.DB.AccountOf(t.Context(), name); err != nil || id != want {
				t.Errorf("%q is %q, %v; want %q", name, id, err, want)
			}
		}
	})
}
