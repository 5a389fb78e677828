package yamlfile

import (
	"encoding"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// File is a file that was decoded. It knows the line of each key, so that whoever understands more than one key at a time
// can refuse what does not fit together.
type File struct {
	Name     string
	Root     Node
	forms    Forms
	lines    map[string]int
	refused  map[string]bool
	numbers  map[string]int64
	problems Problems
}

// Decode fills a struct from a file. Its fields are structs, lists, maps, whole numbers, time spans (time.Duration, or a type
// with a method D that gives one) and text (strings, *url.URL, or what reads itself from text). Their tags say what is accepted:
//
//	yaml      the key
//	doc       what it means, for the documentation
//	accept    a range ("6..8", "1s..15m"), words ("a|b"), or the name of a form of text; a list's tag is for its items
//	keys      for a map: its keys, all required, separated by commas
//	default   the value where the key is missing
//	optional  "true": the key may be missing, a list empty
//	quiet     "true": the value is never repeated in an error
//
// Every key without default or optional is required; unknown, doubled and empty keys are refused, and so is text where a
// number is due and the reverse. Everything that is wrong is collected; File.Err gives it.
func Decode(name string, data []byte, into any, forms Forms) *File {
	r := reader{file: name}
	f := &File{
		Name: name, Root: r.read(data), forms: forms, problems: r.problems,
		lines: map[string]int{}, refused: map[string]bool{}, numbers: map[string]int64{},
	}
	if f.Root.Kind == Mapping {
		f.decodeStruct("", f.Root, reflect.ValueOf(into).Elem())
	}
	return f
}

// Err gives everything that was refused as Problems, or nil.
func (f *File) Err() error { return f.problems.Err() }

// OK tells whether none of these keys, and none above them, was refused, so that a rule that compares them makes sense.
func (f *File) OK(keys ...string) bool {
	for _, key := range keys {
		for ; key != ""; key = above(key) {
			if f.refused[key] {
				return false
			}
		}
	}
	return f.Root.Kind == Mapping
}

// Number gives the value of a key that holds a number or, in nanoseconds, a time span. It is false for keys that were refused
// or that the file lacks.
func (f *File) Number(key string) (int64, bool) {
	n, ok := f.numbers[key]
	return n, ok && f.OK(key)
}

// Refuse adds a problem at the line of a key, or of the nearest key above it that the file has. It takes the place of what was
// refused about the key before.
func (f *File) Refuse(key, what, accepted string) {
	if f.refused[key] {
		f.problems = slices.DeleteFunc(f.problems, func(p Problem) bool { return p.Key == key })
	}
	f.refused[key] = true
	f.problems = append(f.problems, Problem{File: f.Name, Line: f.line(key), Key: key, What: what, Accepted: accepted})
}

func (f *File) line(key string) int {
	for key != "" {
		if n, ok := f.lines[key]; ok {
			return n
		}
		key = above(key)
	}
	return 0
}

// above gives the key that a key stands in: "token.soft" for "token.soft.digits", "hosts" for "hosts[1]".
func above(key string) string { return key[:max(strings.LastIndexAny(key, ".["), 0)] }

func (f *File) decodeStruct(key string, n Node, into reflect.Value) {
	fields := fieldsOf(into.Type())
	for _, e := range n.Entries {
		full := Join(key, e.Key)
		f.lines[full] = e.Line
		if !slices.ContainsFunc(fields, func(d field) bool { return d.key == e.Key }) {
			f.Refuse(full, "is no known key", listKeys(fields))
		}
	}
	for _, d := range fields {
		full := Join(key, d.key)
		value, found := n.find(d.key)
		switch {
		case found:
			f.decode(full, value, into.Field(d.index), d)
		case d.fallback != "":
			f.decode(full, d.fallbackNode(), into.Field(d.index), d)
		case d.optional:
			f.fallbacks(full, into.Field(d.index))
		default:
			f.Refuse(full, "is missing", f.accepts(d))
		}
	}
}

// fallbacks fills the keys of an absent section that have defaults; the others stay zero.
func (f *File) fallbacks(key string, into reflect.Value) {
	if into.Kind() != reflect.Struct {
		return
	}
	for _, d := range fieldsOf(into.Type()) {
		if d.fallback != "" {
			f.decode(Join(key, d.key), d.fallbackNode(), into.Field(d.index), d)
		}
	}
}

func listKeys(fields []field) string {
	names := make([]string, len(fields))
	for i, d := range fields {
		names[i] = d.key
	}
	return strings.Join(names, ", ")
}

func (n Node) find(key string) (Node, bool) {
	for _, e := range n.Entries {
		if e.Key == key {
			return e.Value, true
		}
	}
	return Node{}, false
}

// Find gives the value of a full key, such as "token.soft.digits".
func (n Node) Find(key string) (Node, bool) {
	for rest, more := key, true; more; {
		var name string
		name, rest, more = strings.Cut(rest, ".")
		found, ok := n.find(name)
		if !ok {
			return Node{}, false
		}
		n = found
	}
	return n, true
}

func (f *File) decode(key string, n Node, into reflect.Value, d field) {
	want := d.kind()
	if n.Kind != want {
		f.Refuse(key, f.notA(n, d), f.accepts(d))
		return
	}
	switch into.Kind() {
	case reflect.Struct:
		f.decodeStruct(key, n, into)
	case reflect.Slice:
		f.decodeList(key, n, into, d)
	case reflect.Map:
		f.decodeMap(key, n, into, d)
	default:
		f.decodeScalar(key, n, into, d)
	}
}

func (f *File) notA(n Node, d field) string {
	if n.Kind == Null {
		return "has no value"
	}
	if d.kind() == String && (n.Kind == Int || n.Kind == Float || n.Kind == Bool) && !d.isDuration() {
		return fmt.Sprintf("is %s; text that looks like that stands in quotes", n.Kind)
	}
	if d.isDuration() {
		return fmt.Sprintf("is %s, not a time span", n.Kind)
	}
	return fmt.Sprintf("is %s, not %s", n.Kind, d.kind())
}

func (f *File) decodeList(key string, n Node, into reflect.Value, d field) {
	if len(n.Entries) == 0 && !d.optional {
		f.Refuse(key, "is an empty list", "at least one item: "+f.accepts(d.item()))
		return
	}
	if len(n.Entries) > maxItems {
		f.Refuse(key, fmt.Sprintf("has %d items", len(n.Entries)), fmt.Sprintf("at most %d", maxItems))
		return
	}
	list := reflect.MakeSlice(d.typ, len(n.Entries), len(n.Entries))
	for i, e := range n.Entries {
		item := fmt.Sprintf("%s[%d]", key, i)
		f.lines[item] = e.Line
		f.decode(item, e.Value, list.Index(i), d.item())
		if !f.OK(item) {
			f.refused[key] = true
		}
	}
	into.Set(list)
}

// maxItems bounds a list: nobody serves more portals or lists more service hours.
const maxItems = 100

func (f *File) decodeMap(key string, n Node, into reflect.Value, d field) {
	values := reflect.MakeMap(d.typ)
	for _, e := range n.Entries {
		full := Join(key, e.Key)
		f.lines[full] = e.Line
		if !slices.Contains(d.keys, e.Key) {
			f.Refuse(full, "is no known key", strings.Join(d.keys, ", "))
			continue
		}
		value := reflect.New(d.typ.Elem()).Elem()
		f.decode(full, e.Value, value, d.item())
		values.SetMapIndex(reflect.ValueOf(e.Key), value)
	}
	for _, k := range d.keys {
		if _, ok := n.find(k); !ok {
			f.Refuse(Join(key, k), "is missing", f.accepts(d.item()))
		}
	}
	into.Set(values)
}

func (f *File) decodeScalar(key string, n Node, into reflect.Value, d field) {
	what := ""
	switch {
	case d.isDuration():
		what = f.decodeDuration(key, n, into, d)
	case d.isText():
		what = f.decodeText(n, into, d)
	default:
		what = f.decodeInt(key, n, into, d)
	}
	if what == "" {
		return
	}
	shown := quoted(n.Text)
	switch {
	case d.quiet:
		shown = "its value"
	case n.Kind == Int:
		shown = shortened(n.Text) // figures forge nothing
	}
	f.Refuse(key, shown+" "+what, f.accepts(d))
}

func (f *File) decodeDuration(key string, n Node, into reflect.Value, d field) (what string) {
	span, err := time.ParseDuration(n.Text)
	if err != nil {
		return "is no time span"
	}
	into.SetInt(span.Nanoseconds())
	f.numbers[key] = span.Nanoseconds()
	if !d.inRange(span.Nanoseconds()) {
		return outOfRange
	}
	return ""
}

const outOfRange = "is out of range"

func (f *File) decodeInt(key string, n Node, into reflect.Value, d field) (what string) {
	number, err := strconv.ParseInt(n.Text, 10, 32)
	if err != nil {
		return "is no plain whole number"
	}
	into.SetInt(number)
	f.numbers[key] = number
	if !d.inRange(number) {
		return outOfRange
	}
	return ""
}

func (f *File) decodeText(n Node, into reflect.Value, d field) (what string) {
	if err := f.checkText(n.Text, d); err != nil {
		return err.Error()
	}
	switch v := into.Addr().Interface().(type) {
	case **url.URL:
		u, err := url.Parse(n.Text)
		if err != nil {
			return "is no URL"
		}
		*v = u
	case encoding.TextUnmarshaler:
		if err := v.UnmarshalText([]byte(n.Text)); err != nil {
			return "is not accepted"
		}
	default:
		into.SetString(n.Text)
	}
	return ""
}

// quoted shows a wrong value without letting it flood or forge the message.
func quoted(s string) string { return strconv.Quote(shortened(s)) }

func shortened(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
