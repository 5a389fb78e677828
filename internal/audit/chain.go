package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
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

// Damage says in one word what is wrong at a place of the chain.
type Damage string

// The damages.
const (
	Missing   Damage = "missing"   // a record was removed, or the end was cut off
	Altered   Damage = "altered"   // a record's content does not fit its hash, or the one before it
	Rewritten Damage = "rewritten" // hashes fit one another, but a signed head says otherwise
	Surplus   Damage = "surplus"   // records stand behind the head
	WrongHead Damage = "head"      // the last record is another than the head says
)

// BrokenError names the first place where the chain does not hold.
type BrokenError struct {
	Seq    int64
	Damage Damage
	What   string // the same in a sentence that begins with the record
}

func (e *BrokenError) Error() string { return fmt.Sprintf("record %d: %s", e.Seq, e.What) }

// Verify walks the records in order, compares them with the heads that were signed, which come in the order of their numbers,
// and the end with the head. It gives the number of sound records, and a *BrokenError for the first that is not.
func Verify(records iter.Seq2[Record, error], head Head, signed ...SignedHead) (sound int64, err error) {
	return Head{}.verify(records, head, signed)
}

// verify walks the records that follow a head known to be good.
func (h Head) verify(records iter.Seq2[Record, error], head Head, signed []SignedHead) (sound int64, err error) {
	w := walk{last: h, vouched: h.Seq, signed: signed}
	for r, err := range records {
		if err == nil {
			err = w.step(r)
		}
		if err != nil {
			return w.sound(err), err
		}
	}
	err = w.end(head)
	return w.sound(err), err
}

// sound counts the records before the place that an error names.
func (w *walk) sound(err error) int64 {
	if broken, ok := errors.AsType[*BrokenError](err); ok {
		return broken.Seq - 1
	}
	return w.last.Seq
}

// walk is how far the records were followed.
type walk struct {
	last    Head
	vouched int64 // number of the last record that a signed head agrees with
	signed  []SignedHead
}

func (w *walk) step(r Record) error {
	if r.Seq != w.last.Seq+1 {
		return &BrokenError{w.last.Seq + 1, Missing, fmt.Sprintf("is missing (the next one found is %d)", r.Seq)}
	}
	if want := r.hash(w.last.Hash); !bytes.Equal(want[:], r.Hash[:]) {
		return &BrokenError{r.Seq, Altered, "was altered, or a record before it was"}
	}
	w.last = Head{Seq: r.Seq, Hash: r.Hash}
	return w.compare()
}

// compare holds the signed heads of the last record against it.
func (w *walk) compare() error {
	for len(w.signed) > 0 && w.signed[0].Seq <= w.last.Seq {
		s := w.signed[0]
		w.signed = w.signed[1:]
		switch {
		case s.Seq < w.last.Seq: // of a record before the walk began
		case s.Hash == w.last.Hash:
			w.vouched = s.Seq
		case s.Seq == w.vouched+1:
			return &BrokenError{s.Seq, Rewritten, fmt.Sprintf("was rewritten: %s says otherwise", s)}
		default:
			return &BrokenError{w.vouched + 1, Rewritten, fmt.Sprintf("or one of those up to %d was rewritten: %s says otherwise", s.Seq, s)}
		}
	}
	return nil
}

func (w *walk) end(head Head) error {
	if len(w.signed) > 0 && w.signed[len(w.signed)-1].Seq > w.last.Seq {
		return &BrokenError{w.last.Seq + 1, Missing, fmt.Sprintf("is missing: %s tells of it", w.signed[len(w.signed)-1])}
	}
	switch {
	case w.last.Seq < head.Seq:
		return &BrokenError{w.last.Seq + 1, Missing, fmt.Sprintf("is missing (the head says that there are %d)", head.Seq)}
	case w.last.Seq > head.Seq:
		return &BrokenError{head.Seq + 1, Surplus, fmt.Sprintf("stands behind the head, which says that there are %d", head.Seq)}
	case w.last != head:
		return &BrokenError{w.last.Seq, WrongHead, "does not agree with the head"}
	}
	return nil
}
