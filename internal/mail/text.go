package mail

import (
	"embed"
	"fmt"
	"regexp"
	"strings"
	"text/template"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/profile"
)

//go:embed *.de.txt
var textFiles embed.FS

// sheet is what a text may print.
type sheet struct {
	Mail      message
	Profile   *profile.Profile
	PortalURL string
}

// text is the text of an e-mail: blocks parted by empty lines. What a block is, the sign before its lines says.
//
//	# a heading
//	1. a step
//	- an item
//	| Label: a fact
//	~ small print
//
// Everything else is a paragraph. A backslash at the end of a line breaks the line. The structure is fixed before any value
// comes in: each entry is a template of its own, and no value can open a block, an entry or a line.
type text []block

type block struct {
	kind    kind
	entries []entry
}

type entry struct {
	label *template.Template // of a fact, else nil
	words *template.Template
}

// kind is the kind of a block.
type kind int

const (
	paragraph kind = iota
	heading
	steps
	items
	facts
	smallPrint
)

var marks = []struct {
	kind kind
	mark *regexp.Regexp
}{
	{heading, regexp.MustCompile(`^# `)},
	{steps, regexp.MustCompile(`^\d+\. `)},
	{items, regexp.MustCompile(`^- `)},
	{facts, regexp.MustCompile(`^\| `)},
	{smallPrint, regexp.MustCompile(`^~ `)},
}

// lineBreak stands for a wanted line break between the parsing and the printing; cleanValue lets none in.
const lineBreak = "\u2028"

// loadText reads the text of a message; word is the name of the message: "token-ordered".
func loadText(word string) (text, error) {
	file := strings.ReplaceAll(word, "-", "_") + ".de.txt"
	source, err := textFiles.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("e-mail %s has no text: %w", word, err)
	}
	var t text
	for chunk := range strings.SplitSeq(strings.TrimSpace(string(source)), "\n\n") {
		b, err := parseBlock(strings.TrimSpace(chunk))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		t = append(t, b)
	}
	return t, nil
}

func parseBlock(chunk string) (block, error) {
	for _, m := range marks {
		if m.mark.MatchString(chunk) {
			return parseEntries(m.kind, m.mark, chunk)
		}
	}
	return parseEntries(paragraph, nil, chunk)
}

func parseEntries(k kind, mark *regexp.Regexp, chunk string) (block, error) {
	b := block{kind: k}
	for _, source := range splitEntries(mark, chunk) {
		e, err := parseEntry(k, source)
		if err != nil {
			return b, err
		}
		b.entries = append(b.entries, e)
	}
	return b, nil
}

// splitEntries parts a block before each line that bears its mark, and takes the marks off.
func splitEntries(mark *regexp.Regexp, chunk string) []string {
	if mark == nil {
		return []string{chunk}
	}
	var sources []string
	for line := range strings.SplitSeq(chunk, "\n") {
		if mark.MatchString(line) {
			sources = append(sources, mark.ReplaceAllString(line, ""))
		} else {
			sources[len(sources)-1] += "\n" + line
		}
	}
	return sources
}

func parseEntry(k kind, source string) (e entry, err error) {
	source = strings.ReplaceAll(source, "\\\n", lineBreak)
	if k == facts {
		label, value, found := strings.Cut(source, ": ")
		if !found {
			return e, fmt.Errorf("the fact %q has no label", source)
		}
		if e.label, err = parseWords(label); err != nil {
			return e, err
		}
		source = value
	}
	e.words, err = parseWords(source)
	return e, err
}

func parseWords(source string) (*template.Template, error) {
	return template.New("text").Funcs(words).Parse(source)
}

// words are the functions that texts may use.
var words = template.FuncMap{
	"moment": func(t time.Time) string { return calendar.GermanTime(t) },
	"phone":  func(number string) string { return strings.ReplaceAll(number, " ", noBreak) },
	"lines":  func(lines []string) string { return strings.Join(lines, lineBreak) },
	"list":   listed,
}

// listed joins words as German does: "A, B und C".
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " und " + words[last]
}
