package audit

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"
)

// TestKinds_AreAllThatTheCodeKnows reads event.go: a kind that is missing here could not be looked for on the page.
func TestKinds_AreAllThatTheCodeKnows(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "event.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var written []Kind
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if name, isKind := specType(spec, ok); !isKind || name != "Kind" {
			return true
		}
		for _, v := range spec.Values {
			word, err := strconv.Unquote(v.(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			written = append(written, Kind(word))
		}
		return true
	})
	for _, k := range written {
		if !slices.Contains(Kinds, k) {
			t.Errorf("%s is not in Kinds (kinds.go): add it there, and its name for people in web/staff/records", k)
		}
	}
	if len(Kinds) != len(written) || len(written) < 50 {
		t.Errorf("%d kinds are listed, %d are written", len(Kinds), len(written))
	}
}

func specType(spec *ast.ValueSpec, ok bool) (string, bool) {
	if !ok {
		return "", false
	}
	name, ok := spec.Type.(*ast.Ident)
	if !ok {
		return "", false
	}
	return name.Name, true
}
