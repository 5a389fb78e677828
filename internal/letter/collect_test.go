package letter

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"torhaus/internal/secret"
)

const otherID = "aaaaaaaaaaaaaaaaaaaaaaaaaa"

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// spooled gives a folder with two letters.
func spooled(t *testing.T) string {
	t.Helper()
	s := spoolIn(t.TempDir())
	for _, id := range []string{testID, otherID} {
		if err := s.Put(t.Context(), id, append(somePDF, id...), note()); err != nil {
			t.Fatal(err)
		}
	}
	return s.Dir
}

func TestAttack_WhatThePortalDidNotSignIsNotTaken(t *testing.T) {
	strangers := secret.NewKeyset(time.Now())
	forge := func(t *testing.T, dir string, e Envelope) {
		t.Helper()
		if err := os.RemoveAll(filepath.Join(dir, backstage)); err != nil {
			t.Fatal(err)
		}
		if err := (Spool{Dir: dir, Envelope: e}).Put(t.Context(), testID, []byte("%PDF forged"), note()); err != nil {
			t.Fatal(err)
		}
	}
	for name, tamper := range map[string]func(t *testing.T, dir string, c *Collector){
		"letter of a stranger who knows the print centre's key": func(t *testing.T, dir string, _ *Collector) {
			forge(t, dir, Envelope{To: testCentre, Sign: func(text string) ([]byte, error) {
				return strangers.Sign(secret.Letters, "kvb", text)
			}})
		},
		"open letter of a stranger": func(t *testing.T, dir string, _ *Collector) {
			forge(t, dir, Envelope{Sign: func(text string) ([]byte, error) { return strangers.Sign(secret.Letters, "kvb", text) }})
		},
		"signed by the portal for something else": func(t *testing.T, dir string, _ *Collector) {
			forge(t, dir, Envelope{To: testCentre, Sign: func(text string) ([]byte, error) {
				return testKeys.Sign(secret.AuditHeads, "kvb", text)
			}})
		},
		"manifest altered": func(t *testing.T, dir string, _ *Collector) {
			path := filepath.Join(dir, testID+".json")
			write(t, path, bytes.Replace(read(t, path), []byte(`"pages": 1`), []byte(`"pages": 2`), 1))
		},
		"signature taken from another letter": func(t *testing.T, dir string, _ *Collector) {
			path := filepath.Join(dir, testID+".json")
			line := func(b []byte) []byte { return bytes.SplitN(b, []byte("\n"), 3)[1] }
			mine := read(t, path)
			write(t, path, bytes.Replace(mine, line(mine), line(read(t, filepath.Join(dir, otherID+".json"))), 1))
		},
		"letter exchanged for another": func(t *testing.T, dir string, _ *Collector) {
			write(t, filepath.Join(dir, testID+".pdf.age"), read(t, filepath.Join(dir, otherID+".pdf.age")))
		},
		"letter exchanged for one that a stranger sealed": func(t *testing.T, dir string, _ *Collector) {
			sealed, err := testCentre.seal([]byte("%PDF forged"))
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, testID+".pdf.age"), sealed)
		},
		"manifest of another letter": func(t *testing.T, dir string, _ *Collector) {
			write(t, filepath.Join(dir, testID+".json"), read(t, filepath.Join(dir, otherID+".json")))
		},
		"letter cut off": func(t *testing.T, dir string, _ *Collector) {
			path := filepath.Join(dir, testID+".pdf.age")
			write(t, path, read(t, path)[:100])
		},
		"letter removed": func(t *testing.T, dir string, _ *Collector) {
			if err := os.Remove(filepath.Join(dir, testID+".pdf.age")); err != nil {
				t.Fatal(err)
			}
		},
		"another print centre's key": func(_ *testing.T, _ string, c *Collector) { c.Identity, _ = mustIdentity() },
		"no key of a print centre":   func(_ *testing.T, _ string, c *Collector) { c.Identity = Identity{} },
		"no key of the portal":       func(_ *testing.T, _ string, c *Collector) { c.Keys = nil },
	} {
		t.Run(name, func(t *testing.T) {
			dir := spooled(t)
			c := collector(t, dir)
			tamper(t, dir, &c)
			if pdf, err := c.PDF(testID); err == nil {
				t.Errorf("taken: %q", pdf)
			} else if strings.Contains(err.Error(), "SECRET-KEY") || strings.Contains(err.Error(), "Anna") {
				t.Errorf("told too much: %v", err)
			}
		})
	}
}

func TestListLeavesOutWhatIsNotSignedAndSaysSo(t *testing.T) {
	dir := spooled(t)
	path := filepath.Join(dir, otherID+".json")
	write(t, path, bytes.Replace(read(t, path), []byte(`"pages": 1`), []byte(`"pages": 2`), 1))
	list, err := collector(t, dir).List()
	if len(list) != 1 || list[0].ID != testID || err == nil || !strings.Contains(err.Error(), otherID) {
		t.Errorf("%d letters, %v", len(list), err)
	}
	if got := strings.Join(list[0].Recipient, "|"); got != "Dr. Anna May|80469 München" {
		t.Errorf("to %s", got)
	}
}

func TestLetterSignedUnderAnOlderKeyIsTaken(t *testing.T) {
	dir := spooled(t)
	c := collector(t, dir)
	young, err := secret.NewKeyset(time.Now()).VerifierKeys(secret.Letters, "kvb")
	if err != nil {
		t.Fatal(err)
	}
	c.Keys = append(young, c.Keys...)
	if _, err := c.PDF(testID); err != nil {
		t.Error(err)
	}
}

// TestPrintCentreNeedsNoProgramOfOurs opens and checks a letter by the very lines of docs/operate.md: with age, openssl and what
// every Linux has.
func TestPrintCentreNeedsNoProgramOfOurs(t *testing.T) {
	dir := spooled(t)
	if err := testIdentity.Save(filepath.Join(dir, "centre.key"), testCentre, time.Now()); err != nil {
		t.Fatal(err)
	}
	run := func() (string, error) {
		shell := exec.Command("bash", "-euo", "pipefail", "-c", shellLines(t, "openssl pkey ")+shellLines(t, "age --decrypt"))
		shell.Dir = dir
		shell.Env = append(os.Environ(), "id="+testID, "key="+collector(t, dir).Keys[0], "LC_ALL=C")
		out, err := shell.CombinedOutput()
		return string(out), err
	}
	out, err := run()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, said := range []string{"Dr. Anna May\n80469 München\n", testID + ".pdf.age: OK", "Signature Verified Successfully"} {
		if !strings.Contains(out, said) {
			t.Errorf("%q is not said:\n%s", said, out)
		}
	}
	if got := string(read(t, filepath.Join(dir, testID+".pdf"))); got != string(somePDF)+testID {
		t.Errorf("the letter reads %q", got)
	}

	path := filepath.Join(dir, testID+".json")
	write(t, path, bytes.Replace(read(t, path), []byte(`"pages": 1`), []byte(`"pages": 2`), 1))
	if out, err := run(); err == nil {
		t.Errorf("an altered manifest is not noticed:\n%s", out)
	}
}

// shellLines gives the block of shell lines in docs/operate.md that has a certain command.
func shellLines(t *testing.T, command string) string {
	t.Helper()
	for i, text := range strings.Split(string(read(t, "../../docs/operate.md")), "\n```\n") {
		if i%2 == 1 && strings.Contains(text, command) {
			return text + "\n"
		}
	}
	t.Fatalf("docs/operate.md has no block with %q", command)
	return ""
}
