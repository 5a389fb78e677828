package secret

import (
	"crypto/rand"
	"encoding/base32"
	"math/big"
	"strings"
)

// Random gives n unguessable bytes.
func Random(n int) Bytes {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand stops the program instead
	return b
}

// Digits gives a code of n decimal digits, each equally likely, leading zeros included.
func Digits(n int) Text { return FromAlphabet("0123456789", n) }

// FromAlphabet gives n signs of the alphabet, each equally likely. The alphabet is ASCII.
func FromAlphabet(alphabet string, n int) Text {
	size := big.NewInt(int64(len(alphabet)))
	var b strings.Builder
	for range n {
		i, err := rand.Int(rand.Reader, size)
		if err != nil {
			panic(err) // crypto/rand never fails; an empty alphabet is a programming error
		}
		b.WriteByte(alphabet[i.Int64()])
	}
	return Text(b.String())
}

var idEncoding = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// NewID gives a fresh identifier of 128 random bits, 26 signs of a-z and 2-9: unguessable, safe in URLs and file names.
func NewID() string { return idEncoding.EncodeToString(Random(16)) }
