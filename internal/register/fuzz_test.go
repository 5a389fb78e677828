package register

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzRead reads anything as a file of the register. What is accepted obeys every rule, and is the same when it is written and
// read once more; what is refused has a reason that there is a sentence for.
func FuzzRead(f *testing.F) {
	f.Add([]byte(header+strings.Join(annas(nil), ",")+"\n"), false)
	f.Add([]byte("["+object(annas(nil))+"]"), true)
	f.Fuzz(func(t *testing.T, content []byte, isJSON bool) {
		format := CSV
		if isJSON {
			format = JSON
		}
		accepted := rowsOf(t, content, format)
		written := bytes.NewBufferString(header)
		w := csv.NewWriter(written)
		for _, m := range accepted {
			if err := w.Write(m.values()); err != nil {
				t.Fatal(err)
			}
		}
		w.Flush()
		if diff := cmp.Diff(accepted, rowsOf(t, written.Bytes(), CSV)); diff != "" {
			t.Error(diff)
		}
	})
}

// rowsOf gives the members whose rows are accepted.
func rowsOf(t *testing.T, content []byte, format Format) (accepted []Member) {
	r, _, refused, err := open(bytes.NewReader(content), format, Columns)
	if err != nil {
		t.Fatal(err)
	}
	checkReasons(t, refused)
	if len(refused) > 0 {
		return nil
	}
	line := 0
	for {
		e, err := r.next()
		if errors.Is(err, io.EOF) {
			return accepted
		}
		if err != nil {
			t.Fatal(err)
		}
		if e.line < 1 || e.line < line {
			t.Errorf("line %d comes after line %d", e.line, line)
		}
		line = e.line
		var m Member
		if len(e.refused) == 0 {
			m, _, e.refused = checkRow(e.line, e.values)
		}
		checkReasons(t, e.refused)
		if len(e.refused) == 0 {
			accepted = append(accepted, m)
		}
	}
}

func checkReasons(t *testing.T, refused []Refusal) {
	for _, r := range refused {
		if r.Line < 1 || !slices.Contains(Reasons, r.Reason) {
			t.Errorf("refused for %+v", r)
		}
	}
}
