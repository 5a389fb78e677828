package audit

import (
	"errors"
	"iter"
	"slices"
	"testing"
	"time"
)

func chain(n int) ([]Record, Head) {
	var head Head
	var records []Record
	for i := range n {
		var r Record
		r, head = head.Append(time.UnixMicro(int64(i)), Event{Kind: TokenOrdered, Actor: "a", Account: "a", Token: string(rune('A' + i))})
		records = append(records, r)
	}
	return records, head
}

func each(records []Record) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestVerify_NamesTheFirstBrokenPlace(t *testing.T) {
	for _, c := range []struct {
		name   string
		tamper func(r []Record, head *Head) []Record
		place  int64
	}{
		{"first row removed", func(r []Record, _ *Head) []Record { return r[1:] }, 1},
		{"middle row removed", func(r []Record, _ *Head) []Record { return slices.Delete(r, 4, 5) }, 5},
		{"last row removed", func(r []Record, _ *Head) []Record { return r[:9] }, 10},
		{"all rows removed", func([]Record, *Head) []Record { return nil }, 1},
		{"kind altered", func(r []Record, _ *Head) []Record { r[2].Kind = TokenRevoked; return r }, 3},
		{"time altered", func(r []Record, _ *Head) []Record { r[6].Time = r[6].Time.Add(time.Microsecond); return r }, 7},
		{"field moved to its neighbour", func(r []Record, _ *Head) []Record { r[0].Account, r[0].Actor = "", "aa"; return r }, 1},
		{"two rows swapped", func(r []Record, _ *Head) []Record { r[3], r[4] = r[4], r[3]; return r }, 4},
		{"last row rewritten with a fitting hash", func(r []Record, _ *Head) []Record {
			r[9].Reason = "forged"
			r[9].Hash = r[9].hash(r[8].Hash)
			return r
		}, 10},
		{"head set back", func(r []Record, head *Head) []Record { *head = Head{Seq: 9, Hash: r[8].Hash}; return r }, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			records, head := chain(10)
			records = c.tamper(records, &head)
			_, err := Verify(each(records), head)
			broken, ok := errors.AsType[*BrokenError](err)
			if !ok || broken.Seq != c.place {
				t.Errorf("verify: %v, want record %d named", err, c.place)
			}
		})
	}
}

func TestVerify_AcceptsASoundChain(t *testing.T) {
	records, head := chain(10)
	if sound, err := Verify(each(records), head); err != nil || sound != 10 {
		t.Errorf("sound %d, %v", sound, err)
	}
	if sound, err := Verify(each(nil), Head{}); err != nil || sound != 0 {
		t.Errorf("empty chain: sound %d, %v", sound, err)
	}
}
