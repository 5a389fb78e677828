package letter

import (
	"strings"
	"testing"
	"time"

	"torhaus/internal/profile"
)

// shown writes blocks in one line each: kind, number, parts; bold words in angle brackets, a forced end of line as a stroke.
func shown(blocks []block) string {
	var out strings.Builder
	for _, b := range blocks {
		out.WriteString([]string{"paragraph", "subject", "heading", "step", "frame", "small", "row"}[b.kind])
		for _, part := range b.parts {
			out.WriteString(" |")
			for _, w := range part {
				out.WriteString(" ")
				for _, p := range w.pieces {
					if p.bold {
						out.WriteString("<" + p.text + ">")
					} else {
						out.WriteString(p.text)
					}
				}
				if w.last {
					out.WriteString("/")
				}
			}
		}
		out.WriteString("\n")
	}
	return out.String()
}

func TestTextFileSaysWhatEachBlockIs(t *testing.T) {
	cases := map[string]struct{ source, want string }{
		"paragraph":          {"Eins\nzwei.", "paragraph | Eins zwei.\n"},
		"forced end of line": {"Mit Gruß\\\nKVB", "paragraph | Mit Gruß/ KVB\n"},
		"bold":               {"Ein **fettes Wort**, ja.", "paragraph | Ein <fettes> <Wort>, ja.\n"},
		"bold inside a word": {"**Soft**token", "paragraph | <Soft>token\n"},
		"subject":            {"# Betreff", "subject | Betreff\n"},
		"heading":            {"## Kopf", "heading | Kopf\n"},
		"steps":              {"1. Eins\n2. Zwei\n   weiter", "step | Eins\nstep | Zwei weiter\n"},
		"frame":              {"> Code\n> 12 34\n> bis morgen", "frame | Code | 12 34 | bis morgen\n"},
		"rows and a gap":     {"@ Datum: heute\n@\n@ Uhr: 12:30", "row | Datum | heute\nrow | |\nrow | Uhr | 12:30\n"},
		"small print":        {"_ Klein", "small | Klein\n"},
		"remark":             {"// nicht gedruckt\n\nText", "paragraph | Text\n"},
		"empty paragraph":    {"{{if .No}}nie{{end}}\n\nText", "paragraph | Text\n"},
		"two blocks":         {"Eins\n\n\n\nzwei", "paragraph | Eins\nparagraph | zwei\n"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			text, err := parseText(name, c.source)
			if err != nil {
				t.Fatal(err)
			}
			got, err := text.fill(struct{ No bool }{}, newCleaner())
			if err != nil || shown(got) != c.want {
				t.Errorf("got\n%swant\n%s%v", shown(got), c.want, err)
			}
		})
	}
}

func TestMalformedTextFileIsRefused(t *testing.T) {
	for name, source := range map[string]string{
		"template":           "{{.Open",
		"action across bold": "{{if .A}}**x{{end}}**",
		"frame without code": "> nur ein Titel",
	} {
		if _, err := parseText(name, source); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	text, err := parseText("field", "{{.Unknown}}")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := text.fill(struct{}{}, newCleaner()); err == nil {
		t.Error("a field that does not exist gave no error")
	}
}

// TestDataCannotAddStructure fills a text with data that looks like every construct of a text file.
func TestDataCannotAddStructure(t *testing.T) {
	text, err := parseText("greeting", "{{.}},\n\nEnde")
	if err != nil {
		t.Fatal(err)
	}
	for _, attack := range []string{"# a", "## a", "> a", "@ a: b", "1. a", "_ a", "// a", "**a**", "{{.}}", "a **b"} {
		got, err := text.fill(attack, newCleaner())
		if err != nil || shown(got) != "paragraph | "+attack+",\nparagraph | Ende\n" {
			t.Errorf("%q gave\n%s%v", attack, shown(got), err)
		}
	}
}

func TestWordsOfTheTextFiles(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{fest("0 89 / 5 70"), "0\u00A089\u00A0/\u00A05\u00A070"},
		{oder(nil), ""},
		{oder([]string{"2FA"}), "„2FA“"},
		{oder([]string{"a b", "c"}), "„a\u00A0b“ oder „c“"},
		{oder([]string{"a", "b", "c"}), "„a“, „b“ oder „c“"},
		{zahl(0), "null"},
		{zahl(12), "zwölf"},
		{zahl(13), "13"},
		{zahl(-1), "-1"},
		{stellig(1), "einstellig"},
		{stellig(6), "sechsstellig"},
		{stellig(8), "achtstellig"},
		{stellig(14), "14-stellig"},
		{minuten(profile.Duration(15 * time.Minute)), "15\u00A0Minuten"},
		{minuten(profile.Duration(time.Minute)), "eine\u00A0Minute"},
		{zeiten([]string{"Mo von 7.30 bis 17.30 Uhr", "Di ab 8 Uhr"}), "Mo von\u00A07.30\u00A0bis\u00A017.30\u00A0Uhr\nDi ab\u00A08\u00A0Uhr"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// TestFontsHaveEverySignOfTheTexts also makes sure that bold print has what regular print has.
func TestFontsHaveEverySignOfTheTexts(t *testing.T) {
	for _, source := range []string{activationCodeGerman, sheetGerman} {
		for _, r := range source {
			if r != '\n' && !typefaces()[regular].has(r) {
				t.Errorf("the fonts lack %q", r)
			}
		}
	}
	for r := range typefaces()[regular].signs {
		if !typefaces()[bold].has(r) {
			t.Errorf("bold lacks %q (U+%04X)", r, r)
		}
	}
	for r := '0'; r <= 'z'; r++ {
		if !typefaces()[mono].has(r) {
			t.Errorf("monospaced lacks %q", r)
		}
	}
}

func TestShortLastWordIsNotAlone(t *testing.T) {
	const line = "Sie bestellen bitte"
	m := measure(func(s string, _ bool) float64 { return float64(len([]rune(s))) })
	for _, c := range []struct{ text, want string }{
		{line + " neu.", "Sie bestellen|bitte neu."},
		{line, line},
		{line + " Aktivierungscodes", line + "|Aktivierungscodes"},
		{"Donaudampfschifffahrt", "Donaudampfschifffah|rt"},
		{"eins\nzwei", "eins|zwei"},
	} {
		var got []string
		for _, l := range wrap(splitWords([]run{{text: c.text}}, newCleaner()), 19, m) {
			got = append(got, plain(l))
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%q is set as %q, want %q", c.text, got, c.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"Müller", "Mu\u0308ller", "\u202Eabc", "a\x00b", "王", "\xff", "M\u0300\u0301\u0302", "a\u00A0 \n b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := newCleaner().clean(s)
		for _, r := range once {
			if !typefaces()[regular].has(r) {
				t.Fatalf("%q is left, which cannot be printed", r)
			}
		}
		if twice := newCleaner().clean(once); twice != once {
			t.Fatalf("cleaned twice: %q, once: %q", twice, once)
		}
		wrap(splitWords([]run{{text: once}}, newCleaner()), 20, measureAt(11, false))
	})
}
