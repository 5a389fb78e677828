package account_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"torhaus/internal/account"
)

func TestCanonicalName_SpellingsOfOneNameAreOne(t *testing.T) {
	for _, c := range []struct {
		name, want string
		spellings  []string
	}{
		{"case", "abeispiel", []string{"abeispiel", "ABeispiel", "ABEISPIEL", "aBEISPIEL"}},
		{"width", "abeispiel", []string{"ａｂｅｉｓｐｉｅｌ", "ＡＢｅｉｓｐｉｅｌ", "Ａbeispiel"}},
		{"surrounding blanks", "abeispiel", []string{" abeispiel ", "\tabeispiel\r\n", "\u00a0abeispiel\u202f", "\u3000abeispiel\u2003"}},
		{"composed and decomposed", "müller", []string{"m\u00fcller", "mu\u0308ller", "M\u00dcLLER", "MU\u0308LLER"}},
		{"small and capital ß", "strauß", []string{"strauß", "Strauß", "STRAUẞ"}},
		{"accents", "andré.dvořák", []string{"André.Dvořák", "ANDRE\u0301.DVOR\u030cA\u0301K"}},
		{"kelvin sign and k", "kim", []string{"Kim", "\u212aim"}},
		{"an address", "anna@praxis.example", []string{"Anna@Praxis.example", "ANNA@PRAXIS.EXAMPLE"}},
		{"digits and signs", "a-b_c.d'e+1", []string{"A-B_C.D'E+1", "Ａ-b_c.d'e+１"}},
	} {
		for _, typed := range c.spellings {
			if got, ok := account.CanonicalName(typed); !ok || got != c.want {
				t.Errorf("%s: %+q gives %+q, %v; want %+q", c.name, typed, got, ok, c.want)
			}
		}
	}
}

func TestAttack_LookAlikeNamesStayDifferent(t *testing.T) {
	for real, alike := range map[string]string{
		"abeispiel": "аbeispiel",  // Cyrillic а
		"beispiel":  "beisрiel",   // Cyrillic р
		"omega":     "οmega",      // Greek omicron
		"illing":    "lLling",     // I and l
		"o0":        "00",         // O and zero
		"müller":    "mueller",    // no German folding: both may exist
		"strauß":    "strauss",    // likewise
		"andré":     "andre",      // accents are letters
		"kim":       "kım",        // dotless i
		"ivan":      "i\u0307van", // an i with a second dot
		"rn":        "m",
		"vogt":      "ѵogt", // Cyrillic izhitsa
	} {
		one, ok := account.CanonicalName(real)
		other, okOther := account.CanonicalName(alike)
		if !ok || !okOther || one == other {
			t.Errorf("%+q gives %+q, %v and %+q gives %+q, %v; want two names", real, one, ok, alike, other, okOther)
		}
	}
}

func TestCanonicalName_RefusesWhatCannotBeAUserName(t *testing.T) {
	for name, typed := range map[string]string{
		"nothing":                       "",
		"blanks only":                   " \t\u00a0\u3000",
		"blank inside":                  "anna beispiel",
		"protected blank inside":        "anna\u00a0beispiel",
		"NUL":                           "anna\x00",
		"line break":                    "anna\nbeispiel",
		"escape":                        "\x1b[2Janna",
		"delete":                        "anna\x7f",
		"override of direction":         "anna\u202elebsieb",
		"mark of direction":             "anna\u200f",
		"isolate of direction":          "\u2066anna\u2069",
		"zero width blank":              "an\u200bna",
		"zero width joiner":             "an\u200dna",
		"word joiner":                   "an\u2060na",
		"byte order mark":               "\ufeffanna",
		"soft hyphen":                   "an\u00adna",
		"line separator":                "an\u2028na",
		"tag signs":                     "anna\U000e0041",
		"private use":                   "anna\ue000",
		"no sign at all":                "anna\uffff",
		"replacement sign":              "anna\ufffd",
		"not UTF-8":                     "anna\xff",
		"half a sign":                   "anna\xe2\x82",
		"overlong slash":                "anna\xc0\xaf",
		"surrogate":                     "anna\xed\xa0\x80",
		"emoji":                         "anna👤",
		"ligature":                      "ﬁscher",
		"long s":                        "ſommer",
		"Roman numeral":                 "annaⅧ",
		"accent without a letter":       "\u0301anna",
		"left-to-right in a Hebrew one": "annaא",
		"too long by one byte":          strings.Repeat("a", 1025),
		"a megabyte":                    strings.Repeat("ü", 1<<19),
	} {
		if got, ok := account.CanonicalName(typed); ok || got != "" {
			t.Errorf("%s: %.20q gives %.20q, %v", name, typed, got, ok)
		}
	}
	if got, ok := account.CanonicalName(strings.Repeat("a", 1024)); !ok || len(got) != 1024 {
		t.Errorf("1024 bytes: %d bytes, %v", len(got), ok)
	}
}

func FuzzCanonicalName(f *testing.F) {
	for _, typed := range []string{"ABeispiel", " ＡＢ ", "mu\u0308ller", "ΟΔΟΣ", "İ", "ｶﾞ", "\u212a", "a\x00b", "אב", "l·l", "\u1e9e", "\xff"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		name, ok := account.CanonicalName(typed)
		if !ok {
			if name != "" {
				t.Errorf("%+q is refused and gives %+q", typed, name)
			}
			return
		}
		if again, ok := account.CanonicalName(name); !ok || again != name {
			t.Errorf("%+q gives %+q, and that gives %+q, %v", typed, name, again, ok)
		}
		if around, ok := account.CanonicalName(" " + name + "\n"); len(name) < 1000 && (!ok || around != name) {
			t.Errorf("%+q with blanks around it gives %+q, %v", name, around, ok)
		}
		if name == "" || !utf8.ValidString(name) || !norm.NFC.IsNormalString(name) || strings.ContainsFunc(name, invisible) {
			t.Errorf("%+q gives %+q", typed, name)
		}
	})
}

// invisible tells a sign that people do not see; the two joiners are letters' business in some scripts.
func invisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d'
}
