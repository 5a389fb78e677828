package member

import (
	"net/http"
	"time"

	"torhaus/internal/fault"
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
	return p.stepsFrom(p.Profile().Token.Code.Purpose, current)
}

func (p *activatePage) stepsFrom(first string, current int) []page.Step {
	return p.Steps(current, first, p.T("member.activate.step.setup"), p.T("member.activate.step.done"))
}

// Begin shows the steps at the first one.
func (p *codePage) Begin() []page.Step { return p.stepsFrom(p.First(), 1) }

type codePage struct {
	activatePage
	Serial string
	Direct bool // a code of the hard token takes the place of the letter's (KVB06)
}

// First names the step: the code of the letter, or that of the hard token.
func (p *codePage) First() string {
	if p.Direct {
		return p.T("member.direct.step")
	}
	return p.Profile().Token.Code.Purpose
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
	p := codePage{Serial: t.Serial, Direct: o.Route == token.Direct}
	if p.Direct && !h.MayGoDirect() {
		return codePage{}, page.Advise(fault.New(fault.Conflict, "token.order.fault.no-hard-token"), toOrder)
	}
	return p, nil
}

// EnterCode checks the activation code, or the code of the hard token that takes its place. The right one opens the set-up page,
// once (KVB03).
func (d Door) EnterCode(w http.ResponseWriter, r *page.Request) error {
	p, err := d.codePage(r)
	if err != nil {
		return err
	}
	enter, refused := d.Tokens.EnterCode, refusedCode
	if p.Direct {
		enter, refused = d.Tokens.EnterDirect, func(try token.Try) error { return refusedDevice(r, try, "code") }
	}
	try, err := enter(r.Context(), r.Visit.Account.ID, string(r.Visit.Session.ID), r.Form.Value("code"))
	if err == nil {
		err = refused(try)
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
	Direct bool // it was opened by a code of the hard token
	Until  time.Time
	Key    *page.Key // nil after the first showing
}

// Middle shows the steps at the second one.
func (p *setupPage) Middle() []page.Step {
	if p.Direct {
		return p.stepsFrom(p.T("member.direct.step"), 2)
	}
	return p.Progress(2)
}

// SeenOnce tells that the page shows what loading it again does not.
func (p *setupPage) SeenOnce() bool { return p.Key != nil }

// ShowSetup shows the QR code and asks for the first one-time code (KVB03, KVB13).
func (d Door) ShowSetup(w http.ResponseWriter, r *page.Request) error {
	o, t, err := d.Tokens.ShowSetup(r.Context(), r.Visit.Account.ID, string(r.Visit.Session.ID))
	if err != nil {
		return page.Advise(err, toCode)
	}
	p := setupPage{Serial: t.Serial, Direct: o.Route == token.Direct, Until: o.Setup.Until}
	if t.Secret != nil {
		if p.Key, err = page.KeyOf(t, d.Tokens.Rules.Token.Soft.Issuer); err != nil {
			return err
		}
	}
	return setupView.Show(w, r, p)
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
		return setupView.Refuse(w, r, setupPage{Serial: t.Serial, Direct: o.Route == token.Direct, Until: o.Setup.Until}, err)
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
	Hard   bool
	Return string // serial number of the defective device that is to be sent back; empty if there is none
}

// Label is what members call what was activated.
func (p *activatedPage) Label() string {
	if p.Hard {
		return p.Profile().Token.Hard.Label
	}
	return p.Profile().Token.Soft.Label
}

// Activated confirms the activation (KVB15).
func (d Door) Activated(w http.ResponseWriter, r *page.Request) error {
	h, _, err := d.holding(r)
	if err != nil {
		return err
	}
	hard := r.Param(kindField) == hardToken
	for _, t := range h.Usable() {
		if (t.Kind == token.Hard) != hard {
			continue
		}
		p := activatedPage{Serial: t.Serial, Hard: hard}
		if back := h.ToReturn(); hard && len(back) > 0 {
			p.Return = back[0].Serial
		}
		return activatedView.Show(w, r, p)
	}
	r.Redirect(w, page.Tokens)
	return nil
}
