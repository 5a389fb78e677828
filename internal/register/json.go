package register

import (
	"encoding/json"
	"errors"
	"io"
	"slices"

	"torhaus/internal/textfile"
)

// jsonReader reads JSON: one array of objects, or one object after the other, one a line as a rule.
type jsonReader struct {
	columns []Column
	decoder *json.Decoder
	budget  *textfile.Budget
	lines   *lineCounter
	array   bool
	opened  bool // the beginning of the first object is read already
	over    bool
}

func newJSON(content io.Reader, columns []Column) *jsonReader {
	lines := &lineCounter{from: content, line: 1}
	b := textfile.NewBudget(lines)
	return &jsonReader{columns: columns, decoder: json.NewDecoder(b), budget: b, lines: lines}
}

func (r *jsonReader) separator() string { return "" }

func (r *jsonReader) next() (e entry, err error) {
	if r.over {
		return entry{}, io.EOF
	}
	r.budget.Renew()
	if r.decoder.InputOffset() == 0 {
		if err := r.begin(); err != nil {
			return r.broken(err)
		}
	}
	e, err = r.object()
	switch {
	case errors.Is(err, io.EOF) && !r.array:
		r.over = true
		return entry{}, io.EOF
	case err != nil:
		return r.broken(err)
	}
	return e, nil
}

// begin tells an array from objects by the first sign.
func (r *jsonReader) begin() error {
	token, err := r.decoder.Token()
	if errors.Is(err, io.EOF) {
		return nil // no objects at all
	}
	if err != nil {
		return err
	}
	r.array, r.opened = token == json.Delim('['), token == json.Delim('{')
	if !r.array && !r.opened {
		return errNotJSON
	}
	return nil
}

var errNotJSON = errors.New("neither an array of objects nor objects")

// object reads the next object. It gives io.EOF where there is none.
func (r *jsonReader) object() (entry, error) {
	if r.array && !r.decoder.More() {
		return entry{}, r.endArray()
	}
	if !r.opened {
		token, err := r.decoder.Token()
		if err != nil {
			return entry{}, err
		}
		if token != json.Delim('{') {
			e := entry{line: r.line()}
			e.refused = []Refusal{{Line: e.line, Reason: NotAnObject}}
			return e, whole(r.skip(token))
		}
	}
	r.opened = false
	return r.members(r.line())
}

// endArray reads the end of the array, behind which nothing may stand.
func (r *jsonReader) endArray() error {
	if _, err := r.decoder.Token(); err != nil {
		return err
	}
	r.array = false
	if _, err := r.decoder.Token(); !errors.Is(err, io.EOF) {
		return errNotJSON
	}
	return io.EOF
}

// members reads what stands in an object that begins in a line.
func (r *jsonReader) members(line int) (entry, error) {
	e := entry{line: line, values: make([]string, len(r.columns))}
	var names []string
	for r.decoder.More() {
		token, err := r.decoder.Token()
		if err != nil {
			return e, whole(err)
		}
		name, _ := token.(string) // a key is nothing else
		names = append(names, name)
		value, isText, err := r.value()
		if err != nil {
			return e, whole(err)
		}
		if !isText {
			e.refused = append(e.refused, Refusal{Line: line, Column: columnOf(name), Reason: NotAString})
		}
		if i := slices.Index(r.columns, columnOf(name)); i >= 0 {
			e.values[i] = value
		}
	}
	if _, err := r.decoder.Token(); err != nil {
		return e, whole(err)
	}
	_, misplaced := places(line, names, r.columns)
	e.refused = append(misplaced, e.refused...)
	return e, nil
}

// whole makes an end of the file within an object an error.
func whole(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// value reads a value, which is to be a text; null is an empty one.
func (r *jsonReader) value() (text string, isText bool, err error) {
	token, err := r.decoder.Token()
	if err != nil {
		return "", false, err
	}
	switch token := token.(type) {
	case string:
		return token, true, nil
	case nil:
		return "", true, nil
	default:
		return "", false, r.skip(token)
	}
}

// skip reads to the end of an array or object that has just begun.
func (r *jsonReader) skip(token json.Token) error {
	for depth := 0; ; {
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
		var err error
		if token, err = r.decoder.Token(); err != nil {
			return err
		}
	}
}

// broken says why the rest of the file cannot be read.
func (r *jsonReader) broken(err error) (entry, error) {
	line := r.line()
	reason, args := NotJSON, []any(nil)
	_, isSyntax := errors.AsType[*json.SyntaxError](err)
	switch {
	case isSyntax: // the decoder stands before the token that it cannot read
		line = r.lines.at(r.decoder.InputOffset() + 1)
	case errors.Is(err, textfile.ErrRowTooLong):
		reason, args = RowTooLong, []any{maxRow}
	case !errors.Is(err, errNotJSON) && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return entry{}, err
	}
	r.over = true
	return entry{line: line, refused: []Refusal{{Line: line, Reason: reason, Args: args}}}, nil
}

// line is where the reader stands.
func (r *jsonReader) line() int { return r.lines.at(r.decoder.InputOffset()) }

// lineCounter remembers where lines end in what was read ahead, so that a position in the text can be told as a line.
type lineCounter struct {
	from io.Reader
	read int64
	ends []int64 // positions behind line feeds that were not asked for yet
	line int
}

func (c *lineCounter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	for i, b := range p[:n] {
		if b == '\n' {
			c.ends = append(c.ends, c.read+int64(i)+1)
		}
	}
	c.read += int64(n)
	return n, err
}

// at gives the line of the sign before a position. Positions are asked for in order.
func (c *lineCounter) at(position int64) int {
	passed := 0
	for passed < len(c.ends) && c.ends[passed] < position {
		passed++
	}
	c.line += passed
	c.ends = c.ends[:copy(c.ends, c.ends[passed:])]
	return c.line
}
