// Package people has the pages on which the administrators of an organisation look after its people. It is a thin face of package
// organisation.
package people

import (
	"embed"

	"torhaus/internal/account"
	"torhaus/internal/login"
	"torhaus/internal/organisation"
	"torhaus/internal/web/page"
)

// Texts are the texts of this door, and of the faults of package organisation.
//
//go:embed texts.*.yaml
var Texts embed.FS

//go:embed *.html
var files embed.FS

// Door is the face of the people of organisations.
type Door struct {
	People *organisation.Service
	Login  *login.Service
}

// Routes are all that can be asked of the door.
func (d Door) Routes() []page.Route {
	const one = page.People + "/{id}"
	return []page.Route{
		page.Get(page.People, login.ManagePeople, d.List),
		page.Get(newPath, login.ManagePeople, d.AskNew),
		page.Post(newPath, login.ManagePeople, d.AddNew),
		page.Get(one, login.ManagePeople, d.Person),
		page.Get(one+"/einmalpasswort", login.ManagePeople, d.ask(handOut)),
		page.Post(one+"/einmalpasswort", login.ManagePeople, d.HandOut),
		page.Get(one+"/deaktivieren", login.ManagePeople, d.ask(deactivate)),
		page.Post(one+"/deaktivieren", login.ManagePeople, d.do(deactivate, d.People.Deactivate)),
		page.Get(one+"/aktivieren", login.ManagePeople, d.ask(reactivate)),
		page.Post(one+"/aktivieren", login.ManagePeople, d.do(reactivate, d.People.Reactivate)),
		page.Get(one+"/beenden", login.ManagePeople, d.ask(closing)),
		page.Post(one+"/beenden", login.ManagePeople, d.Close),
		page.Get(one+"/freigeben", login.ManagePeople, d.ask(releasing)),
		page.Post(one+"/freigeben", login.ManagePeople, d.Release),
		page.Post(one+"/freigeben/code", login.ManagePeople, d.sendCode(releasing)),
		page.Get(one+"/ablehnen", login.ManagePeople, d.ask(rejecting)),
		page.Post(one+"/ablehnen", login.ManagePeople, d.Reject),
		page.Post(one+"/ablehnen/code", login.ManagePeople, d.sendCode(rejecting)),
		page.Post(one+"/beenden/code", login.ManagePeople, d.sendCode(closing)),
	}
}

// team reads the organisation that the visitor acts for, which the right has made sure of.
func (d Door) team(r *page.Request) (organisation.Team, error) {
	o, _ := r.Visit.Session.ActsFor()
	t, _, err := d.People.Team(r.Context(), o.ID)
	return t, err
}

func by(r *page.Request) organisation.By {
	return organisation.By{Account: r.Visit.Account.ID, Session: string(r.Visit.Session.ID)}
}

// roles are what people are called.
func roleName(b *page.Base, role account.Role) string {
	words := b.Profile().People
	return map[account.Role]string{account.Administrator: words.Administrator, account.Clerk: words.Clerk}[role]
}

var toList = page.Link{Path: page.People, Text: "people.to-list"}
