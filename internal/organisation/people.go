package organisation

import (
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/mail"
	"torhaus/internal/password"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

// Rules are the profile's figures that this package obeys.
type Rules struct {
	People   profile.People
	Password profile.OneTimePassword
}

// RulesOf collects the figures of a profile.
func RulesOf(p *profile.Profile) Rules { return Rules{People: p.People, Password: p.Password.OneTime} }

// Change is what a deed changes. The store writes it with its consequences in one transaction, or not at all.
type Change struct {
	New      []Membership // whose account may be new too
	States   []Membership // existing ones in their new state
	Again    []Membership // registrations that were refused or lapsed, made anew
	Retire   []account.ID // accounts that act for nobody any more, whose addresses become free (BVK15)
	Centres  []Centre     // new or in their new state, with new accounts
	Consents []Consent
	OneTimes []OneTime
	Letters  []letter.Draft
	Jobs     []job.Request
	Events   []audit.Event
}

// OneTime is a one-time password that an administrator hands to a clerk, or that comes by letter. It voids an older one.
type OneTime struct {
	Account account.ID
	OneTime password.OneTime
}

// By is who acts, in a session: an administrator, or one of the body's staff. Its zero value is somebody who has proved nothing.
type By struct {
	Account account.ID
	Session string
	Staff   bool
}

// actor gives what the audit calls who acts.
func (b By) actor() string {
	if b.Account == "" {
		return audit.Anonymous
	}
	return string(b.Account)
}

// staff gives one of the body's staff, for a letter that they have sent; empty for all others.
func (b By) staff() string {
	if !b.Staff {
		return ""
	}
	return string(b.Account)
}

func (c *Change) note(by By, kind audit.Kind, subject account.ID, reason string) {
	c.Events = append(c.Events, audit.Event{
		Kind: kind, Actor: by.actor(), Account: string(subject), Session: by.Session, Reason: reason,
	})
}

func (c *Change) mail(w job.Work) { c.Jobs = append(c.Jobs, job.Request{Work: w}) }

// errNotYours is met by whoever names somebody who is not of this organisation, or is no administrator of it. It does not tell the two
// apart, nor whether the person exists.
var errNotYours = fault.New(fault.NotFound, "organisation.fault.unknown")

// subject finds whom an administrator acts on.
func (t Team) subject(by By, id account.ID, role account.Role) (Membership, error) {
	m, ok := t.Find(id)
	if !t.IsAdministrator(by.Account) || !ok || m.Account.Role != role {
		return Membership{}, errNotYours
	}
	return m, nil
}

// Fresh is what a one-time password needs from outside the rules.
type Fresh struct {
	ID     password.OneTimeID
	Hashed secret.Hashed
}

func (f Fresh) oneTime(days calendar.Days, now calendar.Moment) password.OneTime {
	return password.OneTime{
		ID: f.ID, Way: password.ByHand, Created: now.Time, Until: calendar.LastDay(now.Time, days).End(), Code: f.Hashed,
	}
}

// CreateClerk makes a clerk, who gets a one-time password from the administrator (BVK04, BVK12). The account is one that the store
// found by the address in this role, or a new one: an account may belong to several organisations, and the answer does not tell.
func (t Team) CreateClerk(by By, who account.Account, fresh Fresh, rules Rules, now calendar.Moment) (Change, error) {
	if !t.IsAdministrator(by.Account) {
		return Change{}, errNotYours
	}
	if m, ok := t.Find(who.ID); ok {
		return Change{}, fault.InvalidField("email", "organisation.fault.there-already", m.Account.Person.Name())
	}
	if most := rules.People.ClerksPerDay; t.createdSince(now.Add(-24*time.Hour)) >= most {
		return Change{}, fault.New(fault.Conflict, "organisation.fault.too-many", most)
	}
	m := Membership{Account: who, State: Invited, Created: now.Time, By: by.Account, Changed: now.Time, Changer: by.Account}
	c := Change{New: []Membership{m}}
	c.note(by, audit.ClerkCreated, who.ID, "")
	t.handOut(&c, by, m, fresh, rules, now)
	return c, nil
}

// HandOut gives a clerk a new one-time password, after they forgot theirs or let the old one run out (BVK18). The personal password
// stays valid until the new one is used.
func (t Team) HandOut(by By, id account.ID, fresh Fresh, rules Rules, now calendar.Moment) (Change, error) {
	m, err := t.subject(by, id, account.Clerk)
	if err != nil {
		return Change{}, err
	}
	if m.State != Invited && m.State != Active {
		return Change{}, fault.New(fault.Conflict, "organisation.fault.reactivate-first")
	}
	var c Change
	if !m.Asked.IsZero() {
		m.Asked = time.Time{}
		c.States = []Membership{m}
	}
	t.handOut(&c, by, m, fresh, rules, now)
	return c, nil
}

// handOut adds a one-time password to a change, and the e-mail that tells its clerk of it (BVK04).
func (t Team) handOut(c *Change, by By, m Membership, fresh Fresh, rules Rules, now calendar.Moment) {
	o := fresh.oneTime(rules.Password.LetterDays, now)
	c.OneTimes = append(c.OneTimes, OneTime{Account: m.Account.ID, OneTime: o})
	c.note(by, audit.OneTimeIssued, m.Account.ID, string(o.Way))
	giver, _ := t.Find(by.Account)
	c.mail(mail.OneTimeHandedOut{
		To: m.Account.MailTo(), Greeting: m.Account.Person.Greeting(), By: giver.Account.Person.Name(),
		Organisation: t.Organisation.Name, LastDay: calendar.DateOf(o.Until.Add(-time.Second)),
	})
}

// Deactivate takes a clerk's access away, until it is given back (BVK12).
func (t Team) Deactivate(by By, id account.ID, now calendar.Moment) (Change, error) {
	m, err := t.subject(by, id, account.Clerk)
	if err != nil || m.State == Deactivated {
		return Change{}, err
	}
	return t.turn(by, m, Deactivated, audit.ClerkDeactivated, now), nil
}

// Reactivate gives a clerk's access back (BVK12). Who never completed a login is invited again, and may need a new one-time password.
func (t Team) Reactivate(by By, id account.ID, now calendar.Moment) (Change, error) {
	m, err := t.subject(by, id, account.Clerk)
	if err != nil || m.State != Deactivated {
		return Change{}, err
	}
	return t.turn(by, m, m.back(), audit.ClerkReactivated, now), nil
}

// back gives what a deactivated clerk becomes again: who never completed a login is invited.
func (m Membership) back() State {
	if m.Account.LastLogin.IsZero() {
		return Invited
	}
	return Active
}

// Close ends an administrator's membership for good, another's or the own one (BVK13, BVK15).
func (t Team) Close(by By, id account.ID, now calendar.Moment) (Change, error) {
	m, err := t.subject(by, id, account.Administrator)
	if err != nil || m.State == Closed {
		return Change{}, err
	}
	if m.State != Active && m.State != Invited && m.State != Requested {
		return Change{}, errNotYours
	}
	return t.turn(by, m, Closed, audit.AdministratorClosed, now), nil
}

// turn brings a membership into a state and tells its person.
func (t Team) turn(by By, m Membership, s State, kind audit.Kind, now calendar.Moment) Change {
	m = m.to(s, by.Account, now)
	c := Change{States: []Membership{m}}
	c.note(by, kind, m.Account.ID, "")
	c.mail(mail.MembershipChanged{
		To: m.Account.MailTo(), Greeting: m.Account.Person.Greeting(), Organisation: t.Organisation.Name, State: string(s), At: now.Time,
	})
	return c
}

// Enter notes the first completed login of somebody who was invited: an administrator, whom the letter has proved, counts from now on
// (BVK14).
func (m Membership) Enter(now calendar.Moment) (Membership, bool) {
	if m.State != Invited || m.Account.Role == account.Administrator && m.Proved.IsZero() {
		return m, false
	}
	return m.to(Active, "", now), true
}

// LocksClerks tells how many clerks would be locked if this administrator went now: all of them, if there is no other (BVK14).
func (t Team) LocksClerks(id account.ID) int {
	if t.IsAdministrator(id) && t.Administrators() == 1 {
		return t.Clerks()
	}
	return 0
}
