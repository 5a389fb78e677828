package login_test

import (
	"slices"
	"testing"
	"time"

	"torhaus/internal/password"
)

// TestForgotten_LetterNotUsedIsRememberedOnce: however often the job runs, one e-mail goes out.
func TestForgotten_LetterNotUsedIsRememberedOnce(t *testing.T) {
	for _, c := range []struct {
		name string
		used bool
		want int
	}{{"not used", false, 1}, {"used", true, 0}} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			posted := h.byPost()
			h.exec(`UPDATE letter SET state = 'handed-over', sealed = NULL, handed_over_at = created_at`)
			h.work() // what goes out at once
			if c.used {
				h.renew(posted)
			}
			h.Clock.Advance(12 * 24 * time.Hour)
			sent := h.work()
			held, _, err := h.DB.Passwords(t.Context(), "anna")
			if err != nil {
				t.Fatal(err)
			}
			if err := h.DB.Queue(t.Context(), password.Ending{Account: "anna", OneTime: held.OneTimes[0].ID}); err != nil {
				t.Fatal(err)
			}
			sent = append(sent, h.work()...) // the e-mail, and the job done again
			sent = append(sent, h.work()...)
			if n := len(slices.DeleteFunc(sent, func(kind string) bool { return kind != "mail.one-time-ending" })); n != c.want {
				t.Errorf("%d reminders, want %d", n, c.want)
			}
		})
	}
}
