package staff

import (
	"net/http"
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/staff"
	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

// How an invitation becomes a login: link, password, QR code, first one-time code.
var (
	invitationView = page.NewView[invitationPage](files, "invitation.html")
	setUpView      = page.NewView[setUpPage](files, "set_up.html")
	notInvited     = page.NewView[notInvitedPage](files, "not_invited.html")
)

// entrySteps are the steps of an invitation; current counts from 1.
func entrySteps(b *page.Base, current int) []page.Step {
	return b.Steps(current, b.Profile().Login.PasswordLabel, b.Profile().Token.Soft.Label)
}

type invitationPage struct {
	page.NewPassword
	Guest account.Account
	Link  string
}

// Progress shows the steps.
func (p *invitationPage) Progress() []page.Step { return entrySteps(&p.Base, 1) }

// Action is the address of the form.
func (p *invitationPage) Action() string { return page.Invitation + "/" + p.Link }

func (d Door) invitationPage(r *page.Request) (invitationPage, error) {
	link := staff.Link(r.PathValue("link"))
	guest, err := d.Staff.Guest(r.Context(), link)
	if err != nil {
		return invitationPage{}, page.Advise(err, page.Link{Path: page.Console, Text: "page.fault.to-console"})
	}
	chosen := r.Form.Secret("new")
	return invitationPage{NewPassword: page.NewPasswordFor(d.Login.Rules.Password, guest, chosen), Guest: guest, Link: link.Reveal()}, nil
}

// AskEntry shows whom a link invites and asks for a password. It spends nothing: programs look at links too.
func (d Door) AskEntry(w http.ResponseWriter, r *page.Request) error {
	p, err := d.invitationPage(r)
	if err != nil {
		return err
	}
	return invitationView.Show(w, r, p)
}

// Enter spends the link: the password is set, and the set-up of a token begins.
func (d Door) Enter(w http.ResponseWriter, r *page.Request) error {
	p, err := d.invitationPage(r)
	if err != nil {
		return err
	}
	if again := r.Form.Secret("again"); r.Form.Has("again") && again != r.Form.Secret("new") {
		return invitationView.Refuse(w, r, p, fault.InvalidField("again", "signin.change.fault.again"))
	}
	in, err := d.Staff.Accept(r.Context(), staff.Link(p.Link), r.Form.Secret("new"), r.Visitor())
	if err != nil {
		return invitationView.Refuse(w, r, p, err)
	}
	r.Enter(w, in)
	r.Redirect(w, page.SetUp)
	return nil
}

type setUpPage struct {
	page.Base
	Serial string
	Until  time.Time
	Key    *page.Key // nil after the first showing
}

// Progress shows the steps.
func (p *setUpPage) Progress() []page.Step { return entrySteps(&p.Base, 2) }

// SeenOnce tells that the page shows what loading it again does not.
func (p *setUpPage) SeenOnce() bool { return p.Key != nil }

type notInvitedPage struct{ page.Base }

// ShowSetUp shows the QR code, once, and asks for the first one-time code. Whoever was not invited learns what to do.
func (d Door) ShowSetUp(w http.ResponseWriter, r *page.Request) error {
	may, err := d.Staff.MaySetUp(r.Context(), r.Visit.Session)
	if err != nil {
		return err
	}
	if !may {
		return notInvited.Show(w, r, notInvitedPage{})
	}
	o, t, err := d.Staff.Tokens.ShowSetup(r.Context(), r.Visit.Account.ID, string(r.Visit.Session.ID))
	if fault.Is(err, fault.Conflict) {
		return setUpView.Show(w, r, setUpPage{}) // in another session, or too long ago: it can begin anew
	}
	if err != nil {
		return err
	}
	p := setUpPage{Serial: t.Serial, Until: o.Setup.Until}
	if t.Secret != nil {
		if p.Key, err = page.KeyOf(t, d.Staff.Rules.Token.Token.Soft.Issuer); err != nil {
			return err
		}
	}
	return setUpView.Show(w, r, p)
}

// SetUpAgain begins anew, with another QR code.
func (d Door) SetUpAgain(w http.ResponseWriter, r *page.Request) error {
	if err := d.Staff.SetUpAgain(r.Context(), r.Visit.Session); err != nil {
		return err
	}
	r.Redirect(w, page.SetUp)
	return nil
}

// FinishSetUp checks the first one-time code. The right one logs in.
func (d Door) FinishSetUp(w http.ResponseWriter, r *page.Request) error {
	h, now, err := d.Staff.Tokens.Overview(r.Context(), r.Visit.Account.ID)
	if err != nil {
		return err
	}
	o, t, ok := h.SetupOf(string(r.Visit.Session.ID), now)
	if !ok {
		r.Redirect(w, page.SetUp)
		return nil
	}
	p := setUpPage{Serial: t.Serial, Until: o.Setup.Until}
	in, try, err := d.Login.FinishSetup(r.Context(), r.Visit.Session, strings.TrimSpace(r.Form.Value("otp")), r.Visitor())
	switch {
	case err == nil && try.Outcome == token.Void:
		r.Redirect(w, page.SetUp)
		return nil
	case err == nil && try.Outcome != token.Right:
		err = fault.InvalidField("otp", "staff.set-up.fault.wrong", try.Left)
	}
	if err != nil {
		return setUpView.Refuse(w, r, p, err)
	}
	r.Enter(w, in)
	r.Redirect(w, page.Console)
	return nil
}

// entryRoutes are what an invitation leads through.
func (d Door) entryRoutes() []page.Route {
	return []page.Route{
		page.Get("/verwaltung/einladung/{link}", page.Everybody, d.AskEntry),
		page.Post("/verwaltung/einladung/{link}", page.Everybody, d.Enter),
		page.Get("/verwaltung/einrichten", login.SetUpToken, d.ShowSetUp),
		page.Post("/verwaltung/einrichten", login.SetUpToken, d.FinishSetUp),
		page.Post("/verwaltung/einrichten/neu", login.SetUpToken, d.SetUpAgain),
	}
}
