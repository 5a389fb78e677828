package signin

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"torhaus/internal/account"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/organisation"
	"torhaus/internal/web/page"
)

var (
	mailedView   = page.NewView[mailedPage](files, "mailed.html")
	standingView = page.NewView[standingPage](files, "standing.html")
)

// sentParam says on the page of the mailed code that another one was sent just now.
const sentParam = "gesendet"

// mailedPage asks for the code that was sent by e-mail (BVK02).
type mailedPage struct {
	page.Base
	login.Awaited
	Target string
	Anew   bool // another one was sent just now
}

// Address is where the code was sent, as much of it as its owner needs to recognise it.
func (p *mailedPage) Address() string { return masked(p.Visit().Account.Email) }

// masked gives the first letter of an address, and its domain.
func masked(email string) string {
	_, first := utf8.DecodeRuneInString(email)
	_, domain, _ := strings.Cut(email, "@")
	return email[:first] + "…@" + domain
}

// Barred tells whether no code is sent or looked at for a while.
func (p *mailedPage) Barred() bool { return !p.Blocked.IsZero() }

// Valid tells whether a code is on its way that can still be given.
func (p *mailedPage) Valid() bool { return !p.Until.IsZero() && p.Left > 0 }

// Tried tells whether a wrong one was given already.
func (p *mailedPage) Tried() bool { return p.Valid() && p.Left < p.Profile().People.Code.Tries }

// MayResend tells whether this login sends another one.
func (p *mailedPage) MayResend() bool { return !p.Resend.IsZero() }

// Pause says how long whoever wants another one waits; empty if that is over.
func (p *mailedPage) Pause() string {
	if wait := p.Resend.Sub(p.Now); wait > 0 {
		return p.T("signin.mailed.pause", wait)
	}
	return ""
}

// Hint describes the code.
func (p *mailedPage) Hint() string { return p.T("signin.mailed.hint", p.Profile().People.Code.Digits) }

// Clerk tells whether an administrator helps, rather than the body.
func (p *mailedPage) Clerk() bool { return p.Visit().Session.Role == account.Clerk }

func (d Door) mailedPage(r *page.Request, target string) (p mailedPage, err error) {
	p = mailedPage{Target: target, Anew: r.Param(sentParam) != ""}
	p.Awaited, err = d.Login.Awaited(r.Context(), r.Visit.Session)
	return p, err
}

// showMailed shows the second step of a login whose code comes by e-mail.
func (d Door) showMailed(w http.ResponseWriter, r *page.Request, target string) error {
	p, err := d.mailedPage(r, target)
	if err != nil {
		return err
	}
	return mailedView.Show(w, r, p)
}

// sendCode sends the first mailed code of a login whose next step asks for it. That none can be sent now, that step tells.
func (d Door) sendCode(r *page.Request, session login.Session) error {
	if session.Role == "" || session.OneTime != "" {
		return nil
	}
	_, err := d.Login.SendCode(r.Context(), session, r.Visitor())
	if fault.Is(err, fault.Busy) || fault.Is(err, fault.Conflict) {
		return nil
	}
	return err
}

// SendAnother sends another mailed code. The one before is void.
func (d Door) SendAnother(w http.ResponseWriter, r *page.Request) error {
	target, goal := r.Target(r.Form.Value(page.GoalField))
	step, _, err := d.step(r, sessionOf(r), goal)
	switch {
	case err != nil:
		return err
	case step != login.AskMailed:
		return d.next(w, r, sessionOf(r), target, goal)
	}
	if _, err := d.Login.SendCode(r.Context(), r.Visit.Session, r.Visitor()); err != nil {
		return d.refuseMailed(w, r, target, err)
	}
	r.Redirect(w, page.SignCode+"?"+url.Values{page.GoalField: {target}, sentParam: {"1"}}.Encode())
	return nil
}

// enterMailed checks a mailed code (BVK02).
func (d Door) enterMailed(w http.ResponseWriter, r *page.Request, target string, goal login.Goal) error {
	in, err := d.Login.EnterMailed(r.Context(), r.Visit.Session, r.Form.Value("code"), r.Visitor())
	if standing, ok := login.RefusedStanding(err); ok {
		return d.turnAway(w, r, standing)
	}
	if err != nil {
		return d.refuseMailed(w, r, target, err)
	}
	r.Enter(w, in)
	return d.next(w, r, &in.Session, target, goal)
}

// refuseMailed shows the page of the mailed code again, with what was wrong, and with what can be done now.
func (d Door) refuseMailed(w http.ResponseWriter, r *page.Request, target string, err error) error {
	f := fault.Of(err)
	if f == nil || f.Kind == fault.NotAllowed {
		return err
	}
	p, failed := d.mailedPage(r, target)
	if failed != nil {
		return failed
	}
	if f.Kind == fault.Conflict { // another code mends it, which the page offers
		err = fault.New(fault.Invalid, f.Message, f.Args...)
	}
	return mailedView.Refuse(w, r, p, err)
}

// standingPage says why somebody may not enter who has proved both factors, and whom to ask (BVK14).
type standingPage struct {
	page.Base
	Role     account.Role
	Standing organisation.Standing
}

// SeenOnce: loading the page again leads to the login.
func (p *standingPage) SeenOnce() bool { return true }

// Heading says what happened.
func (p *standingPage) Heading() string {
	switch p.Standing {
	case organisation.Waits:
		return p.T("signin.standing.waits.title")
	case organisation.NoAdministrator:
		return p.T("signin.standing.no-administrator.title")
	default:
		return p.T("signin.standing.out.title")
	}
}

// Sentences say why, and whom to ask.
func (p *standingPage) Sentences() []string {
	people, body := p.Profile().People, p.Profile().Body.Short
	switch {
	case p.Role == account.DataCentre && p.Standing == organisation.Waits:
		return []string{p.T("signin.standing.waits.centre", body)}
	case p.Role == account.DataCentre:
		return []string{p.T("signin.standing.out.centre", body)}
	case p.Standing == organisation.Waits:
		return []string{p.T("signin.standing.waits.why", people.Administrator, body), p.T("signin.standing.waits.ask")}
	case p.Standing == organisation.NoAdministrator:
		return []string{
			p.T("signin.standing.no-administrator.why", people.Member, people.Administrator), p.T("signin.standing.no-administrator.ask", people.Administrator),
		}
	case p.Role == account.Clerk:
		return []string{p.T("signin.standing.out.clerk.why", people.Administrator), p.T("signin.standing.out.clerk.ask", people.Administrator, people.Management)}
	default:
		return []string{p.T("signin.standing.out.other.why", people.Administrator), p.T("signin.standing.out.other.ask")}
	}
}

// Registers is where somebody registers anew whose access has ended for good; empty for all others.
func (p *standingPage) Registers() string {
	if p.Standing != organisation.Out || p.Role != account.Administrator {
		return ""
	}
	return page.InRole(page.Register, p.Role)
}

// turnAway shows why somebody may not enter. The session has ended with the right code.
func (d Door) turnAway(w http.ResponseWriter, r *page.Request, standing organisation.Standing) error {
	p := standingPage{Role: r.Visit.Session.Role, Standing: standing}
	r.Leave(w)
	r.Visit = nil
	return standingView.ShowAs(w, r, http.StatusForbidden, p)
}
