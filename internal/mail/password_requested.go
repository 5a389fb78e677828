package mail

import (
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/secret"
)

// PasswordRequested tells that a one-time password was asked for and comes by letter: whoever empties the letter box of another
// does not stay unnoticed.
type PasswordRequested struct {
	To       Address       `json:"to"`
	Greeting string        `json:"greeting"` // without the comma
	At       time.Time     `json:"at"`
	Arrives  calendar.Date `json:"arrives"`  // day by which the letter is there
	LastDay  calendar.Date `json:"last-day"` // last day on which the one-time password is valid
	// Organisation is to whose address the letter goes, of somebody who acts for one; empty where it goes to the person's own.
	Organisation string `json:"organisation,omitempty"`
}

// JobKind names the job.
func (PasswordRequested) JobKind() string { return kindPrefix + "password-requested" }

// Encode gives the payload of the job.
func (m PasswordRequested) Encode() (secret.Bytes, error) { return encode(m) }

func (m PasswordRequested) recipient() Address { return m.To }
