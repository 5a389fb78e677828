package organisation

import (
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/mail"
	"torhaus/internal/password"
	"torhaus/internal/secret"
)

// Registration is what somebody typed who wants to act for an organisation, or is of a data centre (BVK03). Nothing of it is proved.
type Registration struct {
	Role     account.Role // Administrator or DataCentre
	Number   string       // of the organisation; empty for a data centre
	Centre   string       // name of the data centre, and where it is
	Address  account.Address
	Person   account.Person
	Email    string // becomes the user name (BVK05)
	Terms    string // version of the terms of use that was accepted
	Accepted time.Time
}

// Consent is what is kept of the terms of use that somebody accepted.
type Consent struct {
	Registration string // one registration leaves one, however often it is carried out
	Account      account.ID
	Terms        string
	Accepted     time.Time
}

// Entry is all that a registration is decided on.
type Entry struct {
	Team       Team        // of the organisation; empty for a data centre
	Done       bool        // this registration was decided before, and is carried out again after a crash
	Known      *Known      // whose the address is in this role; nil if it is nobody's
	Registered []time.Time // when others registered for the organisation in the last month
}

// Known is an account whose address was typed.
type Known struct {
	Account  account.Account
	Places   []Place
	OnItsWay bool // a one-time password of it is valid, which nobody who proved nothing may void
}

// spent tells whether the account acts for nobody any more: the address is free for a new one then (BVK15).
func (k Known) spent() bool {
	for _, p := range k.Places {
		switch p.State {
		case Requested, Invited, Active:
			return false
		}
	}
	return true
}

// at gives what the account is to an organisation.
func (k Known) at(id ID) (State, bool) {
	for _, p := range k.Places {
		if p.Organisation.ID == id {
			return p.State, true
		}
	}
	return "", false
}

// Draw is what a registration, or its release, needs from outside the rules: identifiers, and a one-time password.
type Draw struct {
	Registration string
	Account      account.ID
	OneTime      password.OneTimeID
	Letter       string
	Password     secret.Text
	Hashed       secret.Hashed
}

// account gives the new account of a registration.
func (r Registration) account(id account.ID) account.Account {
	return account.Account{
		ID: id, Realm: account.Member, Role: r.Role, UserName: r.Email, State: account.Active, Person: r.Person, Address: r.Address, Email: r.Email,
	}
}

// mailTo is the typed address without the typed name: what a stranger types is not sent to other people in our name.
func (r Registration) mailTo() mail.Address { return mail.Address{Email: r.Email} }

// Register decides a registration (BVK03). Whatever it comes to, the address gets one e-mail of the same kind for everybody who has no
// account there, so that nobody learns from it which organisations there are.
func (e Entry) Register(r Registration, d Draw, rules Rules, now calendar.Moment) Change {
	if e.Done {
		return Change{}
	}
	var c Change
	if e.Known != nil && !e.mayJoin(r) {
		c.mail(mail.RegistrationKnown{To: r.mailTo(), Role: string(r.Role), At: now.Time})
		c.refuse(e.Known.Account.ID, "known")
		return c
	}
	c.mail(mail.RegistrationReceived{To: r.mailTo(), Role: string(r.Role), At: now.Time})
	if r.Role == account.DataCentre {
		e.registerCentre(&c, r, d, now)
		return c
	}
	if e.Team.Organisation.ID == "" {
		c.refuse("", "number")
		return c
	}
	if !e.mayRegister(rules, now) {
		c.refuse("", "letters")
		return c
	}
	e.registerAdministrator(&c, r, d, rules, now)
	return c
}

// mayJoin tells whether somebody with an account at this address may register: if it is not used any more, or acts for others and has
// been nothing here. A closed membership is final (BVK15): an account that acts for others stays out of this organisation.
func (e Entry) mayJoin(r Registration) bool {
	k := *e.Known
	if k.spent() {
		return true
	}
	s, here := k.at(e.Team.Organisation.ID)
	return r.Role == account.Administrator && e.Team.Organisation.ID != "" && k.Account.State == account.Active && !k.OnItsWay &&
		(!here || s == Refused || s == Lapsed)
}

// mayRegister bounds the letters that registrations send to one organisation, as those of forgotten passwords are bounded.
func (e Entry) mayRegister(rules Rules, now calendar.Moment) bool {
	within := func(span time.Duration) (n int) {
		for _, when := range e.Registered {
			if when.After(now.Add(-span)) {
				n++
			}
		}
		return n
	}
	return within(24*time.Hour) < rules.Password.LettersPerDay && within(30*24*time.Hour) < rules.Password.LettersPerMonth
}

// registerAdministrator adds a membership: one that waits for its release where somebody is there who can give it, otherwise one with a
// one-time password by letter to the organisation.
func (e Entry) registerAdministrator(c *Change, r Registration, d Draw, rules Rules, now calendar.Moment) {
	m := Membership{Account: r.account(d.Account), State: Invited, Created: now.Time, Changed: now.Time}
	m.Account.Address = account.Address{} // letters go to the organisation
	if e.Team.Administrators() > 0 {
		m.State = Requested
	}
	e.place(c, &m)
	c.Consents = []Consent{{Registration: d.Registration, Account: m.Account.ID, Terms: r.Terms, Accepted: r.Accepted}}
	c.note(By{}, audit.RegistrationMade, m.Account.ID, string(m.State))
	if m.State == Requested {
		e.Team.ask(c, m, d, now)
		return
	}
	e.Team.invite(c, m, By{}, d, rules, now)
}

// place puts the membership into the change: of a new account, of one that acts for others, or again of one that was refused or lapsed.
func (e Entry) place(c *Change, m *Membership) {
	switch k := e.Known; {
	case k == nil:
		c.New = []Membership{*m}
	case k.spent():
		c.Retire, c.New = []account.ID{k.Account.ID}, []Membership{*m}
	default:
		m.Account = k.Account
		if _, here := k.at(e.Team.Organisation.ID); here {
			c.Again = []Membership{*m}
		} else {
			c.New = []Membership{*m}
		}
	}
}

// ask tells everybody who can release a registration, and the organisation's management, who can object.
func (t Team) ask(c *Change, m Membership, d Draw, now calendar.Moment) {
	for _, other := range t.People {
		if t.IsAdministrator(other.Account.ID) {
			c.mail(mail.RegistrationWaits{
				To: other.Account.MailTo(), Greeting: other.Account.Person.Greeting(), Organisation: t.Organisation.Name,
				Name: m.Account.Person.Name(), At: now.Time,
			})
		}
	}
	c.Letters = append(c.Letters, letter.Draft{ID: d.Letter, Account: string(m.Account.ID), Content: letter.RegistrationNotice{
		To: t.Organisation.LetterTo(), Organisation: t.Organisation.Name, Number: t.Organisation.Number,
		Name: m.Account.Person.Name(), Email: m.Account.Email, Registered: calendar.DateOf(now.Time),
	}})
	c.Events = append(c.Events, audit.Event{Kind: audit.LetterQueued, Actor: audit.Anonymous, Account: string(m.Account.ID), Letter: d.Letter})
}

// invite sends a one-time password to the organisation for somebody who will be its administrator.
func (t Team) invite(c *Change, m Membership, by By, d Draw, rules Rules, now calendar.Moment) {
	lastDay := calendar.LastDay(now.Time, rules.Password.LetterDays)
	c.issue(m.Account.ID, by, t.Organisation.ID, d, lastDay, now)
	c.Letters = append(c.Letters, letter.Draft{ID: d.Letter, Account: string(m.Account.ID), By: by.staff(), Content: letter.FirstPassword{
		To: t.Organisation.LetterToPerson(m.Account.Person), Role: string(account.Administrator), Organisation: t.Organisation.Name,
		Number: t.Organisation.Number, Registered: calendar.DateOf(now.Time), LastDay: lastDay, Password: d.Password,
	}})
}

// issue adds a one-time password that comes by letter.
func (c *Change) issue(id account.ID, by By, to ID, d Draw, lastDay calendar.Date, now calendar.Moment) {
	c.OneTimes = append(c.OneTimes, OneTime{Account: id, OneTime: password.OneTime{
		ID: d.OneTime, Way: password.ByLetter, Created: now.Time, Until: lastDay.End(), Letter: password.LetterStatus{ID: d.Letter},
		For: string(to), Code: d.Hashed,
	}})
	for _, kind := range []audit.Kind{audit.OneTimeIssued, audit.LetterQueued} {
		e := audit.Event{Kind: kind, Actor: by.actor(), Account: string(id), Session: by.Session, Letter: d.Letter}
		if kind == audit.OneTimeIssued {
			e.Reason = string(password.ByLetter)
		}
		c.Events = append(c.Events, e)
	}
}

// refuse notes a registration that comes to nothing.
func (c *Change) refuse(id account.ID, reason string) {
	c.note(By{}, audit.RegistrationIgnored, id, reason)
}

// deciding finds the registration that somebody decides about: an administrator of the organisation, or the body's staff.
func (t Team) deciding(by By, id account.ID) (Membership, error) {
	m, ok := t.Find(id)
	if !ok || m.Account.Role != account.Administrator || !by.Staff && !t.IsAdministrator(by.Account) {
		return Membership{}, errNotYours
	}
	if m.State != Requested {
		return Membership{}, errDecided
	}
	return m, nil
}

// errDecided is met by whoever comes too late.
var errDecided = fault.New(fault.Conflict, "organisation.fault.decided")

// Release lets a registration go on: the one-time password goes by letter to the organisation, since only that proves the person.
func (t Team) Release(by By, id account.ID, d Draw, rules Rules, now calendar.Moment) (Change, error) {
	m, err := t.deciding(by, id)
	if err != nil {
		return Change{}, err
	}
	m = m.to(Invited, by.Account, now)
	c := Change{States: []Membership{m}}
	c.note(by, audit.RegistrationReleased, id, "")
	t.invite(&c, m, by, d, rules, now)
	t.told(&c, m, mail.RegistrationReleased, now)
	return c, nil
}

// Reject ends a registration.
func (t Team) Reject(by By, id account.ID, now calendar.Moment) (Change, error) {
	m, err := t.deciding(by, id)
	if err != nil {
		return Change{}, err
	}
	m = m.to(Refused, by.Account, now)
	c := Change{States: []Membership{m}}
	c.note(by, audit.RegistrationRejected, id, "")
	t.told(&c, m, mail.RegistrationRefused, now)
	return c, nil
}

// told tells somebody what became of the registration.
func (t Team) told(c *Change, m Membership, state string, now calendar.Moment) {
	c.mail(mail.RegistrationDecided{
		To: m.Account.MailTo(), Greeting: m.Account.Person.Greeting(), Role: string(m.Account.Role), Organisation: t.Organisation.Name,
		State: state, At: now.Time,
	})
}

// Lapse ends the registrations that nobody finished in time, which frees their addresses.
func (t Team) Lapse(rules Rules, now calendar.Moment) (c Change) {
	for _, m := range t.People {
		if m.Account.Role != account.Administrator || !overdue(m.State, m.Changed, rules, now) {
			continue
		}
		m = m.to(Lapsed, "", now)
		c.States = append(c.States, m)
		c.note(By{Account: audit.System}, audit.RegistrationLapsed, m.Account.ID, "")
		t.told(&c, m, mail.RegistrationLapsed, now)
	}
	return c
}

// overdue tells whether a registration waits for longer than it may: for its release, or for the first completed login since.
func overdue(s State, since time.Time, rules Rules, now calendar.Moment) bool {
	return (s == Requested || s == Invited) && !now.Before(calendar.LastDay(since, rules.People.Registration).End())
}

// LetterTo gives the address window of a letter to the organisation's management.
func (o Organisation) LetterTo() letter.Recipient { return o.lines("Geschäftsleitung") }

// LetterToPerson gives that of a letter to the organisation, „z. Hd.“ a person (BVK03).
func (o Organisation) LetterToPerson(p account.Person) letter.Recipient {
	to := o.lines(attention(p))
	to.Greeting = p.Greeting()
	return to
}

// attention gives the line of an address that names who opens the letter.
func attention(p account.Person) string {
	salutation := string(p.Salutation)
	if p.Salutation == account.Herr {
		salutation = "Herrn"
	}
	return "z. Hd. " + joined(salutation, p.Name())
}

func (o Organisation) lines(who string) letter.Recipient {
	return letter.Recipient{Lines: full(o.Name, o.Address.Extra, who, o.Address.Street, joined(o.Address.Postcode, o.Address.Town))}
}
