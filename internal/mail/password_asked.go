package mail

import (
	"time"

	"torhaus/internal/secret"
)

// PasswordAsked tells an administrator that a clerk has forgotten the password and waits for a one-time one (BVK18).
type PasswordAsked struct {
	To           Address   `json:"to"`
	Greeting     string    `json:"greeting"` // without the comma
	Clerk        string    `json:"clerk"`    // name
	Email        string    `json:"email"`    // the clerk's
	Organisation string    `json:"organisation"`
	At           time.Time `json:"at"`
}

// JobKind names the job.
func (PasswordAsked) JobKind() string { return kindPrefix + "password-asked" }

// Encode gives the payload of the job.
func (m PasswordAsked) Encode() (secret.Bytes, error) { return encode(m) }

func (m PasswordAsked) recipient() Address { return m.To }
