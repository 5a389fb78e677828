package ipp

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The tags of groups and values that this client writes or reads (RFC 8010, 3.5).
const (
	operationGroup byte = 0x01
	jobGroup       byte = 0x02
	endOfGroups    byte = 0x03
	printerGroup   byte = 0x04
	lastGroup      byte = 0x0F // tags up to here begin a group

	integerTag  byte = 0x21
	booleanTag  byte = 0x22
	enumTag     byte = 0x23
	textTag     byte = 0x41
	nameTag     byte = 0x42
	keywordTag  byte = 0x44
	uriTag      byte = 0x45
	charsetTag  byte = 0x47
	languageTag byte = 0x48
	mimeTag     byte = 0x49

	textInLanguageTag byte = 0x35
	nameInLanguageTag byte = 0x36
)

// value is one value of an attribute as it travels.
type value struct {
	tag  byte
	data []byte
}

// attribute is a name with one or more values.
type attribute struct {
	name   string
	values []value
}

// group is a list of attributes of one thing: the operation, a job, the printer.
type group struct {
	tag        byte
	attributes []attribute
}

// message is a request or an answer without the document. Code is the operation, or the status of an answer.
type message struct {
	code   uint16
	id     uint32
	groups []group
}

// version is 1.1: every printer must know it (RFC 8010, 3.4.1; RFC 8011, 4.1.8).
const version = 0x0101

// Bounds of an answer, so that a printer that talks nonsense does not take the memory.
const (
	maxAnswer     = 4 << 20 // bytes
	maxAttributes = 200_000
)

func text(tag byte, name string, texts ...string) attribute {
	a := attribute{name: name}
	for _, s := range texts {
		a.values = append(a.values, value{tag, []byte(s)})
	}
	return a
}

func number(tag byte, name string, n int) attribute {
	return attribute{name: name, values: []value{{tag, binary.BigEndian.AppendUint32(nil, uint32(n))}}}
}

func truth(name string, yes bool) attribute {
	b := byte(0)
	if yes {
		b = 1
	}
	return attribute{name: name, values: []value{{booleanTag, []byte{b}}}}
}

// encode writes the message as it travels (RFC 8010, 3.1).
func (m message) encode() []byte {
	b := binary.BigEndian.AppendUint16(nil, version)
	b = binary.BigEndian.AppendUint16(b, m.code)
	b = binary.BigEndian.AppendUint32(b, m.id)
	for _, g := range m.groups {
		b = append(b, g.tag)
		for _, a := range g.attributes {
			for i, v := range a.values {
				name := a.name
				if i > 0 {
					name = "" // a further value of the attribute before (RFC 8010, 3.1.5)
				}
				b = append(b, v.tag)
				b = appendField(b, []byte(name))
				b = appendField(b, v.data)
			}
		}
	}
	return append(b, endOfGroups)
}

func appendField(b, field []byte) []byte {
	return append(binary.BigEndian.AppendUint16(b, uint16(len(field))), field...)
}

// errGarbled is met where an answer is no IPP.
var errGarbled = errors.New("the printer's answer is not IPP")

// decode reads an answer.
func decode(b []byte) (m message, err error) {
	if len(b) < 9 || b[0] == 0 || b[0] > 2 {
		return m, errGarbled
	}
	m.code, m.id = binary.BigEndian.Uint16(b[2:]), binary.BigEndian.Uint32(b[4:])
	r := reader{rest: b[8:]}
	for {
		tag, ok := r.byte()
		switch {
		case !ok:
			return message{}, errGarbled
		case tag == endOfGroups:
			return m, nil
		case tag <= lastGroup:
			m.groups = append(m.groups, group{tag: tag})
		default:
			if err := r.attribute(&m, tag); err != nil {
				return message{}, err
			}
		}
	}
}

// reader reads an answer from its beginning.
type reader struct {
	rest []byte
	seen int
}

func (r *reader) byte() (byte, bool) {
	if len(r.rest) == 0 {
		return 0, false
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b, true
}

func (r *reader) field() ([]byte, bool) {
	if len(r.rest) < 2 {
		return nil, false
	}
	n := int(binary.BigEndian.Uint16(r.rest))
	if len(r.rest) < 2+n {
		return nil, false
	}
	field := r.rest[2 : 2+n]
	r.rest = r.rest[2+n:]
	return field, true
}

// attribute reads one value. The members of a collection (RFC 8010, 3.1.6) have the same form; they become further values of the
// attribute, which nobody here asks for.
func (r *reader) attribute(m *message, tag byte) error {
	name, ok := r.field()
	data, ok2 := r.field()
	if r.seen++; !ok || !ok2 || len(m.groups) == 0 || r.seen > maxAttributes {
		return errGarbled
	}
	g := &m.groups[len(m.groups)-1]
	if len(name) > 0 {
		g.attributes = append(g.attributes, attribute{name: string(name)})
	}
	if len(g.attributes) == 0 {
		return errGarbled
	}
	a := &g.attributes[len(g.attributes)-1]
	a.values = append(a.values, value{tag, data})
	return nil
}

// of gives the groups with a tag.
func (m message) of(tag byte) (found []group) {
	for _, g := range m.groups {
		if g.tag == tag {
			found = append(found, g)
		}
	}
	return found
}

func (g group) find(name string) []value {
	for _, a := range g.attributes {
		if a.name == name {
			return a.values
		}
	}
	return nil
}

// int gives a number or an enum; false if there is none of the name.
func (g group) int(name string) (int, bool) {
	values := g.find(name)
	if len(values) == 0 || values[0].tag != integerTag && values[0].tag != enumTag || len(values[0].data) != 4 {
		return 0, false
	}
	return int(int32(binary.BigEndian.Uint32(values[0].data))), true
}

// ints gives all numbers of an attribute.
func (g group) ints(name string) (list []int) {
	for _, v := range g.find(name) {
		if len(v.data) == 4 {
			list = append(list, int(int32(binary.BigEndian.Uint32(v.data))))
		}
	}
	return list
}

// bool gives a truth value; false if there is none of the name.
func (g group) bool(name string) (yes, ok bool) {
	values := g.find(name)
	if len(values) == 0 || values[0].tag != booleanTag || len(values[0].data) != 1 {
		return false, false
	}
	return values[0].data[0] != 0, true
}

// strings gives the texts of an attribute, those that name their language too (RFC 8010, 3.9).
func (g group) strings(name string) (list []string) {
	for _, v := range g.find(name) {
		switch v.tag {
		case textInLanguageTag, nameInLanguageTag:
			r := reader{rest: v.data}
			_, _ = r.field()
			if words, ok := r.field(); ok {
				list = append(list, string(words))
			}
		default:
			list = append(list, string(v.data))
		}
	}
	return list
}

func (g group) string(name string) string {
	if list := g.strings(name); len(list) > 0 {
		return list[0]
	}
	return ""
}

// refusal is a status that says no (RFC 8011, appendix B).
type refusal struct {
	status uint16
	words  string // status-message, if the printer gave one
}

// statuses are the refusals that a printer of letters may give, in words that say what to do.
var statuses = map[uint16]string{
	0x0400: "it does not understand the request",
	0x0401: "it forbids it",
	0x0402: "it asks for a user name and a password",
	0x0403: "it does not allow it to this user",
	0x0404: "the job cannot be changed any more",
	0x0405: "it took too long",
	0x0406: "there is no such printer or job; see the path of the address",
	0x0407: "the printer or job is gone",
	0x0408: "the document is too large for it",
	0x040A: "it does not print PDF",
	0x040B: "it does not know the attributes that were sent",
	0x0411: "it cannot read the document",
	0x0500: "it has an internal error",
	0x0501: "it does not know the operation",
	0x0502: "its service is not available",
	0x0503: "it does not know the version of the protocol",
	0x0504: "it has an error of its device",
	0x0505: "it has a temporary error",
	0x0506: "it takes no jobs at present",
	0x0507: "it is busy",
	0x0508: "the job was cancelled at the printer",
	0x0509: "it takes one document only",
	0x050A: "it is switched off at its panel",
	0x050B: "it has too many jobs",
}

const notFound = 0x0406

func (r refusal) Error() string {
	said := statuses[r.status]
	if said == "" {
		said = "its status is unknown"
	}
	s := fmt.Sprintf("the printer refuses: %s (status %#04x)", said, r.status)
	if r.words != "" {
		s += fmt.Sprintf(", saying %q", clipped(r.words))
	}
	return s
}

// clipped shortens what a printer says.
func clipped(s string) string {
	const most = 120
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
