package yamlfile

import (
	"encoding"
	"fmt"
	"math"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// field is what the tags of a struct field say.
type field struct {
	key      string
	index    int
	typ      reflect.Type
	doc      string
	accept   string
	fallback string
	keys     []string
	optional bool
	quiet    bool
}

func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		key := f.Tag.Get("yaml")
		if !f.IsExported() || key == "" || key == "-" {
			continue
		}
		d := field{
			key: key, index: i, typ: f.Type, doc: f.Tag.Get("doc"), accept: f.Tag.Get("accept"), fallback: f.Tag.Get("default"),
			optional: f.Tag.Get("optional") == "true", quiet: f.Tag.Get("quiet") == "true",
		}
		if keys := f.Tag.Get("keys"); keys != "" {
			d.keys = strings.Split(keys, ",")
		}
		fields = append(fields, d)
	}
	return fields
}

// item is what the items of a list or the values of a map accept.
func (d field) item() field {
	d.typ, d.optional, d.fallback = d.typ.Elem(), false, ""
	return d
}

// isDuration tells whether the value is a span of time: time.Duration, or a type that gives one with D.
func (d field) isDuration() bool {
	return d.typ == reflect.TypeFor[time.Duration]() || d.typ.Implements(reflect.TypeFor[interface{ D() time.Duration }]())
}

// isText tells whether the value is written as text: a string, a URL, or a type that reads itself from text.
func (d field) isText() bool {
	return d.typ.Kind() == reflect.String || d.typ == reflect.TypeFor[*url.URL]() ||
		reflect.PointerTo(d.typ).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// kind is the kind of node that the field is written as.
func (d field) kind() Kind {
	switch {
	case d.isDuration() || d.isText():
		return String
	case d.typ.Kind() == reflect.Struct || d.typ.Kind() == reflect.Map:
		return Mapping
	case d.typ.Kind() == reflect.Slice:
		return Sequence
	}
	return Int
}

func (d field) fallbackNode() Node { return Node{Kind: d.kind(), Text: d.fallback} }

// bounds gives the range of a number or, in nanoseconds, of a span. A tag that is no range bounds nothing.
func (d field) bounds() (low, high string, from, to int64) {
	low, high, found := strings.Cut(d.accept, "..")
	if !found {
		return "", "", math.MinInt64, math.MaxInt64
	}
	return low, high, d.number(low), d.number(high)
}

// number reads one end of a range; a tag that cannot be read is a fault of the program, not of a file.
func (d field) number(s string) int64 {
	if d.isDuration() {
		span, err := time.ParseDuration(s)
		if err != nil {
			panic("tag accept of " + d.key + ": " + err.Error())
		}
		return span.Nanoseconds()
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		panic("tag accept of " + d.key + ": " + err.Error())
	}
	return n
}

func (d field) inRange(n int64) bool {
	_, _, from, to := d.bounds()
	return from <= n && n <= to
}

// accepts says in words what a field takes.
func (f *File) accepts(d field) string { return f.forms.accepts(d) }

func (fs Forms) accepts(d field) string {
	switch d.kind() {
	case Mapping:
		if d.typ.Kind() == reflect.Map {
			return "a mapping of " + strings.Join(d.keys, ", ")
		}
		return "a mapping of " + listKeys(fieldsOf(d.typ))
	case Sequence:
		return "a list: " + fs.accepts(d.item())
	}
	low, high, _, _ := d.bounds()
	switch {
	case d.isDuration():
		return fmt.Sprintf("a time span from %s to %s", low, high)
	case d.isText():
		return fs.acceptsText(d)
	case low == high:
		return low
	default:
		return low + " to " + high
	}
}

func (fs Forms) acceptsText(d field) string {
	if form, ok := fs.form(d.accept); ok {
		return form.Accepts
	}
	return strings.ReplaceAll(d.accept, "|", ", ")
}
