package register

import (
	"io"

	"torhaus/internal/textfile"
)

// csvReader reads the rows of a CSV file, with its columns brought into the order that was asked for.
type csvReader struct {
	csv *textfile.CSV
	at  []int // index of the column of each field
}

// newCSV reads the header.
func newCSV(content io.Reader, columns []Column) (*csvReader, []Refusal, error) {
	file, problem, err := textfile.OpenCSV(content)
	if err != nil {
		return nil, nil, err
	}
	if problem != nil {
		return nil, []Refusal{*refusalOf(problem)}, nil
	}
	at, refused := places(file.Header(), file.Names, columns)
	return &csvReader{csv: file, at: at}, refused, nil
}

func (r *csvReader) separator() string { return r.csv.Separator() }

func (r *csvReader) next() (entry, error) {
	row, problem, err := r.csv.Next()
	if err != nil {
		return entry{}, err
	}
	if problem != nil {
		return entry{line: row.Line, refused: []Refusal{*refusalOf(problem)}}, nil
	}
	values := make([]string, len(r.at))
	for i, field := range row.Fields {
		values[r.at[i]] = field
	}
	return entry{line: row.Line, values: values}, nil
}
