package login_test

import (
	"testing"
	"time"

	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/password"
)

func TestAttack_PasswordAloneStopsTheTokenAndThenChangesThePassword(t *testing.T) {
	for _, state := range []string{"suspended", "blocked"} {
		t.Run(state, func(t *testing.T) {
			h := newHouse(t)
			h.token("anna")
			h.exec(`UPDATE token SET state = ?, suspended_at = activated_at WHERE account_id = 'anna'`, state)
			in := h.mustEnter("abeispiel", annasPassword, stranger)
			f := fault.Of(second(h.change(in, login.PasswordForm{Current: annasPassword, Code: "123456", New: annasNewPassword})))
			if f == nil || len(f.Fields) != 1 || f.Fields[0].Message != "login.fault.token-stopped" {
				t.Errorf("refused with %v", f)
			}
		})
	}
}

func TestAttack_StrangerVoidsTheOneTimePasswordOnItsWay(t *testing.T) {
	t.Run("by letter", func(t *testing.T) {
		h := newHouse(t)
		posted := h.byPost()
		h.exec(`UPDATE letter SET state = 'handed-over', sealed = NULL, handed_over_at = created_at`)
		h.Clock.Advance(25 * time.Hour)
		h.forgot("abeispiel", password.ByLetter, "")
		h.mustEnter("abeispiel", posted, practice)
	})
	t.Run("by e-mail", func(t *testing.T) {
		h := newHouse(t)
		code, _ := codes(h.token("anna"))
		h.forgot("abeispiel", password.ByMail, code)
		h.forgot("abeispiel", password.ByLetter, "")
		if n := h.count(`SELECT count(*) FROM one_time_password WHERE voided_at IS NULL`); n != 1 {
			t.Errorf("%d valid, want the one by e-mail", n)
		}
	})
	t.Run("until the letter counts as lost", func(t *testing.T) {
		h := newHouse(t)
		h.byPost()
		h.exec(`UPDATE letter SET state = 'handed-over', sealed = NULL, handed_over_at = created_at`)
		h.Clock.Advance(9 * 24 * time.Hour) // more than five Werktage, whatever the season
		h.forgot("abeispiel", password.ByLetter, "")
		if n := h.count(`SELECT count(*) FROM letter WHERE kind = 'one-time-password'`); n != 2 {
			t.Errorf("%d letters, want a new one", n)
		}
	})
}
