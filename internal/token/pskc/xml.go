package pskc

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of what is in memory at a time.
const (
	maxPart  = 64 << 10 // bytes of a key package, of what stands before the first, or between two
	maxDepth = 24       // elements within elements
)

// The namespaces of RFC 6030.
const (
	nsPSKC   = "urn:ietf:params:xml:ns:keyprov:pskc"
	nsDSig   = "http://www.w3.org/2000/09/xmldsig#"
	nsXEnc   = "http://www.w3.org/2001/04/xmlenc#"
	nsXEnc11 = "http://www.w3.org/2009/xmlenc11#"
	nsPKCS5  = "http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#"
)

// Error gives the reason, for the log.
func (r Refusal) Error() string { return fmt.Sprintf("line %d: %s %v", r.Line, r.Reason, r.Args) }

// node is an element with all that is in it.
type node struct {
	name     xml.Name
	attrs    []xml.Attr
	line     int
	text     string // the text directly in it, without blanks around it
	children []*node
}

// scanner gives the elements of a file, strictly read.
type scanner struct {
	bytes   *meter
	decoder *xml.Decoder
	depth   int
}

// meter counts the bytes that are read, so that no part of a file takes more memory than it may. The decoder reads it byte by byte and
// keeps nothing of its own.
type meter struct {
	from *bufio.Reader
	left int
}

var errPartTooLong = errors.New("a part of the file is too long")

// ReadByte gives the next byte.
func (m *meter) ReadByte() (byte, error) {
	if m.left <= 0 {
		return 0, errPartTooLong
	}
	m.left--
	return m.from.ReadByte()
}

// Read is there because decoders ask for it; they use ReadByte.
func (m *meter) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := m.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

func (m *meter) renew() { m.left = maxPart }

func newScanner(from io.Reader) *scanner {
	m := &meter{from: bufio.NewReaderSize(from, 64<<10)}
	m.renew()
	s := &scanner{bytes: m, decoder: xml.NewDecoder(m)}
	s.decoder.Strict = true // no entities but the five of XML itself
	s.decoder.CharsetReader = func(name string, _ io.Reader) (io.Reader, error) { return nil, errCharset{name} }
	return s
}

type errCharset struct{ name string }

func (e errCharset) Error() string { return "the file is encoded in " + e.name }

func (s *scanner) line() int {
	line, _ := s.decoder.InputPos()
	return line
}

func (s *scanner) refuse(reason Reason, args ...any) Refusal {
	return Refusal{Line: s.line(), Reason: reason, Args: args}
}

// token gives the next start, end or text. At the end of the file it gives io.EOF. An error of reading the file itself comes back as it is;
// what is wrong with its content is a Refusal.
func (s *scanner) token() (xml.Token, error) {
	for {
		t, err := s.decoder.Token()
		if err != nil {
			return nil, s.broken(err)
		}
		switch t := t.(type) {
		case xml.Directive:
			return nil, s.refuse(HasDTD)
		case xml.ProcInst:
			if t.Target != "xml" {
				return nil, s.refuse(Instruction, clipped(t.Target))
			}
		case xml.StartElement:
			if s.depth++; s.depth > maxDepth {
				return nil, s.refuse(TooDeep, maxDepth)
			}
			return t, nil
		case xml.EndElement:
			s.depth--
			return t, nil
		case xml.CharData:
			return t, nil
		}
	}
}

// broken tells what an error of the decoder means.
func (s *scanner) broken(err error) error {
	charset, foreign := errors.AsType[errCharset](err)
	syntax, wrong := errors.AsType[*xml.SyntaxError](err)
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.Is(err, errPartTooLong):
		return s.refuse(TooLong, maxPart)
	case foreign:
		return s.refuse(Encoding, clipped(charset.name))
	case wrong && strings.Contains(syntax.Msg, "unexpected EOF"):
		return s.refuse(Cut)
	case wrong:
		return Refusal{Line: max(syntax.Line, 1), Reason: NotXML}
	case strings.HasPrefix(err.Error(), "xml: "):
		return s.refuse(encodingOr(err, NotXML))
	default:
		return err // of the disk
	}
}

// encodingOr tells a charset that the decoder refuses by itself, such as a version of XML that is not 1.0.
func encodingOr(err error, other Reason) Reason {
	if strings.Contains(err.Error(), "encoding") {
		return Encoding
	}
	return other
}

// start gives the next element that begins, or nil where the one around it ends.
func (s *scanner) start() (*xml.StartElement, error) {
	for {
		t, err := s.token()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			return &t, nil
		case xml.EndElement:
			return nil, nil
		}
	}
}

// tree reads an element to its end.
func (s *scanner) tree(start xml.StartElement) (*node, error) {
	n := &node{name: start.Name, attrs: slices.Clone(start.Attr), line: s.line()}
	var text strings.Builder
	for {
		t, err := s.token()
		if err != nil {
			return nil, inside(err, s)
		}
		switch t := t.(type) {
		case xml.StartElement:
			child, err := s.tree(t)
			if err != nil {
				return nil, err
			}
			n.children = append(n.children, child)
		case xml.EndElement:
			n.text = strings.TrimSpace(text.String())
			return n, nil
		case xml.CharData:
			text.Write(t)
		}
	}
}

// inside makes the end of a file within an element what it is.
func inside(err error, s *scanner) error {
	if errors.Is(err, io.EOF) {
		return s.refuse(Cut)
	}
	return err
}

// skip reads an element to its end and forgets it.
func (s *scanner) skip() error {
	for within := s.depth; s.depth >= within; {
		if _, err := s.token(); err != nil {
			return inside(err, s)
		}
		s.bytes.renew()
	}
	return nil
}

// all gives the children with a name.
func (n *node) all(space, local string) []*node {
	if n == nil {
		return nil
	}
	var found []*node
	for _, child := range n.children {
		if child.name.Space == space && child.name.Local == local {
			found = append(found, child)
		}
	}
	return found
}

// one finds the only child on a way of names in one namespace; nil if there is none. One that stands there twice is refused: readers
// would differ about which counts.
func (n *node) one(space string, way ...string) (*node, error) {
	for _, local := range way {
		found := n.all(space, local)
		switch len(found) {
		case 0:
			return nil, nil
		case 1:
			n = found[0]
		default:
			return nil, Refusal{Line: found[1].line, Reason: Doubled, Args: []any{local}}
		}
	}
	return n, nil
}

// attr gives an attribute without a namespace, or nothing.
func (n *node) attr(local string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.attrs {
		if a.Name.Space == "" && a.Name.Local == local {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// clipped shortens what is shown of a file.
func clipped(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
