package token

import (
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/secret"
)

// provers gives the hard tokens whose code may take the place of an activation code (KVB06): active ones. A soft token never
// serves, or whoever copied one could make it last for ever.
func (h Holding) provers() []Token {
	var active []Token
	for _, t := range h.Usable() {
		if t.Kind == Hard {
			active = append(active, t)
		}
	}
	return active
}

// MayGoDirect tells whether the direct route is open (KVB05, KVB06).
func (h Holding) MayGoDirect() bool { return len(h.provers()) > 0 }

// EnterDirect checks a code of the hard token in the place of the activation code (KVB06). The right one is spent and opens a set-up
// bound to the session; a wrong one counts on the hard token as at a login.
func (h Holding) EnterDirect(code secret.Text, session string, fresh secret.Bytes, rules Rules, now calendar.Moment) (Try, Change, error) {
	o, ok := h.Open(Soft)
	if !ok || o.Route != Direct {
		return Try{}, Change{}, errNoOrder
	}
	if calendar.DateOf(now.Time).After(o.LastDay) {
		return h.overdue(o, now)
	}
	use, used := h.try(h.provers(), oneCode(code, rules, now), rules, now)
	if !use.Accepted {
		return use.refused(), used, nil
	}
	try, c, err := h.openSetup(o, session, use.Token.ID, fresh, rules, now)
	if err != nil {
		return Try{}, Change{}, err
	}
	c.Tokens, c.Spend = append(c.Tokens, used.Tokens...), used.Spend
	return try, c, nil
}

// refused is the outcome of a code that was not accepted.
func (u Use) refused() Try {
	switch {
	case u.NoToken:
		return Try{Outcome: Stopped}
	case !u.Wait.IsZero():
		return Try{Outcome: Waiting, Wait: u.Wait}
	default:
		return Try{Outcome: Wrong}
	}
}

// Resync finds a hard token again whose clock or counter has run away: by two codes that follow one another, neither of them spent,
// in a wide window (RFC 4226, 7.4; RFC 6238, 6). It logs nobody in. Wrong ones count as at a login.
func (h Holding) Resync(serial string, first, second secret.Text, session string, rules Rules, now calendar.Moment) (Try, Change, error) {
	t, ok := h.BySerial(serial)
	if !ok || t.Kind != Hard {
		return Try{}, Change{}, fault.New(fault.NotFound, "token.fault.unknown")
	}
	if !t.Usable() {
		return Try{}, Change{}, fault.New(fault.Conflict, "token.resync.fault.not-active")
	}
	use, c := h.try([]Token{t}, twoCodes(first, second, rules, now), rules, now)
	if !use.Accepted {
		return use.refused(), c, nil
	}
	c.note(h.Owner, audit.Event{Kind: audit.TokenSynchronised, Token: string(t.ID), Session: session})
	return Try{Outcome: Right, Token: use.Token}, c, nil
}
