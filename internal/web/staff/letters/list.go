package letters

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/fault"
	"torhaus/internal/mailroom"
	"torhaus/internal/web/page"
)

var listView = page.NewView[listPage](files, "list.html")

// The parameters of the list. An address holds a member by the account's id, never what was typed.
const (
	onlyField   = "nur"
	stateField  = "zustand"
	kindField   = "art"
	fromField   = "von"
	untilField  = "bis"
	memberField = "mitglied"
	afterField  = "nach"
	numberField = "number"
)

// onlys are the lists of letters that somebody must do something about, by their words in addresses.
var onlys = []struct {
	word string
	only mailroom.Only
}{{"", ""}, {"spaet", mailroom.Late}, {"haengt", mailroom.Stuck}, {"wartet", mailroom.Held}}

type listPage struct {
	page.Base
	Filter mailroom.Filter
	From   string // as typed
	Until  string
	Number string
	Rows   []row
	Found  []row  // letters whose numbers begin as typed
	Member string // name of the member whose letters are listed
	Inside bool   // not the first page
	Next   string // address of the next page
	Shown  bool
}

// row is a letter as a line of a list.
type row struct {
	mailroom.Letter
	Path          string
	Late, Overdue bool
}

func (d Door) rows(found []mailroom.Letter, p mailroom.Page) (rows []row) {
	for _, l := range found {
		rows = append(rows, row{Letter: l, Path: letterPath + l.ID, Late: d.Mailroom.Late(l, p.Now), Overdue: d.Mailroom.Overdue(l, p.Now)})
	}
	return rows
}

// List shows letters, newest first.
func (d Door) List(w http.ResponseWriter, r *page.Request) error {
	f, after := filterOf(r.Param), cursorOf(r.Param(afterField))
	found, err := d.Mailroom.List(r.Context(), f, after)
	if err != nil {
		return err
	}
	p := listPage{Filter: f, From: f.From.String(), Until: f.To.String(), Rows: d.rows(found.Letters, found), Inside: after != nil, Shown: true}
	if f.Member != "" && len(p.Rows) > 0 {
		p.Member = p.Rows[0].Person.Name()
		if err := d.Desk.Look(r.Context(), r.Visit.Session, f.Member); err != nil {
			return err
		}
	}
	if found.Next != nil {
		v := values(f)
		v.Set(afterField, cursorText(*found.Next))
		p.Next = listPath + "?" + v.Encode()
	}
	return listView.Show(w, r, p)
}

// Choose looks up a number that was typed, and leads to the list.
func (d Door) Choose(w http.ResponseWriter, r *page.Request) error {
	f := filterOf(r.Form.Value)
	p := listPage{Filter: f, From: r.Form.Value(fromField), Until: r.Form.Value(untilField), Number: r.Form.Value(numberField)}
	if err := checkDays(p.From, p.Until); err != nil {
		return listView.Refuse(w, r, p, err)
	}
	if strings.TrimSpace(p.Number) == "" {
		r.Redirect(w, pathTo(f))
		return nil
	}
	found, member, err := d.Mailroom.Look(r.Context(), p.Number)
	switch {
	case err != nil:
		return listView.Refuse(w, r, p, err)
	case member != "":
		f.Member = member
		r.Redirect(w, pathTo(f))
		return nil
	case len(found) == 1:
		r.Redirect(w, letterPath+found[0].ID)
		return nil
	}
	p.Found = d.rows(found, mailroom.Page{})
	return listView.Show(w, r, p)
}

// filterOf reads a filter out of parameters. What is none is left out, so that an old address still leads somewhere.
func filterOf(value func(string) string) (f mailroom.Filter) {
	for _, o := range onlys {
		if o.word == value(onlyField) {
			f.Only = o.only
		}
	}
	for _, s := range mailroom.States {
		if string(s) == value(stateField) {
			f.State = s
		}
	}
	if kind := value(kindField); slices.Contains(mailroom.Kinds, kind) {
		f.Kind = kind
	}
	if id := value(memberField); len(id) <= 64 {
		f.Member = account.ID(id)
	}
	f.From, f.To = dayOf(value(fromField)), dayOf(value(untilField))
	return f
}

// checkDays refuses days that are none, or in the wrong order.
func checkDays(from, until string) error {
	var wrong fault.Error
	for _, f := range []struct{ name, value string }{{fromField, from}, {untilField, until}} {
		if f.value != "" && dayOf(f.value).IsZero() {
			wrong.Fields = append(wrong.Fields, fault.InvalidField(f.name, "letters.fault.day").Fields...)
		}
	}
	if len(wrong.Fields) == 0 && from != "" && until != "" && dayOf(until).Before(dayOf(from)) {
		return fault.InvalidField(untilField, "letters.fault.order")
	}
	if len(wrong.Fields) > 0 {
		wrong.Kind = fault.Invalid
		return &wrong
	}
	return nil
}

// values gives the parameters of a filter.
func values(f mailroom.Filter) url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	for _, o := range onlys {
		if o.only == f.Only {
			set(onlyField, o.word)
		}
	}
	set(stateField, string(f.State))
	set(kindField, f.Kind)
	set(memberField, string(f.Member))
	set(fromField, f.From.String())
	set(untilField, f.To.String())
	return v
}

func pathTo(f mailroom.Filter) string {
	if v := values(f); len(v) > 0 {
		return listPath + "?" + v.Encode()
	}
	return listPath
}

// cursorText writes where a list goes on: microseconds since 1970, a dot, the letter's id.
func cursorText(c mailroom.Cursor) string {
	return strconv.FormatInt(c.At.UnixMicro(), 10) + "." + c.ID
}

func cursorOf(s string) *mailroom.Cursor {
	us, id, ok := strings.Cut(s, ".")
	n, err := strconv.ParseInt(us, 10, 64)
	if !ok || err != nil || len(id) > 64 {
		return nil
	}
	return &mailroom.Cursor{At: time.UnixMicro(n), ID: id}
}

// tab is one of the lists.
type tab struct {
	Name, Path string
	Current    bool
}

// Tabs gives the lists of letters that somebody must do something about.
func (p *listPage) Tabs() (tabs []tab) {
	for _, o := range onlys {
		f := p.Filter
		f.Only = o.only
		tabs = append(tabs, tab{Name: named(p.Words(), onlyNames, o.only), Path: pathTo(f), Current: p.Shown && o.only == p.Filter.Only})
	}
	return tabs
}

// option is one choice of a list.
type option struct {
	Value, Name string
	Chosen      bool
}

// StateOptions are the states that can be chosen.
func (p *listPage) StateOptions() (list []option) {
	for _, s := range mailroom.States {
		list = append(list, option{string(s), p.State(string(s)), s == p.Filter.State})
	}
	return list
}

// KindOptions are the kinds that can be chosen.
func (p *listPage) KindOptions() (list []option) {
	for _, k := range mailroom.Kinds {
		list = append(list, option{k, p.Kind(k), k == p.Filter.Kind})
	}
	return list
}

// State names a state.
func (p *listPage) State(s string) string { return named(p.Words(), stateNames, s) }

// Kind names a kind.
func (p *listPage) Kind(k string) string { return named(p.Words(), kindNames, k) }

// Only gives the word of the list in addresses.
func (p *listPage) Only() string {
	for _, o := range onlys {
		if o.only == p.Filter.Only {
			return o.word
		}
	}
	return ""
}

// Filtered tells whether there is a choice to be undone.
func (p *listPage) Filtered() bool { return p.Filter != mailroom.Filter{} }

// First gives the address of the first page.
func (p *listPage) First() string { return pathTo(p.Filter) }

// NumberInput is the field for a number.
func (p *listPage) NumberInput() page.Input {
	return p.TextInput(numberField, p.T("letters.list.number"), p.T("letters.list.number-hint"), p.Number, 100)
}

// FromInput is the first day.
func (p *listPage) FromInput() page.Input { return p.day(fromField, "letters.list.from", p.From) }

// UntilInput is the last day.
func (p *listPage) UntilInput() page.Input { return p.day(untilField, "letters.list.until", p.Until) }

func (p *listPage) day(name, label, value string) page.Input {
	i := p.TextInput(name, p.T(label), "", value, 20)
	i.Type, i.Width = "date", "day"
	return i
}

// ClearMember gives the address of the list of all members' letters.
func (p *listPage) ClearMember() string {
	f := p.Filter
	f.Member = ""
	return pathTo(f)
}

// table is what the table of letters is filled with.
type table struct {
	Page                  *listPage
	Caption, Stuck, Waits string
	Rows                  []row
}

// With gives the table of some letters.
func (p *listPage) With(rows []row) table {
	return table{p, p.T("letters.list.caption"), p.T("letters.badge.stuck"), p.T("letters.waits.release"), rows}
}

// choice is a list to choose from.
type choice struct {
	Name, Label, All string
	Options          []option
}

// StateChoice is the list of states.
func (p *listPage) StateChoice() choice {
	return choice{stateField, p.T("letters.column.state"), p.T("letters.list.every-state"), p.StateOptions()}
}

// KindChoice is the list of kinds.
func (p *listPage) KindChoice() choice {
	return choice{kindField, p.T("letters.column.kind"), p.T("letters.list.every-kind"), p.KindOptions()}
}
