package member

import (
	"torhaus/internal/calendar"
	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

// Facts lists what a member knows a token by (KVB09).
func (p *overviewPage) Facts(c card) []page.Fact {
	var facts []page.Fact
	if c.Ordered {
		facts = append(facts, p.Fact("member.fact.ordered", p.Date(c.Order.Placed)))
	}
	if c.Token.State == token.Pending {
		return append(facts, p.pendingFacts(c)...)
	}
	if !c.Token.Activated.IsZero() {
		facts = append(facts, p.Fact("member.fact.activated", p.Date(c.Token.Activated)))
	}
	if !c.Token.LastUsed.IsZero() {
		facts = append(facts, p.Fact("member.fact.used", p.Date(c.Token.LastUsed)))
	}
	if c.Token.State == token.Suspended {
		facts = append(facts, p.Fact("member.fact.suspended", p.Date(c.Token.Suspended)))
	}
	if !c.Token.BatteryEnd.IsZero() {
		facts = append(facts, p.Fact("member.fact.battery", c.Token.BatteryEnd.German()))
	}
	return facts
}

// pendingFacts tells about what is on its way.
func (p *overviewPage) pendingFacts(c card) []page.Fact {
	switch {
	case c.Hard() && c.Order.Shipped.IsZero():
		return []page.Fact{p.Fact("member.fact.letter.name", p.T("member.fact.letter.queued"))}
	case c.Hard():
		return []page.Fact{
			p.Fact("member.fact.letter.name", p.T("member.fact.letter.shipped", calendar.DateOf(c.Order.Shipped))),
			p.Fact("member.fact.until", p.Day(c.Order.LastDay)),
		}
	case c.Order.Route == token.Direct:
		return []page.Fact{p.Fact("member.fact.until", p.Day(c.Order.LastDay))}
	default:
		return p.letterFacts(c)
	}
}

// letterFacts tells about the letter with the activation code (KVB10, KVB11).
func (p *overviewPage) letterFacts(c card) []page.Fact {
	sent := p.T("member.fact.letter.queued")
	switch {
	case !c.Order.Letter.HandedOver.IsZero():
		sent = p.T("member.fact.letter.handed-over", calendar.DateOf(c.Order.Letter.HandedOver))
	case c.Order.LetterHeld():
		sent = p.T("member.fact.letter.held")
	}
	return []page.Fact{p.Fact("member.fact.letter.name", sent), p.Fact("member.fact.valid", p.Day(c.Order.LastDay))}
}

// Advice says what to do next with a token, where it is not plain from its buttons.
func (p *overviewPage) Advice(c card) string {
	code, soft := p.Profile().Token.Code.Purpose, p.Profile().Token.Soft.Label
	if c.Hard() {
		return p.deviceAdvice(c)
	}
	switch {
	case c.Waiting() && c.Order.Route == token.Direct:
		return p.T("member.advice.direct", p.Profile().Token.Hard.Label)
	case c.Waiting():
		return p.T("member.advice.pending", code)
	case c.Expired && c.Order.Route == token.Direct:
		return p.T("member.advice.expired-device", soft)
	case c.Expired:
		return p.T("member.advice.expired", code, soft)
	case c.Token.State == token.Suspended:
		return p.T("member.advice.suspended", soft)
	case c.Token.State == token.Blocked:
		return p.T("member.advice.blocked", soft)
	default:
		return ""
	}
}

// deviceAdvice does the same for a hard token.
func (p *overviewPage) deviceAdvice(c card) string {
	hard := p.Profile().Token.Hard.Label
	switch {
	case c.Expired:
		return p.T("member.advice.expired-device", hard)
	case c.Waiting() && c.Order.Shipped.IsZero():
		return p.T("member.advice.device-waits")
	case c.Waiting():
		return p.T("member.advice.device")
	case c.Token.State == token.Suspended:
		return p.T("member.advice.suspended", hard)
	case c.Token.State == token.Blocked:
		return p.T("member.advice.blocked", hard)
	case c.Exchanged:
		return p.T("member.advice.exchanged")
	case c.Battery:
		return p.T("member.advice.battery", c.Token.BatteryEnd)
	default:
		return ""
	}
}

// OrderHint says what a new order does to the tokens that are there; it is empty where nothing is left to be kept.
func (p *overviewPage) OrderHint() string {
	soft := p.Profile().Token.Soft.Label
	for _, c := range p.Cards {
		if c.Waiting() && !c.Hard() {
			return p.T("member.overview.hint.pending", soft, c.Token.Serial)
		}
	}
	for _, c := range p.Cards {
		if c.Token.Kind == token.Soft && c.Token.Usable() {
			return p.T("member.overview.hint.active", soft, c.Token.Serial)
		}
	}
	return ""
}
