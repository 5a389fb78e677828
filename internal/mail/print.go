package mail

import (
	"regexp"
	"strings"
	"text/template"
)

// printed is a text with its values filled in.
type printed []printedBlock

type printedBlock struct {
	kind    kind
	entries []printedEntry
}

type printedEntry struct {
	label string   // of a fact
	lines []string // without line ends; blanks that must not be broken are noBreak
}

const noBreak = "\u00a0"

// print fills in the values. An entry that comes out empty is left out, and so is a block without entries.
func (t text) print(s sheet) (printed, error) {
	var out printed
	for _, b := range t {
		filled := printedBlock{kind: b.kind}
		for _, e := range b.entries {
			p, err := e.print(s)
			if err != nil {
				return nil, err
			}
			if len(p.lines) > 0 {
				filled.entries = append(filled.entries, p)
			}
		}
		if len(filled.entries) > 0 {
			out = append(out, filled)
		}
	}
	return out, nil
}

func (e entry) print(s sheet) (p printedEntry, err error) {
	if e.label != nil {
		label, err := fill(e.label, s)
		if err != nil {
			return p, err
		}
		p.label = strings.Join(label, " ")
	}
	p.lines, err = fill(e.words, s)
	return p, err
}

func fill(t *template.Template, s sheet) ([]string, error) {
	var b strings.Builder
	if err := t.Execute(&b, s); err != nil {
		return nil, err
	}
	var lines []string
	for line := range strings.SplitSeq(b.String(), lineBreak) {
		if line = strings.Join(splitWords(line), " "); line != "" {
			lines = append(lines, bound(line))
		}
	}
	return lines, nil
}

// splitWords parts at blanks that may be broken; strings.Fields would part at noBreak too.
func splitWords(line string) []string {
	return strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' })
}

// What belongs together in a date or a time: „6. Dezember“, „23:59 Uhr“. The year stays free,
// since a narrow screen has no room for all of it beside a label.
var (
	dayAndMonth = regexp.MustCompile(`(\d\.) (\p{Lu})`)
	timeOfDay   = regexp.MustCompile(`(\d) (Uhr)`)
)

func bound(line string) string {
	line = dayAndMonth.ReplaceAllString(line, "$1"+noBreak+"$2")
	return timeOfDay.ReplaceAllString(line, "$1"+noBreak+"$2")
}
