package member

import (
	"slices"

	"torhaus/internal/account"
	"torhaus/internal/organisation"
	"torhaus/internal/web/page"
)

var peopleView = page.NewView[peoplePage](files, "people.html")

// peoplePage is the start page of somebody who acts for organisations.
type peoplePage struct{ startPage }

// Member gives the organisation that the visitor acts for, or the data centre.
func (p *peoplePage) Member() *organisation.Organisation {
	if o, ok := p.ActsFor(); ok {
		return &o
	}
	return nil
}

// MemberLabel says what it is.
func (p *peoplePage) MemberLabel() string {
	if p.ofCentre() {
		return p.Profile().People.DataCentre
	}
	return p.Profile().People.Member
}

// NumberLabel says what its number is.
func (p *peoplePage) NumberLabel() string {
	if p.ofCentre() {
		return p.T("member.start.approval")
	}
	return p.Profile().People.NumberLabel
}

func (p *peoplePage) ofCentre() bool { return p.Visit().Session.Role == account.DataCentre }

// Several tells whether the visitor may act for another organisation too.
func (p *peoplePage) Several() bool { return len(p.Visit().Session.Open()) > 1 }

// Joins tells whether a letter to another organisation, for which the visitor registered, is still to be proved (BVK03).
func (p *peoplePage) Joins() bool {
	return slices.ContainsFunc(p.Visit().Session.Places, func(place organisation.Place) bool {
		return place.State == organisation.Invited && place.Standing == organisation.Waits
	})
}

// Administrator tells whether the visitor looks after others.
func (p *peoplePage) Administrator() bool { return p.Visit().Session.Role == account.Administrator }
