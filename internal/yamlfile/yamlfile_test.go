package yamlfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/yamlfile"
)

type span time.Duration

func (s span) D() time.Duration { return time.Duration(s) }

type sample struct {
	Name    string            `yaml:"name" doc:"its name"`
	Word    string            `yaml:"word" doc:"one of two words" accept:"one|two" default:"two"`
	Even    string            `yaml:"even" doc:"a form of its own" accept:"even" optional:"true"`
	Hidden  string            `yaml:"hidden" doc:"never repeated" accept:"even" optional:"true" quiet:"true"`
	Count   int               `yaml:"count" doc:"how many" accept:"1..3" default:"2"`
	Wait    time.Duration     `yaml:"wait" doc:"how long" accept:"1s..1m" default:"5s"`
	Rest    span              `yaml:"rest" doc:"how long, too" accept:"1s..1s" optional:"true"`
	Log     inner             `yaml:"log" doc:"a section of defaults" optional:"true"`
	TLS     certificate       `yaml:"tls" doc:"a section that may be missing" optional:"true"`
	Parts   []inner           `yaml:"parts" doc:"a list of sections" optional:"true"`
	Titles  map[string]string `yaml:"titles" doc:"a map" keys:"first,second" optional:"true"`
	Lines   []string          `yaml:"lines" doc:"a list" optional:"true"`
	Home    *url.URL          `yaml:"home" doc:"where it lives" optional:"true"`
	Level   slog.Level        `yaml:"level" doc:"what is logged" accept:"info|warn|louder" default:"info"`
	Derived string            `yaml:"-"`
}

type inner struct {
	Level string `yaml:"level" doc:"how loud" accept:"loud|quiet" default:"quiet"`
}

type certificate struct {
	File string `yaml:"file" doc:"where it lies"`
}

var forms = yamlfile.Forms{"even": {Accepts: "text of even length", Check: func(s string) error {
	if len(s)%2 != 0 {
		return errors.New("is odd")
	}
	return nil
}}}

func TestDecodeFillsWhatIsThereAndDefaultsForTheRest(t *testing.T) {
	var small sample
	if err := yamlfile.Decode("x", []byte("name: N"), &small, forms).Err(); err != nil {
		t.Fatal(err)
	}
	want := sample{Name: "N", Word: "two", Count: 2, Wait: 5 * time.Second, Log: inner{Level: "quiet"}}
	if diff := cmp.Diff(want, small); diff != "" {
		t.Error(diff)
	}

	const data = `
name: |
  N
word: one
even: even
count: 3
wait: 1m
rest: 1000ms
log: {level: loud}
tls:
  file: f
parts: [{level: loud}, {}]
titles: {first: F, second: S}
lines: ["5", b]
home: https://kvb.example
level: warn
`
	var whole sample
	err := yamlfile.Decode("x", []byte(strings.Replace(data, "|\n  N", "N", 1)), &whole, forms).Err()
	if err != nil {
		t.Fatal(err)
	}
	want = sample{
		Name: "N", Word: "one", Even: "even", Count: 3, Wait: time.Minute, Rest: span(time.Second), Log: inner{Level: "loud"},
		TLS: certificate{File: "f"}, Parts: []inner{{Level: "loud"}, {Level: "quiet"}},
		Titles: map[string]string{"first": "F", "second": "S"}, Lines: []string{"5", "b"},
		Home: &url.URL{Scheme: "https", Host: "kvb.example"}, Level: slog.LevelWarn,
	}
	if diff := cmp.Diff(want, whole); diff != "" {
		t.Error(diff)
	}
	if err := yamlfile.Decode("x", []byte(data), &whole, forms).Err(); err == nil {
		t.Error("a block of text passes as a line")
	}
}

func TestDecodeSaysFileLineKeyFaultAndWhatIsAccepted(t *testing.T) {
	tests := []struct{ data, want string }{
		{"word: one", "x: name: is missing; accepted: a line of text, at most 120 signs"},
		{"name: N\nword: three", `x:2: word: "three" is not accepted; accepted: one, two`},
		{"name: N\neven: odd", `x:2: even: "odd" is odd; accepted: text of even length`},
		{"name: N\nhidden: odd", `x:2: hidden: its value is odd; accepted: text of even length`},
		{"name: N\ncount: 4", "x:2: count: 4 is out of range; accepted: 1 to 3"},
		{"name: N\ncount: 1_0", "x:2: count: 1_0 is no plain whole number; accepted: 1 to 3"},
		{"name: N\ncount: [1]", "x:2: count: is a list, not a whole number; accepted: 1 to 3"},
		{"name: N\nwait: 61s", `x:2: wait: "61s" is out of range; accepted: a time span from 1s to 1m`},
		{"name: N\nrest: soon", `x:2: rest: "soon" is no time span; accepted: a time span from 1s to 1s`},
		{"name: N\ntls:\n  file: ''", `x:3: tls.file: "" is empty; accepted: a line of text, at most 120 signs`},
		{"name: N\ntls: {}", "x:2: tls.file: is missing; accepted: a line of text, at most 120 signs"},
		{"name: N\ntls: f", "x:2: tls: is text, not a mapping; accepted: a mapping of file"},
		{"name: N\nparts:\n- {level: loud}\n- {level: low}", `x:4: parts[1].level: "low" is not accepted; accepted: loud, quiet`},
		{"name: N\nparts:\n- {laut: loud}", "x:3: parts[0].laut: is no known key; accepted: level"},
		{"name: N\nparts: {level: loud}", "x:2: parts: is a mapping, not a list; accepted: a list: a mapping of level"},
		{"name: N\ntitles: {first: F}", "x:2: titles.second: is missing; accepted: a line of text, at most 120 signs"},
		{"name: N\ntitles: {first: F, second: S, third: T}", "x:2: titles.third: is no known key; accepted: first, second"},
		{"name: N\nlines: [" + strings.Repeat("a,", 101) + "]", "x:2: lines: has 101 items; accepted: at most 100"},
		{"name: N\nderived: p", "x:2: derived: is no known key; accepted: name, word, even, hidden, count, wait, rest, log, tls, parts, titles, lines, home, level"},
		{"name: N\nhome: ':'", `x:2: home: ":" is no URL; accepted: a line of text, at most 120 signs`},
		{"name: N\nlevel: 4", "x:2: level: is a whole number; text that looks like that stands in quotes; accepted: info, warn, louder"},
		{"name: N\nlevel: louder", `x:2: level: "louder" is not accepted; accepted: info, warn, louder`},
		{"name: .inf", "x:1: name: is a number; text that looks like that stands in quotes; accepted: a line of text, at most 120 signs"},
		{"name: " + strings.Repeat("ä", 121), `x:1: name: "` + strings.Repeat("ä", 40) + `…" has 121 signs; accepted: a line of text, at most 120 signs`},
		{"\"na\\nme\": N\nname: N", "x:1: has a key that is no short plain text; accepted: short keys of letters, digits and hyphens"},
		{strings.Repeat("n", 65) + ": N\nname: N", "x:1: has a key that is no short plain text; accepted: short keys of letters, digits and hyphens"},
		{"name: N\n? {a: b}\n: c", "x:3: is not YAML here: found an invalid key for this map"},
		{"name: N\n<<: {count: 3}", "x:2: has a key that is no short plain text; accepted: short keys of letters, digits and hyphens"},
	}
	for _, tt := range tests {
		var into sample
		err := yamlfile.Decode("x", []byte(tt.data), &into, forms).Err()
		if err == nil || err.Error() != tt.want {
			t.Errorf("%.60q\ngot  %v\nwant %s", tt.data, err, tt.want)
		}
	}
}

func TestRulesAboutSeveralKeysStandOnTheirLines(t *testing.T) {
	var into sample
	f := yamlfile.Decode("x", []byte("name: N\ncount: 9\nwait: 7s\nparts:\n- {level: low}"), &into, forms)
	if n, ok := f.Number("wait"); !ok || time.Duration(n) != 7*time.Second {
		t.Errorf("wait is %v, %v", n, ok)
	}
	for _, key := range []string{"count", "rest", "nothing"} {
		if _, ok := f.Number(key); ok {
			t.Errorf("%s has a number", key)
		}
	}
	if f.OK("count") || f.OK("wait", "parts[0].level") || !f.OK("wait", "name") {
		t.Error("what was refused counts as right")
	}
	f.Refuse("wait", "does not fit", "")
	f.Refuse("parts[0].missing", "does not fit", "")
	f.Refuse("missing", "is told first", "")
	f.Refuse("missing", "does not fit", "more")
	const want = `x: missing: does not fit; accepted: more
x:2: count: 9 is out of range; accepted: 1 to 3
x:3: wait: does not fit
x:5: parts[0].level: "low" is not accepted; accepted: loud, quiet
x:5: parts[0].missing: does not fit`
	if got := f.Err(); got == nil || got.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", got, want)
	}
	if n, ok := f.Root.Find("parts"); !ok || n.Kind != yamlfile.Sequence {
		t.Errorf("parts is %v, %v", n, ok)
	}
	if _, ok := f.Root.Find("name.deeper"); ok {
		t.Error("text has keys")
	}
}

func TestAPersonIsToldAHundredProblemsAtMost(t *testing.T) {
	var b strings.Builder
	for i := range 500 {
		fmt.Fprintf(&b, "key%d: 1\n", i)
	}
	var into sample
	err := yamlfile.Decode("x", []byte(b.String()), &into, forms).Err()
	problems, _ := errors.AsType[yamlfile.Problems](err)
	if len(problems) != 101 || problems[100].String() != "x: and 401 more" {
		t.Errorf("%d problems: %v", len(problems), err)
	}
}

// memoryOf gives the bytes that something takes, kept or not. Unlike its time they do not depend on what else the machine does.
func memoryOf(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestAttackNestingAndSizeDoNotExhaustTheProgram(t *testing.T) {
	const most = 64 << 20
	stairs := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.Repeat(" ", i) + "a:\n")
		}
		return b.String()
	}
	for name, data := range map[string]string{
		"brackets": strings.Repeat("[", 60_000), "braces": strings.Repeat("{a: ", 15_000), "items": strings.Repeat("- ", 30_000),
		"keys": strings.Repeat("? ", 30_000), "anchors": strings.Repeat("&a ", 20_000), "tags": strings.Repeat("!a ", 20_000),
		"stairs": stairs(330), "too large": strings.Repeat("a: b\n", 20_000), "open quote": `a: "` + strings.Repeat("x", 60_000),
		"laughter": "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n", "33 levels": strings.Repeat("[", 33) + strings.Repeat("]", 33),
	} {
		taken := memoryOf(func() {
			if _, err := yamlfile.Parse("x", []byte(data)); err == nil {
				t.Errorf("%s passes", name)
			}
		})
		if taken > most {
			t.Errorf("%s: %d bytes took %d bytes of memory", name, len(data), taken)
		}
	}
}

func TestCheckHost(t *testing.T) {
	for _, s := range []string{"kvb.example", "localhost", "127.0.0.1", "kvb.localhost", "a-b.c1"} {
		if err := yamlfile.CheckHost(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	for _, s := range []string{"", "KVB.example", "kvb.example.", ".example", "-a.example", "a-.example", "a_b", "kvb.example:80", "müller.example", strings.Repeat("a", 64), strings.Repeat("a.", 127) + "aa"} {
		if err := yamlfile.CheckHost(s); err == nil {
			t.Errorf("%q is a host", s)
		}
	}
}

func TestDescribeAndTables(t *testing.T) {
	var b bytes.Buffer
	sections := yamlfile.Describe(&sample{}, forms)
	if err := yamlfile.WriteTables(&b, sections, "Default", func(k yamlfile.Key) string { return k.Default }); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"## The file itself\n", "| `word` | one of two words | two | one, two |", "| `wait` | how long | 5s | a time span from 1s to 1m |",
		"| `even` | a form of its own |  | text of even length; may be left out |", "## `tls`: a section that may be missing\n",
		"## `parts[]`: a list of sections\n", "| `parts[].level` | how loud | quiet | loud, quiet |",
		"| `titles.first` | a map |  | a line of text, at most 120 signs |",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in\n%s", want, b.String())
		}
	}
}

func TestTablesTellWhenTheyCannotBeWritten(t *testing.T) {
	full := errors.New("disk full")
	for after := range 3 {
		err := yamlfile.WriteTables(&failing{after: after, err: full}, yamlfile.Describe(certificate{}, forms), "", func(yamlfile.Key) string { return "" })
		if wrote := after > 1; wrote != (err == nil) {
			t.Errorf("after %d writes: %v", after, err)
		}
	}
}

type failing struct {
	after int
	err   error
}

func (f *failing) Write(p []byte) (int, error) {
	if f.after--; f.after < 0 {
		return 0, f.err
	}
	return len(p), nil
}
