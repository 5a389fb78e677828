package mail

import (
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/secret"
)

// PasswordChanged tells that the password of an account was changed.
type PasswordChanged struct {
	To        Address       `json:"to"`
	Greeting  string        `json:"greeting"` // without the comma
	At        time.Time     `json:"at"`
	Cancelled []string      `json:"cancelled"`  // serial numbers of ordered tokens whose orders ended with it
	TokenFrom calendar.Date `json:"token-from"` // first day on which a token may come by letter again; zero if that was not stopped
}

// JobKind names the job.
func (PasswordChanged) JobKind() string { return kindPrefix + "password-changed" }

// Encode gives the payload of the job.
func (m PasswordChanged) Encode() (secret.Bytes, error) { return encode(m) }

func (m PasswordChanged) recipient() Address { return m.To }
