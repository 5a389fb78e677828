package store_test

import (
	"testing"
	"time"

	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/profile"
	"torhaus/internal/store/storetest"
)

// wrongCodes types so many wrong codes, at most five in a quarter of an hour.
func (h house) wrongCodes(n int) {
	h.t.Helper()
	for i := range n {
		if i%5 == 0 {
			h.Clock.Advance(16 * time.Minute)
		}
		if _, err := h.logins.EnterCode(h.t.Context(), h.passwordSession(), "000000", login.Visitor{}); !fault.Is(err, fault.Invalid) {
			h.t.Fatalf("wrong code: %v", err)
		}
	}
}

func TestRefusals_AreCountedHoweverManyAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		rules := kvb(t).Login
		won := race(32, func() bool {
			err := h.DB.ChangeLogin(t.Context(), "anna", nil, func(st login.State, now calendar.Moment) (login.Change, error) {
				counted, _, _ := st.Refusals.Add(rules, now.Time)
				return login.Change{Refusals: &counted}, nil
			})
			return err == nil
		})
		h.changeLogin(func(st login.State, _ calendar.Moment) (login.Change, error) {
			if r := st.Refusals; won != 32 || r.Count != 32 || r.InSpan != 32 || r.Unrecorded != 2 || r.Since.IsZero() {
				t.Errorf("%d counted, %+v", won, r)
			}
			return login.Change{}, nil
		})
	})
}

// counting is how package login counts a refused password.
func counting(id string, rules profile.Login) func(login.Refusals, calendar.Moment) (login.Refusals, []audit.Event) {
	return func(r login.Refusals, now calendar.Moment) (login.Refusals, []audit.Event) {
		counted, own, _ := r.Add(rules, now.Time)
		if !own {
			return counted, nil
		}
		return counted, []audit.Event{{Kind: audit.PasswordWrong, Actor: audit.Anonymous, Account: id}}
	}
}

func TestRefuse_CountsHoweverManyAtOnceAndRecordsTen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		rules, other := kvb(t).Login, w.Again(t)
		done := race(32, func() bool {
			return h.DB.Refuse(t.Context(), "anna", []byte("key"), counting("anna", rules)) == nil &&
				other.Refuse(t.Context(), "anna", []byte("key"), counting("anna", rules)) == nil
		})
		if n := h.count(`SELECT count FROM refusal WHERE account_id = 'anna'`); done != 32 || n != 64 {
			t.Errorf("%d of 64 are counted", n)
		}
		if n := len(h.recorded(audit.PasswordWrong)); n != 10 {
			t.Errorf("%d records, want 10", n)
		}
		h.verifyAudit()
	})
}

func TestRefuse_OfANameThatNobodyHasLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.guessed("key")
		head, err := h.DB.AuditHead(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if done := race(8, func() bool { return h.DB.Refuse(t.Context(), "", []byte("key"), counting("", kvb(t).Login)) == nil }); done != 8 {
			t.Errorf("%d of 8 went through", done)
		}
		after, err := h.DB.AuditHead(t.Context())
		if err != nil || after != head {
			t.Errorf("the head of the audit chain moved, %v", err)
		}
		if n := h.count(`SELECT wrong FROM guess`); n != 1 {
			t.Errorf("%d tries are counted", n)
		}
		if n := h.count(`SELECT count(*) FROM refusal`); n != 0 {
			t.Errorf("%d rows about nobody", n)
		}
		h.verifyAudit()
	})
}

func TestASVS635_WrongCodesAreToldRecordedAndShownAtTheNextLogin(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		tok := h.activeToken()
		h.wrongCodes(3)
		if n := h.count(`SELECT count(*) FROM job WHERE kind = 'mail.code-refused'`); n < 1 || n > 2 { // two where midnight fell between
			t.Errorf("%d mails", n)
		}
		if n := len(h.recorded(audit.CodeWrong)); n != 3 {
			t.Errorf("%d records", n)
		}
		h.Clock.Advance(16 * time.Minute)
		in, err := h.logins.EnterCode(t.Context(), h.passwordSession(), codeAt(tok, time.Now()), login.Visitor{})
		if err != nil || in.Session.Refused != 3 {
			t.Fatalf("refused %d, %v", in.Session.Refused, err)
		}
		if s, _, _, _, err := h.DB.Session(t.Context(), in.Session.ID); err != nil || s.Refused != 3 {
			t.Errorf("read back %d, %v", s.Refused, err)
		}
		if n := h.count(`SELECT count FROM refusal WHERE account_id = 'anna'`); n != 0 {
			t.Errorf("%d are still counted", n)
		}
		h.verifyAudit()
	})
}

func TestRefusal_ImpossibleCountsAreRefusedByTheTable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		for name, values := range map[string]string{
			"below zero":          `'anna', -1, NULL, 0, 0`,
			"a span of nothing":   `'anna', 1, 1, 0, 0`,
			"no span":             `'anna', 1, NULL, 1, 0`,
			"more than there are": `'anna', 3, 1, 3, 4`,
			"of nobody":           `'nobody', 1, 1, 1, 0`,
		} {
			if err := h.DB.Exec(t.Context(), `INSERT INTO refusal (account_id, count, span_at, in_span, unrecorded) VALUES (`+values+`)`); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
		if err := h.DB.Exec(t.Context(), `INSERT INTO refusal (account_id, count, span_at, in_span, unrecorded) VALUES ('anna', 3, 1, 3, 0)`); err != nil {
			t.Error(err)
		}
	})
}
