package page

import (
	"bytes"
	"html/template"
	"slices"
	"strconv"
	"strings"
	plain "text/template"
	"text/template/parse"

	"torhaus/internal/text"
)

// Most of what a page says is the same for everybody who reads it in one language: texts, addresses of files, what the profile
// says. Finding it anew for each reader costs more than all the rest of a page, so it is settled once: calls of the methods below
// with nothing but such arguments become words of the template.
//
// Between tags they become text. Inside of tags they become constants, which html/template escapes as it does any value
// there; the same happens where this file is in doubt.

// steady are the methods of Base whose answer depends on their arguments, the portal and the language only.
var steady = []string{"T", "Asset", "Lang", "Profile"}

type settledKey struct {
	page *template.Template
	lang string
}

// settled gives the template of a page with all that is steady in its place. The page's own is never executed, so that it can
// be copied.
func (k *Kit) settled(page *template.Template, words text.Printer) (*template.Template, error) {
	key := settledKey{page, words.Lang()}
	if done, ok := k.pages.Load(key); ok {
		return done.(*template.Template), nil
	}
	t, err := page.Clone()
	if err != nil {
		return nil, err
	}
	s := settler{set: t, base: &Base{r: &Request{kit: k, Text: words}}, calls: map[string]call{}}
	s.settle(t.Name())
	done, _ := k.pages.LoadOrStore(key, t)
	return done.(*template.Template), nil
}

// settler works on the templates of one page.
type settler struct {
	set   *template.Template
	base  *Base
	calls map[string]call // how each template is called
}

// call says what holds wherever a template is called.
type call struct {
	page bool // its dot is the page
	at   spot
}

// spot is a place in HTML.
type spot struct {
	tag   bool   // between < and >
	quote byte   // around the value of an attribute
	raw   string // name of the element that is or will be open and whose content is no text: script, style
}

func (s spot) isText() bool { return s == spot{} }

// settle finds out how the templates are called, the first one with the page as its dot, and then puts in what is steady.
func (s *settler) settle(first string) {
	s.note(first, call{page: true})
	for name, c := range s.calls {
		w := walk{settler: s, page: c.page, edit: true}
		w.list(s.set.Lookup(name).Tree.Root, c.page, c.at)
	}
}

// note notes a call of a template, and follows those that it makes itself.
func (s *settler) note(name string, c call) {
	t := s.set.Lookup(name)
	if t == nil || t.Tree == nil {
		return // executing the page tells of it
	}
	before, called := s.calls[name]
	if called {
		c.page = c.page && before.page
		if c.at != before.at {
			c.at = spot{tag: true} // in doubt
		}
	}
	if called && c == before {
		return
	}
	s.calls[name] = c
	w := walk{settler: s, page: c.page}
	w.list(t.Tree.Root, c.page, c.at)
}

// walk goes through one template.
type walk struct {
	*settler
	page bool // $ is the page
	edit bool // puts in what is steady; else only notes calls
}

// list walks through nodes in order, dot telling whether "." is the page, and gives the spot behind them.
func (w *walk) list(l *parse.ListNode, dot bool, at spot) spot {
	if l == nil {
		return at
	}
	for i, node := range l.Nodes {
		switch n := node.(type) {
		case *parse.TextNode:
			at = at.behind(n.Text)
		case *parse.ActionNode:
			if w.edit {
				l.Nodes[i] = w.action(n, dot, at)
			}
		case *parse.IfNode:
			at = w.branch(&n.BranchNode, dot, dot, at)
		case *parse.WithNode:
			at = w.branch(&n.BranchNode, dot, false, at)
		case *parse.RangeNode:
			at = w.branch(&n.BranchNode, dot, false, at)
		case *parse.TemplateNode:
			w.template(n, dot, at)
		}
	}
	return at
}

// branch walks through both ways; html/template makes sure that they end at the same spot.
func (w *walk) branch(b *parse.BranchNode, dot, inside bool, at spot) spot {
	w.arguments(b.Pipe, dot)
	w.list(b.ElseList, dot, at)
	return w.list(b.List, inside, at)
}

func (w *walk) template(n *parse.TemplateNode, dot bool, at spot) {
	if w.edit {
		w.arguments(n.Pipe, dot)
		return
	}
	w.note(n.Name, call{page: w.isPage(n.Pipe, dot), at: at})
}

// isPage tells whether what a template is called with is the page: "." or "$".
func (w *walk) isPage(p *parse.PipeNode, dot bool) bool {
	if p == nil || len(p.Decl) > 0 || len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 1 {
		return false
	}
	switch arg := p.Cmds[0].Args[0].(type) {
	case *parse.DotNode:
		return dot
	case *parse.VariableNode:
		return w.page && slices.Equal(arg.Ident, []string{"$"})
	}
	return false
}

// action gives what stands for an action.
func (w *walk) action(n *parse.ActionNode, dot bool, at spot) parse.Node {
	value, ok := w.value(n.Pipe, dot)
	switch {
	case !ok:
		w.arguments(n.Pipe, dot)
	case at.isText():
		return &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(template.HTMLEscapeString(value))}
	default:
		n.Pipe.Cmds[0].Args = []parse.Node{constant(n.Pos, value)}
	}
	return n
}

func constant(at parse.Pos, value string) parse.Node {
	return &parse.StringNode{NodeType: parse.NodeString, Pos: at, Quoted: strconv.Quote(value), Text: value}
}

// arguments puts in the texts among the arguments of a pipeline. Other arguments keep the type that the method asks for.
func (w *walk) arguments(p *parse.PipeNode, dot bool) {
	if p == nil || !w.edit {
		return
	}
	for _, cmd := range p.Cmds {
		for i, arg := range cmd.Args {
			inner, ok := arg.(*parse.PipeNode)
			if !ok {
				continue
			}
			if value, ok := w.value(inner, dot); ok && w.method(inner.Cmds[0].Args[0], dot) == "T" {
				cmd.Args[i] = constant(inner.Pos, value)
				continue
			}
			w.arguments(inner, dot)
		}
	}
}

// isSteady tells whether a pipeline is one call whose answer depends on portal and language only.
func (w *walk) isSteady(p *parse.PipeNode, dot bool) bool {
	if len(p.Decl) > 0 || len(p.Cmds) != 1 {
		return false
	}
	args := p.Cmds[0].Args
	return w.method(args[0], dot) != "" && !slices.ContainsFunc(args[1:], func(arg parse.Node) bool {
		switch arg := arg.(type) {
		case *parse.StringNode, *parse.NumberNode, *parse.BoolNode:
			return false
		case *parse.PipeNode:
			return !w.isSteady(arg, dot)
		default:
			return w.method(arg, dot) == ""
		}
	})
}

// method gives the steady method of the page that a node calls, as .T or $.T does, or nothing.
func (w *walk) method(n parse.Node, dot bool) string {
	var path []string
	switch n := n.(type) {
	case *parse.FieldNode:
		if dot {
			path = n.Ident
		}
	case *parse.VariableNode:
		if w.page && n.Ident[0] == "$" {
			path = n.Ident[1:]
		}
	}
	if len(path) == 0 || !slices.Contains(steady, path[0]) {
		return ""
	}
	return path[0]
}

// value carries a steady pipeline out. One that fails is left to those who read the page, if they ever come to it.
func (w *walk) value(p *parse.PipeNode, dot bool) (string, bool) {
	if !w.isSteady(p, dot) {
		return "", false
	}
	var b strings.Builder
	t, err := plain.New("").Parse("{{" + p.String() + "}}")
	if err == nil {
		err = t.Execute(&b, w.base)
	}
	return b.String(), err == nil
}

// behind gives the spot behind a piece of HTML.
func (s spot) behind(html []byte) spot {
	for i, c := range html {
		switch {
		case s.quote != 0:
			if c == s.quote {
				s.quote = 0
			}
		case s.tag && (c == '"' || c == '\''):
			s.quote = c
		case s.tag && c == '>':
			s.tag = false
		case s.tag:
		case c == '<' && s.raw == "":
			s.tag, s.raw = true, opens(html[i+1:])
		case c == '<' && bytes.HasPrefix(html[i+1:], []byte("/"+s.raw)):
			s.tag, s.raw = true, ""
		}
	}
	return s
}

// opens gives the name of the element that a tag opens, if the content of such an element is no text.
func opens(tag []byte) string {
	for _, name := range []string{"script", "style"} {
		if bytes.HasPrefix(tag, []byte(name)) {
			return name
		}
	}
	return ""
}
