package argon2id

import (
	"encoding/binary"
	"sync"
)

// filler fills the memory of one hash (RFC 9106 §3.2, steps 5 and 6). Each lane has slices segments of the same number of blocks.
type filler struct {
	memory                 []block
	passes, lanes, segment uint32
}

// at gives the place of a block in the memory.
func (f *filler) at(lane, i uint32) uint32 { return lane*f.laneLength() + i }

func (f *filler) laneLength() uint32 { return f.segment * slices }

// fill goes over the memory as often as asked. The lanes of a slice depend on nothing but the slices before.
func (f *filler) fill() {
	for pass := range f.passes {
		for slice := range uint32(slices) {
			if f.lanes == 1 {
				f.fillSegment(pass, slice, 0)
				continue
			}
			var lanes sync.WaitGroup
			for lane := range f.lanes {
				lanes.Go(func() { f.fillSegment(pass, slice, lane) })
			}
			lanes.Wait()
		}
	}
}

// fillSegment makes each block of a segment of the one before and of one that pseudo-random numbers choose: in the first half of the
// first pass of numbers that do not depend on the password, later of the block before.
func (f *filler) fillSegment(pass, slice, lane uint32) {
	var scratch block
	defer clear(scratch[:])
	numbers := addresses{in: block{uint64(pass), uint64(lane), uint64(slice), uint64(len(f.memory)), uint64(f.passes), typeID}}
	independent := pass == 0 && slice < slices/2
	begin := uint32(0)
	if pass == 0 && slice == 0 {
		begin = 2 // the first two are there
	}
	for i := begin; i < f.segment; i++ {
		here := slice*f.segment + i
		before := here - 1
		if here == 0 {
			before = f.laneLength() - 1
		}
		previous := &f.memory[f.at(lane, before)]
		number := previous[0]
		if independent {
			number = numbers.next(i, &scratch)
		}
		mix(&f.memory[f.at(lane, here)], previous, &f.memory[f.chosen(number, pass, slice, lane, i)], &scratch, pass > 0)
	}
}

// chosen maps a pseudo-random number to a block that is there and not overwritten meanwhile (RFC 9106 §3.4.2).
func (f *filler) chosen(number uint64, pass, slice, lane, i uint32) uint32 {
	from := uint32(number>>32) % f.lanes
	if pass == 0 && slice == 0 {
		from = lane
	}
	there, first := (slices-1)*f.segment, (slice+1)%slices*f.segment // blocks that are done, and the oldest of them
	if pass == 0 {
		there, first = slice*f.segment, 0
	}
	switch {
	case from == lane:
		there += i - 1
	case i == 0:
		there--
	}
	x := number & 0xffffffff
	y := uint64(there) * (x * x >> 32) >> 32
	return f.at(from, (first+there-1-uint32(y))%f.laneLength())
}

// addresses are pseudo-random numbers that depend on the place in the memory only (RFC 9106 §3.4.1.2).
type addresses struct{ in, out block }

// next gives the number of a block of the segment; they are asked for in order.
func (a *addresses) next(i uint32, scratch *block) uint64 {
	if i%blockWords == 0 || a.in[6] == 0 {
		a.in[6]++
		var zero, between block
		mix(&between, &zero, &a.in, scratch, false)
		mix(&a.out, &zero, &between, scratch, false)
	}
	return a.out[i%blockWords]
}

// end folds the last blocks of all lanes into the hash (RFC 9106 §3.2, steps 7 and 8).
func (f *filler) end(bytes uint32) []byte {
	last := f.memory[f.at(0, f.laneLength()-1)]
	for lane := uint32(1); lane < f.lanes; lane++ {
		for word, v := range f.memory[f.at(lane, f.laneLength()-1)] {
			last[word] ^= v
		}
	}
	in := make([]byte, 0, blockBytes)
	for _, v := range last {
		in = binary.LittleEndian.AppendUint64(in, v)
	}
	clear(last[:])
	defer clear(in)
	return longHash(in, bytes)
}
