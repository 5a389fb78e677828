package mail

import (
	"torhaus/internal/calendar"
	"torhaus/internal/secret"
)

// HardTokenShipped tells that a hard token was handed to the post (KVB19).
type HardTokenShipped struct {
	To       Address       `json:"to"`
	Greeting string        `json:"greeting"` // without the comma
	Serial   string        `json:"serial"`
	LastDay  calendar.Date `json:"last-day"` // last day on which it can be activated
	Arrives  calendar.Date `json:"arrives"`
}

// JobKind names the job.
func (HardTokenShipped) JobKind() string { return kindPrefix + "hard-token-shipped" }

// Encode gives the payload of the job.
func (m HardTokenShipped) Encode() (secret.Bytes, error) { return encode(m) }

func (m HardTokenShipped) recipient() Address { return m.To }
