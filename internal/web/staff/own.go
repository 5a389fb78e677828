package staff

import (
	"net/http"
	"net/url"

	"torhaus/internal/account"
	"torhaus/internal/login"
	"torhaus/internal/web/page"
)

var ownView = page.NewView[ownPage](files, "own.html")

const (
	ownPath      = page.Console + "/konto"
	sessionField = "sitzung"
	endedParam   = "beendet"
)

// ownPage is the account of whoever reads.
type ownPage struct {
	page.Base
	This   login.Session
	Others []login.Session // live ones, the one used last first
	Ended  string          // what was ended just now: "eine", "andere" or nothing
}

// Own shows the account of whoever is logged in, and where else they are.
func (d Door) Own(w http.ResponseWriter, r *page.Request) error {
	live, err := d.Login.Sessions(r.Context(), r.Visit.Account.ID)
	if err != nil {
		return err
	}
	p := ownPage{This: r.Visit.Session, Ended: r.Param(endedParam)}
	for _, s := range live {
		if s.ID != p.This.ID {
			p.Others = append(p.Others, s)
		}
	}
	return ownView.Show(w, r, p)
}

// EndSession ends one other session of whoever asks.
func (d Door) EndSession(w http.ResponseWriter, r *page.Request) error {
	if id := login.SessionID(r.Form.Value(sessionField)); id != r.Visit.Session.ID {
		if err := d.Login.EndSession(r.Context(), r.Visit.Session, id); err != nil {
			return err
		}
	}
	return ended(w, r, "eine")
}

// EndOthers ends all sessions but the one that asks.
func (d Door) EndOthers(w http.ResponseWriter, r *page.Request) error {
	if err := d.Login.EndOthers(r.Context(), r.Visit.Session); err != nil {
		return err
	}
	return ended(w, r, "andere")
}

func ended(w http.ResponseWriter, r *page.Request, what string) error {
	r.Redirect(w, ownPath+"?"+url.Values{endedParam: {what}}.Encode())
	return nil
}

// Facts lists what the account is.
func (p *ownPage) Facts() []page.Fact {
	owner := p.Visit().Account
	var roles []string
	for _, role := range account.Roles {
		for _, own := range p.This.Roles {
			if own == role {
				roles = append(roles, p.T(roleNames[role]))
			}
		}
	}
	return []page.Fact{
		p.Fact("staff.person.name", owner.Person.Name()),
		{Name: p.Heading(p.Profile().Login.UserNameLabel), Lines: []string{owner.UserName}},
		p.Fact("staff.person.email", owner.Email),
		p.Fact("staff.person.roles", roles...),
	}
}
