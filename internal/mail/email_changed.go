package mail

import (
	"time"

	"torhaus/internal/secret"
)

// EmailChanged tells the address that was a member's until now that another one has taken its place. Nobody can switch it off:
// it is how the owner learns of a thief. It does not print the new address, which a thief would have chosen.
type EmailChanged struct {
	To       Address   `json:"to"`       // the address before
	Greeting string    `json:"greeting"` // without the comma
	At       time.Time `json:"at"`
}

// JobKind names the job.
func (EmailChanged) JobKind() string { return kindPrefix + "email-changed" }

// Encode gives the payload of the job.
func (m EmailChanged) Encode() (secret.Bytes, error) { return encode(m) }

func (m EmailChanged) recipient() Address { return m.To }
