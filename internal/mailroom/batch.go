package mailroom

import (
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/token"
)

// BatchState is how far a print batch is.
type BatchState string

// The states of a batch; doc.go draws their order.
const (
	Open       BatchState = "open"     // takes letters
	Awaiting   BatchState = "awaiting" // held, and closed by one person: a second one decides
	Released   BatchState = "released" // closed; its letters are being handed over
	HandedOver BatchState = "handed-over"
	Confirmed  BatchState = "confirmed" // the print centre has posted every letter
	Discarded  BatchState = "discarded" // no letter is printed; what they carried is void
)

// Batch is a run of letters.
type Batch struct {
	ID     string
	Number int64
	Held   bool
	State  BatchState
	Day    calendar.Date

	Opened    time.Time
	Closed    time.Time
	ClosedBy  string // an account, or audit.System
	Decided   time.Time
	DecidedBy string

	Closer  string // name of whoever closed it
	Decider string

	Letters map[letter.State]int // how many are in each state
	Kinds   map[string]int       // how many are of each kind
	People  int                  // how many recipients there are
}

// All gives the number of letters.
func (b Batch) All() (n int) {
	for _, count := range b.Letters {
		n += count
	}
	return n
}

// Waiting gives the number of letters that are not handed over.
func (b Batch) Waiting() int { return b.Letters[letter.Queued] + b.Letters[letter.Rendered] }

// BatchChange is what a deed changes about a batch.
type BatchChange struct {
	State     BatchState
	ClosedBy  string    // where it is closed now
	DecidedBy string    // where it is decided now
	Deliver   bool      // its letters are to be handed over
	Discard   *token.By // its letters are to be voided, as ordered by somebody
	Events    []audit.Event
}

// Close ends the gathering of a held batch, so that whoever releases it knows what is in it. A person does it, who looks at what is in
// it: the end of a day closes no held batch.
func (b Batch) Close(by token.By) (BatchChange, error) {
	if !person(string(by.Actor)) {
		return BatchChange{}, b.secondPerson()
	}
	if !b.Held || b.State != Open {
		return BatchChange{}, fault.New(fault.Conflict, "mailroom.fault.not-open", b.Number)
	}
	if b.All() == 0 {
		return BatchChange{}, fault.New(fault.Conflict, "mailroom.fault.empty", b.Number)
	}
	return BatchChange{State: Awaiting, ClosedBy: string(by.Actor), Events: b.events(audit.BatchClosed, by)}, nil
}

// Release lets a batch be handed over. It takes two people: one who closed it, and another.
func (b Batch) Release(by token.By) (BatchChange, error) {
	if err := b.mayDecide(by.Actor); err != nil {
		return BatchChange{}, err
	}
	return BatchChange{State: Released, DecidedBy: string(by.Actor), Deliver: true, Events: b.events(audit.BatchReleased, by)}, nil
}

// Discard keeps a batch from being printed and voids what its letters carry. Whoever closed it cannot.
func (b Batch) Discard(by token.By) (BatchChange, error) {
	if err := b.mayDecide(by.Actor); err != nil {
		return BatchChange{}, err
	}
	return BatchChange{State: Discarded, DecidedBy: string(by.Actor), Discard: &by, Events: b.events(audit.BatchDiscarded, by)}, nil
}

// MayDecide tells whether somebody may release or discard the batch now.
func (b Batch) MayDecide(who account.ID) bool { return b.mayDecide(who) == nil }

func (b Batch) mayDecide(who account.ID) error {
	if b.State != Awaiting {
		return fault.New(fault.Conflict, "mailroom.fault.not-awaiting", b.Number)
	}
	if !person(b.ClosedBy) || !person(string(who)) || string(who) == b.ClosedBy {
		return b.secondPerson()
	}
	return nil
}

func (b Batch) secondPerson() error {
	return fault.New(fault.Conflict, "mailroom.fault.second-person", b.Number)
}

// person tells whether it was one of staff who did something, and not the portal itself.
func person(who string) bool { return who != "" && who != audit.System }

func (b Batch) events(kind audit.Kind, by token.By) []audit.Event {
	return []audit.Event{{Kind: kind, Actor: string(by.Actor), Session: by.Session, Reason: b.ID}}
}

// Automatic tells whether it was not a person who closed a batch, but the end of the day.
func (b Batch) Automatic(who string) bool { return who == audit.System }
