package account

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// plain are letters that Unicode does not take apart, as people type them who do not have them.
var plain = strings.NewReplacer(
	"ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ħ", "h", "ı", "i", "ŋ", "n",
)

// vowels are the spellings of ä, ö and ü without their dots; both are found as the plain letter.
var vowels = []string{"ae", "oe", "ue"}

// SearchKey gives the form in which names are looked for: small letters without marks, words with a blank between them, and „ae“, „oe“
// and „ue“ as the letter alone, so that Müller, Mueller and Muller are one. The key of the beginning of a name is the beginning of
// its key.
func SearchKey(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(name) {
		switch r = unicode.ToLower(r); {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(r)
		case unicode.In(r, unicode.Mn, unicode.Cf), strings.ContainsRune("'’‘`´", r):
		default:
			b.WriteByte(' ')
		}
	}
	key := plain.Replace(strings.Join(strings.Fields(b.String()), " "))
	for _, u := range vowels {
		key = strings.ReplaceAll(key, u, u[:1])
	}
	return key
}

// SearchName gives what a person is listed and looked for under: the last name and then the first names.
func (p Person) SearchName() string { return SearchKey(p.Last + " " + p.First) }
