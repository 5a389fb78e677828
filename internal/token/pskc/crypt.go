package pskc

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash"
	"slices"
	"strconv"
	"strings"

	"torhaus/internal/secret"
)

// encryption is an algorithm of XML Encryption: AES with a key of so many bytes, as CBC or as key wrap.
type encryption struct {
	bytes int
	wraps bool // key wrap (RFC 3394), which notices a wrong key and a changed text by itself
}

var encryptions = map[string]encryption{
	nsXEnc + "aes128-cbc": {bytes: 16},
	nsXEnc + "aes192-cbc": {bytes: 24},
	nsXEnc + "aes256-cbc": {bytes: 32},
	nsXEnc + "kw-aes128":  {bytes: 16, wraps: true},
	nsXEnc + "kw-aes192":  {bytes: 24, wraps: true},
	nsXEnc + "kw-aes256":  {bytes: 32, wraps: true},
}

// macs are the algorithms of MACs, which are those of pseudorandom functions too.
var macs = map[string]func() hash.Hash{
	nsDSig + "hmac-sha1": sha1.New,
	"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256": sha256.New,
	"http://www.w3.org/2001/04/xmldsig-more#hmac-sha384": sha512.New384,
	"http://www.w3.org/2001/04/xmldsig-more#hmac-sha512": sha512.New,
}

// derivations are the names of PBKDF2.
var derivations = []string{nsPKCS5 + "pbkdf2", nsPKCS5 + "PBKDF2", "http://www.w3.org/2009/xmlenc11#pbkdf2"}

const (
	maxIterations = 2_000_000 // about a second
	leastSalt     = 8         // bytes; PKCS #5, section 4.1
	leastMACKey   = 16        // bytes
)

var errWrongKey = errors.New("the key does not fit")

// value is an encrypted value as the file has it.
type value struct {
	encryption encryption
	cipher     []byte
}

// decrypt opens a value. What CBC gives for a wrong key may look right: the MAC tells.
func (v value) decrypt(key secret.Bytes) (secret.Bytes, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	if v.encryption.wraps {
		return unwrap(block, v.cipher)
	}
	const size = aes.BlockSize
	if len(v.cipher) < 2*size || len(v.cipher)%size != 0 {
		return nil, errWrongKey
	}
	plain := make([]byte, len(v.cipher)-size)
	cipher.NewCBCDecrypter(block, v.cipher[:size]).CryptBlocks(plain, v.cipher[size:])
	padding := int(plain[len(plain)-1]) // XML Encryption, section 5.2: only the last byte is told
	if padding < 1 || padding > size {
		return nil, errWrongKey
	}
	return plain[:len(plain)-padding], nil
}

// unwrap opens what was wrapped by RFC 3394, section 2.2.2.
func unwrap(block cipher.Block, wrapped []byte) (secret.Bytes, error) {
	n := len(wrapped)/8 - 1
	if n < 2 || len(wrapped)%8 != 0 {
		return nil, errWrongKey
	}
	r := append([]byte(nil), wrapped[8:]...)
	b := make([]byte, aes.BlockSize)
	a := binary.BigEndian.Uint64(wrapped)
	for j := 5; j >= 0; j-- {
		for i := n; i >= 1; i-- {
			part := r[(i-1)*8 : i*8]
			binary.BigEndian.PutUint64(b, a^uint64(n*j+i))
			copy(b[8:], part)
			block.Decrypt(b, b)
			a = binary.BigEndian.Uint64(b)
			copy(part, b[8:])
		}
	}
	if a != 0xa6a6a6a6a6a6a6a6 {
		return nil, errWrongKey
	}
	return r, nil
}

// lock is how a file is encrypted, opened.
type lock struct {
	name   string       // of the key, as the file calls it
	key    secret.Bytes // of the file; nil where it is in clear
	mac    func() hash.Hash
	macKey secret.Bytes
}

// fits tells whether a MAC belongs to a text: it covers the initialisation vector and the cipher text (section 6.1.1).
func (l lock) fits(mac, text []byte) bool {
	h := hmac.New(l.mac, l.macKey)
	_, _ = h.Write(text)
	return hmac.Equal(h.Sum(nil), mac)
}

// openKey finds the key of a file by its EncryptionKey.
func (l *lock) openKey(n *node, unlock Unlock) error {
	if len(n.all(nsDSig, "X509Data")) > 0 || len(n.all(nsDSig, "KeyValue")) > 0 {
		return Refusal{Line: n.line, Reason: Certificate}
	}
	derived, err := n.one(nsXEnc11, "DerivedKey")
	if err != nil {
		return err
	}
	if derived != nil {
		return l.derive(derived, unlock)
	}
	name, err := n.one(nsDSig, "KeyName")
	if err != nil {
		return err
	}
	if name != nil {
		l.name = clipped(name.text)
	}
	if len(unlock.Key) == 0 {
		return Refusal{Line: n.line, Reason: KeyNeeded, Args: []any{l.name}}
	}
	if size := len(unlock.Key); size != 16 && size != 24 && size != 32 {
		return Refusal{Line: n.line, Reason: KeyLength, Args: []any{size, 16}}
	}
	l.key = unlock.Key
	return nil
}

// derive makes the key of a file out of a password (PBKDF2, RFC 8018).
func (l *lock) derive(n *node, unlock Unlock) error {
	if name, err := n.one(nsXEnc11, "MasterKeyName"); err != nil {
		return err
	} else if name != nil {
		l.name = clipped(name.text)
	}
	if unlock.Password == "" {
		return Refusal{Line: n.line, Reason: WordNeeded, Args: []any{l.name}}
	}
	p, err := derivationOf(n)
	if err != nil {
		return err
	}
	l.key, err = pbkdf2.Key(p.prf, unlock.Password.Reveal(), p.salt, p.iterations, p.length)
	return err
}

// derivation are the parameters of PBKDF2.
type derivation struct {
	salt               []byte
	iterations, length int
	prf                func() hash.Hash
}

func derivationOf(n *node) (d derivation, err error) {
	wrong := func(what string) error { return Refusal{Line: n.line, Reason: BadDerivation, Args: []any{what}} }
	method, err := n.one(nsXEnc11, "KeyDerivationMethod")
	if err != nil {
		return d, err
	}
	if method == nil || !slices.Contains(derivations, method.attr("Algorithm")) {
		return d, wrong("algorithm")
	}
	params, err := method.one(nsPKCS5, "PBKDF2-params")
	if err != nil {
		return d, err
	}
	if params == nil {
		return d, wrong("algorithm")
	}
	read := func(way ...string) string {
		var found *node
		if err == nil {
			found, err = params.anyOne(way...)
		}
		if found == nil {
			return ""
		}
		return found.text
	}
	salt, rounds, length := read("Salt", "Specified"), read("IterationCount"), read("KeyLength")
	if err != nil {
		return d, err
	}
	if d.salt, err = decode(salt); err != nil || len(d.salt) < leastSalt {
		return d, wrong("salt")
	}
	if d.iterations, err = strconv.Atoi(rounds); err != nil || d.iterations < 1 || d.iterations > maxIterations {
		return d, wrong("iterations")
	}
	d.length = 16
	if length != "" {
		d.length, err = strconv.Atoi(length)
	}
	if err != nil || d.length != 16 && d.length != 24 && d.length != 32 {
		return d, wrong("key-length")
	}
	d.prf = sha1.New // the default of PKCS #5
	prf, err := params.anyOne("PRF")
	if err != nil {
		return d, err
	}
	if name := prf.attr("Algorithm"); name != "" {
		if d.prf = macs[name]; d.prf == nil {
			return d, wrong("prf")
		}
	}
	return d, nil
}

// anyOne is one for parameters of PBKDF2, which RFC 6030 writes without a namespace and the schema of PKCS #5 with its own.
func (n *node) anyOne(way ...string) (*node, error) {
	for _, local := range way {
		var found []*node
		for _, child := range n.children {
			if child.name.Local == local {
				found = append(found, child)
			}
		}
		switch len(found) {
		case 0:
			return nil, nil
		case 1:
			n = found[0]
		default:
			return nil, Refusal{Line: found[1].line, Reason: Doubled, Args: []any{local}}
		}
	}
	return n, nil
}

// openMAC reads the MACMethod of a file. Without a key of its own it uses the file's (section 6.1.1).
func (l *lock) openMAC(n *node) error {
	if l.mac = macs[n.attr("Algorithm")]; l.mac == nil {
		return Refusal{Line: n.line, Reason: BadMAC, Args: []any{clipped(n.attr("Algorithm"))}}
	}
	if len(n.all(nsPSKC, "MACKeyReference")) > 0 {
		return Refusal{Line: n.line, Reason: BadMAC, Args: []any{"MACKeyReference"}}
	}
	own, err := n.one(nsPSKC, "MACKey")
	if err != nil {
		return err
	}
	if own == nil || l.key == nil {
		l.macKey = l.key
		return nil
	}
	v, err := valueOf(own)
	if err != nil {
		return err
	}
	if v.encryption.bytes != len(l.key) {
		return Refusal{Line: own.line, Reason: KeyLength, Args: []any{len(l.key), v.encryption.bytes}}
	}
	if l.macKey, err = v.decrypt(l.key); err != nil || len(l.macKey) < leastMACKey {
		return Refusal{Line: own.line, Reason: WrongKey}
	}
	return nil
}

// valueOf reads an encrypted value.
func valueOf(n *node) (v value, err error) {
	method, err := n.one(nsXEnc, "EncryptionMethod")
	if err != nil {
		return v, err
	}
	known := false
	if v.encryption, known = encryptions[method.attr("Algorithm")]; !known {
		return v, Refusal{Line: n.line, Reason: BadEncryption, Args: []any{clipped(method.attr("Algorithm"))}}
	}
	text, err := n.one(nsXEnc, "CipherData", "CipherValue")
	if err != nil {
		return v, err
	}
	if text == nil {
		return v, Refusal{Line: n.line, Reason: Malformed, Args: []any{"CipherValue", ""}}
	}
	if v.cipher, err = decode(text.text); err != nil {
		return v, Refusal{Line: text.line, Reason: Malformed, Args: []any{"CipherValue", "…"}}
	}
	return v, nil
}

// decode reads Base64, with blanks as XML has them.
func decode(text string) ([]byte, error) {
	return base64.StdEncoding.Strict().DecodeString(strings.Join(strings.Fields(text), ""))
}
