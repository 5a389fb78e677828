package mail

import (
	_ "embed"
	"html/template"
	"strings"
)

//go:embed layout.html
var layoutSource string

// layout is the one look of all e-mails: sober, in one column, with nothing to load. html/template escapes every value.
var layout = template.Must(template.New("layout").Parse(layoutSource))

// htmlPage is what the layout shows.
type htmlPage struct {
	Subject, Body, Colour string
	Blocks                []htmlBlock
}

type htmlBlock struct {
	IsHeading, IsSteps, IsItems, IsFacts, IsSmallPrint bool

	Entries []htmlEntry
}

type htmlEntry struct {
	Label string
	Lines [][]htmlSpan
}

// htmlSpan is a stretch of words, with the address it leads to if it is a link.
type htmlSpan struct{ Text, Link string }

// html sets a text in the layout. Of all that may look like a link only the given ones become links; links maps what is
// printed to where it leads.
func (p printed) html(page htmlPage, links map[string]string) (string, error) {
	for _, block := range p {
		out := htmlBlock{
			IsHeading: block.kind == heading, IsSteps: block.kind == steps, IsItems: block.kind == items,
			IsFacts: block.kind == facts, IsSmallPrint: block.kind == smallPrint,
		}
		for _, e := range block.entries {
			out.Entries = append(out.Entries, e.html(links))
		}
		page.Blocks = append(page.Blocks, out)
	}
	var b strings.Builder
	err := layout.Execute(&b, page)
	return b.String(), err
}

func (e printedEntry) html(links map[string]string) htmlEntry {
	out := htmlEntry{Label: e.label}
	for _, line := range e.lines {
		out.Lines = append(out.Lines, spans(line, links))
	}
	return out
}

// spans parts a line into links and the words between them.
func spans(line string, links map[string]string) []htmlSpan {
	var out []htmlSpan
	var plain []string
	flush := func(blank string) {
		if len(plain) > 0 {
			out = append(out, htmlSpan{Text: strings.Join(plain, " ") + blank})
			plain = nil
		}
	}
	for _, word := range splitWords(line) {
		if link, ok := links[word]; ok {
			flush(" ")
			out = append(out, htmlSpan{Text: word, Link: link})
			plain = []string{""} // the blank after the link
			continue
		}
		plain = append(plain, word)
	}
	flush("")
	return out
}
