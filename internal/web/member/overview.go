package member

import (
	"net/http"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

var overviewView = page.NewView[overviewPage](files, "overview.html")

// overviewPage is the start page of the token management (KVB09).
type overviewPage struct {
	page.Base
	Cards        []card // tokens that are of use, or may be again, newest first
	Past         []card // tokens that are over
	Returns      []card // hard tokens that are to be sent back
	NoOrder      string // why no soft token can be ordered now; empty where one can
	NoDevice     bool   // no hard token can be ordered now
	Suspended    string // serial number of the token that was suspended just now
	Synchronised string // serial number of the hard token whose codes were found again just now
}

// card is a token with its order, where it has one, at one moment.
type card struct {
	Token   token.Token
	Order   token.Order // the zero value where the token was not ordered here
	Ordered bool
	Expired bool // the activation code's last day is over

	Battery   bool // the battery ends soon
	Exchanged bool // a new device was ordered in its place
}

// Overview shows the tokens of the visitor: what they are, and what to do next.
func (d Door) Overview(w http.ResponseWriter, r *page.Request) error {
	h, now, err := d.holding(r)
	if err != nil {
		return err
	}
	p := overviewPage{}
	for _, t := range h.Tokens {
		c := cardOf(h, t, now)
		c.Battery = t.BatteryEnds(d.Tokens.Rules, now)
		if t.State == token.Revoked {
			p.Past = append(p.Past, c)
		} else {
			p.Cards = append(p.Cards, c)
		}
		if t.Device == token.Awaited {
			p.Returns = append(p.Returns, c)
		}
	}
	if f := fault.Of(d.softRefused(r, h, now)); f != nil {
		p.NoOrder = r.Text.T(f.Message, f.Args...)
	}
	p.NoDevice = h.MayOrder(wish(r, token.Hard, token.ByLetter), d.Tokens.Rules, now) != nil
	if t, ok := h.BySerial(r.Param(resyncedParam)); ok && t.Usable() {
		p.Synchronised = t.Serial
	}
	if t, ok := h.BySerial(r.Param("gesperrt")); ok && t.State == token.Suspended {
		p.Suspended = t.Serial
	}
	return overviewView.Show(w, r, p)
}

func cardOf(h token.Holding, t token.Token, now calendar.Moment) card {
	c := card{Token: t}
	for _, o := range h.Orders {
		if o.Token == t.ID {
			c.Order, c.Ordered = o, true
			c.Expired = o.State == token.Placed && o.ExpiredAt(now)
		}
		c.Exchanged = c.Exchanged || o.Instead == t.ID && o.State == token.Placed
	}
	return c
}

// Waiting tells whether the token only waits for its activation.
func (c card) Waiting() bool { return c.Token.State == token.Pending && !c.Expired }

// Hard tells whether it is a device.
func (c card) Hard() bool { return c.Token.Kind == token.Hard }

// Activation gives where the token is activated; empty where it cannot be now.
func (c card) Activation() string {
	switch {
	case !c.Waiting():
		return ""
	case !c.Hard():
		return page.Activate
	case c.Order.Shipped.IsZero():
		return ""
	default:
		return devicePath(c.Token.Serial, "aktivieren")
	}
}

// Deed gives where something is done with the token.
func (c card) Deed(deed string) string { return devicePath(c.Token.Serial, deed) }

// Sign is a state as people see it: a colour of the design system, which has an icon of the same name, and a word.
type Sign struct{ Colour, Text string }

// Sign gives the state of a token.
func (p *overviewPage) Sign(c card) Sign {
	switch {
	case c.Token.State == token.Pending && c.Expired:
		return Sign{"warning", p.T("member.state.expired")}
	case c.Token.State == token.Pending && !c.Order.Shipped.IsZero():
		return Sign{"info", p.T("member.state.shipped")}
	case c.Token.State == token.Pending:
		return Sign{"info", p.T("member.state.pending")}
	case c.Token.State == token.Active:
		return Sign{"success", p.T("member.state.active")}
	case c.Token.State == token.Suspended:
		return Sign{"danger", p.T("member.state.suspended")}
	default:
		return Sign{"danger", p.T("member.state.blocked")}
	}
}

// Kind names the kind of a token.
func (p *overviewPage) Kind(c card) string {
	if c.Hard() {
		return p.Profile().Token.Hard.Label
	}
	return p.Profile().Token.Soft.Label
}

// Back says where a device is that was to be sent back; empty for all others.
func (p *overviewPage) Back(c card) string {
	switch c.Token.Device {
	case token.Awaited:
		return p.T("member.exchange.awaited")
	case token.Returned:
		return p.T("member.exchange.returned", p.Date(c.Token.DeviceSince))
	default:
		return ""
	}
}

// Over says why and when a token is over.
func (p *overviewPage) Over(c card) string {
	on := p.Date(c.Token.Revoked)
	switch c.Token.Reason {
	case token.Replaced:
		return p.T("member.over.replaced", on)
	case token.Superseded:
		return p.T("member.over.superseded", on)
	case token.Expired:
		return p.T("member.over.expired", on)
	case token.Defective:
		return p.T("member.over.defective", on)
	case token.WrongCodes, token.WrongOTPCodes, token.WrongPairs:
		return p.T("member.over.tries", on)
	case token.PostedTwice:
		return p.T("member.over.posted", on)
	case token.CameBack:
		return p.T("member.over.came-back", on)
	case token.NotPrinted:
		return p.T("member.over.not-printed", on)
	default:
		return p.T("member.over.revoked", on)
	}
}
