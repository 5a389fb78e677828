// Package argon2id is the password hash Argon2id (RFC 9106) with memory that is kept for the next hash.
//
// golang.org/x/crypto/argon2 takes fresh memory for each hash, 19 MiB with the costs of the portal, and that memory is what the
// garbage collector of a portal runs for when many log in (docs/performance.md). The heart of the hash, which fills the memory and
// is written in assembler, is the library's own; what stands here is the frame around it: a hash before, a hash behind.
// A library that changes this heart does not link any more, or fails the tests, which compare with it.
//
// Memory is cleared as soon as its hash is done, where the library leaves it as it is until something else needs it.
package argon2id

import (
	"encoding/binary"
	"sync"
	_ "unsafe" // for go:linkname
	"weak"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/blake2b"
)

const (
	blockBytes = 1024
	slices     = 4 // of a pass (RFC 9106 §3.4)
	typeID     = 2 // Argon2id, y in RFC 9106 §3.2
)

// block is the unit of the memory, as the library has it.
type block [blockBytes / 8]uint64

// processBlocks fills the memory.
//
//go:linkname processBlocks golang.org/x/crypto/argon2.processBlocks
func processBlocks(memory []block, passes, blocks, lanes uint32, mode int)

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

// Key gives the hash of a password in so many bytes. Memory is in KiB; passes and lanes are at least 1.
func Key(password, salt []byte, passes, memory uint32, lanes uint8, bytes uint32) []byte {
	n := uint32(lanes)
	first := begin(password, salt, passes, memory, n, bytes)
	blocks := max(memory/(slices*n)*(slices*n), 2*slices*n)
	m := take(blocks)
	defer giveBack(m)
	b := m.blocks
	for lane := range n {
		for i := range uint32(2) {
			fill(&b[lane*(blocks/n)+i], first, i, lane)
		}
	}
	processBlocks(b, passes, blocks, n, typeID)
	return end(b, n, bytes)
}

// begin is H0 of RFC 9106 §3.2, without a secret and without associated data.
func begin(password, salt []byte, passes, memory, lanes, bytes uint32) []byte {
	var in []byte
	for _, figure := range []uint32{lanes, bytes, memory, passes, argon2.Version, typeID} {
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

// fill sets one of the first two blocks of a lane.
func fill(b *block, first []byte, i, lane uint32) {
	in := binary.LittleEndian.AppendUint32(append(make([]byte, 0, len(first)+8), first...), i)
	long := longHash(binary.LittleEndian.AppendUint32(in, lane), blockBytes)
	for word := range b {
		b[word] = binary.LittleEndian.Uint64(long[8*word:])
	}
}

// end folds the last blocks of all lanes into the hash.
func end(b []block, lanes, bytes uint32) []byte {
	last := b[len(b)-1]
	each := len(b) / int(lanes)
	for lane := range int(lanes) - 1 {
		for word, v := range b[lane*each+each-1] {
			last[word] ^= v
		}
	}
	in := make([]byte, 0, blockBytes)
	for _, v := range last {
		in = binary.LittleEndian.AppendUint64(in, v)
	}
	return longHash(in, bytes)
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
