package letter

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	sealedManifest = `{
  "signature": "— kvb/letters 3q2+7w==",
  "version": 1,
  "id": "k3vqz7m2xw9abcdefghijkmnpq",
  "portal": "kvb",
  "kind": "activation-code",
  "created": "2026-11-22T09:30:00Z",
  "pages": 1,
  "form": "pdf.age",
  "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "sealedTo": "0123456789abcdef",
  "sealedRecipient": "YWdl"
}
`
	openManifest = `{
  "signature": "— kvb/letters 3q2+7w==",
  "version": 1,
  "id": "k3vqz7m2xw9abcdefghijkmnpq",
  "portal": "kvb",
  "kind": "activation-code",
  "created": "2026-11-22T09:30:00Z",
  "pages": 1,
  "form": "pdf",
  "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "recipient": [
    "Dr. Anna May",
    "80469 München"
  ]
}
`
)

func TestManifestIsWrittenAsDocumented(t *testing.T) {
	m := note()
	m.Version, m.ID, m.SHA256, m.Form, m.Signature = 1, testID, hashOf(nil), Open, "— kvb/letters 3q2+7w=="
	sealed := m
	sealed.Form, sealed.Recipient, sealed.SealedTo, sealed.SealedRecipient = Sealed, nil, "0123456789abcdef", []byte("age")
	for want, m := range map[string]Manifest{openManifest: m, sealedManifest: sealed} {
		b, err := m.encode()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(b)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestManifestIsReadStrictly(t *testing.T) {
	for _, sound := range []string{sealedManifest, openManifest} {
		if _, err := ParseManifest([]byte(sound)); err != nil {
			t.Fatalf("the sound one is refused: %v", err)
		}
	}
	lines := func(n int) string { return strings.Repeat("\"x\",\n    ", n-1) + `"x"` }
	for name, c := range map[string]struct{ in, old, new string }{
		"unknown field":            {openManifest, `"pages"`, `"paper": "A4", "pages"`},
		"other version":            {openManifest, `"version": 1`, `"version": 2`},
		"no version":               {openManifest, "  \"version\": 1,\n", ``},
		"path as id":               {openManifest, `"k3vqz7m2xw9abcdefghijkmnpq"`, `"../../etc/passwd"`},
		"no portal":                {openManifest, `"kvb"`, `""`},
		"no kind":                  {openManifest, `"activation-code"`, `null`},
		"seven lines":              {openManifest, `"Dr. Anna May"`, lines(6)},
		"no lines":                 {openManifest, `"Dr. Anna May",`, `"",`},
		"control sign":             {openManifest, `Anna`, `An\u001bna`},
		"long line":                {openManifest, `Anna`, strings.Repeat("a", 600)},
		"no date":                  {openManifest, `"2026-11-22T09:30:00Z"`, `"22.11.2026"`},
		"zero date":                {openManifest, `"2026-11-22T09:30:00Z"`, `"0001-01-01T00:00:00Z"`},
		"no pages":                 {openManifest, `"pages": 1`, `"pages": 0`},
		"endless pages":            {openManifest, `"pages": 1`, `"pages": 1000000`},
		"half a hash":              {openManifest, `e3b0c44298fc1c149afbf4c8996fb924`, ``},
		"hash in capital":          {openManifest, `e3b0c4`, `E3B0C4`},
		"no hash":                  {openManifest, `e3b0c4`, `xyz0c4`},
		"two values":               {openManifest, "}\n", "}{}"},
		"not closed":               {openManifest, "}\n", ""},
		"too long":                 {openManifest, `"pages"`, strings.Repeat(" ", 70<<10) + `"pages"`},
		"field twice":              {openManifest, `"pages": 1`, `"pages": 2, "pages": 1`},
		"other blanks":             {openManifest, `"pages": 1`, `"pages":  1`},
		"no signature":             {openManifest, "  \"signature\": \"— kvb/letters 3q2+7w==\",\n", ``},
		"signature of two lines":   {openManifest, `3q2+7w==`, `3q2+7w==\n— kvb/letters 3q2+7w==`},
		"unknown form":             {sealedManifest, `pdf.age`, `pdf.zip`},
		"sealed to nobody":         {sealedManifest, "  \"sealedTo\": \"0123456789abcdef\",\n", ``},
		"sealed without address":   {sealedManifest, `YWdl`, ``},
		"sealed, address long":     {sealedManifest, `YWdl`, strings.Repeat("YWdl", 3000)},
		"said to be open, sealed":  {sealedManifest, `pdf.age`, `pdf`},
		"said to be sealed, open":  {openManifest, `"pdf"`, `"pdf.age"`},
		"open with sealed address": {openManifest, `"recipient"`, "\"sealedRecipient\": \"YWdl\",\n  \"recipient\""},
	} {
		b := strings.Replace(c.in, c.old, c.new, 1)
		if b == c.in {
			t.Fatalf("%s changes nothing", name)
		}
		if m, err := ParseManifest([]byte(b)); err == nil {
			t.Errorf("%s: read as %+v", name, m)
		}
	}
}

func TestListGivesTheOldestFirstAndTellsOfWhatItCannotRead(t *testing.T) {
	s := spoolIn(t.TempDir())
	for id, hour := range map[string]int{"c": 8, "a": 9, "b": 9} {
		m := note()
		m.Created = time.Date(2026, 11, 22, hour, 0, 0, 0, time.UTC)
		if err := s.Put(t.Context(), id, somePDF, m); err != nil {
			t.Fatal(err)
		}
	}
	strangers := map[string]string{
		"d.pdf": "still without manifest", "notes.txt": "not ours", "bad.json": "{}", "other.json": sealedManifest,
		"BAD.json": sealedManifest, "huge.json": strings.Repeat(" ", maxManifest+1),
	}
	for name, text := range strangers {
		if err := os.WriteFile(filepath.Join(s.Dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(s.Dir, "dir.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(s.Dir, "link.json")); err != nil {
		t.Fatal(err)
	}
	list, err := List(s.Dir)
	var order string
	for _, m := range list {
		order += m.ID
	}
	if order != "cab" {
		t.Errorf("letters in the order %q", order)
	}
	for _, name := range []string{`"bad"`, `"other"`, `"huge"`} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("nothing is said of %s: %v", name, err)
		}
	}
	if _, err := List(filepath.Join(s.Dir, "missing")); err == nil {
		t.Error("a missing folder gives no error")
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add([]byte(sealedManifest))
	f.Add([]byte(openManifest))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseManifest(b)
		if err != nil {
			return
		}
		out, err := m.encode()
		if err != nil {
			t.Fatalf("read, but cannot be written: %v", err)
		}
		again, err := ParseManifest(out)
		if err != nil {
			t.Fatalf("written, but cannot be read: %v", err)
		}
		if second, _ := again.encode(); !bytes.Equal(out, second) {
			t.Fatalf("changes when written again:\n%s\n%s", out, second)
		}
	})
}
