package letters

import (
	"net/http"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/mailroom"
	"torhaus/internal/web/page"
)

var letterView = page.NewView[letterPage](files, "letter.html")

// The parameter that tells what was done just now.
const (
	doneParam    = "getan"
	doneReturned = "zurueck"
	doneRetried  = "erneut"
)

// letterPage shows one letter: whose it is and how it is on its way.
type letterPage struct {
	page.Base
	Letter        mailroom.Letter
	Carries       mailroom.What
	Late, Overdue bool
	Done          string
}

// Letter shows a letter, without what it says. Whose it is, is a look at that member.
func (d Door) Letter(w http.ResponseWriter, r *page.Request) error {
	p, now, err := d.parcel(r)
	if err != nil {
		return err
	}
	l := p.Letter
	return letterView.Show(w, r, letterPage{
		Letter: l, Carries: p.Carries(now), Late: d.Mailroom.Late(l, now), Overdue: d.Mailroom.Overdue(l, now), Done: r.Param(doneParam),
	})
}

// parcel reads the letter that a page is about, and notes who looks.
func (d Door) parcel(r *page.Request) (mailroom.Parcel, calendar.Moment, error) {
	p, now, err := d.Mailroom.Parcel(r.Context(), r.PathValue("id"))
	if err == nil {
		err = d.Desk.Look(r.Context(), r.Visit.Session, p.Letter.Account)
	}
	if fault.Is(err, fault.NotFound) {
		err = page.Advise(err, toList)
	}
	return p, now, err
}

// Retry has the hand-over tried again.
func (d Door) Retry(w http.ResponseWriter, r *page.Request) error {
	id := r.PathValue("id")
	if err := d.Mailroom.Retry(r.Context(), id, by(r)); err != nil {
		return page.Advise(err, page.Link{Path: letterPath + id, Text: "letters.to-letter"})
	}
	r.Redirect(w, letterPath+id+"?"+doneParam+"="+doneRetried)
	return nil
}

// Facts lists what is known of the letter.
func (p *letterPage) Facts() []page.Fact {
	l := p.Letter
	recipient := []string{l.Person.Name()}
	if l.Number != "" {
		recipient = append(recipient, p.T("letters.letter.number", l.Number))
	}
	list := []page.Fact{
		p.Fact("letters.column.kind", named(p.Words(), kindNames, l.Kind)),
		p.Fact("letters.column.recipient", recipient...),
		p.Fact("letters.column.state", named(p.Words(), stateNames, string(l.State))),
		p.Fact("letters.column.queued", p.Time(l.Created)),
	}
	for _, f := range []struct {
		key string
		at  time.Time
	}{{"letters.column.handed", l.HandedOver}, {"letters.column.returned", l.Returned}} {
		if !f.at.IsZero() {
			list = append(list, p.Fact(f.key, p.Time(f.at)))
		}
	}
	if !l.Posted.IsZero() {
		list = append(list, p.Fact("letters.column.posted", p.Day(l.Posted)))
	}
	return list
}

// Member gives the address of the member's page, for those who may see it.
func (p *letterPage) Member() string {
	if !p.May(login.SeeMembers) {
		return ""
	}
	return page.Console + "/mitglieder/" + string(p.Letter.Account)
}

// Returnable tells whether the reader may enter the letter as returned.
func (p *letterPage) Returnable() bool { return p.Letter.Left() && p.May(login.TakeBackLetter) }

// Retriable tells whether the reader may have the hand-over tried again.
func (p *letterPage) Retriable() bool { return p.Letter.Dead != "" && p.May(login.PrintLetters) }

// Path gives the address of the page.
func (p *letterPage) Path() string { return letterPath + p.Letter.ID }

// Next tells staff what comes after a return.
func (p *letterPage) Next() string {
	switch {
	case p.Letter.Device():
		return p.T("letters.next.device")
	case p.Letter.Voided == mailroom.Nothing:
		return p.T("letters.next.nothing")
	case p.Letter.Voided == mailroom.Password:
		return p.T("letters.next.password", p.Profile().Password.OneTime.Label)
	default:
		return p.T("letters.next.order")
	}
}

// Voided tells what the return did.
func (p *letterPage) Voided() string { return named(p.Words(), voidedNames, p.Letter.Voided) }
