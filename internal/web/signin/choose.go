package signin

import (
	"net/http"

	"torhaus/internal/fault"
	"torhaus/internal/organisation"
	"torhaus/internal/web/page"
)

var chooseView = page.NewView[choosePage](files, "choose.html")

// memberField carries the organisation that was chosen.
const memberField = "mitglied"

// choosePage asks whom somebody acts for who may act for several organisations (BVK01).
type choosePage struct {
	page.Base
	Target string
}

// Open lists the organisations that can be chosen.
func (p *choosePage) Open() []organisation.Organisation { return p.Visit().Session.Open() }

// Chosen tells whether the session acts for an organisation already.
func (p *choosePage) Chosen(o organisation.Organisation) bool {
	acting, ok := p.ActsFor()
	return ok && acting.ID == o.ID
}

// closedPlace is an organisation that cannot be chosen, and why.
type closedPlace struct{ Name, Why string }

// Closed lists the organisations that cannot be chosen now.
func (p *choosePage) Closed() (list []closedPlace) {
	for _, place := range p.Visit().Session.Places {
		why := ""
		switch place.Standing {
		case organisation.MayEnter:
			continue
		case organisation.Waits:
			why = p.T("signin.choose.waits")
		case organisation.NoAdministrator:
			why = p.T("signin.choose.no-administrator", p.Profile().People.Administrator)
		default:
			why = p.T("signin.choose.out")
		}
		list = append(list, closedPlace{place.Organisation.Name, why})
	}
	return list
}

// AskMember lists the organisations that the visitor may act for. Where there is only one, there is nothing to choose.
func (d Door) AskMember(w http.ResponseWriter, r *page.Request) error {
	target, _ := r.Target(r.Param(page.GoalField))
	if len(r.Visit.Session.Open()) < 2 {
		r.Redirect(w, target)
		return nil
	}
	return chooseView.Show(w, r, choosePage{Target: target})
}

// ChooseMember notes whom the visitor acts for.
func (d Door) ChooseMember(w http.ResponseWriter, r *page.Request) error {
	target, _ := r.Target(r.Form.Value(page.GoalField))
	err := d.Login.Choose(r.Context(), r.Visit.Session, organisation.ID(r.Form.Value(memberField)))
	if fault.Is(err, fault.NotFound) {
		return page.Advise(err, page.Link{Path: page.ChooseMember, Text: "signin.choose.again"})
	}
	if err != nil {
		return err
	}
	r.Redirect(w, target)
	return nil
}
