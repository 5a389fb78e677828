package archtest

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestThirdPartyNoticeNamesEverythingLinked compares docs/third-party.md with the modules whose packages the program links.
func TestThirdPartyNoticeNamesEverythingLinked(t *testing.T) {
	notice, err := os.ReadFile(root + "/docs/third-party.md")
	if err != nil {
		t.Fatal(err)
	}
	watch(t, root+"/go.mod")
	list := exec.Command("go", "list", "-e", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", "./cmd/...")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	linked := strings.Fields(string(out))
	if len(linked) == 0 {
		t.Fatal("go list names no module that the program links")
	}
	for _, module := range linked {
		if !named(string(notice), module) {
			t.Errorf("docs/third-party.md does not name %s and its licence", module)
		}
	}
}

// named looks for a module; families of modules under one licence share a line: "golang.org/x/crypto, x/net".
func named(notice, module string) bool {
	short := module
	for family, of := range map[string]string{"golang.org/x/": "x/", "modernc.org/": ""} {
		if rest, found := strings.CutPrefix(module, family); found {
			short = of + rest
		}
	}
	return strings.Contains(notice, "| "+module) || strings.Contains(notice, ", "+short)
}
