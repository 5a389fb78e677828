package token

import (
	"torhaus/internal/calendar"
)

// Password and token never both come by post alone, or whoever empties a letter box takes over the account. So the password
// that came by post keeps tokens from coming the same way for some days, and ends the orders that are on their way.

// ByPostFrom gives the first day on which a token may come by post after a password did; false if none did.
func (h Holding) ByPostFrom(rules Rules) (calendar.Date, bool) {
	if h.PasswordByPost.IsZero() {
		return calendar.Date{}, false
	}
	return calendar.LastDay(h.PasswordByPost, rules.Password.TokenAfter).AddDays(1), true
}

// PasswordCame ends every open order whose activation code comes by post: a password came by post now. Who placed the order, and
// how, does not matter, since its letter may have been stolen. It gives the serial numbers of the tokens that will not be.
func (h Holding) PasswordCame(now calendar.Moment) (cancelled []string, c Change) {
	for _, o := range h.Orders {
		if o.State != Placed || o.Route != ByLetter {
			continue
		}
		if o.ExpiredAt(now) {
			h.close(&c, o, OrderExpired, Expired, now)
			continue
		}
		h.close(&c, o, OrderCancelled, PostedTwice, now)
		if t, ok := h.Token(o.Token); ok {
			cancelled = append(cancelled, t.Serial)
		}
	}
	return cancelled, c
}
