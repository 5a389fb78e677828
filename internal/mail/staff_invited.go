package mail

import (
	"time"

	"torhaus/internal/secret"
)

// StaffInvited tells one of staff that an invitation was made for them. The link itself is handed over by whoever made it.
type StaffInvited struct {
	To       Address   `json:"to"`
	Greeting string    `json:"greeting"` // without the comma
	UserName string    `json:"user-name"`
	Anew     bool      `json:"anew"` // password and token were taken away
	At       time.Time `json:"at"`
	Until    time.Time `json:"until"`
}

// JobKind names the job.
func (StaffInvited) JobKind() string { return kindPrefix + "staff-invited" }

// Encode gives the payload of the job.
func (m StaffInvited) Encode() (secret.Bytes, error) { return encode(m) }

func (m StaffInvited) recipient() Address { return m.To }
