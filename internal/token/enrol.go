package token

import (
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/secret"
	"torhaus/internal/token/otp"
)

// The body's own people set up their soft token themselves, without letter or hard token: an invitation has proved who they are. Who
// may, package staff says.

// Invited is the reason for which tokens end with a new invitation.
const Invited Reason = "invited"

// Enrol orders a soft token on the direct route and opens its set-up for one session, as far as the profile lets a set-up last. An
// open order is superseded, with its secret.
func (h Holding) Enrol(n NewOrder, session string, fresh secret.Bytes, rules Rules, now calendar.Moment) Change {
	var c Change
	if open, ok := h.Open(Soft); ok {
		h.closeOpen(&c, open, now)
	}
	soft := rules.Token.Soft
	t := Token{
		ID: n.Token, Account: h.Owner.ID, Kind: Soft, Serial: n.Serial, State: Pending, Secret: fresh,
		Mode: otp.TOTP, Algorithm: otp.Algorithm(soft.Algorithm), Digits: soft.Digits, Period: soft.Period.D(), Created: now.Time,
	}
	o := Order{
		ID: n.ID, Request: n.Request, Account: h.Owner.ID, Token: t.ID, Kind: Soft, Route: Direct, State: Placed, Placed: now.Time,
		LastDay: calendar.DateOf(now.Time), Setup: Setup{Session: session, Until: now.Add(rules.Token.Setup.Within.D())},
	}
	c.NewTokens, c.NewOrders, c.Secrets = []Token{t}, []Order{o}, []ID{t.ID}
	c.note(h.Owner, audit.Event{Kind: audit.TokenOrdered, Token: string(t.ID), Order: string(o.ID), Session: session})
	return c
}

// Reset ends every token and every open order of one of staff who is invited anew.
func (h Holding) Reset(by By, now calendar.Moment) Change {
	c := h.VoidOrders(Invited, by, now)
	for _, t := range h.Tokens {
		if t.State == Revoked || t.State == Pending {
			continue
		}
		var ended Change
		ended.end(t, Invited, now)
		ended.note(h.Owner, audit.Event{Kind: audit.TokenRevoked, Token: string(t.ID), Reason: string(Invited)})
		by.as(&ended)
		c.Join(ended)
	}
	return c
}
