package login_test

import (
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/login"
	"torhaus/internal/secret"
)

// fromRegister makes Anna a member who came from the body's register: without a password.
func (h house) fromRegister() {
	h.t.Helper()
	if _, err := h.raw.ExecContext(h.t.Context(), `DELETE FROM password WHERE account_id = 'anna'`); err != nil {
		h.t.Fatal(err)
	}
}

func TestMemberWithoutAPassword_IsAnsweredAsOneWithAnother(t *testing.T) {
	h := newHouse(t)
	h.fromRegister()
	for _, typed := range []secret.Text{"", " ", annasPassword, "CDFGHJKLMNPQRTV"} {
		_, without := h.logins.EnterPassword(t.Context(), account.Door{Realm: account.Member}, "abeispiel", typed, practice)
		_, another := h.logins.EnterPassword(t.Context(), account.Door{Realm: account.Member}, "bberger", typed+"!", practice)
		if without == nil || another == nil || without.Error() != another.Error() {
			t.Errorf("%q: %v without a password, %v with another", typed.Reveal(), without, another)
		}
		h.Clock.Advance(48 * time.Hour) // the pause after wrong ones
	}
}

func TestMemberWithoutAPassword_GetsTheFirstOneByLetter(t *testing.T) {
	h := newHouse(t)
	h.fromRegister()
	h.renew(h.byPost())
	in := h.mustEnter("abeispiel", annasNewPassword, practice)
	if in.Session.Account != "anna" || in.Session.Level != login.Password {
		t.Errorf("session %+v", in.Session)
	}
	if err := h.mayOrder(false); err == nil {
		t.Error("a token may come by post though the password just did")
	}
}
