package register

import (
	"io"

	"torhaus/internal/textfile"
)

// Charset is how the signs of a file are written as bytes.
type Charset = textfile.Charset

// The encodings that are recognised.
const (
	UTF8        = textfile.UTF8
	UTF8WithBOM = textfile.UTF8WithBOM
	Windows1252 = textfile.Windows1252
)

// recognise reads a whole file to find out how it is encoded.
func recognise(f io.ReadSeeker) (Charset, *Refusal, error) {
	c, problem, err := textfile.Recognise(f)
	return c, refusalOf(problem), err
}

// refusalOf is a problem of a file as the register tells it: the reasons have the same names.
func refusalOf(p *textfile.Problem) *Refusal {
	if p == nil {
		return nil
	}
	return &Refusal{Line: p.Line, Reason: Reason(p.Kind), Args: p.Args}
}
