package token_test

import (
	"testing"
	"time"

	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/token"
)

// Password and token never both come by post alone (requirements, below KVB19).
func TestByPost_NoTokenByLetterForFourteenDaysAfterAPasswordByLetter(t *testing.T) {
	late := time.Date(2026, 11, 18, 23, 30, 0, 0, calendar.Berlin())
	for _, c := range []struct {
		name      string
		came, now time.Time
		twoFactor bool
		refused   bool
	}{
		{"no password by post", time.Time{}, noon, false, false},
		{"a second later", noon, noon.Add(time.Second), false, true},
		{"with the old token's code", noon, noon.Add(time.Second), true, false},
		{"last minute of the fourteenth day", noon, time.Date(2026, 12, 2, 23, 59, 0, 0, calendar.Berlin()), false, true},
		{"first minute of the fifteenth day", noon, time.Date(2026, 12, 3, 0, 0, 0, 0, calendar.Berlin()), false, false},
		{"set shortly before midnight, on the fourteenth day", late, time.Date(2026, 12, 2, 23, 59, 0, 0, calendar.Berlin()), false, true},
		{"set shortly before midnight, on the fifteenth day", late, time.Date(2026, 12, 3, 0, 0, 0, 0, calendar.Berlin()), false, false},
	} {
		m := newMember(t)
		m.h.PasswordByPost = c.came
		refused := m.h.MayOrder(token.Wish{Kind: token.Soft, Route: token.ByLetter, TwoFactor: c.twoFactor}, m.rules, moment(c.now))
		if (refused != nil) != c.refused {
			t.Errorf("%s: %v", c.name, refused)
		}
		if refused != nil && (refused.Kind != fault.Conflict || refused.Message != "token.order.fault.password-by-post" || refused.Args[0] != (calendar.Date{Year: 2026, Month: 12, Day: 3})) {
			t.Errorf("%s: refused with %+v", c.name, refused)
		}
		if _, _, err := m.place(c.now, c.twoFactor); (err != nil) != c.refused {
			t.Errorf("%s: placed with %v", c.name, err)
		}
	}
}

func TestByPost_WhoHasATokenIsToldThatItsCodeHelps(t *testing.T) {
	m := newMember(t)
	m.h.PasswordByPost = noon
	m.h.Tokens = []token.Token{{ID: "t", State: token.Active}}
	if refused := m.h.MayOrder(token.Wish{Kind: token.Soft, Route: token.ByLetter}, m.rules, moment(noon)); refused == nil || refused.Message != "token.order.fault.password-by-post-or-code" {
		t.Errorf("refused with %v", refused)
	}
}

func TestByPost_PasswordByLetterEndsWhatIsOnItsWay(t *testing.T) {
	m := newMember(t)
	o := m.mustPlace(noon)
	cancelled, c := m.h.PasswordCame(moment(noon.Add(time.Hour)))
	m.apply(c)
	if len(cancelled) != 1 || cancelled[0] != m.h.Tokens[0].Serial {
		t.Errorf("cancelled %v", cancelled)
	}
	if got := m.h.Orders[0]; got.ID != o.ID || got.State != token.OrderCancelled || got.Reason != token.PostedTwice || got.Closed.IsZero() {
		t.Errorf("order %+v", got)
	}
	if got := m.h.Tokens[0]; got.State != token.Revoked || len(c.Forget) != 1 || len(c.VoidLetters) != 1 {
		t.Errorf("token %s, %+v", got.State, c)
	}
	if c.Events[0].Kind != audit.OrderCancelled {
		t.Errorf("events %+v", c.Events)
	}
	if _, _, err := m.code(true, "thief", noon.Add(2*time.Hour)); !fault.Is(err, fault.Conflict) {
		t.Errorf("the activation code of the stolen letter: %v", err)
	}
}

func TestByPost_PasswordByLetterDuringASetUpEndsIt(t *testing.T) {
	m := newMember(t)
	m.mustPlace(noon)
	if _, _, err := m.code(true, "thief", noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	_, c := m.h.PasswordCame(moment(noon.Add(time.Hour)))
	m.apply(c)
	if _, _, ok := m.h.SetupOf("thief", moment(noon.Add(time.Hour+time.Minute))); ok {
		t.Error("the set-up goes on")
	}
}

func TestByPost_ActiveTokensAndExpiredOrdersAreNotCancelled(t *testing.T) {
	m := newMember(t)
	m.mustPlace(noon)
	cancelled, c := m.h.PasswordCame(moment(noon.AddDate(0, 0, 20)))
	if len(cancelled) != 0 || len(c.Orders) != 1 || c.Orders[0].State != token.OrderExpired {
		t.Errorf("cancelled %v, %+v", cancelled, c.Orders)
	}
	m.h.Orders, m.h.Tokens[0].State = nil, token.Active
	if cancelled, c := m.h.PasswordCame(moment(noon)); cancelled != nil || c.Tokens != nil {
		t.Errorf("cancelled %v, %+v", cancelled, c)
	}
}
