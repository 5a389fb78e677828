package mail

import (
	"time"

	"torhaus/internal/secret"
)

// What staff did, as ByDesk names it.
const (
	DeskLifted    = "lifted"  // a token logs in again
	DeskRevoked   = "revoked" // a token is over for good
	DeskVoided    = "voided"  // an open order is void
	DeskLoggedOut = "logged-out"
	DeskAllowed   = "allowed" // a token may come by letter although a password did
	DeskLeft      = "left"    // the account is deactivated
	DeskRestored  = "restored"
)

// ByDesk tells a member what the body's staff did to the account: whoever did not ask for it calls.
type ByDesk struct {
	To       Address   `json:"to"`
	Greeting string    `json:"greeting"` // without the comma
	Deed     string    `json:"deed"`
	Serial   string    `json:"serial"` // of the token that it is about; empty if there is none
	At       time.Time `json:"at"`
}

// JobKind names the job.
func (ByDesk) JobKind() string { return kindPrefix + "by-desk" }

// Encode gives the payload of the job.
func (m ByDesk) Encode() (secret.Bytes, error) { return encode(m) }

func (m ByDesk) recipient() Address { return m.To }
