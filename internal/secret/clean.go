package secret

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxTyped bounds what CleanDigits looks at: nobody types a code of more signs.
const maxTyped = 64

// CleanDigits gives the digits that a person meant: blanks, hyphens, dots and invisible signs between groups are dropped,
// full-width and other compatibility digits become ASCII. Anything else makes the result empty, since it cannot be a code.
func CleanDigits(typed string) Text {
	if len(typed) > 4*maxTyped {
		return ""
	}
	var b strings.Builder
	for _, r := range norm.NFKC.String(typed) {
		switch {
		case '0' <= r && r <= '9':
			b.WriteRune(r)
		case unicode.IsSpace(r), unicode.In(r, unicode.Pd, unicode.Cf), r == '−', r == '.': // Cf: soft hyphens, joiners, marks of direction
		default:
			return ""
		}
	}
	return Text(b.String())
}
