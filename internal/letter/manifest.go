package letter

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"torhaus/internal/fault"
)

// Manifest accompanies each letter in the spool folder: what the print centre needs to account for it, and to know that it is the
// portal's. It is written last; a letter without one is not finished.
//
// The signature is a line of a signed note (golang.org/x/mod/sumdb/note): an Ed25519 signature of the manifest without this
// line. In a sealed letter everything that tells of the person is sealed, the address too. The hash is that of the file as it
// lies there: the hash of an open letter would let whoever knows all but its code find that by trying.
type Manifest struct {
	Signature string    `json:"signature,omitempty"` // — kvb/letters …
	Version   int       `json:"version"`             // of this form, 1
	ID        string    `json:"id"`                  // of the letter, and the name of both files
	Portal    string    `json:"portal"`              // key of the profile
	Kind      string    `json:"kind"`                // such as activation-code
	Created   time.Time `json:"created"`             // RFC 3339
	Pages     int       `json:"pages"`
	Form      Form      `json:"form"`   // of the file, and the end of its name
	SHA256    string    `json:"sha256"` // of the file, hexadecimal

	SealedTo        string   `json:"sealedTo,omitempty"`        // fingerprint of the print centre's key
	SealedRecipient []byte   `json:"sealedRecipient,omitempty"` // address lines, sealed as the letter is, base64
	Recipient       []string `json:"recipient,omitempty"`       // 1 to 6 address lines; in the manifest of an open letter only
}

// Form is how a letter lies in the spool folder.
type Form string

// The forms of a letter.
const (
	Sealed Form = "pdf.age" // age-encryption.org/v1
	Open   Form = "pdf"
)

// Bounds of what is read from a spool folder.
const (
	manifestVersion = 1
	maxManifest     = 64 << 10 // bytes
	maxFile         = 16 << 20 // bytes
	maxSpooled      = 100_000  // entries of a folder
	maxPages        = 1000
	maxLine         = 500     // signs of an address line
	maxAddress      = 8 << 10 // bytes of a sealed address
)

// ParseManifest reads a manifest strictly: nothing unknown, nothing missing, nothing that could not have been written by Put.
func ParseManifest(b []byte) (Manifest, error) {
	var m Manifest
	if len(b) > maxManifest {
		return Manifest{}, errors.New("letter.ParseManifest: too long")
	}
	if err := strictJSON(b, &m); err != nil {
		return Manifest{}, fmt.Errorf("letter.ParseManifest: %w", err)
	}
	if !strings.HasPrefix(m.Signature, "— ") || badLine(m.Signature) {
		return Manifest{}, errors.New("letter.ParseManifest: it is not signed")
	}
	again, err := m.encode()
	if err != nil {
		return Manifest{}, fmt.Errorf("letter.ParseManifest: %w", err)
	}
	if !bytes.Equal(again, b) { // a field twice, say: one reader would take the first, another the second
		return Manifest{}, errors.New("letter.ParseManifest: not written as the portal writes")
	}
	return m, nil
}

func (m Manifest) check() error {
	switch {
	case m.Version != manifestVersion:
		return fmt.Errorf("version %d, known is %d", m.Version, manifestVersion)
	case !validID(m.ID):
		return errors.New("id is not one of a letter")
	case !validID(m.Portal):
		return errors.New("portal is not a key of a profile")
	case !validID(m.Kind):
		return errors.New("kind is not one of a letter")
	case m.Created.IsZero():
		return errors.New("created is missing")
	case m.Pages < 1 || m.Pages > maxPages:
		return errors.New("pages is out of range")
	case !isSHA256(m.SHA256):
		return errors.New("sha256 is not a hash")
	}
	return m.checkForm()
}

// checkOpen looks at what a manifest says before the letter is in its envelope.
func (m Manifest) checkOpen() error {
	m.Form, m.SHA256 = Open, hashOf(nil)
	return m.check()
}

// checkForm holds the address against the form of the letter: sealed with it, or open with it.
func (m Manifest) checkForm() error {
	switch m.Form {
	case Sealed:
		if m.SealedTo == "" || len(m.SealedRecipient) == 0 || len(m.SealedRecipient) > maxAddress || len(m.Recipient) > 0 {
			return errors.New("the address is not sealed as the letter is")
		}
	case Open:
		if m.SealedTo != "" || len(m.SealedRecipient) > 0 || badAddress(m.Recipient) {
			return errors.New("recipient is not an address")
		}
	default:
		return errors.New("form is not known")
	}
	return nil
}

func badAddress(lines []string) bool {
	return len(lines) == 0 || len(lines) > addressLines || slices.ContainsFunc(lines, badLine)
}

func badLine(s string) bool {
	return s == "" || utf8.RuneCountInString(s) > maxLine || strings.ContainsFunc(s, unicode.IsControl)
}

func isSHA256(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size && s == strings.ToLower(s)
}

// encode writes the manifest as it lies in the spool folder.
func (m Manifest) encode() ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	b, err := json.MarshalIndent(m, "", "  ")
	return append(b, '\n'), err
}

// ReadManifest reads the manifest of one letter in a spool folder.
func ReadManifest(dir, id string) (_ Manifest, err error) {
	defer fault.Wrap(&err, "letter.ReadManifest(%q)", id)
	if !validID(id) {
		return Manifest{}, fault.New(fault.NotFound, "fault.not-found")
	}
	b, err := readBounded(filepath.Join(dir, id+".json"), maxManifest)
	if err != nil {
		return Manifest{}, err
	}
	m, err := ParseManifest(b)
	if err == nil && m.ID != id {
		return Manifest{}, errors.New("the manifest names another letter")
	}
	return m, err
}

// List gives the manifests of the finished letters in a spool folder, oldest first; Collector also checks and opens them. What
// cannot be read is left out and told by the error, beside the rest.
func List(dir string) (_ []Manifest, err error) {
	defer fault.Wrap(&err, "letter.List")
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	if len(entries) > maxSpooled {
		return nil, errors.New("more letters than anybody collects")
	}
	var list []Manifest
	var bad []error
	for _, e := range entries {
		id, isManifest := strings.CutSuffix(e.Name(), ".json")
		if !isManifest || !e.Type().IsRegular() {
			continue
		}
		m, err := ReadManifest(dir, id)
		if errors.Is(err, os.ErrNotExist) {
			continue // collected meanwhile
		}
		if err != nil {
			bad = append(bad, err)
			continue
		}
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b Manifest) int {
		if c := a.Created.Compare(b.Created); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list, errors.Join(bad...)
}

func readBounded(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(b)) > most {
		return nil, errors.New("too long")
	}
	return b, err
}

func hashOf(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:])
}
