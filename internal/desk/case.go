package desk

import (
	"context"
	"slices"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/mail"
	"torhaus/internal/password"
	"torhaus/internal/token"
)

// Case is one member before one of staff: all that a deed of the service desk is decided on.
type Case struct {
	Holding    token.Holding
	Password   password.State
	Contact    account.Contact
	Sessions   []login.Session // of the member, that nobody has ended
	Clerk      Clerk
	Identified Identification // in the clerk's session; zero if the member was not identified there
	Tries      Tries
	Requests   []Request // open ones about the member, some of which may have lapsed
}

// Clerk is one of staff in one session, as of now.
type Clerk struct {
	Account account.Account
	Session login.Session // with the roles that count now
}

// Member gives whom the case is about.
func (c Case) Member() account.Account { return c.Holding.Owner }

// may tells whether the clerk may do something now: whatever the page was that led here, the session may have ended since, or the role
// be gone.
func (c Case) may(right login.Right, rules Rules, now calendar.Moment) error {
	if !c.Clerk.Session.Live(rules.Login.Session, now) || c.Clerk.Account.State != account.Active || c.Clerk.Account.Realm != account.Staff {
		return login.ErrNoSession
	}
	return c.Clerk.Session.May(right)
}

// by names the clerk to what is done.
func (c Case) by() token.By {
	return token.By{Actor: c.Clerk.Account.ID, Session: string(c.Clerk.Session.ID)}
}

// Change is what a deed of the service desk changes. The store writes it with its consequences in one transaction, or not at all.
type Change struct {
	Token    token.Change
	Password password.Change
	Contact  account.ContactChange

	Forgive   []token.ID        // tokens whose wrong codes are forgotten
	AllowPost bool              // a token may come by post although the password did
	Address   *account.Address  // the new postal address
	State     *AccountState     // the new state of the account
	End       []login.SessionID // sessions of the member that end
	EndAll    bool              // all of them

	Identified *Identification
	Tries      *Tries
	New        *Request
	Closed     []Request // in their new state; guarded: of two who close one, one wins
	Release    []string  // letters that wait no more

	Letters []letter.Draft
	Jobs    []job.Request
	Events  []audit.Event
}

// AccountState is whether an account may be used, and why not.
type AccountState struct {
	State  account.State
	Ending account.Ending
}

// note adds an event that tells of the member and of who did it.
func (c Case) note(change *Change, e audit.Event) {
	e.Actor, e.Account, e.Session = string(c.Clerk.Account.ID), string(c.Member().ID), string(c.Clerk.Session.ID)
	change.Events = append(change.Events, e)
}

// tell adds an e-mail to the member about what was done.
func (c Case) tell(change *Change, deed, serial string, now calendar.Moment) {
	owner := c.Member()
	change.send(mail.ByDesk{To: owner.MailTo(), Greeting: owner.Person.Greeting(), Deed: deed, Serial: serial, At: now.Time})
}

func (c *Change) send(work job.Work) { c.Jobs = append(c.Jobs, job.Request{Work: work}) }

// request finds an open request.
func (c Case) request(id string) (Request, bool) {
	i := slices.IndexFunc(c.Requests, func(r Request) bool { return r.ID == id })
	if i < 0 {
		return Request{}, false
	}
	return c.Requests[i], true
}

// waiting finds an open request for the same, lapsed or not.
func (c Case) waiting(d Deed) (Request, bool) {
	i := slices.IndexFunc(c.Requests, func(r Request) bool { return r.Deed.Kind == d.Kind && r.Deed.Subject() == d.Subject() })
	if i < 0 {
		return Request{}, false
	}
	return c.Requests[i], true
}

var errUnknownRequest = fault.New(fault.NotFound, "deed.fault.request-unknown")

// Look records that one of staff looked at a member on a page that is not the record. Where that fails, nothing is to be shown.
func (s *Service) Look(ctx context.Context, by login.Session, member account.ID) error {
	return s.note(ctx, by, member)
}
