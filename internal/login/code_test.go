package login_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/secret"
	"torhaus/internal/token"
)

func TestKVB01_PasswordAndCodeTogetherEnterThePortal(t *testing.T) {
	h := newHouse(t)
	held := h.token("anna")
	first := h.mustEnter("abeispiel", annasPassword, practice)
	code, _ := codes(held)
	in := h.mustCode(first, code, practice)
	v, err := h.visit(in.Key)
	if err != nil {
		t.Fatal(err)
	}
	if v.Session.Level != login.TwoFactor || v.Session.Token != held.ID || v.Session.Account != "anna" || v.Session.May(login.EnterPortal) != nil {
		t.Errorf("opened %+v", v.Session)
	}
	if v.Session.FactorAt.Before(v.Session.PasswordAt) || !v.Session.PasswordAt.Equal(first.Session.PasswordAt) {
		t.Errorf("password at %s, factor at %s", v.Session.PasswordAt, v.Session.FactorAt)
	}
}

func TestAttack_SessionFixation(t *testing.T) {
	h := newHouse(t)
	planted := practice
	planted.Key = secret.Text(strings.Repeat("ab", 32))
	first := h.mustEnter("abeispiel", annasPassword, planted)
	code, _ := codes(h.token("anna"))
	planted.Key = first.Key
	second := h.mustCode(first, code, planted)
	if first.Key == secret.Text(strings.Repeat("ab", 32)) || second.Key == first.Key || len(second.Key) != 64 {
		t.Error("a key from before the step opens the session after it")
	}
	for name, key := range map[string]secret.Text{"planted by the attacker": planted.Key, "of the password's session": first.Key} {
		if _, err := h.visit(key); fault.Of(err) != login.ErrNoSession {
			t.Errorf("the key %s: %v", name, err)
		}
	}
	if reason := h.endReason(first.Session.ID); reason != login.SteppedUp {
		t.Errorf("the password's session ended by %q", reason)
	}
}

func (h house) endReason(id login.SessionID) (reason login.EndReason) {
	h.t.Helper()
	if err := h.raw.QueryRowContext(h.t.Context(), `SELECT end_reason FROM session WHERE id = ?`, id).Scan(&reason); err != nil {
		h.t.Fatal(err)
	}
	return reason
}

func TestKVB17_CodeIsAcceptedAsPeopleTypeIt(t *testing.T) {
	for name, typed := range map[string]func(code string) string{
		"in groups":         func(c string) string { return c[:3] + " " + c[3:] },
		"with blanks":       func(c string) string { return " " + c + "\n" },
		"protected blank":   func(c string) string { return c[:3] + "\u202f" + c[3:] },
		"with a hyphen":     func(c string) string { return c[:3] + "-" + c[3:] },
		"full-width digits": func(c string) string { return strings.Map(func(r rune) rune { return r - '0' + '０' }, c) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			code, _ := codes(h.token("anna"))
			in := h.mustCode(h.mustEnter("abeispiel", annasPassword, practice), typed(code), practice)
			if in.Session.Level != login.TwoFactor {
				t.Errorf("level %s", in.Session.Level)
			}
		})
	}
}

func TestKVB17_WhatCannotBeACodeIsRefusedAtTheFieldAndNotCounted(t *testing.T) {
	h := newHouse(t)
	h.token("anna")
	in := h.mustEnter("abeispiel", annasPassword, practice)
	for _, typed := range []string{"", " ", "12345", "123456789", "l23456", "٠٤٧١١٨", strings.Repeat("1", 1<<20)} {
		_, err := h.logins.EnterCode(t.Context(), in.Session, typed, practice)
		want := fault.InvalidField("code", "login.fault.code-form")
		if diff := cmp.Diff(want, fault.Of(err), cmp.Comparer(sameFault)); diff != "" {
			t.Errorf("%.10q: %s", typed, diff)
		}
	}
	if n := h.count(`SELECT count(*) FROM wrong_code`); n != 0 {
		t.Errorf("%d were counted as wrong codes", n)
	}
}

func TestAttack_CodeReplayedInASecondSession(t *testing.T) {
	h := newHouse(t)
	held := h.token("anna")
	one, two := h.mustEnter("abeispiel", annasPassword, practice), h.mustEnter("abeispiel", annasPassword, stranger)
	code, next := codes(held)
	h.mustCode(one, next, practice)
	for name, replayed := range map[string]string{"the code itself": next, "the one before it": code} {
		in, err := h.logins.EnterCode(t.Context(), two.Session, replayed, stranger)
		if f := fault.Of(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Message != "login.fault.code-wrong" || in.Key != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if v, err := h.visit(two.Key); err != nil || v.Session.Level != login.Password {
		t.Errorf("the second session: %+v, %v", v.Session.Level, err)
	}
	if n := h.count(`SELECT count(*) FROM wrong_code`); n != 2 {
		t.Errorf("%d replays were counted as wrong codes, want 2", n)
	}
}

func TestAttack_MyCodeInAnothersSession(t *testing.T) {
	h := newHouse(t)
	code, _ := codes(h.token("bert"))
	anna := h.mustEnter("abeispiel", annasPassword, stranger) // Bert knows her password
	enter := func(s login.Session) error {
		_, err := h.logins.EnterCode(t.Context(), s, code, stranger)
		return err
	}
	if err := enter(anna.Session); !fault.Is(err, fault.Conflict) { // she has no token at all
		t.Errorf("without a token of her own: %v", err)
	}
	h.token("anna")
	if err := enter(anna.Session); !fault.Is(err, fault.Invalid) {
		t.Errorf("with one: %v", err)
	}
	forged := anna.Session
	forged.Account = "bert"
	if err := enter(forged); fault.Of(err) != login.ErrNoSession {
		t.Errorf("her session under his name: %v", err)
	}
	h.mustCode(h.mustEnter("bberger", bertsPassword, practice), code, practice) // nothing of it spent his code
}

func TestKVB17_EveryUsableTokenOfTheAccountLogsIn(t *testing.T) {
	h := newHouse(t)
	one, two := h.token("anna"), h.token("anna")
	for _, held := range []token.Token{two, one} {
		code, _ := codes(held)
		in := h.mustCode(h.mustEnter("abeispiel", annasPassword, practice), code, practice)
		if in.Session.Token != held.ID {
			t.Errorf("the code of %s logged in with %s", held.ID, in.Session.Token)
		}
	}
}

func TestKVB17_WithoutAUsableTokenThereIsNoCodeToAsk(t *testing.T) {
	for name, state := range map[string]token.State{"none at all": "", "suspended": token.Suspended, "blocked": token.Blocked} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			code := "123456"
			if state != "" {
				held := h.token("anna")
				code, _ = codes(held)
				h.exec(`UPDATE token SET state = ?, suspended_at = 1 WHERE id = ?`, state, held.ID)
			}
			in := h.mustEnter("abeispiel", annasPassword, practice)
			_, err := h.logins.EnterCode(t.Context(), in.Session, code, practice)
			if f := fault.Of(err); f == nil || f.Message != "login.fault.no-token" {
				t.Errorf("refused with %v", err)
			}
			if v, err := h.visit(in.Key); err != nil || v.Session.May(login.OrderToken) != nil {
				t.Errorf("the session cannot order one: %v", err)
			}
		})
	}
}

func TestAttack_NewSessionGivesNoNewTriesOfCodes(t *testing.T) {
	h := newHouse(t)
	held := h.token("anna")
	for range 5 {
		in := h.mustEnter("abeispiel", annasPassword, stranger)
		if _, err := h.logins.EnterCode(t.Context(), in.Session, wrongCode(held), stranger); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	}
	in := h.mustEnter("abeispiel", annasPassword, practice)
	code, _ := codes(held)
	_, err := h.logins.EnterCode(t.Context(), in.Session, code, practice)
	h.checkPause(err, 15*time.Minute)
	if n := h.count(`SELECT count(*) FROM wrong_code`); n != 5 {
		t.Errorf("%d wrong codes are counted, want 5", n)
	}
	h.Clock.Advance(15 * time.Minute)
	code, _ = codes(held)
	h.mustCode(h.mustEnter("abeispiel", annasPassword, practice), code, practice) // the code was not spent meanwhile
}

func TestKVB17_TwentyWrongCodesInARowBlockTheTokenAndTellItsHolder(t *testing.T) {
	h := newHouse(t)
	held := h.token("anna")
	for i := range 20 {
		if i%5 == 0 {
			h.Clock.Advance(15 * time.Minute)
		}
		in := h.mustEnter("abeispiel", annasPassword, stranger)
		if _, err := h.logins.EnterCode(t.Context(), in.Session, wrongCode(held), stranger); !fault.Is(err, fault.Invalid) {
			t.Fatalf("wrong code %d: %v", i+1, err)
		}
	}
	h.Clock.Advance(15 * time.Minute)
	in := h.mustEnter("abeispiel", annasPassword, practice)
	code, _ := codes(held)
	if _, err := h.logins.EnterCode(t.Context(), in.Session, code, practice); !fault.Is(err, fault.Conflict) {
		t.Errorf("the right code of a blocked token: %v", err)
	}
	if n := h.count(`SELECT count(*) FROM job WHERE kind = 'mail.token-blocked'`); n != 1 {
		t.Errorf("%d mails tell the holder, want 1", n)
	}
}

func TestLastLogin_IsTheLoginBeforeThisOneWithBothFactors(t *testing.T) {
	h := newHouse(t)
	held := h.token("anna")
	code, next := codes(held)
	first := h.mustEnter("abeispiel", annasPassword, practice)
	if !first.Session.Previous.IsZero() {
		t.Errorf("before the first login there was one at %s", first.Session.Previous)
	}
	done := h.mustCode(first, code, practice)
	if v, err := h.visit(done.Key); err != nil || !v.Session.Previous.IsZero() || !v.Account.LastLogin.Equal(done.Session.FactorAt) {
		t.Errorf("first login: previous %s, last %s, %v", v.Session.Previous, v.Account.LastLogin, err)
	}
	h.Clock.Advance(3 * time.Hour)
	h.mustEnter("abeispiel", annasPassword, stranger) // only the password: no login
	h.Clock.Advance(time.Hour)
	again := h.mustEnter("abeispiel", annasPassword, practice)
	if !again.Session.Previous.Equal(done.Session.FactorAt) {
		t.Errorf("the password's session shows %s, want %s", again.Session.Previous, done.Session.FactorAt)
	}
	second := h.mustCode(again, next, practice)
	v, err := h.visit(second.Key)
	if err != nil || !v.Session.Previous.Equal(done.Session.FactorAt) || !v.Account.LastLogin.Equal(second.Session.FactorAt) {
		t.Errorf("second login: previous %s, want %s; last %s, %v", v.Session.Previous, done.Session.FactorAt, v.Account.LastLogin, err)
	}
}
