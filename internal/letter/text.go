package letter

import (
	"fmt"
	"regexp"
	"strings"
	"text/template"

	"torhaus/internal/profile"
)

// A letter's text file is read in two steps, in this order: first its structure, then the templates in it. So a name that
// looks like a heading, like bold print or like a template is only ever a name.
//
// Blank lines part the blocks of a file. The start of a block says what it is:
//
//	// …          a remark, not printed
//	@ Label: …    a row of the information block; a bare @ is a gap
//	# …           the subject
//	## …          a heading
//	1. …          numbered steps, one a line
//	> …           the frame: first line its label, second the code, the rest remarks below it
//	_ …           small print
//	anything else a paragraph
//
// A line that ends with \ breaks there; **…** is bold; {{…}} are text/template actions within one block and one weight.

// kind says what a block is.
type kind int

const (
	paragraph kind = iota
	subject
	heading
	step
	frame
	small
	row
)

// run is a piece of text in one weight.
type run struct {
	text string
	bold bool
}

// word is what stands between two blanks; its pieces differ in weight. Last says that the line ends after it.
type word struct {
	pieces []run
	last   bool
}

// block is a part of a letter, ready to be set. Parts are the rows of a frame, label and value of a row, or the one text of
// anything else; number counts steps.
type block struct {
	kind   kind
	number int
	parts  [][]word
}

// text is a parsed text file.
type text struct{ blocks []textBlock }

type textBlock struct {
	kind   kind
	number int
	parts  [][]textRun
}

type textRun struct {
	template *template.Template
	bold     bool
}

// mustText parses a text file of this package; a malformed one is a programming error.
func mustText(name, source string) text {
	t, err := parseText(name, source)
	if err != nil {
		panic(err)
	}
	return t
}

func parseText(name, source string) (text, error) {
	var t text
	for chunk := range strings.SplitSeq(source, "\n\n") {
		var lines []string
		for line := range strings.SplitSeq(strings.Trim(chunk, "\n"), "\n") {
			if !strings.HasPrefix(line, "//") {
				lines = append(lines, line)
			}
		}
		if len(lines) == 0 || lines[0] == "" {
			continue
		}
		blocks, err := parseBlock(name, lines)
		if err != nil {
			return text{}, err
		}
		t.blocks = append(t.blocks, blocks...)
	}
	return t, nil
}

var stepStart = regexp.MustCompile(`^\d+\. `)

// parseBlock reads the lines between two blank ones. Rows and steps become one block each.
func parseBlock(name string, lines []string) ([]textBlock, error) {
	switch first := lines[0]; {
	case strings.HasPrefix(first, "@"):
		return parseRows(name, lines)
	case strings.HasPrefix(first, "## "):
		return oneBlock(name, heading, 0, strings.TrimPrefix(first, "## "))
	case strings.HasPrefix(first, "# "):
		return oneBlock(name, subject, 0, strings.TrimPrefix(first, "# "))
	case strings.HasPrefix(first, "_ "):
		return oneBlock(name, small, 0, strings.TrimPrefix(joinLines(lines), "_ "))
	case strings.HasPrefix(first, "> "):
		return parseFrame(name, lines)
	case stepStart.MatchString(first):
		return parseSteps(name, lines)
	default:
		return oneBlock(name, paragraph, 0, joinLines(lines))
	}
}

// joinLines makes one line of many; a break that was asked for stays as a line feed.
func joinLines(lines []string) string {
	return strings.ReplaceAll(strings.Join(lines, " "), `\ `, "\n")
}

func oneBlock(name string, k kind, number int, parts ...string) ([]textBlock, error) {
	b := textBlock{kind: k, number: number}
	for _, part := range parts {
		runs, err := parseRuns(name, part)
		if err != nil {
			return nil, err
		}
		b.parts = append(b.parts, runs)
	}
	return []textBlock{b}, nil
}

func parseRows(name string, lines []string) ([]textBlock, error) {
	var rows []textBlock
	for _, line := range lines {
		label, value, _ := strings.Cut(strings.TrimPrefix(line, "@"), ":")
		b, err := oneBlock(name, row, 0, strings.TrimSpace(label), strings.TrimSpace(value))
		if err != nil {
			return nil, err
		}
		rows = append(rows, b...)
	}
	return rows, nil
}

func parseFrame(name string, lines []string) ([]textBlock, error) {
	parts := make([]string, len(lines))
	for i, line := range lines {
		parts[i] = strings.TrimPrefix(line, "> ")
	}
	if len(parts) < 2 {
		return nil, fmt.Errorf("%s: a frame has a label and a code", name)
	}
	return oneBlock(name, frame, 0, parts...)
}

func parseSteps(name string, lines []string) ([]textBlock, error) {
	var steps []string
	for _, line := range lines {
		if stepStart.MatchString(line) {
			steps = append(steps, stepStart.ReplaceAllString(line, ""))
			continue
		}
		steps[len(steps)-1] += " " + strings.TrimSpace(line)
	}
	var blocks []textBlock
	for i, s := range steps {
		b, err := oneBlock(name, step, i+1, joinLines([]string{s}))
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, b...)
	}
	return blocks, nil
}

func parseRuns(name, s string) ([]textRun, error) {
	var runs []textRun
	for i, piece := range strings.Split(s, "**") {
		if piece == "" {
			continue
		}
		t, err := template.New(name).Option("missingkey=error").Funcs(functions).Parse(piece)
		if err != nil {
			return nil, err
		}
		runs = append(runs, textRun{template: t, bold: i%2 == 1})
	}
	return runs, nil
}

// fill executes the templates of a text and cleans what comes out. A paragraph that comes out empty is left out.
func (t text) fill(data any, c *cleaner) ([]block, error) {
	var blocks []block
	for _, tb := range t.blocks {
		b := block{kind: tb.kind, number: tb.number}
		for _, runs := range tb.parts {
			filled, err := fillRuns(runs, data)
			if err != nil {
				return nil, err
			}
			b.parts = append(b.parts, splitWords(filled, c))
		}
		if b.kind == paragraph && len(b.parts[0]) == 0 {
			continue
		}
		blocks = append(blocks, b)
	}
	return blocks, nil
}

func fillRuns(runs []textRun, data any) ([]run, error) {
	var filled []run
	for _, r := range runs {
		var out strings.Builder
		if err := r.template.Execute(&out, data); err != nil {
			return nil, err
		}
		filled = append(filled, run{text: out.String(), bold: r.bold})
	}
	return filled, nil
}

// splitWords parts text at blanks and line feeds. A weight may change within a word: „**Softtoken**s“.
func splitWords(runs []run, c *cleaner) []word {
	var list []word
	open := false // the last word of the list goes on
	for _, r := range runs {
		rest := r.text
		for rest != "" {
			end := strings.IndexAny(rest, " \n")
			piece, sep := rest, ""
			if end >= 0 {
				piece, sep = rest[:end], rest[end:end+1]
			}
			rest = rest[len(piece)+len(sep):]
			if text := c.clean(piece); text != "" {
				if !open {
					list = append(list, word{})
				}
				w := &list[len(list)-1]
				w.pieces = append(w.pieces, run{text: text, bold: r.bold})
				open = true
			}
			if sep != "" {
				open = false
			}
			if sep == "\n" && len(list) > 0 {
				list[len(list)-1].last = true
			}
		}
	}
	return list
}

// functions are those that the text files may use.
var functions = template.FuncMap{
	"fest":    fest,
	"oder":    oder,
	"zahl":    zahl,
	"stellig": stellig,
	"minuten": minuten,
	"zeiten":  zeiten,
}

// fest keeps a text on one line.
func fest(s string) string { return strings.ReplaceAll(s, " ", "\u00A0") }

var beforeTime, afterTime = regexp.MustCompile(`(von|bis|ab) (\d)`), regexp.MustCompile(`(\d) (bis|Uhr)`)

// zeiten writes service hours one a line. Where a line is too long it does not break within a time.
func zeiten(hours []string) string {
	all := strings.Join(hours, "\n")
	all = beforeTime.ReplaceAllString(all, "$1\u00A0$2")
	return afterTime.ReplaceAllString(all, "$1\u00A0$2")
}

// oder lists words as alternatives: „a“, „b“ oder „c“.
func oder(list []string) string {
	var out strings.Builder
	for i, s := range list {
		switch {
		case i > 0 && i == len(list)-1:
			out.WriteString(" oder ")
		case i > 0:
			out.WriteString(", ")
		}
		out.WriteString("„" + fest(s) + "“")
	}
	return out.String()
}

var numerals = []string{"null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"}

// zahl writes a count as German does in running text: in words up to twelve.
func zahl(n int) string {
	if n >= 0 && n < len(numerals) {
		return numerals[n]
	}
	return fmt.Sprint(n)
}

// stellig says how many digits: „achtstellig“, „14-stellig“.
func stellig(n int) string {
	switch {
	case n == 1:
		return "einstellig"
	case n > 1 && n < len(numerals):
		return numerals[n] + "stellig"
	default:
		return fmt.Sprintf("%d-stellig", n)
	}
}

// minuten writes a span in whole minutes: „15 Minuten“.
func minuten(d profile.Duration) string {
	if m := int(d.D().Minutes()); m != 1 {
		return fmt.Sprintf("%d\u00A0Minuten", m)
	}
	return "eine\u00A0Minute"
}
