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
	Cards     []card // tokens that are of use, or may be again, newest first
	Past      []card // tokens that are over
	NoOrder   string // why nothing can be ordered now; empty where it can
	Suspended string // serial number of the token that was suspended just now
}

// card is a token with its order, where it has one, at one moment.
type card struct {
	Token   token.Token
	Order   token.Order // the zero value where the token was not ordered here
	Ordered bool
	Expired bool // the activation code's last day is over
}

// Overview shows the tokens of the visitor: what they are, and what to do next.
func (d Door) Overview(w http.ResponseWriter, r *page.Request) error {
	h, now, err := d.holding(r)
	if err != nil {
		return err
	}
	p := overviewPage{}
	for _, t := range h.Tokens {
		if c := cardOf(h, t, now); t.State == token.Revoked {
			p.Past = append(p.Past, c)
		} else {
			p.Cards = append(p.Cards, c)
		}
	}
	if f := fault.Of(d.mayOrder(r, h, now)); f != nil {
		p.NoOrder = r.Text.T(f.Message, f.Args...)
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
	}
	return c
}

// Waiting tells whether the token only waits for its activation code.
func (c card) Waiting() bool { return c.Token.State == token.Pending && !c.Expired }

// Sign is a state as people see it: a colour of the design system, which has an icon of the same name, and a word.
type Sign struct{ Colour, Text string }

// Sign gives the state of a token.
func (p *overviewPage) Sign(c card) Sign {
	switch {
	case c.Token.State == token.Pending && c.Expired:
		return Sign{"warning", p.T("member.state.expired")}
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
	if c.Token.Kind == token.Hard {
		return p.T("member.kind.hard")
	}
	return p.Profile().Token.Soft.Label
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
	case token.WrongCodes, token.WrongOTPCodes:
		return p.T("member.over.tries", on)
	case token.PostedTwice:
		return p.T("member.over.posted", on)
	default:
		return p.T("member.over.revoked", on)
	}
}
