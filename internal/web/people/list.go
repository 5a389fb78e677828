package people

import (
	"net/http"
	"strconv"
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
	Sought string
	from   int // index of the first one shown, among those found
	found  []organisation.Membership
}

// List lists everybody of the organisation with their state; nobody is ever left out (BVK17).
func (d Door) List(w http.ResponseWriter, r *page.Request) error {
	t, err := d.team(r)
	if err != nil {
		return err
	}
	p := listPage{team: team{Team: t}, Sought: strings.TrimSpace(r.Param("suche"))}
	p.found = sought(t.People, p.Sought)
	if n, err := strconv.Atoi(r.Param("ab")); err == nil && 0 < n && n < len(p.found) {
		p.from = n
	}
	return listView.Show(w, r, p)
}

// sought finds people by a part of name or address.
func sought(people []organisation.Membership, part string) []organisation.Membership {
	part = strings.ToLower(part)
	if part == "" {
		return people
	}
	var found []organisation.Membership
	for _, m := range people {
		if strings.Contains(strings.ToLower(m.Account.Person.Name()+" "+m.Account.Email), part) {
			found = append(found, m)
		}
	}
	return found
}

// Shown gives the people of this page.
func (p *listPage) Shown() []organisation.Membership {
	return p.found[p.from:min(p.from+perPage, len(p.found))]
}

// Count tells how many were found, and Before and After where the pages beside this one begin; -1 if there is none.
func (p *listPage) Count() int { return len(p.found) }

// Before tells where the page before begins.
func (p *listPage) Before() int {
	if p.from == 0 {
		return -1
	}
	return max(p.from-perPage, 0)
}

// After tells where the next page begins.
func (p *listPage) After() int {
	if p.from+perPage >= len(p.found) {
		return -1
	}
	return p.from + perPage
}

// Waiting lists the registrations of administrators that wait for their release (BVK03).
func (p *listPage) Waiting() (waiting []organisation.Membership) {
	for _, m := range p.Team.People {
		if m.State == organisation.Requested {
			waiting = append(waiting, m)
		}
	}
	return waiting
}

// Asked lists the clerks who asked for a new one-time password (BVK18).
func (p *listPage) Asked() (asked []organisation.Membership) {
	for _, m := range p.Team.People {
		if !m.Asked.IsZero() {
			asked = append(asked, m)
		}
	}
	return asked
}
