package mail

import (
	"time"

	"torhaus/internal/secret"
)

// StaffChanged tells a supervisor what was changed about one of staff.
type StaffChanged struct {
	To       Address   `json:"to"`
	Greeting string    `json:"greeting"` // without the comma
	Deed     string    `json:"deed"`     // one of those below
	Name     string    `json:"name"`
	UserName string    `json:"user-name"`
	Roles    []string  `json:"roles"` // as they are now: service-desk, token-stock, supervisor, auditor
	Waits    bool      `json:"waits"` // a role has to be confirmed by a second supervisor
	By       string    `json:"by"`    // name; empty where it was done at the server's console
	At       time.Time `json:"at"`
}

// What may be changed about one of staff.
const (
	StaffAdded             = "added"
	StaffInvitedAnew       = "invited-anew"
	StaffAsked             = "asked"              // for a new invitation
	StaffDeactivationAsked = "deactivation-asked" // of a supervisor
	StaffRoleTakingAsked   = "role-taking-asked"  // that of a supervisor
	StaffRoles             = "roles"
	StaffConfirmed         = "confirmed"
	StaffRejected          = "rejected"
	StaffDeactivated       = "deactivated"
	StaffReactivated       = "reactivated"
)

// JobKind names the job.
func (StaffChanged) JobKind() string { return kindPrefix + "staff-changed" }

// Encode gives the payload of the job.
func (m StaffChanged) Encode() (secret.Bytes, error) { return encode(m) }

func (m StaffChanged) recipient() Address { return m.To }

// roleNames are the roles as people read them.
var roleNames = map[string]string{
	"service-desk": "Servicestelle", "token-stock": "Tokenlager", "supervisor": "Leitung", "auditor": "Revision",
}

// RoleNames gives the roles as people read them.
func (m StaffChanged) RoleNames() (names []string) {
	for _, role := range m.Roles {
		names = append(names, roleNames[role])
	}
	return names
}
