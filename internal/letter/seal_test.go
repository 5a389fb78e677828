package letter

import (
	"bytes"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
)

func TestPrintCentreKeyIsReadStrictly(t *testing.T) {
	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{testCentre.String(), hybrid.Recipient().String()} {
		centre, err := ParsePrintCentre(key)
		if err != nil || centre.String() != key || centre.IsZero() {
			t.Errorf("%.20s…: %v", key, err)
			continue
		}
		if _, err := centre.seal([]byte("letter")); err != nil {
			t.Error(err)
		}
	}
	private := testIdentity.text
	for name, key := range map[string]string{
		"nothing":        "",
		"private half":   private,
		"in small":       strings.ToLower(private),
		"a slip":         testCentre.String()[:20] + "q" + testCentre.String()[21:],
		"cut off":        testCentre.String()[:40],
		"blanks":         " " + testCentre.String(),
		"two keys":       testCentre.String() + "\n" + testCentre.String(),
		"a comment only": "# age1",
		"a file's name":  "centre.key",
	} {
		_, err := ParsePrintCentre(key)
		if err == nil {
			t.Errorf("%s: read", name)
		}
		if err != nil && strings.Contains(strings.ToUpper(err.Error()), strings.ToUpper(private[:30])) {
			t.Errorf("%s: the private half is told: %v", name, err)
		}
	}
}

func TestIdentityIsKeptForItsOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "centre.key")
	now := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	if err := testIdentity.Save(path, testCentre, now); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := testIdentity.Save(path, testCentre, now); err == nil {
		t.Error("a key was overwritten")
	}
	loaded, err := LoadIdentity(path)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := testCentre.seal([]byte("letter"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := loaded.open(sealed, 100); err != nil || string(plain) != "letter" {
		t.Errorf("%q, %v", plain, err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadIdentity(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("readable by others: %v", err)
	}
}

func TestFileThatIsNoIdentityIsNotQuoted(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "other": "hunter2\n", "damaged": testIdentity.text[:40] + "\n", "long": strings.Repeat("#", maxIdentityFile+1),
	} {
		path := filepath.Join(t.TempDir(), "centre.key")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := LoadIdentity(path)
		if err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "SECRET-KEY") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := LoadIdentity(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a missing file was read")
	}
}

func TestIdentityPrintsAsDots(t *testing.T) {
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("key", "key", testIdentity)
	printed := log.String() + fmt.Sprint(testIdentity) + fmt.Sprintf("%v %+v %#v %s %q", testIdentity, testIdentity, testIdentity, testIdentity, testIdentity)
	if strings.Contains(printed, "SECRET") || !strings.Contains(printed, "••••") {
		t.Errorf("printed: %s", printed)
	}
}

// TestSpoolFolderNeverHoldsAnOpenLetter looks at every file after each operation of the file system, wherever the program dies.
func TestSpoolFolderNeverHoldsAnOpenLetter(t *testing.T) {
	for _, after := range []bool{false, true} {
		for at := 1; ; at++ {
			disk := &broken{at: at, after: after, dead: true}
			s := Spool{Dir: t.TempDir(), Envelope: envelope(), files: disk}
			_ = s.Put(t.Context(), testID, somePDF, note())
			err := filepath.WalkDir(s.Dir, func(path string, entry fs.DirEntry, err error) error {
				if err != nil || entry.IsDir() {
					return err
				}
				b, err := os.ReadFile(path)
				for _, open := range []string{"PDF-1.4", "Anna", "May", "80469", "München"} {
					if strings.Contains(string(b), open) || strings.Contains(path, open) {
						t.Errorf("died at %d: %s holds %q", at, entry.Name(), open)
					}
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if disk.count < at {
				break
			}
		}
	}
}
