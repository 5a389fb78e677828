package letter

import (
	"context"
	"time"
)

// State is where a letter is on its way to the mail box.
type State string

// The states of a letter; doc.go draws their order. Posted and returned are told by the print centre.
const (
	Queued     State = "queued"
	Held       State = "held" // queued, but it waits for a second person
	Rendered   State = "rendered"
	HandedOver State = "handed-over"
	Posted     State = "posted"
	Returned   State = "returned"
	Void       State = "void"
)

// Recipient is whom a letter goes to.
type Recipient struct {
	Lines    []string `json:"lines"`    // the address as printed, 2 to 6 lines: name, further names, street, postcode and town
	Greeting string   `json:"greeting"` // „Sehr geehrte Frau Dr. Brandl“; the comma after it is the letter's: one at the end is taken off
}

// Content is what a letter says. Each kind is one struct of this package with a text file of the same name beside it. It has
// a kind, a recipient and, for the typesetting, the blocks of its text.
type Content interface {
	LetterKind() string
	Recipient() Recipient
	blocks(s Setting, c *cleaner) ([]block, error)
}

// Draft is what a deed gives the store to be queued: the letter, the account it is for and, if any, the order it belongs to.
type Draft struct {
	ID      string
	Account string
	Order   string
	Content Content
	By      string    // one of staff who has it sent; empty where the member or the portal does
	Hold    time.Time // until then it waits for a second person, since the address was replaced a short while ago; zero if it goes at once
}

// Letter is a letter as the store has it. Content is nil once it was erased, which the hand-over and voiding do.
type Letter struct {
	ID         string
	Kind       string
	Account    string
	Order      string
	State      State
	Created    time.Time
	HandedOver time.Time
	Content    Content
}

// Store is what the office needs of the database.
type Store interface {
	// Letter loads a letter, its content opened. An unknown id is fault.NotFound.
	Letter(ctx context.Context, id string) (Letter, error)

	// Admit takes a letter into the print batch of today, if that has fewer than so many letters, or it was admitted before. Else it
	// takes it into a batch that waits for its release, and the letter is not admitted before.
	Admit(ctx context.Context, id string, most int) (admitted bool, err error)

	// HandOver marks a queued or rendered letter as handed over with the store's time, erases its content and writes the
	// audit event, in one transaction. In any other state, void included, it does nothing and gives no error.
	HandOver(ctx context.Context, id string) error
}
