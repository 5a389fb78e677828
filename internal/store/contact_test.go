package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/secret"
	"torhaus/internal/store"
	"torhaus/internal/store/storetest"
)

func contactsOn(t *testing.T, w storetest.World, db *store.DB) *account.Service {
	t.Helper()
	return &account.Service{Store: db, Keys: w.Keys, Rules: account.RulesOf(kvb(t))}
}

// proof is that of a member who has just given a one-time code in this session.
func (h house) proof(session string) account.Proof {
	return account.Proof{Session: session, CodeAt: time.Now().Add(h.Clock.Offset())}
}

// askFor writes a change that was asked for in session s1, with a code that the test knows.
func (h house) askFor(email string, code secret.Text) {
	h.t.Helper()
	err := h.DB.ChangeContact(h.t.Context(), "anna", func(c account.Contact, now calendar.Moment) (account.ContactChange, error) {
		n := account.NewEmail{ID: secret.NewID(), Email: email, Code: code, Hashed: h.Keys.Hash(account.EmailCodePurpose, code)}
		return c.AskFor(n, account.Proof{Session: "s1", CodeAt: now.Time}, account.RulesOf(kvb(h.t)), now)
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestContact_ReadsBackWhatWasWritten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.askFor("new@praxis.example", "12345678")
		c, now, err := h.DB.Contact(t.Context(), "anna")
		if err != nil || c.Pending == nil {
			t.Fatalf("pending %v, %v", c.Pending, err)
		}
		want := account.EmailChange{
			ID: c.Pending.ID, Session: "s1", Email: "new@praxis.example", Code: c.Pending.Code, State: account.Open,
			Requested: c.Pending.Requested, Until: c.Pending.Requested.Add(30 * time.Minute),
		}
		if diff := cmp.Diff(want, *c.Pending); diff != "" || !c.Waiting(now) || c.Owner.Email != "anna@praxis.example" {
			t.Errorf("waiting %v, address %s, %s", c.Waiting(now), c.Owner.Email, diff)
		}
		if len(c.Codes) != 1 || !c.Codes[0].Equal(want.Requested) {
			t.Errorf("codes %v", c.Codes)
		}
		h.Clock.Advance(25 * time.Hour)
		h.askFor("newer@praxis.example", "12345678")
		if c, _, err = h.DB.Contact(t.Context(), "anna"); err != nil || len(c.Codes) != 1 || c.Pending.Email != "newer@praxis.example" {
			t.Errorf("a day later: codes %v, pending %+v, %v", c.Codes, c.Pending, err)
		}
		if n := h.count(`SELECT count(*) FROM email_change WHERE state = 'expired'`); n != 1 {
			t.Errorf("%d expired ones", n)
		}
		h.verifyAudit()
	})
}

func TestNewEmailCode_WorksOnceHoweverManyTry(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.askFor("new@praxis.example", "12345678")
		one, other := contactsOn(t, w, h.DB), contactsOn(t, w, w.Again(t))
		replicas := make(chan *account.Service, 32)
		for range 16 {
			replicas <- one
			replicas <- other
		}
		won := race(32, func() bool {
			o, _, err := (<-replicas).ConfirmEmail(t.Context(), "anna", "1234 5678", h.proof("s1"))
			return err == nil && o == account.Right
		})
		if won != 1 {
			t.Errorf("confirmed %d times", won)
		}
		c, _, err := h.DB.Contact(t.Context(), "anna")
		if err != nil || c.Owner.Email != "new@praxis.example" || c.Pending != nil {
			t.Errorf("address %s, pending %v, %v", c.Owner.Email, c.Pending, err)
		}
		if n := h.count(`SELECT count(*) FROM job WHERE kind = 'mail.email-changed'`); n != 1 || len(h.recorded(audit.EmailChanged)) != 1 {
			t.Errorf("%d notices", n)
		}
		h.verifyAudit()
	})
}

func TestNewEmailCode_FiveWrongOnesVoidItHoweverManyAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.askFor("new@praxis.example", "12345678")
		service := contactsOn(t, w, h.DB)
		looked := race(32, func() bool {
			_, _, err := service.ConfirmEmail(t.Context(), "anna", "87654321", h.proof("s1"))
			return err == nil
		})
		if looked != 5 {
			t.Errorf("%d codes were looked at, want 5", looked)
		}
		if _, _, err := service.ConfirmEmail(t.Context(), "anna", "12345678", h.proof("s1")); !fault.Is(err, fault.Conflict) {
			t.Errorf("the right one afterwards: %v", err)
		}
		if c, _, _ := h.DB.Contact(t.Context(), "anna"); c.Owner.Email != "anna@praxis.example" {
			t.Errorf("the address is %s", c.Owner.Email)
		}
		h.verifyAudit()
	})
}

func TestNewEmail_AtMostFiveCodesADayHoweverManyAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		service := contactsOn(t, w, h.DB)
		sent := race(32, func() bool {
			return service.AskForEmail(t.Context(), "anna", "new@praxis.example", h.proof("s1")) == nil
		})
		if n := h.count(`SELECT count(*) FROM job WHERE kind = 'mail.email-code'`); sent != 5 || n != 5 {
			t.Errorf("%d codes, %d mails, want 5", sent, n)
		}
		if n := h.count(`SELECT count(*) FROM email_change WHERE state = 'open'`); n != 1 {
			t.Errorf("%d open ones", n)
		}
	})
}

func TestNewEmail_WhatCannotBeACodeIsNotCounted(t *testing.T) {
	w := storetest.SQLite(t)
	h := newHouse(t, w)
	h.askFor("new@praxis.example", "12345678")
	service := contactsOn(t, w, h.DB)
	for _, typed := range []string{"", "1234567", "123456789", "abcdefgh", "12345678 OR 1=1"} {
		if _, _, err := service.ConfirmEmail(t.Context(), "anna", typed, h.proof("s1")); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", typed, err)
		}
	}
	if c, _, _ := h.DB.Contact(t.Context(), "anna"); c.Pending.Tries != 0 {
		t.Errorf("%d tries", c.Pending.Tries)
	}
}

func TestDatabaseHoldsNoCodeOfANewEmail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.askFor("new@praxis.example", "12345678")
		for _, query := range []string{`SELECT code_mac FROM email_change`, `SELECT code_salt FROM email_change`, `SELECT payload FROM job`} {
			blobs, err := h.DB.Blobs(t.Context(), query)
			if err != nil || len(blobs) == 0 {
				t.Fatalf("%s: %d blobs, %v", query, len(blobs), err)
			}
			for _, b := range blobs {
				if containsCode(b) {
					t.Errorf("%s holds the code in the clear", query)
				}
			}
		}
	})
}

func containsCode(b []byte) bool {
	for i := range len(b) - 7 {
		if string(b[i:i+8]) == "12345678" {
			return true
		}
	}
	return false
}

func TestEmailChange_ImpossibleStatesAreRefusedByTheTable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.askFor("new@praxis.example", "12345678")
		for name, statement := range map[string]string{
			"unknown state":          `UPDATE email_change SET state = 'done', closed_at = 1`,
			"closed without a time":  `UPDATE email_change SET state = 'confirmed'`,
			"open with a time":       `UPDATE email_change SET closed_at = 1`,
			"ends before it begins":  `UPDATE email_change SET until = requested_at`,
			"tries below zero":       `UPDATE email_change SET tries = -1`,
			"no address":             `UPDATE email_change SET new_email = ''`,
			"no session":             `UPDATE email_change SET session_id = ''`,
			"of nobody":              `UPDATE email_change SET account_id = 'nobody'`,
			"a second one at a time": `INSERT INTO email_change SELECT 'x', account_id, session_id, new_email, code_key, code_salt, code_mac, tries, state, requested_at, until, closed_at FROM email_change`,
		} {
			if err := h.DB.Exec(t.Context(), statement); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
	})
}

func TestForget_ClosedChangesGoAfterThirtyDays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.askFor("new@praxis.example", "12345678")
		h.Clock.Advance(30*day - time.Minute)
		if h.forget(); h.count(`SELECT count(*) FROM email_change`) != 1 {
			t.Error("it is forgotten too early")
		}
		h.Clock.Advance(day)
		if h.forget(); h.count(`SELECT count(*) FROM email_change`) != 0 {
			t.Error("the address that never was confirmed is kept")
		}
	})
}
