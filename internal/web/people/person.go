package people

import (
	"context"
	"net/http"
	"net/url"

	"torhaus/internal/account"
	"torhaus/internal/fault"
	"torhaus/internal/organisation"
	"torhaus/internal/web/page"
)

// One of the organisation's people, and what is done about them. Each deed has a page of its own, which says what follows from it.
var (
	personView = page.NewView[personPage](files, "person.html")
	deedView   = page.NewView[deedPage](files, "deed.html")
)

const (
	doneParam = "getan"
	codeField = "code"
)

type personPage struct {
	team
	Person organisation.Membership
	Done   string // key of what was done just now
}

// doneTexts say what was done.
var doneTexts = map[string]string{
	deactivate.path: "people.done.deactivated", reactivate.path: "people.done.reactivated", closing.path: "people.done.closed",
	releasing.path: "people.done.released", rejecting.path: "people.done.rejected",
}

// person finds whom a page is about. Somebody of elsewhere is nobody here.
func (d Door) person(r *page.Request) (personPage, error) {
	t, err := d.team(r)
	if err != nil {
		return personPage{}, err
	}
	m, ok := t.Find(account.ID(r.PathValue("id")))
	if !ok {
		return personPage{}, page.Advise(fault.New(fault.NotFound, "organisation.fault.unknown"), toList)
	}
	return personPage{team: team{Team: t}, Person: m}, nil
}

// Person shows one of the organisation's people.
func (d Door) Person(w http.ResponseWriter, r *page.Request) error {
	p, err := d.person(r)
	if err != nil {
		return err
	}
	p.Done = doneTexts[r.Param(doneParam)]
	return personView.Show(w, r, p)
}

// Facts lists what is known of somebody.
func (p *personPage) Facts() []page.Fact {
	facts := []page.Fact{
		p.Fact("people.fact.role", p.RoleOf(p.Person)),
		p.Fact("people.fact.email", p.Person.Account.Email),
		p.Fact("people.fact.last-login", p.LastLogin(p.Person)),
		p.Fact("people.fact.since", p.Date(p.Person.Created)),
	}
	if by, ok := p.Team.Find(p.Person.Changer); ok {
		facts = append(facts, p.Fact("people.fact.changed", p.T("people.changed-by", p.Person.Changed, by.Account.Person.Name())))
	}
	return facts
}

// Own tells whether it is whoever reads.
func (p *personPage) Own() bool { return p.Person.Account.ID == p.Visit().Account.ID }

// IsClerk tells whether it is a clerk.
func (p *personPage) IsClerk() bool { return p.Person.Account.Role == account.Clerk }

// Deeds lists what can be done about somebody now.
func (p *personPage) Deeds() (deeds []deed) {
	for _, what := range []deed{releasing, rejecting, handOut, deactivate, reactivate, closing} {
		if what.fits(p.Person) {
			deeds = append(deeds, what)
		}
	}
	return deeds
}

// deed is something that is done about somebody.
type deed struct {
	path string // last part of the address
	key  string // of its texts: title, text, submit
	role account.Role
	when []organisation.State
}

var (
	handOut = deed{"einmalpasswort", "hand-out", account.Clerk, []organisation.State{organisation.Invited, organisation.Active}}
	// the others change what somebody is
	deactivate = deed{"deaktivieren", "deactivate", account.Clerk, []organisation.State{organisation.Invited, organisation.Active}}
	reactivate = deed{"aktivieren", "reactivate", account.Clerk, []organisation.State{organisation.Deactivated}}
	closing    = deed{"beenden", "close", account.Administrator, []organisation.State{organisation.Invited, organisation.Active}}
	releasing  = deed{"freigeben", "release", account.Administrator, []organisation.State{organisation.Requested}}
	rejecting  = deed{"ablehnen", "reject", account.Administrator, []organisation.State{organisation.Requested}}
)

func (what deed) fits(m organisation.Membership) bool {
	for _, s := range what.when {
		if m.State == s && m.Account.Role == what.role {
			return true
		}
	}
	return false
}

// sensitive tells whether the deed takes a fresh proof: those that decide who looks after the organisation.
func (what deed) sensitive() bool { return what.role == account.Administrator }

// Path is the last part of the deed's address.
func (what deed) Path() string { return what.path }

// words of the deeds.
var deedTexts = map[string]struct{ title, text, submit string }{
	"hand-out":   {"people.deed.hand-out.title", "people.deed.hand-out.text", "people.deed.hand-out.submit"},
	"deactivate": {"people.deed.deactivate.title", "people.deed.deactivate.text", "people.deed.deactivate.submit"},
	"reactivate": {"people.deed.reactivate.title", "people.deed.reactivate.text", "people.deed.reactivate.submit"},
	"close":      {"people.deed.close.title", "people.deed.close.text", "people.deed.close.submit"},
	"release":    {"people.deed.release.title", "people.deed.release.text", "people.deed.release.submit"},
	"reject":     {"people.deed.reject.title", "people.deed.reject.text", "people.deed.reject.submit"},
}

// Submit is the word of the deed's button.
func (p *personPage) Submit(what deed) string { return p.T(deedTexts[what.key].submit) }

type deedPage struct {
	personPage
	deed  deed
	Proof bool // a new code has to be given with it
	Sent  bool // and one was sent
}

// Title says what is done, and about whom.
func (p *deedPage) Title() string {
	return p.T(deedTexts[p.deed.key].title, p.Person.Account.Person.Name())
}

// Text says what follows from it.
func (p *deedPage) Text() string {
	if p.Final() && p.Own() {
		return p.T("people.deed.close.own")
	}
	return p.T(deedTexts[p.deed.key].text)
}

// ByMail tells whether the proof is a code that is sent by e-mail; if not, it is one of a token.
func (p *deedPage) ByMail() bool { return p.Visit().Session.Mailed }

// Word is the word of the button.
func (p *deedPage) Word() string { return p.Submit(p.deed) }

// Final tells that nothing brings it back (BVK15).
func (p *deedPage) Final() bool { return p.deed.path == closing.path }

// Locks tells how many clerks are locked by it (BVK14).
func (p *deedPage) Locks() int {
	if !p.Final() {
		return 0
	}
	return p.Team.LocksClerks(p.Person.Account.ID)
}

// Last tells whether nobody is left afterwards who looks after the organisation's people.
func (p *deedPage) Last() bool {
	return p.Final() && p.Team.IsAdministrator(p.Person.Account.ID) && p.Team.Administrators() == 1
}

// Action is the address of the form.
func (p *deedPage) Action() string { return p.Path(p.Person) + "/" + p.deed.path }

// ask shows the page of a deed.
func (d Door) ask(what deed) page.Handler {
	return func(w http.ResponseWriter, r *page.Request) error {
		p, err := d.deedPage(r, what)
		if err != nil {
			return err
		}
		return deedView.Show(w, r, p)
	}
}

func (d Door) deedPage(r *page.Request, what deed) (deedPage, error) {
	p, err := d.person(r)
	if err != nil {
		return deedPage{}, err
	}
	if !what.fits(p.Person) {
		return deedPage{}, page.Advise(fault.New(fault.Conflict, "people.fault.already"), page.Link{Path: personPath(p.Person.Account.ID), Text: "people.to-person"})
	}
	deed := deedPage{personPage: p, deed: what, Proof: what.sensitive() && !d.fresh(r)}
	if deed.Proof && r.Visit.Session.Mailed {
		awaited, err := d.Login.Awaited(r.Context(), r.Visit.Session)
		if err != nil {
			return deedPage{}, err
		}
		deed.Sent = awaited.Sent
	}
	return deed, nil
}

// do carries a deed out.
func (d Door) do(what deed, carry func(context.Context, organisation.ID, organisation.By, account.ID) error) page.Handler {
	return func(w http.ResponseWriter, r *page.Request) error {
		o, _ := r.Visit.Session.ActsFor()
		id := account.ID(r.PathValue("id"))
		if err := carry(r.Context(), o.ID, by(r), id); err != nil {
			return page.Advise(err, toList)
		}
		r.Redirect(w, personPath(id)+"?"+url.Values{doneParam: {what.path}}.Encode())
		return nil
	}
}

// HandOut gives a clerk a new one-time password, which is shown once (BVK18).
func (d Door) HandOut(w http.ResponseWriter, r *page.Request) error {
	o, _ := r.Visit.Session.ActsFor()
	out, err := d.People.HandOut(r.Context(), o.ID, by(r), account.ID(r.PathValue("id")))
	if err != nil {
		return page.Advise(err, toList)
	}
	return d.showOneTime(w, r, out)
}

// fresh tells whether a code was given within the last minutes, as final deeds ask for.
func (d Door) fresh(r *page.Request) bool {
	return account.Proof{CodeAt: r.Visit.Session.FactorAt}.Fresh(d.Login.Rules.Session, r.Visit.Now)
}

// sendCode sends a code for a deed that takes a fresh one.
func (d Door) sendCode(what deed) page.Handler {
	return func(w http.ResponseWriter, r *page.Request) error {
		p, err := d.deedPage(r, what)
		if err != nil {
			return err
		}
		if _, err := d.Login.SendCode(r.Context(), r.Visit.Session, r.Visitor()); err != nil {
			return deedView.Refuse(w, r, p, page.Advise(err, toList))
		}
		r.Redirect(w, p.Action())
		return nil
	}
}

// proved asks for a fresh proof where the deed takes one. False means that the page was answered, or the error is to be.
func (d Door) proved(w http.ResponseWriter, r *page.Request, p deedPage) (bool, error) {
	if !p.Proof {
		return true, nil
	}
	in, err := d.Login.Prove(r.Context(), r.Visit.Session, r.Form.Value(codeField), r.Visitor())
	if err != nil {
		return false, deedView.Refuse(w, r, p, page.Advise(err, toList))
	}
	r.Enter(w, in)
	return true, nil
}

// Release lets a registration go on, after a fresh proof (BVK03).
func (d Door) Release(w http.ResponseWriter, r *page.Request) error {
	return d.decide(w, r, releasing, d.People.Release)
}

// Reject ends a registration, after a fresh proof.
func (d Door) Reject(w http.ResponseWriter, r *page.Request) error {
	return d.decide(w, r, rejecting, d.People.Reject)
}

func (d Door) decide(w http.ResponseWriter, r *page.Request, what deed, carry func(context.Context, organisation.ID, organisation.By, account.ID) error) error {
	p, err := d.deedPage(r, what)
	if err != nil {
		return err
	}
	if ok, err := d.proved(w, r, p); !ok {
		return err
	}
	return d.do(what, carry)(w, r)
}

// Close ends an administrator's membership for good, after a fresh proof (BVK13, BVK15). Whoever closed their own is out.
func (d Door) Close(w http.ResponseWriter, r *page.Request) error {
	p, err := d.deedPage(r, closing)
	if err != nil {
		return err
	}
	if ok, err := d.proved(w, r, p); !ok {
		return err
	}
	if p.Person.Account.ID == r.Visit.Account.ID {
		return d.closeOwn(w, r)
	}
	return d.do(closing, d.People.Close)(w, r)
}

// closeOwn ends the visitor's own membership. Who acts for nobody else is logged out with it, and told so.
func (d Door) closeOwn(w http.ResponseWriter, r *page.Request) error {
	o, _ := r.Visit.Session.ActsFor()
	if err := d.People.Close(r.Context(), o.ID, by(r), r.Visit.Account.ID); err != nil {
		return page.Advise(err, toList)
	}
	if len(r.Visit.Session.Open()) > 1 {
		r.Redirect(w, page.Portal)
		return nil
	}
	if err := d.Login.Leave(r.Context(), r.Visit.Session); err != nil {
		return err
	}
	r.Leave(w)
	r.Redirect(w, page.SignOut+"?"+url.Values{page.ClosedParam: {"ja"}}.Encode())
	return nil
}
