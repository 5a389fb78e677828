package textfile

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// CSV reads a file of rows whose first names the columns (RFC 4180). The separator is a semicolon if that row has one, as Excel writes
// it in German, else a comma.
type CSV struct {
	Names []string // of the columns, as the file has them
	csv   *csv.Reader
	bytes *Budget
	end   int // line at which the last row ended
	over  bool
}

// Row is one row of a file.
type Row struct {
	Line   int
	Fields []string // as many as there are names; they share no memory with the next row
}

// ahead is how many bytes are read at a time.
const ahead = 4 << 10

// OpenCSV reads the row with the names.
func OpenCSV(content io.Reader) (*CSV, *Problem, error) {
	r := &CSV{bytes: NewBudget(content)}
	buffered := bufio.NewReaderSize(r.bytes, ahead)
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
		return nil, &Problem{Line: 1, Kind: EmptyFile}, nil
	}
	if err != nil {
		_, problem, err := r.broken(err)
		return nil, problem, err
	}
	for _, name := range names {
		r.Names = append(r.Names, strings.Clone(name))
	}
	r.end, _ = r.csv.FieldPos(0)
	return r, nil, nil
}

// Header gives the line of the names. It counts before the first row is read.
func (r *CSV) Header() int { return r.end }

// Separator gives the sign between two fields.
func (r *CSV) Separator() string { return string(r.csv.Comma) }

// Next gives the next row that has a value in it, or why it cannot be read; its line counts then too. After the last row it gives
// io.EOF.
func (r *CSV) Next() (Row, *Problem, error) {
	for !r.over {
		r.bytes.Renew()
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
			return r.row(line, fields)
		}
	}
	return Row{}, nil, io.EOF
}

// blank tells a row without any value, as spreadsheets leave them at the end.
func blank(fields []string) bool {
	return strings.TrimSpace(strings.Join(fields, "")) == ""
}

func (r *CSV) row(line int, fields []string) (Row, *Problem, error) {
	if len(fields) != len(r.Names) {
		return Row{Line: line}, &Problem{Line: line, Kind: FieldCount, Args: []any{len(fields), len(r.Names)}}, nil
	}
	values := make([]string, len(fields))
	for i, field := range fields {
		values[i] = strings.Clone(field) // the fields of a row share one string
	}
	return Row{Line: line, Fields: values}, nil, nil
}

// broken says why a row cannot be read. Behind quotation marks in the wrong place the next line is read; a row without end ends
// the file.
func (r *CSV) broken(err error) (Row, *Problem, error) {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		r.end = e.Line
		if e.StartLine != e.Line {
			return Row{Line: e.StartLine}, &Problem{Line: e.StartLine, Kind: OpenQuotes}, nil
		}
		return Row{Line: e.Line}, &Problem{Line: e.Line, Kind: BadQuotes, Args: []any{e.Column}}, nil
	}
	if errors.Is(err, ErrRowTooLong) {
		r.over = true
		line := r.end + 1
		return Row{Line: line}, &Problem{Line: line, Kind: RowTooLong, Args: []any{MaxRow}}, nil
	}
	return Row{}, nil, err
}
