// Package organisations has the console's pages about members that are organisations: finding one, its people and how they stand,
// registrations that wait for their release, and the people of data centres. It is a thin face of packages desk and organisation.
package organisations

import (
	"context"
	"embed"

	"torhaus/internal/account"
	"torhaus/internal/desk"
	"torhaus/internal/login"
	"torhaus/internal/organisation"
	"torhaus/internal/secret"
	"torhaus/internal/web/page"
)

// Texts are the texts of this door.
//
//go:embed texts.*.yaml
var Texts embed.FS

//go:embed *.html
var files embed.FS

// Door is the face of organisations for the body's own people.
type Door struct {
	Desk    *desk.OrganisationService
	Members *desk.Service // finds the people, whatever they act for
	People  *organisation.Service
	Keys    *secret.Keyset
}

// The paths of this door.
const (
	one       = page.Organisations + "/{id}"
	onePerson = one + "/{person}"
	oneCentre = page.Centres + "/{id}"
)

// Routes are what can be asked of this door, in the order in which the desk meets it.
func (d Door) Routes() []page.Route {
	routes := []page.Route{
		page.Get(page.Organisations, login.SeeMembers, d.List),
		page.Post(page.Organisations, login.SeeMembers, d.Search),
		page.Get(one, login.SeeMembers, d.Organisation),
		page.Get(onePerson, login.SeeMembers, d.Person),
		page.Get(page.Centres, login.SeeMembers, d.Centres),
		page.Get(oneCentre, login.SeeMembers, d.Centre),
	}
	for _, what := range personDeeds {
		routes = append(routes,
			page.Get(onePerson+"/"+what.word, what.right, d.askDeed(what)), page.Post(onePerson+"/"+what.word, what.right, d.doDeed(what)))
	}
	for _, what := range centreDeeds {
		routes = append(routes,
			page.Get(oneCentre+"/"+what.word, what.right, d.askCentre(what)), page.Post(oneCentre+"/"+what.word, what.right, d.doCentre(what)))
	}
	return routes
}

// Notices tells how many registrations wait for the reader.
func (d Door) Notices(ctx context.Context, r *page.Request) ([]page.Notice, error) {
	if !r.May(login.Decide) {
		return nil, nil
	}
	n, err := d.Desk.Store.CountRegistrations(ctx)
	if err != nil {
		return nil, err
	}
	return []page.Notice{{
		Title: r.Text.T("organisations.notice.title"), Count: n, Text: r.Text.T("organisations.notice.text"), Path: page.Organisations,
	}}, nil
}

// by is who of staff acts.
func by(r *page.Request) organisation.By {
	return organisation.By{Account: r.Visit.Account.ID, Session: string(r.Visit.Session.ID), Staff: true}
}

func at(id organisation.ID) string { return page.Organisations + "/" + string(id) }

func personAt(id organisation.ID, who account.ID) string { return at(id) + "/" + string(who) }

func centreAt(id account.ID) string { return page.Centres + "/" + string(id) }

var toList = page.Link{Path: page.Organisations, Text: "organisations.to-list"}

// roleName is what the portal calls a role.
func roleName(b *page.Base, role account.Role) string {
	words := b.Profile().People
	return map[account.Role]string{
		account.Administrator: words.Administrator, account.Clerk: words.Clerk, account.DataCentre: words.DataCentre,
	}[role]
}

// Sign is how somebody stands: word and colour.
type Sign struct{ Text, Colour string }

// states are the states as people read them.
var states = map[organisation.State]Sign{
	organisation.Requested:   {"organisations.state.requested", "warning"},
	organisation.Invited:     {"organisations.state.invited", "info"},
	organisation.Active:      {"organisations.state.active", "success"},
	organisation.Deactivated: {"organisations.state.deactivated", "danger"},
	organisation.Closed:      {"organisations.state.closed", "danger"},
	organisation.Refused:     {"organisations.state.refused", "danger"},
	organisation.Lapsed:      {"organisations.state.lapsed", "danger"},
}

func sign(b *page.Base, s organisation.State) Sign {
	found := states[s]
	return Sign{Text: b.T(found.Text), Colour: found.Colour}
}
