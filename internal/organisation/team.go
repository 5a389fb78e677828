package organisation

import (
	"slices"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
)

// ID identifies an organisation for good.
type ID string

// Organisation is a member of the body that is no natural person.
type Organisation struct {
	ID      ID
	Number  string // in the body's register, for good
	Name    string
	Address account.Address
	Email   string // of its management, who are told when somebody asks to act for it; may be empty
	Created time.Time
}

// State is how far a person's membership is.
type State string

// The states of a membership.
const (
	Requested   State = "requested"   // an administrator whose registration waits for its release
	Invited     State = "invited"     // has a one-time password and has not completed a login
	Active      State = "active"      //
	Deactivated State = "deactivated" // a clerk, reversible
	Closed      State = "closed"      // an administrator, final
	Refused     State = "refused"     // a registration
	Lapsed      State = "lapsed"      // a registration that nobody finished
)

// Membership is what one person is to one organisation.
type Membership struct {
	Account account.Account // its role is the membership's
	State   State
	Created time.Time
	By      account.ID // who made it; empty where the person registered
	Changed time.Time  // when the state became what it is
	Changer account.ID // who changed it; empty where nobody did, or the portal
	Proved  time.Time  // when an administrator used the one-time password of the letter to the organisation (BVK03)
	Asked   time.Time  // when a clerk asked for a new one-time password; zero if no such request is open (BVK18)
}

// Team is an organisation with all of its people, in the order in which they came. Nobody is ever left out (BVK17).
type Team struct {
	Organisation Organisation
	People       []Membership
}

// Find finds the membership of an account.
func (t Team) Find(id account.ID) (Membership, bool) {
	i := slices.IndexFunc(t.People, func(m Membership) bool { return m.Account.ID == id })
	if i < 0 {
		return Membership{}, false
	}
	return t.People[i], true
}

// IsAdministrator tells whether an account is an active administrator of the organisation now.
func (t Team) IsAdministrator(id account.ID) bool {
	m, ok := t.Find(id)
	return ok && m.Account.Role == account.Administrator && m.State == Active
}

// Administrators counts the active administrators.
func (t Team) Administrators() int {
	return t.count(func(m Membership) bool { return m.Account.Role == account.Administrator && m.State == Active })
}

// Clerks counts the clerks who may log in, or may as soon as there is an administrator.
func (t Team) Clerks() int {
	return t.count(func(m Membership) bool {
		return m.Account.Role == account.Clerk && (m.State == Active || m.State == Invited)
	})
}

func (t Team) count(which func(Membership) bool) (n int) {
	for _, m := range t.People {
		if which(m) {
			n++
		}
	}
	return n
}

// Standing is what a membership lets its person do now, and if nothing, why.
type Standing string

// The standings.
const (
	MayEnter        Standing = "may-enter"
	Waits           Standing = "waits"            // for its release, or for the letter to the organisation
	NoAdministrator Standing = "no-administrator" // a clerk's, while the organisation has none (BVK14)
	Out             Standing = "out"              // deactivated, closed, refused or lapsed
)

// Standing computes what a membership of the team lets its person do.
func (t Team) Standing(m Membership) Standing {
	return StandingOf(m.Account.Role, m.State, !m.Proved.IsZero(), t.Administrators())
}

// StandingOf computes it from the role, the state, whether the letter to the organisation has proved it, and how many active
// administrators the organisation has. An administrator whom nothing but an own password and mailbox proves is none: whoever acts for
// one organisation could register for another one.
func StandingOf(role account.Role, s State, proved bool, administrators int) Standing {
	switch {
	case s == Requested, s == Invited && role == account.Administrator && !proved:
		return Waits
	case s != Invited && s != Active:
		return Out
	case role == account.Clerk && administrators == 0:
		return NoAdministrator
	default:
		return MayEnter
	}
}

// createdSince counts the memberships that administrators made since a moment.
func (t Team) createdSince(when time.Time) int {
	return t.count(func(m Membership) bool { return m.By != "" && m.Created.After(when) })
}

func (m Membership) to(s State, by account.ID, now calendar.Moment) Membership {
	m.State, m.Changed, m.Changer, m.Asked = s, now.Time, by, time.Time{}
	return m
}
