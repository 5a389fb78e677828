package mail

import (
	"time"

	"torhaus/internal/secret"
)

// TokenBlocked tells the owner that too many wrong codes blocked all tokens.
type TokenBlocked struct {
	To       Address   `json:"to"`
	Greeting string    `json:"greeting"` // without the comma
	Serials  []string  `json:"serials"`  // every token that is blocked now
	At       time.Time `json:"at"`
}

// JobKind names the job.
func (TokenBlocked) JobKind() string { return kindPrefix + "token-blocked" }

// Encode gives the payload of the job.
func (m TokenBlocked) Encode() (secret.Bytes, error) { return encode(m) }

func (m TokenBlocked) recipient() Address { return m.To }
