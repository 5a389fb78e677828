package mail

import (
	"time"

	"torhaus/internal/secret"
)

// TokenActivated tells that a soft token was activated and can be used (KVB16).
type TokenActivated struct {
	To       Address   `json:"to"`
	Greeting string    `json:"greeting"` // without the comma
	Serial   string    `json:"serial"`
	At       time.Time `json:"at"`
}

// JobKind names the job.
func (TokenActivated) JobKind() string { return kindPrefix + "token-activated" }

// Encode gives the payload of the job.
func (m TokenActivated) Encode() (secret.Bytes, error) { return encode(m) }

func (m TokenActivated) recipient() Address { return m.To }
