package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/login"
)

// Request is a deed that waits for a second person.
type Request struct {
	ID        string
	Deed      Deed
	Member    account.ID
	AskedBy   account.ID // or "system", where a rule asks
	Gave      account.ID // of a letter that waits: who gave the member its address, where that is another one of staff; else empty
	AskedAt   time.Time
	Until     time.Time // it lapses then
	State     RequestState
	DecidedBy account.ID
	DecidedAt time.Time
	Reason    RefusalReason

	Asker      account.Account // who asked, as of now; zero for the system
	AskerRoles []account.Role  // of whoever asked, that count now; known where the request is decided
}

// RequestState is how far a request is.
type RequestState string

// The states of a request. One whose time is over has lapsed, be it written down or not.
const (
	RequestOpen RequestState = "open"
	Approved    RequestState = "approved"
	Rejected    RequestState = "rejected"
	Withdrawn   RequestState = "withdrawn"
	Lapsed      RequestState = "lapsed"
)

// RefusalReason is why a request was rejected.
type RefusalReason string

// The reasons, from which whoever rejects chooses.
const (
	NotConvinced RefusalReason = "not-convinced" // that the caller was the member
	WrongDetails RefusalReason = "wrong-details"
	Needless     RefusalReason = "needless"
)

// RefusalReasons lists them.
var RefusalReasons = []RefusalReason{NotConvinced, WrongDetails, Needless}

// ByRule tells whether a rule asks, and nobody of staff.
func (r Request) ByRule() bool { return r.AskedBy == audit.System }

// Own tells whether somebody asked, or is the reason why a rule asks: they do not decide.
func (r Request) Own(who account.ID) bool { return who == r.AskedBy || r.Gave != "" && who == r.Gave }

// stands tells whether whoever asked still might ask: the account is active, and has a role that is there for the deed. Where a rule
// asks, the role does not matter.
func (r Request) stands() bool {
	if r.ByRule() {
		return true
	}
	may := func(role account.Role) bool { return slices.Contains(login.RolesOf(manners[r.Deed.Kind].Right), role) }
	return r.Asker.State == account.Active && (r.Deed.Kind == ReleaseLetter || slices.ContainsFunc(r.AskerRoles, may))
}

// Waiting tells whether the request can still be decided.
func (r Request) Waiting(now calendar.Moment) bool {
	return r.State == RequestOpen && now.Before(r.Until)
}

// StateAt gives the state as of now.
func (r Request) StateAt(now calendar.Moment) RequestState {
	if r.State == RequestOpen && !r.Waiting(now) {
		return Lapsed
	}
	return r.State
}

// ask asks a second person for a deed. The same is not asked for twice at a time.
func (c Case) ask(d Deed, id string, rules Rules, now calendar.Moment) (change Change, err error) {
	if old, ok := c.waiting(d); ok {
		if old.Waiting(now) {
			return Change{}, fault.New(fault.Conflict, "deed.fault.asked-already")
		}
		c.lapse(&change, old, now)
	}
	if manners[d.Kind].Identified {
		d.Way = c.Identified.Way
	}
	change.New = &Request{
		ID: id, Deed: d, Member: c.Member().ID, AskedBy: c.Clerk.Account.ID, AskedAt: now.Time, State: RequestOpen,
		Until: calendar.LastDay(now.Time, rules.Desk.RequestDays).End(),
	}
	c.note(&change, audit.Event{Kind: audit.RequestAsked, Letter: d.Letter, Token: string(d.Token), Reason: change.New.word()})
	change.Jobs = []job.Request{change.New.Told()}
	return change, nil
}

// Told gives the job that tells those who may decide.
func (r Request) Told() job.Request {
	return job.Request{Work: Tell{Request: r.ID}, Key: Tell{}.JobKind() + "/" + r.ID}
}

// word names a request in the audit, where its asking, its decision and its deed stand apart.
func (r Request) word() string { return fmt.Sprintf("%s %s", r.Deed.Kind, r.ID) }

func (c Case) lapse(change *Change, r Request, now calendar.Moment) {
	r.State, r.DecidedBy, r.DecidedAt = Lapsed, audit.System, now.Time
	change.Closed = append(change.Closed, r)
	change.Events = append(change.Events, audit.Event{
		Kind: audit.RequestLapsed, Actor: audit.System, Account: string(r.Member), Reason: r.word(),
	})
}

// Line is one thing that a deed changes, as the second person sees it. Name is a word for the catalogue; Before and After are what is
// now and what will be, a line each.
type Line struct {
	Name          string
	Before, After []string
}

// Picture is what a request looks like to the second person: all that is decided about.
type Picture struct {
	Request Request
	Lines   []Line
}

// Seal names what was seen: it differs whenever anything differs that was shown.
func (p Picture) Seal() string {
	seen, err := json.Marshal([]any{p.Request.ID, p.Request.Deed, p.Request.AskedBy, p.Lines})
	if err != nil {
		return "" // cannot be: there is nothing in it but words; an empty one fits nothing
	}
	sum := sha256.Sum256(seen)
	return hex.EncodeToString(sum[:])
}

// The names of lines.
const (
	LineToken   = "token"
	LineAddress = "address"
	LineEmail   = "email"
	LineAccount = "account"
	LineLetter  = "letter"
)

// Picture shows a request as of now.
func (c Case) Picture(r Request) Picture {
	p := Picture{Request: r}
	owner := c.Member()
	switch d := r.Deed; d.Kind {
	case LiftToken:
		if t, ok := c.Holding.Token(d.Token); ok {
			p.Lines = []Line{{LineToken, []string{t.Serial, string(t.State)}, []string{t.Serial, "active"}}}
		}
	case ChangeAddress:
		p.Lines = []Line{{LineAddress, owner.Address.Lines(), d.Address.Lines()}}
	case ChangeEmail:
		p.Lines = []Line{{LineEmail, []string{owner.Email}, []string{d.Email}}}
	case MarkLeft:
		p.Lines = []Line{{LineAccount, state(owner), []string{string(account.Left)}}}
	case MarkDeceased:
		p.Lines = []Line{{LineAccount, state(owner), []string{string(account.Deceased)}}}
	case Restore:
		p.Lines = []Line{{LineAccount, state(owner), []string{string(account.Active)}}}
	case ReleaseLetter:
		p.Lines = []Line{{LineLetter, nil, d.To}}
	}
	return p
}

func state(a account.Account) []string {
	if a.Ending != "" {
		return []string{string(a.Ending)}
	}
	return []string{string(a.State)}
}

// Decision is what somebody decides about a request.
type Decision struct {
	Request string
	State   RequestState  // Approved, Rejected or Withdrawn
	Reason  RefusalReason // of a rejection
	Seen    string        // seal of the picture that was decided about
}

// Decide closes a request. Who asked withdraws; somebody else approves, and the deed is done on the state of this moment, or rejects. A
// request that has lapsed is written down as such, which is a change with a refusal beside it.
func (c Case) Decide(d Decision, fresh Fresh, rules Rules, now calendar.Moment) (change Change, refused error) {
	r, ok := c.request(d.Request)
	if !ok {
		return Change{}, errUnknownRequest
	}
	if err := c.may(login.SeeMembers, rules, now); err != nil {
		return Change{}, err
	}
	if !r.Waiting(now) {
		c.lapse(&change, r, now)
		return change, fault.New(fault.Conflict, "deed.fault.lapsed")
	}
	if d.State == Withdrawn {
		return c.withdraw(r, now)
	}
	if err := c.mayDecide(r, rules, now); err != nil {
		return Change{}, err
	}
	switch {
	case d.Seen != c.Picture(r).Seal():
		return Change{}, fault.New(fault.Conflict, "deed.fault.picture-changed")
	case d.State == Rejected:
		return c.reject(r, d.Reason, now)
	case d.State == Approved:
		return c.approve(r, fresh, rules, now)
	}
	return Change{}, fault.New(fault.Invalid, "deed.fault.no-deed")
}

// MayDecide tells why the clerk cannot decide about a request, or gives nil.
func (c Case) MayDecide(r Request, rules Rules, now calendar.Moment) error {
	return c.mayDecide(r, rules, now)
}

func (c Case) mayDecide(r Request, rules Rules, now calendar.Moment) error {
	if err := c.may(login.Decide, rules, now); err != nil {
		return err
	}
	if r.Own(c.Clerk.Account.ID) {
		return fault.New(fault.NotAllowed, "deed.fault.own-request")
	}
	return nil
}

func (c Case) approve(r Request, fresh Fresh, rules Rules, now calendar.Moment) (Change, error) {
	if !r.stands() {
		return Change{}, fault.New(fault.Conflict, "deed.fault.asker-gone")
	}
	change, err := c.perform(r.Deed, fresh, rules, now)
	if err != nil {
		return Change{}, err
	}
	c.settle(&change, r, Approved, audit.RequestApproved, now)
	return change, nil
}

func (c Case) reject(r Request, reason RefusalReason, now calendar.Moment) (change Change, err error) {
	if !slices.Contains(RefusalReasons, reason) {
		return Change{}, fault.InvalidField("reason", "deed.fault.reason")
	}
	if r.Deed.Kind == ReleaseLetter {
		if change, err = c.stopLetter(r.Deed.Letter, now); err != nil {
			return Change{}, err
		}
	}
	r.Reason = reason
	c.settle(&change, r, Rejected, audit.RequestRejected, now)
	return change, nil
}

func (c Case) withdraw(r Request, now calendar.Moment) (change Change, err error) {
	if r.AskedBy != c.Clerk.Account.ID || r.Deed.Kind == ReleaseLetter {
		return Change{}, fault.New(fault.NotAllowed, "deed.fault.not-your-request")
	}
	c.settle(&change, r, Withdrawn, audit.RequestWithdrawn, now)
	return change, nil
}

// settle closes a request, ahead of what follows from it in the audit.
func (c Case) settle(change *Change, r Request, state RequestState, kind audit.Kind, now calendar.Moment) {
	r.State, r.DecidedBy, r.DecidedAt = state, c.Clerk.Account.ID, now.Time
	change.Closed = append(change.Closed, r)
	var first Change
	c.note(&first, audit.Event{Kind: kind, Letter: r.Deed.Letter, Token: string(r.Deed.Token), Reason: r.word()})
	change.Events = append(first.Events, change.Events...)
}
