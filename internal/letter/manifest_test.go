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

const soundManifest = `{
  "version": 1,
  "id": "k3vqz7m2xw9abcdefghijkmnpq",
  "portal": "kvb",
  "kind": "activation-code",
  "recipient": [
    "Dr. Anna May",
    "80469 München"
  ],
  "created": "2026-11-22T09:30:00Z",
  "pages": 1,
  "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
}
`

func TestManifestIsWrittenAsDocumented(t *testing.T) {
	m := note()
	m.Version, m.ID, m.SHA256 = 1, testID, hashOf(nil)
	b, err := m.encode()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(soundManifest, string(b)); diff != "" {
		t.Error(diff)
	}
}

func TestManifestIsReadStrictly(t *testing.T) {
	if _, err := ParseManifest([]byte(soundManifest)); err != nil {
		t.Fatalf("the sound one is refused: %v", err)
	}
	lines := func(n int) string { return strings.Repeat(`"x",`, n-1) + `"x"` }
	for name, change := range map[string][2]string{
		"unknown field":   {`"pages"`, `"paper": "A4", "pages"`},
		"other version":   {`"version": 1`, `"version": 2`},
		"no version":      {`"version": 1,`, ``},
		"path as id":      {`"k3vqz7m2xw9abcdefghijkmnpq"`, `"../../etc/passwd"`},
		"no portal":       {`"kvb"`, `""`},
		"no kind":         {`"activation-code"`, `null`},
		"seven lines":     {`"Dr. Anna May"`, lines(6)},
		"no lines":        {`"Dr. Anna May",`, `"",`},
		"control sign":    {`Anna`, `An\u001bna`},
		"long line":       {`Anna`, strings.Repeat("a", 600)},
		"no date":         {`"2026-11-22T09:30:00Z"`, `"22.11.2026"`},
		"zero date":       {`"2026-11-22T09:30:00Z"`, `"0001-01-01T00:00:00Z"`},
		"no pages":        {`"pages": 1`, `"pages": 0`},
		"endless pages":   {`"pages": 1`, `"pages": 1000000`},
		"half a hash":     {`e3b0c44298fc1c149afbf4c8996fb924`, ``},
		"hash in capital": {`e3b0c4`, `E3B0C4`},
		"no hash":         {`e3b0c4`, `xyz0c4`},
		"two values":      {"}\n", "}{}"},
		"not closed":      {"}\n", ""},
		"too long":        {`"pages"`, strings.Repeat(" ", 70<<10) + `"pages"`},
	} {
		b := strings.Replace(soundManifest, change[0], change[1], 1)
		if b == soundManifest {
			t.Fatalf("%s changes nothing", name)
		}
		if m, err := ParseManifest([]byte(b)); err == nil {
			t.Errorf("%s: read as %+v", name, m)
		}
	}
}

func TestListGivesTheOldestFirstAndTellsOfWhatItCannotRead(t *testing.T) {
	s := Spool{Dir: t.TempDir()}
	for id, hour := range map[string]int{"c": 8, "a": 9, "b": 9} {
		m := note()
		m.Created = time.Date(2026, 11, 22, hour, 0, 0, 0, time.UTC)
		if err := s.Put(t.Context(), id, somePDF, m); err != nil {
			t.Fatal(err)
		}
	}
	strangers := map[string]string{
		"d.pdf": "still without manifest", "notes.txt": "not ours", "bad.json": "{}", "other.json": soundManifest,
		"BAD.json": soundManifest, "huge.json": strings.Repeat(" ", maxManifest+1),
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

func TestPDFThatWasExchangedIsRefused(t *testing.T) {
	s := Spool{Dir: t.TempDir()}
	if err := s.Put(t.Context(), testID, somePDF, note()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.Dir, testID+".pdf"), []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := ReadManifest(s.Dir, testID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ReadPDF(s.Dir, m); err == nil {
		t.Error("the exchanged PDF was read")
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add([]byte(soundManifest))
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
