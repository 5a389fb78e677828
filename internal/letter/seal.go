package letter

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"filippo.io/age"
)

// PrintCentre is the public key of a print centre. Letters are sealed to it (age-encryption.org/v1), so that whoever reads the
// spool folder, its backups or the network on the way reads no letter. The zero PrintCentre seals nothing.
type PrintCentre struct {
	key       string
	recipient age.Recipient
}

// ParsePrintCentre reads a public key: age1…, or age1pq1… of a key that withstands quantum computers.
func ParsePrintCentre(key string) (PrintCentre, error) {
	if strings.HasPrefix(strings.ToUpper(key), "AGE-SECRET-KEY-") {
		return PrintCentre{}, errors.New("that is the private half of a key, which belongs to the print centre alone; the public half begins with age1")
	}
	list, err := age.ParseRecipients(strings.NewReader(key))
	if err != nil || len(list) != 1 || strings.TrimSpace(key) != key {
		return PrintCentre{}, errors.New("that is no public key of a print centre; one begins with age1, and `torhaus keys print-centre new` makes one")
	}
	return PrintCentre{key: key, recipient: list[0]}, nil
}

// IsZero tells whether there is no key.
func (p PrintCentre) IsZero() bool { return p.recipient == nil }

// String gives the public key.
func (p PrintCentre) String() string { return p.key }

// Fingerprint names the key in manifests: the first 16 hexadecimal digits of the SHA-256 of its text.
func (p PrintCentre) Fingerprint() string {
	sum := sha256.Sum256([]byte(p.key))
	return hex.EncodeToString(sum[:8])
}

// seal gives what only the print centre can open. It is never the same twice.
func (p PrintCentre) seal(plain []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := age.Encrypt(&b, p.recipient)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	if _, err := w.Write(plain); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return b.Bytes(), nil
}

// Identity is the private half of a print centre's key. It prints as dots. The zero Identity opens nothing.
type Identity struct {
	keys []age.Identity
	text string // the file's last line
}

// NewIdentity makes a key for a print centre.
func NewIdentity() (Identity, PrintCentre, error) {
	k, err := age.GenerateX25519Identity()
	if err != nil {
		return Identity{}, PrintCentre{}, err
	}
	centre, err := ParsePrintCentre(k.Recipient().String())
	return Identity{keys: []age.Identity{k}, text: k.String()}, centre, err
}

// Save writes the identity to a new file that only its owner reads, in the form of age-keygen. An existing file is never
// overwritten.
func (i Identity) Save(path string, public PrintCentre, now time.Time) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already; a key is never overwritten", path)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "# created: %s\n# public key: %s\n%s\n", now.UTC().Format(time.RFC3339), public, i.text)
	return errors.Join(err, f.Sync(), f.Close())
}

const maxIdentityFile = 1 << 20

// LoadIdentity reads the file that Save or age-keygen wrote. It refuses one that others may read. Its errors never quote it.
func LoadIdentity(path string) (Identity, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Identity{}, fmt.Errorf("read the print centre's key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Identity{}, fmt.Errorf("the print centre's key %s can be read by others (mode %04o); mend it with `chmod 600 %s`", path, info.Mode().Perm(), path)
	}
	data, err := readBounded(path, maxIdentityFile)
	if err != nil {
		return Identity{}, fmt.Errorf("read the print centre's key: %w", err)
	}
	keys, err := age.ParseIdentities(bytes.NewReader(data))
	if err != nil {
		return Identity{}, fmt.Errorf("%s holds no private key of a print centre; `torhaus keys print-centre new` or age-keygen makes one", path)
	}
	return Identity{keys: keys}, nil
}

// Format prints dots whatever the verb.
func (Identity) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "••••••") }

// LogValue keeps the key out of logs.
func (Identity) LogValue() slog.Value { return slog.StringValue("••••••") }

// open gives what was sealed to this key, at most so many bytes.
func (i Identity) open(sealed []byte, most int64) ([]byte, error) {
	if len(i.keys) == 0 {
		return nil, errors.New("it is sealed, and the print centre's key was not given")
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), i.keys...)
	if err != nil {
		return nil, errors.New("it does not open: it is sealed to another key, or was altered")
	}
	plain, err := io.ReadAll(io.LimitReader(r, most+1))
	switch {
	case err != nil:
		return nil, errors.New("it does not open: it was altered, or cut off")
	case int64(len(plain)) > most:
		return nil, errors.New("it is longer than any letter")
	}
	return plain, nil
}

// Envelope closes letters: it seals them to the print centre and signs their manifests.
type Envelope struct {
	To   PrintCentre                                // zero leaves letters open, for a print centre on this machine
	Sign func(text string) (note []byte, err error) // see secret.Keyset.Sign
}

// close gives the file to lie in the spool folder and its manifest, signed. What tells of the person is sealed in both.
func (e Envelope) close(pdf []byte, m Manifest) (file, manifest []byte, err error) {
	if e.Sign == nil {
		return nil, nil, errors.New("nobody signs the manifest")
	}
	m.Form, file = Open, pdf
	if !e.To.IsZero() {
		if file, m, err = e.seal(pdf, m); err != nil {
			return nil, nil, err
		}
	}
	m.SHA256 = hashOf(file)
	text, err := m.encode()
	if err != nil {
		return nil, nil, err
	}
	note, err := e.Sign(string(text))
	if err != nil {
		return nil, nil, err
	}
	m.Signature = strings.TrimSuffix(strings.TrimPrefix(string(note), string(text)+"\n"), "\n")
	manifest, err = m.encode()
	return file, manifest, err
}

func (e Envelope) seal(pdf []byte, m Manifest) ([]byte, Manifest, error) {
	file, err := e.To.seal(pdf)
	if err != nil {
		return nil, m, err
	}
	lines, err := e.To.seal([]byte(strings.Join(m.Recipient, "\n") + "\n"))
	if err != nil {
		return nil, m, err
	}
	m.Form, m.SealedTo, m.SealedRecipient, m.Recipient = Sealed, e.To.Fingerprint(), lines, nil
	return file, m, nil
}
