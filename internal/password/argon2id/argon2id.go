// Package argon2id is the password hash Argon2id (RFC 9106), with the wide registers of today's processors and with memory that is
// kept for the next hash.
//
// The hashes are those of golang.org/x/crypto/argon2, which is what a processor without AVX2 or of another architecture than amd64
// runs. That library uses registers of 128 bits and takes fresh memory for each hash: 19 MiB with the costs of the portal, for
// which the garbage collector has to run when many log in (docs/performance.md).
//
// Memory is cleared as soon as its hash is done.
package argon2id

import (
	"encoding/binary"
	"sync"
	"weak"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/blake2b"
)

// Version is the version of the function that is computed, as stored hashes name it (RFC 9106 §3.1).
const Version = argon2.Version

const (
	blockBytes = 1024
	blockWords = blockBytes / 8
	slices     = 4 // of a pass (RFC 9106 §3.4)
	typeID     = 2 // Argon2id, y in RFC 9106 §3.2
)

// block is the unit of the memory: B[i][j] of RFC 9106 §3.2.
type block [blockWords]uint64

// Key gives the hash of a password in so many bytes. Memory is in KiB; passes and lanes are at least 1.
func Key(password, salt []byte, passes, memory uint32, lanes uint8, bytes uint32) []byte {
	if mix == nil {
		return argon2.IDKey(password, salt, passes, memory, lanes, bytes)
	}
	return key(password, salt, passes, memory, uint32(lanes), bytes)
}

func key(password, salt []byte, passes, memory, lanes, bytes uint32) []byte {
	first := begin(password, salt, passes, memory, lanes, bytes)
	segment := max(memory/(slices*lanes), 2)
	m := take(segment * slices * lanes)
	defer giveBack(m)
	f := filler{memory: m.blocks, passes: passes, lanes: lanes, segment: segment}
	for lane := range lanes {
		for i := range uint32(2) {
			start(&f.memory[f.at(lane, i)], first, i, lane)
		}
	}
	f.fill()
	return f.end(bytes)
}

// begin is H0 of RFC 9106 §3.2, without a secret and without associated data.
func begin(password, salt []byte, passes, memory, lanes, bytes uint32) []byte {
	var in []byte
	for _, figure := range []uint32{lanes, bytes, memory, passes, Version, typeID} {
		in = binary.LittleEndian.AppendUint32(in, figure)
	}
	for _, part := range [][]byte{password, salt, nil, nil} {
		in = binary.LittleEndian.AppendUint32(in, uint32(len(part)))
		in = append(in, part...)
	}
	sum := blake2b.Sum512(in)
	clear(in)
	return sum[:]
}

// start sets one of the first two blocks of a lane.
func start(b *block, first []byte, i, lane uint32) {
	in := binary.LittleEndian.AppendUint32(append(make([]byte, 0, len(first)+8), first...), i)
	long := longHash(binary.LittleEndian.AppendUint32(in, lane), blockBytes)
	for word := range b {
		b[word] = binary.LittleEndian.Uint64(long[8*word:])
	}
	clear(long)
}

// longHash is H' of RFC 9106 §3.3: a hash of any length.
func longHash(in []byte, bytes uint32) []byte {
	in = append(binary.LittleEndian.AppendUint32(nil, bytes), in...)
	if bytes <= blake2b.Size {
		return sum(in, int(bytes))
	}
	v := sum(in, blake2b.Size)
	out := append(make([]byte, 0, bytes), v[:blake2b.Size/2]...)
	for int(bytes)-len(out) > blake2b.Size {
		v = sum(v, blake2b.Size)
		out = append(out, v[:blake2b.Size/2]...)
	}
	return append(out, sum(v, int(bytes)-len(out))...)
}

func sum(in []byte, bytes int) []byte {
	h, err := blake2b.New(bytes, nil)
	if err != nil {
		panic(err) // of a size that BLAKE2b does not have: 1 to 64 bytes, and longHash asks for no other
	}
	h.Write(in)
	return h.Sum(nil)
}

// memory is what one hash works in.
type memory struct{ blocks []block }

// kept is the memory of hashes that are done, all zero. The garbage collector takes it where it finds it unused.
var kept struct {
	sync.Mutex
	free []weak.Pointer[memory] // at most as many as hashes were made at the same time
}

// take gives memory of so many blocks, all zero.
func take(blocks uint32) *memory {
	kept.Lock()
	defer kept.Unlock()
	for n := len(kept.free); n > 0; n = len(kept.free) {
		m := kept.free[n-1].Value()
		kept.free = kept.free[:n-1]
		if m != nil && cap(m.blocks) >= int(blocks) {
			m.blocks = m.blocks[:blocks]
			return m
		}
	}
	return &memory{blocks: make([]block, blocks)}
}

// giveBack clears memory and keeps it.
func giveBack(m *memory) {
	clear(m.blocks)
	kept.Lock()
	defer kept.Unlock()
	kept.free = append(kept.free, weak.Make(m))
}
