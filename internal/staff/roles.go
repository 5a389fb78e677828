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

// SetRoles gives somebody exactly these roles. What is taken is gone at the next request, but for a supervisor's role, on which a
// second supervisor decides; so it is with every role that is new. At the console all counts at once. The same roles again change
// nothing; one that waits in vain, since its time is over or whoever gave it is no supervisor any more, is given anew.
func (s State) SetRoles(id account.ID, roles []account.Role, request string, by By, rules Rules, now calendar.Moment) (c Change, asked bool, err error) {
	p, err := s.about(id, by)
	switch {
	case err != nil:
		return Change{}, false, err
	case len(roles) == 0:
		return Change{}, false, errNoRole
	}
	c = Change{About: id}
	if !by.console() && p.Directs() && !slices.Contains(roles, account.Supervisor) {
		if c, err = s.ask(p, TakeSupervisor, request, by, rules, now); err != nil {
			return Change{}, false, err
		}
		roles, asked = append(slices.Clone(roles), account.Supervisor), true
	}
	for _, g := range slices.Clone(p.Grants) {
		if !slices.Contains(roles, g.Role) {
			c.take(&p, g.Role, by)
		}
	}
	for _, role := range roles {
		g, has := p.Grant(role)
		if !has || !g.Counts() && (by.console() || !g.WaitsAt(rules, now) || !s.stands(g.By)) {
			c.grant(&p, role, by, now)
		}
	}
	if len(c.Take)+len(c.Grant) > 0 {
		s.tell(&c, p, mail.StaffRoles, by, now)
	}
	return c, asked, nil
}

// grant gives a role. In the pages it waits for a second supervisor.
func (c *Change) grant(p *Person, role account.Role, by By, now calendar.Moment) {
	g := Grant{Role: role, Granted: now.Time, By: by.actor()}
	if by.console() {
		g.Confirmed, g.ConfirmedBy = now.Time, by.actor()
	}
	c.put(p, g)
	c.note(audit.RoleGranted, by, string(role))
}

// put puts a grant in the place of what there was of the same role.
func (c *Change) put(p *Person, g Grant) {
	c.Grant = append(c.Grant, g)
	p.Grants = append(without(p.Grants, g.Role), g)
}

func (c *Change) take(p *Person, role account.Role, by By) {
	c.Take = append(c.Take, role)
	p.Grants = without(p.Grants, role)
	c.note(audit.RoleTaken, by, string(role))
}

func without(grants []Grant, role account.Role) []Grant {
	return slices.DeleteFunc(slices.Clone(grants), func(g Grant) bool { return g.Role == role })
}

// DecideRoles decides, as the second supervisor, on roles that somebody was given: those that the page showed, and no others. Whoever
// gave one may take it back, not confirm it; nor does whoever made the link of somebody new, for whom nobody has vouched yet.
// Nothing is confirmed before the person has set everything up: only then can anybody ask who it was that used the link.
func (s State) DecideRoles(id account.ID, roles []account.Role, yes bool, by By, rules Rules, now calendar.Moment) (Change, error) {
	p, err := s.about(id, by)
	if err != nil {
		return Change{}, err
	}
	if len(roles) == 0 {
		return Change{}, errNothingWaits
	}
	if yes && !by.console() && !p.Counted() && p.Invitation != nil && p.Invitation.By == by.actor() {
		return Change{}, errOwnLink
	}
	if yes && p.State != account.Active {
		return Change{}, errNotActive
	}
	if yes && !p.Ready {
		return Change{}, errNotSetUp
	}
	c := Change{About: id}
	for _, role := range roles {
		g, ok := p.Grant(role)
		switch {
		case !ok || !g.WaitsAt(rules, now):
			return Change{}, errNothingWaits
		case yes && g.By == by.actor():
			return Change{}, errSecondPerson
		case yes && !s.stands(g.By):
			return Change{}, errAskerGone
		case yes:
			g.Confirmed, g.ConfirmedBy = now.Time, by.actor()
			c.put(&p, g)
			c.note(audit.RoleConfirmed, by, string(role))
		default:
			c.Take = append(c.Take, role)
			p.Grants = without(p.Grants, role)
			c.note(audit.RoleRejected, by, string(role))
		}
	}
	deed := mail.StaffRejected
	if yes {
		deed = mail.StaffConfirmed
	}
	s.tell(&c, p, deed, by, now)
	return c, nil
}

var (
	errNotSetUp = fault.New(fault.Conflict, "staff.fault.not-set-up")
	errOwnLink  = fault.New(fault.NotAllowed, "staff.fault.own-link")
)

// Deactivate keeps somebody out, at once: every session ends, and an open invitation works no more. For a supervisor a second one
// decides, unless it is done at the console; so two supervisors at least are left to see it.
func (s State) Deactivate(id account.ID, request string, by By, rules Rules, now calendar.Moment) (c Change, asked bool, err error) {
	p, err := s.about(id, by)
	switch {
	case err != nil:
		return Change{}, false, err
	case p.State != account.Active:
		return Change{}, false, errNotActive
	case !by.console() && p.Directs():
		c, err = s.ask(p, DeactivateIt, request, by, rules, now)
		return c, true, err
	}
	return s.deactivate(p, by, now), false, nil
}

func (s State) deactivate(p Person, by By, now calendar.Moment) Change {
	c := Change{About: p.ID, State: account.Deactivated, End: login.EndedByDesk, By: by.actor()}
	c.note(audit.StaffDeactivated, by, "")
	c.voidOpen(p, by)
	s.tell(&c, p, mail.StaffDeactivated, by, now)
	return c
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
		c.grant(&p, account.Supervisor, by, now)
	}
	p.State = account.Active
	s.tell(&c, p, mail.StaffReactivated, by, now)
	return c, nil
}
