package signin

import (
	"net/http"
	"net/url"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/password"
	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

var (
	changeView  = page.NewView[changePage](files, "change.html")
	changedView = page.NewView[changedPage](files, "changed.html")
)

// changePage is where a personal password is set: instead of the current one, or of a one-time password.
type changePage struct {
	page.NewPassword
	passwordNews
	Target    string
	Forced    bool // the session was opened with a one-time password: nothing else can be done
	NeedsCode bool
}

// passwordNews is what the member is told about passwords and post.
type passwordNews struct {
	OnItsWay  password.OneTime // a one-time password that was asked for and not used; the zero value if there is none
	TokenFrom calendar.Date    // first day on which a token may come by letter; zero where that is not stopped
	Ends      []string         // serial numbers of ordered tokens whose orders end with the new password
}

// AskNewPassword shows the form for a new password.
func (d Door) AskNewPassword(w http.ResponseWriter, r *page.Request) error {
	p, err := d.changePage(r, r.Param(page.GoalField))
	if err != nil {
		return err
	}
	return changeView.Show(w, r, p)
}

func (d Door) changePage(r *page.Request, target string) (p changePage, err error) {
	session, owner := r.Visit.Session, r.Visit.Account
	p = changePage{
		Target: target, Forced: session.OneTime != "", NewPassword: page.NewPasswordFor(d.Login.Rules.Password, owner, ""),
	}
	holding, now, err := d.Tokens.Overview(r.Context(), owner.ID)
	if err != nil {
		return p, err
	}
	st, err := d.Login.Passwords(r.Context(), owner.ID)
	if err != nil {
		return p, err
	}
	p.NeedsCode = login.NeedsCode(session, holding)
	p.passwordNews = d.newsBefore(st, session, holding, now)
	return p, nil
}

// newsBefore tells what a new password will mean: one from a letter keeps tokens from coming by letter too.
func (d Door) newsBefore(st password.State, session login.Session, h token.Holding, now calendar.Moment) (n passwordNews) {
	open, ok := st.Open()
	switch {
	case !ok || !open.ValidAt(now), session.Role != "" && session.OneTime != "": // what comes by e-mail is no token that post could bring
	case session.OneTime == "":
		n.OnItsWay = open
	case open.Way == password.ByLetter:
		h.PasswordByPost = now.Time
		n.TokenFrom, _ = h.ByPostFrom(d.Tokens.Rules)
		n.Ends, _ = h.PasswordCame(now)
	}
	return n
}

// ChangePassword sets a new password.
func (d Door) ChangePassword(w http.ResponseWriter, r *page.Request) error {
	p, err := d.changePage(r, r.Form.Value(page.GoalField))
	if err != nil {
		return err
	}
	form := login.PasswordForm{Current: r.Form.Secret("current"), Code: r.Form.Value("code"), New: r.Form.Secret("new")}
	p.NewPassword = page.NewPasswordFor(d.Login.Rules.Password, r.Visit.Account, form.New)
	if err := p.complete(r); err != nil {
		return changeView.Refuse(w, r, p, err)
	}
	in, err := d.Login.ChangePassword(r.Context(), r.Visit.Session, r.Visit.Account, form, r.Visitor())
	if fault.Is(err, fault.Conflict) {
		return page.Advise(err, page.Link{Path: r.Paths().SignIn, Text: "signin.change.again"})
	}
	if err != nil {
		return changeView.Refuse(w, r, p, err)
	}
	r.Enter(w, in)
	if in.Session.Role != "" && in.Session.Level != login.TwoFactor { // the page that confirms it takes both factors
		if err := d.sendCode(r, in.Session); err != nil {
			return err
		}
		target, goal := r.Target(p.Target)
		return d.next(w, r, &in.Session, target, goal)
	}
	r.Redirect(w, r.Paths().Password+"/geaendert?"+url.Values{page.GoalField: {p.Target}}.Encode())
	return nil
}

// complete refuses a form with an empty field, or with two new passwords that differ, before anything is counted. The field for
// the new password comes twice where no script can show what was typed.
func (p *changePage) complete(r *page.Request) error {
	var fields []fault.Field
	missing := func(name, label string) {
		if r.Form.Secret(name) == "" {
			fields = append(fields, fault.Field{Name: name, Message: "signin.fault.empty", Args: []any{label}})
		}
	}
	label := r.Profile().Login.PasswordLabel
	if !p.Forced {
		missing("current", r.Text.T("signin.change.current", label))
	}
	if p.NeedsCode {
		missing("code", r.Text.T("signin.code.label"))
	}
	missing("new", r.Text.T("signin.change.new", label))
	if again := r.Form.Secret("again"); r.Form.Has("again") && again != r.Form.Secret("new") {
		fields = append(fields, fault.Field{Name: "again", Message: "signin.change.fault.again"})
	}
	if fields == nil {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Message: "fault.invalid", Fields: fields}
}

type changedPage struct {
	page.Base
	passwordNews
	Target string
}

// PasswordChanged confirms a new password and leads on to where the visitor wanted to go.
func (d Door) PasswordChanged(w http.ResponseWriter, r *page.Request) error {
	owner := r.Visit.Account.ID
	st, err := d.Login.Passwords(r.Context(), owner)
	if err != nil {
		return err
	}
	if !st.Set.Equal(r.Visit.Session.PasswordAt) { // not by this session: nothing to confirm
		r.Redirect(w, r.Paths().Password)
		return nil
	}
	p := changedPage{}
	p.Target, _ = r.Target(r.Param(page.GoalField))
	if st.ByPost.Equal(st.Set) {
		holding, _, err := d.Tokens.Overview(r.Context(), owner)
		if err != nil {
			return err
		}
		p.TokenFrom, _ = holding.ByPostFrom(d.Tokens.Rules)
	}
	return changedView.Show(w, r, p)
}
