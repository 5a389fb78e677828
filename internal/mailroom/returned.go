package mailroom

import (
	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/mail"
	"torhaus/internal/password"
	"torhaus/internal/token"
)

// What says what a letter carried that is void now.
type What string

// What letters carry.
const (
	Nothing  What = "nothing"  // it was used, or void, before
	AnOrder  What = "order"    // an activation code, or a token
	Password What = "password" // a one-time password
)

// Parcel is all that a deed about one letter is decided on.
type Parcel struct {
	Letter   Letter
	Holding  token.Holding
	Password password.State
}

// Owner is whose letter it is.
func (p Parcel) Owner() account.Account { return p.Holding.Owner }

// Change is what a deed about a letter changes.
type Change struct {
	Returned *What // the letter came back, and voided this
	Token    token.Change
	Password password.Change
	Retry    string // the job that is to be done again
	Jobs     []job.Request
	Events   []audit.Event
}

// Return enters a letter that came back. What it carried is void from now on: whoever had the envelope may know it. What was used or
// void before stays as it is, and the return is only noted.
func (p Parcel) Return(by token.By, now calendar.Moment) (What, Change, error) {
	switch p.Letter.State {
	case letter.HandedOver, letter.Posted:
	case letter.Returned:
		return "", Change{}, fault.New(fault.Conflict, "mailroom.fault.returned-before", p.Letter.Returned)
	default:
		return "", Change{}, fault.New(fault.Conflict, "mailroom.fault.never-left")
	}
	what, c := p.void(p.Holding.LetterReturned, by, now)
	c.Returned = &what
	c.Events = append(c.Events, audit.Event{
		Kind: audit.LetterReturned, Actor: string(by.Actor), Session: by.Session, Account: string(p.Letter.Account),
		Order: p.Letter.Order, Letter: p.Letter.ID, Reason: string(what),
	})
	if what != Nothing {
		c.Jobs = append(c.Jobs, job.Request{Work: p.notice(what, now)})
	}
	return what, c, nil
}

// Carries tells what the letter carries that is still valid.
func (p Parcel) Carries(now calendar.Moment) What {
	what, _ := p.void(p.Holding.LetterReturned, token.By{}, now)
	return what
}

// void ends what the letter carries; an order ends as given.
func (p Parcel) void(order func(string, token.By, calendar.Moment) (token.Order, bool, token.Change), by token.By, now calendar.Moment) (What, Change) {
	if _, open, c := order(p.Letter.ID, by, now); open {
		return AnOrder, Change{Token: c}
	}
	if c, open := p.Password.LetterReturned(p.Letter.ID, string(by.Actor), by.Session, p.Owner()); open {
		return Password, Change{Password: c}
	}
	return Nothing, Change{}
}

func (p Parcel) notice(what What, now calendar.Moment) mail.LetterReturned {
	owner := p.Owner()
	return mail.LetterReturned{
		To: owner.MailTo(), Greeting: owner.Person.Greeting(), Password: what == Password,
		Sent: calendar.DateOf(p.Letter.Created), At: now.Time, // the letter bears the day on which it was ordered
	}
}

// Discard voids what a letter carries that was not handed over, and the letter with it: its batch was discarded.
func (p Parcel) Discard(by token.By, now calendar.Moment) Change {
	if !p.Letter.UnderWay() {
		return Change{}
	}
	_, c := p.void(p.Holding.LetterDiscarded, by, now)
	if len(c.Token.VoidLetters)+len(c.Password.VoidLetters) == 0 { // a letter that carries nothing that could be void
		c.Token.VoidLetters = []string{p.Letter.ID}
		c.Events = append(c.Events, audit.Event{
			Kind: audit.LetterVoided, Actor: string(by.Actor), Session: by.Session, Account: string(p.Letter.Account), Letter: p.Letter.ID,
		})
	}
	return c
}

// Retry has the hand-over of a letter tried again that was given up.
func (p Parcel) Retry(by token.By) (Change, error) {
	if p.Letter.Dead == "" || !p.Letter.UnderWay() {
		return Change{}, fault.New(fault.Conflict, "mailroom.fault.not-stuck")
	}
	return Change{Retry: p.Letter.Dead, Events: []audit.Event{{
		Kind: audit.LetterRetried, Actor: string(by.Actor), Session: by.Session, Account: string(p.Letter.Account),
		Order: p.Letter.Order, Letter: p.Letter.ID,
	}}}, nil
}
