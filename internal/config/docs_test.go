package config

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/yamlfile"
)

//go:generate go test -run TestDocumentationOfTheConfigurationIsFresh -update .

var update = flag.Bool("update", false, "write docs/config.md anew")

const (
	docsPath = "../../docs/config.md"
	docsHead = `# Configuration of an installation

<!-- Generated from internal/config/config.go by "go generate ./internal/config"; edit there. -->

One YAML file, read once at the start; ` + "`torhaus.example.yaml`" + ` beside this page is one to begin with, and ` + "`torhaus doctor`" + ` checks the
result. Unknown, doubled, missing or impossible keys stop the start; all that is wrong is told at once, with line and what
to do. Paths are relative to the folder of the file. What differs from body to body is no configuration but a profile
(` + "`profile.md`" + `).

Secrets never stand in the file. Keys that end in ` + "`-env`" + ` name an environment variable, which is read once at the start.

No two portals share a host name, a database, keys or a spool folder. A user at the mail server needs a password and an
encrypted connection. A key without default is required unless it "may be left out".
`
)

func TestDocumentationOfTheConfigurationIsFresh(t *testing.T) {
	var want bytes.Buffer
	want.WriteString(docsHead)
	if err := yamlfile.WriteTables(&want, yamlfile.Describe(Config{}, forms), "Default", func(k yamlfile.Key) string { return k.Default }); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(docsPath, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(docsPath)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), string(got)); diff != "" {
		t.Errorf("docs/config.md is stale; run go generate ./internal/config\n%s", diff)
	}
}
