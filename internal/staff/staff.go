package staff

import (
	"cmp"
	"slices"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/login"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/token"
)

// Person is one of the body's own people, as those see them who manage staff.
type Person struct {
	account.Account
	Grants     []Grant
	Invitation *Invitation // the newest one; nil if there never was one
	Asked      []Request   // what waits for a second supervisor, or has lapsed: one of each kind at most
	Ready      bool        // has a password and a token that logs in
}

// Grant is a role that somebody was given.
type Grant struct {
	Role        account.Role
	Granted     time.Time
	By          string // an account, or audit.System for the console
	Confirmed   time.Time
	ConfirmedBy string
}

// Counts tells whether the role gives its rights.
func (g Grant) Counts() bool { return !g.Confirmed.IsZero() }

// WaitsAt tells whether the role waits for a second supervisor.
func (g Grant) WaitsAt(rules Rules, now calendar.Moment) bool {
	return !g.Counts() && now.Before(g.Granted.Add(rules.Staff.DecideWithin.D()))
}

// Wish is what a second supervisor is asked for. The words stand in the database and in the audit: they are never renamed.
type Wish string

// The wishes. They take away what somebody may do, or who somebody is; what a role gives waits with the role.
const (
	InviteAnew     Wish = "invite"          // password and token are taken away, and whoever has the link chooses new ones
	DeactivateIt   Wish = "deactivate"      // a supervisor
	TakeSupervisor Wish = "take-supervisor" // the role
)

// Request asks a second supervisor.
type Request struct {
	ID    string
	Wish  Wish
	Asked time.Time
	By    string
	Until time.Time // then it lapses
}

// Grant finds a role that somebody was given.
func (p Person) Grant(role account.Role) (Grant, bool) {
	i := slices.IndexFunc(p.Grants, func(g Grant) bool { return g.Role == role })
	if i < 0 {
		return Grant{}, false
	}
	return p.Grants[i], true
}

// Has tells whether a role counts.
func (p Person) Has(role account.Role) bool {
	g, ok := p.Grant(role)
	return ok && g.Counts()
}

// Counted tells whether any role counts.
func (p Person) Counted() bool { return slices.ContainsFunc(p.Grants, Grant.Counts) }

// Waiting gives the roles that wait for a second supervisor.
func (p Person) Waiting(rules Rules, now calendar.Moment) (list []Grant) {
	for _, g := range p.Grants {
		if g.WaitsAt(rules, now) {
			list = append(list, g)
		}
	}
	return list
}

// WaitsAt tells whether something about the person waits for a second supervisor.
func (p Person) WaitsAt(rules Rules, now calendar.Moment) bool {
	return len(p.Waiting(rules, now)) > 0 || len(p.Wishes(now)) > 0
}

// Wishes gives what waits for a second supervisor besides roles.
func (p Person) Wishes(now calendar.Moment) (list []Request) {
	for _, r := range p.Asked {
		if now.Before(r.Until) {
			list = append(list, r)
		}
	}
	return list
}

// asked finds what was asked for, lapsed or not.
func (p Person) asked(w Wish) (Request, bool) {
	i := slices.IndexFunc(p.Asked, func(r Request) bool { return r.Wish == w })
	if i < 0 {
		return Request{}, false
	}
	return p.Asked[i], true
}

// Wished finds what waits for a second supervisor.
func (p Person) Wished(w Wish, now calendar.Moment) (Request, bool) {
	r, ok := p.asked(w)
	return r, ok && now.Before(r.Until)
}

// Directs tells whether the person acts as a supervisor: the role counts, and the account is active.
func (p Person) Directs() bool { return p.State == account.Active && p.Has(account.Supervisor) }

// Rules are the profile's figures that this package obeys.
type Rules struct {
	Staff profile.Staff
	Token token.Rules
	Login login.Rules
}

// RulesOf collects them.
func RulesOf(p *profile.Profile) Rules {
	return Rules{Staff: p.Staff, Token: token.RulesOf(p), Login: login.RulesOf(p)}
}

// By is who does a deed. Its zero value is whoever sits at the server's console.
type By struct {
	ID      account.ID
	Session string
}

func (b By) console() bool { return b.ID == "" }

func (b By) actor() string { return cmp.Or(string(b.ID), audit.System) }

// State is all of staff, and what the person holds whom a deed is about.
type State struct {
	People  []Person
	Holding token.Holding
}

// Person finds one of staff.
func (s State) Person(id account.ID) (Person, bool) {
	i := slices.IndexFunc(s.People, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}, false
	}
	return s.People[i], true
}

var (
	errNotYourRole = fault.New(fault.NotAllowed, "login.fault.not-your-role")
	errUnknown     = fault.New(fault.NotFound, "staff.fault.unknown")
	errOwn         = fault.New(fault.NotAllowed, "staff.fault.own")
	errNotActive   = fault.New(fault.Conflict, "staff.fault.not-active")
)

// acts refuses whoever is no supervisor any more by the time the deed is decided.
func (s State) acts(by By) error {
	if by.console() {
		return nil
	}
	if p, ok := s.Person(by.ID); !ok || !p.Directs() {
		return errNotYourRole
	}
	return nil
}

// about gives the person whom a deed is about, if whoever does it may do something about others, and it is another.
func (s State) about(id account.ID, by By) (Person, error) {
	if err := s.acts(by); err != nil {
		return Person{}, err
	}
	p, ok := s.Person(id)
	switch {
	case !ok:
		return Person{}, errUnknown
	case id == by.ID:
		return Person{}, errOwn
	}
	return p, nil
}

// stands tells whether whoever asked for something still may: it was the console, or is a supervisor as of now.
func (s State) stands(actor string) bool {
	p, ok := s.Person(account.ID(actor))
	return actor == audit.System || ok && p.Directs()
}

// Others tells whether somebody else than these two could decide as a second supervisor.
func (s State) Others(ids ...account.ID) bool {
	return slices.ContainsFunc(s.People, func(p Person) bool { return !slices.Contains(ids, p.ID) && p.Directs() && p.Ready })
}

// Change is what a deed changes about one person. The store writes it in one transaction, or not at all.
type Change struct {
	About  account.ID
	New    *account.Account // About is new
	State  account.State    // the new state; empty if it stays
	Grant  []Grant          // in the place of what there was of the same role
	Take   []account.Role
	Invite *Invitation
	Void   string // an open invitation that works no more
	Ask    *Request
	Close  string          // a request that is decided, or lapsed
	Token  token.Change    // what becomes of the tokens
	Forget bool            // the password is taken away
	End    login.EndReason // ends every session of the person; empty if they go on
	By     string          // who ended them
	Jobs   []job.Request
	Events []audit.Event
}

// closes writes down that a request is decided, or has lapsed.
func (c *Change) closes(r Request, by By, how string) {
	c.Close = r.ID
	c.note(audit.StaffRequestClosed, by, how)
}

func (c *Change) note(kind audit.Kind, by By, reason string) {
	c.Events = append(c.Events, audit.Event{Kind: kind, Actor: by.actor(), Account: string(c.About), Session: by.Session, Reason: reason})
}

// Invitation is a link with which one of staff sets password and token, once.
type Invitation struct {
	ID      string
	Account account.ID
	Created time.Time
	By      string
	Until   time.Time // it works before this
	Code    secret.Hashed
	Used    time.Time
	Voided  time.Time
}

// Open tells whether the link was neither used nor voided; its time may be over.
func (i Invitation) Open() bool { return i.Used.IsZero() && i.Voided.IsZero() }

// ValidAt tells whether the link lets somebody in.
func (i Invitation) ValidAt(now calendar.Moment) bool { return i.Open() && now.Before(i.Until) }
