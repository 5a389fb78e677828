package secret_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"torhaus/internal/secret"
)

func FuzzCleanDigits(f *testing.F) {
	for _, typed := range []string{"", "0471 1815", "０４７１–1815", "①⑳⒛", "\u202a04711815\u202c", "O4711815", "\xff", strings.Repeat("⒛", 85)} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code := secret.CleanDigits(typed).Reveal()
		if len(code) > 256 || strings.Trim(code, "0123456789") != "" {
			t.Errorf("%q gives %q", typed, code)
		}
		if again := secret.CleanDigits(code).Reveal(); again != code {
			t.Errorf("%q gives %q, and that gives %q", typed, code, again)
		}
	})
}

func FuzzParseKeyset(f *testing.F) {
	seed := keyOf("aaaaaaaa", 'K').Seed
	f.Add([]byte(``))
	f.Add([]byte(`{"version":1,"keys":[]}`))
	f.Add(fileOf(f, 1, keyOf("aaaaaaaa", 'K'), keyOf("bbbbbbbb", 'L')))
	f.Add(fileOf(f, 1, keyOf("aaaaaaaa", 'K'), keyOf("aaaaaaaa", 'L')))
	f.Add(fileOf(f, 1, record{ID: seed, Seed: "aaaaaaaa"}))
	f.Add([]byte(`{"version":1,"keys":[{"id":"aaaaaaaa","seed":"` + seed + `"},null]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := secret.ParseKeyset(data)
		if err != nil {
			checkRefusal(t, data, err)
			return
		}
		checkKeyset(t, set)
	})
}

// checkRefusal looks for the seeds of a refused file in the error.
func checkRefusal(t *testing.T, data []byte, err error) {
	t.Helper()
	var file struct{ Keys []record }
	if json.Unmarshal(data, &file) != nil {
		return
	}
	for _, k := range file.Keys {
		if len(k.Seed) > 8 && k.Seed != k.ID && strings.Contains(err.Error(), k.Seed) {
			t.Errorf("the error quotes a key: %v", err)
		}
	}
}

// checkKeyset lets an accepted keyset do its work, and again after it was written and read.
func checkKeyset(t *testing.T, set *secret.Keyset) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys")
	if err := set.Save(path); err != nil {
		t.Fatal(err)
	}
	again, err := secret.LoadKeyset(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	got, err := again.Open(mustSeal(t, set, "seed", "t1"), "t1")
	if err != nil || string(got.Reveal()) != "seed" {
		t.Errorf("opened %q, %v", got.Reveal(), err)
	}
	if !again.Matches(set.Hash("p", "1"), "p", "1") || again.Matches(set.Hash("p", "1"), "p", "2") {
		t.Error("compares wrongly")
	}
}
