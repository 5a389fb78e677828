package member

import (
	"net/http"
	"net/url"

	"torhaus/internal/fault"
	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

var suspendView = page.NewView[suspendPage](files, "suspend.html")

type suspendPage struct {
	page.Base
	Serial string
	Last   bool // no other token would log the member in
}

// AskSuspend asks before a token is suspended, and names the consequence (KVB07).
func (d Door) AskSuspend(w http.ResponseWriter, r *page.Request) error {
	h, _, err := d.holding(r)
	if err != nil {
		return err
	}
	t, ok := h.BySerial(r.PathValue("serial"))
	switch {
	case !ok:
		return page.Advise(fault.New(fault.NotFound, "token.fault.unknown"), toOverview)
	case t.State != token.Active:
		return page.Advise(fault.New(fault.Conflict, "token.suspend.fault.not-active"), toOverview)
	}
	return suspendView.Show(w, r, suspendPage{Serial: t.Serial, Last: len(h.Usable()) == 1})
}

// Suspend suspends a token at once.
func (d Door) Suspend(w http.ResponseWriter, r *page.Request) error {
	t, err := d.Tokens.Suspend(r.Context(), r.Visit.Account.ID, string(r.Visit.Session.ID), r.PathValue("serial"))
	if err != nil {
		return page.Advise(err, toOverview)
	}
	r.Redirect(w, page.Tokens+"?"+url.Values{"gesperrt": {t.Serial}}.Encode())
	return nil
}
