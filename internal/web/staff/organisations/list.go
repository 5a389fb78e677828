package organisations

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"torhaus/internal/account"
	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/secret"
	"torhaus/internal/web/page"
)

var listView = page.NewView[listPage](files, "list.html")

const (
	typedField  = "suche" // the field; what was typed never stands in an address
	askedParam  = "seite" // a sealed search, or where a list goes on
	filterParam = "liste"
)

// filters are the lists, as addresses and people call them.
var filters = []struct {
	filter     desk.OrganisationFilter
	word, name string
}{
	{desk.AllOrganisations, "alle", "organisations.list.all"},
	{desk.Releasable, "wartend", "organisations.list.waiting"},
	{desk.NobodyThere, "ohne-administrator", "organisations.list.no-administrator"},
}

// asked is what a page shows. It travels sealed in the address, as searches for members do: names and addresses of people stand in no
// history of a browser.
type asked struct {
	Typed  string                  `json:"t,omitempty"`
	Filter desk.OrganisationFilter `json:"f,omitempty"`
	After  desk.OrganisationPlace  `json:"a,omitzero"`
}

func (d Door) seal(r *page.Request, a asked) (string, error) {
	plain, err := json.Marshal(a)
	if err != nil {
		return "", err
	}
	sealed, err := d.Keys.Seal(plain, "organisations", "asked", string(r.Visit.Account.ID))
	if err != nil {
		return "", err
	}
	return page.Organisations + "?" + url.Values{askedParam: {base64.RawURLEncoding.EncodeToString(sealed)}}.Encode(), nil
}

// open reads what an address asks for; without anything, the registrations that wait.
func (d Door) open(r *page.Request) (a asked) {
	for _, f := range filters {
		if r.Param(filterParam) == f.word {
			return asked{Filter: f.filter}
		}
	}
	start := asked{Filter: desk.Releasable}
	sealed, err := base64.RawURLEncoding.DecodeString(r.Param(askedParam))
	if err != nil || len(sealed) == 0 {
		return start
	}
	var plain secret.Bytes
	if plain, err = d.Keys.Open(sealed, "organisations", "asked", string(r.Visit.Account.ID)); err != nil || json.Unmarshal(plain, &a) != nil {
		return start
	}
	return a
}

// listPage finds organisations, and lists them.
type listPage struct {
	page.Base
	Asked   asked
	Found   desk.OrganisationPage
	People  []desk.Row // whom a search means
	Centres int        // people of data centres that wait for their release
	Next    string     // address of the next page; empty on the last
}

// List shows the search, and what it or a list gives.
func (d Door) List(w http.ResponseWriter, r *page.Request) (err error) {
	p := listPage{Asked: d.open(r)}
	if p.Asked.Typed != "" {
		err = d.find(r, &p)
	} else {
		p.Found, err = d.Desk.List(r.Context(), p.Asked.Filter, p.Asked.After)
	}
	if err != nil {
		return err
	}
	if next := p.Found.Next; next != nil {
		more := p.Asked
		more.After = *next
		if p.Next, err = d.seal(r, more); err != nil {
			return err
		}
	}
	if p.Asked.Filter == desk.Releasable {
		if p.Centres, err = d.waitingCentres(r); err != nil {
			return err
		}
	}
	return listView.Show(w, r, p)
}

// find looks for organisations and people.
func (d Door) find(r *page.Request, p *listPage) (err error) {
	if p.Found, err = d.Desk.Search(r.Context(), p.Asked.Typed, p.Asked.After); err != nil {
		return err
	}
	if p.Asked.After != (desk.OrganisationPlace{}) {
		return nil
	}
	people, err := d.Members.Search(r.Context(), p.Asked.Typed, desk.Cursor{})
	p.People = people.Rows
	return err
}

// Search takes what was typed, and leads to the one organisation or person that it means, or to a page that can be come back to.
func (d Door) Search(w http.ResponseWriter, r *page.Request) error {
	p := listPage{Asked: asked{Typed: strings.TrimSpace(r.Form.Value(typedField))}}
	if _, ok := desk.OrganisationTerm(p.Asked.Typed); !ok {
		return listView.Refuse(w, r, p, fault.InvalidField(typedField, "organisations.fault.nothing-typed"))
	}
	if err := d.find(r, &p); err != nil {
		return err
	}
	if len(p.Found.Rows) == 1 && len(p.People) == 0 {
		r.Redirect(w, at(p.Found.Rows[0].Organisation.ID))
		return nil
	}
	if len(p.Found.Rows) == 0 && len(p.People) == 1 && p.People[0].Found != desk.ByName {
		r.Redirect(w, page.Members+"/"+string(p.People[0].ID))
		return nil
	}
	address, err := d.seal(r, p.Asked)
	if err != nil {
		return err
	}
	r.Redirect(w, address)
	return nil
}

// Input is the field for what is looked for.
func (p *listPage) Input() page.Input {
	return p.TextInput(typedField, p.T("organisations.search.label"), p.T("organisations.search.hint", p.Profile().People.NumberLabel), p.Asked.Typed, desk.LongestTyped)
}

// Searched tells whether the page shows the result of a search.
func (p *listPage) Searched() bool { return p.Asked.Typed != "" && !p.Refused() }

// Listed tells whether it shows a list.
func (p *listPage) Listed() bool { return p.Asked.Typed == "" }

// List is a list that can be opened.
type List struct {
	Name, Path string
	Current    bool
}

// Lists are all of them.
func (p *listPage) Lists() (lists []List) {
	for _, f := range filters {
		lists = append(lists, List{
			Name: p.T(f.name), Path: page.Organisations + "?" + url.Values{filterParam: {f.word}}.Encode(),
			Current: p.Listed() && p.Asked.Filter == f.filter,
		})
	}
	return append(lists, List{Name: p.T("organisations.list.centres"), Path: page.Centres})
}

// Title names the list that is shown.
func (p *listPage) Title() string {
	for _, l := range p.Lists() {
		if l.Current {
			return l.Name
		}
	}
	return ""
}

// Line is an organisation in a list.
type Line struct {
	Path, Name, Number, Town, Administrators, Clerks, Waiting string
	Alone                                                     bool // nobody looks after its people
}

// Lines are the organisations found.
func (p *listPage) Lines() (lines []Line) {
	for _, r := range p.Found.Rows {
		l := Line{
			Path: at(r.Organisation.ID), Name: r.Organisation.Name, Number: r.Organisation.Number, Town: r.Organisation.Address.Town,
			Administrators: p.T("organisations.count", r.Administrators), Clerks: p.T("organisations.count", r.Clerks), Alone: r.Administrators == 0,
		}
		if r.Waiting > 0 {
			l.Waiting = p.T("organisations.waiting", r.Waiting)
		}
		lines = append(lines, l)
	}
	return lines
}

// Human is a person that a search has found.
type Human struct {
	Path, Name, Email string
	Closed            bool
}

// Humans are the people found.
func (p *listPage) Humans() (list []Human) {
	for _, r := range p.People {
		list = append(list, Human{Path: page.Members + "/" + string(r.ID), Name: r.Person.Name(), Email: r.UserName, Closed: r.State != account.Active})
	}
	return list
}

// WaitingCentres tells of people of data centres that wait; empty where nobody does.
func (p *listPage) WaitingCentres() string {
	if p.Centres == 0 {
		return ""
	}
	return p.T("organisations.centre.waiting", p.Centres)
}
