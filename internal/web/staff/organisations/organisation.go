package organisations

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/organisation"
	"torhaus/internal/web/page"
)

var organisationView = page.NewView[organisationPage](files, "organisation.html")

const (
	perPage   = 100 // people that one page lists
	fromParam = "ab"
)

// team is what the pages about the people of an organisation have in common.
type team struct {
	page.Base
	Team organisation.Team
}

// organisationPage shows an organisation with all of its people.
type organisationPage struct {
	team
	Record desk.OrganisationRecord
	people []organisation.Membership // those who count first
	from   int
}

// Organisation shows an organisation, which leaves an event in the audit.
func (d Door) Organisation(w http.ResponseWriter, r *page.Request) error {
	record, err := d.record(r)
	if err != nil {
		return err
	}
	p := organisationPage{team: team{Team: record.Team}, Record: record, people: ranked(record.Team)}
	if n, err := strconv.Atoi(r.Param(fromParam)); err == nil && 0 < n && n < len(p.people) {
		p.from = n
	}
	return organisationView.Show(w, r, p)
}

// record reads the organisation that a page is about, and notes that it was looked at.
func (d Door) record(r *page.Request) (desk.OrganisationRecord, error) {
	record, err := d.Desk.Open(r.Context(), r.Visit.Session, organisation.ID(r.PathValue("id")))
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.NotFound, "organisations.fault.none")
	}
	if err != nil {
		return record, page.Advise(err, toList)
	}
	return record, nil
}

// ranked gives the people in the order in which the desk asks for them: administrators before clerks, those whom something can still be
// done about before those who are out.
func ranked(t organisation.Team) []organisation.Membership {
	rank := func(m organisation.Membership) (n int) {
		if m.Account.Role != account.Administrator {
			n = 2
		}
		if t.Standing(m) == organisation.Out {
			n++
		}
		return n
	}
	people := slices.Clone(t.People)
	slices.SortStableFunc(people, func(a, b organisation.Membership) int { return rank(a) - rank(b) })
	return people
}

// standings say what somebody may do now, and why not.
var standings = map[organisation.Standing]string{
	organisation.MayEnter: "organisations.standing.may-enter", organisation.NoAdministrator: "organisations.standing.no-administrator",
	organisation.Out: "organisations.standing.out",
}

// Standing says it of somebody.
func (t *team) Standing(m organisation.Membership) string {
	switch s := t.Team.Standing(m); {
	case s == organisation.Waits && m.State == organisation.Requested:
		return t.T("organisations.standing.waits-release")
	case s == organisation.Waits:
		return t.T("organisations.standing.waits-letter")
	default:
		return t.T(standings[s], t.Profile().People.Administrator)
	}
}

// Sign tells the state of somebody.
func (t *team) Sign(m organisation.Membership) Sign { return sign(&t.Base, m.State) }

// RoleOf names the role of somebody.
func (t *team) RoleOf(m organisation.Membership) string { return roleName(&t.Base, m.Account.Role) }

// PathOf is the address of somebody's page.
func (t *team) PathOf(m organisation.Membership) string {
	return personAt(t.Team.Organisation.ID, m.Account.ID)
}

// LastLogin tells when somebody was here.
func (t *team) LastLogin(m organisation.Membership) string { return lastLogin(&t.Base, m.Account) }

func lastLogin(b *page.Base, a account.Account) string {
	if a.LastLogin.IsZero() {
		return b.T("organisations.never")
	}
	return b.Date(a.LastLogin)
}

// Facts are what the body's list says of the organisation.
func (p *organisationPage) Facts() []page.Fact {
	o := p.Team.Organisation
	email := o.Email
	if email == "" {
		email = p.T("organisations.fact.no-email")
	}
	return []page.Fact{
		{Name: p.Profile().People.NumberLabel, Lines: []string{o.Number}},
		p.Fact("organisations.fact.address", o.LetterTo().Lines...),
		p.Fact("organisations.fact.email", email),
		p.Fact("organisations.fact.administrators", p.T("organisations.count", p.Team.Administrators())),
		p.Fact("organisations.fact.clerks", p.T("organisations.count", p.Team.Clerks())),
		p.Fact("organisations.fact.since", p.Date(o.Created)),
	}
}

// Verdict says how the organisation stands, in one sentence, and Mark how urgent that is.
func (p *organisationPage) Verdict() string {
	words := p.Profile().People
	switch n := p.Team.Administrators(); {
	case n == 0 && p.Team.Clerks() > 0:
		return p.T("organisations.verdict.locked", p.Team.Clerks(), words.Administrator)
	case n == 0:
		return p.T("organisations.verdict.nobody", words.Administrator)
	default:
		return p.T("organisations.verdict.fine", n)
	}
}

// Mark is the mark of the verdict.
func (p *organisationPage) Mark() string {
	if p.Team.Administrators() == 0 {
		return "warning"
	}
	return "success"
}

// Waiting lists the registrations that wait for their release.
func (p *organisationPage) Waiting() (list []organisation.Membership) {
	for _, m := range p.people {
		if m.State == organisation.Requested {
			list = append(list, m)
		}
	}
	return list
}

// Shown are the people of this page, Before and After where the pages beside it begin; -1 if there is none.
func (p *organisationPage) Shown() []organisation.Membership {
	return p.people[p.from:min(p.from+perPage, len(p.people))]
}

// Before tells where the page before begins.
func (p *organisationPage) Before() int {
	if p.from == 0 {
		return -1
	}
	return max(p.from-perPage, 0)
}

// After tells where the next page begins.
func (p *organisationPage) After() int {
	if p.from+perPage >= len(p.people) {
		return -1
	}
	return p.from + perPage
}

// LetterLine is a letter in its table.
type LetterLine struct{ Kind, State, To, Queued, Out string }

// letterKinds name the kinds of letter that go to organisations, letterStates their states.
var (
	letterKinds = map[string]string{
		"first-password": "organisations.letter.first-password", "registration-notice": "organisations.letter.registration-notice",
		"one-time-password": "organisations.letter.one-time-password",
	}
	letterStates = map[string]string{
		"queued": "organisations.letter.queued", "held": "organisations.letter.held", "rendered": "organisations.letter.queued",
		"handed-over": "organisations.letter.handed-over", "posted": "organisations.letter.posted", "returned": "organisations.letter.returned",
		"void": "organisations.letter.void",
	}
)

// Letters lists the letters, newest first.
func (p *organisationPage) Letters() (lines []LetterLine) {
	for _, l := range p.Record.Letters {
		kind, ok := letterKinds[l.Kind]
		if !ok {
			kind = "organisations.letter.other"
		}
		m, _ := p.Team.Find(account.ID(l.Account))
		lines = append(lines, LetterLine{
			Kind: p.T(kind), State: p.T(letterStates[string(l.State)]), To: m.Account.Person.Name(), Queued: p.Time(l.Created), Out: p.moment(l.HandedOver),
		})
	}
	return lines
}

func (t *team) moment(when time.Time) string {
	if when.IsZero() {
		return t.T("organisations.none")
	}
	return t.Time(when)
}

// EventLine is an audit event in its table.
type EventLine struct{ At, What, Whom, By string }

// Events lists what happened last.
func (p *organisationPage) Events() (lines []EventLine) {
	for _, e := range p.Record.Events {
		what := "records.deed." + strings.ReplaceAll(string(e.Kind), ".", "-")
		if !p.Has(what) {
			what = "organisations.event.unknown"
		}
		m, _ := p.Team.Find(account.ID(e.Account))
		lines = append(lines, EventLine{At: p.Time(e.Time), What: p.T(what), Whom: m.Account.Person.Name(), By: p.who(p.Record.Who(e))})
	}
	return lines
}

func (p *organisationPage) who(w desk.Who) string {
	switch {
	case w.System:
		return p.T("organisations.who.system")
	case w.Member:
		return p.T("organisations.who.self")
	case w.Name != "":
		return w.Name
	default:
		return p.T("organisations.who.anonymous")
	}
}
