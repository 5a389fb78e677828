package mail

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// width is the longest line of the plain text in signs (RFC 5322, 2.1.1 asks for at most 78). Only a word that is longer by
// itself, such as an address of the web, stands over.
const width = 72

// plain sets a text for people who read mail as plain text.
func (p printed) plain() string {
	var b strings.Builder
	for i, block := range p {
		if i > 0 && p[i-1].kind != heading {
			b.WriteByte('\n')
		}
		labels := block.widestLabel()
		for n, e := range block.entries {
			e.plain(&b, block.kind, n+1, labels)
		}
	}
	return strings.ReplaceAll(b.String(), noBreak, " ")
}

func (e printedEntry) plain(b *strings.Builder, k kind, number, labels int) {
	first := ""
	switch k {
	case steps:
		first = fmt.Sprintf("%d. ", number)
	case items:
		first = "- "
	case facts:
		first = e.label + ":" + strings.Repeat(" ", labels-utf8.RuneCountInString(e.label)+1)
	}
	rest := strings.Repeat(" ", utf8.RuneCountInString(first))
	for _, line := range e.lines {
		wrap(b, first, rest, line)
		first = rest
	}
}

func (b printedBlock) widestLabel() int {
	widest := 0
	for _, e := range b.entries {
		widest = max(widest, utf8.RuneCountInString(e.label))
	}
	return widest
}

// wrap writes a line in as many as it needs; the first begins with first, the others with rest.
func wrap(b *strings.Builder, first, rest, line string) {
	out, used := first, false
	for _, word := range splitWords(line) {
		if used && utf8.RuneCountInString(out)+1+utf8.RuneCountInString(word) > width {
			b.WriteString(out + "\n")
			out, used = rest, false
		}
		if used {
			out += " "
		}
		out, used = out+word, true
	}
	b.WriteString(out + "\n")
}
