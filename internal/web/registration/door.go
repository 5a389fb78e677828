// Package registration has the pages on which administrators and data centres register, where members are organisations, the terms of
// use that they accept, and the page on which a letter to an organisation is proved by somebody who has an account already. It is a thin
// face of package login, which takes a registration, and of package organisation, which decides it.
package registration

import (
	"embed"
	"net/http"

	"torhaus/internal/account"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/organisation"
	"torhaus/internal/web/page"
)

// Texts are the texts of this door, and of the faults of registrations.
//
//go:embed texts.*.yaml
var Texts embed.FS

//go:embed *.html
var files embed.FS

var (
	formView = page.NewView[formPage](files, "form.html")
	sentView = page.NewView[sentPage](files, "sent.html")
	termView = page.NewView[termsPage](files, "terms.html")
)

const (
	sentPath  = page.Register + "/eingegangen"
	termsPath = "/nutzungsbedingungen"

	termsField = "terms"
	// warnedField says that its sender has read the warning about an address that several people read (BVK06).
	warnedField = "trotzdem"
)

// Door is the face of registrations.
type Door struct{ Login *login.Service }

// Routes are all that can be asked of the door.
func (d Door) Routes() []page.Route {
	return []page.Route{
		page.Get(page.Register, page.Everybody, d.Ask),
		page.Post(page.Register, page.Everybody, d.Register),
		page.Get(sentPath, page.Everybody, d.Sent),
		page.Get(termsPath, page.Everybody, d.Terms),
		page.Get(joinPath, login.ChooseMember, d.AskJoin),
		page.Post(joinPath, login.ChooseMember, d.Join),
	}
}

// roleOf reads the role in which somebody registers. Clerks do not: their administrator makes them.
func roleOf(word string) (account.Role, bool) {
	role := page.RoleOf(word)
	return role, role == account.Administrator || role == account.DataCentre
}

type formPage struct {
	page.Base
	Typed   organisation.Registration
	Agreed  bool
	General bool // the address is one that several people read, as it seems
}

// OfCentre tells whether somebody of a data centre registers.
func (p *formPage) OfCentre() bool { return p.Typed.Role == account.DataCentre }

// RoleWord is what the form calls the role.
func (p *formPage) RoleWord() string { return page.RoleWord(p.Typed.Role) }

// Version is the version of the terms of use that are accepted.
func (p *formPage) Version() string { return p.Profile().People.Terms }

// TermsError is what is wrong with the consent, if anything is.
func (p *formPage) TermsError() string {
	for _, wrong := range p.Wrongs() {
		if wrong.Field == termsField {
			return wrong.Text
		}
	}
	return ""
}

// Ask shows the form in a role.
func (d Door) Ask(w http.ResponseWriter, r *page.Request) error {
	role, ok := roleOf(r.Param(page.RoleField))
	if !ok {
		r.Redirect(w, page.Home) // where the roles are offered
		return nil
	}
	return formView.Show(w, r, formPage{Typed: organisation.Registration{Role: role}})
}

// Register takes a registration (BVK03). Whoever registers learns nothing but that it was taken.
func (d Door) Register(w http.ResponseWriter, r *page.Request) error {
	p, ok := typed(r)
	if !ok {
		r.Redirect(w, page.Home)
		return nil
	}
	rules := organisation.Rules{People: d.Login.Rules.People}
	p.General = rules.IsGeneral(p.Typed.Email)
	if _, err := p.Typed.Check(rules); err != nil {
		return formView.Refuse(w, r, p, err)
	}
	if p.General && !r.Form.Has(warnedField) {
		return formView.Refuse(w, r, p, fault.InvalidField("email", "registration.general"))
	}
	if err := d.Login.Register(r.Context(), p.Typed, r.Visitor()); err != nil {
		return formView.Refuse(w, r, p, err)
	}
	r.Redirect(w, page.InRole(sentPath, p.Typed.Role))
	return nil
}

// typed reads the form; false if its role is none that registers.
func typed(r *page.Request) (formPage, bool) {
	role, ok := roleOf(r.Form.Value(page.RoleField))
	value := r.Form.Value
	return formPage{Agreed: r.Form.Has(termsField), Typed: organisation.Registration{
		Role: role, Number: value("number"), Centre: value("centre"),
		Address: account.Address{Street: value("street"), Postcode: value("postcode"), Town: value("town")},
		Person: account.Person{
			Salutation: account.Salutation(value("salutation")), Title: value("title"), First: value("first-name"), Last: value("last-name"),
		},
		Email: value("email"), Terms: value(termsField),
	}}, ok
}

type sentPage struct {
	page.Base
	Role account.Role
}

// OfCentre tells whether somebody of a data centre registered.
func (p *sentPage) OfCentre() bool { return p.Role == account.DataCentre }

// Sent confirms a registration, in the same words for everybody.
func (d Door) Sent(w http.ResponseWriter, r *page.Request) error {
	role, ok := roleOf(r.Param(page.RoleField))
	if !ok {
		r.Redirect(w, page.Home)
		return nil
	}
	return sentView.Show(w, r, sentPage{Role: role})
}

type termsPage struct{ page.Base }

// Terms shows the terms of use in the version that is accepted now.
func (d Door) Terms(w http.ResponseWriter, r *page.Request) error {
	return termView.Show(w, r, termsPage{})
}
