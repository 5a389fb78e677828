package desk

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"

	"torhaus/internal/account"
	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/secret"
	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

var membersView = page.NewView[membersPage](files, "members.html")

const (
	typedField  = "suche" // the field; what was typed never stands in an address
	askedParam  = "seite" // a sealed search, or where a list goes on
	filterParam = "liste"
)

// filters are the lists, as addresses and people call them.
var filters = []struct {
	filter desk.Filter
	word   string
	name   string
	hint   string // what the list says of each member beside the name
}{
	{desk.All, "alle", "desk.list.all", ""},
	{desk.NoPassword, "ohne-kennwort", "desk.list.no-password", ""},
	{desk.AwaitsCode, "brief-unterwegs", "desk.list.awaits-code", "desk.column.ordered"},
	{desk.AwaitsPassword, "einmalkennwort-unterwegs", "desk.list.awaits-password", "desk.column.asked"},
	{desk.StoppedToken, "token-gesperrt", "desk.list.stopped-token", "desk.column.stopped"},
	{desk.Deactivated, "deaktiviert", "desk.list.deactivated", ""},
}

// asked is what a page of members shows. It travels sealed in the address: names that staff look for stand in no history of a browser
// and in no log, and the way back to a result still works.
type asked struct {
	Typed  string      `json:"t,omitempty"`
	Filter desk.Filter `json:"f,omitempty"`
	Listed bool        `json:"l,omitempty"` // a list, not a search
	After  desk.Cursor `json:"a,omitzero"`
}

// seal gives the address of a page of members, for one of staff only.
func (d Door) seal(r *page.Request, a asked) (string, error) {
	plain, err := json.Marshal(a)
	if err != nil {
		return "", err
	}
	sealed, err := d.Keys.Seal(plain, "desk", "asked", string(r.Visit.Account.ID))
	if err != nil {
		return "", err
	}
	return members + "?" + url.Values{askedParam: {base64.RawURLEncoding.EncodeToString(sealed)}}.Encode(), nil
}

// open reads what an address asks for. One that was made for somebody else, or under a key that is gone, asks for nothing.
func (d Door) open(r *page.Request) (a asked) {
	for _, f := range filters {
		if r.Param(filterParam) == f.word {
			return asked{Filter: f.filter, Listed: true}
		}
	}
	sealed, err := base64.RawURLEncoding.DecodeString(r.Param(askedParam))
	if err != nil || len(sealed) == 0 {
		return asked{}
	}
	var plain secret.Bytes
	if plain, err = d.Keys.Open(sealed, "desk", "asked", string(r.Visit.Account.ID)); err != nil || json.Unmarshal(plain, &a) != nil {
		return asked{}
	}
	return a
}

// membersPage finds members and lists them.
type membersPage struct {
	page.Base
	Asked  asked
	Found  desk.Result
	Next   string // address of the next page; empty on the last
	Inside bool   // the page is not the first one
}

// Members shows the search, and what it or a list gives.
func (d Door) Members(w http.ResponseWriter, r *page.Request) error {
	p := membersPage{Asked: d.open(r)}
	p.Inside = p.Asked.After != (desk.Cursor{})
	var err error
	switch {
	case p.Asked.Listed:
		p.Found.Page, err = d.Desk.List(r.Context(), p.Asked.Filter, p.Asked.After)
	case p.Asked.Typed != "":
		p.Found, err = d.Desk.Search(r.Context(), p.Asked.Typed, p.Asked.After)
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
	return membersView.Show(w, r, p)
}

// Search takes what was typed, and leads to the member if it means exactly one, or to a page that can be come back to.
func (d Door) Search(w http.ResponseWriter, r *page.Request) error {
	a := asked{Typed: r.Form.Value(typedField)}
	if len(desk.Terms(a.Typed)) == 0 {
		return membersView.Refuse(w, r, membersPage{Asked: a}, fault.InvalidField(typedField, "desk.fault.nothing-typed"))
	}
	found, err := d.Desk.Search(r.Context(), a.Typed, desk.Cursor{})
	if err != nil {
		return err
	}
	if len(found.Rows) == 1 && found.Rows[0].Found != desk.ByName {
		r.Redirect(w, members+"/"+string(found.Rows[0].ID))
		return nil
	}
	address, err := d.seal(r, a)
	if err != nil {
		return err
	}
	r.Redirect(w, address)
	return nil
}

// Input is the field for what is looked for.
func (p *membersPage) Input() page.Input {
	return p.TextInput(typedField, p.T("desk.search.label"), p.T("desk.search.hint"), p.Asked.Typed, desk.LongestTyped)
}

// Searched tells whether the page shows the result of a search.
func (p *membersPage) Searched() bool { return p.Asked.Typed != "" && !p.Refused() }

// List is a list that can be opened.
type List struct {
	Name, Path string
	Current    bool
}

// Lists are all of them.
func (p *membersPage) Lists() (lists []List) {
	for _, f := range filters {
		lists = append(lists, List{
			Name: p.T(f.name), Path: members + "?" + url.Values{filterParam: {f.word}}.Encode(),
			Current: p.Asked.Listed && p.Asked.Filter == f.filter,
		})
	}
	return lists
}

// Listed gives the name of the list that is shown.
func (p *membersPage) Listed() string {
	for _, l := range p.Lists() {
		if l.Current {
			return l.Name
		}
	}
	return ""
}

// First is the address of the first page of what is shown.
func (p *membersPage) First() string {
	for _, l := range p.Lists() {
		if l.Current {
			return l.Path
		}
	}
	return ""
}

// Special names the column that only this list has; empty if it has none.
func (p *membersPage) Special() string {
	for _, f := range filters {
		if p.Asked.Listed && p.Asked.Filter == f.filter && f.hint != "" {
			return p.T(f.hint)
		}
	}
	if p.Searched() {
		return p.T("desk.column.found")
	}
	return ""
}

// Line is a member in a list.
type Line struct {
	Path, Name, Number, UserName, Town, Special string
	Closed                                      bool
}

// Lines are the members found.
func (p *membersPage) Lines() []Line { return p.lines(p.Found.Rows) }

// Similar are members whose names are nearly what was typed.
func (p *membersPage) Similar() []Line { return p.lines(p.Found.Similar) }

func (p *membersPage) lines(rows []desk.Row) (lines []Line) {
	for _, r := range rows {
		lines = append(lines, Line{
			Path: members + "/" + string(r.ID), Name: listed(r.Person), Number: r.Number, UserName: r.UserName, Town: r.Town,
			Special: p.special(r), Closed: r.State != account.Active,
		})
	}
	return lines
}

// listed writes a name as lists do: last name first.
func listed(p account.Person) string {
	name := p.Last + ", " + p.First
	if p.Title != "" {
		name += ", " + p.Title
	}
	return name
}

// foundBy says by what a member was found.
var foundBy = map[desk.By]string{
	desk.ByNumber: "desk.found.number", desk.ByUserName: "desk.found.user-name", desk.ByEmail: "desk.found.email",
	desk.BySerial: "desk.found.serial", desk.ByPaper: "desk.found.paper", desk.ByName: "desk.found.name",
}

func (p *membersPage) special(r desk.Row) string {
	switch {
	case r.Found == desk.BySerial:
		return p.T(foundBy[r.Found], r.Serial)
	case r.Found != "":
		return p.T(foundBy[r.Found])
	case r.Token == token.Blocked:
		return p.T("desk.row.blocked", r.Serial)
	case r.Token != "":
		return p.T("desk.row.suspended", r.Serial, p.Date(r.Since))
	case r.Serial != "":
		return p.T("desk.row.ordered", r.Serial, p.Date(r.Since))
	case !r.Since.IsZero():
		return p.Date(r.Since)
	default:
		return ""
	}
}
