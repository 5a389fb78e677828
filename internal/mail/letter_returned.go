package mail

import (
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/secret"
)

// LetterReturned tells that a letter came back as undeliverable, and that what it carried is void.
type LetterReturned struct {
	To       Address       `json:"to"`
	Greeting string        `json:"greeting"` // without the comma
	Password bool          `json:"password"` // it carried a one-time password, else an activation code or a token
	Sent     calendar.Date `json:"sent"`
	At       time.Time     `json:"at"`
}

// JobKind names the job.
func (LetterReturned) JobKind() string { return kindPrefix + "letter-returned" }

// Encode gives the payload of the job.
func (m LetterReturned) Encode() (secret.Bytes, error) { return encode(m) }

func (m LetterReturned) recipient() Address { return m.To }
