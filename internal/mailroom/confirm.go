package mailroom

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/letter"
	"torhaus/internal/textfile"
)

// Posted is one row of a confirmation: the print centre has posted a letter on a day.
type Posted struct {
	Line   int
	Letter string
	On     calendar.Date
}

// The columns of a confirmation file.
const (
	LetterColumn = "letter"
	PostedColumn = "posted"
)

// Problem says why a row, or the file, is refused. Whoever shows it has a sentence for each.
type Problem string

// The problems of rows, with the arguments of their sentences. Those of the file are of package textfile, under their own names.
const (
	TooLong       Problem = "too-long"   // most rows
	BadHeader     Problem = "header"     // found, expected
	BadLetter     Problem = "letter"     // the value
	BadDate       Problem = "date"       // the value
	Doubled       Problem = "doubled"    // line of the other row
	UnknownLetter Problem = "unknown"    // number of the letter
	NotHandedOver Problem = "not-handed" // number
	WasVoid       Problem = "void"       // number
	InFuture      Problem = "future"     // day
	BeforeHanded  Problem = "before"     // day, day of the hand-over
	OtherDay      Problem = "other-day"  // day that was confirmed before
)

// Refusal is one thing that is wrong with a confirmation: where and why.
type Refusal struct {
	Line    int
	Problem Problem
	Args    []any
}

// Bounds of a confirmation.
const (
	MaxConfirmation = 16 << 20 // bytes
	maxRows         = 200_000
	maxRefusals     = 100 // that are told; the others are counted
)

// Confirmation is a file as it was read.
type Confirmation struct {
	Charset textfile.Charset
	Rows    []Posted
	Refused []Refusal
}

// ReadConfirmation reads the file with which the print centre says what it posted: CSV with the columns letter and posted, separated
// by semicolons or commas, a row for each letter. Everything about its form that is wrong is told with its line.
func ReadConfirmation(f io.ReadSeeker) (c Confirmation, err error) {
	charset, problem, err := textfile.Recognise(f)
	if err != nil || problem != nil {
		return c.broken(problem), err
	}
	c.Charset = charset
	content, err := textfile.Decoded(f, charset)
	if err != nil {
		return c, err
	}
	r, problem, err := textfile.OpenCSV(content)
	if err != nil || problem != nil {
		return c.broken(problem), err
	}
	if !isHeader(r.Names) {
		sign := r.Separator()
		return c.refuse(r.Header(), BadHeader, clipped(strings.Join(r.Names, sign)), LetterColumn+sign+PostedColumn), nil
	}
	return c.read(r)
}

// read reads the rows.
func (c Confirmation) read(r *textfile.CSV) (Confirmation, error) {
	seen := map[string]int{}
	for {
		row, problem, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return c, nil
		case err != nil:
			return c, err
		case problem != nil:
			c = c.broken(problem)
		case len(c.Rows) == maxRows:
			return c.refuse(row.Line, TooLong, maxRows), nil
		default:
			c = c.row(row, seen)
		}
	}
}

// broken takes over what is wrong with the file, if anything is.
func (c Confirmation) broken(p *textfile.Problem) Confirmation {
	if p == nil {
		return c
	}
	return c.refuse(p.Line, Problem(p.Kind), p.Args...)
}

func (c Confirmation) refuse(line int, p Problem, args ...any) Confirmation {
	c.Refused = append(c.Refused, Refusal{Line: line, Problem: p, Args: args})
	return c
}

func isHeader(fields []string) bool {
	return len(fields) == 2 && strings.EqualFold(strings.TrimSpace(fields[0]), LetterColumn) &&
		strings.EqualFold(strings.TrimSpace(fields[1]), PostedColumn)
}

func (c Confirmation) row(row textfile.Row, seen map[string]int) Confirmation {
	id := strings.ToLower(strings.TrimSpace(row.Fields[0]))
	if whole, ok := CleanID(id); !ok || whole != id {
		return c.refuse(row.Line, BadLetter, clipped(row.Fields[0]))
	}
	on, ok := dayOf(strings.TrimSpace(row.Fields[1]))
	if !ok {
		return c.refuse(row.Line, BadDate, clipped(row.Fields[1]))
	}
	if other, twice := seen[id]; twice {
		return c.refuse(row.Line, Doubled, other)
	}
	seen[id] = row.Line
	c.Rows = append(c.Rows, Posted{Line: row.Line, Letter: id, On: on})
	return c
}

// dayOf reads a day as ISO 8601 or as it is written in Germany: 2026-11-24, 24.11.2026.
func dayOf(s string) (calendar.Date, bool) {
	var y, m, d int
	if n, err := fmt.Sscanf(s, "%2d.%2d.%4d", &d, &m, &y); n == 3 && err == nil && len(s) == len("24.11.2026") {
		s = fmt.Sprintf("%04d-%02d-%02d", y, m, d)
	}
	day, err := calendar.ParseDate(s)
	return day, err == nil
}

// clipped shortens a value that is shown, and lets no control sign out.
func clipped(s string) string {
	const most = 40
	s = strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return ' '
		}
		return r
	}, s), "")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// Sent is what is known of a letter that a confirmation names.
type Sent struct {
	State      letter.State
	HandedOver calendar.Date
	Posted     calendar.Date
	Account    account.ID
}

// Decide tells which letters the confirmation brings from handed over to posted, how many it says nothing new of, and what is wrong
// with the others.
func (c Confirmation) Decide(known map[string]Sent, today calendar.Date) (post []Posted, unchanged int, refused []Refusal) {
	refused = slices.Clone(c.Refused)
	for _, row := range c.Rows {
		sent, ok := known[row.Letter]
		problem, args := row.check(sent, ok, today)
		switch {
		case problem != "":
			refused = append(refused, Refusal{Line: row.Line, Problem: problem, Args: args})
		case sent.State == letter.HandedOver:
			post = append(post, row)
		default:
			unchanged++
		}
	}
	slices.SortStableFunc(refused, func(a, b Refusal) int { return a.Line - b.Line })
	return post, unchanged, refused
}

// check tells what is wrong with a row, or nothing. That a letter came back before its posting was confirmed happens: there is nothing
// new to say then.
func (p Posted) check(sent Sent, known bool, today calendar.Date) (Problem, []any) {
	switch {
	case !known:
		return UnknownLetter, []any{clipped(p.Letter)}
	case sent.State == letter.Queued || sent.State == letter.Rendered:
		return NotHandedOver, []any{letter.Number(p.Letter)}
	case sent.State == letter.Void:
		return WasVoid, []any{letter.Number(p.Letter)}
	case p.On.After(today):
		return InFuture, []any{p.On}
	case p.On.Before(sent.HandedOver):
		return BeforeHanded, []any{p.On, sent.HandedOver}
	case !sent.Posted.IsZero() && sent.Posted != p.On:
		return OtherDay, []any{sent.Posted}
	}
	return "", nil
}

// Report is what becomes, or would become, of a confirmation.
type Report struct {
	Charset   textfile.Charset
	Rows      int
	Posted    int
	Unchanged int
	Refused   []Refusal // the first of them
	AllWrong  int       // how many there are
	Done      bool      // it was carried out: this was no dry run, and nothing was wrong
	Batches   []int64   // that are confirmed with it
}

// reportOf says what was decided about a confirmation.
func reportOf(c Confirmation, post []Posted, unchanged int, refused []Refusal) Report {
	return Report{
		Charset: c.Charset, Rows: len(c.Rows), Posted: len(post), Unchanged: unchanged,
		Refused: refused[:min(len(refused), maxRefusals)], AllWrong: len(refused),
	}
}
