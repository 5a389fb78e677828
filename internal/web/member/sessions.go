package member

import (
	"net/http"
	"net/url"

	"torhaus/internal/login"
	"torhaus/internal/web/page"
)

var sessionsView = page.NewView[sessionsPage](files, "sessions.html")

const (
	sessionField = "sitzung"
	endedParam   = "beendet"
	oneEnded     = "eine"
	othersEnded  = "andere"
)

// sessionsPage tells where the member is logged in.
type sessionsPage struct {
	page.Base
	This   login.Session
	Others []login.Session // live ones, the one used last first
	Ended  string          // what was ended just now: oneEnded, othersEnded or nothing
}

// Sessions lists the live sessions of the visitor.
func (d Door) Sessions(w http.ResponseWriter, r *page.Request) error {
	live, err := d.Login.Sessions(r.Context(), r.Visit.Account.ID)
	if err != nil {
		return err
	}
	p := sessionsPage{This: r.Visit.Session, Ended: r.Param(endedParam)}
	for _, s := range live {
		if s.ID != p.This.ID {
			p.Others = append(p.Others, s)
		}
	}
	return sessionsView.Show(w, r, p)
}

// EndSession ends one other session. For the one that is asking there is „Abmelden“.
func (d Door) EndSession(w http.ResponseWriter, r *page.Request) error {
	id := login.SessionID(r.Form.Value(sessionField))
	if id != r.Visit.Session.ID {
		if err := d.Login.EndSession(r.Context(), r.Visit.Session, id); err != nil {
			return err
		}
	}
	return sessionsEnded(w, r, oneEnded)
}

// EndOtherSessions ends all sessions but the one that is asking.
func (d Door) EndOtherSessions(w http.ResponseWriter, r *page.Request) error {
	if err := d.Login.EndOthers(r.Context(), r.Visit.Session); err != nil {
		return err
	}
	return sessionsEnded(w, r, othersEnded)
}

func sessionsEnded(w http.ResponseWriter, r *page.Request, what string) error {
	r.Redirect(w, page.Logins+"?"+url.Values{endedParam: {what}}.Encode())
	return nil
}
