package organisation

import (
	"context"
	"slices"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
)

// What the body's own people do about those of an organisation. Registrations stand in register.go, data centres in centre.go.

// Departure is why the body's staff end an administrator's membership.
type Departure string

// The reasons for which staff end a membership of an administrator.
const (
	HasLeft  Departure = "left"     // does not work there any more
	HasDied  Departure = "deceased" //
	OnNotice Departure = "notice"   // the organisation has asked for it
	Misused  Departure = "misuse"   // the access is not in the hands of whom it belongs to
)

// Departures lists them, in the order in which they are shown.
var Departures = []Departure{HasLeft, HasDied, OnNotice, Misused}

// locking are the reasons for which even the last administrator goes: nobody is there any more who could look after the clerks.
var locking = []Departure{HasLeft, HasDied}

// byStaff finds whom one of the body's staff acts on.
func (t Team) byStaff(by By, id account.ID, role account.Role) (Membership, error) {
	m, ok := t.Find(id)
	if !by.Staff || !ok || m.Account.Role != role {
		return Membership{}, errNotYours
	}
	return m, nil
}

// DeactivateByStaff takes a clerk's access away (BVK11).
func (t Team) DeactivateByStaff(by By, id account.ID, now calendar.Moment) (Change, error) {
	m, err := t.byStaff(by, id, account.Clerk)
	if err != nil || m.State == Deactivated {
		return Change{}, err
	}
	return t.turn(by, m, Deactivated, audit.ClerkDeactivated, now), nil
}

// ReactivateByStaff gives a clerk's access back, as Reactivate does.
func (t Team) ReactivateByStaff(by By, id account.ID, now calendar.Moment) (Change, error) {
	m, err := t.byStaff(by, id, account.Clerk)
	if err != nil || m.State != Deactivated {
		return Change{}, err
	}
	return t.turn(by, m, m.back(), audit.ClerkReactivated, now), nil
}

// CloseByStaff ends an administrator's membership for good (BVK11, BVK15). The last active administrator goes only if nobody is there
// any more: otherwise staff would lock all clerks of a member.
func (t Team) CloseByStaff(by By, id account.ID, why Departure, now calendar.Moment) (Change, error) {
	m, err := t.byStaff(by, id, account.Administrator)
	switch {
	case err != nil || m.State == Closed:
		return Change{}, err
	case m.State != Active && m.State != Invited:
		return Change{}, errDecided
	case !slices.Contains(Departures, why):
		return Change{}, fault.InvalidField("reason", "organisation.fault.departure")
	case t.IsLast(id) && !slices.Contains(locking, why):
		return Change{}, fault.InvalidField("reason", "organisation.fault.last-administrator")
	}
	c := t.turn(by, m, Closed, audit.AdministratorClosed, now)
	c.Events[0].Reason = string(why)
	return c, nil
}

// IsLast tells whether an account is the only active administrator.
func (t Team) IsLast(id account.ID) bool { return t.IsAdministrator(id) && t.Administrators() == 1 }

// DeactivateByStaff takes a clerk's access away.
func (s *Service) DeactivateByStaff(ctx context.Context, id ID, by By, clerk account.ID) (err error) {
	defer fault.Wrap(&err, "organisation.DeactivateByStaff(%s)", id)
	return s.Store.ChangeTeam(ctx, id, func(t Team, now calendar.Moment) (Change, error) { return t.DeactivateByStaff(by, clerk, now) })
}

// ReactivateByStaff gives it back.
func (s *Service) ReactivateByStaff(ctx context.Context, id ID, by By, clerk account.ID) (err error) {
	defer fault.Wrap(&err, "organisation.ReactivateByStaff(%s)", id)
	return s.Store.ChangeTeam(ctx, id, func(t Team, now calendar.Moment) (Change, error) { return t.ReactivateByStaff(by, clerk, now) })
}

// CloseByStaff ends an administrator's membership for good.
func (s *Service) CloseByStaff(ctx context.Context, id ID, by By, administrator account.ID, why Departure) (err error) {
	defer fault.Wrap(&err, "organisation.CloseByStaff(%s)", id)
	return s.Store.ChangeTeam(ctx, id, func(t Team, now calendar.Moment) (Change, error) { return t.CloseByStaff(by, administrator, why, now) })
}
