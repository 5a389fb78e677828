package member

import (
	"net/http"
	"net/url"

	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

var lostView = page.NewView[lostPage](files, "lost.html")

// lostPage is where somebody comes who has lost a phone or a device, after user name and password.
type lostPage struct {
	page.Base
	Active    []token.Token
	Suspended string // serial number of the token that was suspended just now
}

// Label names the kind of a token.
func (p *lostPage) Label(t token.Token) string {
	if t.Kind == token.Hard {
		return p.Profile().Token.Hard.Label
	}
	return p.Profile().Token.Soft.Label
}

// What tells by what its member knows it.
func (p *lostPage) What(t token.Token) string {
	if t.Kind == token.Hard {
		return p.T("member.lost.device")
	}
	return p.T("member.lost.phone")
}

// Lost shows the tokens that can be suspended, each with one click.
func (d Door) Lost(w http.ResponseWriter, r *page.Request) error {
	h, _, err := d.holding(r)
	if err != nil {
		return err
	}
	p := lostPage{Active: h.Usable()}
	if t, ok := h.BySerial(r.Param("gesperrt")); ok && t.State == token.Suspended {
		p.Suspended = t.Serial
	}
	return lostView.Show(w, r, p)
}

// SuspendLost suspends a lost token at once.
func (d Door) SuspendLost(w http.ResponseWriter, r *page.Request) error {
	t, err := d.Tokens.Suspend(r.Context(), r.Visit.Account.ID, string(r.Visit.Session.ID), r.Form.Value("seriennummer"))
	if err != nil {
		return page.Advise(err, page.Link{Path: page.LostToken, Text: "member.lost.again"})
	}
	r.Redirect(w, page.LostToken+"?"+url.Values{"gesperrt": {t.Serial}}.Encode())
	return nil
}
