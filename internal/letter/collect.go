package letter

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"torhaus/internal/fault"
	"torhaus/internal/secret"
)

// Collector opens the letters of a spool folder as the print centre does: it takes nothing that the portal did not sign.
type Collector struct {
	Dir      string
	Identity Identity // the print centre's; not needed for open letters
	Keys     []string // public keys of the portal, see secret.Keyset.VerifierKeys
}

// List gives the finished letters, oldest first, with their recipients. What cannot be read, is not signed or does not open is
// left out and told by the error, beside the rest.
func (c Collector) List() ([]Manifest, error) {
	found, err := List(c.Dir)
	var list []Manifest
	bad := []error{err}
	for _, m := range found {
		m, err := c.check(m)
		if err != nil {
			bad = append(bad, err)
			continue
		}
		list = append(list, m)
	}
	return list, errors.Join(bad...)
}

// Manifest gives the manifest of one letter, with its recipient.
func (c Collector) Manifest(id string) (Manifest, error) {
	m, err := ReadManifest(c.Dir, id)
	if err != nil {
		return Manifest{}, err
	}
	return c.check(m)
}

// check verifies the signature of a manifest and opens the recipient.
func (c Collector) check(m Manifest) (_ Manifest, err error) {
	defer fault.Wrap(&err, "letter %q", m.ID)
	if err := m.verify(c.Keys); err != nil {
		return Manifest{}, err
	}
	if m.Form == Open {
		return m, nil
	}
	lines, err := c.Identity.open(m.SealedRecipient, maxAddress)
	if err != nil {
		return Manifest{}, fmt.Errorf("the address: %w", err)
	}
	m.Recipient = strings.Split(strings.TrimSuffix(string(lines), "\n"), "\n")
	if badAddress(m.Recipient) {
		return Manifest{}, errors.New("the address is none")
	}
	return m, nil
}

// verify holds the signature against the manifest as it is without it.
func (m Manifest) verify(keys []string) error {
	signature := m.Signature
	m.Signature = ""
	text, err := m.encode()
	if err != nil {
		return err
	}
	_, err = secret.OpenSigned([]byte(string(text)+"\n"+signature+"\n"), keys)
	return err
}

// PDF opens the letter that a manifest of this folder belongs to, and checks that it is the very one.
func (c Collector) PDF(id string) (_ []byte, err error) {
	defer fault.Wrap(&err, "letter.PDF(%q)", id)
	m, err := c.Manifest(id)
	if err != nil {
		return nil, err
	}
	file, err := readBounded(filepath.Join(c.Dir, nameOf(m.ID, m.Form)), maxFile)
	if err != nil {
		return nil, err
	}
	if hashOf(file) != m.SHA256 {
		return nil, errors.New("the file is not the one that the manifest names")
	}
	if m.Form == Open {
		return file, nil
	}
	return c.Identity.open(file, maxFile)
}
