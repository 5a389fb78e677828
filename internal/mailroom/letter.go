package mailroom

import (
	"strings"
	"time"
	"unicode"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/letter"
)

// Letter is a letter as staff see it: how it is on its way, and whose it is, but not what it says.
type Letter struct {
	ID      string
	Kind    string
	State   letter.State
	Account account.ID
	Number  string // of the recipient in the body's register
	Person  account.Person
	Order   string // the order that it belongs to, if any

	Created    time.Time
	HandedOver time.Time
	Posted     calendar.Date // as the print centre says
	Returned   time.Time
	Voided     What // by its return

	Batch int64  // number of its print batch; 0 if it has none yet
	Waits Reason // why it is not handed over, if it is held up by people
	Dead  string // id of the job that was given up; empty if none was
	Cause string // what the last try met, without secrets
}

// Reason says why a letter waits for people.
type Reason string

// The reasons.
const (
	ForRelease  Reason = "release"  // its batch is to be released
	ForDecision Reason = "decision" // the address was changed a short while ago: a second person decides
)

// UnderWay tells whether the letter is still in the house.
func (l Letter) UnderWay() bool {
	return l.State == letter.Queued || l.State == letter.Rendered || l.State == letter.Held
}

// Void tells whether the letter was voided before it was handed over.
func (l Letter) Void() bool { return l.State == letter.Void }

// Only narrows a list to letters that somebody must do something about.
type Only string

// The lists of such letters.
const (
	Late  Only = "late"  // should have been handed over by now (KVB10)
	Stuck Only = "stuck" // the hand-over was given up
	Held  Only = "held"  // waits for the release of its batch, or for a second person
)

// Filter chooses letters. The zero value takes all.
type Filter struct {
	State  letter.State
	Kind   string
	Only   Only
	From   calendar.Date // queued on this day or later
	To     calendar.Date // queued on this day or before
	Member account.ID    // the recipient
}

// Cursor is where a list goes on: behind the last row of the page before.
type Cursor struct {
	At time.Time
	ID string
}

// PageSize is how many rows a page of a list has at most.
const PageSize = 25

// Page is one page of letters, newest first.
type Page struct {
	Letters []Letter
	Next    *Cursor         // nil on the last page
	Now     calendar.Moment // at which it was so
}

// States lists the states of a letter in their order.
var States = []letter.State{letter.Queued, letter.Held, letter.Rendered, letter.HandedOver, letter.Posted, letter.Returned, letter.Void}

// Kinds lists the kinds of letters.
var Kinds = []string{
	letter.ActivationCode{}.LetterKind(), letter.OneTimePassword{}.LetterKind(), letter.HardToken{}.LetterKind(), letter.AddressChanged{}.LetterKind(),
	letter.FirstPassword{}.LetterKind(), letter.RegistrationNotice{}.LetterKind(),
}

// Shown gives the number under which people know the letter.
func (l Letter) Shown() string { return letter.Number(l.ID) }

// Left tells whether the letter has left the house and did not come back.
func (l Letter) Left() bool { return l.State == letter.HandedOver || l.State == letter.Posted }

// CameBack tells whether the letter was entered as returned.
func (l Letter) CameBack() bool { return l.State == letter.Returned }

// Device tells whether a hard token lies in the envelope.
func (l Letter) Device() bool { return l.Kind == letter.HardToken{}.LetterKind() }

// shortest is how much of a letter's number is printed in the window and has to be typed at least: 10 signs are 50 bits.
const shortest = 8

// CleanID gives the number of a letter, or its beginning, out of what was typed or scanned: capitals, blanks and hyphens do not
// matter. False for what cannot be one.
func CleanID(typed string) (string, bool) {
	if len(typed) > 200 {
		return "", false
	}
	id := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Pd, unicode.Cf) {
			return -1
		}
		return r
	}, strings.ToLower(typed))
	if len(id) < shortest || len(id) > 64 {
		return "", false
	}
	for _, r := range id {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return "", false
		}
	}
	return id, true
}

// Swapped gives the number as it comes from a scanner that believes to be an American keyboard at a computer with a German one: Y and
// Z are in each other's places.
func Swapped(id string) string {
	return strings.NewReplacer("y", "z", "z", "y").Replace(id)
}
