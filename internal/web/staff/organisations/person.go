package organisations

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"torhaus/internal/account"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/organisation"
	"torhaus/internal/web/page"
)

var (
	personView = page.NewView[personPage](files, "person.html")
	deedView   = page.NewView[deedPage](files, "deed.html")
)

const (
	doneParam   = "getan"
	reasonField = "reason"
)

// personDeed is something that staff do about somebody of an organisation, on a page of its own.
type personDeed struct {
	word, key string // last part of the address, and of the keys of its texts
	right     login.Right
	role      account.Role
	when      []organisation.State
	danger    bool
	carry     func(context.Context, *organisation.Service, organisation.ID, organisation.By, account.ID, organisation.Departure) error
}

// closing is the one deed that asks for a reason.
const closing = "beenden"

var personDeeds = []personDeed{
	{
		word: "freigeben", key: "release", right: login.Decide, role: account.Administrator, when: []organisation.State{organisation.Requested},
		carry: func(ctx context.Context, s *organisation.Service, id organisation.ID, by organisation.By, who account.ID, _ organisation.Departure) error {
			return s.Release(ctx, id, by, who)
		},
	},
	{
		word: "ablehnen", key: "reject", right: login.Decide, role: account.Administrator, when: []organisation.State{organisation.Requested}, danger: true,
		carry: func(ctx context.Context, s *organisation.Service, id organisation.ID, by organisation.By, who account.ID, _ organisation.Departure) error {
			return s.Reject(ctx, id, by, who)
		},
	},
	{
		word: closing, key: "close", right: login.MarkMember, role: account.Administrator, danger: true,
		when: []organisation.State{organisation.Invited, organisation.Active},
		carry: func(ctx context.Context, s *organisation.Service, id organisation.ID, by organisation.By, who account.ID, why organisation.Departure) error {
			return s.CloseByStaff(ctx, id, by, who, why)
		},
	},
	{
		word: "deaktivieren", key: "deactivate", right: login.MarkMember, role: account.Clerk, danger: true,
		when: []organisation.State{organisation.Invited, organisation.Active},
		carry: func(ctx context.Context, s *organisation.Service, id organisation.ID, by organisation.By, who account.ID, _ organisation.Departure) error {
			return s.DeactivateByStaff(ctx, id, by, who)
		},
	},
	{
		word: "aktivieren", key: "reactivate", right: login.RestoreMember, role: account.Clerk, when: []organisation.State{organisation.Deactivated},
		carry: func(ctx context.Context, s *organisation.Service, id organisation.ID, by organisation.By, who account.ID, _ organisation.Departure) error {
			return s.ReactivateByStaff(ctx, id, by, who)
		},
	},
}

func (what personDeed) fits(m organisation.Membership) bool {
	return m.Account.Role == what.role && slices.Contains(what.when, m.State)
}

// deedTexts are the texts of each deed.
var deedTexts = map[string]struct{ title, text, submit, done string }{
	"release": {
		"organisations.deed.release.title", "organisations.deed.release.text", "organisations.deed.release.submit", "organisations.deed.release.done",
	},
	"reject": {
		"organisations.deed.reject.title", "organisations.deed.reject.text", "organisations.deed.reject.submit", "organisations.deed.reject.done",
	},
	"close": {
		"organisations.deed.close.title", "organisations.deed.close.text", "organisations.deed.close.submit", "organisations.deed.close.done",
	},
	"deactivate": {
		"organisations.deed.deactivate.title", "organisations.deed.deactivate.text", "organisations.deed.deactivate.submit",
		"organisations.deed.deactivate.done",
	},
	"reactivate": {
		"organisations.deed.reactivate.title", "organisations.deed.reactivate.text", "organisations.deed.reactivate.submit",
		"organisations.deed.reactivate.done",
	},
}

// personPage shows what somebody is to an organisation.
type personPage struct {
	team
	Person organisation.Membership
	Done   string // what was done just now; empty if nothing was
}

// person finds whom a page is about. Somebody of another organisation is nobody here.
func (d Door) person(r *page.Request) (personPage, error) {
	record, err := d.record(r)
	if err != nil {
		return personPage{}, err
	}
	m, ok := record.Team.Find(account.ID(r.PathValue("person")))
	if !ok {
		o := record.Team.Organisation
		return personPage{}, page.Advise(fault.New(fault.NotFound, "organisations.fault.nobody"), page.Link{Path: at(o.ID), Text: "organisations.to-one"})
	}
	return personPage{team: team{Team: record.Team}, Person: m}, nil
}

// Person shows somebody of an organisation.
func (d Door) Person(w http.ResponseWriter, r *page.Request) error {
	p, err := d.person(r)
	if err != nil {
		return err
	}
	for _, what := range personDeeds {
		if r.Param(doneParam) == what.word {
			p.Done = r.Text.T(deedTexts[what.key].done)
		}
	}
	return personView.Show(w, r, p)
}

// Facts are what is known of somebody here.
func (p *personPage) Facts() []page.Fact {
	m := p.Person
	facts := []page.Fact{
		p.Fact("organisations.fact.role", p.RoleOf(m)),
		p.Fact("organisations.fact.person-email", m.Account.Email),
		p.Fact("organisations.fact.standing", p.Standing(m)),
		p.Fact("organisations.fact.last-login", p.LastLogin(m)),
		p.Fact("organisations.fact.person-since", p.Time(m.Created)),
	}
	if maker, ok := p.Team.Find(m.By); ok {
		facts = append(facts, p.Fact("organisations.fact.made-by", maker.Account.Person.Name()))
	}
	if !m.Proved.IsZero() {
		facts = append(facts, p.Fact("organisations.fact.proved", p.Time(m.Proved)))
	}
	if !m.Asked.IsZero() {
		facts = append(facts, p.Fact("organisations.fact.asked", p.Time(m.Asked)))
	}
	if m.Changed.After(m.Created) {
		facts = append(facts, p.Fact("organisations.fact.changed", p.Time(m.Changed)))
	}
	return facts
}

// Account leads to the account of somebody, with the diagnosis of a login.
func (p *personPage) Account() string { return page.Members + "/" + string(p.Person.Account.ID) }

// Offer is a deed that can be done now.
type Offer struct{ Path, Name string }

// Offers lists what whoever reads may do about somebody now.
func (p *personPage) Offers() (list []Offer) {
	for _, what := range personDeeds {
		if what.fits(p.Person) && p.May(what.right) {
			list = append(list, Offer{Path: p.PathOf(p.Person) + "/" + what.word, Name: p.T(deedTexts[what.key].submit)})
		}
	}
	return list
}

// deedPage asks before a deed is done, and says what follows.
type deedPage struct {
	personPage
	deed   personDeed
	chosen organisation.Departure
}

func (d Door) deedPage(r *page.Request, what personDeed) (p deedPage, err error) {
	p.deed = what
	if p.personPage, err = d.person(r); err != nil {
		return p, err
	}
	if !what.fits(p.Person) {
		return p, page.Advise(fault.New(fault.Conflict, "organisations.fault.not-now"), p.link())
	}
	return p, nil
}

func (p *deedPage) link() page.Link {
	return page.Link{Path: p.PathOf(p.Person), Text: "organisations.to-person"}
}

func (d Door) askDeed(what personDeed) page.Handler {
	return func(w http.ResponseWriter, r *page.Request) error {
		p, err := d.deedPage(r, what)
		if err != nil {
			return err
		}
		return deedView.Show(w, r, p)
	}
}

func (d Door) doDeed(what personDeed) page.Handler {
	return func(w http.ResponseWriter, r *page.Request) error {
		p, err := d.deedPage(r, what)
		if err != nil {
			return err
		}
		p.chosen = organisation.Departure(r.Form.Value(reasonField))
		if err := what.carry(r.Context(), d.People, p.Team.Organisation.ID, by(r), p.Person.Account.ID, p.chosen); err != nil {
			return deedView.Refuse(w, r, p, page.Advise(err, p.link()))
		}
		r.Redirect(w, p.PathOf(p.Person)+"?"+url.Values{doneParam: {what.word}}.Encode())
		return nil
	}
}

// Title says what is done, and about whom.
func (p *deedPage) Title() string {
	return p.T(deedTexts[p.deed.key].title, p.Person.Account.Person.Name())
}

// Text says what follows from it.
func (p *deedPage) Text() string { return p.T(deedTexts[p.deed.key].text) }

// Submit is the word of the button.
func (p *deedPage) Submit() string { return p.T(deedTexts[p.deed.key].submit) }

// Danger tells whether the deed is hard to undo.
func (p *deedPage) Danger() bool { return p.deed.danger }

// Path is where the form goes.
func (p *deedPage) Path() string { return p.PathOf(p.Person) + "/" + p.deed.word }

// Back leads to the person.
func (p *deedPage) Back() string { return p.PathOf(p.Person) }

// Facts say whom it is about.
func (p *deedPage) Facts() []page.Fact {
	m := p.Person
	return []page.Fact{
		{Name: p.Profile().People.Member, Lines: []string{p.Team.Organisation.Name, p.Team.Organisation.Number}},
		p.Fact("organisations.fact.person", m.Account.Person.Name(), m.Account.Email),
		p.Fact("organisations.fact.role", p.RoleOf(m)),
		p.Fact("organisations.fact.person-since", p.Time(m.Created)),
	}
}

// Letter gives the address that a letter goes to if the registration is released.
func (p *deedPage) Letter() []string {
	if p.deed.key != "release" {
		return nil
	}
	return p.Team.Organisation.LetterToPerson(p.Person.Account.Person).Lines
}

// Last warns that nobody is left who looks after the organisation's people, and says how many are locked by it (BVK14).
func (p *deedPage) Last() string {
	if p.deed.word != closing || !p.Team.IsLast(p.Person.Account.ID) {
		return ""
	}
	return p.T("organisations.deed.close.last", p.Team.LocksClerks(p.Person.Account.ID))
}

// Choice is something to choose.
type Choice struct {
	Value, Name string
	Chosen      bool
}

var departures = map[organisation.Departure]string{
	organisation.HasLeft: "organisations.departure.left", organisation.HasDied: "organisations.departure.deceased",
	organisation.OnNotice: "organisations.departure.notice", organisation.Misused: "organisations.departure.misuse",
}

// Reasons are those to choose from; none where the deed takes none.
func (p *deedPage) Reasons() (list []Choice) {
	if p.deed.word != closing {
		return nil
	}
	for _, why := range organisation.Departures {
		list = append(list, Choice{string(why), p.T(departures[why]), why == p.chosen})
	}
	return list
}

// ReasonError says what is wrong with the choice.
func (p *deedPage) ReasonError() string { return wrongAt(&p.Base, reasonField) }

func wrongAt(b *page.Base, field string) string {
	for _, w := range b.Wrongs() {
		if w.Field == field {
			return w.Text
		}
	}
	return ""
}
