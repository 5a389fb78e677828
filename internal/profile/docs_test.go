package profile

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/yamlfile"
)

//go:generate go test -run TestDocumentationOfProfilesIsFresh -update .

var update = flag.Bool("update", false, "write docs/profile.md anew")

const (
	docsPath = "../../docs/profile.md"
	docsHead = `# Profile: the rules of a portal as data

<!-- Generated from internal/profile (profile.go, kvb.yaml, bvk.yaml) by "go generate ./internal/profile"; edit there. -->

A profile makes a portal the portal of one body: figures, labels, subjects, the support contact, the sender of letters. The
profiles of this program lie in ` + "`internal/profile`" + `; a body writes its own in the same form, names it in the configuration
(` + "`profile: ./own.yaml`" + `) and has it checked by ` + "`torhaus profile check ./own.yaml`" + `. ` + "`torhaus profile show kvb`" + ` prints an embedded one,
a good start for an own.

Every key is required unless it "may be left out". An unknown, doubled, missing or impossible key stops the start; all
that is wrong is told at once, with file, line, key and what is accepted. Time spans are written 30s, 15m, 12h. "Days" are
calendar days after the day of the deed, the last one included to 23:59:59 Europe/Berlin; a working day is Monday to Friday,
a Werktag Monday to Saturday, both without the holidays of ` + "`calendar`" + `.

The column "kvb" shows the values of the Kassenärztliche Vereinigung Bayerns and, marked so, what only the profile bvk of the Bayerische
Versorgungskammer – Zusatzversorgung has; comments in ` + "`kvb.yaml` and `bvk.yaml`" + ` name the source of each.
`
)

func documentation(t *testing.T) []byte {
	t.Helper()
	root, other := parsed(t, "kvb.yaml"), parsed(t, "bvk.yaml")
	var b bytes.Buffer
	b.WriteString(docsHead)
	err := yamlfile.WriteTables(&b, yamlfile.Describe(Profile{}, forms), "kvb", func(k yamlfile.Key) string {
		if n, ok := root.Find(k.Name); ok {
			return shown(n)
		}
		n, ok := other.Find(k.Name)
		switch {
		case ok:
			return "bvk: " + shown(n)
		case !k.Optional:
			t.Errorf("neither kvb.yaml nor bvk.yaml has %s", k.Name)
		}
		return ""
	})
	if err != nil {
		t.Fatal(err)
	}
	b.WriteString("\n## What must fit together\n\n")
	for _, r := range rules {
		fmt.Fprintf(&b, "- `%s` is %s: %s.\n", r.small, strings.Replace(r.String(), r.large, "`"+r.large+"`", 1), r.because)
	}
	return b.Bytes()
}

func parsed(t *testing.T, name string) yamlfile.Node {
	t.Helper()
	data, err := embedded.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	root, err := yamlfile.Parse(name, data)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func shown(n yamlfile.Node) string {
	if n.Kind != yamlfile.Sequence {
		return n.Text
	}
	items := make([]string, len(n.Entries))
	for i, e := range n.Entries {
		items[i] = e.Value.Text
	}
	return strings.Join(items, "\n")
}

func TestDocumentationOfProfilesIsFresh(t *testing.T) {
	want := documentation(t)
	if *update {
		if err := os.WriteFile(docsPath, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(docsPath)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("docs/profile.md is stale; run go generate ./internal/profile\n%s", diff)
	}
}

func TestEveryKeyIsExplainedAndBounded(t *testing.T) {
	for _, s := range yamlfile.Describe(Profile{}, forms) {
		for _, k := range s.Keys {
			if k.Doc == "" || k.Accepts == "" || strings.HasPrefix(k.Accepts, " ") {
				t.Errorf("%s: doc %q, accepted %q", k.Name, k.Doc, k.Accepts)
			}
		}
	}
}
