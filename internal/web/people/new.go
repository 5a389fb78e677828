package people

import (
	"net/http"

	"torhaus/internal/account"
	"torhaus/internal/fault"
	"torhaus/internal/organisation"
	"torhaus/internal/web/page"
)

var (
	newView     = page.NewView[newPage](files, "new.html")
	handOutView = page.NewView[handOutPage](files, "hand_out.html")
)

const newPath = page.People + "/neu"

// warnedField says that its sender has read the warning about an address that several people read (BVK06).
const warnedField = "trotzdem"

type newPage struct {
	page.Base
	Typed   organisation.Colleague
	General bool // the address is one that several people read, as it seems
}

// AskNew shows the form for a new clerk.
func (d Door) AskNew(w http.ResponseWriter, r *page.Request) error {
	return newView.Show(w, r, newPage{})
}

// AddNew makes a clerk and shows the one-time password, once (BVK04, BVK12).
func (d Door) AddNew(w http.ResponseWriter, r *page.Request) error {
	p := newPage{Typed: organisation.Colleague{
		Salutation: account.Salutation(r.Form.Value("salutation")), Title: r.Form.Value("title"),
		First: r.Form.Value("first-name"), Last: r.Form.Value("last-name"), Email: r.Form.Value("email"),
	}}
	if d.People.Rules.IsGeneral(p.Typed.Email) && !r.Form.Has(warnedField) {
		p.General = true
		return newView.Refuse(w, r, p, fault.InvalidField("email", "people.new.general"))
	}
	o, _ := r.Visit.Session.ActsFor()
	out, err := d.People.CreateClerk(r.Context(), o.ID, by(r), p.Typed)
	if err != nil {
		return newView.Refuse(w, r, p, page.Advise(err, toList))
	}
	return d.showOneTime(w, r, out)
}

// handOutPage shows a one-time password, once.
type handOutPage struct {
	page.Base
	Out    organisation.HandedOut
	Portal string // its whole address
}

// SeenOnce tells that loading the page again does not show the one-time password again.
func (p *handOutPage) SeenOnce() bool { return true }

// InGroups gives the one-time password as it is read aloud and typed.
func (p *handOutPage) InGroups() string {
	return page.Grouped(p.Out.Password, p.Profile().Password.OneTime.Group)
}

// Facts lists what the clerk needs to know.
func (p *handOutPage) Facts() []page.Fact {
	words := p.Profile()
	return []page.Fact{
		p.Fact("people.fact.name", p.Out.Account.Person.Name()),
		{Name: words.Login.UserNameLabel, Lines: []string{p.Out.Account.Email}},
		p.Fact("people.fact.valid", p.Day(p.Out.LastDay)),
	}
}

func (d Door) showOneTime(w http.ResponseWriter, r *page.Request, out organisation.HandedOut) error {
	return handOutView.Show(w, r, handOutPage{Out: out, Portal: r.Absolute("")})
}
