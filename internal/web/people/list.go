package people

import (
	"net/http"
	"strings"

	"torhaus/internal/account"
	"torhaus/internal/organisation"
	"torhaus/internal/web/page"
)

var listView = page.NewView[listPage](files, "list.html")

// perPage is how many people one page lists.
const perPage = 100

// team is what the pages about people have in common.
type team struct {
	page.Base
	Team organisation.Team
}

// Sign is how somebody stands: word and colour.
type Sign struct{ Text, Colour string }

// signs are the states as people read them.
var signs = map[organisation.State]Sign{
	organisation.Requested:   {"people.state.requested", "warning"},
	organisation.Invited:     {"people.state.invited", "info"},
	organisation.Active:      {"people.state.active", "success"},
	organisation.Deactivated: {"people.state.deactivated", "danger"},
	organisation.Closed:      {"people.state.closed", "danger"},
	organisation.Refused:     {"people.state.refused", "danger"},
	organisation.Lapsed:      {"people.state.lapsed", "danger"},
}

// Sign tells how somebody stands.
func (t *team) Sign(m organisation.Membership) Sign {
	s := signs[m.State]
	return Sign{Text: t.T(s.Text), Colour: s.Colour}
}

// RoleOf names the role of somebody.
func (t *team) RoleOf(m organisation.Membership) string { return roleName(&t.Base, m.Account.Role) }

// LastLogin tells when somebody was here.
func (t *team) LastLogin(m organisation.Membership) string {
	if m.Account.LastLogin.IsZero() {
		return t.T("people.never")
	}
	return t.Date(m.Account.LastLogin)
}

// Path gives the address of somebody's page.
func (t *team) Path(m organisation.Membership) string { return personPath(m.Account.ID) }

func personPath(id account.ID) string { return page.People + "/" + string(id) }

type listPage struct {
	team
	organisation.List
	Sought string
	Behind string // who the page begins behind; empty on the first one
}

// List lists everybody of the organisation with their state; nobody is ever left out (BVK17).
func (d Door) List(w http.ResponseWriter, r *page.Request) error {
	o, _ := r.Visit.Session.ActsFor()
	p := listPage{Sought: strings.TrimSpace(r.Param("suche")), Behind: r.Param("nach")}
	list, err := d.People.List(r.Context(), o.ID, organisation.Search{Sought: p.Sought, Behind: account.ID(p.Behind), Most: perPage})
	if err != nil {
		return err
	}
	p.List = list
	return listView.Show(w, r, p)
}

// Last is who the next page begins behind.
func (p *listPage) Last() account.ID { return p.People[len(p.People)-1].Account.ID }

// Waiting lists the registrations of administrators that wait for their release (BVK03).
func (p *listPage) Waiting() (waiting []organisation.Membership) {
	for _, m := range p.Open {
		if m.State == organisation.Requested {
			waiting = append(waiting, m)
		}
	}
	return waiting
}

// Asked lists the clerks who asked for a new one-time password (BVK18).
func (p *listPage) Asked() (asked []organisation.Membership) {
	for _, m := range p.Open {
		if !m.Asked.IsZero() {
			asked = append(asked, m)
		}
	}
	return asked
}
