package mailroom

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/letter"
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

// The problems, with the arguments of their sentences.
const (
	EmptyFile     Problem = "empty-file"
	NotText       Problem = "not-text"
	TooLong       Problem = "too-long"    // most rows
	BadHeader     Problem = "header"      // found, expected
	BadCSV        Problem = "csv"         // what is wrong with the quotation marks
	FieldCount    Problem = "field-count" // fields
	BadLetter     Problem = "letter"      // the value
	BadDate       Problem = "date"        // the value
	Doubled       Problem = "doubled"     // line of the other row
	UnknownLetter Problem = "unknown"     // number of the letter
	NotHandedOver Problem = "not-handed"  // number
	WasVoid       Problem = "void"        // number
	InFuture      Problem = "future"      // day
	BeforeHanded  Problem = "before"      // day, day of the hand-over
	OtherDay      Problem = "other-day"   // day that was confirmed before
)

// Refusal is one thing that is wrong with a confirmation: where and why.
type Refusal struct {
	Line    int
	Problem Problem
	Args    []any
}

// Charset is how the signs of a file are written as bytes.
type Charset string

// The encodings that are recognised.
const (
	UTF8        Charset = "UTF-8"
	UTF8WithBOM Charset = "UTF-8 with BOM"
	Windows1252 Charset = "Windows-1252"
)

// Bounds of a confirmation.
const (
	MaxConfirmation = 16 << 20 // bytes
	maxRows         = 200_000
	maxRefusals     = 100 // that are told; the others are counted
)

// Confirmation is a file as it was read.
type Confirmation struct {
	Charset Charset
	Rows    []Posted
	Refused []Refusal
}

// ReadConfirmation reads the file with which the print centre says what it posted: CSV with the columns letter and posted, separated
// by semicolons or commas, a row for each letter. Everything about its form that is wrong is told with its line.
func ReadConfirmation(r io.Reader) (c Confirmation, err error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxConfirmation+1))
	if err != nil {
		return c, fmt.Errorf("read the confirmation: %w", err)
	}
	if len(data) > MaxConfirmation {
		return c.refuse(1, TooLong, maxRows), nil
	}
	text, charset, ok := decoded(data)
	if !ok {
		return c.refuse(1, NotText), nil
	}
	c.Charset = charset
	if strings.TrimSpace(text) == "" {
		return c.refuse(1, EmptyFile), nil
	}
	return c.read(text), nil
}

var bom = []byte("\ufeff")

// decoded gives the text of a file and how it was encoded: in UTF-8 if that is possible, else in Windows-1252. False for what is no
// text, such as a workbook.
func decoded(data []byte) (string, Charset, bool) {
	charset := UTF8
	if bytes.HasPrefix(data, bom) {
		data, charset = data[len(bom):], UTF8WithBOM
	}
	if bytes.IndexByte(data, 0) >= 0 || bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return "", "", false
	}
	if utf8.Valid(data) {
		return string(data), charset, true
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil || charset == UTF8WithBOM || bytes.ContainsRune(text, utf8.RuneError) {
		return "", "", false
	}
	return string(text), Windows1252, true
}

func (c Confirmation) refuse(line int, p Problem, args ...any) Confirmation {
	c.Refused = append(c.Refused, Refusal{Line: line, Problem: p, Args: args})
	return c
}

func (c Confirmation) read(text string) Confirmation {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	header, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
	if strings.Contains(header, ";") {
		r.Comma = ';'
	}
	seen := map[string]int{}
	for first := true; ; first = false {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return c
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			return c.refuse(bad.StartLine, BadCSV) // what follows cannot be told apart
		}
		line, _ := r.FieldPos(0)
		switch {
		case first:
			if !isHeader(fields) {
				return c.refuse(line, BadHeader, clipped(strings.Join(fields, string(r.Comma))), LetterColumn+string(r.Comma)+PostedColumn)
			}
		case len(c.Rows) == maxRows:
			return c.refuse(line, TooLong, maxRows)
		case strings.TrimSpace(strings.Join(fields, "")) != "": // spreadsheets leave rows without any value at the end
			c = c.row(line, fields, seen)
		}
	}
}

func isHeader(fields []string) bool {
	return len(fields) == 2 && strings.EqualFold(strings.TrimSpace(fields[0]), LetterColumn) &&
		strings.EqualFold(strings.TrimSpace(fields[1]), PostedColumn)
}

func (c Confirmation) row(line int, fields []string, seen map[string]int) Confirmation {
	if len(fields) != 2 {
		return c.refuse(line, FieldCount, len(fields))
	}
	id := strings.ToLower(strings.TrimSpace(fields[0]))
	if whole, ok := CleanID(id); !ok || whole != id {
		return c.refuse(line, BadLetter, clipped(fields[0]))
	}
	on, ok := dayOf(strings.TrimSpace(fields[1]))
	if !ok {
		return c.refuse(line, BadDate, clipped(fields[1]))
	}
	if other, twice := seen[id]; twice {
		return c.refuse(line, Doubled, other)
	}
	seen[id] = line
	c.Rows = append(c.Rows, Posted{Line: line, Letter: id, On: on})
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
	Charset   Charset
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
