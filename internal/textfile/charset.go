package textfile

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Charset is how the signs of a file are written as bytes.
type Charset string

// The encodings that are recognised.
const (
	UTF8        Charset = "UTF-8"
	UTF8WithBOM Charset = "UTF-8 with BOM"
	Windows1252 Charset = "Windows-1252"
)

var bom = []byte("\ufeff")

// signatures are how files begin that are no text in one of these encodings.
var signatures = map[Kind][][]byte{
	Workbook: {[]byte("PK\x03\x04"), {0xD0, 0xCF, 0x11, 0xE0}},
	UTF16:    {{0xFF, 0xFE}, {0xFE, 0xFF}},
}

// undefined are the bytes that Windows-1252 has no sign for.
var undefined = []byte{0x81, 0x8D, 0x8F, 0x90, 0x9D}

// Recognise reads a whole file to find out how it is encoded: in UTF-8 if that is possible, else in Windows-1252.
func Recognise(f io.ReadSeeker) (c Charset, problem *Problem, err error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", nil, err
	}
	seen := survey{line: 1}
	if err := seen.read(f); err != nil {
		return "", nil, err
	}
	c, problem = seen.charset()
	return c, problem, nil
}

// survey is what a look at all bytes of a file has found.
type survey struct {
	start   []byte // the first bytes
	line    int
	wide    bool // a sign of several bytes in UTF-8 was there
	nul     place
	foreign place // the first byte that is not UTF-8
	nowhere place // the first byte that is neither
}

// place is where a byte was found; its zero value says nowhere.
type place struct {
	line int
	byte byte
}

func (s *survey) read(r io.Reader) error {
	buffer := make([]byte, 0, 64<<10)
	for {
		n, err := io.ReadFull(r, buffer[len(buffer):cap(buffer)])
		buffer = buffer[:len(buffer)+n]
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return err
		}
		if s.start == nil {
			s.start = bytes.Clone(buffer[:min(len(buffer), 4)])
		}
		rest := s.look(buffer, last)
		if last {
			return nil
		}
		buffer = buffer[:copy(buffer, rest)]
	}
}

// look goes through bytes and gives those at the end that may be the beginning of a sign.
func (s *survey) look(b []byte, last bool) (rest []byte) {
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			s.ascii(b[0])
			b = b[1:]
			continue
		}
		if !last && !utf8.FullRune(b) {
			return b
		}
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			s.alien(b[0])
		} else {
			s.wide = s.wide || r != '\ufeff'
			s.noteUndefined(b[:size])
		}
		b = b[size:]
	}
	return nil
}

func (s *survey) ascii(b byte) {
	switch b {
	case '\n':
		s.line++
	case 0:
		s.nul.note(s.line, b)
	}
}

func (s *survey) alien(b byte) {
	s.foreign.note(s.line, b)
	s.noteUndefined([]byte{b})
}

func (s *survey) noteUndefined(sign []byte) {
	for _, b := range sign {
		if bytes.IndexByte(undefined, b) >= 0 {
			s.nowhere.note(s.line, b)
		}
	}
}

func (p *place) note(line int, b byte) {
	if p.line == 0 {
		*p = place{line, b}
	}
}

// charset tells the encoding, or why there is none. A file with signs that are whole in UTF-8 beside bytes that are not was put
// together from several.
func (s *survey) charset() (Charset, *Problem) {
	if len(s.start) == 0 {
		return "", &Problem{Line: 1, Kind: EmptyFile}
	}
	for kind, starts := range signatures {
		for _, start := range starts {
			if bytes.HasPrefix(s.start, start) {
				return "", &Problem{Line: 1, Kind: kind}
			}
		}
	}
	marked := bytes.HasPrefix(s.start, bom)
	switch {
	case s.nul.line > 0:
		return "", &Problem{Line: s.nul.line, Kind: NotText}
	case s.foreign.line > 0 && (s.wide || marked):
		return "", &Problem{Line: s.foreign.line, Kind: MixedEncodings, Args: []any{s.foreign.byte}}
	case s.foreign.line > 0 && s.nowhere.line > 0:
		return "", &Problem{Line: s.nowhere.line, Kind: NoEncoding, Args: []any{s.nowhere.byte}}
	case s.foreign.line > 0:
		return Windows1252, nil
	case marked:
		return UTF8WithBOM, nil
	default:
		return UTF8, nil
	}
}

// Decoded gives the text of a file from its beginning.
func Decoded(f io.ReadSeeker, c Charset) (io.Reader, error) {
	skip := int64(0)
	if c == UTF8WithBOM {
		skip = int64(len(bom))
	}
	if _, err := f.Seek(skip, io.SeekStart); err != nil {
		return nil, err
	}
	if c == Windows1252 {
		return charmap.Windows1252.NewDecoder().Reader(f), nil
	}
	return f, nil
}
