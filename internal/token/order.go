package token

import (
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/mail"
	"torhaus/internal/secret"
	"torhaus/internal/token/otp"
)

// OrderID identifies an order for good.
type OrderID string

// OrderState is how far an order is.
type OrderState string

// The states of an order.
const (
	Placed          OrderState = "placed"
	OrderActivated  OrderState = "activated"
	OrderSuperseded OrderState = "superseded"
	OrderExpired    OrderState = "expired"
	OrderVoided     OrderState = "voided"
	OrderCancelled  OrderState = "cancelled"

	OrderUndeliverable OrderState = "undeliverable" // the letter with the code came back
)

// Route is how the activation of an ordered token is proved.
type Route string

// The routes.
const (
	ByLetter Route = "letter" // post: a code, or the device itself. The only one for a member without an active hard token (KVB05)
	Direct   Route = "direct" // a code of a hard token (KVB06), or a proof before the body's own people; nothing is sent
)

// Order is one ordered token and the code that will activate it.
type Order struct {
	ID      OrderID
	Request string // names the form that placed it: the same form twice is the same order
	Account account.ID
	Token   ID
	Kind    Kind
	Route   Route
	State   OrderState
	Reason  Reason
	Placed  time.Time
	LastDay calendar.Date // the code is valid until the end of this day; a shipped device can be activated until then
	Shipped time.Time     // when the device was sent; zero before, and for soft tokens
	Instead ID            // the defective token that this one is exchanged for
	Closed  time.Time

	Code      secret.Hashed
	CodeTries int // wrong codes so far

	Setup Setup

	Letter LetterStatus
}

// Setup is the time between the right activation code and the first one-time code from the app.
type Setup struct {
	Session string    // the session that entered the code; no other may see or finish the set-up
	Proof   ID        // the hard token whose code opened it; empty if it was another proof
	Until   time.Time // when the set-up page closes
	Shown   time.Time // when the QR code was shown; it is shown once
	Tries   int       // wrong one-time codes so far, over all set-ups of the order
}

// LetterStatus is what the order knows of its letter.
type LetterStatus struct {
	ID         string
	State      letter.State
	HandedOver time.Time
}

// CodePurpose is what the activation code is hashed for.
const CodePurpose = "activation code"

// ExpiredAt tells whether the code's last day is over and no set-up is under way. A device that was not sent yet waits.
func (o Order) ExpiredAt(now calendar.Moment) bool {
	if o.Kind == Hard && o.Shipped.IsZero() {
		return false
	}
	return calendar.DateOf(now.Time).After(o.LastDay) && !now.Before(o.Setup.Until)
}

// Open gives the order of a kind that still can be activated or has to be closed; there is at most one.
func (h Holding) Open(kind Kind) (Order, bool) {
	for _, o := range h.Orders {
		if o.Kind == kind && o.State == Placed {
			return o, true
		}
	}
	return Order{}, false
}

// NewOrder is what an order needs from outside the rules: identifiers, the code, and how its orderer proved to be the member.
type NewOrder struct {
	Request   string
	ID        OrderID
	Token     ID
	Letter    string
	Serial    string
	Code      secret.Text
	Hashed    secret.Hashed
	TwoFactor bool
	Direct    bool // a code of the hard token takes the place of the letter
}

// Wish is what somebody wants to order, and how the activation will be proved.
type Wish struct {
	Kind      Kind
	Route     Route
	TwoFactor bool // the orderer gave a token's code, or is one of staff
}

// MayOrder tells why something cannot be ordered now, or gives nil. KVB07: of each kind, one order in 24 hours;
// and who proved a password only has three in 30 days, and cannot replace an order whose letter is on the way before it counts as
// lost. Nor does a token come by post where the password did, unless the old token's code was given.
func (h Holding) MayOrder(w Wish, rules Rules, now calendar.Moment) *fault.Error {
	for _, refuse := range []func(Wish, Rules, calendar.Moment) *fault.Error{h.routeShut, h.postedTwice, h.stillComing, h.tooMany, h.devicesOut} {
		if refused := refuse(w, rules, now); refused != nil {
			return refused
		}
	}
	return nil
}

// routeShut refuses the direct route without an active hard token (KVB05). A hard token itself always comes by post.
func (h Holding) routeShut(w Wish, _ Rules, _ calendar.Moment) *fault.Error {
	if w.Route == Direct && (w.Kind != Soft || len(h.provers()) == 0) {
		return fault.New(fault.Conflict, "token.order.fault.no-hard-token")
	}
	return nil
}

func (h Holding) postedTwice(w Wish, rules Rules, now calendar.Moment) *fault.Error {
	from, ok := h.ByPostFrom(rules)
	if !ok || w.TwoFactor || w.Route != ByLetter || !calendar.DateOf(now.Time).Before(from) {
		return nil
	}
	if len(h.Usable()) > 0 {
		return fault.New(fault.Conflict, "token.order.fault.password-by-post-or-code", from, rules.Login.PasswordLabel)
	}
	return fault.New(fault.Conflict, "token.order.fault.password-by-post", from, rules.Login.PasswordLabel)
}

// stillComing refuses to replace what is on its way. A device that lies ready in the house is sent and not replaced.
func (h Holding) stillComing(w Wish, rules Rules, now calendar.Moment) *fault.Error {
	open, ok := h.Open(w.Kind)
	if !ok || open.ExpiredAt(now) {
		return nil
	}
	if w.Kind == Hard && open.Shipped.IsZero() {
		return fault.New(fault.Conflict, "token.order.fault.device-not-sent")
	}
	if w.TwoFactor || w.Kind == Soft && open.Letter.HandedOver.IsZero() {
		return nil
	}
	sent, message := open.Placed, "token.order.fault.letter-on-its-way"
	if w.Kind == Hard {
		sent, message = open.Shipped, "token.order.fault.device-on-its-way"
	}
	again := rules.Calendar.AddWerktage(calendar.DateOf(sent), rules.Token.Order.ReplaceAfter)
	if calendar.DateOf(now.Time).Before(again) {
		return fault.New(fault.Conflict, message, again)
	}
	return nil
}

// tooMany bounds the letters that a password alone can cause. The bound of a month does not hold for whoever proved more: a thief of
// the password voids orders by wrong activation codes until it is reached, and the service desk, which knows the member by
// other means, is the way out then.
func (h Holding) tooMany(w Wish, rules Rules, now calendar.Moment) *fault.Error {
	for _, limit := range []struct {
		most   int
		within time.Duration
		holds  bool
	}{
		{rules.Token.Order.PerDay, 24 * time.Hour, true},
		{rules.Token.Order.PerMonth, 30 * 24 * time.Hour, !w.TwoFactor},
	} {
		if !limit.holds {
			continue
		}
		if again := h.orderedAgain(w.Kind, limit.most, limit.within); again.After(now.Time) {
			return fault.New(fault.Conflict, "token.order.fault.too-many", limit.most, again)
		}
	}
	return nil
}

// devicesOut refuses another device to whoever has to send several back.
func (h Holding) devicesOut(w Wish, rules Rules, _ calendar.Moment) *fault.Error {
	out := 0
	for _, t := range h.Tokens {
		if t.Device == Awaited {
			out++
		}
	}
	if w.Kind == Hard && out >= rules.Token.Hard.AwaitedMost {
		return fault.New(fault.Conflict, "token.order.fault.devices-awaited", out)
	}
	return nil
}

// orderedAgain gives the instant from which one more order of a kind is allowed, if at most so many are within a span.
func (h Holding) orderedAgain(kind Kind, most int, within time.Duration) time.Time {
	var placed []time.Time // newest first, as the holding has them
	for _, o := range h.Orders {
		if o.Kind == kind {
			placed = append(placed, o.Placed)
		}
	}
	if len(placed) < most {
		return time.Time{}
	}
	return placed[most-1].Add(within)
}

// Place orders a soft token (KVB08) whose activation code comes by letter or, on the direct route, from the hard token (KVB06). It
// supersedes an open order with its code, token and letter. The same request placed twice gives the order that exists.
func (h Holding) Place(n NewOrder, rules Rules, now calendar.Moment) (Order, Change, error) {
	for _, o := range h.Orders {
		if o.Request == n.Request {
			return o, Change{}, nil
		}
	}
	route := ByLetter
	if n.Direct {
		route, n.Letter, n.Hashed = Direct, "", secret.Hashed{}
	}
	if refused := h.MayOrder(Wish{Kind: Soft, Route: route, TwoFactor: n.TwoFactor}, rules, now); refused != nil {
		return Order{}, Change{}, refused
	}
	var c Change
	if open, ok := h.Open(Soft); ok {
		h.closeOpen(&c, open, now)
	}
	soft := rules.Token.Soft
	t := Token{
		ID: n.Token, Account: h.Owner.ID, Kind: Soft, Serial: n.Serial, State: Pending,
		Mode: otp.TOTP, Algorithm: otp.Algorithm(soft.Algorithm), Digits: soft.Digits, Period: soft.Period.D(), Created: now.Time,
	}
	o := Order{
		ID: n.ID, Request: n.Request, Account: h.Owner.ID, Token: t.ID, Kind: Soft, Route: route, State: Placed, Placed: now.Time,
		LastDay: calendar.LastDay(now.Time, rules.Token.Code.Days), Code: n.Hashed,
		Letter: LetterStatus{ID: n.Letter},
	}
	c.note(h.Owner, audit.Event{Kind: audit.TokenOrdered, Token: string(t.ID), Order: string(o.ID)})
	if route == ByLetter {
		h.post(&c, &o, letter.ActivationCode{
			To: h.Owner.LetterTo(), Serial: t.Serial, Ordered: calendar.DateOf(now.Time), LastDay: o.LastDay, Code: n.Code,
		}, rules, now)
	}
	c.NewTokens, c.NewOrders = []Token{t}, []Order{o}
	c.mail(mail.TokenOrdered{
		To: h.Owner.MailTo(), Greeting: h.Owner.Person.Greeting(), Serial: t.Serial, LastDay: o.LastDay, Direct: n.Direct,
		Arrives: rules.Calendar.AddWerktage(calendar.DateOf(now.Time), rules.Letter.Arrival),
	})
	return o, c, nil
}

// closeOpen makes room for a new order: the open one is superseded, or expired if its time was over anyway.
func (h Holding) closeOpen(c *Change, open Order, now calendar.Moment) {
	if open.ExpiredAt(now) {
		h.close(c, open, OrderExpired, Expired, now)
		return
	}
	h.close(c, open, OrderSuperseded, Superseded, now)
}

// close ends an order without an activated token: its token is revoked, its secret erased, its letter not printed any more.
func (h Holding) close(c *Change, o Order, state OrderState, reason Reason, now calendar.Moment) {
	events := map[OrderState]audit.Kind{
		OrderSuperseded: audit.OrderSuperseded, OrderExpired: audit.OrderExpired, OrderVoided: audit.OrderVoided,
		OrderCancelled: audit.OrderCancelled, OrderUndeliverable: audit.OrderUndeliverable,
	}
	o.State, o.Reason, o.Closed, o.Setup.Session, o.Setup.Until = state, reason, now.Time, "", time.Time{}
	c.Orders = append(c.Orders, o)
	c.note(h.Owner, audit.Event{Kind: events[state], Order: string(o.ID), Token: string(o.Token), Reason: string(reason)})
	if t, ok := h.Token(o.Token); ok && t.State == Pending {
		c.end(t, reason, now)
		c.note(h.Owner, audit.Event{Kind: audit.TokenRevoked, Token: string(t.ID), Reason: string(reason)})
	}
	if o.Letter.ID != "" && o.Letter.HandedOver.IsZero() {
		c.VoidLetters = append(c.VoidLetters, o.Letter.ID)
		c.note(h.Owner, audit.Event{Kind: audit.LetterVoided, Order: string(o.ID), Letter: o.Letter.ID})
	}
}
