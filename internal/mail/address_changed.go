package mail

import (
	"time"

	"torhaus/internal/secret"
)

// AddressChanged tells a member that another postal address has taken the place of the one before. It prints neither: an e-mail can
// be read by others.
type AddressChanged struct {
	To       Address   `json:"to"`
	Greeting string    `json:"greeting"` // without the comma
	At       time.Time `json:"at"`
}

// JobKind names the job.
func (AddressChanged) JobKind() string { return kindPrefix + "address-changed" }

// Encode gives the payload of the job.
func (m AddressChanged) Encode() (secret.Bytes, error) { return encode(m) }

func (m AddressChanged) recipient() Address { return m.To }
