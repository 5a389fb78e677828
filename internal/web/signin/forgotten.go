package signin

import (
	"net/http"
	"net/url"
	"strings"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/password"
	"torhaus/internal/web/page"
)

var (
	forgottenView = page.NewView[forgottenPage](files, "forgotten.html")
	sentView      = page.NewView[sentPage](files, "forgotten_sent.html")

	forgottenRoleView = page.NewView[forgottenPage](files, "forgotten_role.html")
	sentRoleView      = page.NewView[sentPage](files, "forgotten_role_sent.html")
)

const (
	sentPath = page.Forgot + "/angefordert"

	wayField, byMail, byLetter = "weg", "e-mail", "brief"
)

// ways are what the form calls the ways of a one-time password.
var ways = map[string]password.Way{byMail: password.ByMail, byLetter: password.ByLetter}

type forgottenPage struct {
	page.Base
	Role     account.Role // whose door it is; empty where there is one for all
	UserName string       // as typed
	Again    string       // likewise, for the second time
	Way      string       // as chosen; empty if nothing was yet
}

// ByMail tells whether the way by e-mail was chosen.
func (p *forgottenPage) ByMail() bool { return p.Way == byMail }

// ByLetter tells whether the way by letter was chosen.
func (p *forgottenPage) ByLetter() bool { return p.Way == byLetter }

// WayError is what is wrong with the choice, if anything is.
func (p *forgottenPage) WayError() string {
	for _, wrong := range p.Wrongs() {
		if wrong.Field == wayField {
			return wrong.Text
		}
	}
	return ""
}

// RoleWord is what the form calls the role.
func (p *forgottenPage) RoleWord() string { return page.RoleWord(p.Role) }

// IsClerk tells whether it is the page of clerks.
func (p *forgottenPage) IsClerk() bool { return p.Role == account.Clerk }

// SignIn is the login that the page belongs to.
func (p *forgottenPage) SignIn() string { return page.InRole(page.SignIn, p.Role) }

// AskForgotten shows the form for a one-time password. Where people act for organisations, the role comes first (BVK18).
func (d Door) AskForgotten(w http.ResponseWriter, r *page.Request) error {
	door, ok := d.door(r, r.Param(page.RoleField))
	if !ok {
		r.Redirect(w, page.SignIn)
		return nil
	}
	if door.Role != "" {
		return forgottenRoleView.Show(w, r, forgottenPage{Role: door.Role})
	}
	return forgottenView.Show(w, r, forgottenPage{})
}

// SendOneTime takes the request for a one-time password. Whoever asks learns nothing but that.
func (d Door) SendOneTime(w http.ResponseWriter, r *page.Request) error {
	door, ok := d.door(r, r.Form.Value(page.RoleField))
	if !ok {
		r.Redirect(w, page.SignIn)
		return nil
	}
	if door.Role != "" {
		return d.sendInRole(w, r, door)
	}
	p := forgottenPage{UserName: r.Form.Value("user"), Way: r.Form.Value(wayField)}
	if err := p.complete(r); err != nil {
		return forgottenView.Refuse(w, r, p, err)
	}
	if err := d.Login.Forgot(r.Context(), door, p.UserName, ways[p.Way], r.Form.Value("code"), r.Visitor()); err != nil {
		return forgottenView.Refuse(w, r, p, err)
	}
	r.Redirect(w, sentPath+"?"+url.Values{wayField: {p.Way}}.Encode())
	return nil
}

// sendInRole takes the request of somebody who acts for organisations: the address, twice.
func (d Door) sendInRole(w http.ResponseWriter, r *page.Request, door account.Door) error {
	p := forgottenPage{Role: door.Role, UserName: r.Form.Value("user"), Again: r.Form.Value("again")}
	if err := p.completeInRole(r); err != nil {
		return forgottenRoleView.Refuse(w, r, p, err)
	}
	if err := d.Login.Forgot(r.Context(), door, p.UserName, "", "", r.Visitor()); err != nil {
		return forgottenRoleView.Refuse(w, r, p, err)
	}
	r.Redirect(w, page.InRole(sentPath, door.Role))
	return nil
}

// completeInRole refuses what is no address, or two of them, before anything is counted.
func (p *forgottenPage) completeInRole(r *page.Request) error {
	email, ok := account.CheckEmail(p.UserName)
	again, okAgain := account.CheckEmail(p.Again)
	switch {
	case strings.TrimSpace(p.UserName) == "":
		return fault.InvalidField("user", "signin.fault.empty", r.Profile().Login.UserNameLabel)
	case !ok:
		return fault.InvalidField("user", "account.fault.email-form")
	case !okAgain || !strings.EqualFold(email, again):
		return fault.InvalidField("again", "signin.forgotten.fault.again")
	}
	return nil
}

// complete refuses a form with an empty field before anything is counted.
func (p *forgottenPage) complete(r *page.Request) error {
	var fields []fault.Field
	if strings.TrimSpace(p.UserName) == "" {
		fields = append(fields, fault.Field{Name: "user", Message: "signin.fault.empty", Args: []any{r.Profile().Login.UserNameLabel}})
	}
	if _, chosen := ways[p.Way]; !chosen {
		fields = append(fields, fault.Field{Name: wayField, Message: "signin.forgotten.fault.way"})
	}
	if p.ByMail() && strings.TrimSpace(r.Form.Value("code")) == "" {
		fields = append(fields, fault.Field{Name: "code", Message: "signin.fault.empty", Args: []any{r.Text.T("signin.code.label")}})
	}
	if fields == nil {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Message: "fault.invalid", Fields: fields}
}

type sentPage struct {
	page.Base
	Role    account.Role // whose door it is; empty where there is one for all
	ByMail  bool
	Arrives calendar.Date // day by which a letter that is asked for now is there
}

// IsClerk tells whether it is the page of clerks.
func (p *sentPage) IsClerk() bool { return p.Role == account.Clerk }

// SignIn is the login that the page belongs to.
func (p *sentPage) SignIn() string { return page.InRole(page.SignIn, p.Role) }

// OneTimeSent confirms the request, in the same words for everybody.
func (d Door) OneTimeSent(w http.ResponseWriter, r *page.Request) error {
	door, isDoor := d.door(r, r.Param(page.RoleField))
	way, chosen := ways[r.Param(wayField)]
	if !isDoor || door.Role == "" && !chosen {
		r.Redirect(w, page.Forgot)
		return nil
	}
	now, err := d.Login.Now(r.Context())
	if err != nil {
		return err
	}
	rules := d.Login.Rules.Password
	p := sentPage{
		Role: door.Role, ByMail: way == password.ByMail, Arrives: rules.Calendar.AddWerktage(calendar.DateOf(now.Time), rules.Letter.Arrival),
	}
	if door.Role != "" {
		return sentRoleView.Show(w, r, p)
	}
	return sentView.Show(w, r, p)
}
