package secret

import (
	"crypto/ed25519"
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

const signedText = "torhaus audit head v1\nportal kvb\n"

func signed(t *testing.T, set *Keyset, what Signing, portal string) string {
	t.Helper()
	b, err := set.Sign(what, portal, signedText)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func verifiers(t *testing.T, set *Keyset, what Signing, portal string) []string {
	t.Helper()
	keys, err := set.VerifierKeys(what, portal)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestSignedTextOpensWithThePublicKey(t *testing.T) {
	set := NewKeyset(time.Now())
	text, err := OpenSigned([]byte(signed(t, set, AuditHeads, "kvb")), verifiers(t, set, AuditHeads, "kvb"))
	if err != nil || text != signedText {
		t.Errorf("%q, %v", text, err)
	}
}

// TestSignatureIsPlainEd25519 checks a note as somebody would who has no library for notes: the line's base64 is four bytes
// that name the key, then the signature of the text (RFC 8032); the public key's is one byte of kind, then the key.
func TestSignatureIsPlainEd25519(t *testing.T) {
	set := NewKeyset(time.Now())
	text, line, _ := strings.Cut(signed(t, set, Letters, "kvb"), "\n\n")
	fields := strings.Fields(line)
	if len(fields) != 3 || fields[0] != "—" || fields[1] != "kvb/letters" {
		t.Fatalf("signature line %q", line)
	}
	signature, err := base64.StdEncoding.DecodeString(fields[2])
	if err != nil {
		t.Fatal(err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.SplitN(verifiers(t, set, Letters, "kvb")[0], "+", 3)[2])
	if err != nil {
		t.Fatal(err)
	}
	if !ed25519.Verify(key[1:], []byte(text+"\n"), signature[4:]) {
		t.Error("the signature does not hold")
	}
}

func TestAttack_WhatIsNotSignedByThisPortalForThisDoesNotOpen(t *testing.T) {
	set, other := NewKeyset(time.Now()), NewKeyset(time.Now())
	good := signed(t, set, AuditHeads, "kvb")
	for name, c := range map[string]struct {
		note string
		keys []string
	}{
		"altered text":             {strings.Replace(good, "v1", "v2", 1), verifiers(t, set, AuditHeads, "kvb")},
		"line added to the text":   {strings.Replace(good, "\n\n", "\nseq 9\n\n", 1), verifiers(t, set, AuditHeads, "kvb")},
		"signature cut off":        {good[:strings.Index(good, "— ")], verifiers(t, set, AuditHeads, "kvb")},
		"nothing":                  {"", verifiers(t, set, AuditHeads, "kvb")},
		"other keys":               {good, verifiers(t, other, AuditHeads, "kvb")},
		"no keys":                  {good, nil},
		"another portal's":         {good, verifiers(t, set, AuditHeads, "bvk")},
		"signed as something else": {signed(t, set, Letters, "kvb"), verifiers(t, set, AuditHeads, "kvb")},
		"other use, same name":     {strings.Replace(signed(t, set, Letters, "kvb"), "kvb/letters", "kvb/audit", 1), verifiers(t, set, AuditHeads, "kvb")},
	} {
		if text, err := OpenSigned([]byte(c.note), c.keys); err == nil || text != "" {
			t.Errorf("%s: opened as %q", name, text)
		}
	}
}

func TestWhatAnOlderKeySignedStillOpens(t *testing.T) {
	old, young := NewKeyset(time.Now()), NewKeyset(time.Now())
	both := &Keyset{keys: append(young.keys, old.keys...)}
	keys := verifiers(t, both, AuditHeads, "kvb")
	if len(keys) != 2 || keys[0] != verifiers(t, young, AuditHeads, "kvb")[0] {
		t.Errorf("keys %v", keys)
	}
	for name, set := range map[string]*Keyset{"old": old, "young": young, "both": both} {
		if _, err := OpenSigned([]byte(signed(t, set, AuditHeads, "kvb")), append(keys, keys[0])); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSignRefusesWhatCannotBeSigned(t *testing.T) {
	set := NewKeyset(time.Now())
	for name, c := range map[string]struct {
		what         Signing
		portal, text string
	}{
		"unknown use":     {"cheques", "kvb", signedText},
		"no line feed":    {AuditHeads, "kvb", "text"},
		"control sign":    {AuditHeads, "kvb", "a\x00b\n"},
		"blank in a name": {AuditHeads, "k v b", signedText},
		"plus in a name":  {AuditHeads, "k+b", signedText},
	} {
		if _, err := set.Sign(c.what, c.portal, c.text); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
	if _, err := set.VerifierKeys("cheques", "kvb"); err == nil {
		t.Error("a key for an unknown use")
	}
}

func TestWrongKeyIsNotRepeated(t *testing.T) {
	const private = "PRIVATE+KEY+kvb/audit+1a2b3c4d+AAAA"
	if _, err := OpenSigned([]byte("x\n\n— a b\n"), []string{private}); err == nil || strings.Contains(err.Error(), "AAAA") {
		t.Errorf("error %v", err)
	}
}
