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
	Role     account.Role // whose door it is; empty where there is one for all
	Ended    bool         // an earlier session has ended meanwhile
	UserName string       // as typed
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

// RoleWord is what the form calls the role.
func (p *passwordPage) RoleWord() string { return page.RoleWord(p.Role) }

// Forgotten is where whoever has forgotten the password goes, in the same role.
func (p *passwordPage) Forgotten() string { return page.InRole(page.Forgot, p.Role) }

// Registers is where whoever is not registered yet does so, in the same role; empty where others do that.
func (p *passwordPage) Registers() string {
	if p.Role != account.Administrator && p.Role != account.DataCentre {
		return ""
	}
	return page.InRole(page.Register, p.Role)
}

// AskPassword shows the first step of a login, or goes on where it is done already.
func (d Door) AskPassword(w http.ResponseWriter, r *page.Request) error {
	p, goal := newPasswordPage(r, r.Param(page.GoalField))
	door, ok := d.door(r, r.Param(page.RoleField))
	if r.OwnRealm() && (!ok || door.Role == r.Visit.Session.Role) {
		return d.next(w, r, sessionOf(r), p.Target, goal)
	}
	if r.Stale {
		p.Ended = true
		r.Leave(w)
	}
	if !ok {
		return d.askRole(w, r, p.Target, p.Ended)
	}
	p.Role = door.Role
	return passwordView.Show(w, r, p)
}

// EnterPassword checks user name and password (KVB01, KVB07).
func (d Door) EnterPassword(w http.ResponseWriter, r *page.Request) error {
	p, goal := newPasswordPage(r, r.Form.Value(page.GoalField))
	door, ok := d.door(r, r.Form.Value(page.RoleField))
	if !ok {
		r.Redirect(w, page.SignInTo(p.Target)) // which asks for the role
		return nil
	}
	p.UserName, p.Role = r.Form.Value("user"), door.Role
	if err := p.complete(r); err != nil {
		return passwordView.Refuse(w, r, p, err)
	}
	in, err := d.Login.EnterPassword(r.Context(), door, p.UserName, r.Form.Secret("password"), r.Visitor())
	if err != nil {
		return passwordView.Refuse(w, r, p, err)
	}
	r.Enter(w, in)
	if err := d.sendCode(r, in.Session); err != nil {
		return err
	}
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
