package register

import (
	"io"
	"slices"
)

// Sheet is another list that the body exports in the forms of its register, with columns of its own under the same rules.
type Sheet struct {
	Columns  []Column
	Optional []Column // that may be empty here, though the register needs them
}

// Row is one row of a sheet: its values in the order of the columns, as they are kept, or why it is refused.
type Row struct {
	Line    int
	Values  []string
	Refused []Refusal
}

// SheetReader reads a sheet row by row.
type SheetReader struct {
	Charset Charset
	sheet   Sheet
	rows    reader
}

// Open begins to read a file, or says why it cannot be read. The file is read twice: once for its encoding. An error is the disk's.
func (s Sheet) Open(f io.ReadSeeker, format Format) (r *SheetReader, refused []Refusal, err error) {
	rows, charset, refused, err := open(f, format, s.Columns)
	return &SheetReader{Charset: charset, sheet: s, rows: rows}, refused, err
}

// Separator gives the sign between two fields of a CSV file.
func (r *SheetReader) Separator() string { return r.rows.separator() }

// Next gives the next row. After the last one, or where the rest cannot be read, it gives io.EOF; any other error is the disk's.
func (r *SheetReader) Next() (Row, error) {
	e, err := r.rows.next()
	if err != nil {
		return Row{}, err
	}
	row := Row{Line: e.line, Refused: e.refused}
	if len(row.Refused) > 0 {
		return row, nil
	}
	for i, column := range r.sheet.Columns {
		value, reason, args := checkValue(column, e.values[i])
		if reason == Missing && slices.Contains(r.sheet.Optional, column) {
			reason = ""
		}
		if reason != "" {
			row.Refused = append(row.Refused, Refusal{Line: e.line, Column: column, Reason: reason, Args: args})
		}
		row.Values = append(row.Values, value)
	}
	return row, nil
}
