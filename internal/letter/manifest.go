package letter

import (
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

// Manifest accompanies each PDF in the spool folder: what the print centre needs to sort, print and account for it. It is
// written last; a PDF without one is not finished. The hash is that of a document with a secret in it, so it stays out of logs
// and databases: whoever knows all else could find the secret by trying.
type Manifest struct {
	Version   int       `json:"version"`   // of this form, 1
	ID        string    `json:"id"`        // of the letter, and the name of both files
	Portal    string    `json:"portal"`    // key of the profile
	Kind      string    `json:"kind"`      // such as activation-code
	Recipient []string  `json:"recipient"` // 1 to 6 lines
	Created   time.Time `json:"created"`   // RFC 3339
	Pages     int       `json:"pages"`
	SHA256    string    `json:"sha256"` // of the PDF, hexadecimal
}

// Bounds of what is read from a spool folder.
const (
	manifestVersion = 1
	maxManifest     = 64 << 10 // bytes
	maxPDF          = 16 << 20 // bytes
	maxSpooled      = 100_000  // entries of a folder
	maxPages        = 1000
	maxLine         = 500 // signs of an address line
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
	if err := m.check(); err != nil {
		return Manifest{}, fmt.Errorf("letter.ParseManifest: %w", err)
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
	case len(m.Recipient) == 0 || len(m.Recipient) > addressLines || slices.ContainsFunc(m.Recipient, badLine):
		return errors.New("recipient is not an address")
	case m.Created.IsZero():
		return errors.New("created is missing")
	case m.Pages < 1 || m.Pages > maxPages:
		return errors.New("pages is out of range")
	case !isSHA256(m.SHA256):
		return errors.New("sha256 is not a hash")
	}
	return nil
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

// ReadPDF reads the PDF that a manifest belongs to and checks that it is the very one.
func ReadPDF(dir string, m Manifest) (_ []byte, err error) {
	defer fault.Wrap(&err, "letter.ReadPDF(%q)", m.ID)
	if !validID(m.ID) {
		return nil, fault.New(fault.NotFound, "fault.not-found")
	}
	pdf, err := readBounded(filepath.Join(dir, m.ID+".pdf"), maxPDF)
	if err != nil {
		return nil, err
	}
	if hashOf(pdf) != m.SHA256 {
		return nil, errors.New("the PDF is not the one that the manifest names")
	}
	return pdf, nil
}

// List gives the finished letters of a spool folder, oldest first, as the print centre would find them. What cannot be read is
// left out and told by the error, beside the rest.
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

func hashOf(pdf []byte) string {
	sum := sha256.Sum256(pdf)
	return hex.EncodeToString(sum[:])
}
