package mail

import (
	"time"

	"torhaus/internal/secret"
)

// TokenSuspended tells that a token was suspended (KVB19).
type TokenSuspended struct {
	To       Address   `json:"to"`
	Greeting string    `json:"greeting"` // without the comma
	Serial   string    `json:"serial"`
	At       time.Time `json:"at"`
}

// JobKind names the job.
func (TokenSuspended) JobKind() string { return kindPrefix + "token-suspended" }

// Encode gives the payload of the job.
func (m TokenSuspended) Encode() (secret.Bytes, error) { return encode(m) }

func (m TokenSuspended) recipient() Address { return m.To }
