package letter

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// missing is printed in place of a sign that the fonts do not have, so that nobody takes the gap for nothing.
const missing = '□'

// cleaner makes text printable and counts what it could not keep.
type cleaner struct {
	glyphs map[rune]bool
	lost   int
}

func newCleaner() *cleaner { return &cleaner{glyphs: typefaces()[regular].glyphs} }

// clean gives the text as it can be printed, in one line: composed (NFC, so that "u" and two dots are one sign), without
// control and direction signs, white space collapsed. Protected spaces stay. A letter whose accent the font lacks is printed
// without the accent; any other sign the font lacks becomes a visible box. Both count as lost.
func (c *cleaner) clean(s string) string {
	var out strings.Builder
	space := true // at the start, and after a blank
	for _, r := range norm.NFC.String(strings.ToValidUTF8(s, string(missing))) {
		switch {
		case unicode.IsSpace(r) && r != '\u00A0':
			if !space {
				out.WriteByte(' ')
			}
			space = true
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			// NUL, bells, direction marks, zero-width signs: they have no ink
		default:
			c.write(&out, r)
			space = false
		}
	}
	return strings.TrimRight(out.String(), " ")
}

func (c *cleaner) write(out *strings.Builder, r rune) {
	if r == '\u2011' { // the fonts have no hyphen that forbids the break; lines break at blanks only
		r = '-'
	}
	if c.glyphs[r] && !unicode.Is(unicode.Mn, r) {
		out.WriteRune(r)
		return
	}
	c.lost++
	if unicode.Is(unicode.Mn, r) { // an accent that could not be composed; fpdf would set it beside its letter
		return
	}
	for _, d := range norm.NFD.String(string(r)) {
		if d != r && c.glyphs[d] && !unicode.Is(unicode.Mn, d) {
			out.WriteRune(d)
			return
		}
	}
	out.WriteRune(missing)
}
