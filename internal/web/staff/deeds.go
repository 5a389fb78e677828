package staff

import (
	"net/http"
	"slices"

	"torhaus/internal/account"
	"torhaus/internal/fault"
	"torhaus/internal/staff"
	"torhaus/internal/web/page"
)

// What supervisors do about one of staff. Each deed has a page of its own, which says what follows from it.
var (
	deedView  = page.NewView[deedPage](files, "person_deed.html")
	rolesView = page.NewView[rolesPage](files, "person_roles.html")
)

// deed is something that is done about one of staff.
type deed struct {
	path string // last part of the address
	key  string // of its texts: title, text, submit
	no   bool   // it can be answered with no as well
}

var (
	invite     = deed{path: "einladen", key: "invite"}
	deactivate = deed{path: "sperren", key: "deactivate"}
	reactivate = deed{path: "entsperren", key: "reactivate"}
	confirm    = deed{path: "bestaetigen", key: "confirm", no: true}
	inviteIt   = deed{path: "einladung", key: "invite-decision", no: true}
	barIt      = deed{path: "sperre", key: "deactivate-decision", no: true}
	takeIt     = deed{path: "leitung", key: "take-decision", no: true}
)

// words of the deeds; each key is asked for by deed.
var deedTexts = map[string]struct{ title, text, submit string }{
	"invite":          {"staff.deed.invite.title", "staff.deed.invite.text", "staff.deed.invite.submit"},
	"deactivate":      {"staff.deed.deactivate.title", "staff.deed.deactivate.text", "staff.deed.deactivate.submit"},
	"reactivate":      {"staff.deed.reactivate.title", "staff.deed.reactivate.text", "staff.deed.reactivate.submit"},
	"confirm":         {"staff.deed.confirm.title", "staff.deed.confirm.text", "staff.deed.confirm.submit"},
	"invite-decision": {"staff.deed.invite-decision.title", "staff.deed.invite-decision.text", "staff.deed.confirm.submit"},

	"deactivate-decision": {"staff.deed.deactivate-decision.title", "staff.deed.deactivate-decision.text", "staff.deed.confirm.submit"},
	"take-decision":       {"staff.deed.take-decision.title", "staff.deed.take-decision.text", "staff.deed.confirm.submit"},
}

type deedPage struct {
	found
	deed  deed
	Proof bool
	Alone bool // nobody else could decide as the second supervisor
}

// Title says what is done, and about whom.
func (p *deedPage) Title() string {
	return p.T(deedTexts[p.deed.key].title, p.person.Account.Person.Name())
}

// Text says what follows from it.
func (p *deedPage) Text() string { return p.T(deedTexts[p.deed.key].text) }

// Submit is the word of the button.
func (p *deedPage) Submit() string { return p.T(deedTexts[p.deed.key].submit) }

// CanRefuse tells whether the answer may be no.
func (p *deedPage) CanRefuse() bool { return p.deed.no }

// Second tells that somebody else decides after it.
func (p *deedPage) Second() bool {
	_, named := p.person.Grant(account.Supervisor)
	return p.deed == invite && p.person.Counted() || p.deed == deactivate && p.person.Directs() || p.deed == reactivate && named
}

// Waiting lists the roles to be decided on, which the form sends back: others that were given since are not decided with them.
func (p *deedPage) Waiting() []RoleChoice {
	if p.deed != confirm {
		return nil
	}
	waiting := p.person.Waiting(p.rules, p.now)
	return slices.DeleteFunc(roleChoices(&p.Base, nobody), func(c RoleChoice) bool {
		return !slices.ContainsFunc(waiting, func(g staff.Grant) bool { return c.Field == roleField+string(g.Role) })
	})
}

func nobody(account.Role) bool { return false }

// Action is the address of the form, and Back that of the person.
func (p *deedPage) Action() string { return p.Back() + "/" + p.deed.path }

// Back gives the address of the person's page.
func (p *deedPage) Back() string { return personPath(p.person.ID) }

// ask shows the page of a deed.
func (d Door) ask(what deed) page.Handler {
	return func(w http.ResponseWriter, r *page.Request) error {
		p, err := d.person(r)
		if err != nil {
			return err
		}
		others, err := d.Staff.Others(r.Context(), r.Visit.Account.ID, p.person.ID)
		if err != nil {
			return err
		}
		return deedView.Show(w, r, deedPage{found: p, deed: what, Proof: !d.fresh(r), Alone: !others})
	}
}

// answerField carries the answer of whoever decides; no is anything but yes.
const (
	answerField = "antwort"
	yes         = "ja"
)

// do carries a deed out, after a fresh proof.
func (d Door) do(what deed, carry func(http.ResponseWriter, *page.Request, staff.Person) error) page.Handler {
	return func(w http.ResponseWriter, r *page.Request) error {
		p, err := d.person(r)
		if err != nil {
			return err
		}
		if err := d.prove(w, r); err != nil {
			return deedView.Refuse(w, r, deedPage{found: p, deed: what, Proof: true}, err)
		}
		if err := carry(w, r, p.person); err != nil {
			return page.Advise(err, page.Link{Path: personPath(p.person.ID), Text: "staff.to-person"})
		}
		return nil
	}
}

func (d Door) invite(w http.ResponseWriter, r *page.Request, p staff.Person) error {
	link, asked, err := d.Staff.Invite(r.Context(), p.ID, by(r))
	switch {
	case err != nil:
		return err
	case asked:
		return done(w, r, p.ID, "gewuenscht")
	}
	return d.showLink(w, r, p, link)
}

func (d Door) deactivate(w http.ResponseWriter, r *page.Request, p staff.Person) error {
	asked, err := d.Staff.Deactivate(r.Context(), p.ID, by(r))
	switch {
	case err != nil:
		return err
	case asked:
		return done(w, r, p.ID, "gewuenscht")
	}
	return done(w, r, p.ID, "gesperrt")
}

func (d Door) reactivate(w http.ResponseWriter, r *page.Request, p staff.Person) error {
	if err := d.Staff.Reactivate(r.Context(), p.ID, by(r)); err != nil {
		return err
	}
	return done(w, r, p.ID, "freigegeben")
}

func (d Door) confirm(w http.ResponseWriter, r *page.Request, p staff.Person) error {
	agreed := r.Form.Value(answerField) == yes
	if err := d.Staff.DecideRoles(r.Context(), p.ID, chosenRoles(r), agreed, by(r)); err != nil {
		return err
	}
	return done(w, r, p.ID, decided(agreed))
}

// decide decides on what another supervisor asked for.
func (d Door) decide(wish staff.Wish) func(http.ResponseWriter, *page.Request, staff.Person) error {
	return func(w http.ResponseWriter, r *page.Request, p staff.Person) error {
		agreed := r.Form.Value(answerField) == yes
		link, err := d.Staff.Decide(r.Context(), p.ID, wish, agreed, by(r))
		switch {
		case err != nil:
			return err
		case link != "":
			return d.showLink(w, r, p, link)
		}
		return done(w, r, p.ID, decided(agreed))
	}
}

func decided(agreed bool) string {
	if agreed {
		return "bestaetigt"
	}
	return "abgelehnt"
}

type rolesPage struct {
	found
	chosen map[account.Role]bool
	Proof  bool
}

// Name is whose roles they are.
func (p *rolesPage) Name() string { return p.person.Account.Person.Name() }

// Back gives the address of the person's page.
func (p *rolesPage) Back() string { return personPath(p.person.ID) }

// Roles lists the roles to choose from.
func (p *rolesPage) Roles() []RoleChoice {
	return roleChoices(&p.Base, func(role account.Role) bool { return p.chosen[role] })
}

// RolesError is what is wrong with the choice.
func (p *rolesPage) RolesError() string { return rolesError(&p.Base) }

// AskRoles shows the roles of one of staff.
func (d Door) AskRoles(w http.ResponseWriter, r *page.Request) error {
	p, err := d.person(r)
	if err != nil {
		return err
	}
	chosen := map[account.Role]bool{}
	for _, g := range p.person.Grants {
		chosen[g.Role] = true
	}
	return rolesView.Show(w, r, rolesPage{found: p, chosen: chosen, Proof: !d.fresh(r)})
}

// SetRoles gives one of staff the chosen roles.
func (d Door) SetRoles(w http.ResponseWriter, r *page.Request) error {
	found, err := d.person(r)
	if err != nil {
		return err
	}
	p := rolesPage{found: found, chosen: map[account.Role]bool{}, Proof: !d.fresh(r)}
	roles := chosenRoles(r)
	for _, role := range roles {
		p.chosen[role] = true
	}
	if err := d.prove(w, r); err != nil {
		return rolesView.Refuse(w, r, p, err)
	}
	p.Proof = false
	asked, err := d.Staff.SetRoles(r.Context(), found.person.ID, roles, by(r))
	if fault.Is(err, fault.Invalid) {
		return rolesView.Refuse(w, r, p, err)
	}
	if err != nil {
		return page.Advise(err, page.Link{Path: p.Back(), Text: "staff.to-person"})
	}
	if asked {
		return done(w, r, found.person.ID, "gewuenscht")
	}
	return done(w, r, found.person.ID, "rollen")
}
