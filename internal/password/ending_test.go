package password

import (
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/mail"
)

// A one-time password by letter of Wednesday 18 November is valid to Wednesday 2 December.
var lastDay = calendar.Date{Year: 2026, Month: 12, Day: 2}

func TestIssue_ByLetterAsksForAReminderThreeDaysBeforeTheEnd(t *testing.T) {
	c := State{}.Issue(ByLetter, newOne(), member(), kvb(t), at(noon))
	asked := c.Jobs[len(c.Jobs)-1]
	if want := time.Date(2026, 11, 29, 8, 0, 0, 0, calendar.Berlin()); !asked.NotYet.Equal(want) {
		t.Errorf("due %s, want %s", asked.NotYet, want)
	}
	payload, err := asked.Work.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := DecodeEnding(payload); err != nil || got != (Ending{Account: member().ID, OneTime: newOne().ID}) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := DecodeEnding([]byte(`{}`)); err == nil {
		t.Error("a job for nobody passes")
	}
}

// ASVS 6.4.5: whoever must renew something is reminded in time, and nobody else.
func TestRemind_WhoHasNotUsedTheLetter(t *testing.T) {
	due := lastDay.AddDays(-3).Start().Add(8 * time.Hour)
	for _, c := range []struct {
		name   string
		change func(*OneTime, *account.Account)
		now    time.Time
		told   bool
	}{
		{"unused", func(*OneTime, *account.Account) {}, due, true},
		{"unused, the program was down until the last day", func(*OneTime, *account.Account) {}, lastDay.End().Add(-time.Second), true},
		{"its time is over", func(*OneTime, *account.Account) {}, lastDay.End(), false},
		{"used", func(o *OneTime, _ *account.Account) { o.Used = noon }, due, false},
		{"voided", func(o *OneTime, _ *account.Account) { o.Voided = noon }, due, false},
		{"the letter is still here", func(o *OneTime, _ *account.Account) { o.Letter.HandedOver = time.Time{} }, due, false},
		{"another one", func(o *OneTime, _ *account.Account) { o.ID = "another" }, due, false},
		{"the account is closed", func(_ *OneTime, a *account.Account) { a.State = account.Deactivated }, due, false},
	} {
		o := OneTime{ID: "it", Way: ByLetter, Created: noon, Until: lastDay.End(), Letter: LetterStatus{ID: "l", HandedOver: noon}}
		owner := member()
		owner.State = account.Active
		c.change(&o, &owner)
		got := State{OneTimes: []OneTime{o}}.Remind("it", owner, at(c.now))
		if (len(got.Jobs) > 0) != c.told {
			t.Errorf("%s: %+v", c.name, got)
		}
		if !c.told {
			continue
		}
		told, ok := got.Jobs[0].Work.(mail.OneTimeEnding)
		if !ok || told.LastDay != lastDay || told.To != owner.MailTo() || got.Jobs[0].Key != "mail.one-time-ending/it" {
			t.Errorf("%s: %+v", c.name, got.Jobs[0])
		}
	}
}
