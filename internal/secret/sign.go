package secret

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/note"
)

// Signing says what is signed for readers outside the portal. Each has a key of its own, so that no signature can be taken
// for another.
type Signing string

// What is signed.
const (
	AuditHeads Signing = "audit"
	Letters    Signing = "letters"
)

var signingPurposes = map[Signing]purpose{AuditHeads: purposeSignAudit, Letters: purposeSignLetter}

// Sign gives a text as a signed note (golang.org/x/mod/sumdb/note): the text, an empty line, and a line with the signature, an
// Ed25519 signature of the text under the newest key. Its name is that of the portal and of what is signed: "kvb/audit". The
// text is UTF-8, without control signs, and ends with a line feed.
func (s *Keyset) Sign(what Signing, portal, text string) ([]byte, error) {
	private, name, err := s.signingKey(0, what, portal)
	if err != nil {
		return nil, err
	}
	key, err := verifierKey(private, name)
	if err != nil {
		return nil, fmt.Errorf("secret.Sign(%s): %w", name, err)
	}
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return nil, fmt.Errorf("secret.Sign(%s): %w", name, err)
	}
	signed, err := note.Sign(&note.Note{Text: text}, signer{verifier, private})
	if err != nil {
		return nil, fmt.Errorf("secret.Sign(%s): %w", name, err)
	}
	if _, err := OpenSigned(signed, []string{key}); err != nil {
		return nil, fmt.Errorf("secret.Sign(%s): the text has signs that no note may have", name)
	}
	return signed, nil
}

// VerifierKeys gives the public keys, in the form of notes, under which something of the portal may be signed: the newest
// first, as Sign uses it. They are no secret: whoever is to check signatures gets one.
func (s *Keyset) VerifierKeys(what Signing, portal string) ([]string, error) {
	var list []string
	for i := range s.keys {
		private, name, err := s.signingKey(i, what, portal)
		if err != nil {
			return nil, err
		}
		key, err := verifierKey(private, name)
		if err != nil {
			return nil, err
		}
		list = append(list, key)
	}
	return list, nil
}

func (s *Keyset) signingKey(i int, what Signing, portal string) (private ed25519.PrivateKey, name string, err error) {
	p, known := signingPurposes[what]
	if !known {
		return nil, "", fmt.Errorf("secret: nothing is signed as %q", what)
	}
	return ed25519.NewKeyFromSeed(s.keys[i].derived[p]), portal + "/" + string(what), nil
}

// verifierKey gives the public half of a key, in the form of notes.
func verifierKey(private ed25519.PrivateKey, name string) (string, error) {
	public, _ := private.Public().(ed25519.PublicKey)
	return note.NewEd25519VerifierKey(name, public)
}

// signer signs notes. Name and key hash are those of the public key.
type signer struct {
	note.Verifier
	private ed25519.PrivateKey
}

func (s signer) Sign(text []byte) ([]byte, error) { return ed25519.Sign(s.private, text), nil }

// OpenSigned gives the text of a signed note if one of the public keys vouches for it.
func OpenSigned(signed []byte, keys []string) (text string, err error) {
	var verifiers []note.Verifier
	for _, k := range slices.Compact(slices.Sorted(slices.Values(keys))) {
		v, err := note.NewVerifier(k)
		if err != nil {
			return "", errNoKey // not quoted: who mixes keys up may have given a private one
		}
		verifiers = append(verifiers, v)
	}
	n, err := note.Open(signed, note.VerifierList(verifiers...))
	if err != nil {
		return "", errNotSigned
	}
	return n.Text, nil
}

var (
	errNotSigned = errors.New("it is not signed by the portal, or was altered")
	errNoKey     = errors.New("that is no public key; one looks like kvb/audit+1a2b3c4d+Ab…")
)
