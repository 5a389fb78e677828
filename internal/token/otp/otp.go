// Package otp computes and checks one-time codes: HOTP (RFC 4226) and TOTP (RFC 6238).
//
// It is arithmetic only: who may use a code, how often, and that it is used once, is decided by the token it belongs to.
package otp

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"hash"
	"net/url"
	"strings"
	"time"

	"torhaus/internal/secret"
)

// Algorithm is the hash under the code, spelt as in an otpauth URI.
type Algorithm string

// The algorithms of RFC 6238. Only SHA1 is honoured by every authenticator app.
const (
	SHA1   Algorithm = "SHA1"
	SHA256 Algorithm = "SHA256"
	SHA512 Algorithm = "SHA512"
)

// Generator makes the codes of one token.
type Generator struct {
	Secret    secret.Bytes
	Algorithm Algorithm
	Digits    int           // 6 to 8
	Period    time.Duration // whole seconds
}

var powers = [...]uint32{6: 1_000_000, 7: 10_000_000, 8: 100_000_000}

// Code gives the code of a time step or counter (RFC 4226, 5.3).
func (g Generator) Code(step int64) secret.Text {
	mac := hmac.New(g.Algorithm.new(), g.Secret)
	_, _ = mac.Write(binary.BigEndian.AppendUint64(nil, uint64(step)))
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	number := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	return secret.Text(fmt.Sprintf("%0*d", g.Digits, number%powers[g.Digits]))
}

func (a Algorithm) new() func() hash.Hash {
	switch a {
	case SHA256:
		return sha256.New
	case SHA512:
		return sha512.New
	default:
		return sha1.New
	}
}

// Step gives the time step of an instant (RFC 6238, 4.2).
func (g Generator) Step(t time.Time) int64 { return t.Unix() / int64(g.Period/time.Second) }

// The digits that a code may have (RFC 4226, 5.3).
const (
	LeastDigits = 6
	MostDigits  = 8
)

// IsCode tells whether digits may be a code of some generator.
func IsCode(digits secret.Text) bool { return len(digits) >= LeastDigits && len(digits) <= MostDigits }

// Find looks for the code among the steps, or counters, from one to another, both included. It compares with each of them whatever
// it finds, so that the time it takes tells nothing. The step found must then be spent by whoever keeps the token's last step.
func (g Generator) Find(code secret.Text, from, to int64) (step int64, found bool) {
	for s := from; s <= to; s++ {
		if g.is(s, code) {
			step, found = s, true
		}
	}
	return step, found
}

// FindPair looks for two codes that follow one another, the first of them among the steps from one to another (RFC 4226, 7.4). It
// gives the step of the second.
func (g Generator) FindPair(first, second secret.Text, from, to int64) (step int64, found bool) {
	before := false // the step before shows the first code
	for s := from; s <= to+1; s++ {
		if g.is(s, second) && before {
			step, found = s, true
		}
		before = g.is(s, first) && s <= to
	}
	return step, found
}

func (g Generator) is(step int64, code secret.Text) bool {
	return subtle.ConstantTimeCompare([]byte(g.Code(step)), []byte(code)) == 1
}

// Text gives the secret as an authenticator app reads it when typed: Base32 without padding.
func (g Generator) Text() secret.Text {
	return secret.Text(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(g.Secret))
}

// URI gives the otpauth URI behind the QR code. Issuer and account contain no colon. Blanks are %20, which every app reads,
// not plus signs (Key URI format).
func (g Generator) URI(issuer, account string) secret.Text {
	return secret.Text(fmt.Sprintf("otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=%s&digits=%d&period=%d",
		escape(issuer), escape(account), g.Text().Reveal(), escape(issuer), g.Algorithm, g.Digits, int(g.Period/time.Second)))
}

func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
