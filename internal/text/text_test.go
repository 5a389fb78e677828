package text_test

import (
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/language"

	"torhaus/internal/calendar"
	"torhaus/internal/secret"
	"torhaus/internal/text"
	"torhaus/internal/yamlfile"
)

func files(pairs ...string) fs.FS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

const (
	german = `
order:
  title: "%s bestellen"
  until: Gültig bis %s
  left:
    "=0": Sie können heute keinen Token mehr bestellen.
    one: Sie können heute noch einen Token bestellen.
    other: Sie können heute noch %d Token bestellen.
  sent: "%[2]s an %[1]s"
  share: "%d %% davon"
  long: |
    Zwei Zeilen,
    ein Text.
support: Support
`
	english = `
order:
  title: "Order %s"
  until: Valid until %s
  left:
    "=0": You cannot order another token today.
    one: You can order one more token today.
    other: You can order %d more tokens today.
  sent: "%[2]s to %[1]s"
  share: "%d %% of it"
  long: |
    Two lines,
    one text.
support: Support
`
)

func load(t *testing.T, sources ...fs.FS) *text.Catalogue {
	t.Helper()
	c, err := text.Load(sources...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

type days int

type span time.Duration

func (s span) D() time.Duration { return time.Duration(s) }

func TestArgumentsAreWrittenAsPeopleWriteThem(t *testing.T) {
	c := load(t, files("texts.de.yaml", german, "texts.en.yaml", english))
	night := time.Date(2026, 12, 6, 22, 59, 59, 0, time.UTC) // 23:59:59 in Berlin
	tests := []struct {
		key    string
		args   []any
		de, en string
	}{
		{"support", nil, "Support", "Support"},
		{"order.title", []any{"Softtoken"}, "Softtoken bestellen", "Order Softtoken"},
		{"order.title", []any{"50 % <b>"}, "50 % <b> bestellen", "Order 50 % <b>"},
		{"order.title", []any{calendar.BY}, "BY bestellen", "Order BY"},
		{"order.title", []any{nil}, " bestellen", "Order "},
		{"order.title", []any{errors.New("nichts")}, "nichts bestellen", "Order nichts"},
		{"order.title", []any{secret.Text("geheim")}, "•••••• bestellen", "Order ••••••"},
		{"order.until", []any{calendar.Date{Year: 2026, Month: 12, Day: 6}}, "Gültig bis 6. Dezember 2026", "Valid until 6 December 2026"},
		{"order.until", []any{night}, "Gültig bis 6. Dezember 2026, 23:59 Uhr", "Valid until 6 December 2026, 23:59"},
		{"order.until", []any{calendar.Moment{Time: night}}, "Gültig bis 6. Dezember 2026, 23:59 Uhr", "Valid until 6 December 2026, 23:59"},
		{"order.until", []any{span(15 * time.Minute)}, "Gültig bis 15 Minuten", "Valid until 15 minutes"},
		{"order.left", []any{0}, "Sie können heute keinen Token mehr bestellen.", "You cannot order another token today."},
		{"order.left", []any{1}, "Sie können heute noch einen Token bestellen.", "You can order one more token today."},
		{"order.left", []any{days(3)}, "Sie können heute noch 3 Token bestellen.", "You can order 3 more tokens today."},
		{"order.left", []any{uint8(1)}, "Sie können heute noch einen Token bestellen.", "You can order one more token today."},
		{"order.left", []any{12345}, "Sie können heute noch 12.345 Token bestellen.", "You can order 12,345 more tokens today."},
		{"order.left", []any{"viele"}, "Sie können heute noch viele Token bestellen.", "You can order viele more tokens today."},
		{"order.sent", []any{"Praxis", "Brief"}, "Brief an Praxis", "Brief to Praxis"},
		{"order.sent", []any{"Praxis", "Brief", "zu viel"}, "Brief an Praxis", "Brief to Praxis"},
		{"order.share", []any{1.5}, "1,5 % davon", "1.5 % of it"},
		{"order.long", nil, "Zwei Zeilen,\nein Text.", "Two lines,\none text."},
		{"order.title", nil, "⟦order.title⟧", "⟦order.title⟧"},
		{"order.sent", []any{"Praxis"}, "⟦order.sent⟧", "⟦order.sent⟧"},
		{"order.nothing", []any{1}, "⟦order.nothing⟧", "⟦order.nothing⟧"},
		{"order", nil, "⟦order⟧", "⟦order⟧"},
		{"", nil, "⟦⟧", "⟦⟧"},
	}
	for _, tt := range tests {
		if got := c.Printer(language.German).T(tt.key, tt.args...); got != tt.de {
			t.Errorf("de %s %v = %q, want %q", tt.key, tt.args, got, tt.de)
		}
		if got := c.Printer(language.English).T(tt.key, tt.args...); got != tt.en {
			t.Errorf("en %s %v = %q, want %q", tt.key, tt.args, got, tt.en)
		}
	}
}

func TestSpansAreRoundedUpToTheirTwoLargestUnits(t *testing.T) {
	c := load(t, files("texts.de.yaml", german, "texts.en.yaml", english))
	tests := []struct {
		d      time.Duration
		de, en string
	}{
		{-time.Second, "0 Sekunden", "0 seconds"},
		{0, "0 Sekunden", "0 seconds"},
		{time.Nanosecond, "1 Sekunde", "1 second"},
		{30 * time.Second, "30 Sekunden", "30 seconds"},
		{59*time.Second + time.Millisecond, "1 Minute", "1 minute"},
		{61 * time.Second, "1 Minute und 1 Sekunde", "1 minute and 1 second"},
		{15 * time.Minute, "15 Minuten", "15 minutes"},
		{time.Hour, "1 Stunde", "1 hour"},
		{90 * time.Minute, "1 Stunde und 30 Minuten", "1 hour and 30 minutes"},
		{time.Hour + time.Second, "1 Stunde und 1 Minute", "1 hour and 1 minute"},
		{24 * time.Hour, "24 Stunden", "24 hours"},
	}
	for _, tt := range tests {
		if got := c.Printer(language.German).Duration(tt.d); got != tt.de {
			t.Errorf("de %v = %q, want %q", tt.d, got, tt.de)
		}
		if got := c.Printer(language.English).Duration(tt.d); got != tt.en {
			t.Errorf("en %v = %q, want %q", tt.d, got, tt.en)
		}
	}
}

func TestDaysInTheirThreeForms(t *testing.T) {
	c := load(t, files("texts.de.yaml", german, "texts.en.yaml", english))
	d := calendar.Date{Year: 2026, Month: 12, Day: 6}
	de, en := c.Printer(language.German), c.Printer(language.English)
	got := []string{de.Date(d), de.DateLong(d), de.DateShort(d), en.Date(d), en.DateLong(d), en.DateShort(d)}
	want := []string{
		"6. Dezember 2026", "Sonntag, 6. Dezember 2026", "06.12.2026",
		"6 December 2026", "Sunday, 6 December 2026", "06/12/2026",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if night := d.End().Add(-time.Second); de.Clock(night) != "23:59 Uhr" || en.Clock(night) != "23:59" {
		t.Errorf("the last second of the day is %q, %q", de.Clock(night), en.Clock(night))
	}
	for _, p := range []text.Printer{de, en} {
		if s := p.Date(calendar.Date{}) + p.DateLong(calendar.Date{}) + p.DateShort(calendar.Date{}) + p.Time(time.Time{}); s != "" {
			t.Errorf("%s: no day is written as %q", p.Lang(), s)
		}
	}
}

func TestLoadRefusesWhatCannotBeShown(t *testing.T) {
	tests := []struct {
		name   string
		source []string
		want   string
	}{
		{"no German", []string{"texts.en.yaml", "a: A"}, "texts.de.yaml: is missing or empty: every source has German texts"},
		{"a language that is none", []string{"texts.de.yaml", "a: A", "texts.xyz123.yaml", "a: A"}, "texts.xyz123.yaml: does not name a language"},
		{"doubled key", []string{"texts.de.yaml", "a: A\nb: B\na: C"}, "texts.de.yaml:3: a: stands here a second time (first in line 1)"},
		{"missing in English", []string{"texts.de.yaml", "a: A\nb: B", "texts.en.yaml", "a: A"}, "texts.de.yaml:2: b: is missing in texts.en.yaml"},
		{"missing in German", []string{"texts.de.yaml", "a: A", "texts.en.yaml", "a: A\nb: B"}, "texts.en.yaml:2: b: is missing in texts.de.yaml"},
		{"arguments differ", []string{"texts.de.yaml", "a: A %s", "texts.en.yaml", "a: A"}, "texts.en.yaml:1: a: uses 0 arguments, the German text 1"},
		{"placeholder of another kind", []string{"texts.de.yaml", "a:\n  b: 5%x"}, "texts.de.yaml:2: a.b: has a malformed placeholder"},
		{"per cent sign at the end", []string{"texts.de.yaml", "a: 50 %"}, "texts.de.yaml:1: a: has a malformed placeholder"},
		{"bracket open", []string{"texts.de.yaml", "a: '%[1'"}, "texts.de.yaml:1: a: has a malformed number"},
		{"number zero", []string{"texts.de.yaml", "a: '%[0]s'"}, "texts.de.yaml:1: a: has a malformed number"},
		{"mixed", []string{"texts.de.yaml", "a: '%[1]s %s'"}, "texts.de.yaml:1: a: mixes placeholders"},
		{"too many", []string{"texts.de.yaml", "a: '%[999]s'"}, "texts.de.yaml:1: a: needs 999 arguments"},
		{"empty", []string{"texts.de.yaml", "a: ''"}, "texts.de.yaml:1: a: is empty"},
		{"nothing", []string{"texts.de.yaml", "a:\nb: B"}, "texts.de.yaml:1: a: is nothing"},
		{"a number", []string{"texts.de.yaml", "a: 5"}, "texts.de.yaml:1: a: is a whole number"},
		{"a list", []string{"texts.de.yaml", "a: [b]"}, "texts.de.yaml:1: a: is a list"},
		{"no other", []string{"texts.de.yaml", "a:\n  one: A"}, "texts.de.yaml:1: a: has plural forms but not the form other"},
		{"a form German has not", []string{"texts.de.yaml", "a:\n  few: A\n  other: B"}, "few"},
		{"a number form that is none", []string{"texts.de.yaml", "a:\n  =x: A\n  other: B"}, "=x"},
		{"a key with a dot", []string{"texts.de.yaml", "a.b: A"}, "texts.de.yaml:1: a.b: is no key"},
		{"not YAML", []string{"texts.de.yaml", "a: [b"}, "texts.de.yaml:1"},
		{"a language nobody taught the program", []string{"texts.de.yaml", "a: A", "texts.fr.yaml", "a: A"}, "fr"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := text.Load(files(tt.source...))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestLoadTellsEverythingAtOnce(t *testing.T) {
	_, err := text.Load(
		files("texts.de.yaml", "a: '%x'\nb: ''"),
		files("texts.de.yaml", "c: C\nd: '%'"),
		files("texts.de.yaml", "c: C"))
	problems, ok := errors.AsType[yamlfile.Problems](err)
	if !ok || len(problems) != 4 {
		t.Fatalf("got %v", err)
	}
	const want = "source 3: texts.de.yaml:1: c: stands already in source 2: texts.de.yaml, line 1; accepted: each key once"
	if got := problems[3].String(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestALanguageIsOfferedWhenEverySourceHasIt(t *testing.T) {
	whole := load(t, files("texts.de.yaml", "a: A", "texts.en.yaml", "a: AE"), files("texts.de.yaml", "b: B", "texts.en.yaml", "b: BE"))
	if diff := cmp.Diff("[de en]", sprint(whole.Languages())); diff != "" {
		t.Error(diff)
	}
	half := load(t, files("texts.de.yaml", "a: A", "texts.en.yaml", "a: AE"), files("texts.de.yaml", "b: B"))
	if diff := cmp.Diff("[de]", sprint(half.Languages())); diff != "" {
		t.Error(diff)
	}
	if got := half.Printer(language.English).T("a"); got != "A" {
		t.Errorf("half a language speaks: %q", got)
	}
	if diff := cmp.Diff([]string{"a", "b"}, whole.Keys("en")); diff != "" {
		t.Error(diff)
	}
	if half.Keys("en") != nil || !half.Printer(language.German).Has("b") || half.Printer(language.German).Has("c") {
		t.Error("keys of the half language")
	}
}

func sprint(tags []language.Tag) string {
	names := make([]string, len(tags))
	for i, tag := range tags {
		names[i] = tag.String()
	}
	return "[" + strings.Join(names, " ") + "]"
}

func TestMatchPicksTheLanguageOfTheBrowser(t *testing.T) {
	c := load(t, files("texts.de.yaml", german, "texts.en.yaml", english))
	tests := []struct{ header, want string }{
		{"", "de"},
		{"de-DE,de;q=0.9,en;q=0.8", "de"},
		{"en-GB,en;q=0.9,de;q=0.1", "en"},
		{"en;q=0.1,de;q=0.9", "de"},
		{"fr-FR,fr;q=0.9", "de"},
		{"fr-FR,en;q=0.5", "en"},
		{"gsw", "de"},
		{"de-AT", "de"},
		{"*", "de"},
		{"\x00;;;q=", "de"},
		{strings.Repeat("en,", 100_000), "de"},
	}
	for _, tt := range tests {
		if got := c.Match(tt.header).String(); got != tt.want {
			t.Errorf("%.40q gives %s, want %s", tt.header, got, tt.want)
		}
	}
}

func TestPrintersSpeakAtTheSameTime(t *testing.T) {
	c := load(t, files("texts.de.yaml", german, "texts.en.yaml", english))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				if got := c.Printer(language.German).T("order.left", 1234); got != "Sie können heute noch 1.234 Token bestellen." {
					t.Errorf("got %q", got)
				}
				if got := c.Printer(c.Match("en")).T("order.left", 1234); got != "You can order 1,234 more tokens today." {
					t.Errorf("got %q", got)
				}
			}
		})
	}
	wg.Wait()
}
