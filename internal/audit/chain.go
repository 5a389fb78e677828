package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
	"time"
)

// encodingVersion is the first byte of every canonical encoding. A new layout of the fields gets a new number.
const encodingVersion = 1

// Hash is the SHA-256 of a record's canonical encoding.
type Hash [sha256.Size]byte

// Record is an event in the chain. Seq counts from 1 without gaps; Time has microseconds.
type Record struct {
	Seq  int64
	Time time.Time
	Event
	Hash Hash
}

// Head is the end of the chain.
type Head struct {
	Seq  int64
	Hash Hash
}

// Append makes the record that follows the head, and the new head.
func (h Head) Append(at time.Time, e Event) (Record, Head) {
	r := Record{Seq: h.Seq + 1, Time: at, Event: e}
	r.Hash = r.hash(h.Hash)
	return r, Head{Seq: r.Seq, Hash: r.Hash}
}

// hash covers the previous hash and all fields, each string preceded by its length.
func (r Record) hash(previous Hash) Hash {
	b := []byte{encodingVersion}
	b = append(b, previous[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Seq))
	b = binary.BigEndian.AppendUint64(b, uint64(r.Time.UnixMicro()))
	for _, field := range []string{string(r.Kind), r.Actor, r.Account, r.Token, r.Order, r.Letter, r.Session, r.Reason} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(field)))
		b = append(b, field...)
	}
	return sha256.Sum256(b)
}

// BrokenError names the first place where the chain does not hold.
type BrokenError struct {
	Seq  int64
	What string
}

func (e *BrokenError) Error() string { return fmt.Sprintf("record %d: %s", e.Seq, e.What) }

// Verify walks the records in order and compares the end with the head. It gives the number of sound records, and a
// *BrokenError for the first that is not.
func Verify(records iter.Seq2[Record, error], head Head) (sound int64, err error) {
	var last Head
	for r, err := range records {
		if err != nil {
			return last.Seq, err
		}
		if r.Seq != last.Seq+1 {
			return last.Seq, &BrokenError{last.Seq + 1, fmt.Sprintf("is missing (the next one found is %d)", r.Seq)}
		}
		if want := r.hash(last.Hash); !bytes.Equal(want[:], r.Hash[:]) {
			return last.Seq, &BrokenError{r.Seq, "was altered, or a record before it was"}
		}
		last = Head{Seq: r.Seq, Hash: r.Hash}
	}
	if last.Seq < head.Seq {
		return last.Seq, &BrokenError{last.Seq + 1, fmt.Sprintf("is missing (the head says that there are %d)", head.Seq)}
	}
	if last != head {
		return last.Seq, &BrokenError{last.Seq, "does not agree with the head"}
	}
	return last.Seq, nil
}
