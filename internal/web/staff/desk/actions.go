package desk

import (
	"net/url"

	"torhaus/internal/account"
	"torhaus/internal/desk"
	"torhaus/internal/login"
	"torhaus/internal/web/page"
)

// Actions are what whoever reads may do for a member now.
type Actions struct {
	Done       string // what was done just now; empty if nothing was
	Identified string // how and until when the caller is identified; empty if not
	Identify   string // where that is done; empty for those who may not
	List       []Action
}

// Action is something that staff can do about a member, offered on the member's page as a link to a page of its own.
type Action struct {
	Path, Label string
	Danger      bool     // hard to undo
	Why         string   // why it cannot be done now; empty where it can
	Hints       []string // what it takes
}

// actions lists what whoever reads may do for a member now, and why not what they may not.
func (d Door) actions(r *page.Request, id account.ID) (a Actions, err error) {
	c, now, err := d.Deeds.Case(r.Context(), id, r.Visit.Session)
	if err != nil {
		return a, err
	}
	a.Done = done(r.Text, r.Param(doneParam))
	if r.May(login.IdentifyMember) && c.Member().Role == "" { // nothing that is offered about people takes it
		a.Identify = memberAt(id) + "/identifizieren"
	}
	if c.Identified.Holds(now) {
		a.Identified = r.Text.T("deed.identified", r.Text.T(wayNames[c.Identified.Way]), c.Identified.Until)
	}
	for _, o := range c.Offers(d.Deeds.Rules, now) {
		a.List = append(a.List, action(r, id, o))
	}
	return a, nil
}

// action shows an offer.
func action(r *page.Request, id account.ID, o desk.Offer) Action {
	f := faceOf(o.Deed.Kind)
	a := Action{Label: r.Text.T(f.name), Danger: f.danger, Path: memberAt(id) + "/" + f.word}
	if o.Serial != "" {
		a.Label = r.Text.T("deed.of", a.Label, o.Serial)
	}
	if f.field != "" {
		a.Path += "?" + url.Values{f.field: {o.Deed.Subject()}}.Encode()
	}
	switch {
	case o.Refused != nil:
		a.Why = r.Text.T("deed.why.role")
		return a
	case o.Asked != nil:
		a.Why = r.Text.T("deed.why.asked", o.Asked.AskedAt)
		return a
	}
	if o.Identify {
		a.Hints = append(a.Hints, r.Text.T("deed.hint.identify"))
	}
	if manner, _ := desk.MannerOf(o.Deed.Kind); manner.Second {
		a.Hints = append(a.Hints, r.Text.T("deed.hint.second"))
	}
	return a
}
