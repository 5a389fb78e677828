package member

import (
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"torhaus/internal/fault"
	"torhaus/internal/secret"
	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

// The steps of an activation (KVB12–KVB15).
var (
	codeView      = page.NewView[codePage](files, "activate_code.html")
	setupView     = page.NewView[setupPage](files, "activate_setup.html")
	activatedView = page.NewView[activatedPage](files, "activate_done.html")
)

const (
	setupPath     = page.Activate + "/einrichten"
	activatedPath = page.Activate + "/fertig"
)

// activatePage is what all steps of an activation have in common.
type activatePage struct{ page.Base }

// Progress shows the steps; current counts from 1.
func (p *activatePage) Progress(current int) []page.Step {
	return p.Steps(current, p.Profile().Token.Code.Purpose, p.T("member.activate.step.setup"), p.T("member.activate.step.done"))
}

type codePage struct {
	activatePage
	Serial string
}

var errExpired = fault.New(fault.Conflict, "member.activate.fault.expired")

// AskCode asks for the activation code of the letter (KVB12).
func (d Door) AskCode(w http.ResponseWriter, r *page.Request) error {
	p, err := d.codePage(r)
	if err != nil {
		return err
	}
	return codeView.Show(w, r, p)
}

// codePage fills the page, if there is an order that waits for its code.
func (d Door) codePage(r *page.Request) (codePage, error) {
	h, now, err := d.holding(r)
	if err != nil {
		return codePage{}, err
	}
	o, ok := h.Open(token.Soft)
	switch {
	case !ok:
		return codePage{}, page.Advise(fault.New(fault.Conflict, "token.activate.fault.no-order"), toOrder)
	case o.ExpiredAt(now):
		return codePage{}, page.Advise(errExpired, toOrder)
	}
	t, _ := h.Token(o.Token)
	return codePage{Serial: t.Serial}, nil
}

// EnterCode checks the activation code. The right one opens the set-up page, once (KVB03).
func (d Door) EnterCode(w http.ResponseWriter, r *page.Request) error {
	p, err := d.codePage(r)
	if err != nil {
		return err
	}
	try, err := d.Tokens.EnterCode(r.Context(), r.Visit.Account.ID, string(r.Visit.Session.ID), r.Form.Value("code"))
	if err == nil {
		err = refusedCode(try)
	}
	if err != nil {
		return codeView.Refuse(w, r, p, err)
	}
	r.Redirect(w, setupPath)
	return nil
}

// refusedCode gives the error for a try with an activation code that did not succeed.
func refusedCode(try token.Try) error {
	switch try.Outcome {
	case token.Right:
		return nil
	case token.Wrong:
		return fault.InvalidField("code", "member.activate.fault.wrong", try.Left)
	case token.Void:
		return page.Advise(fault.New(fault.Conflict, "member.activate.fault.void"), toOrder)
	default:
		return page.Advise(errExpired, toOrder)
	}
}

type setupPage struct {
	activatePage
	Serial string
	Until  time.Time
	Key    *key // nil after the first showing
}

// SeenOnce tells that the page shows what loading it again does not.
func (p *setupPage) SeenOnce() bool { return p.Key != nil }

// key is the secret of a token as people bring it into an app.
type key struct {
	QR   template.HTML
	Text string       // in groups of four
	Link template.URL // opens an app on the same device
}

// ShowSetup shows the QR code and asks for the first one-time code (KVB03, KVB13).
func (d Door) ShowSetup(w http.ResponseWriter, r *page.Request) error {
	o, t, err := d.Tokens.ShowSetup(r.Context(), r.Visit.Account.ID, string(r.Visit.Session.ID))
	if err != nil {
		return page.Advise(err, toCode)
	}
	p := setupPage{Serial: t.Serial, Until: o.Setup.Until}
	if t.Secret != nil {
		if p.Key, err = keyOf(t, d.Tokens.Rules.Token.Soft.Issuer); err != nil {
			return err
		}
	}
	return setupView.Show(w, r, p)
}

func keyOf(t token.Token, issuer string) (*key, error) {
	generator := t.Generator()
	uri := generator.URI(issuer, t.Serial)
	code, err := drawQR(uri)
	if err != nil {
		return nil, err
	}
	return &key{QR: code, Text: grouped(generator.Text()), Link: template.URL(uri.Reveal())}, nil
}

// grouped writes a secret in groups of four signs.
func grouped(s secret.Text) string {
	var groups []string
	for group := range slices.Chunk([]byte(s.Reveal()), 4) {
		groups = append(groups, string(group))
	}
	return strings.Join(groups, " ")
}

// Finish checks the first one-time code of the app (KVB14).
func (d Door) Finish(w http.ResponseWriter, r *page.Request) error {
	h, now, err := d.holding(r)
	if err != nil {
		return err
	}
	session := string(r.Visit.Session.ID)
	o, t, ok := h.SetupOf(session, now)
	if !ok {
		return page.Advise(fault.New(fault.Conflict, "token.setup.fault.gone"), toCode)
	}
	try, err := d.Tokens.Activate(r.Context(), r.Visit.Account.ID, session, r.Form.Value("otp"))
	if err == nil {
		err = refusedOTP(try)
	}
	if err != nil {
		return setupView.Refuse(w, r, setupPage{Serial: t.Serial, Until: o.Setup.Until}, err)
	}
	r.Redirect(w, activatedPath)
	return nil
}

// refusedOTP gives the error for a first one-time code that did not succeed.
func refusedOTP(try token.Try) error {
	switch try.Outcome {
	case token.Right:
		return nil
	case token.Void:
		return page.Advise(fault.New(fault.Conflict, "member.setup.fault.void"), toOrder)
	default:
		return fault.InvalidField("otp", "member.setup.fault.wrong", try.Left)
	}
}

type activatedPage struct {
	activatePage
	Serial string
}

// Activated confirms the activation (KVB15).
func (d Door) Activated(w http.ResponseWriter, r *page.Request) error {
	h, _, err := d.holding(r)
	if err != nil {
		return err
	}
	for _, t := range h.Usable() {
		if t.Kind == token.Soft {
			return activatedView.Show(w, r, activatedPage{Serial: t.Serial})
		}
	}
	r.Redirect(w, page.Tokens)
	return nil
}
