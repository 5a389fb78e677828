package signin

import (
	"net/http"
	"strings"

	"torhaus/internal/account"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/web/page"
)

var passwordView = page.NewView[passwordPage](files, "password.html")

type passwordPage struct {
	page.Base
	Target   string
	ToPortal bool
	Ended    bool   // an earlier session has ended meanwhile
	UserName string // as typed
}

func newPasswordPage(r *page.Request, raw string) (passwordPage, login.Goal) {
	target, goal := r.Target(raw)
	return passwordPage{Target: target, ToPortal: goal == login.ToPortal}, goal
}

// Place names where the login leads: the portal, or the token management.
func (p *passwordPage) Place() string {
	if p.InConsole() {
		return p.T("page.console.label")
	}
	if p.ToPortal {
		return p.Profile().Portal.Name
	}
	return p.Profile().Portal.TokenManagement
}

// Other gives who is logged in at the doors of the other realm; that ends with this login. Empty if nobody is.
func (p *passwordPage) Other() string {
	if v := p.Visit(); v != nil {
		return v.Account.Person.Name()
	}
	return ""
}

// AskPassword shows the first step of a login, or goes on where it is done already.
func (d Door) AskPassword(w http.ResponseWriter, r *page.Request) error {
	p, goal := newPasswordPage(r, r.Param(page.GoalField))
	if r.OwnRealm() {
		return d.next(w, r, sessionOf(r), p.Target, goal)
	}
	if r.Stale {
		p.Ended = true
		r.Leave(w)
	}
	return passwordView.Show(w, r, p)
}

// EnterPassword checks user name and password (KVB01, KVB07).
func (d Door) EnterPassword(w http.ResponseWriter, r *page.Request) error {
	p, goal := newPasswordPage(r, r.Form.Value(page.GoalField))
	p.UserName = r.Form.Value("user")
	if err := p.complete(r); err != nil {
		return passwordView.Refuse(w, r, p, err)
	}
	in, err := d.Login.EnterPassword(r.Context(), account.Door{Realm: r.Realm()}, p.UserName, r.Form.Secret("password"), r.Visitor())
	if err != nil {
		return passwordView.Refuse(w, r, p, err)
	}
	r.Enter(w, in)
	return d.next(w, r, &in.Session, p.Target, goal)
}

// complete refuses a form with an empty field before anything is counted.
func (p passwordPage) complete(r *page.Request) error {
	rules := r.Profile().Login
	var fields []fault.Field
	if strings.TrimSpace(p.UserName) == "" {
		fields = append(fields, fault.Field{Name: "user", Message: "signin.fault.empty", Args: []any{rules.UserNameLabel}})
	}
	if r.Form.Secret("password") == "" {
		fields = append(fields, fault.Field{Name: "password", Message: "signin.fault.empty", Args: []any{rules.PasswordLabel}})
	}
	if fields == nil {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Message: "fault.invalid", Fields: fields}
}
