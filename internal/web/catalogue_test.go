package web_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"

	"torhaus/internal/audit"
	"torhaus/internal/text"
	"torhaus/internal/web"
)

// speakers are the packages whose Go code or templates name texts of the doors.
var speakers = []string{".", "page", "public", "signin", "member", "staff", "staff/records", "staff/desk", "staff/letters", "staff/stock", "staff/organisations", "people", "registration", "../organisation", "../mailroom", "../upload", "../desk", "../account", "../login", "../token", "../password", "../oversight", "../staff"}

// asked collects the keys that code and templates ask the catalogue for.
type asked struct {
	t    *testing.T
	keys map[string]string // key → where it is asked for
	made []string          // beginnings of keys that are made at run time: "stock.state."
}

func TestEveryTextIsThereAndNoneIsIdle(t *testing.T) {
	texts, err := text.Load(web.Texts()...)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(texts.Languages()); got != "[de en]" {
		t.Errorf("pages are offered in %s: a language is offered when every door has it", got)
	}
	a := &asked{t: t, keys: map[string]string{}}
	for _, folder := range speakers {
		a.folder(folder)
	}
	for _, language := range texts.Languages() {
		there := texts.Keys(language.String())
		for key, where := range a.keys {
			if !slices.Contains(there, key) {
				t.Errorf("%s: there is no text %s in %q", where, key, language)
			}
		}
		for _, key := range there {
			begins := func(made string) bool { return strings.HasPrefix(key, made) }
			if a.keys[key] == "" && !slices.ContainsFunc(a.made, begins) {
				t.Errorf("nothing uses the text %s", key)
			}
		}
	}
}

func (a *asked) folder(folder string) {
	a.t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		a.t.Fatal(err)
	}
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		switch {
		case strings.HasSuffix(path, "_test.go"):
		case filepath.Ext(path) == ".go":
			a.code(path)
		case filepath.Ext(path) == ".html":
			a.template(path)
		}
	}
}

// isKey tells the keys of the catalogue from other texts in code.
var isKey = regexp.MustCompile(`^(page|public|signin|member|staff|desk|deed|stock|letters|mailroom|upload|records|people|registration|organisations|organisation|account|login|token|fault|password\.(?:rule|fault))(\.[a-z-]+)+$`)

func (a *asked) code(path string) {
	a.t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		a.t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			s, err := strconv.Unquote(literal.Value)
			switch made, ends := strings.CutSuffix(s, "."); {
			case err != nil || filepath.Ext(s) == ".html" || slices.Contains(audit.Kinds, audit.Kind(s)):
			case ends && isKey.MatchString(made):
				a.made = append(a.made, s)
			case isKey.MatchString(s):
				a.keys[s] = path
			}
		}
		return true
	})
}

func (a *asked) template(path string) {
	a.t.Helper()
	source, err := fs.ReadFile(os.DirFS("."), path)
	if err != nil {
		a.t.Fatal(err)
	}
	tree := parse.New(path)
	tree.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	if _, err := tree.Parse(string(source), "", "", trees); err != nil {
		a.t.Fatal(err)
	}
	for _, t := range trees {
		a.node(path, t.Root)
	}
}

// node walks through a template.
func (a *asked) node(path string, n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			a.node(path, child)
		}
	case *parse.ActionNode:
		a.node(path, n.Pipe)
	case *parse.IfNode:
		a.branch(path, n.BranchNode)
	case *parse.RangeNode:
		a.branch(path, n.BranchNode)
	case *parse.WithNode:
		a.branch(path, n.BranchNode)
	case *parse.TemplateNode:
		a.node(path, n.Pipe)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		for _, c := range n.Cmds {
			a.command(path, c)
		}
	}
}

func (a *asked) branch(path string, n parse.BranchNode) {
	a.node(path, n.Pipe)
	a.node(path, n.List)
	a.node(path, n.ElseList)
}

// command notes the key of {{.T "key"}}, and both of {{.Answer "key"}}.
func (a *asked) command(path string, c *parse.CommandNode) {
	for _, arg := range c.Args {
		a.node(path, arg)
	}
	if len(c.Args) < 2 {
		return
	}
	key, ok := c.Args[1].(*parse.StringNode)
	switch name := c.Args[0].String(); {
	case !ok:
	case name == ".T" || name == "$.T":
		a.keys[key.Text] = path
	case name == ".Answer":
		a.keys[key.Text+".question"], a.keys[key.Text+".answer"] = path, path
	}
}
