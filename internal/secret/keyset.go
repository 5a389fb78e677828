package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"
)

const (
	keysetVersion = 1
	seedBytes     = 32
	keyIDBytes    = 8 // signs of a key id: part of every sealed blob
	// maxKeysetFile bounds what Load reads; a keyset of a hundred keys stays far below.
	maxKeysetFile = 1 << 20
)

// Keyset holds a portal's keys. The newest key seals and hashes; the older ones still open and compare. From each key's
// 32-byte seed, HKDF-SHA-256 derives one key per purpose, so that no key serves two.
type Keyset struct {
	keys []key
}

type key struct {
	ID      string    `json:"id"`
	Created time.Time `json:"created"`
	Seed    string    `json:"seed"` // base64 of 32 random bytes
	derived map[purpose][]byte
}

type keysetFile struct {
	Version int   `json:"version"`
	Keys    []key `json:"keys"` // newest first
}

// purpose names what a derived key is for; it goes into the derivation.
type purpose string

const (
	purposeSeal purpose = "torhaus seal v1"
	purposeHash purpose = "torhaus one-time secret v1"
	purposeMAC  purpose = "torhaus mac v1"

	purposeSignAudit  purpose = "torhaus sign audit v1"
	purposeSignLetter purpose = "torhaus sign letter v1"
)

var purposes = []purpose{purposeSeal, purposeHash, purposeMAC, purposeSignAudit, purposeSignLetter}

// NewKeyset makes a keyset with one fresh key.
func NewKeyset(now time.Time) *Keyset {
	k := key{
		ID:      NewID()[:keyIDBytes],
		Created: now.UTC().Truncate(time.Second),
		Seed:    base64.StdEncoding.EncodeToString(Random(seedBytes)),
	}
	set, err := newKeyset([]key{k})
	if err != nil {
		panic(err) // a fresh key is always well-formed
	}
	return set
}

// LoadKeyset reads a keyset file. It refuses a file that others may read.
func LoadKeyset(path string) (*Keyset, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no keyset at %s; make one with `torhaus keys new %s`, or restore it from the backup if the portal already has data", path, path)
	}
	if err != nil {
		return nil, fmt.Errorf("read keyset: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("keyset %s can be read by others (mode %04o); mend it with `chmod 600 %s`", path, info.Mode().Perm(), path)
	}
	if info.Size() > maxKeysetFile {
		return nil, fmt.Errorf("keyset %s is larger than any keyset", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read keyset: %w", err)
	}
	set, err := ParseKeyset(data)
	if err != nil {
		return nil, fmt.Errorf("keyset %s: %w", path, err)
	}
	return set, nil
}

// ParseKeyset reads the JSON form of a keyset.
func ParseKeyset(data []byte) (*Keyset, error) {
	var file keysetFile
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, errors.New("is damaged: not the JSON of a keyset; restore it from the backup")
	}
	if file.Version != keysetVersion {
		return nil, fmt.Errorf("has version %d, and this program reads version %d; run the program that wrote it, or restore the file from the backup",
			file.Version, keysetVersion)
	}
	if len(file.Keys) == 0 {
		return nil, errors.New("holds no key; restore it from the backup")
	}
	return newKeyset(file.Keys)
}

func newKeyset(keys []key) (*Keyset, error) {
	seen := map[string]bool{}
	for i := range keys {
		if len(keys[i].ID) != keyIDBytes || seen[keys[i].ID] {
			// the id is not quoted: in a file whose fields were mixed up, it is the key
			return nil, fmt.Errorf("the id of key %d is doubled or not %d signs long; restore the file from the backup", i+1, keyIDBytes)
		}
		seed, err := base64.StdEncoding.DecodeString(keys[i].Seed)
		if err != nil || len(seed) != seedBytes {
			return nil, fmt.Errorf("key %q is damaged; restore the file from the backup", keys[i].ID)
		}
		seen[keys[i].ID] = true
		if keys[i].derived, err = derive(seed); err != nil {
			return nil, fmt.Errorf("key %q: %w", keys[i].ID, err)
		}
	}
	return &Keyset{keys: keys}, nil
}

func derive(seed []byte) (map[purpose][]byte, error) {
	derived := map[purpose][]byte{}
	for _, p := range purposes {
		k, err := hkdf.Key(sha256.New, seed, nil, string(p), sha256.Size)
		if err != nil {
			return nil, err
		}
		derived[p] = k
	}
	return derived, nil
}

// Save writes the keyset to a new file that only its owner reads. An existing file is never overwritten: losing keys loses
// every token.
func (s *Keyset) Save(path string) error {
	data, err := json.MarshalIndent(keysetFile{Version: keysetVersion, Keys: s.keys}, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already; a keyset is never overwritten", path)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(append(data, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}

// IDs lists the ids of the keys, the one in use first.
func (s *Keyset) IDs() []string {
	ids := make([]string, len(s.keys))
	for i, k := range s.keys {
		ids[i] = k.ID
	}
	return ids
}

// Format prints dots whatever the verb: a keyset is nothing but secrets.
func (Keyset) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(dots)) }

// LogValue keeps the keys out of logs.
func (Keyset) LogValue() slog.Value { return slog.StringValue(dots) }

func (s *Keyset) byID(id string) (key, bool) {
	for _, k := range s.keys {
		if k.ID == id {
			return k, true
		}
	}
	return key{}, false
}

// Seal encrypts with AES-256-GCM under the newest key and a random nonce. The place (table, column, row) is authenticated
// with it: a sealed value moved to another row does not open.
func (s *Keyset) Seal(plain Bytes, place ...string) ([]byte, error) {
	k := s.keys[0]
	aead, err := k.aead()
	if err != nil {
		return nil, err
	}
	return aead.Seal([]byte(k.ID), nil, plain, associated(place)), nil
}

// Open decrypts what Seal made for the same place.
func (s *Keyset) Open(sealed []byte, place ...string) (Bytes, error) {
	if len(sealed) < keyIDBytes {
		return nil, errors.New("sealed value is too short")
	}
	id := string(sealed[:keyIDBytes])
	k, ok := s.byID(id)
	if !ok {
		return nil, fmt.Errorf("sealed under key %q, which the keyset does not hold", id)
	}
	aead, err := k.aead()
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, nil, sealed[keyIDBytes:], associated(place))
	if err != nil {
		return nil, errors.New("sealed value does not open: wrong key, wrong place, or altered")
	}
	return plain, nil
}

func (k key) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.derived[purposeSeal])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// MAC authenticates parts under the newest key. Use it for values that come back soon: form tokens, look-up keys.
func (s *Keyset) MAC(parts ...string) []byte {
	return mac(s.keys[0].derived[purposeMAC], parts)
}

// CheckMAC tells whether MAC, under any key of the set, gave this value for these parts.
func (s *Keyset) CheckMAC(value []byte, parts ...string) bool {
	for _, k := range s.keys {
		if hmac.Equal(value, mac(k.derived[purposeMAC], parts)) {
			return true
		}
	}
	return false
}

// Hashed is a one-time secret as the database keeps it: HMAC-SHA-256 under a key that lives outside the database (the
// pepper) and a salt per row. Whoever steals the database alone cannot try the codes.
type Hashed struct {
	KeyID string
	Salt  []byte
	MAC   []byte
}

// Hash hashes a one-time secret for its purpose, such as "activation code".
func (s *Keyset) Hash(purpose string, code Text) Hashed {
	k := s.keys[0]
	salt := Random(16)
	return Hashed{KeyID: k.ID, Salt: salt, MAC: mac(k.derived[purposeHash], []string{purpose, string(salt), string(code)})}
}

// Matches tells in constant time whether the code is the one that was hashed for this purpose.
func (s *Keyset) Matches(h Hashed, purpose string, code Text) bool {
	k, ok := s.byID(h.KeyID)
	if !ok || len(h.MAC) == 0 {
		return false
	}
	return hmac.Equal(h.MAC, mac(k.derived[purposeHash], []string{purpose, string(h.Salt), string(code)}))
}

// mac is HMAC-SHA-256 over the parts, each preceded by its length, so that no two lists of parts look alike.
func mac(key []byte, parts []string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write(associated(parts))
	return h.Sum(nil)
}

func associated(parts []string) []byte {
	var b []byte
	for _, p := range parts {
		b = fmt.Appendf(b, "%d:%s", len(p), p)
	}
	return b
}
