package token

import (
	"context"
	"math"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
)

// By names one of the body's own people who does something about a member's holding, and the session in which it is done.
type By struct {
	Actor   account.ID
	Session string
}

// as lets the events and letters of a change tell who did it.
func (by By) as(c *Change) {
	for i := range c.Events {
		c.Events[i].Actor, c.Events[i].Session = string(by.Actor), by.Session
	}
	for i := range c.Letters {
		c.Letters[i].By = string(by.Actor)
	}
}

// unlimited stands for the members' limits of orders where staff order for them.
const unlimited = math.MaxInt

// Reissue sends a new letter in the place of one that did not come. The same code is never printed twice: the new letter has
// a new code, which is valid for the days of the profile from now (KVB11), and belongs to a new order; the old one, its code and its
// letter are void. The members' limits of orders do not count, but password and token still never both come by post alone.
// The same request made twice gives the order that exists.
func (h Holding) Reissue(old OrderID, n NewOrder, by By, rules Rules, now calendar.Moment) (Order, Change, error) {
	for _, o := range h.Orders {
		if o.Request == n.Request {
			return o, Change{}, nil
		}
	}
	if err := h.mayReissue(old, rules, now); err != nil {
		return Order{}, Change{}, err
	}
	n.TwoFactor = true // of staff
	rules.Token.Order.PerDay, rules.Token.Order.PerMonth = unlimited, unlimited
	o, c, err := h.Place(n, rules, now)
	by.as(&c)
	return o, c, err
}

// mayReissue tells why there is no new letter for an order, or gives nil.
func (h Holding) mayReissue(old OrderID, rules Rules, now calendar.Moment) error {
	o, ok := h.order(old)
	if !ok {
		return fault.New(fault.NotFound, "token.reissue.fault.unknown")
	}
	if o.Kind != Soft || o.Route != ByLetter || o.State == OrderActivated {
		return fault.New(fault.Conflict, "token.reissue.fault.no-letter")
	}
	if open, ok := h.Open(Soft); ok && open.ID != old {
		return fault.New(fault.Conflict, "token.reissue.fault.newer-order")
	}
	if from, ok := h.ByPostFrom(rules); ok && calendar.DateOf(now.Time).Before(from) {
		return fault.New(fault.Conflict, "token.reissue.fault.password-by-post", from, rules.Login.PasswordLabel)
	}
	return nil
}

// order finds an order by its id.
func (h Holding) order(id OrderID) (Order, bool) {
	for _, o := range h.Orders {
		if o.ID == id {
			return o, true
		}
	}
	return Order{}, false
}

// Reissue sends a member a new letter with a new code for an order whose letter did not come. Request names the form.
func (s *Service) Reissue(ctx context.Context, id account.ID, old OrderID, request string, by By) (order Order, err error) {
	defer fault.Wrap(&err, "token.Reissue(%s, %s)", id, old)
	n, err := s.newOrder(ctx, request)
	if err != nil {
		return Order{}, err
	}
	err = s.Store.ChangeHolding(ctx, id, func(h Holding, now calendar.Moment) (c Change, err error) {
		order, c, err = h.Reissue(old, n, by, s.Rules, now)
		return c, err
	})
	return order, err
}

// LetterReturned ends the order whose letter could not be delivered: its code may have been read by whoever held the envelope. An
// order that is over stays as it is; found tells whether there is one that was open.
func (h Holding) LetterReturned(letter string, by By, now calendar.Moment) (o Order, found bool, c Change) {
	return h.endOf(letter, OrderUndeliverable, CameBack, by, now)
}

// LetterDiscarded ends the order whose letter is not to be printed.
func (h Holding) LetterDiscarded(letter string, by By, now calendar.Moment) (o Order, found bool, c Change) {
	return h.endOf(letter, OrderCancelled, NotPrinted, by, now)
}

// endOf ends the open order that a letter belongs to.
func (h Holding) endOf(letter string, state OrderState, reason Reason, by By, now calendar.Moment) (o Order, found bool, c Change) {
	for _, o := range h.Orders {
		if letter == "" || o.Letter.ID != letter || o.State != Placed {
			continue
		}
		h.close(&c, o, state, reason, now)
		by.as(&c)
		return o, true, c
	}
	return Order{}, false, Change{}
}
