package login

import (
	"fmt"
	"slices"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/job"
	"torhaus/internal/mail"
	"torhaus/internal/profile"
	"torhaus/internal/token"
)

// Refusals counts the refused logins of one account: for its owner, since the last completed login; for the audit, within a
// span, so that whoever tries for hours does not fill the disk with records.
type Refusals struct {
	Count      int       // since the last completed login
	Since      time.Time // start of the span; zero if there is none
	InSpan     int       // refused in the span
	Unrecorded int       // of those, the ones that no audit record tells of yet
}

// Add counts one more. It tells whether the try has an audit record of its own, and how many tries a record stands for that
// has to be written as well; zero if none has.
func (r Refusals) Add(rules profile.Login, now time.Time) (counted Refusals, own bool, shared int) {
	if r.Since.IsZero() || now.Sub(r.Since) >= rules.RecordWithin.D() {
		shared = r.Unrecorded
		r.Since, r.InSpan, r.Unrecorded = now, 0, 0
	}
	r.Count++
	r.InSpan++
	if r.InSpan <= rules.RecordFirst {
		return r, true, shared
	}
	if r.Unrecorded++; r.Unrecorded >= rules.RecordEvery {
		shared, r.Unrecorded = r.Unrecorded, 0
	}
	return r, false, shared
}

// refused counts a refused login in a change. Its records, of this kind, stay where the try has its own.
func (c *Change) refused(id account.ID, stored Refusals, kind audit.Kind, rules profile.Login, now calendar.Moment) {
	counted, own, shared := stored.Add(rules, now.Time)
	c.Refusals = &counted
	if !own {
		ofKind := func(e audit.Event) bool { return e.Kind == kind }
		c.Events = slices.DeleteFunc(c.Events, ofKind)
		c.Token.Events = slices.DeleteFunc(c.Token.Events, ofKind)
	}
	c.share(id, shared)
}

// settled records what is left over when a login is completed, and begins to count anew.
func (c *Change) settled(st State) {
	c.share(st.Holding.Owner.ID, st.Refusals.Unrecorded)
	if st.Refusals != (Refusals{}) {
		c.Refusals = &Refusals{}
	}
}

// share records several refused logins at once.
func (c *Change) share(id account.ID, tries int) {
	if tries > 0 {
		c.Events = append(c.Events, audit.Event{
			Kind: audit.LoginRefused, Actor: audit.Anonymous, Account: string(id), Reason: fmt.Sprintf("%d tries", tries),
		})
	}
}

// warn tells the owner that a right password was followed by a wrong code (ASVS 6.3.5), at most once in a while. When the wrong
// code has blocked the tokens, an e-mail tells that already.
func (c *Change) warn(owner account.Account, from Visitor, rules profile.Login, now calendar.Moment) {
	if slices.ContainsFunc(c.Token.Tokens, func(t token.Token) bool { return t.State == token.Blocked }) {
		return
	}
	device := DeviceOf(from.Agent)
	work := mail.CodeRefused{
		To: owner.MailTo(), Greeting: owner.Person.Greeting(), Browser: device.Browser, System: device.System, At: now.Time,
	}
	span := now.Unix() / int64(rules.NoticeEvery.D()/time.Second)
	c.Token.Jobs = append(c.Token.Jobs, job.Request{Work: work, Key: fmt.Sprintf("%s/%s/%d", work.JobKind(), owner.ID, span)})
}
