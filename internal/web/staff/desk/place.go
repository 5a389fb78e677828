package desk

import (
	"torhaus/internal/account"
	"torhaus/internal/organisation"
	"torhaus/internal/web/page"
)

// placeStates say what somebody is to an organisation.
var placeStates = map[organisation.State]string{
	organisation.Requested: "organisations.state.requested", organisation.Invited: "organisations.state.invited",
	organisation.Active: "organisations.state.active", organisation.Deactivated: "organisations.state.deactivated",
	organisation.Closed: "organisations.state.closed", organisation.Refused: "organisations.state.refused", organisation.Lapsed: "organisations.state.lapsed",
}

// roleFacts are what the portal knows of somebody who acts for organisations.
func (p *memberPage) roleFacts() []page.Fact {
	owner, words := p.Owner(), p.Profile().People
	role := map[account.Role]string{
		account.Administrator: words.Administrator, account.Clerk: words.Clerk, account.DataCentre: words.DataCentre,
	}[owner.Role]
	var places []string
	for _, place := range p.Record.Login.Places {
		places = append(places, p.T("desk.fact.place", place.Organisation.Name, p.T(placeStates[place.State])))
	}
	if places == nil {
		places = []string{p.T("desk.none")}
	}
	return []page.Fact{
		p.Fact("desk.fact.name", owner.Person.Name()),
		p.Fact("desk.fact.role", role),
		p.Fact("desk.fact.acts-for", places...),
		{Name: p.Profile().Login.UserNameLabel, Lines: []string{owner.UserName}},
		p.Fact("desk.fact.origin", p.T("desk.fact.made", p.Date(owner.Created))),
		p.Fact("desk.fact.last-login", p.moment(owner.LastLogin, "desk.fact.no-login")),
	}
}

// Place is an organisation that somebody acts for, with its page.
type Place struct{ Path, Name string }

// Places leads to them; to the page of the data centre for somebody of one.
func (p *memberPage) Places() (list []Place) {
	if p.Owner().Role == account.DataCentre {
		return []Place{{Path: page.Centres + "/" + string(p.Owner().ID), Name: p.Profile().People.DataCentre}}
	}
	for _, place := range p.Record.Login.Places {
		path := page.Organisations + "/" + string(place.Organisation.ID) + "/" + string(p.Owner().ID)
		list = append(list, Place{Path: path, Name: place.Organisation.Name})
	}
	return list
}

// List is where members are looked for.
func (p *memberPage) List() string {
	if p.Profile().HasPeople() {
		return page.Organisations
	}
	return members
}
