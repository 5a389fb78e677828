package mail

import (
	"torhaus/internal/calendar"
	"torhaus/internal/secret"
)

// HardTokenOrdered confirms that a hard token was ordered, by its member or by the desk (KVB19).
type HardTokenOrdered struct {
	To       Address       `json:"to"`
	Greeting string        `json:"greeting"` // without the comma
	Serial   string        `json:"serial"`
	Arrives  calendar.Date `json:"arrives"` // day by which the letter with the device is there
	ByDesk   bool          `json:"by-desk"` // the body's own people ordered it
	Old      string        `json:"old"`     // serial number of the defective device that it is exchanged for; empty for a plain order
	Stopped  bool          `json:"stopped"` // the defective one was stopped at once
}

// JobKind names the job.
func (HardTokenOrdered) JobKind() string { return kindPrefix + "hard-token-ordered" }

// Encode gives the payload of the job.
func (m HardTokenOrdered) Encode() (secret.Bytes, error) { return encode(m) }

func (m HardTokenOrdered) recipient() Address { return m.To }
