package mail

import (
	"torhaus/internal/calendar"
	"torhaus/internal/secret"
)

// TokenOrdered confirms that a soft token was ordered (KVB08).
type TokenOrdered struct {
	To       Address       `json:"to"`
	Greeting string        `json:"greeting"` // without the comma: "Sehr geehrte Frau Dr. Brandl"
	Serial   string        `json:"serial"`
	LastDay  calendar.Date `json:"last-day"` // last day on which it can be activated
	Arrives  calendar.Date `json:"arrives"`  // day by which the letter with the code is there
	Direct   bool          `json:"direct"`   // there is no letter: a code of the hard token takes its place (KVB06)
}

// JobKind names the job.
func (TokenOrdered) JobKind() string { return kindPrefix + "token-ordered" }

// Encode gives the payload of the job.
func (m TokenOrdered) Encode() (secret.Bytes, error) { return encode(m) }

func (m TokenOrdered) recipient() Address { return m.To }
