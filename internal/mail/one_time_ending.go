package mail

import (
	"torhaus/internal/calendar"
	"torhaus/internal/secret"
)

// OneTimeEnding reminds a member of a one-time password that came by letter and ends soon.
type OneTimeEnding struct {
	To       Address       `json:"to"`
	Greeting string        `json:"greeting"` // without the comma
	LastDay  calendar.Date `json:"last-day"` // last day on which the one-time password is valid
}

// JobKind names the job.
func (OneTimeEnding) JobKind() string { return kindPrefix + "one-time-ending" }

// Encode gives the payload of the job.
func (m OneTimeEnding) Encode() (secret.Bytes, error) { return encode(m) }

func (m OneTimeEnding) recipient() Address { return m.To }
