package registration

import (
	"net/http"

	"torhaus/internal/organisation"
	"torhaus/internal/web/page"
)

var joinView = page.NewView[joinPage](files, "join.html")

const joinPath = "/mitglied-bestaetigen"

// joinPage takes the one-time password of a letter to an organisation from somebody who acts for another one already, and has a password.
type joinPage struct {
	page.Base
	Waits []organisation.Organisation // for their letter
	Done  bool
}

func newJoinPage(r *page.Request) (p joinPage) {
	for _, place := range r.Visit.Session.Places {
		if place.State == organisation.Invited && place.Standing == organisation.Waits {
			p.Waits = append(p.Waits, place.Organisation)
		}
	}
	return p
}

// AskJoin shows the form.
func (d Door) AskJoin(w http.ResponseWriter, r *page.Request) error {
	p := newJoinPage(r)
	p.Done = r.Param("getan") != ""
	return joinView.Show(w, r, p)
}

// Join proves the organisation.
func (d Door) Join(w http.ResponseWriter, r *page.Request) error {
	if err := d.Login.Join(r.Context(), r.Visit.Session, r.Form.Secret("one-time")); err != nil {
		return joinView.Refuse(w, r, newJoinPage(r), err)
	}
	r.Redirect(w, joinPath+"?getan=ja")
	return nil
}
