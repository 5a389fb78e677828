package letter

import (
	_ "embed"
	"strings"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/profile"
)

// HardToken is the letter that lies beside a hard token in its envelope (KVB19). It has no secret: the device is one. Staff print it;
// it never goes through the print centre.
type HardToken struct {
	To      Recipient
	Serial  string        // as printed on the device
	Ordered calendar.Date // the day of the order
	LastDay calendar.Date // the last day on which the device can be activated
}

// LetterKind names the letter; it is never renamed.
func (HardToken) LetterKind() string { return "hard-token" }

// Recipient gives whom the letter goes to.
func (h HardToken) Recipient() Recipient { return h.To }

//go:embed hard_token.de.txt
var hardTokenGerman string

var hardTokenText = mustText("hard_token.de.txt", hardTokenGerman)

// hardTokenPage is the data of hard_token.de.txt.
type hardTokenPage struct {
	*profile.Profile
	URL        string
	Greeting   string
	Serial     string
	Ordered    calendar.Date
	LastDay    calendar.Date
	LastMinute string // of the last day, by the clock
}

func (h HardToken) blocks(s Setting, cl *cleaner) ([]block, error) {
	return hardTokenText.fill(hardTokenPage{
		Profile:    s.Profile,
		URL:        strings.TrimRight(s.Portal, "/"),
		Greeting:   greeting(h.To, cl),
		Serial:     cl.clean(h.Serial),
		Ordered:    h.Ordered,
		LastDay:    h.LastDay,
		LastMinute: calendar.GermanClock(h.LastDay.End().Add(-time.Minute)),
	}, cl)
}
