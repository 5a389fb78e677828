package signin

import (
	"net/http"
	"net/url"
	"strings"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/password"
	"torhaus/internal/web/page"
)

var (
	forgottenView = page.NewView[forgottenPage](files, "forgotten.html")
	sentView      = page.NewView[sentPage](files, "forgotten_sent.html")
)

const (
	sentPath = page.Forgot + "/angefordert"

	wayField, byMail, byLetter = "weg", "e-mail", "brief"
)

// ways are what the form calls the ways of a one-time password.
var ways = map[string]password.Way{byMail: password.ByMail, byLetter: password.ByLetter}

type forgottenPage struct {
	page.Base
	UserName string // as typed
	Way      string // as chosen; empty if nothing was yet
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

// AskForgotten shows the form for a one-time password.
func (d Door) AskForgotten(w http.ResponseWriter, r *page.Request) error {
	return forgottenView.Show(w, r, forgottenPage{})
}

// SendOneTime takes the request for a one-time password. Whoever asks learns nothing but that.
func (d Door) SendOneTime(w http.ResponseWriter, r *page.Request) error {
	p := forgottenPage{UserName: r.Form.Value("user"), Way: r.Form.Value(wayField)}
	if err := p.complete(r); err != nil {
		return forgottenView.Refuse(w, r, p, err)
	}
	if err := d.Login.Forgot(r.Context(), p.UserName, ways[p.Way], r.Form.Value("code"), r.Visitor()); err != nil {
		return forgottenView.Refuse(w, r, p, err)
	}
	r.Redirect(w, sentPath+"?"+url.Values{wayField: {p.Way}}.Encode())
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
	ByMail  bool
	Arrives calendar.Date // day by which a letter that is asked for now is there
}

// OneTimeSent confirms the request, in the same words for everybody.
func (d Door) OneTimeSent(w http.ResponseWriter, r *page.Request) error {
	way, ok := ways[r.Param(wayField)]
	if !ok {
		r.Redirect(w, page.Forgot)
		return nil
	}
	now, err := d.Login.Now(r.Context())
	if err != nil {
		return err
	}
	rules := d.Login.Rules.Password
	return sentView.Show(w, r, sentPage{
		ByMail: way == password.ByMail, Arrives: rules.Calendar.AddWerktage(calendar.DateOf(now.Time), rules.Letter.Arrival),
	})
}
