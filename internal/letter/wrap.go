package letter

import (
	"strings"
	"unicode/utf8"
)

// measure tells how wide a text is in one weight, in millimetres.
type measure func(text string, bold bool) float64

func (m measure) word(w word) float64 {
	var sum float64
	for _, p := range w.pieces {
		sum += m(p.text, p.bold)
	}
	return sum
}

func (m measure) line(words []word) float64 {
	sum := m(" ", false) * float64(max(0, len(words)-1))
	for _, w := range words {
		sum += m.word(w)
	}
	return sum
}

// shortWord is the length up to which a paragraph's last word does not stand on a line alone.
const shortWord = 8

// wrap sets words in lines no wider than width. A word that is wider by itself is cut. A short last word takes the one before
// it along.
func wrap(words []word, width float64, m measure) [][]word {
	var lines [][]word
	fresh := true
	for _, w := range cutLong(words, width, m) {
		if fresh || m.line(append(lines[len(lines)-1], w)) > width {
			lines = append(lines, nil)
		}
		last := len(lines) - 1
		lines[last] = append(lines[last], w)
		fresh = w.last
	}
	fillLast(lines, width, m)
	return lines
}

// fillLast moves a word down to a short one that stands alone on the last line.
func fillLast(lines [][]word, width float64, m measure) {
	if len(lines) < 2 {
		return
	}
	last, before := &lines[len(lines)-1], &lines[len(lines)-2]
	n := len(*before)
	if len(*last) != 1 || n < 3 || (*before)[n-1].last || utf8.RuneCountInString(plain(*last)) > shortWord {
		return
	}
	moved := []word{(*before)[n-1], (*last)[0]}
	if m.line(moved) <= width {
		*before, *last = (*before)[:n-1], moved
	}
}

// cutLong cuts words that are wider than a line, sign by sign.
func cutLong(words []word, width float64, m measure) []word {
	var fitting []word
	for _, w := range words {
		if m.word(w) <= width {
			fitting = append(fitting, w)
			continue
		}
		fitting = append(fitting, cutWord(w, width, m)...)
	}
	return fitting
}

func cutWord(w word, width float64, m measure) []word {
	pieces := []word{{}}
	room := width
	for _, p := range w.pieces {
		for _, r := range p.text {
			size := m(string(r), p.bold)
			if size > room {
				pieces, room = append(pieces, word{}), width
			}
			last := &pieces[len(pieces)-1]
			last.pieces = append(last.pieces, run{text: string(r), bold: p.bold})
			room -= size
		}
	}
	pieces[len(pieces)-1].last = w.last
	return pieces
}

// plain gives the text of words without weights.
func plain(words []word) string {
	var out strings.Builder
	for i, w := range words {
		if i > 0 {
			out.WriteByte(' ')
		}
		for _, p := range w.pieces {
			out.WriteString(p.text)
		}
	}
	return unprotect(out.String())
}

// unprotect makes protected spaces plain.
func unprotect(s string) string { return strings.ReplaceAll(s, "\u00A0", " ") }
