package register

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// csvReader reads CSV. The separator is a semicolon if the header has one, as Excel writes it in German, else a comma.
type csvReader struct {
	csv    *csv.Reader
	budget *budget
	at     []int // index in Columns of each field
	end    int   // line at which the last row ended
	over   bool
}

// ahead is how many bytes are read at a time.
const ahead = 4 << 10

// newCSV reads the header.
func newCSV(content io.Reader) (*csvReader, []Refusal, error) {
	r := &csvReader{budget: &budget{from: content, left: maxRow}}
	buffered := bufio.NewReaderSize(r.budget, ahead)
	r.csv = csv.NewReader(buffered) // which adds no buffer of its own
	r.csv.FieldsPerRecord, r.csv.ReuseRecord = -1, true
	start, err := buffered.Peek(ahead)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	header, _, _ := strings.Cut(strings.TrimLeft(string(start), "\r\n"), "\n")
	if strings.Contains(header, ";") {
		r.csv.Comma = ';'
	}
	names, err := r.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, []Refusal{{Line: 1, Reason: EmptyFile}}, nil
	}
	if err != nil {
		broken, err := r.broken(err)
		return nil, broken.refused, err
	}
	r.end, _ = r.csv.FieldPos(0)
	at, refused := places(r.end, names)
	r.at = at
	return r, refused, nil
}

func (r *csvReader) separator() string { return string(r.csv.Comma) }

func (r *csvReader) next() (entry, error) {
	for !r.over {
		r.budget.renew()
		fields, err := r.csv.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return r.broken(err)
		}
		line, _ := r.csv.FieldPos(0)
		last := len(fields) - 1
		r.end, _ = r.csv.FieldPos(last)
		r.end += strings.Count(fields[last], "\n")
		if !blank(fields) {
			return r.entry(line, fields), nil
		}
	}
	return entry{}, io.EOF
}

// blank tells a row without any value, as spreadsheets leave them at the end.
func blank(fields []string) bool {
	return strings.TrimSpace(strings.Join(fields, "")) == ""
}

func (r *csvReader) entry(line int, fields []string) entry {
	if len(fields) != len(r.at) {
		return entry{line: line, refused: []Refusal{{Line: line, Reason: FieldCount, Args: []any{len(fields), len(r.at)}}}}
	}
	values := make([]string, len(Columns))
	for i, field := range fields {
		values[r.at[i]] = strings.Clone(field) // the fields of a row share one string
	}
	return entry{line: line, values: values}
}

// broken says why a row cannot be read. Behind quotation marks in the wrong place the next line is read; a row without end ends
// the file.
func (r *csvReader) broken(err error) (entry, error) {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		r.end = e.Line
		if e.StartLine != e.Line {
			return entry{line: e.StartLine, refused: []Refusal{{Line: e.StartLine, Reason: OpenQuotes}}}, nil
		}
		return entry{line: e.Line, refused: []Refusal{{Line: e.Line, Reason: BadQuotes, Args: []any{e.Column}}}}, nil
	}
	if errors.Is(err, errRowTooLong) {
		r.over = true
		line := r.end + 1
		return entry{line: line, refused: []Refusal{{Line: line, Reason: RowTooLong, Args: []any{maxRow}}}}, nil
	}
	return entry{}, err
}
