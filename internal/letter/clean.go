package letter

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// missing is printed in place of a sign that the fonts do not have, so that nobody takes the gap for nothing.
const missing = '□'

// cleaner makes text printable and counts what it could not keep.
type cleaner struct {
	face *typeface
	lost int
}

func newCleaner() *cleaner { return &cleaner{face: &typefaces()[regular]} }

// mostAccents is how many accents a letter may carry beyond those composed with it; DIN 91379 needs one.
const mostAccents = 2

// clean gives the text as it can be printed, in one line: composed (NFC, so that "u" and two dots are one sign), without
// control and direction signs, white space collapsed. Protected spaces stay. A letter that the fonts have only without its
// accent is printed without; any other sign that they lack becomes a visible box. Both count as lost, and so do accents
// piled up. Clean text stays as it is.
func (c *cleaner) clean(s string) string {
	var out strings.Builder
	accents := mostAccents // of the last letter; at the start there is none that could carry any
	for _, r := range norm.NFC.String(inkOnly(s)) {
		switch {
		case r == ' ':
			out.WriteRune(r)
			accents = mostAccents
		case !isAccent(r):
			p := c.printable(r)
			out.WriteRune(p)
			accents = 0
			if p != r {
				accents = mostAccents
			}
		case accents < mostAccents && c.face.has(r):
			out.WriteRune(r)
			accents++
		default: // what follows a lost accent is lost too: it would compose to a different letter
			c.lost++
			accents = mostAccents
		}
	}
	return strings.Join(strings.FieldsFunc(out.String(), func(r rune) bool { return r == ' ' }), " ")
}

// inkOnly drops what prints nothing (NUL, bells, direction marks, zero-width signs) and makes all white space blanks. Broken
// UTF-8 becomes U+FFFD, which no font has.
func inkOnly(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && r != '\u00A0':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		default:
			return r
		}
	}, s)
}

// printable gives a sign that the fonts have.
func (c *cleaner) printable(r rune) rune {
	switch {
	case c.face.has(r):
		return r
	case r == '\u2011': // the fonts have no hyphen that forbids the break; lines break at blanks only
		return '-'
	}
	c.lost++
	base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
	if base != r && c.face.has(base) {
		return base
	}
	return missing
}
