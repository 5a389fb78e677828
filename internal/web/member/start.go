package member

import (
	"net/http"

	"torhaus/internal/login"
	"torhaus/internal/web/page"
)

var startView = page.NewView[startPage](files, "start.html")

type startPage struct{ page.Base }

// Refusals says how many logins were refused since the last one, the visitor's own slips among them (BSI: members see what
// happened in their name).
func (p *startPage) Refusals() string {
	n := p.Visit().Session.Refused
	if n == 0 {
		return p.T("member.start.refused.none")
	}
	return p.T("member.start.refused.some", n)
}

// Start is the start page of the portal behind both factors (KVB01, KVB07).
func (d Door) Start(w http.ResponseWriter, r *page.Request) error {
	session := r.Visit.Session
	if login.Next(&session, login.ToPortal, true) == login.Choose {
		return login.ErrChoose
	}
	if session.Role != "" {
		return peopleView.Show(w, r, peoplePage{})
	}
	return startView.Show(w, r, startPage{})
}
