package signin

import (
	"net/http"

	"torhaus/internal/account"
	"torhaus/internal/web/page"
)

var lostView = page.NewView[lostPage](files, "lost.html")

// lostPage is the first step for somebody who has lost a phone or a device. It is a login like any other, with the same guesses and
// the same answers, and leads to the tokens that can be suspended.
type lostPage struct{ passwordPage }

// AskLost asks for user name and password, or goes on where that is done already.
func (d Door) AskLost(w http.ResponseWriter, r *page.Request) error {
	p, goal := newPasswordPage(r, page.LostToken)
	if r.OwnRealm() {
		return d.next(w, r, sessionOf(r), p.Target, goal)
	}
	if r.Stale {
		r.Leave(w)
	}
	return lostView.Show(w, r, lostPage{p})
}

// EnterLost checks user name and password.
func (d Door) EnterLost(w http.ResponseWriter, r *page.Request) error {
	p, goal := newPasswordPage(r, page.LostToken)
	p.UserName = r.Form.Value("user")
	if err := p.complete(r); err != nil {
		return lostView.Refuse(w, r, lostPage{p}, err)
	}
	in, err := d.Login.EnterPassword(r.Context(), account.Door{Realm: r.Realm()}, p.UserName, r.Form.Secret("password"), r.Visitor())
	if err != nil {
		return lostView.Refuse(w, r, lostPage{p}, err)
	}
	r.Enter(w, in)
	return d.next(w, r, &in.Session, p.Target, goal)
}
