package staff

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/staff"
	"torhaus/internal/web/page"
)

// Who the body's own people are, and what supervisors do about them.
var (
	peopleView = page.NewView[peoplePage](files, "people.html")
	personView = page.NewView[personPage](files, "person.html")
	newView    = page.NewView[newPage](files, "person_new.html")
	linkView   = page.NewView[linkPage](files, "person_link.html")
)

const (
	peoplePath = page.Console + "/personal"
	newPath    = peoplePath + "/neu"

	codeField = "code"
	roleField = "rolle-"
	doneParam = "getan"
)

func personPath(id account.ID) string { return peoplePath + "/" + string(id) }

// who is what the pages about people have in common.
type who struct {
	page.Base
	now   calendar.Moment
	rules staff.Rules
}

// RoleNames gives the roles of somebody as people read them; one that does not count yet says so.
func (w *who) RoleNames(p staff.Person) (names []string) {
	for _, role := range account.Roles {
		if g, ok := p.Grant(role); ok {
			name := w.T(roleNames[role])
			if !g.Counts() {
				name = w.T("staff.people.role-waits", name)
			}
			names = append(names, name)
		}
	}
	return names
}

// Sign is how somebody stands: word and colour.
type Sign struct{ Text, Colour string }

// Sign tells how somebody stands.
func (w *who) Sign(p staff.Person) Sign {
	switch {
	case p.State != account.Active:
		return Sign{w.T("staff.people.state.deactivated"), "danger"}
	case p.Ready:
		return Sign{w.T("staff.people.state.ready"), "success"}
	case p.Invitation != nil && w.now.Before(p.Invitation.Until) && p.Invitation.Voided.IsZero():
		return Sign{w.T("staff.people.state.invited", p.Invitation.Until), "info"}
	default:
		return Sign{w.T("staff.people.state.uninvited"), "warning"}
	}
}

// LastLogin tells when somebody was here.
func (w *who) LastLogin(p staff.Person) string {
	if p.LastLogin.IsZero() {
		return w.T("staff.people.never")
	}
	return w.Time(p.LastLogin)
}

// Waits tells whether something about somebody waits for a second supervisor.
func (w *who) Waits(p staff.Person) bool { return p.WaitsAt(w.rules, w.now) }

type peoplePage struct {
	who
	People []staff.Person
}

// People lists everybody of staff.
func (d Door) People(w http.ResponseWriter, r *page.Request) error {
	people, now, err := d.Staff.People(r.Context())
	if err != nil {
		return err
	}
	return peopleView.Show(w, r, peoplePage{who: who{now: now, rules: d.Staff.Rules}, People: people})
}

type personPage struct {
	who
	Person staff.Person
	Done   string // what was done just now
}

// doneTexts say what was done.
var doneTexts = map[string]string{
	"rollen": "staff.person.done.roles", "gesperrt": "staff.person.done.deactivated", "freigegeben": "staff.person.done.reactivated",
	"gewuenscht": "staff.person.done.asked", "bestaetigt": "staff.person.done.confirmed", "abgelehnt": "staff.person.done.rejected",
}

// Person shows one of staff.
func (d Door) Person(w http.ResponseWriter, r *page.Request) error {
	p, err := d.person(r)
	if err != nil {
		return err
	}
	return personView.Show(w, r, personPage{who: p.who, Person: p.person, Done: doneTexts[r.Param(doneParam)]})
}

// found is the person that a page is about.
type found struct {
	who
	person staff.Person
}

func (d Door) person(r *page.Request) (found, error) {
	p, now, err := d.Staff.Find(r.Context(), account.ID(r.PathValue("id")))
	if err != nil {
		return found{}, page.Advise(err, page.Link{Path: peoplePath, Text: "staff.to-people"})
	}
	return found{who: who{now: now, rules: d.Staff.Rules}, person: p}, nil
}

// Facts lists what is known of the person.
func (p *personPage) Facts() []page.Fact {
	facts := []page.Fact{
		{Name: p.Heading(p.Profile().Login.UserNameLabel), Lines: []string{p.Person.UserName}},
		p.Fact("staff.person.email", p.Person.Email),
		p.Fact("staff.person.roles", p.RoleNames(p.Person)...),
		p.Fact("staff.person.last-login", p.LastLogin(p.Person)),
		p.Fact("staff.person.created", p.Time(p.Person.Created)),
	}
	if i := p.Person.Invitation; i != nil && i.Open() && p.now.Before(i.Until) {
		facts = append(facts, p.Fact("staff.person.invited", p.T("staff.person.invited-until", i.Created, i.Until)))
	}
	return facts
}

// Own tells whether it is whoever reads: about themselves nobody decides.
func (p *personPage) Own() bool { return p.Person.ID == p.Visit().Account.ID }

// Active tells whether the person may enter.
func (p *personPage) Active() bool { return p.Person.State == account.Active }

// RolesWait tells whether roles wait for a second supervisor.
func (p *personPage) RolesWait() bool { return len(p.Person.Waiting(p.rules, p.now)) > 0 }

// NotYet tells whether they wait for the person first, who has not set everything up.
func (p *personPage) NotYet() bool { return !p.Person.Ready }

// WishBox is something that waits for a second supervisor.
type WishBox struct {
	Title string
	Until time.Time
	Path  string
	Link  string
}

// Wishes lists what else waits for a second supervisor.
func (p *personPage) Wishes() (list []WishBox) {
	for _, wish := range p.Person.Wishes(p.now) {
		t := wishTexts[wish.Wish]
		list = append(list, WishBox{Title: p.T(t.title), Until: wish.Until, Path: p.Path(t.deed.path), Link: p.T(t.link)})
	}
	return list
}

var wishTexts = map[staff.Wish]struct {
	deed        deed
	title, link string
}{
	staff.InviteAnew:     {inviteIt, "staff.person.wish.invite", "staff.person.decide-invitation"},
	staff.DeactivateIt:   {barIt, "staff.person.wish.deactivate", "staff.person.decide-deactivation"},
	staff.TakeSupervisor: {takeIt, "staff.person.wish.take", "staff.person.decide-role"},
}

// Path gives the address of what is done about the person.
func (p *personPage) Path(deed string) string { return personPath(p.Person.ID) + "/" + deed }

// RoleChoice is a role to be chosen.
type RoleChoice struct {
	Field, Name, Hint string
	Chosen            bool
}

func roleChoices(b *page.Base, chosen func(account.Role) bool) (list []RoleChoice) {
	for _, role := range account.Roles {
		list = append(list, RoleChoice{
			Field: roleField + string(role), Name: b.T(roleNames[role]), Hint: b.T(roleHints[role]), Chosen: chosen(role),
		})
	}
	return list
}

// roleHints say what the roles are there for.
var roleHints = map[account.Role]string{
	account.ServiceDesk: "staff.role-hint.service-desk", account.TokenStock: "staff.role-hint.token-stock",
	account.Supervisor: "staff.role-hint.supervisor", account.Auditor: "staff.role-hint.auditor",
}

// chosenRoles reads the roles of a form.
func chosenRoles(r *page.Request) (roles []account.Role) {
	for _, role := range account.Roles {
		if r.Form.Has(roleField + string(role)) {
			roles = append(roles, role)
		}
	}
	return roles
}

// rolesError is what is wrong with the choice of roles, if anything is.
func rolesError(b *page.Base) string {
	for _, wrong := range b.Wrongs() {
		if wrong.Field == "rollen" {
			return wrong.Text
		}
	}
	return ""
}

type newPage struct {
	page.Base
	Typed staff.Newcomer
	Proof bool
	Alone bool // nobody else could confirm the roles
}

// Roles lists the roles to choose from.
func (p *newPage) Roles() []RoleChoice {
	return roleChoices(&p.Base, func(role account.Role) bool { return slices.Contains(p.Typed.Roles, role) })
}

// RolesError is what is wrong with the choice.
func (p *newPage) RolesError() string { return rolesError(&p.Base) }

// AskNew shows the form for somebody new.
func (d Door) AskNew(w http.ResponseWriter, r *page.Request) error {
	others, err := d.Staff.Others(r.Context(), r.Visit.Account.ID)
	if err != nil {
		return err
	}
	return newView.Show(w, r, newPage{Proof: !d.fresh(r), Alone: !others})
}

// AddNew makes somebody new one of staff, and shows the link of the invitation once.
func (d Door) AddNew(w http.ResponseWriter, r *page.Request) error {
	p := newPage{Proof: !d.fresh(r), Typed: staff.Newcomer{
		UserName: r.Form.Value("user"), Email: r.Form.Value("email"), Roles: chosenRoles(r),
		Person: account.Person{Title: r.Form.Value("title"), First: r.Form.Value("first"), Last: r.Form.Value("last")},
	}}
	err := p.Typed.Check()
	if err == nil {
		err = d.prove(w, r)
	}
	if err != nil {
		return newView.Refuse(w, r, p, err)
	}
	made, link, err := d.Staff.Add(r.Context(), p.Typed, by(r))
	if fault.Is(err, fault.Conflict) {
		err = fault.InvalidField("user", "staff.fault.user-name-taken")
	}
	if err != nil {
		p.Proof = false
		return newView.Refuse(w, r, p, err)
	}
	return d.showLink(w, r, staff.Person{Account: made}, link)
}

func by(r *page.Request) staff.By {
	return staff.By{ID: r.Visit.Account.ID, Session: string(r.Visit.Session.ID)}
}

// fresh tells whether a one-time code was given within the last minutes, as deeds about staff ask for.
func (d Door) fresh(r *page.Request) bool {
	return account.Proof{CodeAt: r.Visit.Session.FactorAt}.Fresh(d.Login.Rules.Session, r.Visit.Now)
}

// prove takes the one-time code of the form as a fresh proof, where one is needed.
func (d Door) prove(w http.ResponseWriter, r *page.Request) error {
	if d.fresh(r) {
		return nil
	}
	in, err := d.Login.EnterCode(r.Context(), r.Visit.Session, r.Form.Value(codeField), r.Visitor())
	if err != nil {
		return err
	}
	r.Enter(w, in)
	return nil
}

// linkPage shows the link of an invitation, once.
type linkPage struct {
	page.Base
	Person staff.Person
	Link   string
}

// SeenOnce tells that loading the page again does not show the link again.
func (p *linkPage) SeenOnce() bool { return true }

// Path gives the address of the person's page.
func (p *linkPage) Path() string { return personPath(p.Person.ID) }

func (d Door) showLink(w http.ResponseWriter, r *page.Request, p staff.Person, link staff.Link) error {
	return linkView.Show(w, r, linkPage{Person: p, Link: r.Absolute(page.Invitation + "/" + link.Reveal())})
}

// done leads back to the person's page, which says what was done.
func done(w http.ResponseWriter, r *page.Request, id account.ID, what string) error {
	r.Redirect(w, personPath(id)+"?"+url.Values{doneParam: {what}}.Encode())
	return nil
}

// Notices tells supervisors what waits for them as the second person.
func (d Door) waiting(r *page.Request) ([]page.Notice, error) {
	if !r.May(login.ManageStaff) {
		return nil, nil
	}
	n, err := d.Staff.Waiting(r.Context(), r.Visit.Account.ID)
	return []page.Notice{{Title: r.Text.T("staff.notice.title"), Count: n, Text: r.Text.T("staff.notice.text"), Path: peoplePath}}, err
}
