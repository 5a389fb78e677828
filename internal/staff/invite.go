package staff

import (
	"slices"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/login"
	"torhaus/internal/mail"
	"torhaus/internal/secret"
	"torhaus/internal/token"
)

// Purpose is what the code of an invitation is hashed for.
const Purpose = "staff invitation"

// NewInvitation is what an invitation needs from outside the rules.
type NewInvitation struct {
	ID     string
	Hashed secret.Hashed
}

// NewPerson is somebody new.
type NewPerson struct {
	Account    account.Account // of realm staff, active
	Roles      []account.Role
	Invitation NewInvitation
}

// Add makes somebody new one of staff, with an invitation. The roles wait for a second supervisor, unless they are given at the
// console: whoever makes an invitation sees its link, and could accept it.
func (s State) Add(n NewPerson, by By, rules Rules, now calendar.Moment) (Change, error) {
	if err := s.acts(by); err != nil {
		return Change{}, err
	}
	if len(n.Roles) == 0 {
		return Change{}, errNoRole
	}
	c := Change{About: n.Account.ID, New: &n.Account}
	p := Person{Account: n.Account}
	c.note(audit.StaffAdded, by, "")
	for _, role := range n.Roles {
		c.grant(&p, role, by, now)
	}
	c.invite(n.Invitation, by, rules, now)
	s.tell(&c, p, mail.StaffAdded, by, now)
	c.tellInvited(p, false, by, now)
	return c, nil
}

// errNoRole is met by whoever leaves somebody without any role: a deactivated account says that better.
var errNoRole = fault.InvalidField("rollen", "staff.fault.no-role")

// Invite gives somebody a new invitation: the phone is lost, or the link was not used in time. It takes password and tokens away and
// ends every session. Where a role counts, or somebody has set up password and token, a second supervisor decides, unless it is done at
// the console, or else one supervisor could take over the account of a colleague; asked tells that it waits for that.
func (s State) Invite(id account.ID, n NewInvitation, by By, rules Rules, now calendar.Moment) (c Change, asked bool, err error) {
	p, err := s.about(id, by)
	switch {
	case err != nil:
		return Change{}, false, err
	case p.State != account.Active:
		return Change{}, false, errNotActive
	}
	if (p.Counted() || p.Ready) && !by.console() {
		c, err = s.ask(p, InviteAnew, n.ID, by, rules, now)
		return c, true, err
	}
	return s.invite(p, n, by, rules, now), false, nil
}

// ask asks a second supervisor.
func (s State) ask(p Person, w Wish, id string, by By, rules Rules, now calendar.Moment) (Change, error) {
	if r, waits := p.Wished(w, now); waits && s.stands(r.By) {
		return Change{}, fault.New(fault.Conflict, "staff.fault.asked-already")
	}
	c := Change{About: p.ID, Ask: &Request{ID: id, Wish: w, Asked: now.Time, By: by.actor(), Until: now.Add(rules.Staff.DecideWithin.D())}}
	if old, ok := p.asked(w); ok {
		c.closes(old, by, "lapsed")
	}
	c.note(wishes[w].asked, by, "")
	s.tell(&c, p, wishes[w].mail, by, now)
	return c, nil
}

// wishes tells how it is recorded, and by what word told, that something was asked for.
var wishes = map[Wish]struct {
	asked audit.Kind
	mail  string
}{
	InviteAnew:     {audit.StaffInvitationAsked, mail.StaffAsked},
	DeactivateIt:   {audit.StaffDeactivationAsked, mail.StaffDeactivationAsked},
	TakeSupervisor: {audit.RoleTakingAsked, mail.StaffRoleTakingAsked},
}

// Decide decides, as the second supervisor, on what another asked for, who must still be one. Whoever asked may take it back.
func (s State) Decide(id account.ID, w Wish, yes bool, n NewInvitation, by By, rules Rules, now calendar.Moment) (c Change, err error) {
	p, err := s.about(id, by)
	if err != nil {
		return Change{}, err
	}
	r, waits := p.Wished(w, now)
	switch {
	case !waits:
		return Change{}, errNothingWaits
	case yes && r.By == by.actor():
		return Change{}, errSecondPerson
	case yes && !s.stands(r.By):
		return Change{}, errAskerGone
	case yes && p.State != account.Active:
		return Change{}, errNotActive
	}
	switch {
	case !yes:
		c = Change{About: id}
		s.tell(&c, p, mail.StaffRejected, by, now)
	case w == InviteAnew:
		c = s.invite(p, n, by, rules, now)
	case w == DeactivateIt:
		c = s.deactivate(p, by, now)
	default:
		c = Change{About: id}
		c.take(&p, account.Supervisor, by)
		s.tell(&c, p, mail.StaffRoles, by, now)
	}
	c.closes(r, by, answer(yes))
	return c, nil
}

var (
	errNothingWaits = fault.New(fault.Conflict, "staff.fault.nothing-waits")
	errSecondPerson = fault.New(fault.NotAllowed, "staff.fault.second-person")
	errAskerGone    = fault.New(fault.Conflict, "staff.fault.asker-gone")
)

func answer(yes bool) string {
	if yes {
		return "confirmed"
	}
	return "rejected"
}

// invite takes away what there was and gives a new link.
func (s State) invite(p Person, n NewInvitation, by By, rules Rules, now calendar.Moment) Change {
	c := Change{About: p.ID, Forget: true, End: login.EndedByDesk, By: by.actor(), Token: s.Holding.Reset(token.By{Actor: account.ID(by.actor()), Session: by.Session}, now)}
	c.voidOpen(p, by)
	c.invite(n, by, rules, now)
	s.tell(&c, p, mail.StaffInvitedAnew, by, now)
	c.tellInvited(p, true, by, now)
	return c
}

// invite adds a link.
func (c *Change) invite(n NewInvitation, by By, rules Rules, now calendar.Moment) {
	c.Invite = &Invitation{
		ID: n.ID, Account: c.About, Created: now.Time, By: by.actor(), Until: now.Add(rules.Staff.InviteWithin.D()), Code: n.Hashed,
	}
	c.note(audit.StaffInvited, by, "")
}

// voidOpen makes an open link worthless.
func (c *Change) voidOpen(p Person, by By) {
	if p.Invitation != nil && p.Invitation.Open() {
		c.Void = p.Invitation.ID
		c.note(audit.StaffInvitationVoided, by, "")
	}
}

// tellInvited tells the person that a link was made, without it: whoever made it hands it over.
func (c *Change) tellInvited(p Person, anew bool, by By, now calendar.Moment) {
	if p.Email == "" {
		return
	}
	c.Jobs = append(c.Jobs, job.Request{Work: mail.StaffInvited{
		To: p.MailTo(), Greeting: p.Person.Greeting(), UserName: p.UserName, Anew: anew, At: now.Time, Until: c.Invite.Until,
	}})
}

// tell tells every supervisor of a change, those included who are it from now on.
func (s State) tell(c *Change, p Person, deed string, by By, now calendar.Moment) {
	told := slices.DeleteFunc(slices.Clone(s.People), func(other Person) bool { return other.ID == p.ID })
	told = append(told, p)
	work := mail.StaffChanged{Deed: deed, Name: p.Person.Name(), UserName: p.UserName, At: now.Time}
	if who, ok := s.Person(by.ID); ok {
		work.By = who.Person.Name()
	}
	for _, g := range p.Grants {
		work.Roles = append(work.Roles, string(g.Role))
		work.Waits = work.Waits || !g.Counts()
	}
	for _, t := range told {
		if t.Directs() && t.Email != "" {
			work.To, work.Greeting = t.MailTo(), t.Person.Greeting()
			c.Jobs = append(c.Jobs, job.Request{Work: work})
		}
	}
}
