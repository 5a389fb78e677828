package page

import (
	"bytes"
	"html/template"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"text/template/parse"
	"time"

	"torhaus/internal/login"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/text"
)

// sample is a page with things that are called like methods of the frame and are not.
type sample struct {
	Base
	Name   string
	Person struct{ Lang, Profile string }
	Lines  []line
	None   *line
}

type line struct{ Text string }

// T is no text of the catalogue.
func (l line) T(key string) string { return l.Text + key }

// words has signs that HTML would read, in two languages.
var words = fstest.MapFS{
	"texts.de.yaml": {Data: []byte("page:\n  plain: Weiter\n  signs: 'Müller & \"Söhne\" <b>+</b> ''s'\n  with: 'Hallo %s'\n")},
	"texts.en.yaml": {Data: []byte("page:\n  plain: Next\n  signs: 'Miller & \"Sons\" <b>+</b> ''s'\n  with: 'Hello %s'\n")},
}

func sampleKit(t *testing.T) *Kit {
	t.Helper()
	rules, err := profile.Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := text.Load(words)
	if err != nil {
		t.Fatal(err)
	}
	k, err := New(Deps{
		Profile: rules, Texts: texts, Keys: secret.NewKeyset(time.Now()), Base: &url.URL{Scheme: "http", Host: "kvb.test"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func samplePage(k *Kit, words text.Printer) *sample {
	p := &sample{Name: `<i>"Brandl"</i>`, Lines: []line{{"one"}, {"two"}}}
	p.r = &Request{kit: k, Text: words, Visit: &login.Visit{}}
	p.Person.Lang, p.Person.Profile = "Klingonisch", "von der Seite"
	return p
}

func execute(t *testing.T, page *template.Template, data any) string {
	t.Helper()
	var b bytes.Buffer
	if err := page.Execute(&b, data); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(b.String(), "&#43;", "+") // html/template writes it so, without need
}

func TestSettledPagesSayWhatTheyWouldSayOtherwise(t *testing.T) {
	k := sampleKit(t)
	for _, c := range []struct {
		name, source string
		left         int // actions that are left to do
	}{
		{"text", `<p>{{.T "page.plain"}} {{.T "page.signs"}}</p>`, 0},
		{"text with what the profile says", `<p>{{.T "page.with" .Profile.Body.Short}}, {{.Profile.Body.Name}}, {{.Profile.Token.Soft.Digits}}</p>`, 0},
		{"text with a text in it", `<p>{{.T "page.with" (.T "page.signs")}}</p>`, 0},
		{"text with what a visitor typed", `<p>{{.T "page.with" .Name}}{{.T "page.with" (.T "page.with" .Name)}}</p>`, 2},
		{"title", `<title>{{.T "page.signs"}}</title>`, 0},
		{"attributes", `<a title="{{.T "page.signs"}}" lang={{.Lang}} data-x='{{.T "page.signs"}}' href="{{.Asset "torhaus.css"}}">{{.Lang}}</a>`, 4},
		{"address", `<a href="/x?y={{.T "page.signs"}}">{{.T "page.plain"}}</a>`, 1},
		{"script and style", `<script>var x = {{.T "page.signs"}}</script><style>a{color:{{.Lang}}}</style>{{.Lang}}`, 2},
		{"sign of a tag in an attribute", `<a title="a>b{{.T "page.signs"}}">{{.T "page.signs"}}</a>`, 1},
		{"comment with an apostrophe", `<!-- it's -->{{.T "page.signs"}}`, 1},
		{"both ways", `{{if .Name}}<p>{{.T "page.plain"}}</p>{{else}}{{.T "page.signs"}}{{end}}<p>{{if .None}}{{.Lang}}{{end}}</p>`, 0},
		{"another dot", `{{with .Person}}{{.Lang}} {{.Profile}} {{$.Lang}} {{$.T "page.signs"}}{{else}}{{.Lang}}{{end}}`, 2},
		{"every line", `{{range .Lines}}{{.T "x"}}{{$.T "page.signs"}}{{else}}{{.Lang}}{{end}}`, 1},
		{"variable", `{{$n := .Person}}{{$n.Lang}} {{$l := .Lang}}{{$l}}`, 4},
		{"pipeline", `{{.T "page.signs" | len}}{{printf "%s" (.T "page.signs")}}{{.Name | printf (.T "page.with")}}`, 3},
		{"comparison", `{{if eq .Name (.T "page.plain")}}{{else}}{{.Lang}}{{end}}`, 0},
		{"what cannot be found out", `{{if .None}}{{.Profile.Nothing}}{{end}}{{.Lang}}`, 1},
		{"template with the page", `{{template "a" .}}<p title="x">{{template "a" $}}</p>{{define "a"}}{{.T "page.signs"}}{{end}}`, 0},
		{"template with another dot", `{{template "a" .Person}}{{template "a" .}}{{define "a"}}{{.Lang}}{{end}}`, 1},
		{"template of a template", `{{range .Lines}}{{template "a" $}}{{end}}{{define "a"}}{{template "b" .}}{{end}}{{define "b"}}{{$.T "page.signs"}}{{with .Name}}{{$.Lang}}{{end}}{{end}}`, 0},
		{"template in text and in an attribute", `<p title="{{template "a" .}}">{{template "a" .}}</p>{{define "a"}}{{.T "page.signs"}}{{end}}`, 1},
		{"template that calls itself", `{{template "a" .}}{{define "a"}}{{.Lang}}{{if .None}}{{template "a" .None}}{{end}}{{end}}`, 1},
		{"block", `{{block "a" .}}{{.T "page.signs"}}{{end}}`, 0},
		{"text for a template", `{{template "a" (.T "page.signs")}}{{define "a"}}{{.}}{{end}}`, 1},
	} {
		pristine, err := template.New("page").Parse(c.source)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		unsettled, err := pristine.Clone()
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range k.Texts.Languages() {
			words := k.Texts.Printer(tag)
			settled, err := k.settled(pristine, words)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if left := actions(settled); left != c.left {
				t.Errorf("%s: %d actions are left, want %d", c.name, left, c.left)
			}
			want, got := execute(t, unsettled, samplePage(k, words)), execute(t, settled, samplePage(k, words))
			if got != want {
				t.Errorf("%s, %s:\n%s\nwant\n%s", c.name, tag, got, want)
			}
		}
	}
}

// actions counts what is printed by templates that were not escaped yet.
func actions(page *template.Template) (n int) {
	for _, t := range page.Templates() {
		if t.Tree != nil {
			n += count(t.Tree.Root)
		}
	}
	return n
}

func count(l *parse.ListNode) (n int) {
	if l == nil {
		return 0
	}
	for _, node := range l.Nodes {
		switch node := node.(type) {
		case *parse.ActionNode:
			n++
		case *parse.IfNode:
			n += count(node.List) + count(node.ElseList)
		case *parse.WithNode:
			n += count(node.List) + count(node.ElseList)
		case *parse.RangeNode:
			n += count(node.List) + count(node.ElseList)
		}
	}
	return n
}

func TestAPageIsSettledOnceForEachLanguage(t *testing.T) {
	k := sampleKit(t)
	page := template.Must(template.New("page").Parse(`{{.T "page.plain"}}`))
	said := map[string]bool{}
	for range 3 {
		for _, tag := range k.Texts.Languages() {
			settled, err := k.settled(page, k.Texts.Printer(tag))
			if err != nil {
				t.Fatal(err)
			}
			said[execute(t, settled, samplePage(k, k.Texts.Printer(tag)))] = true
		}
	}
	n := 0
	k.pages.Range(func(any, any) bool { n++; return true })
	if n != 2 || !said["Weiter"] || !said["Next"] {
		t.Errorf("%d templates say %v", n, said)
	}
}
