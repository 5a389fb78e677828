package desk

import (
	"net/http"
	"net/url"
	"slices"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/web/page"
)

var identifyView = page.NewView[identifyPage](files, "identify.html")

const (
	wayField       = "weg"
	identifiedWord = "identifiziert"
)

// identifyPage asks what a caller says. What the register has is not on it.
type identifyPage struct {
	page.Base
	Case    desk.Case
	Said    desk.Answers
	Checked desk.Checked
	now     calendar.Moment
	facts   []desk.Fact
	other   []string
}

// The names of facts and ways, as people read them.
var (
	factNames = map[desk.Fact]string{
		desk.FactNumber: "deed.ask.number", desk.FactStreet: "deed.ask.street", desk.FactPostcode: "deed.ask.postcode",
		desk.FactTown: "deed.ask.town", desk.FactDomain: "deed.ask.domain", desk.FactSerial: "deed.ask.serial",
		desk.FactLastLogin: "deed.ask.last-login", desk.FactLastOrder: "deed.ask.last-order",
	}
	factHints = map[desk.Fact]string{
		desk.FactDomain: "deed.ask.domain-hint", desk.FactSerial: "deed.ask.serial-hint", desk.FactLastLogin: "deed.ask.day-hint",
		desk.FactLastOrder: "deed.ask.day-hint",
	}
	wayNames = map[desk.Way]string{
		desk.ByFacts: "deed.way.facts", desk.InPerson: "deed.way.in-person", desk.CallBack: "deed.way.call-back",
	}
	wayHints = map[desk.Way]string{desk.InPerson: "deed.way.in-person-hint", desk.CallBack: "deed.way.call-back-hint"}
)

func (d Door) identifyPage(r *page.Request) (p identifyPage, err error) {
	c, now, err := d.Deeds.Case(r.Context(), account.ID(r.PathValue("id")), r.Visit.Session)
	if err != nil {
		return p, page.Advise(err, toMembers)
	}
	if err := d.Desk.Look(r.Context(), r.Visit.Session, c.Member().ID); err != nil {
		return p, err
	}
	rules := d.Deeds.Rules.Desk.Identification
	p = identifyPage{Case: c, now: now, other: rules.Other}
	if c.CanSuffice(rules) {
		p.facts = c.Askable(rules)
	}
	return p, nil
}

// AskIdentify shows the questions.
func (d Door) AskIdentify(w http.ResponseWriter, r *page.Request) error {
	p, err := d.identifyPage(r)
	if err != nil {
		return err
	}
	return identifyView.Show(w, r, p)
}

// Identify checks what the caller said, and tells for each answer whether it is right.
func (d Door) Identify(w http.ResponseWriter, r *page.Request) error {
	p, err := d.identifyPage(r)
	if err != nil {
		return err
	}
	p.Said = desk.Answers{}
	for _, f := range p.facts {
		p.Said[f] = r.Form.Value(string(f))
	}
	member := p.Case.Member().ID
	p.Checked, err = d.Deeds.Identify(r.Context(), member, r.Visit.Session, p.Said)
	if err == nil && !p.Checked.Enough {
		rules := d.Deeds.Rules.Desk.Identification
		err = fault.New(fault.Invalid, "deed.fault.not-enough", rules.Enough, rules.PrivateEnough)
	}
	if err != nil {
		return identifyView.Refuse(w, r, p, page.Advise(err, toMember(member)))
	}
	return d.wasIdentified(w, r, member)
}

// Vouch identifies the caller by other means.
func (d Door) Vouch(w http.ResponseWriter, r *page.Request) error {
	p, err := d.identifyPage(r)
	if err != nil {
		return err
	}
	member := p.Case.Member().ID
	if err := d.Deeds.Vouch(r.Context(), member, r.Visit.Session, desk.Way(r.Form.Value(wayField))); err != nil {
		return identifyView.Refuse(w, r, p, page.Advise(err, toMember(member)))
	}
	return d.wasIdentified(w, r, member)
}

func (d Door) wasIdentified(w http.ResponseWriter, r *page.Request, member account.ID) error {
	r.Redirect(w, memberAt(member)+"?"+url.Values{doneParam: {identifiedWord}}.Encode())
	return nil
}

// Member gives who the caller claims to be.
func (p *identifyPage) Member() account.Account { return p.Case.Member() }

// Back leads to the member.
func (p *identifyPage) Back() string { return memberAt(p.Member().ID) }

// Holds tells until when the caller is identified already; empty if not.
func (p *identifyPage) Holds() string {
	if !p.Case.Identified.Holds(p.now) {
		return ""
	}
	return p.T("deed.identified", p.T(wayNames[p.Case.Identified.Way]), p.Case.Identified.Until)
}

// Question is one fact to ask for.
type Question struct {
	page.Input
	Right, Wrong bool
}

// Questions are what the caller is asked.
func (p *identifyPage) Questions() (list []Question) {
	for _, f := range p.facts {
		q := Question{Input: textInput(&p.Base, string(f), factNames[f], p.Said[f], 100)}
		if hint := factHints[f]; hint != "" {
			q.Hint = p.T(hint)
		}
		q.Right, q.Wrong = slices.Contains(p.Checked.Right, f), slices.Contains(p.Checked.Wrong, f)
		if q.Wrong {
			q.Error = p.T("deed.ask.wrong")
		}
		list = append(list, q)
	}
	return list
}

// Ways are other means of identification.
func (p *identifyPage) Ways() (list []Way) {
	for _, way := range p.other {
		w := desk.Way(way)
		list = append(list, Way{Value: way, Name: p.T(wayNames[w]), Hint: p.T(wayHints[w])})
	}
	return list
}

// Way is one of them.
type Way struct{ Value, Name, Hint string }
