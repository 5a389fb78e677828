package member

import (
	"net/http"
	"net/url"
	"strings"

	"torhaus/internal/account"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/web/page"
)

// Contact data, and the steps of a change of the e-mail address.
var (
	contactView   = page.NewView[contactPage](files, "contact.html")
	newEmailView  = page.NewView[newEmailPage](files, "contact_email.html")
	emailCodeView = page.NewView[emailCodePage](files, "contact_code.html")
)

const (
	newEmailPath  = page.Contact + "/email"
	emailCodePath = page.Contact + "/bestaetigen"

	emailField   = "email"
	codeField    = "code"
	doneParam    = "getan"
	emailChanged = "geaendert"
	emailStopped = "abgebrochen"
)

var (
	toContact  = page.Link{Path: page.Contact, Text: "member.to-contact"}
	toNewEmail = page.Link{Path: newEmailPath, Text: "member.to-new-email"}
)

// contactPage shows what the body knows of the member.
type contactPage struct {
	page.Base
	Pending *account.EmailChange // a new address that waits for its code in this session or another; nil if there is none
	Here    bool                 // it was asked for in this session
	Done    string               // what was done just now: emailChanged, emailStopped or nothing
}

// Contact shows name, address and e-mail address as stored.
func (d Door) Contact(w http.ResponseWriter, r *page.Request) error {
	c, now, err := d.Accounts.Contact(r.Context(), r.Visit.Account.ID)
	if err != nil {
		return err
	}
	p := contactPage{Done: r.Param(doneParam)}
	if c.Waiting(now) {
		p.Pending, p.Here = c.Pending, c.Pending.Session == string(r.Visit.Session.ID)
	}
	return contactView.Show(w, r, p)
}

// Facts lists the contact data.
func (p *contactPage) Facts() []page.Fact {
	owner := p.Visit().Account
	var address []string
	for _, line := range []string{owner.Address.Extra, owner.Address.Street, owner.Address.Postcode + " " + owner.Address.Town} {
		if line = strings.TrimSpace(line); line != "" {
			address = append(address, line)
		}
	}
	return []page.Fact{
		p.Fact("member.fact.name", owner.Person.Name()),
		p.Fact("member.fact.address", address...),
		p.Fact("member.fact.email", owner.Email),
	}
}

// emailPage is what the steps of a change have in common.
type emailPage struct{ page.Base }

// Progress shows the steps; current counts from 1.
func (p *emailPage) Progress(current int) []page.Step {
	return p.Steps(current, p.T("member.contact.step.email"), p.T("member.contact.step.code"))
}

type newEmailPage struct {
	emailPage
	Typed string // the new address, as typed
	Proof bool   // a one-time code has to be given with it
}

// AskNewEmail is the first step: the new address, and a one-time code where the last one was given a while ago.
func (d Door) AskNewEmail(w http.ResponseWriter, r *page.Request) error {
	return newEmailView.Show(w, r, newEmailPage{Proof: !d.fresh(r)})
}

// fresh tells whether the visitor gave a one-time code within the last minutes.
func (d Door) fresh(r *page.Request) bool {
	return proofOf(r.Visit.Session).Fresh(d.Accounts.Rules.Session, r.Visit.Now)
}

func proofOf(s login.Session) account.Proof {
	return account.Proof{Session: string(s.ID), CodeAt: s.FactorAt}
}

// SendEmailCode sends a code to the new address. Everything that can be refused without it is looked at before a one-time code
// is used up.
func (d Door) SendEmailCode(w http.ResponseWriter, r *page.Request) error {
	p := newEmailPage{Typed: r.Form.Value(emailField), Proof: !d.fresh(r)}
	email, err := d.Accounts.CheckNewEmail(r.Context(), r.Visit.Account.ID, p.Typed)
	if err == nil && p.Proof {
		err = d.proveAgain(w, r)
	}
	if err != nil {
		return newEmailView.Refuse(w, r, p, page.Advise(err, toContact))
	}
	if err := d.Accounts.AskForEmail(r.Context(), r.Visit.Account.ID, email, proofOf(r.Visit.Session)); err != nil {
		return page.Advise(err, toContact)
	}
	r.Redirect(w, emailCodePath)
	return nil
}

// proveAgain takes the one-time code of the form as a fresh proof, which gives the session a new key.
func (d Door) proveAgain(w http.ResponseWriter, r *page.Request) error {
	in, err := d.Login.EnterCode(r.Context(), r.Visit.Session, r.Form.Value(codeField), r.Visitor())
	if err != nil {
		return err
	}
	r.Enter(w, in)
	return nil
}

type emailCodePage struct {
	emailPage
	Pending account.EmailChange
}

// AskEmailCode is the second step: the code that was sent to the new address.
func (d Door) AskEmailCode(w http.ResponseWriter, r *page.Request) error {
	p, err := d.emailCodePage(r)
	if err != nil {
		return err
	}
	return emailCodeView.Show(w, r, p)
}

// emailCodePage fills the page, if a change waits for its code in this session.
func (d Door) emailCodePage(r *page.Request) (emailCodePage, error) {
	c, now, err := d.Accounts.Contact(r.Context(), r.Visit.Account.ID)
	switch {
	case err != nil:
		return emailCodePage{}, err
	case !c.Waiting(now):
		return emailCodePage{}, page.Advise(fault.New(fault.Conflict, "account.fault.nothing-pending"), toNewEmail)
	case c.Pending.Session != string(r.Visit.Session.ID):
		return emailCodePage{}, page.Advise(fault.New(fault.Conflict, "account.fault.other-session"), toNewEmail)
	}
	return emailCodePage{Pending: *c.Pending}, nil
}

// ConfirmEmail checks the code. The right one changes the address.
func (d Door) ConfirmEmail(w http.ResponseWriter, r *page.Request) error {
	p, err := d.emailCodePage(r)
	if err != nil {
		return err
	}
	outcome, left, err := d.Accounts.ConfirmEmail(r.Context(), r.Visit.Account.ID, r.Form.Value(codeField), proofOf(r.Visit.Session))
	if err == nil {
		err = refusedEmailCode(outcome, left)
	}
	if err != nil {
		return emailCodeView.Refuse(w, r, p, page.Advise(err, toNewEmail))
	}
	return contactDone(w, r, emailChanged)
}

// refusedEmailCode gives the error for a code that did not succeed.
func refusedEmailCode(o account.Outcome, left int) error {
	switch o {
	case account.Right:
		return nil
	case account.Wrong:
		return fault.InvalidField(codeField, "member.contact.fault.wrong", left)
	case account.Void:
		return fault.New(fault.Conflict, "member.contact.fault.void")
	default:
		return fault.New(fault.Conflict, "account.fault.nothing-pending")
	}
}

// CancelEmail stops a change that waits for its code.
func (d Door) CancelEmail(w http.ResponseWriter, r *page.Request) error {
	if err := d.Accounts.CancelEmail(r.Context(), r.Visit.Account.ID, proofOf(r.Visit.Session)); err != nil {
		return err
	}
	return contactDone(w, r, emailStopped)
}

func contactDone(w http.ResponseWriter, r *page.Request, what string) error {
	r.Redirect(w, page.Contact+"?"+url.Values{doneParam: {what}}.Encode())
	return nil
}
