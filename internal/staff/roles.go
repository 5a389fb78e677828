package staff

import (
	"slices"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/mail"
)

// SetRoles gives somebody exactly these roles. What is taken is gone at the next request; a supervisor's role that is new waits for a
// second supervisor, unless it is given at the console. The same roles again change nothing.
func (s State) SetRoles(id account.ID, roles []account.Role, by By, now calendar.Moment) (Change, error) {
	p, err := s.about(id, by)
	switch {
	case err != nil:
		return Change{}, err
	case len(roles) == 0:
		return Change{}, errNoRole
	case !by.console() && p.Directs() && !slices.Contains(roles, account.Supervisor) && !s.othersDirect(id):
		return Change{}, errLast
	}
	c := Change{About: id}
	var left []Grant
	for _, g := range p.Grants {
		if slices.Contains(roles, g.Role) {
			left = append(left, g)
			continue
		}
		c.Take = append(c.Take, g.Role)
		c.note(audit.RoleTaken, by, string(g.Role))
	}
	for _, role := range roles {
		g, has := p.Grant(role)
		if !has || by.console() && !g.Counts() {
			c.grant(role, by, now)
			left = slices.DeleteFunc(left, func(g Grant) bool { return g.Role == role })
		}
	}
	if len(c.Take)+len(c.Grant) == 0 {
		return Change{}, nil
	}
	p.Grants = append(left, c.Grant...)
	s.tell(&c, p, mail.StaffRoles, by, now)
	return c, nil
}

// grant gives a role. All but a supervisor's count at once.
func (c *Change) grant(role account.Role, by By, now calendar.Moment) {
	g := Grant{Role: role, Granted: now.Time, By: by.actor()}
	if by.console() || role != account.Supervisor {
		g.Confirmed, g.ConfirmedBy = now.Time, by.actor()
	}
	c.Grant = append(c.Grant, g)
	c.note(audit.RoleGranted, by, string(role))
}

// DecideSupervisor decides, as the second supervisor, whether somebody is one. Whoever named them may take it back, not confirm it.
func (s State) DecideSupervisor(id account.ID, yes bool, by By, rules Rules, now calendar.Moment) (Change, error) {
	p, err := s.about(id, by)
	if err != nil {
		return Change{}, err
	}
	g, ok := p.Grant(account.Supervisor)
	switch {
	case !ok || !g.WaitsAt(rules, now):
		return Change{}, errNothingWaits
	case yes && g.By == by.actor():
		return Change{}, errSecondPerson
	}
	c := Change{About: id}
	if !yes {
		c.Take = []account.Role{account.Supervisor}
		c.note(audit.RoleRejected, by, string(account.Supervisor))
		p.Grants = slices.DeleteFunc(slices.Clone(p.Grants), func(g Grant) bool { return g.Role == account.Supervisor })
		s.tell(&c, p, mail.StaffRejected, by, now)
		return c, nil
	}
	confirmed := g
	confirmed.Confirmed, confirmed.ConfirmedBy = now.Time, by.actor()
	c.Grant = []Grant{confirmed}
	c.note(audit.RoleConfirmed, by, string(account.Supervisor))
	p.Grants = append(slices.DeleteFunc(slices.Clone(p.Grants), func(g Grant) bool { return g.Role == account.Supervisor }), confirmed)
	s.tell(&c, p, mail.StaffConfirmed, by, now)
	return c, nil
}

// Deactivate keeps somebody out, at once: every session ends, and an open invitation works no more.
func (s State) Deactivate(id account.ID, by By, now calendar.Moment) (Change, error) {
	p, err := s.about(id, by)
	switch {
	case err != nil:
		return Change{}, err
	case p.State != account.Active:
		return Change{}, fault.New(fault.Conflict, "staff.fault.not-active")
	case !by.console() && p.Directs() && !s.othersDirect(id):
		return Change{}, errLast
	}
	c := Change{About: id, State: account.Deactivated, End: login.EndedByDesk, By: by.actor()}
	c.note(audit.StaffDeactivated, by, "")
	c.voidOpen(p, by)
	s.tell(&c, p, mail.StaffDeactivated, by, now)
	return c, nil
}

// Reactivate lets somebody in again, with the password and the token that they had. In the pages a supervisor comes back as one only
// when a second supervisor confirms it.
func (s State) Reactivate(id account.ID, by By, now calendar.Moment) (Change, error) {
	p, err := s.about(id, by)
	switch {
	case err != nil:
		return Change{}, err
	case p.State == account.Active:
		return Change{}, fault.New(fault.Conflict, "staff.fault.active-already")
	}
	c := Change{About: id, State: account.Active}
	c.note(audit.StaffReactivated, by, "")
	if _, was := p.Grant(account.Supervisor); was && !by.console() {
		c.grant(account.Supervisor, by, now)
		p.Grants = append(slices.DeleteFunc(slices.Clone(p.Grants), func(g Grant) bool { return g.Role == account.Supervisor }), c.Grant...)
	}
	p.State = account.Active
	s.tell(&c, p, mail.StaffReactivated, by, now)
	return c, nil
}
