package argon2id

import (
	"bytes"
	"encoding/hex"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"golang.org/x/crypto/argon2"
)

// vectors are made by the reference implementation of Argon2 (P-H-C/phc-winner-argon2, version 0x13) for "password" and "somesalt".
var vectors = []struct {
	passes, memory uint32
	lanes          uint8
	want           string
}{
	{1, 64, 1, "655ad15eac652dc59f7170a7332bf49b8469be1fdb9c28bb"},
	{2, 64, 1, "068d62b26455936aa6ebe60060b0a65870dbfa3ddf8d41f7"},
	{2, 64, 2, "350ac37222f436ccb5c0972f1ebd3bf6b958bf2071841362"},
	{3, 256, 2, "4668d30ac4187e6878eedeacf0fd83c5a0a30db2cc16ef0b"},
	{4, 4096, 4, "145db9733a9f4ee43edf33c509be96b934d505a4efb33c5a"},
}

func TestKey_ReferenceVectors(t *testing.T) {
	eachWay(t, func(t *testing.T) {
		for _, v := range vectors {
			if got := hex.EncodeToString(Key([]byte("password"), []byte("somesalt"), v.passes, v.memory, v.lanes, 24)); got != v.want {
				t.Errorf("t=%d m=%d p=%d: %s, want %s", v.passes, v.memory, v.lanes, got, v.want)
			}
		}
	})
}

// TestKey_IsTheLibrarys compares with the library for costs and lengths of many kinds, so that memory of other hashes, larger and
// smaller, is used again.
func TestKey_IsTheLibrarys(t *testing.T) {
	eachWay(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(1, 2))
		for range 150 {
			compare(t, bytesOf(random, random.IntN(200)), bytesOf(random, random.IntN(40)),
				1+random.Uint32N(4), random.Uint32N(600), uint8(1+random.IntN(5)), 1+random.Uint32N(200))
		}
		compare(t, []byte("Amsel-Garten-27!"), bytesOf(random, 16), 2, 19*1024, 1, 32)
	})
}

func FuzzKey(f *testing.F) {
	f.Add([]byte("password"), []byte("somesalt"), uint8(2), uint16(64), uint8(2), uint8(24))
	f.Fuzz(func(t *testing.T, password, salt []byte, passes uint8, memory uint16, lanes, n uint8) {
		eachWay(t, func(t *testing.T) {
			compare(t, password, salt, 1+uint32(passes%4), uint32(memory%2048), 1+lanes%8, 1+uint32(n))
		})
	})
}

func bytesOf(random *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

func compare(t *testing.T, password, salt []byte, passes, memory uint32, lanes uint8, n uint32) {
	t.Helper()
	want := argon2.IDKey(password, salt, passes, memory, lanes, n)
	if got := Key(password, salt, passes, memory, lanes, n); !bytes.Equal(got, want) {
		t.Fatalf("t=%d m=%d p=%d, %d bytes: %x, want %x", passes, memory, lanes, n, got, want)
	}
}

func TestKey_HashesAtTheSameTimeShareNoMemory(t *testing.T) {
	want := map[byte][]byte{}
	for p := range byte(4) {
		want[p] = argon2.IDKey([]byte{p}, []byte("somesalt"), 2, 512, 1, 32)
	}
	var all sync.WaitGroup
	for p := range byte(4) {
		all.Go(func() {
			for range 20 {
				if got := Key([]byte{p}, []byte("somesalt"), 2, 512, 1, 32); !bytes.Equal(got, want[p]) {
					t.Errorf("password %d: %x, want %x", p, got, want[p])
				}
			}
		})
	}
	all.Wait()
}

func TestKey_LeavesNothingInMemory(t *testing.T) {
	m := take(512)
	m.blocks[0][0], m.blocks[511][127] = 1, 1
	giveBack(m)
	for i, block := range m.blocks {
		for _, word := range block {
			if word != 0 {
				t.Fatalf("block %d holds %x", i, word)
			}
		}
	}
}

func TestKey_UsesMemoryAgainThatNobodyUses(t *testing.T) {
	runtime.GC() // what other tests kept is gone
	first := take(512)
	giveBack(first)
	second, third := take(256), take(512)
	if second != first || third == first {
		t.Error("memory was not used again, or twice at once")
	}
}

// eachWay runs a test with each of the ways to mix that this processor has, and with the library.
func eachWay(t *testing.T, test func(*testing.T)) {
	chosen := mix
	defer func() { mix = chosen }()
	for name, way := range ways() {
		mix = way
		t.Run(name, test)
	}
}

func BenchmarkKey(b *testing.B) {
	chosen := mix
	defer func() { mix = chosen }()
	salt := make([]byte, 16)
	for name, way := range ways() {
		b.Run(name, func(b *testing.B) {
			mix = way
			for b.Loop() {
				Key([]byte("Amsel-Garten-27!"), salt, 2, 19*1024, 1, 32)
			}
		})
	}
}
