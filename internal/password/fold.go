package password

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold gives the form in which passwords and words are compared: small letters without marks. The script in the browser
// (web/page/static/password.js) and scripts/make-words do the same.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'ß' || r == 'ẞ':
			b.WriteString("ss")
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

var spelling = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "ae", "Ö", "oe", "Ü", "ue")

// spellings gives the folded forms of a word: "müller" is typed as "muller" and as "mueller".
func spellings(word string) []string {
	composed := norm.NFC.String(word)
	return []string{plain(fold(composed)), plain(fold(spelling.Replace(composed)))}
}

// plain leaves letters and digits.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, s)
}

// core takes off what people put around a word: digits and other signs at both ends.
func core(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
}

// Signs that people write for letters. 1 stands for i or for l, hence two readings.
var leet = [2]*strings.Replacer{
	strings.NewReplacer("@", "a", "4", "a", "8", "b", "3", "e", "€", "e", "1", "i", "!", "i", "|", "i", "0", "o", "$", "s", "5", "s", "7", "t", "+", "t"),
	strings.NewReplacer("@", "a", "4", "a", "8", "b", "3", "e", "€", "e", "1", "l", "!", "l", "|", "l", "0", "o", "$", "s", "5", "s", "7", "t", "+", "t"),
}

// readings gives the words that a password may stand for: as it is, and with signs read as letters.
func readings(typed string) []string {
	folded := fold(typed)
	list := []string{plain(folded)}
	for _, reading := range leet {
		list = append(list, plain(reading.Replace(core(folded))), plain(reading.Replace(folded)))
	}
	return list
}
