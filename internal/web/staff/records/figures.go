package records

import (
	"bufio"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/oversight"
	"torhaus/internal/web/page"
)

var figuresView = page.NewView[figuresPage](files, "figures.html")

const grainField = "je"

// usualDays is the span that the page begins with, today included.
const usualDays = 30

// grains are the words that addresses have for them.
var grains = map[string]oversight.Grain{"tag": oversight.ByDay, "woche": oversight.ByWeek, "monat": oversight.ByMonth}

var grainKeys = []struct{ word, text string }{
	{"tag", "records.figures.day"}, {"woche", "records.figures.week"}, {"monat", "records.figures.month"},
}

// figuresPage shows figures of a span.
type figuresPage struct {
	page.Base
	Table   oversight.Table
	Span    oversight.Span // as asked for
	Typed   typed
	Grain   string
	Showing bool // figures are shown; not where the span was refused
}

// Figures shows the figures of a span: charts, and the numbers as a table.
func (d Door) Figures(w http.ResponseWriter, r *page.Request) error {
	p := figuresPage{Grain: grainOf(r), Typed: typed{From: r.Param(fromField), Until: r.Param(untilField)}}
	var err error
	if p.Span, err = spanOf(r); err != nil {
		return figuresView.Refuse(w, r, p, err)
	}
	if p.Table, err = d.Oversight.Figures(r.Context(), p.Span.Fit()); err != nil {
		return err
	}
	p.Typed, p.Showing = typed{From: p.Span.First.String(), Until: p.Span.Last.String()}, true
	return figuresView.Show(w, r, p)
}

func grainOf(r *page.Request) string {
	if word := r.Param(grainField); grains[word] != "" {
		return word
	}
	return grainKeys[0].word
}

// spanOf reads the span out of the parameters; without any, the last days.
func spanOf(r *page.Request) (s oversight.Span, err error) {
	s.Grain = grains[grainOf(r)]
	if s.First, s.Last, err = days(r.Param); err != nil {
		return s, err
	}
	if s.Last.IsZero() {
		s.Last = calendar.DateOf(r.Visit.Now.Time)
	}
	if s.First.IsZero() {
		s.First = s.Last.AddDays(1 - usualDays)
	}
	return s, s.Check(fromField, untilField)
}

// FiguresTable sends the table as a file.
func (d Door) FiguresTable(w http.ResponseWriter, r *page.Request) error {
	span, err := spanOf(r)
	if err != nil {
		return err
	}
	t, err := d.Oversight.Figures(r.Context(), span.Fit())
	if err != nil {
		return err
	}
	head := []string{r.Text.T("records.figures.first"), r.Text.T("records.figures.last")}
	for _, f := range oversight.Figures {
		head = append(head, r.Text.T(figureKeys[f]))
	}
	table := [][]string{head}
	for _, p := range t.Periods {
		cells := []string{p.First.String(), p.Last.String()}
		for _, f := range oversight.Figures {
			cells = append(cells, cell(p, f))
		}
		table = append(table, cells)
	}
	out := bufio.NewWriter(&download{w: w, kind: "text/csv", name: fmt.Sprintf("zahlen-%s-%s.csv", span.First, span.Last)})
	oversight.WriteCSV(out, table...)
	_ = out.Flush() // fails where the browser has gone
	return nil
}

// cell gives a number for a table; nothing where it is not known.
func cell(p oversight.Period, f oversight.Figure) string {
	if !p.Stood && (f == oversight.UnderWay || f == oversight.Late) {
		return ""
	}
	return strconv.FormatInt(p.Counts[f], 10)
}

// figureKeys are the keys of the figures' names.
var figureKeys = map[oversight.Figure]string{
	oversight.Orders: "records.figure.orders", oversight.Activations: "records.figure.activations", oversight.Logins: "records.figure.logins",
	oversight.Failures: "records.figure.failures", oversight.Queued: "records.figure.queued", oversight.HandedOver: "records.figure.handed-over",
	oversight.Returned: "records.figure.returned", oversight.UnderWay: "records.figure.under-way", oversight.Late: "records.figure.late",
}

// FromInput is the field for the first day.
func (p *figuresPage) FromInput() page.Input {
	return dayInput(&p.Base, fromField, p.T("records.filter.from"), p.Typed.From)
}

// UntilInput is the field for the last day.
func (p *figuresPage) UntilInput() page.Input {
	return dayInput(&p.Base, untilField, p.T("records.filter.until"), p.Typed.Until)
}

// Grains are the lengths of periods that the form offers.
func (p *figuresPage) Grains() []Option {
	var list []Option
	for _, g := range grainKeys {
		list = append(list, Option{Value: g.word, Name: p.T(g.text), Chosen: g.word == p.Grain})
	}
	return list
}

// Coarser names the length that was taken because the one that was asked for makes too many periods; empty if it does not.
func (p *figuresPage) Coarser() string {
	for _, g := range grainKeys {
		if grains[g.word] == p.Table.Span.Grain && p.Table.Span.Grain != p.Span.Grain {
			return p.T(g.text)
		}
	}
	return ""
}

// Today leads to the usual span, and the others to common ones.
func (p *figuresPage) Usual() []Option {
	today := calendar.DateOf(p.Visit().Now.Time)
	month := calendar.Date{Year: today.Year, Month: today.Month, Day: 1}
	lastMonth := month.AddDays(-1)
	var list []Option
	for _, o := range []struct {
		key         string
		from, until calendar.Date
		grain       string
	}{
		{"records.figures.usual.days", today.AddDays(1 - usualDays), today, "tag"},
		{"records.figures.usual.last-month", calendar.Date{Year: lastMonth.Year, Month: lastMonth.Month, Day: 1}, lastMonth, "tag"},
		{"records.figures.usual.quarter", today.AddDays(-90), today, "woche"},
		{"records.figures.usual.year", today.AddDays(-364), today, "monat"},
	} {
		list = append(list, Option{Name: p.T(o.key), Value: fmt.Sprintf("%s?von=%s&bis=%s&je=%s", figuresPath, o.from, o.until, o.grain)})
	}
	return list
}

// File leads to the table as a file.
func (p *figuresPage) File() string {
	return fmt.Sprintf("%s?von=%s&bis=%s&je=%s", tablePath, p.Span.First, p.Span.Last, p.Grain)
}

// Charts are the pictures of the page.
func (p *figuresPage) Charts() []chart {
	return []chart{
		p.chart("anmeldungen", "records.figures.chart.logins", oversight.Logins, oversight.Failures),
		p.chart("bestellungen", "records.figures.chart.orders", oversight.Orders, oversight.Activations),
		p.chart("briefe", "records.figures.chart.letters", oversight.Queued, oversight.HandedOver),
		p.chart("laufende", "records.figures.chart.waiting", oversight.UnderWay, oversight.Late),
	}
}

func (p *figuresPage) chart(id, title string, figures ...oversight.Figure) chart {
	var names, labels []string
	for _, period := range p.Table.Periods {
		labels = append(labels, p.Label(period))
	}
	values := make([][]int64, len(figures))
	text := ""
	for i, f := range figures {
		names = append(names, p.T(figureKeys[f]))
		var sum, most int64
		when := ""
		for n, period := range p.Table.Periods {
			v := period.Counts[f]
			values[i] = append(values[i], v)
			if sum += v; v > most {
				most, when = v, labels[n]
			}
		}
		text += p.spoken(f, names[i], sum, most, when) + " "
	}
	c := draw(id, p.T(title), names, values, labels)
	c.Text = text
	return c
}

// spoken says what a series shows: its sum and its highest value; of how things stood, the highest value only.
func (p *figuresPage) spoken(f oversight.Figure, name string, sum, most int64, when string) string {
	switch {
	case most == 0:
		return p.T("records.figures.spoken.none", name)
	case f == oversight.UnderWay || f == oversight.Late:
		return p.T("records.figures.spoken.most", name, most, when)
	default:
		return p.T("records.figures.spoken.sum", name, sum, most, when)
	}
}

// Label names a period in short.
func (p *figuresPage) Label(period oversight.Period) string {
	first := period.First
	switch p.Table.Span.Grain {
	case oversight.ByMonth:
		return fmt.Sprintf("%02d/%d", first.Month, first.Year)
	case oversight.ByWeek:
		_, week := first.Start().Add(12 * time.Hour).ISOWeek()
		return p.T("records.figures.week-of", strconv.Itoa(week), fmt.Sprintf("%d.%d.", first.Day, first.Month))
	default:
		return fmt.Sprintf("%02d.%02d.%d", first.Day, first.Month, first.Year)
	}
}

// Heads are the heads of the table's columns.
func (p *figuresPage) Heads() []string {
	var list []string
	for _, f := range oversight.Figures {
		list = append(list, p.T(figureKeys[f]))
	}
	return list
}

// Line is a row of a table: its head, and its cells with the heads of their columns.
type Line struct {
	Head  string
	Cells []thing
}

// Lines are the rows of the table, the newest period first.
func (p *figuresPage) Lines() []Line {
	var list []Line
	heads := p.Heads()
	for i := len(p.Table.Periods) - 1; i >= 0; i-- {
		period := p.Table.Periods[i]
		line := Line{Head: p.Label(period)}
		for n, f := range oversight.Figures {
			line.Cells = append(line.Cells, thing{heads[n], p.written(cell(period, f))})
		}
		list = append(list, line)
	}
	return list
}

// written gives a number as people write it.
func (p *figuresPage) written(cell string) string {
	n, err := strconv.ParseInt(cell, 10, 64)
	if err != nil {
		return "–"
	}
	return p.T("records.figures.number", n)
}

// The kinds and states of tokens, as the table of what there is now has them.
var (
	tokenKinds  = []struct{ kind, text string }{{"soft", "records.figures.soft"}, {"hard", "records.figures.hard"}}
	tokenStates = []struct{ state, text string }{
		{"pending", "records.figures.state.pending"},
		{"active", "records.figures.state.active"},
		{"suspended", "records.figures.state.suspended"},
		{"blocked", "records.figures.state.blocked"},
		{"revoked", "records.figures.state.revoked"},
	}
)

// TokenHeads are the heads of the table of tokens.
func (p *figuresPage) TokenHeads() []string {
	var list []string
	for _, s := range tokenStates {
		list = append(list, p.T(s.text))
	}
	return list
}

// Tokens are the rows of the table of tokens.
func (p *figuresPage) Tokens() []Line {
	var list []Line
	for _, k := range tokenKinds {
		line := Line{Head: p.T(k.text)}
		for _, s := range tokenStates {
			line.Cells = append(line.Cells, thing{p.T(s.text), p.T("records.figures.number", p.Table.Stand.Tokens(k.kind, s.state))})
		}
		list = append(list, line)
	}
	return list
}

// TokenChart is the picture of the tokens that are not revoked.
func (p *figuresPage) TokenChart() chart {
	var names, labels []string
	values := make([][]int64, len(tokenKinds))
	text := ""
	for i, k := range tokenKinds {
		names = append(names, p.T(k.text))
		for _, s := range tokenStates[:len(tokenStates)-1] {
			values[i] = append(values[i], p.Table.Stand.Tokens(k.kind, s.state))
		}
		text += p.T("records.figures.spoken.tokens", names[i], values[i][1]) + " "
	}
	for _, s := range tokenStates[:len(tokenStates)-1] {
		labels = append(labels, p.T(s.text))
	}
	c := draw("token", p.T("records.figures.tokens"), names, values, labels)
	c.Text = text
	return c
}
