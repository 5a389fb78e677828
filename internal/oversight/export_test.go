package oversight

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
)

// tape is a store with as many records as a test wants, made as they are read.
type tape struct {
	Store // what a test does not ask for
	long  int64
	read  int64
	noted []audit.Event
	fault error // after half of the records
}

func (s *tape) Trail(context.Context, Query, int) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		for n := s.long; n > 0; n-- {
			if s.fault != nil && n == s.long/2 {
				yield(audit.Record{}, s.fault)
				return
			}
			s.read++
			if !yield(audit.Record{Seq: n, Time: time.Unix(n, 0), Event: audit.Event{Kind: audit.CodeRight, Actor: "anna", Account: "anna"}}, nil) {
				return
			}
		}
	}
}

func (s *tape) People(context.Context, []account.ID) (map[account.ID]account.Account, error) {
	return map[account.ID]account.Account{"anna": {ID: "anna", Number: "4711", Person: account.Person{Last: "Beispiel"}}}, nil
}

func (s *tape) Serials(context.Context, []string) (map[string]string, error) { return nil, nil }

func (s *tape) Note(_ context.Context, events ...audit.Event) error {
	s.noted = append(s.noted, events...)
	return nil
}

// lines counts what arrives.
type lines struct{ n int64 }

func (l *lines) Write(b []byte) (int, error) {
	l.n += int64(strings.Count(string(b), "\n"))
	return len(b), nil
}

type plainWords struct{}

func (plainWords) Deed(k Kind) string { return string(k) }
func (plainWords) Columns() []string  { return []string{"number"} }

func TestExport_HoldsOnePortionHoweverLongTheChainIs(t *testing.T) {
	for form, heads := range map[Form]int64{CSV: 1, JSONLines: 0} {
		s, out := &tape{long: 50_500}, &lines{}
		flushed := 0
		err := (&Service{Store: s}).Export(t.Context(), Filter{}, form, Reader{Account: "emil"}, plainWords{}, out, func() error {
			flushed++
			if out.n != s.read+heads {
				t.Errorf("%s: %d records are held back after %d", form, s.read+heads-out.n, s.read)
			}
			return nil
		})
		if err != nil || s.read != s.long || flushed != 51 {
			t.Errorf("%s: %d of %d records, %d flushes, %v", form, s.read, s.long, flushed, err)
		}
		if len(s.noted) != 1 || s.noted[0].Kind != audit.AuditExported || s.noted[0].Reason != string(form)+" all" {
			t.Errorf("%s is recorded as %+v", form, s.noted)
		}
	}
}

func TestExport_EndsWhereTheReaderOrTheDatabaseIsGone(t *testing.T) {
	gone := errors.New("gone")
	s := &tape{long: 50_000}
	err := (&Service{Store: s}).Export(t.Context(), Filter{}, JSONLines, Reader{}, plainWords{}, io.Discard, func() error { return gone })
	if !errors.Is(err, gone) || s.read != portion {
		t.Errorf("the reader is gone: %v after %d records", err, s.read)
	}
	s = &tape{long: 50_000, fault: gone}
	if err := (&Service{Store: s}).Export(t.Context(), Filter{}, JSONLines, Reader{}, plainWords{}, io.Discard, func() error { return nil }); !errors.Is(err, gone) {
		t.Errorf("the database is gone: %v", err)
	}
}
