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

// Device names the browser of a session: „Firefox auf Windows“.
func (p *sessionsPage) Device(s login.Session) string {
	switch d := login.DeviceOf(s.Agent); {
	case d.Browser != "" && d.System != "":
		return p.T("member.sessions.device", d.Browser, d.System)
	case d.Browser != "":
		return d.Browser
	case d.System != "":
		return p.T("member.sessions.browser-on", d.System)
	default:
		return p.T("member.sessions.unknown")
	}
}

// Facts lists what the owner recognises a session by.
func (p *sessionsPage) Facts(s login.Session) []page.Fact {
	proof := p.T("member.sessions.level.password", p.Profile().Login.PasswordLabel)
	if s.Level == login.TwoFactor {
		proof = p.T("member.sessions.level.two-factor", p.Profile().Login.PasswordLabel)
	}
	facts := []page.Fact{p.Fact("member.sessions.begun", p.Time(s.Created))}
	if s.ID != p.This.ID {
		facts = append(facts, p.Fact("member.sessions.seen", p.Time(s.Seen)))
	}
	if network := login.NetworkOf(s.Address); network != "" {
		if s.ID != p.This.ID && network == login.NetworkOf(p.This.Address) {
			network = p.T("member.sessions.same-network", network)
		}
		facts = append(facts, p.Fact("member.sessions.network", network))
	}
	return append(facts, p.Fact("member.sessions.proof", proof))
}
