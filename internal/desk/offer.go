package desk

import (
	"slices"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/token"
)

// Offer is a deed that the state of a member admits now, for whoever looks.
type Offer struct {
	Deed     Deed
	Serial   string       // of the token that it is about; empty if there is none
	Refused  *fault.Error // why the clerk cannot do it; nil where it can be done, or asked for
	Asked    *Request     // an open request for the same
	Identify bool         // the caller has to be identified first
}

// Offers lists the deeds that the member's state admits, those that help at once first.
func (c Case) Offers(rules Rules, now calendar.Moment) []Offer {
	var list []Offer
	for _, d := range c.admitted(rules, now) {
		o := Offer{Deed: d}
		if t, ok := c.Holding.Token(d.Token); ok {
			o.Serial = t.Serial
		} else if order, ok := c.order(d.Order); ok {
			t, _ := c.Holding.Token(order.Token)
			o.Serial = t.Serial
		}
		if asked, ok := c.waiting(d); ok && asked.Waiting(now) {
			o.Asked = &asked
		}
		m := manners[d.Kind]
		o.Refused = fault.Of(c.may(m.Right, rules, now))
		o.Identify = o.Refused == nil && o.Asked == nil && m.Identified && !c.Identified.Holds(now)
		list = append(list, o)
	}
	return list
}

func (c Case) order(id token.OrderID) (token.Order, bool) {
	for _, o := range c.Holding.Orders {
		if o.ID == id {
			return o, true
		}
	}
	return token.Order{}, false
}

// admitted gives the deeds that the state admits.
func (c Case) admitted(rules Rules, now calendar.Moment) (list []Deed) {
	for _, t := range c.Holding.Tokens {
		switch t.State {
		case token.Active:
			list = append(list, Deed{Kind: SuspendToken, Token: t.ID}, Deed{Kind: RevokeToken, Token: t.ID})
		case token.Suspended, token.Blocked:
			list = append(list, Deed{Kind: LiftToken, Token: t.ID}, Deed{Kind: RevokeToken, Token: t.ID})
		}
	}
	for _, o := range c.Holding.Orders {
		if o.State != token.Placed {
			continue
		}
		if o.Kind == token.Soft && o.Route == token.ByLetter {
			list = append(list, Deed{Kind: NewLetter, Order: o.ID})
		}
		list = append(list, Deed{Kind: VoidOrder, Order: o.ID})
	}
	live := func(s login.Session) bool { return s.Live(rules.Login.Session, now) }
	for _, s := range c.Sessions {
		if live(s) {
			list = append(list, Deed{Kind: EndSessions})
			break
		}
	}
	if c.Member().Role != "" { // what people are to organisations, and their addresses, is changed there
		return list
	}
	if c.Member().State == account.Deactivated {
		return append(list, Deed{Kind: Restore})
	}
	if from, ok := c.Holding.ByPostFrom(rules.Login.Token); ok && calendar.DateOf(now.Time).Before(from) {
		list = append(list, Deed{Kind: AllowPost})
	}
	return append(list, Deed{Kind: ChangeAddress}, Deed{Kind: ChangeEmail}, Deed{Kind: MarkLeft}, Deed{Kind: MarkDeceased})
}

// Offered tells whether the member's state admits a deed. One session of several is named by whoever ends it.
func (c Case) Offered(d Deed, rules Rules, now calendar.Moment) bool {
	for _, admitted := range c.admitted(rules, now) {
		if admitted.Kind == d.Kind && admitted.Subject() == d.Subject() {
			return true
		}
	}
	return d.Kind == EndSession && slices.ContainsFunc(c.Sessions, func(s login.Session) bool { return s.ID == d.Session })
}
