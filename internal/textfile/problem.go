package textfile

import (
	"errors"
	"fmt"
	"io"
)

// Problem says why a file, or a row of it, cannot be read: where, and for what reason.
type Problem struct {
	Line int // of the file, from 1
	Kind Kind
	Args []any
}

func (p *Problem) Error() string { return fmt.Sprintf("line %d: %s %v", p.Line, p.Kind, p.Args) }

// Kind is why a file or a row cannot be read.
type Kind string

// The kinds of problem. The comment tells the arguments.
const (
	EmptyFile      Kind = "empty-file"
	Workbook       Kind = "workbook" // a file of Excel itself
	UTF16          Kind = "utf-16"
	NotText        Kind = "not-text"
	MixedEncodings Kind = "mixed-encodings" // the first byte that is not UTF-8
	NoEncoding     Kind = "no-encoding"     // the first byte that is neither UTF-8 nor Windows-1252
	RowTooLong     Kind = "row-too-long"    // most bytes
	FieldCount     Kind = "field-count"     // found, wanted
	BadQuotes      Kind = "bad-quotes"      // byte in the line, from 1
	OpenQuotes     Kind = "open-quotes"     // in the row that begins there, to the end of the file
)

// MaxRow bounds a row in bytes, so that a quotation mark that is never closed does not take the memory of the whole file.
const MaxRow = 64 << 10

// ErrRowTooLong is met in the middle of a row that takes too many bytes.
var ErrRowTooLong = errors.New("the row is too long")

// Budget lets only so many bytes be read until it is renewed. It gives ErrRowTooLong then.
type Budget struct {
	from io.Reader
	left int
}

// NewBudget lets the first MaxRow bytes be read.
func NewBudget(from io.Reader) *Budget { return &Budget{from: from, left: MaxRow} }

// Read gives the next bytes.
func (b *Budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, ErrRowTooLong
	}
	n, err := b.from.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// Renew lets the next MaxRow bytes be read.
func (b *Budget) Renew() { b.left = MaxRow }
