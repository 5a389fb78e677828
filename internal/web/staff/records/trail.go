package records

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/login"
	"torhaus/internal/oversight"
	"torhaus/internal/text"
	"torhaus/internal/web/page"
)

var trailView = page.NewView[trailPage](files, "trail.html")

// trailPage shows records of the audit.
type trailPage struct {
	page.Base
	Filter  oversight.Filter
	People  []account.Account // that the filter is after
	Typed   typed             // what stands in the form
	Rows    []row
	More    bool // there are older ones
	Showing bool // records are shown; not where the filter was refused
}

// typed is what somebody typed into the filter.
type typed struct{ Person, Deed, From, Until string }

// row is a record as people read it.
type row struct {
	Seq        int64
	Day, Clock string
	Exact      string // for machines
	Deed       string
	Who        name
	Whom       []name // empty where somebody acted on the own account
	Things     []thing
	Reason     string
}

// name is somebody: with the address of what else there is about them, where there is something.
type name struct {
	Name, More string
	Records    string // address of the records about them
	Page       string // address of the member's page, for those who may see it
}

// thing is something that a record names: a token, a letter.
type thing struct{ What, Name string }

// Trail shows the records of a filter, newest first.
func (d Door) Trail(w http.ResponseWriter, r *page.Request) error {
	f := filterOf(r.Param)
	entries, more, err := d.Oversight.Page(r.Context(), f, reader(r))
	if err != nil {
		return err
	}
	people, err := d.Oversight.People(r.Context(), f.People)
	if err != nil {
		return err
	}
	p := trailPage{Filter: f, People: people, More: more, Showing: true}
	p.Typed = typed{Person: typedFor(people), Deed: f.Deeds, From: f.From.String(), Until: f.Until.String()}
	for _, e := range entries {
		p.Rows = append(p.Rows, rowOf(r, e))
	}
	return trailView.Show(w, r, p)
}

// typedFor gives what somebody would type who is after one person.
func typedFor(people []account.Account) string {
	switch {
	case len(people) != 1:
		return ""
	case people[0].Number != "":
		return people[0].Number
	default:
		return people[0].UserName
	}
}

// Filter looks up whom somebody is after, and leads to the records.
func (d Door) Filter(w http.ResponseWriter, r *page.Request) error {
	p := trailPage{Typed: typed{r.Form.Value(personField), r.Form.Value(deedField), r.Form.Value(fromField), r.Form.Value(untilField)}}
	f := filterOf(func(field string) string {
		if field == personField {
			return ""
		}
		return r.Form.Value(field)
	})
	_, _, err := days(r.Form.Value)
	if err == nil && strings.TrimSpace(p.Typed.Person) != "" {
		f.People, err = d.find(r, p.Typed.Person)
	}
	if err != nil {
		return trailView.Refuse(w, r, p, err)
	}
	f.Before = 0
	r.Redirect(w, pathTo(f))
	return nil
}

func (d Door) find(r *page.Request, typed string) (ids []account.ID, err error) {
	people, err := d.Oversight.Find(r.Context(), personField, typed)
	for _, a := range people {
		ids = append(ids, a.ID)
	}
	return ids, err
}

func rowOf(r *page.Request, e oversight.Entry) row {
	at := e.Time.In(calendar.Berlin())
	row := row{
		Seq: e.Seq, Day: r.Text.DateShort(calendar.DateOf(at)), Clock: at.Format("15:04:05"), Exact: at.Format(time.RFC3339),
		Deed: deedName(r.Text, e.Kind), Who: nameOf(r, e.Record.Actor, e.Actor), Reason: reasonName(r.Text, e.Kind, e.Reason),
	}
	if e.Account != "" && !e.Byself() {
		row.Whom = []name{nameOf(r, e.Account, e.Owner)}
	}
	for _, t := range []struct{ key, id string }{
		{"records.thing.token", serialOr(e)},
		{"records.thing.order", short(e.Order)},
		{"records.thing.letter", short(e.Letter)},
		{"records.thing.session", short(e.Session)},
	} {
		if t.id != "" {
			row.Things = append(row.Things, thing{r.Text.T(t.key), t.id})
		}
	}
	return row
}

func serialOr(e oversight.Entry) string {
	if e.Serial != "" {
		return e.Serial
	}
	return short(e.Token)
}

// short gives the beginning of an id, which is enough to tell two apart by eye.
func short(id string) string { return id[:min(len(id), 8)] }

// deedName names a kind of record for people; one that this program does not know keeps its own word.
func deedName(words text.Printer, k oversight.Kind) string {
	if key := deedKey(k); words.Has(key) {
		return words.T(key)
	}
	return string(k)
}

// nameOf names an account that a record has, by what is known of it today.
func nameOf(r *page.Request, id string, a account.Account) name {
	switch id {
	case oversight.System:
		return name{Name: r.Text.T("records.who.system")}
	case oversight.Anonymous:
		return name{Name: r.Text.T("records.who.anonymous")}
	}
	n := name{Name: a.Person.Name(), Records: pathTo(oversight.Filter{People: []account.ID{account.ID(id)}})}
	switch {
	case a.ID == "":
		n.Name = r.Text.T("records.who.unknown", short(id))
	case a.Realm == account.Staff:
		n.More = r.Text.T("records.who.staff", a.UserName)
	case a.Number != "":
		n.More = r.Text.T("records.who.member", a.Number)
	default:
		n.More = a.UserName
	}
	if n.Name == "" {
		n.Name, n.More = n.More, ""
	}
	if a.Realm == account.Member && r.May(login.SeeMembers) {
		n.Page = page.Console + "/mitglieder/" + id
	}
	return n
}

// Names lists the people that the filter is after.
func (p *trailPage) Names() string {
	var names []string
	for _, a := range p.People {
		who := a.UserName
		if a.Number != "" {
			who = a.Number
		}
		names = append(names, fmt.Sprintf("%s (%s)", a.Person.Name(), who))
	}
	return strings.Join(names, ", ")
}

// PersonInput is the field for whom the records are about.
func (p *trailPage) PersonInput() page.Input {
	i := page.Input{
		Name: personField, Label: p.T("records.filter.person"), Hint: p.T("records.filter.person-hint"), Value: p.Typed.Person, Type: "text",
		Autocomplete: "off", Longest: 200,
	}
	for _, w := range p.Wrongs() {
		if w.Field == i.Name {
			i.Error = w.Text
		}
	}
	return i
}

// FromInput is the field for the first day.
func (p *trailPage) FromInput() page.Input {
	return dayInput(&p.Base, fromField, p.T("records.filter.from"), p.Typed.From)
}

// UntilInput is the field for the last day.
func (p *trailPage) UntilInput() page.Input {
	return dayInput(&p.Base, untilField, p.T("records.filter.until"), p.Typed.Until)
}

// Choice is a group of deeds in the filter.
type Choice struct {
	Name    string
	Options []Option
}

// Option is one line of a choice.
type Option struct {
	Value, Name string
	Chosen      bool
}

// Choices are the deeds that the filter offers.
func (p *trailPage) Choices() []Choice {
	var list []Choice
	for _, g := range groups {
		c := Choice{Name: p.T(g.text)}
		c.Options = append(c.Options, Option{Value: g.word + all, Name: p.T("records.filter.all-of", c.Name)})
		for _, key := range g.deeds {
			c.Options = append(c.Options, Option{Value: string(kindOf[key]), Name: p.T(key)})
		}
		for i := range c.Options {
			c.Options[i].Chosen = c.Options[i].Value == p.Typed.Deed
		}
		list = append(list, c)
	}
	return list
}

// Filtered tells whether not all records are shown.
func (p *trailPage) Filtered() bool { return len(values(p.Filter)) > 0 }

// Hidden are the parameters of the filter, for the form of the export.
func (p *trailPage) Hidden() []Option {
	v := values(p.Filter)
	var list []Option
	for _, field := range []string{personField, deedField, fromField, untilField} {
		if v.Has(field) {
			list = append(list, Option{Name: field, Value: v.Get(field)})
		}
	}
	return list
}

// Older leads to the records behind the last one that is shown.
func (p *trailPage) Older() string {
	f := p.Filter
	f.Before = p.Rows[len(p.Rows)-1].Seq
	return pathTo(f)
}

// Newest leads to the first page of the filter.
func (p *trailPage) Newest() string {
	f := p.Filter
	f.Before = 0
	return pathTo(f)
}

// Exports tells whether whoever reads may export.
func (p *trailPage) Exports() bool { return p.May(login.ExportAudit) }
