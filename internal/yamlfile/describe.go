package yamlfile

import (
	"fmt"
	"io"
	"reflect"
	"strings"
)

// Section is a mapping of a file, as documentation shows it: its own key, what it is for, and its keys.
type Section struct {
	Key  string
	Doc  string
	Keys []Key
}

// Key is one key that has a value, not a mapping. Name is the full name; Default is empty where there is none.
type Key struct {
	Name     string
	Doc      string
	Accepts  string
	Default  string
	Optional bool
}

// Describe lists the sections and keys of a struct's file in the order of its fields, from the same tags that Decode obeys.
// Mappings that stand in a list have "[]" in their names.
func Describe(of any, forms Forms) []Section {
	t := reflect.TypeOf(of)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return describe(Section{}, t, forms)
}

func describe(s Section, t reflect.Type, forms Forms) []Section {
	var below []Section
	for _, d := range fieldsOf(t) {
		name := Join(s.Key, d.key)
		switch inner, suffix := structOf(d.typ); {
		case inner != nil:
			below = append(below, describe(Section{Key: name + suffix, Doc: d.doc}, inner, forms)...)
		case d.typ.Kind() == reflect.Map:
			for _, k := range d.keys {
				s.Keys = append(s.Keys, Key{Name: Join(name, k), Doc: d.doc, Accepts: forms.accepts(d.item())})
			}
		default:
			s.Keys = append(s.Keys, Key{Name: name, Doc: d.doc, Accepts: forms.accepts(d), Default: d.fallback, Optional: d.optional})
		}
	}
	if len(s.Keys) == 0 {
		return below
	}
	return append([]Section{s}, below...)
}

// structOf gives the struct that a section is decoded to, and "[]" where it stands in a list; nil for plain values.
func structOf(t reflect.Type) (reflect.Type, string) {
	switch t.Kind() {
	case reflect.Struct:
		return t, ""
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct {
			return t.Elem(), "[]"
		}
	}
	return nil, ""
}

// WriteTables writes one Markdown table per section: key, meaning, a column of the caller's choice, what is accepted.
func WriteTables(w io.Writer, sections []Section, column string, value func(Key) string) error {
	for _, s := range sections {
		title := "The file itself"
		if s.Key != "" {
			title = "`" + s.Key + "`: " + s.Doc
		}
		if _, err := fmt.Fprintf(w, "\n## %s\n\n| Key | Meaning | %s | Accepted |\n|---|---|---|---|\n", title, column); err != nil {
			return err
		}
		for _, k := range s.Keys {
			accepts := k.Accepts
			if k.Optional {
				accepts += "; may be left out"
			}
			if _, err := fmt.Fprintf(w, "| `%s` | %s | %s | %s |\n", k.Name, cell(k.Doc), cell(value(k)), cell(accepts)); err != nil {
				return err
			}
		}
	}
	return nil
}

var cellEscapes = strings.NewReplacer("|", `\|`, "\n", "<br>")

func cell(s string) string { return cellEscapes.Replace(s) }
