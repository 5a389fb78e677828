package letter

import (
	"strings"
	"unicode"
)

// isAccent tells whether a sign stands on the one before it.
func isAccent(r rune) bool { return unicode.Is(unicode.Mn, r) }

// atEnd are accents that stand behind their letter or between it and the next, not above its middle: comma and dot above right,
// horn, and the double ones.
const atEnd = "\u0315\u0358\u031B\u035C\u035D\u035E\u035F\u0360\u0361\u0362"

// accented prints a text in which accents stand as signs of their own, as registers have them for letters that Unicode does
// not compose (DIN 91379). Words with accents are marked with what they say (14.9.4), since programs that read a PDF take what
// stands higher for another line.
func (c *canvas) accented(x, y float64, f font, colour rgb, s string) {
	for i, word := range strings.Split(s, " ") {
		if i > 0 {
			c.show(x, y, f, colour, " ")
			x += width(f, " ")
		}
		if strings.ContainsFunc(word, isAccent) {
			c.draw("/Span << /ActualText %s >> BDC", textString(word))
			c.letters(x, y, f, colour, []rune(word))
			c.draw("EMC")
		} else {
			c.show(x, y, f, colour, word)
		}
		x += width(f, word)
	}
}

// letters prints a word letter by letter, each with its accents.
func (c *canvas) letters(x, y float64, f font, colour rgb, signs []rune) {
	for len(signs) > 0 {
		n := 1
		for n < len(signs) && isAccent(signs[n]) {
			n++
		}
		c.letter(x, y, f, colour, signs[0], signs[1:n])
		x += width(f, string(signs[0]))
		signs = signs[n:]
	}
}

// letter prints a letter and its accents, each at the letter's middle and clear of what is there: Liberation draws them for
// letters of one height, and leaves the rest to the program.
func (c *canvas) letter(x, y float64, f font, colour rgb, base rune, accents []rune) {
	c.show(x, y, f, colour, string(base))
	t, em := c.fonts[f.face].typeface, f.size*pointMM
	wide, ink := width(f, string(base)), t.extent(base)
	for _, r := range accents {
		own := t.extent(r)
		over := x + wide/2
		if strings.ContainsRune(atEnd, r) {
			over = x + wide
		}
		rise := ink.clear(own)
		c.show(over-(own.left+own.right)/2*em, y-rise*em, f, colour, string(r))
		ink.bottom, ink.top = min(ink.bottom, own.bottom+rise), max(ink.top, own.top+rise)
	}
}

// extent is the room that a sign's ink takes, from the pen's place on the baseline, in sizes.
type extent struct{ left, bottom, right, top float64 }

func (t *typeface) extent(r rune) extent {
	outline := t.outline(t.signs[r].glyph)
	if len(outline) == 0 {
		return extent{}
	}
	edge := func(at int) float64 { return float64(outline.i16(at)) / float64(t.tables["head"].u16(18)) }
	return extent{edge(2), edge(4), edge(6), edge(8)}
}

// clear tells how far an accent rises so that it stands above or below what is there, as near as in letters that the font
// composes. One that crosses its letter, or stands at its shoulder, stays where it is.
func (e extent) clear(accent extent) float64 {
	const above, gap = 0.53, 0.058 // the height of small letters, and the distance of their accents
	switch {
	case accent.top <= 0:
		return min(0, e.bottom)
	case accent.bottom >= above:
		return e.top + gap - accent.bottom
	default:
		return 0
	}
}
