package yamlfile

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	maxBytes = 64 << 10 // no file of the portal is half of that
	maxDepth = 32
)

// Kind says what a node is.
type Kind int

// The kinds of node. Null is a key without a value.
const (
	Null Kind = iota
	Mapping
	Sequence
	String
	Int
	Float
	Bool
)

func (k Kind) String() string {
	return [...]string{"nothing", "a mapping", "a list", "text", "a whole number", "a number", "true or false"}[k]
}

// Node is one value of a file. Text is the scalar as written, without quotes; Entries are the keys of a mapping, or the items
// of a sequence with empty keys.
type Node struct {
	Kind    Kind
	Line    int
	Text    string
	Entries []Entry
}

// Entry is a key and its value. Line is the key's.
type Entry struct {
	Key   string
	Line  int
	Value Node
}

// Parse reads a file of one document whose top is a mapping. The error is of type Problems.
func Parse(name string, data []byte) (Node, error) {
	r := reader{file: name}
	root := r.read(data)
	return root, r.problems.Err()
}

type reader struct {
	file     string
	problems Problems
}

func (r *reader) refuse(line int, key, what, accepted string) {
	r.problems = append(r.problems, Problem{File: r.file, Line: line, Key: key, What: what, Accepted: accepted})
}

func (r *reader) read(data []byte) (root Node) {
	if len(data) > maxBytes {
		r.refuse(0, "", fmt.Sprintf("is larger than %d KiB", maxBytes>>10), "")
		return root
	}
	if !utf8.Valid(data) {
		r.refuse(0, "", "is not UTF-8", "")
		return root
	}
	file, err := parse(data)
	if err != nil {
		r.syntax(err)
		return root
	}
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case body != nil:
			r.refuse(line(doc.Body), "", "begins a second document", "one document")
			return root
		default:
			body = doc.Body
		}
	}
	if body == nil {
		r.refuse(0, "", "is empty", "a mapping of keys")
		return root
	}
	root = r.node("", body, 0)
	if root.Kind != Mapping && len(r.problems) == 0 {
		r.refuse(root.Line, "", "the file's top is "+root.Kind.String(), "a mapping of keys")
	}
	return root
}

// parse calls the library. A file that makes it panic is a file it cannot read, no reason for the program to end.
func parse(data []byte) (file *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("is not YAML (%v)", p)
		}
	}()
	tokens := lexer.Tokenize(string(data))
	if at := tooDeep(tokens); at != nil {
		return nil, &yaml.SyntaxError{Message: fmt.Sprintf("nested deeper than %d levels", maxDepth), Token: at}
	}
	return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
}

// tooDeep gives the token at which brackets, or list items on one line, nest too deeply. The library's memory grows with the
// square of the depth, so this is asked before it parses; nesting by indentation needs too many bytes to do harm.
func tooDeep(tokens token.Tokens) *token.Token {
	brackets, items, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			items, line = 0, t.Position.Line
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			brackets++
		case token.SequenceEndType, token.MappingEndType:
			brackets = max(brackets-1, 0)
		case token.SequenceEntryType, token.MappingKeyType:
			items++
		}
		if brackets+items > maxDepth {
			return t
		}
	}
	return nil
}

func (r *reader) syntax(err error) {
	if e, ok := err.(yaml.Error); ok && e.GetToken() != nil && e.GetToken().Position != nil {
		r.refuse(e.GetToken().Position.Line, "", "is not YAML here: "+firstLine(e.GetMessage()), "")
		return
	}
	r.refuse(0, "", "is not YAML: "+firstLine(err.Error()), "")
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

func line(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 0
	}
	return n.GetToken().Position.Line
}

// node converts one value of the library's tree; key is its full name.
func (r *reader) node(key string, n ast.Node, depth int) Node {
	out := Node{Line: line(n)}
	if depth > maxDepth {
		r.refuse(out.Line, key, "is nested too deeply", fmt.Sprintf("at most %d levels", maxDepth))
		return out
	}
	switch n := n.(type) {
	case nil, *ast.NullNode:
	case ast.MapNode:
		out.Kind = Mapping
		out.Entries = r.mapping(key, n, depth)
		if len(out.Entries) > 0 {
			out.Line = out.Entries[0].Line
		}
	case *ast.SequenceNode:
		out.Kind = Sequence
		for i, item := range n.Values {
			value := r.node(fmt.Sprintf("%s[%d]", key, i), item, depth+1)
			out.Entries = append(out.Entries, Entry{Line: value.Line, Value: value})
		}
	case *ast.StringNode:
		out.Kind, out.Text = String, n.Value
	case *ast.LiteralNode:
		out.Kind, out.Text = String, n.Value.Value
	case *ast.IntegerNode:
		out.Kind, out.Text = Int, n.GetToken().Value
	case *ast.FloatNode:
		out.Kind, out.Text = Float, n.GetToken().Value
	case *ast.InfinityNode, *ast.NanNode:
		out.Kind, out.Text = Float, n.GetToken().Value
	case *ast.BoolNode:
		out.Kind, out.Text = Bool, n.GetToken().Value
	default:
		r.refuse(out.Line, key, "uses an anchor, an alias or a tag", "plain mappings, lists and values")
	}
	return out
}

func (r *reader) mapping(key string, n ast.MapNode, depth int) []Entry {
	var entries []Entry
	seen := map[string]int{}
	for it := n.MapRange(); it.Next(); {
		at := line(it.Key())
		name, ok := keyName(it.Key())
		if !ok {
			r.refuse(at, key, "has a key that is no short plain text", "short keys of letters, digits and hyphens")
			continue
		}
		full := Join(key, name)
		if first, doubled := seen[name]; doubled {
			r.refuse(at, full, fmt.Sprintf("stands here a second time (first in line %d)", first), "each key once")
			continue
		}
		seen[name] = at
		entries = append(entries, Entry{Key: name, Line: at, Value: r.node(full, it.Value(), depth+1)})
	}
	return entries
}

// keyName gives a key that can stand in a message: short, and without signs that would forge one.
func keyName(n ast.MapKeyNode) (string, bool) {
	const most = 64 // bytes
	name := ""
	switch n := n.(type) {
	case *ast.StringNode:
		name = n.Value
	case *ast.IntegerNode, *ast.BoolNode, *ast.NullNode:
		name = n.GetToken().Value
	}
	return name, name != "" && len(name) <= most && !strings.ContainsFunc(name, unprintable)
}

// Join gives the full name of a key inside another: "token" and "soft" make "token.soft".
func Join(parent, key string) string {
	if parent == "" {
		return key
	}
	return parent + "." + key
}
