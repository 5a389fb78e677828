package token

import (
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/mail"
)

// MayExchange finds a defective hard token that its member has in hand, by its serial number.
func (h Holding) MayExchange(serial string) (Token, error) {
	t, ok := h.BySerial(serial)
	switch {
	case !ok || t.Kind != Hard:
		return Token{}, fault.New(fault.NotFound, "token.fault.unknown")
	case t.State == Pending || t.State == Revoked:
		return Token{}, fault.New(fault.Conflict, "token.exchange.fault.over")
	}
	return t, nil
}

// giveBack does what an exchange does to the defective token. It is revoked when the new one is activated; or stopped at once, if
// that was chosen: who proved a password only suspends it, and never revokes anything (KVB07).
func (h Holding) giveBack(c *Change, n NewDevice, told *mail.HardTokenOrdered, now calendar.Moment) (ID, error) {
	if n.Instead == "" {
		return "", nil
	}
	old, err := h.MayExchange(n.Instead)
	if err != nil {
		return "", err
	}
	told.Old, told.Stopped = old.Serial, n.Stop || !old.Usable()
	switch {
	case !n.Stop:
	case n.TwoFactor:
		c.By = n.Session
		c.end(old, Defective, now)
		c.note(h.Owner, audit.Event{Kind: audit.TokenRevoked, Token: string(old.ID), Session: n.Session, Reason: string(Defective)})
	case old.Usable():
		_, suspended, err := h.Suspend(old.Serial, n.Session, now)
		if err != nil {
			return "", err
		}
		c.By, c.Tokens, c.Events, c.Jobs = n.Session, suspended.Tokens, suspended.Events, suspended.Jobs
	}
	return old.ID, nil
}

// ToReturn gives the hard tokens that the member is asked to send back, or will be once the new one is activated.
func (h Holding) ToReturn() []Token {
	var list []Token
	open, _ := h.Open(Hard)
	for _, t := range h.Tokens {
		if t.Device == Awaited || t.Device == InUse && t.ID == open.Instead {
			list = append(list, t)
		}
	}
	return list
}

// ReturnLabel gives the label with which a device is sent back.
func (h Holding) ReturnLabel(serial string) (letter.ReturnLabel, error) {
	for _, t := range h.ToReturn() {
		if t.Serial == serial {
			lines := append([]string{h.Owner.Person.Name()}, h.Owner.Address.Lines()...)
			return letter.ReturnLabel{From: letter.Recipient{Lines: lines}, Serial: t.Serial}, nil
		}
	}
	return letter.ReturnLabel{}, fault.New(fault.NotFound, "token.fault.unknown")
}
