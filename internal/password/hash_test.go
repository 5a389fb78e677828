package password

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/text/unicode/norm"

	"torhaus/internal/fault"
	"torhaus/internal/secret"
)

func TestVerify_WholePasswordAndNothingElse(t *testing.T) {
	hasher := NewHasher()
	long := secret.Text(strings.Repeat("Größe ", 14) + "Ende")
	stored, err := hasher.Hash(t.Context(), long)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		typed secret.Text
		want  bool
	}{
		{"the same", long, true},
		{"decomposed letters", secret.Text(norm.NFD.String(string(long))), true},
		{"its first 72 bytes", long[:72], false},
		{"with a blank behind", long + " ", false},
		{"other case", secret.Text(strings.ToUpper(string(long))), false},
		{"empty", "", false},
	} {
		if got, err := hasher.Verify(t.Context(), stored, c.typed); err != nil || got != c.want {
			t.Errorf("%s: %v, %v; want %v", c.name, got, err, c.want)
		}
	}
}

func TestVerify_UnknownUserNeverMatches(t *testing.T) {
	if ok, err := NewHasher().Verify(t.Context(), "", ""); ok || err != nil {
		t.Errorf("matched %v, %v", ok, err)
	}
}

func TestParse_RefusesForgedCosts(t *testing.T) {
	good := string(encode(current, make([]byte, 16), make([]byte, 32)))
	for _, bad := range []string{
		"", "x", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "m=19456", "m=99999999", 1),
		strings.Replace(good, "t=2", "t=0", 1), strings.Replace(good, "t=2", "t=-1", 1), good + "$", good[:len(good)-40],
	} {
		if _, _, _, err := parse(Hash(bad)); !errors.Is(err, errHash) {
			t.Errorf("parse(%q): %v", bad, err)
		}
	}
}

func TestDerive_AnswersLaterWhenTheQueueIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hasher := NewHasher()
		for range cap(hasher.slots) {
			hasher.slots <- struct{}{}
		}
		answers := make(chan error, maxQueue+1)
		ctx, cancel := context.WithCancel(t.Context())
		for range maxQueue {
			go func() { _, err := hasher.Hash(ctx, "x"); answers <- err }()
		}
		synctest.Wait()
		_, err := hasher.Hash(t.Context(), "x")
		if f := fault.Of(err); f == nil || f.Kind != fault.Busy || f.Retry != maxWait {
			t.Errorf("beyond the queue: %v, want busy", err)
		}
		time.Sleep(maxWait) // bubble time: passes at once
		synctest.Wait()
		for range maxQueue {
			if err := <-answers; !fault.Is(err, fault.Busy) {
				t.Errorf("after waiting: %v, want busy", err)
			}
		}
		cancel()
	})
}
