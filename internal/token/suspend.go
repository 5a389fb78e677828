package token

import (
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/mail"
)

// Suspend stops an active token at once (KVB07): the phone is lost, or somebody else holds it. Only the body's desk or a new
// letter brings the holder back. Suspending what is suspended already changes nothing. Session is the one in which it is done.
func (h Holding) Suspend(serial, session string, now calendar.Moment) (Token, Change, error) {
	t, ok := h.BySerial(serial)
	if !ok {
		return Token{}, Change{}, fault.New(fault.NotFound, "token.fault.unknown")
	}
	if t.State == Suspended {
		return t, Change{}, nil
	}
	if t.State != Active {
		return Token{}, Change{}, fault.New(fault.Conflict, "token.suspend.fault.not-active")
	}
	t.State, t.Suspended = Suspended, now.Time
	c := Change{Tokens: []Token{t}, By: session}
	c.note(h.Owner, audit.Event{Kind: audit.TokenSuspended, Token: string(t.ID), Session: session})
	c.mail(mail.TokenSuspended{To: h.Owner.MailTo(), Greeting: h.Owner.Person.Greeting(), Serial: t.Serial, At: now.Time})
	return t, c, nil
}
