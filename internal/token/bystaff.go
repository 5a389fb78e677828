package token

import (
	"context"
	"time"

	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
)

// What the body's own people do about a member's tokens. Who of them may do it, and what has to be proved before, package desk
// says; it tells the member, too.

// The reasons for which staff revoke a token or end an order.
const (
	Lost       Reason = "lost"
	Stolen     Reason = "stolen"
	NotNeeded  Reason = "not-needed"
	HolderGone Reason = "holder-gone" // the member has left, or died
	ByDesk     Reason = "desk"        // the member asked for it
	NotMoved   Reason = "not-moved"   // nobody vouched for the address that the letter was to go to
)

// RevokeReasons are those from which staff choose when they revoke a token.
var RevokeReasons = []Reason{Lost, Stolen, Defective, NotNeeded}

// SuspendFor stops a token as its holder would.
func (h Holding) SuspendFor(id ID, by By, now calendar.Moment) (Token, Change, error) {
	held, ok := h.Token(id)
	if !ok {
		return Token{}, Change{}, fault.New(fault.NotFound, "token.fault.unknown")
	}
	t, c, err := h.Suspend(held.Serial, "", now)
	by.as(&c)
	return t, c, err
}

// Lift lets a token log its holder in again that was suspended, or blocked by wrong codes.
func (h Holding) Lift(id ID, by By, now calendar.Moment) (Token, Change, error) {
	t, ok := h.Token(id)
	if !ok {
		return Token{}, Change{}, fault.New(fault.NotFound, "token.fault.unknown")
	}
	if t.State != Suspended && t.State != Blocked {
		return Token{}, Change{}, fault.New(fault.Conflict, "token.lift.fault.not-stopped")
	}
	t.State, t.Suspended, t.WrongRow = Active, time.Time{}, 0
	c := Change{Tokens: []Token{t}}
	c.note(h.Owner, audit.Event{Kind: audit.TokenLifted, Token: string(t.ID)})
	by.as(&c)
	return t, c, nil
}

// Revoke ends a token for good. An order that it waits for ends with it.
func (h Holding) Revoke(id ID, reason Reason, by By, now calendar.Moment) (Token, Change, error) {
	t, ok := h.Token(id)
	switch {
	case !ok:
		return Token{}, Change{}, fault.New(fault.NotFound, "token.fault.unknown")
	case t.State == Revoked:
		return Token{}, Change{}, fault.New(fault.Conflict, "token.revoke.fault.revoked")
	case t.State == Pending:
		return Token{}, Change{}, fault.New(fault.Conflict, "token.revoke.fault.pending")
	}
	var c Change
	t = c.end(t, reason, now)
	c.note(h.Owner, audit.Event{Kind: audit.TokenRevoked, Token: string(t.ID), Reason: string(reason)})
	by.as(&c)
	return t, c, nil
}

// VoidOrder ends an open order with its code, its letter and the token that waits for it.
func (h Holding) VoidOrder(id OrderID, reason Reason, by By, now calendar.Moment) (Order, Change, error) {
	o, ok := h.order(id)
	if !ok {
		return Order{}, Change{}, fault.New(fault.NotFound, "token.void.fault.unknown")
	}
	if o.State != Placed {
		return Order{}, Change{}, fault.New(fault.Conflict, "token.void.fault.closed")
	}
	var c Change
	h.close(&c, o, OrderCancelled, reason, now)
	by.as(&c)
	return o, c, nil
}

// VoidOrders ends all open orders.
func (h Holding) VoidOrders(reason Reason, by By, now calendar.Moment) Change {
	var c Change
	for _, o := range h.Orders {
		if o.State == Placed {
			h.close(&c, o, OrderCancelled, reason, now)
		}
	}
	by.as(&c)
	return c
}

// Draw draws the identifiers, the serial number and the code of an order. Request names the form.
func (s *Service) Draw(ctx context.Context, request string) (NewOrder, error) {
	return s.newOrder(ctx, request)
}

// Join adds what another deed on the same holding changes, which has to do with other tokens and orders.
func (c *Change) Join(more Change) {
	c.Tokens, c.Orders = append(c.Tokens, more.Tokens...), append(c.Orders, more.Orders...)
	c.Forget, c.Devices = append(c.Forget, more.Forget...), append(c.Devices, more.Devices...)
	c.VoidLetters, c.Jobs = append(c.VoidLetters, more.VoidLetters...), append(c.Jobs, more.Jobs...)
	c.Events = append(c.Events, more.Events...)
}
