package mail

import (
	"time"

	"torhaus/internal/secret"
)

// The reasons for which an order is voided.
const (
	VoidByTries      = "tries"       // wrong activation codes (KVB11)
	VoidBySetupTries = "setup-tries" // wrong one-time codes during set-up (KVB14)
	VoidByPairs      = "pairs"       // wrong codes at the activation of a hard token
)

// OrderVoided tells that too many wrong codes voided an order (KVB11, KVB14).
type OrderVoided struct {
	To       Address   `json:"to"`
	Greeting string    `json:"greeting"` // without the comma
	Serial   string    `json:"serial"`
	Reason   string    `json:"reason"` // VoidByTries, VoidBySetupTries or VoidByPairs
	At       time.Time `json:"at"`
}

// JobKind names the job.
func (OrderVoided) JobKind() string { return kindPrefix + "order-voided" }

// Encode gives the payload of the job.
func (m OrderVoided) Encode() (secret.Bytes, error) { return encode(m) }

func (m OrderVoided) recipient() Address { return m.To }
