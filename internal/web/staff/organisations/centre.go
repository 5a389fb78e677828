package organisations

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/organisation"
	"torhaus/internal/web/page"
)

var (
	centresView    = page.NewView[centresPage](files, "centres.html")
	centreView     = page.NewView[centrePage](files, "centre.html")
	centreDeedView = page.NewView[centreDeedPage](files, "centre_deed.html")
)

const (
	kindField = "kind"
	dayField  = "on"
)

// centreDeed is something that staff do about somebody of a data centre.
type centreDeed struct {
	word, key string
	right     login.Right
	when      []organisation.State
	danger    bool
	carry     func(context.Context, *organisation.Service, organisation.By, account.ID, organisation.Notice) error
}

// stopping is the one deed that asks for a notice (BVK16).
const stopping = "deaktivieren"

var centreDeeds = []centreDeed{
	{
		word: "freigeben", key: "release", right: login.Decide, when: []organisation.State{organisation.Requested},
		carry: func(ctx context.Context, s *organisation.Service, by organisation.By, id account.ID, _ organisation.Notice) error {
			return s.ReleaseCentre(ctx, by, id)
		},
	},
	{
		word: "ablehnen", key: "reject", right: login.Decide, when: []organisation.State{organisation.Requested}, danger: true,
		carry: func(ctx context.Context, s *organisation.Service, by organisation.By, id account.ID, _ organisation.Notice) error {
			return s.RejectCentre(ctx, by, id)
		},
	},
	{
		word: stopping, key: "deactivate", right: login.MarkMember, when: []organisation.State{organisation.Invited, organisation.Active}, danger: true,
		carry: func(ctx context.Context, s *organisation.Service, by organisation.By, id account.ID, n organisation.Notice) error {
			return s.DeactivateCentre(ctx, by, id, n)
		},
	},
}

// centreTexts are the texts of each deed.
var centreTexts = map[string]struct{ title, text, submit, done string }{
	"release": {
		"organisations.centre-deed.release.title", "organisations.centre-deed.release.text", "organisations.centre-deed.release.submit",
		"organisations.centre-deed.release.done",
	},
	"reject": {
		"organisations.centre-deed.reject.title", "organisations.centre-deed.reject.text", "organisations.centre-deed.reject.submit",
		"organisations.centre-deed.reject.done",
	},
	"deactivate": {
		"organisations.centre-deed.deactivate.title", "organisations.centre-deed.deactivate.text", "organisations.centre-deed.deactivate.submit",
		"organisations.centre-deed.deactivate.done",
	},
}

func (d Door) waitingCentres(r *page.Request) (n int, err error) {
	all, _, err := d.People.Centres(r.Context())
	for _, c := range all {
		if c.State == organisation.Requested {
			n++
		}
	}
	return n, err
}

// centresPage lists the people of data centres.
type centresPage struct {
	page.Base
	List []organisation.Centre
}

// Centres lists the people of data centres, those that wait for their release first.
func (d Door) Centres(w http.ResponseWriter, r *page.Request) error {
	list, _, err := d.People.Centres(r.Context())
	if err != nil {
		return err
	}
	return centresView.Show(w, r, centresPage{List: list})
}

// Title is what such people are called.
func (p *centresPage) Title() string { return p.T("organisations.list.centres") }

// PathOf is the address of one.
func (p *centresPage) PathOf(c organisation.Centre) string { return centreAt(c.Account.ID) }

// Sign tells the state of one.
func (p *centresPage) Sign(c organisation.Centre) Sign { return sign(&p.Base, c.State) }

// LastLogin tells when one was here.
func (p *centresPage) LastLogin(c organisation.Centre) string { return lastLogin(&p.Base, c.Account) }

// centrePage shows somebody of a data centre.
type centrePage struct {
	page.Base
	Centre organisation.Centre
	Done   string
}

// centre finds whom a page is about, and notes that the record was looked at.
func (d Door) centre(r *page.Request) (p centrePage, err error) {
	id := account.ID(r.PathValue("id"))
	if p.Centre, _, err = d.People.Centre(r.Context(), id); err != nil {
		if fault.Is(err, fault.NotFound) {
			err = fault.New(fault.NotFound, "organisations.fault.no-centre")
		}
		return p, page.Advise(err, page.Link{Path: page.Centres, Text: "organisations.to-list"})
	}
	return p, d.Desk.Look(r.Context(), r.Visit.Session, id)
}

// Centre shows somebody of a data centre.
func (d Door) Centre(w http.ResponseWriter, r *page.Request) error {
	p, err := d.centre(r)
	if err != nil {
		return err
	}
	for _, what := range centreDeeds {
		if r.Param(doneParam) == what.word {
			p.Done = r.Text.T(centreTexts[what.key].done)
		}
	}
	return centreView.Show(w, r, p)
}

// Sign tells the state.
func (p *centrePage) Sign() Sign { return sign(&p.Base, p.Centre.State) }

// Role is what such people are called.
func (p *centrePage) Role() string { return roleName(&p.Base, account.DataCentre) }

// noticeKinds are the forms of a notice, as people read them.
var noticeKinds = map[organisation.NoticeKind]string{
	organisation.Written: "organisations.notice-kind.written", organisation.ByEmail: "organisations.notice-kind.e-mail",
}

// Facts are what is known of the person and the data centre.
func (p *centrePage) Facts() []page.Fact {
	c := p.Centre
	facts := []page.Fact{
		p.Fact("organisations.fact.centre", c.Name),
		p.Fact("organisations.fact.person", c.Account.Person.Name()),
		p.Fact("organisations.fact.address", c.LetterTo().Lines...),
		p.Fact("organisations.fact.person-email", c.Account.Email),
		p.Fact("organisations.fact.person-since", p.Time(c.Created)),
		p.Fact("organisations.fact.last-login", lastLogin(&p.Base, c.Account)),
	}
	if c.Approval != "" {
		facts = append(facts, p.Fact("organisations.fact.approval", c.Approval))
	}
	if c.Notice.Kind != "" {
		facts = append(facts, p.Fact("organisations.fact.notice", p.T(noticeKinds[c.Notice.Kind], c.Notice.On)))
	}
	if c.Changed.After(c.Created) {
		facts = append(facts, p.Fact("organisations.fact.changed", p.Time(c.Changed)))
	}
	return facts
}

// Account leads to the account, with the diagnosis of a login.
func (p *centrePage) Account() string { return page.Members + "/" + string(p.Centre.Account.ID) }

// Path is the address of the page.
func (p *centrePage) Path() string { return centreAt(p.Centre.Account.ID) }

// Offers lists what whoever reads may do now.
func (p *centrePage) Offers() (list []Offer) {
	for _, what := range centreDeeds {
		if slices.Contains(what.when, p.Centre.State) && p.May(what.right) {
			list = append(list, Offer{Path: p.Path() + "/" + what.word, Name: p.T(centreTexts[what.key].submit)})
		}
	}
	return list
}

// centreDeedPage asks before a deed is done, and says what follows.
type centreDeedPage struct {
	centrePage
	deed     centreDeed
	kind     organisation.NoticeKind
	typedDay string
}

func (d Door) centreDeedPage(r *page.Request, what centreDeed) (p centreDeedPage, err error) {
	p.deed = what
	if p.centrePage, err = d.centre(r); err != nil {
		return p, err
	}
	if !slices.Contains(what.when, p.Centre.State) {
		return p, page.Advise(fault.New(fault.Conflict, "organisations.fault.not-now"), p.link())
	}
	return p, nil
}

func (p *centreDeedPage) link() page.Link {
	return page.Link{Path: p.centrePage.Path(), Text: "organisations.to-person"}
}

func (d Door) askCentre(what centreDeed) page.Handler {
	return func(w http.ResponseWriter, r *page.Request) error {
		p, err := d.centreDeedPage(r, what)
		if err != nil {
			return err
		}
		return centreDeedView.Show(w, r, p)
	}
}

func (d Door) doCentre(what centreDeed) page.Handler {
	return func(w http.ResponseWriter, r *page.Request) error {
		p, err := d.centreDeedPage(r, what)
		if err != nil {
			return err
		}
		p.kind, p.typedDay = organisation.NoticeKind(r.Form.Value(kindField)), r.Form.Value(dayField)
		var day calendar.Date
		if what.word == stopping {
			day, _ = desk.ParseDay(p.typedDay)
		}
		if err := what.carry(r.Context(), d.People, by(r), p.Centre.Account.ID, organisation.Notice{Kind: p.kind, On: day}); err != nil {
			return centreDeedView.Refuse(w, r, p, page.Advise(err, p.link()))
		}
		r.Redirect(w, p.centrePage.Path()+"?"+url.Values{doneParam: {what.word}}.Encode())
		return nil
	}
}

// Title says what is done, and about whom.
func (p *centreDeedPage) Title() string {
	return p.T(centreTexts[p.deed.key].title, p.Centre.Account.Person.Name())
}

// Text says what follows from it.
func (p *centreDeedPage) Text() string { return p.T(centreTexts[p.deed.key].text) }

// Submit is the word of the button.
func (p *centreDeedPage) Submit() string { return p.T(centreTexts[p.deed.key].submit) }

// Danger tells whether the deed is hard to undo.
func (p *centreDeedPage) Danger() bool { return p.deed.danger }

// Path is where the form goes.
func (p *centreDeedPage) Path() string { return p.centrePage.Path() + "/" + p.deed.word }

// Back leads to the person.
func (p *centreDeedPage) Back() string { return p.centrePage.Path() }

// Kinds are the forms of a notice to choose from; none where the deed takes none.
func (p *centreDeedPage) Kinds() (list []Choice) {
	if p.deed.word != stopping {
		return nil
	}
	return []Choice{
		{string(organisation.Written), p.T("organisations.notice-choice.written"), p.kind == organisation.Written},
		{string(organisation.ByEmail), p.T("organisations.notice-choice.e-mail"), p.kind == organisation.ByEmail},
	}
}

// KindError says what is wrong with the choice.
func (p *centreDeedPage) KindError() string { return wrongAt(&p.Base, kindField) }

// DayInput is the field for the day of the notice.
func (p *centreDeedPage) DayInput() page.Input {
	return p.TextInput(dayField, p.T("organisations.notice-day.label"), p.T("organisations.notice-day.hint"), p.typedDay, 20)
}
