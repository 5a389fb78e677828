package organisation

import (
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/mail"
)

// Centre is somebody of a data centre, which works for organisations and belongs to none:
//
//	requested → invited → active → deactivated, final
//	requested → refused; requested, invited → lapsed
type Centre struct {
	Account  account.Account // whose address is the data centre's, its first line the name
	Name     string
	Approval string // number that the staff's release gave; empty before
	State    State
	Created  time.Time
	Changed  time.Time
	Changer  account.ID // one of staff; empty where nobody did
	Notice   Notice     // with which it was deactivated (BVK16)
}

// Notice is how a data centre told that somebody is not to have access any more.
type Notice struct {
	Kind NoticeKind
	On   calendar.Date
}

// NoticeKind is the form of a notice.
type NoticeKind string

// The forms of a notice (BVK16).
const (
	Written NoticeKind = "written"
	ByEmail NoticeKind = "e-mail"
)

// registerCentre adds somebody of a data centre, who waits for the release by staff.
func (e Entry) registerCentre(c *Change, r Registration, d Draw, now calendar.Moment) {
	if e.Known != nil {
		c.Retire = []account.ID{e.Known.Account.ID}
	}
	a := r.account(d.Account)
	c.Centres = []Centre{{Account: a, Name: r.Centre, State: Requested, Created: now.Time, Changed: now.Time}}
	c.Consents = []Consent{{Registration: d.Registration, Account: a.ID, Terms: r.Terms, Accepted: r.Accepted}}
	c.note(By{}, audit.RegistrationMade, a.ID, string(Requested))
}

// errNotStaff is met by whoever is none of the body's staff.
var errNotStaff = fault.New(fault.NotFound, "organisation.fault.unknown")

func (ce Centre) deciding(by By, s State) error {
	if !by.Staff {
		return errNotStaff
	}
	if ce.State != s {
		return errDecided
	}
	return nil
}

// Release approves a data centre and sends the one-time password to its address.
func (ce Centre) Release(by By, approval string, d Draw, rules Rules, now calendar.Moment) (Change, error) {
	if err := ce.deciding(by, Requested); err != nil {
		return Change{}, err
	}
	ce = ce.to(Invited, by, now)
	ce.Approval = approval
	c := Change{Centres: []Centre{ce}}
	c.note(by, audit.CentreApproved, ce.Account.ID, "")
	lastDay := calendar.LastDay(now.Time, rules.Password.LetterDays)
	c.issue(ce.Account.ID, by, "", d, lastDay, now)
	c.Letters = []letter.Draft{{ID: d.Letter, Account: string(ce.Account.ID), By: by.staff(), Content: letter.FirstPassword{
		To: ce.LetterTo(), Role: string(account.DataCentre), Organisation: ce.Name, Number: approval, Registered: calendar.DateOf(now.Time),
		LastDay: lastDay, Password: d.Password,
	}}}
	ce.told(&c, mail.RegistrationReleased, now)
	return c, nil
}

// Reject refuses a data centre.
func (ce Centre) Reject(by By, now calendar.Moment) (Change, error) {
	if err := ce.deciding(by, Requested); err != nil {
		return Change{}, err
	}
	ce = ce.to(Refused, by, now)
	c := Change{Centres: []Centre{ce}}
	c.note(by, audit.RegistrationRejected, ce.Account.ID, "")
	ce.told(&c, mail.RegistrationRefused, now)
	return c, nil
}

// Deactivate takes the access of a data centre's person away, on the data centre's notice (BVK16). It is final.
func (ce Centre) Deactivate(by By, n Notice, now calendar.Moment) (Change, error) {
	switch {
	case !by.Staff:
		return Change{}, errNotStaff
	case ce.State != Invited && ce.State != Active:
		return Change{}, errDecided
	case n.Kind != Written && n.Kind != ByEmail:
		return Change{}, fault.InvalidField("kind", "organisation.fault.notice-kind")
	case n.On.IsZero() || calendar.DateOf(now.Time).Before(n.On):
		return Change{}, fault.InvalidField("on", "organisation.fault.notice-day")
	}
	ce = ce.to(Deactivated, by, now)
	ce.Notice = n
	c := Change{Centres: []Centre{ce}}
	c.note(by, audit.CentreDeactivated, ce.Account.ID, string(n.Kind))
	ce.told(&c, mail.RegistrationEnded, now)
	return c, nil
}

// Lapse ends a registration that nobody finished in time.
func (ce Centre) Lapse(rules Rules, now calendar.Moment) (c Change) {
	if !overdue(ce.State, ce.Changed, rules, now) {
		return Change{}
	}
	ce = ce.to(Lapsed, By{}, now)
	c.Centres = []Centre{ce}
	c.note(By{Account: audit.System}, audit.RegistrationLapsed, ce.Account.ID, "")
	ce.told(&c, mail.RegistrationLapsed, now)
	return c
}

// Enter notes the first completed login of somebody who was invited.
func (ce Centre) Enter(now calendar.Moment) (Change, bool) {
	if ce.State != Invited {
		return Change{}, false
	}
	return Change{Centres: []Centre{ce.to(Active, By{}, now)}}, true
}

func (ce Centre) to(s State, by By, now calendar.Moment) Centre {
	ce.State, ce.Changed, ce.Changer = s, now.Time, by.Account
	return ce
}

func (ce Centre) told(c *Change, state string, now calendar.Moment) {
	c.mail(mail.RegistrationDecided{
		To: ce.Account.MailTo(), Greeting: ce.Account.Person.Greeting(), Role: string(account.DataCentre), Organisation: ce.Name, State: state, At: now.Time,
	})
}

// LetterTo gives the address window of a letter to the data centre, „z. Hd.“ its person.
func (ce Centre) LetterTo() letter.Recipient {
	return Organisation{Name: ce.Name, Address: ce.Account.Address}.LetterToPerson(ce.Account.Person)
}

// Place gives what the person of a data centre is, in the form of those who act for organisations.
func (ce Centre) Place() Place {
	return Place{
		Organisation: Organisation{Name: ce.Name, Number: ce.Approval}, State: ce.State, Standing: StandingOf(account.DataCentre, ce.State, false, 0),
	}
}

func joined(words ...string) string {
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

// full leaves out the empty lines.
func full(lines ...string) (printed []string) {
	for _, line := range lines {
		if line = joined(line); line != "" {
			printed = append(printed, line)
		}
	}
	return printed
}
