package token

import (
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/letter"
)

// post queues a letter that brings what an order needs until its last day. To an address that was replaced a short while ago it
// waits for a second person: the order says so.
func (h Holding) post(c *Change, o *Order, content letter.Content, rules Rules, now calendar.Moment) {
	d := letter.Draft{ID: o.Letter.ID, Account: string(h.Owner.ID), Order: string(o.ID), Content: content}
	d.Hold = h.Owner.HoldUntil(o.LastDay, rules.Letter.HoldMoved, now)
	c.Letters = append(c.Letters, d)
	c.note(h.Owner, audit.Event{Kind: audit.LetterQueued, Order: d.Order, Letter: d.ID})
	o.Letter.State = letter.Queued
	if !d.Hold.IsZero() {
		o.Letter.State = letter.Held
		c.note(h.Owner, audit.Event{Kind: audit.LetterHeld, Order: d.Order, Letter: d.ID})
	}
}

// LetterHeld tells whether the order's letter waits for a second person.
func (o Order) LetterHeld() bool { return o.Letter.State == letter.Held }
