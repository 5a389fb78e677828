package pskc

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"torhaus/internal/secret"
)

// ParseKey reads a key as it is handed over: 16, 24 or 32 bytes as hexadecimal digits, with or without blanks, colons or hyphens
// between them, or in Base64.
func ParseKey(text secret.Text) (secret.Bytes, bool) {
	plain := strings.Join(strings.Fields(text.Reveal()), "")
	digits := strings.NewReplacer(":", "", "-", "").Replace(plain)
	for _, decode := range []func() ([]byte, error){
		func() ([]byte, error) { return hex.DecodeString(digits) },
		func() ([]byte, error) { return base64.StdEncoding.Strict().DecodeString(plain) },
	} {
		key, err := decode()
		if err == nil && (len(key) == 16 || len(key) == 24 || len(key) == 32) {
			return key, true
		}
	}
	return nil, false
}
