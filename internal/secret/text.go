package secret

import (
	"fmt"
	"log/slog"
)

// dots is what a secret prints as, everywhere.
const dots = "••••••"

// Text is a secret that people type or read: a password, a code. It prints as dots in every format, JSON and logs included;
// only Reveal gives it away. One gap is Go's own: fmt never asks the type of an unexported field, so a struct that keeps a
// secret in one is not to be printed. A secret is no key of a map either, since JSON takes such keys as they are.
type Text string

// Bytes is a secret of raw bytes: a key, a token's seed. It prints as dots like Text.
type Bytes []byte

// Reveal gives the secret itself. Each call is a place to look at in a review.
func (t Text) Reveal() string { return string(t) }

// Reveal gives the secret itself. Each call is a place to look at in a review.
func (b Bytes) Reveal() []byte { return []byte(b) }

// Format prints dots whatever the verb.
func (Text) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(dots)) }

// Format prints dots whatever the verb.
func (Bytes) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(dots)) }

// MarshalText keeps the secret out of JSON, XML and YAML.
func (Text) MarshalText() ([]byte, error) { return []byte(dots), nil }

// MarshalText keeps the secret out of JSON, XML and YAML.
func (Bytes) MarshalText() ([]byte, error) { return []byte(dots), nil }

// LogValue keeps the secret out of logs.
func (Text) LogValue() slog.Value { return slog.StringValue(dots) }

// LogValue keeps the secret out of logs.
func (Bytes) LogValue() slog.Value { return slog.StringValue(dots) }

// Wipe overwrites the bytes, so that the secret does not outlive its use in memory.
func (b Bytes) Wipe() { clear(b) }
