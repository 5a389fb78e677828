// Package signin has the pages of logging in and out, and of changing the password: of members, and under the console's addresses of
// the body's own people. It is a thin face of package login, which picks each next step.
package signin

import (
	"embed"
	"net/http"
	"net/url"

	"torhaus/internal/login"
	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

// Texts are the texts of this door, and of the faults of package login.
//
//go:embed texts.*.yaml
var Texts embed.FS

//go:embed *.html
var files embed.FS

// Door is the face of the login.
type Door struct {
	Login  *login.Service
	Tokens *token.Service
}

// next sends the browser to the step that is due on the way to a target. Whether there is a token whose code could be asked
// for, that step finds out.
func (d Door) next(w http.ResponseWriter, r *page.Request, session *login.Session, target string, goal login.Goal) error {
	switch login.Next(session, goal, true) {
	case login.Done:
		r.Redirect(w, target)
	case login.AskPassword:
		r.Redirect(w, page.SignInTo(target))
	case login.Choose:
		r.Redirect(w, page.ChooseMember+"?"+url.Values{page.GoalField: {target}}.Encode())
	case login.SetPassword:
		r.Redirect(w, r.Paths().Password+"?"+url.Values{page.GoalField: {target}}.Encode())
	default:
		r.Redirect(w, r.Paths().SignCode+"?"+url.Values{page.GoalField: {target}}.Encode())
	}
	return nil
}

// step asks package login which step is due, and gives what the account holds where that depends on it.
func (d Door) step(r *page.Request, session *login.Session, goal login.Goal) (login.Step, token.Holding, error) {
	if step := login.Next(session, goal, true); step != login.AskCode {
		return step, token.Holding{}, nil
	}
	holding, _, err := d.Tokens.Overview(r.Context(), session.Account)
	if err != nil {
		return "", token.Holding{}, err
	}
	return login.Next(session, goal, len(holding.Usable()) > 0), holding, nil
}

// sessionOf gives the session that the browser holds in the realm whose login it is, if any.
func sessionOf(r *page.Request) *login.Session {
	if !r.OwnRealm() {
		return nil
	}
	return &r.Visit.Session
}
