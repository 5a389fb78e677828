package mail

import (
	"time"

	"torhaus/internal/secret"
)

// MembershipChanged tells somebody who acts for an organisation what became of that.
type MembershipChanged struct {
	To           Address   `json:"to"`
	Greeting     string    `json:"greeting"` // without the comma
	Organisation string    `json:"organisation"`
	State        string    `json:"state"` // MembershipActive, MembershipInvited, MembershipDeactivated or MembershipClosed
	At           time.Time `json:"at"`
}

// What became of a membership.
const (
	MembershipActive      = "active"      // given back
	MembershipInvited     = "invited"     // given back, to somebody who has not logged in yet
	MembershipDeactivated = "deactivated" // taken, until it is given back
	MembershipClosed      = "closed"      // an administrator's, for good
)

// JobKind names the job.
func (MembershipChanged) JobKind() string { return kindPrefix + "membership-changed" }

// Encode gives the payload of the job.
func (m MembershipChanged) Encode() (secret.Bytes, error) { return encode(m) }

func (m MembershipChanged) recipient() Address { return m.To }
