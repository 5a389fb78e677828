package letter

import (
	"strings"
	"testing"
)

// TestFits_SaysWhatPrintDoes compares the question with the deed.
func TestFits_SaysWhatPrintDoes(t *testing.T) {
	for name, lines := range map[string][]string{
		"usual":         {"Frau", "Dr. med. Anna Beispiel", "Praxis am Markt", "Marienplatz 1", "80331 München"},
		"six lines":     {"a", "b", "c", "d", "e", "f"},
		"seven lines":   {"a", "b", "c", "d", "e", "f", "g"},
		"one line":      {"Dr. Brandl"},
		"nothing":       nil,
		"blank lines":   {" ", "\u200b"},
		"wraps":         {"Frau", "Univ.-Prof. Dr. med. Dr. phil. Maximiliane-Theodora Freifrau von und zu Hohenlohe-Langenburg", "Frauenstraße 12", "80469 München"},
		"endless":       {strings.Repeat("Brandl ", 100), "80469 München"},
		"one long word": {strings.Repeat("W", 400), "80469 München"},
	} {
		_, err := Render(kvb(t), testURL, testID, ordered, to(lines...))
		if got := Fits(Recipient{Lines: lines}); got != (err == nil) {
			t.Errorf("%s: fits %v, printed with %v", name, got, err)
		}
	}
}

func TestUnprintable_NamesTheSignThatBecomesABox(t *testing.T) {
	for s, want := range map[string]rune{
		"":                    0,
		"Dr. Ayşe Öztürk":     0,
		"Z\u0302\u0301":       0, // accents that no font has: the letter is printed without
		"protected\u00a0here": 0,
		"Ренат":               0,
		"שרה":                 'ש',
		"Wang 王":              '王',
		"a\ufffdb":            '\ufffd',
		"👤":                   '👤',
	} {
		if got, found := Unprintable(s); got != want || found != (want != 0) {
			t.Errorf("%q: %q, %v", s, got, found)
		}
	}
}

func BenchmarkFits(b *testing.B) {
	anna := Recipient{Lines: []string{"Frau", "Dr. med. Anna Beispiel", "Praxis am Markt", "Marienplatz 1", "80331 München"}}
	for b.Loop() {
		Fits(anna)
	}
}
