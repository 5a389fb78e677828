package register

import (
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"torhaus/internal/textfile"
)

// Format is the form of a file.
type Format string

// The formats.
const (
	CSV  Format = "csv"  // a header and one row a member, separated by semicolons or commas (RFC 4180)
	JSON Format = "json" // an array of objects, or one object after the other
)

// maxRow bounds a row in bytes.
const maxRow = textfile.MaxRow

// entry is one row of a file as it was read: its values in the order of the columns that were asked for, or why it cannot be read.
type entry struct {
	line    int
	values  []string
	refused []Refusal
}

// reader reads a file row by row. After the last one, or where the rest cannot be read, it gives io.EOF. Any other error is the
// disk's.
type reader interface {
	next() (entry, error)
	separator() string // of a CSV file
}

// open begins to read a file with the given columns. It gives how it is encoded, or why it cannot be read.
func open(f io.ReadSeeker, format Format, columns []Column) (r reader, charset Charset, refused []Refusal, err error) {
	charset, broken, err := recognise(f)
	if err != nil {
		return nil, "", nil, err
	}
	if broken != nil {
		return nil, "", []Refusal{*broken}, nil
	}
	content, err := textfile.Decoded(f, charset)
	if err != nil {
		return nil, charset, nil, err
	}
	if format == JSON {
		return newJSON(content, columns), charset, nil, nil
	}
	r, refused, err = newCSV(content, columns)
	return r, charset, refused, err
}

// places finds columns in a list of names: the index of the column for each name, and what is wrong with the list.
func places(line int, names []string, columns []Column) (at []int, refused []Refusal) {
	var seen []Column
	for _, name := range names {
		column := columnOf(name)
		i := slices.Index(columns, column)
		at = append(at, i)
		switch {
		case i < 0:
			refused = append(refused, Refusal{Line: line, Reason: UnknownColumn, Args: []any{clipped(name)}})
		case slices.Contains(seen, column):
			refused = append(refused, Refusal{Line: line, Column: column, Reason: DoubledColumn})
		}
		seen = append(seen, column)
	}
	for _, column := range columns {
		if !slices.Contains(seen, column) {
			refused = append(refused, Refusal{Line: line, Column: column, Reason: MissingColumn})
		}
	}
	return at, refused
}

// columnOf reads the name of a column; capitals, blanks around it, and what stands between its words do not matter.
func columnOf(name string) Column {
	return Column(strings.NewReplacer("_", "-", " ", "-").Replace(strings.ToLower(strings.TrimSpace(name))))
}

// clipped shortens a name that is shown.
func clipped(name string) string {
	const most = 40
	if utf8.RuneCountInString(name) <= most {
		return name
	}
	return string([]rune(name)[:most]) + "…"
}
