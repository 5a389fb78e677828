package password

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/text/unicode/norm"

	"torhaus/internal/fault"
	"torhaus/internal/password/argon2id"
	"torhaus/internal/secret"
)

// Hash is a password hash in the PHC string format: $argon2id$v=19$m=…,t=…,p=…$salt$hash.
type Hash string

// params are the costs of a hash. Memory is in KiB.
type params struct {
	memory, time uint32
	lanes        uint8
}

// current are the costs of new hashes: what OWASP recommends and ASVS 5.0 asks for at least (11.4.2).
var current = params{memory: 19 * 1024, time: 2, lanes: 1}

// most bounds what a stored hash may ask for, so that a forged row cannot eat the machine.
var most = params{memory: 256 * 1024, time: 10, lanes: 8}

const (
	saltBytes = 16
	keyBytes  = 32
	maxQueue  = 128
	maxWait   = 5 * time.Second
)

// Hasher hashes and compares with a bounded number of hashes at a time.
type Hasher struct {
	slots  chan struct{}
	queued atomic.Int64
	dummy  Hash
}

// NewHasher makes a hasher with as many slots as there are cores to run on.
func NewHasher() *Hasher {
	h := &Hasher{slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	h.dummy = encode(current, secret.Random(saltBytes), secret.Random(keyBytes))
	return h
}

// Hash hashes a new password.
func (h *Hasher) Hash(ctx context.Context, password secret.Text) (Hash, error) {
	salt := secret.Random(saltBytes)
	key, err := h.derive(ctx, password, current, salt, keyBytes)
	if err != nil {
		return "", err
	}
	return encode(current, salt, key), nil
}

// Verify tells whether the password is the one that was hashed. An empty hash, which stands for an unknown user name, is
// compared with a dummy at the same cost and never matches.
func (h *Hasher) Verify(ctx context.Context, stored Hash, password secret.Text) (bool, error) {
	known := stored != ""
	if !known {
		stored = h.dummy
	}
	p, salt, want, err := parse(stored)
	if err != nil {
		return false, err
	}
	got, err := h.derive(ctx, password, p, salt, len(want))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

// derive waits for a slot, at most maxWait and with at most maxQueue others, and then hashes the NFC form of the password.
func (h *Hasher) derive(ctx context.Context, password secret.Text, p params, salt []byte, n int) ([]byte, error) {
	if h.queued.Add(1) > maxQueue {
		h.queued.Add(-1)
		return nil, fault.BusyFor(maxWait, "fault.busy")
	}
	err := h.wait(ctx)
	h.queued.Add(-1)
	if err != nil {
		return nil, err
	}
	defer func() { <-h.slots }()
	typed := norm.NFC.Bytes([]byte(password.Reveal()))
	return argon2id.Key(typed, salt, p.time, p.memory, p.lanes, uint32(n)), nil
}

func (h *Hasher) wait(ctx context.Context) error {
	deadline := time.NewTimer(maxWait)
	defer deadline.Stop()
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-deadline.C:
		return fault.BusyFor(maxWait, "fault.busy")
	case <-ctx.Done():
		return ctx.Err()
	}
}

var b64 = base64.RawStdEncoding

func encode(p params, salt, key []byte) Hash {
	return Hash(fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2id.Version, p.memory, p.time, p.lanes, b64.EncodeToString(salt), b64.EncodeToString(key)))
}

var errHash = errors.New("stored password hash is damaged")

func parse(h Hash) (p params, salt, key []byte, err error) {
	parts := strings.Split(string(h), "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2id.Version) {
		return p, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.lanes); err != nil {
		return p, nil, nil, errHash
	}
	if p.memory == 0 || p.time == 0 || p.lanes == 0 || p.memory > most.memory || p.time > most.time || p.lanes > most.lanes {
		return p, nil, nil, errHash
	}
	salt, saltErr := b64.DecodeString(parts[4])
	key, keyErr := b64.DecodeString(parts[5])
	if saltErr != nil || keyErr != nil || len(salt) < 8 || len(key) < 16 || len(key) > 64 {
		return p, nil, nil, errHash
	}
	return p, salt, key, nil
}
