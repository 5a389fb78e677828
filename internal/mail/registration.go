package mail

import (
	"time"

	"torhaus/internal/secret"
)

// RegistrationReceived tells an address that somebody registered with it (BVK03). It goes to every address that nobody has, whatever
// comes of the registration, and has nothing in it that was typed: it cannot be used to ask which organisations there are, nor to write
// to other people in our name.
type RegistrationReceived struct {
	To   Address   `json:"to"`
	Role string    `json:"role"` // RoleAdministrator or RoleDataCentre
	At   time.Time `json:"at"`
}

// RegistrationKnown tells an address that somebody registered with it who has an account already.
type RegistrationKnown struct {
	To   Address   `json:"to"`
	Role string    `json:"role"`
	At   time.Time `json:"at"`
}

// RegistrationWaits asks an administrator to decide on a registration.
type RegistrationWaits struct {
	To           Address   `json:"to"`
	Greeting     string    `json:"greeting"` // without the comma
	Organisation string    `json:"organisation"`
	Name         string    `json:"name"` // of whoever registered, as typed; the address is shown in the portal only
	At           time.Time `json:"at"`
}

// RegistrationDecided tells somebody what became of a registration.
type RegistrationDecided struct {
	To           Address   `json:"to"`
	Greeting     string    `json:"greeting"` // without the comma
	Role         string    `json:"role"`
	Organisation string    `json:"organisation"` // or data centre
	State        string    `json:"state"`        // RegistrationReleased, RegistrationRefused, RegistrationLapsed or RegistrationEnded
	At           time.Time `json:"at"`
}

// The roles in which people register.
const (
	RoleAdministrator = "administrator"
	RoleDataCentre    = "data-centre"
)

// What becomes of a registration.
const (
	RegistrationReleased = "released"
	RegistrationRefused  = "refused"
	RegistrationLapsed   = "lapsed"
	RegistrationEnded    = "ended" // of a data centre, on its notice
)

// JobKind names the job.
func (RegistrationReceived) JobKind() string { return kindPrefix + "registration-received" }

// Encode gives the payload of the job.
func (m RegistrationReceived) Encode() (secret.Bytes, error) { return encode(m) }

func (m RegistrationReceived) recipient() Address { return m.To }

// JobKind names the job.
func (RegistrationKnown) JobKind() string { return kindPrefix + "registration-known" }

// Encode gives the payload of the job.
func (m RegistrationKnown) Encode() (secret.Bytes, error) { return encode(m) }

func (m RegistrationKnown) recipient() Address { return m.To }

// JobKind names the job.
func (RegistrationWaits) JobKind() string { return kindPrefix + "registration-waits" }

// Encode gives the payload of the job.
func (m RegistrationWaits) Encode() (secret.Bytes, error) { return encode(m) }

func (m RegistrationWaits) recipient() Address { return m.To }

// JobKind names the job.
func (RegistrationDecided) JobKind() string { return kindPrefix + "registration-decided" }

// Encode gives the payload of the job.
func (m RegistrationDecided) Encode() (secret.Bytes, error) { return encode(m) }

func (m RegistrationDecided) recipient() Address { return m.To }
