package login_test

import (
	"testing"
	"time"

	"torhaus/internal/login"
	"torhaus/internal/secret"
)

// TestAttack_PasswordOpensEverMoreSessions: whoever knows a password has as many sessions of the password as the profile allows, and the
// owner's with two factors is none of them.
func TestAttack_PasswordOpensEverMoreSessions(t *testing.T) {
	h := newHouse(t)
	owner := h.loggedIn()
	most := h.logins.Rules.Session.PasswordMost
	var keys []secret.Text
	for range most + 2 {
		keys = append(keys, h.mustEnter("abeispiel", annasPassword, stranger).Key)
		h.Clock.Advance(time.Second)
	}
	for i, key := range keys {
		_, err := h.visit(key)
		if live := err == nil; live != (i >= 2) {
			t.Errorf("session %d of %d: %v", i+1, len(keys), err)
		}
	}
	if _, err := h.visit(owner.Key); err != nil {
		t.Errorf("the owner's session: %v", err)
	}
	if n := h.count(`SELECT count(*) FROM session WHERE end_reason = ?`, login.Crowded); n != 2 {
		t.Errorf("%d sessions ended for the newer ones, want 2", n)
	}
	if n := h.count(`SELECT count(*) FROM audit_event WHERE kind = 'session.revoked'`); n != 2 {
		t.Errorf("%d of them on record, want 2", n)
	}
}

func TestEnterPassword_OneBrowserTakesOnePlace(t *testing.T) {
	h := newHouse(t)
	other := h.mustEnter("abeispiel", annasPassword, stranger)
	from := practice
	for range h.logins.Rules.Session.PasswordMost + 2 {
		h.Clock.Advance(time.Second)
		from.Key = h.mustEnter("abeispiel", annasPassword, from).Key
	}
	if _, err := h.visit(other.Key); err != nil {
		t.Errorf("the other browser's session: %v", err)
	}
}
