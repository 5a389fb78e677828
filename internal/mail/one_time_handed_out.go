package mail

import (
	"torhaus/internal/calendar"
	"torhaus/internal/secret"
)

// OneTimeHandedOut tells a clerk that an administrator issued a one-time password for them (BVK04). The password is not in it.
type OneTimeHandedOut struct {
	To           Address       `json:"to"`
	Greeting     string        `json:"greeting"` // without the comma
	By           string        `json:"by"`       // name of the administrator
	Organisation string        `json:"organisation"`
	LastDay      calendar.Date `json:"last-day"`
}

// JobKind names the job.
func (OneTimeHandedOut) JobKind() string { return kindPrefix + "one-time-handed-out" }

// Encode gives the payload of the job.
func (m OneTimeHandedOut) Encode() (secret.Bytes, error) { return encode(m) }

func (m OneTimeHandedOut) recipient() Address { return m.To }
