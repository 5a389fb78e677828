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
		return append(facts, p.letterFacts(c)...)
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
	return facts
}

// letterFacts tells about the letter with the activation code (KVB10, KVB11).
func (p *overviewPage) letterFacts(c card) []page.Fact {
	sent := p.T("member.fact.letter.queued")
	if !c.Order.Letter.HandedOver.IsZero() {
		sent = p.T("member.fact.letter.handed-over", calendar.DateOf(c.Order.Letter.HandedOver))
	}
	return []page.Fact{p.Fact("member.fact.letter.name", sent), p.Fact("member.fact.valid", p.Day(c.Order.LastDay))}
}

// Advice says what to do next with a token, where it is not plain from its buttons.
func (p *overviewPage) Advice(c card) string {
	code, soft := p.Profile().Token.Code.Purpose, p.Profile().Token.Soft.Label
	switch {
	case c.Waiting():
		return p.T("member.advice.pending", code)
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

// OrderHint says what a new order does to the tokens that are there; it is empty where nothing is left to be kept.
func (p *overviewPage) OrderHint() string {
	soft := p.Profile().Token.Soft.Label
	for _, c := range p.Cards {
		if c.Waiting() {
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
