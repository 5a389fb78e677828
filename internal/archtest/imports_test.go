package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	module = "torhaus"
	root   = "../.."
)

// pkg is what go list tells about a package.
type pkg struct {
	ImportPath, Dir, Name, Doc string
	GoFiles, TestGoFiles       []string
	Imports                    []string
	TestImports, XTestImports  []string
}

// room is the package's folder under internal/, or "" for the program itself.
func (p pkg) room() string { return roomOf(p.ImportPath) }

func roomOf(importPath string) string {
	room, _ := strings.CutPrefix(importPath, module+"/internal/")
	if room == importPath {
		return ""
	}
	return room
}

func isOurs(importPath string) bool { return within(importPath, module) }

// isForeign tells a library of others from the standard library, whose first path element has no dot.
func isForeign(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return strings.Contains(first, ".")
}

func TestImportsFollowThePlan(t *testing.T) {
	for _, p := range packages(t) {
		t.Run(p.ImportPath, func(t *testing.T) {
			switch {
			case p.ImportPath == module+"/cmd/torhaus":
				checkMain(t, p)
			case isForTests(p.room()):
				checkLibraries(t, "tests", p.Imports)
			default:
				checkFloor(t, p)
				checkLibraries(t, p.room(), p.Imports)
			}
		})
	}
}

func TestTestsUseKnownLibrariesOnly(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range append(p.TestImports, p.XTestImports...) {
			if isForeign(imported) && !mayUse("tests", imported) && !mayUse(p.room(), imported) {
				t.Errorf("the tests of %s import %s: a library has its home; add it to homes in plan.go or use what is there", p.ImportPath, imported)
			}
		}
	}
}

func checkMain(t *testing.T, p pkg) {
	t.Helper()
	for _, imported := range p.Imports {
		if isOurs(imported) && imported != module+"/internal/cli" || isForeign(imported) {
			t.Errorf("%s imports %s: main starts cli and does nothing else", p.ImportPath, imported)
		}
	}
}

func checkFloor(t *testing.T, p pkg) {
	t.Helper()
	f, known := floorOf(p.room())
	if !known {
		t.Fatalf("%s has no place in the house: give it one in plan.go and in docs/design.md", p.ImportPath)
	}
	for _, imported := range p.Imports {
		if isOurs(imported) && !mayImport(p.room(), roomOf(imported)) {
			t.Errorf("%s imports %s\n%s", p.ImportPath, imported, f.because)
		}
		for _, barred := range f.bars {
			if within(imported, barred) {
				t.Errorf("%s imports %s\n%s", p.ImportPath, imported, f.because)
			}
		}
	}
}

func checkLibraries(t *testing.T, room string, imports []string) {
	t.Helper()
	for _, imported := range imports {
		if isForeign(imported) && !mayUse(room, imported) {
			t.Errorf("%s imports %s: a library has its home; see homes in plan.go", room, imported)
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && strings.TrimSpace(p.Doc) == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

func TestNoPackageIsEmpty(t *testing.T) {
	for _, p := range packages(t) {
		if !declaresSomething(t, p) {
			t.Errorf("%s declares nothing", p.ImportPath)
		}
	}
}

// TestNoPackageStandsForAnother is rule (7): interfaces belong to the subject that needs them, and tests use the real thing.
func TestNoPackageStandsForAnother(t *testing.T) {
	for _, p := range packages(t) {
		for _, word := range []string{"mock", "util", "helper", "common"} {
			if strings.Contains(p.Name, word) {
				t.Errorf("(7) %s: a package is named after its trade; no drawers, and no mocks, since tests use the real thing", p.ImportPath)
			}
		}
	}
}

// TestThePlanRefuses proves the rules on rooms that may not stand yet: each line is an import somebody might try.
func TestThePlanRefuses(t *testing.T) {
	for _, attempt := range []struct{ from, to string }{
		{"calendar", "token"},
		{"config", "token"},
		{"letter", "token"},
		{"mail", "mail/mailsink"},
		{"account", "token"},
		{"password", "token"},
		{"token", "password"},
		{"token", "login"},
		{"token", "store"},
		{"token", "config"},
		{"login", "web/signin"},
		{"store", "web/page"},
		{"store", "store/storetest"},
		{"web/page", "web/member"},
		{"web/member", "web/signin"},
		{"web/member", "store"},
		{"web/member", "config"},
		{"app", "demo"},
		{"demo", "store"},
		{"cli", "store"},
		{"cli", "bench"},
	} {
		if mayImport(attempt.from, attempt.to) {
			t.Errorf("%s may import %s", attempt.from, attempt.to)
		}
	}
}

func TestThePlanAllows(t *testing.T) {
	for _, attempt := range []struct{ from, to string }{
		{"profile", "calendar"},
		{"letter", "job"},
		{"token", "token/otp"},
		{"login", "token/otp"},
		{"login", "password"},
		{"store", "login"},
		{"web/member", "web/page"},
		{"web/member", "login"},
		{"app", "store"},
		{"app", "web/member"},
		{"demo", "mail/mailsink"},
		{"cli", "demo"},
		{"store/storetest", "store/storetest"},
	} {
		if !mayImport(attempt.from, attempt.to) {
			t.Errorf("%s may not import %s", attempt.from, attempt.to)
		}
	}
}

// declaresSomething looks for a declaration other than an import in the package's files; a package of tests alone counts.
func declaresSomething(t *testing.T, p pkg) bool {
	t.Helper()
	for _, name := range append(p.GoFiles, p.TestGoFiles...) {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declared := range file.Decls {
			if general, ok := declared.(*ast.GenDecl); !ok || general.Tok != token.IMPORT {
				return true
			}
		}
	}
	return false
}

// packages asks go list for all packages of the module. The walk before it lets the test cache see every file that the
// answer depends on.
func packages(t *testing.T) []pkg {
	t.Helper()
	for _, folder := range []string{"internal", "cmd"} {
		watch(t, filepath.Join(root, folder))
	}
	list := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,Name,Doc,GoFiles,TestGoFiles,Imports,TestImports,XTestImports", "./...")
	list.Dir = root
	var problems bytes.Buffer
	list.Stderr = &problems
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, problems.String())
	}
	return decode(t, out)
}

func decode(t *testing.T, out []byte) []pkg {
	t.Helper()
	var all []pkg
	for stream := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := stream.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// watch looks at the Go files below a folder, or at a file, which go test notes for its cache.
func watch(t *testing.T, folder string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == folder {
			return nil
		}
		if err == nil && (filepath.Ext(path) == ".go" || path == folder) {
			_, err = os.Stat(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
