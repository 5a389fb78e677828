package password

import (
	"encoding/json"
	"errors"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/job"
	"torhaus/internal/mail"
	"torhaus/internal/secret"
)

// Ending is the job that reminds a member of a one-time password from a letter some days before it ends (ASVS 6.4.5). It is asked for
// with the letter and judges at its time whether there is still something to be reminded of.
type Ending struct {
	Account account.ID `json:"account"`
	OneTime OneTimeID  `json:"one-time"`
}

// JobKind names the job; it is never renamed.
func (Ending) JobKind() string { return "password.ending" }

// Encode gives the wire form of the job.
func (e Ending) Encode() (secret.Bytes, error) { return json.Marshal(e) }

// DecodeEnding reads the wire form.
func DecodeEnding(b secret.Bytes) (e Ending, err error) {
	if err := json.Unmarshal(b, &e); err != nil || e.Account == "" || e.OneTime == "" {
		return Ending{}, errors.New("the payload is no ending one-time password")
	}
	return e, nil
}

// remindedAt is the time of day at which people are reminded.
const remindedAt = 8 * time.Hour

// reminder asks for the reminder of a one-time password with this last day.
func reminder(owner account.ID, id OneTimeID, lastDay calendar.Date, rules Rules) job.Request {
	day := lastDay.AddDays(-rules.OneTime.RemindBefore)
	return job.Request{Work: Ending{Account: owner, OneTime: id}, NotYet: day.Start().Add(remindedAt)}
}

// Remind tells the member that a one-time password ends soon, where its letter is out and nobody has used or voided it. The key of
// the e-mail keeps it from being sent twice.
func (s State) Remind(id OneTimeID, owner account.Account, now calendar.Moment) (c Change) {
	o, ok := s.OneTime(id)
	if !ok || !o.ValidAt(now) || o.Letter.HandedOver.IsZero() || owner.State != account.Active {
		return c
	}
	work := mail.OneTimeEnding{To: owner.MailTo(), Greeting: owner.Person.Greeting(), LastDay: calendar.DateOf(o.Until.Add(-1))}
	c.Jobs = []job.Request{{Work: work, Key: work.JobKind() + "/" + string(id)}}
	return c
}
