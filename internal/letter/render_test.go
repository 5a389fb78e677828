package letter

import (
	"bytes"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

func TestKVB10_TheLetterBringsTheCodeAndSaysWhatToDo(t *testing.T) {
	got := textOf(t, printed(t, code()).PDF)
	for _, want := range []string{
		"Frau Dr. med. Johanna Brandl Frauenstraße 12 80469 München",
		"Sehr geehrte Frau Dr. Brandl, vielen Dank",
		"Ihr Aktivierungscode für den KV-Ident Plus Softtoken",
		"4071 8296",
		"Seriennummer ST00001234",
		"https://kvb.example, wählen Sie unter „Allgemeines“ die „Token-Verwaltung“",
		"„Authentifizierungs-App“ oder „2FA“",
		"geben Sie den achtstelligen Code",
		"unter dem Namen „KV Bayerns“ mit der Seriennummer ST00001234",
		"Geben Sie den sechsstelligen Einmalcode, den die App anzeigt, im Portal ein und wählen Sie „Jetzt aktivieren“.",
		"Sie haben nichts bestellt?",
		"Kassenärztliche Vereinigung Bayerns · Elsenheimerstraße 39 · 80687 München",
		"Datum 22. November 2026",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the letter lacks %q:\n%s", want, got)
		}
	}
}

func TestKVB11_TheLetterNamesTheLastDayTheTriesAndTheTimeThatTheCodeLeaves(t *testing.T) {
	got := textOf(t, printed(t, code()).PDF)
	for _, want := range []string{
		"gültig bis einschließlich Sonntag, 6. Dezember 2026, 23:59 Uhr",
		"nur einmal verwendet",
		"Nach fünf falschen Eingaben",
		"Danach haben Sie 15 Minuten Zeit",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the letter lacks %q:\n%s", want, got)
		}
	}
}

func TestKVB18_TheLetterNamesWhoHelpsAndWhen(t *testing.T) {
	got := textOf(t, printed(t, code()).PDF)
	for _, want := range []string{
		"eTec Support", "Technik@kvb.de", "Montag bis Donnerstag", "von 7.30 bis 17.30 Uhr", "Freitag von 7.30 bis 16.00 Uhr",
		"rufen Sie uns bitte gleich an: Telefon 0 89 / 5 70 93 – 4 00 40 (eTec Support)",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the letter lacks %q:\n%s", want, got)
		}
	}
}

// TestLetterFollowsDIN5008FormB measures the sheet (domain.md 6.1). A tenth of a millimetre is allowed for rounding.
func TestLetterFollowsDIN5008FormB(t *testing.T) {
	all := spots(t, printed(t, code()).PDF)
	inside := func(name string, got spot, left, top, right, bottom float64) {
		t.Helper()
		if got.left < left-0.1 || got.top < top-0.1 || got.right > right+0.1 || got.bottom > bottom+0.1 {
			t.Errorf("%s stands at x %.1f–%.1f, y %.1f–%.1f mm, allowed is x %.1f–%.1f, y %.1f–%.1f",
				name, got.left, got.right, got.top, got.bottom, left, right, top, bottom)
		}
	}
	starts := func(name string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 0.1 {
			t.Errorf("%s begins at %.2f mm, not at %.2f", name, got, want)
		}
	}
	sender := area(t, all, "KV Bayerns · Elsenheimerstraße 39 · 80687 München")
	inside("the sender's line", sender, 25, 45, 105, 62.7)
	name, town := area(t, all, "Dr. med. Johanna Brandl"), area(t, all, "80469 München")
	inside("the name", name, 25, 62.7, 105, 90)
	inside("the town", town, 25, 62.7, 105, 90)
	starts("the address, from the left,", name.left, 25)
	starts("the address, from the top,", area(t, all, "Frau Dr. med. Johanna Brandl").top, 62.7)

	serial := area(t, all, "Seriennummer")
	starts("the information block, from the left,", serial.left, 125)
	starts("the information block, from the top,", serial.top, 50)
	inside("the service hours", area(t, all, "Freitag von 7.30 bis 16.00 Uhr"), 125, 50, 200, 90)
	inside("the date", area(t, all, "Datum"), 125, 50, 200, 92)

	subject := area(t, all, "Ihr Aktivierungscode für den KV-Ident Plus Softtoken")
	if subject.top < 98.4 {
		t.Errorf("the subject begins at %.1f mm, in the address field's distance", subject.top)
	}
	for _, w := range all {
		inside("every word", w, 24.9, 10, 200, 287)
	}
}

func TestLetterHasFoldMarksAndPunchMark(t *testing.T) {
	content := readable(t, printed(t, code()).PDF)
	var marks []float64
	for _, m := range regexp.MustCompile(`(?m)^14\.17 ([0-9.]+) m [0-9.]+ ([0-9.]+) l S$`).FindAllStringSubmatch(content, -1) {
		if m[1] != m[2] {
			t.Errorf("the mark %q is not level", m[0])
		}
		marks = append(marks, 297-mm(t, m[1]))
	}
	slices.Sort(marks)
	if want := []float64{105, 148.5, 210}; !slices.EqualFunc(marks, want, func(a, b float64) bool { return math.Abs(a-b) < 0.05 }) {
		t.Errorf("marks at %.2f mm, want %.2f", marks, want)
	}
}

func TestCodeIsLargeMonospacedAndInGroups(t *testing.T) {
	all := spots(t, printed(t, code()).PDF)
	first, second := area(t, all, "4071"), area(t, all, "8296")
	if height := first.bottom - first.top; height < 16*pointMM {
		t.Errorf("the code is %.1f mm high, less than 16 points", height)
	}
	if math.Abs((first.right-first.left)-(second.right-second.left)) > 0.1 {
		t.Error("the digits have different widths")
	}
	if second.left-first.right < 3 {
		t.Errorf("the groups are %.1f mm apart", second.left-first.right)
	}
}

func TestSameLetterHasTheSameBytes(t *testing.T) {
	want := printed(t, code()).PDF
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			paper, err := Setting{Profile: kvb(t), Portal: testURL}.Print(testID, ordered, code())
			if err != nil || !bytes.Equal(paper.PDF, want) {
				t.Errorf("set again, at the same time as others, the letter differs (%v)", err)
			}
		})
	}
	group.Wait()
	other := code()
	other.Code = "40718297"
	if bytes.Equal(printed(t, other).PDF, want) {
		t.Error("another code, but the same bytes")
	}
}

func TestRenderGivesWhatPrintGives(t *testing.T) {
	pdf, err := Render(kvb(t), testURL, testID, ordered, code())
	if err != nil || !bytes.Equal(pdf, printed(t, code()).PDF) {
		t.Errorf("Render and Print differ (%v)", err)
	}
}

func TestLetterIsPreparedForPDFA(t *testing.T) {
	pdf := printed(t, code()).PDF
	path := toFile(t, pdf)
	if out := tool(t, "qpdf", "--check", path); strings.Contains(out, "WARNING") {
		t.Errorf("qpdf warns:\n%s", out)
	}
	info := tool(t, "pdfinfo", "-isodates", path)
	meta := tool(t, "pdfinfo", "-meta", path)
	for _, want := range []string{
		"Title:           Ihr Aktivierungscode für den KV-Ident Plus Softtoken",
		"Author:          Kassenärztliche Vereinigung Bayerns",
		"Producer:        Torhaus",
		"CreationDate:    2026-11-22T00:00:00Z",
		"ModDate:         2026-11-22T00:00:00Z",
	} {
		if !strings.Contains(info, want) {
			t.Errorf("document information lacks %q:\n%s", want, info)
		}
	}
	for _, want := range []string{
		"<pdfaid:part>2</pdfaid:part>", "<pdfaid:conformance>B</pdfaid:conformance>", "<rdf:li>de-DE</rdf:li>",
		`<rdf:li xml:lang="x-default">Ihr Aktivierungscode für den KV-Ident Plus Softtoken</rdf:li>`,
		"<xmp:CreateDate>2026-11-22T00:00:00Z</xmp:CreateDate>", "<pdf:Producer>Torhaus</pdf:Producer>",
	} {
		if !strings.Contains(meta, want) {
			t.Errorf("metadata lacks %q:\n%s", want, meta)
		}
	}
	inside := readable(t, pdf)
	for _, want := range []string{"/Lang (de-DE)", "/S /GTS_PDFA1", "/DestOutputProfile", "/ID [<"} {
		if !strings.Contains(inside, want) {
			t.Errorf("the file lacks %s", want)
		}
	}
	if kib := len(pdf) / 1024; kib > 150 {
		t.Errorf("the letter takes %d KiB", kib)
	}
	fonts := strings.Split(strings.TrimSpace(tool(t, "pdffonts", path)), "\n")[2:]
	embedded := regexp.MustCompile(`^[A-Z]{6}\+\S+ +CID TrueType +Identity-H +yes yes yes`)
	for _, font := range fonts {
		if !embedded.MatchString(font) {
			t.Errorf("font not embedded as a tagged part: %s", font)
		}
	}
}

func TestNothingAboutTheRecipientStandsInTheMetadata(t *testing.T) {
	path := toFile(t, printed(t, code()).PDF)
	about := tool(t, "pdfinfo", path) + tool(t, "pdfinfo", "-meta", path)
	for _, private := range []string{"Brandl", "Frauenstra", "4071", "8296", "ST00001234"} {
		if strings.Contains(about, private) {
			t.Errorf("the metadata has %q", private)
		}
	}
}

// TestNamesArePrintedAsTheyAre covers what registers and attackers put into names. Each must leave the letter whole.
func TestNamesArePrintedAsTheyAre(t *testing.T) {
	cases := map[string]struct {
		name, want string
		lost       int
	}{
		"template":            {"{{.Code}} {{.Nothing}}", "{{.Code}} {{.Nothing}}", 0},
		"HTML":                {"<script>alert('x')</script> & Söhne", "<script>alert('x')</script> & Söhne", 0},
		"bold":                {"**Müller**", "**Müller**", 0},
		"heading":             {"# Neuer Betreff", "# Neuer Betreff", 0},
		"frame":               {"> 1111 2222", "> 1111 2222", 0},
		"format":              {"%s%d%n 100 %", "%s%d%n 100 %", 0},
		"PDF string":          {`(Klammer) \) Tj ET`, `(Klammer) \) Tj ET`, 0},
		"NUL and control":     {"An\x00na\x07 Ma\x1b[31my\x7f", "Anna Ma[31my", 0},
		"line feed":           {"Anna\nMay\r\n\tund Sohn", "Anna May und Sohn", 0},
		"right to left":       {"\u202Eanna\u202C \u200FMay\u2066", "anna May", 0},
		"zero width":          {"An\u200Bna\uFEFF Ma\u00ADy", "Anna May", 0},
		"German":              {"ÄÖÜ äöü ß ẞ", "ÄÖÜ äöü ß ẞ", 0},
		"decomposed":          {"Mu\u0308ller", "Müller", 0},
		"Polish and Turkish":  {"Łukasz Świętosława Şahin İnci ığ", "Łukasz Świętosława Şahin İnci ığ", 0},
		"Vietnamese":          {"Nguyễn Thị Ánh Tuyết", "Nguyễn Thị Ánh Tuyết", 0},
		"Greek and Cyrillic":  {"Γεώργιος Жуков", "Γεώργιος Жуков", 0},
		"protected space":     {"Anna\u00A0May", "Anna May", 0},
		"hyphen":              {"Meyer\u2011Lüdenscheidt", "Meyer-Lüdenscheidt", 0},
		"broken UTF-8":        {"M\xfcller", "M□ller", 1},
		"Arabic":              {"سلام", "□□□□", 4},
		"Hebrew":              {"שלום", "□□□□", 4},
		"Chinese":             {"王 Wei", "□ Wei", 1},
		"emoji":               {"Anna 😀", "Anna □", 1},
		"private use":         {"Anna \uE000", "Anna □", 1},
		"accent not in fonts": {"A\u1DCE", "A", 1},
		"piled up accents":    {"M\u0300\u0301\u0302\u0303\u0304", "M", 3},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			letter := to(c.name, "Frauenstraße 12", "80469 München")
			letter.To.Greeting = "Guten Tag " + c.name
			paper := printed(t, letter)
			got := textOf(t, paper.PDF)
			if want := "Guten Tag " + c.want; !strings.Contains(got, want) {
				t.Errorf("the letter lacks %q:\n%s", want, got)
			}
			if strings.Count(got, "4071 8296") != 1 || paper.Pages != 1 || !strings.Contains(got, "Dieses Schreiben wurde maschinell") {
				t.Errorf("the letter is not whole:\n%s", got)
			}
			if (paper.Lost > 0) != (c.lost > 0) {
				t.Errorf("lost %d signs, want %d", paper.Lost, c.lost)
			}
			if cleaned := newCleaner(); cleaned.clean(c.name) == "" || cleaned.lost != c.lost {
				t.Errorf("lost %d signs of the name, want %d", cleaned.lost, c.lost)
			}
			tool(t, "qpdf", "--check", toFile(t, paper.PDF))
		})
	}
}

// TestEveryLatinSignOfGermanRegistersCanBePrinted covers the letters of DIN 91379, among them those that Unicode does not
// compose.
func TestEveryLatinSignOfGermanRegistersCanBePrinted(t *testing.T) {
	cl := newCleaner()
	var all strings.Builder
	for _, span := range [][2]rune{{0x20, 0x7E}, {0xA0, 0xAC}, {0xAE, 0x17F}, {0x1E00, 0x1E99}, {0x1EA0, 0x1EF9}, {0x218, 0x21B}} {
		for r := span[0]; r <= span[1]; r++ {
			all.WriteRune(r)
		}
	}
	all.WriteString("ƏəƠơƯưǍǎǏǐǑǒǓǔǕǖǗǘǙǚǛǜǞǟǢǣǤǥǦǧǨǩǪǫǬǭǮǯǰǴǵǸǹǺǻǼǽǾǿȆȇȒȓȞȟȪȫȬȭȮȯȰȱȲȳʒʰʳʹʺʻʼʾʿˈˌˢᵈᵗẞ")
	for _, s := range []string{"A̋", "C̀", "C̄", "C̆", "C̈", "C̕", "C̣", "C̦", "D̂", "F̀", "G̀", "H̄", "J́", "J̌", "K̀", "K̂", "L̂", "M̀", "M̂", "N̂", "P̀", "R̂", "S̀", "T̀", "Z̀", "Ḳ̄", "ŗ̥", "k͟h"} {
		all.WriteString(s)
	}
	cl.clean(all.String())
	if cl.lost > 0 {
		t.Errorf("%d signs cannot be printed", cl.lost)
	}
}

func TestLongNamesWrapInsideTheWindow(t *testing.T) {
	cases := map[string][]string{
		"two long lines": {
			"Frau", "Univ.-Prof. Dr. med. Dr. phil. Maximiliane-Theodora Freifrau von und zu Hohenlohe-Langenburg",
			"Berufsausübungsgemeinschaft für Kinder- und Jugendpsychiatrie Innenstadt", "Elsenheimerstraße 39, Rückgebäude", "80687 München",
		},
		"one word":  {strings.Repeat("W", 60), "Frauenstraße 12", "80469 München"},
		"six lines": {"Frau", "Dr. Anna May", "c/o Praxis am Park", "Hinterhaus, 3. Stock", "Frauenstraße 12", "80469 München"},
	}
	for name, lines := range cases {
		t.Run(name, func(t *testing.T) {
			paper := printed(t, to(lines...))
			var shown strings.Builder
			for _, w := range spots(t, paper.PDF) {
				if w.left >= 24.9 && w.left < 120 && w.top >= 62.5 && w.top < 95 {
					shown.WriteString(w.text)
					if w.right > 105.1 || w.bottom > 90.1 {
						t.Errorf("%q stands at x %.1f, y %.1f mm, outside the window", w.text, w.right, w.bottom)
					}
				}
			}
			if want := strings.ReplaceAll(strings.Join(lines, ""), " ", ""); shown.String() != want {
				t.Errorf("the window shows %q, want %q", shown.String(), want)
			}
			if strings.Join(paper.Recipient, "|") != strings.Join(lines, "|") {
				t.Errorf("recipient %q", paper.Recipient)
			}
		})
	}
}

func TestAddressThatCannotBeShownWholeIsRefusedAndNotQuoted(t *testing.T) {
	cases := map[string][]string{
		"none":          nil,
		"one line":      {"Geheimrat Dr. Brandl"},
		"nothing left":  {"Geheimrat", "\u200B\x00"},
		"seven lines":   {"Geheimrat", "b", "c", "d", "e", "f", "g"},
		"endless lines": {strings.Repeat("Geheimrat ", 100), "80469 München"},
	}
	for name, lines := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Render(kvb(t), testURL, testID, ordered, to(lines...))
			if err == nil || strings.Contains(err.Error(), "Geheimrat") || strings.Contains(err.Error(), testCode) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestCodeThatWouldNotBePrintedAsDrawnIsRefused(t *testing.T) {
	for _, bad := range []string{"", "1234\u00A05678", "1234-5678", "１２３４", "12\x0034", "{{.URL}}"} {
		c := code()
		c.Code = secret.Text(bad)
		if _, err := Render(kvb(t), testURL, testID, ordered, c); err == nil || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("code %q: error %v", bad, err)
		}
	}
}

func TestGreetingEndsWithOneComma(t *testing.T) {
	for greeting, want := range map[string]string{
		"Guten Tag Anna May":    "Guten Tag Anna May, vielen Dank",
		"Guten Tag Anna May,":   "Guten Tag Anna May, vielen Dank",
		" Guten Tag  Anna May ": "Guten Tag Anna May, vielen Dank",
		"":                      "Sehr geehrte Damen und Herren, vielen Dank",
	} {
		c := code()
		c.To.Greeting = greeting
		if got := textOf(t, printed(t, c).PDF); !strings.Contains(got, want) {
			t.Errorf("greeting %q does not give %q:\n%s", greeting, want, got)
		}
	}
}

// TestFiguresComeFromTheProfile changes what another body would change.
func TestFiguresComeFromTheProfile(t *testing.T) {
	p := kvb(t)
	p.Token.Code.Group, p.Token.Code.Digits, p.Token.Code.Tries = 3, 14, 1
	p.Support.Hours = []string{"täglich von 8 bis 20 Uhr"}
	p.Token.Soft.AppWords = []string{"Authenticator", "TOTP", "2FA"}
	c := code()
	c.Code = "12345678901234"
	pdf, err := Render(p, "https://portal.example/", testID, ordered, c)
	if err != nil {
		t.Fatal(err)
	}
	got := textOf(t, pdf)
	for _, want := range []string{
		"123 456 789 012 34", "den 14-stelligen Code", "„Authenticator“, „TOTP“ oder „2FA“", "https://portal.example, wählen", "täglich von 8 bis 20 Uhr",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the letter lacks %q:\n%s", want, got)
		}
	}
}

func TestEveryProfileOfTheProgramHasItsLetters(t *testing.T) {
	for _, key := range profile.Names() {
		p, err := profile.Embedded(key)
		if err != nil {
			t.Fatal(err)
		}
		paper, err := Setting{Profile: p, Portal: testURL}.Print(testID, ordered, code())
		if err != nil || paper.Lost > 0 || paper.Pages != 1 {
			t.Errorf("%s: %d pages, %d signs lost, %v", key, paper.Pages, paper.Lost, err)
		}
	}
}

func TestLongLetterGoesOnOnASecondPageAndItsEndIsNotAlone(t *testing.T) {
	p := kvb(t)
	p.Token.Soft.AppWords = strings.Fields(strings.Repeat("Authentifizierungsprogramm ", 24))
	paper, err := Setting{Profile: p, Portal: testURL}.Print(testID, ordered, code())
	if err != nil || paper.Pages != 2 {
		t.Fatalf("%d pages, %v", paper.Pages, err)
	}
	pages := strings.Split(tool(t, "pdftotext", "-layout", toFile(t, paper.PDF), "-"), "\f")
	if !strings.Contains(pages[0], "Seite 1 von 2") || !strings.Contains(pages[1], "Seite 2 von 2") {
		t.Errorf("the pages are not numbered:\n%s", pages)
	}
	if !strings.Contains(pages[1], "Sie haben nichts bestellt?") || !strings.Contains(pages[1], "Mit freundlichen Grüßen") {
		t.Errorf("the end stands alone:\n%s", pages[1])
	}
}

func TestLetterSlightlyTooLongIsSetSmallerRatherThanOnTwoPages(t *testing.T) {
	p := kvb(t)
	p.Token.Soft.AppWords = strings.Fields(strings.Repeat("Authentifizierungsprogramm ", 8))
	paper, err := Setting{Profile: p, Portal: testURL}.Print(testID, ordered, code())
	if err != nil || paper.Pages != 1 {
		t.Fatalf("%d pages, %v", paper.Pages, err)
	}
	usual, smaller := area(t, spots(t, printed(t, code()).PDF), "vielen Dank"), area(t, spots(t, paper.PDF), "vielen Dank")
	if ratio := (smaller.right - smaller.left) / (usual.right - usual.left); ratio < leastSize/textSize-0.01 || ratio > 0.99 {
		t.Errorf("set at %.2f of the usual size", ratio)
	}
}

func TestParagraphLongerThanAPageLosesNothing(t *testing.T) {
	p := kvb(t)
	p.Login.PasswordLabel = strings.Repeat("Kennwort ", 900)
	paper, err := Setting{Profile: p, Portal: testURL}.Print(testID, ordered, code())
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(textOf(t, paper.PDF), "Kennwort"); got != 1800 {
		t.Errorf("%d of 1800 words on %d pages", got, paper.Pages)
	}
	for _, w := range spots(t, paper.PDF) {
		if w.bottom > 287 {
			t.Errorf("%q stands at %.1f mm", w.text, w.bottom)
		}
	}
}
