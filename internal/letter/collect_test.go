package letter

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"os"
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

// TestPrintCentreNeedsNoProgramOfOurs opens and checks a letter as docs/operate.md says: with age, openssl and grep.
func TestPrintCentreNeedsNoProgramOfOurs(t *testing.T) {
	dir := spooled(t)
	identity := filepath.Join(t.TempDir(), "centre.key")
	if err := testIdentity.Save(identity, testCentre, time.Now()); err != nil {
		t.Fatal(err)
	}
	file, manifest := filepath.Join(dir, testID+".pdf.age"), filepath.Join(dir, testID+".json")
	if got := tool(t, "age", "--decrypt", "-i", identity, file); got != string(somePDF)+testID {
		t.Errorf("age gives %q", got)
	}

	var m struct{ Signature, SHA256, SealedRecipient string }
	if err := json.Unmarshal(read(t, manifest), &m); err != nil {
		t.Fatal(err)
	}
	if got := tool(t, "sha256sum", file); !strings.HasPrefix(got, m.SHA256) {
		t.Errorf("sha256sum says %s, the manifest %s", got, m.SHA256)
	}
	sealed := filepath.Join(t.TempDir(), "address.age")
	address, err := base64.StdEncoding.DecodeString(m.SealedRecipient)
	if err != nil {
		t.Fatal(err)
	}
	write(t, sealed, address)
	if got := tool(t, "age", "--decrypt", "-i", identity, sealed); got != "Dr. Anna May\n80469 München\n" {
		t.Errorf("age gives the address %q", got)
	}

	text, signature, public := filepath.Join(t.TempDir(), "text"), filepath.Join(t.TempDir(), "sig"), filepath.Join(t.TempDir(), "pub.pem")
	write(t, text, []byte(tool(t, "grep", "-v", `^  "signature": `, manifest)))
	raw, err := base64.StdEncoding.DecodeString(strings.Fields(m.Signature)[2])
	if err != nil {
		t.Fatal(err)
	}
	write(t, signature, raw[4:])
	write(t, public, publicPEM(t, collector(t, dir).Keys[0]))
	if got := tool(t, "openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-in", text, "-sigfile", signature); !strings.Contains(got, "Signature Verified Successfully") {
		t.Errorf("openssl says %s", got)
	}
}

// publicPEM turns a verifier key, name+hash+base64 of a byte of kind and the key, into what openssl reads.
func publicPEM(t *testing.T, verifier string) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(strings.SplitN(verifier, "+", 3)[2])
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(ed25519.PublicKey(raw[1:]))
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}
