package secret_test

import (
	"strings"
	"testing"

	"torhaus/internal/secret"
)

func TestKVB12_CleanDigitsGivesTheDigitsThatAPersonMeant(t *testing.T) {
	for _, c := range []struct{ name, typed, want string }{
		{"as it is", "04711815", "04711815"},
		{"in groups", "0471 1815", "04711815"},
		{"blanks all around", "  0471  1815\t\r\n", "04711815"},
		{"non-breaking blank", "0471\u00a01815", "04711815"},
		{"narrow non-breaking blank", "0471\u202f1815", "04711815"},
		{"thin, figure and wide blanks", "04\u200971\u200718\u300015", "04711815"},
		{"hyphen", "0471-1815", "04711815"},
		{"real hyphen and non-breaking one", "04\u201071\u20111815", "04711815"},
		{"en dash and em dash", "0471–18—15", "04711815"},
		{"figure dash and bar", "0471\u201218\u201515", "04711815"},
		{"minus sign", "0471−1815", "04711815"},
		{"small and full-width hyphens", "0471\ufe6318\uff0d15", "04711815"},
		{"hyphen with blanks", "0471 - 1815", "04711815"},
		{"dots", "04.71.18.15", "04711815"},
		{"soft hyphen", "0471\u00ad1815", "04711815"},
		{"zero width blank", "0471\u200b1815", "04711815"},
		{"joiners", "04\u200c71\u200d18\u206015", "04711815"},
		{"byte order mark in front, as copied from a file", "\ufeff04711815", "04711815"},
		{"marks of direction, as copied from a mail", "\u202a04711815\u202c\u200e", "04711815"},
		{"isolates of direction", "\u206604711815\u2069", "04711815"},
		{"full-width digits", "０４７１１８１５", "04711815"},
		{"mathematical digits", "𝟎𝟒𝟕𝟏1815", "04711815"},
		{"circled digits", "①②③④5678", "12345678"},

		{"nothing", "", ""},
		{"blanks only", " \u00a0- ", ""},
		{"letter among the digits", "0471l815", ""},
		{"letter O for a zero", "O4711815", ""},
		{"Cyrillic letter that looks like a three", "0471З815", ""},
		{"words", "mein Code", ""},
		{"the digits of other scripts", "٠٤٧١١٨١٥", ""},
		{"plus sign", "+04711815", ""},
		{"comma", "0471,1815", ""},
		{"slash", "0471/1815", ""},
		{"underline", "0471_1815", ""},
		{"NUL", "0471\x001815", ""},
		{"control sign", "0471\x1b1815", ""},
		{"not UTF-8", "0471\xff1815", ""},
		{"emoji", "0471🙂", ""},
		{"combining mark", "0471\u03011815", ""},
		{"very long", strings.Repeat("1", 1<<20), ""},
		{"very long, of blanks", strings.Repeat(" ", 1<<20) + "04711815", ""},
	} {
		if got := secret.CleanDigits(c.typed).Reveal(); got != c.want {
			t.Errorf("%s: %.20q gives %.20q, want %q", c.name, c.typed, got, c.want)
		}
	}
}
