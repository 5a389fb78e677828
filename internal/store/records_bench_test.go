package store_test

import (
	"context"
	"io"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/oversight"
	"torhaus/internal/store/storetest"
)

// longChain fills the audit with events as a portal has them: mostly logins of 100,000 members, one in a hundred a deed of one of three
// staff, one kind in a million. The hashes are none.
func longChain(b *testing.B, w storetest.World, n int64) {
	b.Helper()
	err := w.DB.Exec(b.Context(), `INSERT INTO audit_event (seq, at, kind, actor, account_id, token_id, order_id, letter_id, session_id, reason, hash)
		WITH RECURSIVE list (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM list WHERE n < $1)
		SELECT n, $2 + n * 1000000,
			CASE WHEN n % 1000000 = 7 THEN 'staff.deactivated' WHEN n % 100 = 0 THEN 'member.seen' WHEN n % 10 = 1 THEN 'login.code.wrong'
				WHEN n % 2 = 0 THEN 'login.password.right' ELSE 'login.code.right' END,
			CASE WHEN n % 100 = 0 THEN 's' || n % 3 ELSE 'm' || (n * 7919 % 100000) END, 'm' || (n * 7919 % 100000), '', '', '', 's', '', zeroblob(32) FROM list`,
		n, time.Now().Add(-time.Duration(n)*time.Second).UnixMicro())
	if err == nil {
		err = w.DB.Exec(b.Context(), `UPDATE audit_head SET seq = $1`, n)
	}
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkRecords looks at a chain of 1,000,000 records, or as many as RECORDS says: a page for each sort of filter, the export of
// all, and the figures. Run it with -benchtime 20x.
func BenchmarkRecords(b *testing.B) {
	n := int64(1_000_000)
	if more, err := strconv.ParseInt(os.Getenv("RECORDS"), 10, 64); err == nil {
		n = more
	}
	w := storetest.SQLite(b)
	longChain(b, w, n)
	s := &oversight.Service{Store: w.DB}
	now := time.Now()
	for name, q := range map[string]oversight.Query{
		"all":             {},
		"deep":            {Before: n / 2},
		"member":          {People: []account.ID{"m4711"}},
		"staff":           {People: []account.ID{"s1"}},
		"staff and kind":  {People: []account.ID{"s1"}, Kinds: []audit.Kind{audit.StaffDeactivated}},
		"rare kind":       {Kinds: []audit.Kind{audit.StaffDeactivated}},
		"group":           {Kinds: []audit.Kind{audit.PasswordRight, audit.PasswordWrong, audit.CodeRight, audit.CodeWrong, audit.LoginRefused}},
		"span":            {From: now.Add(-2 * time.Hour), Until: now.Add(-time.Hour)},
		"old span, kind":  {Kinds: []audit.Kind{audit.CodeWrong}, Until: now.Add(-time.Duration(n) * time.Second / 2)},
		"nothing in span": {People: []account.ID{"m4711"}, Until: now.Add(-10 * 365 * 24 * time.Hour)},
	} {
		b.Run("page/"+name, func(b *testing.B) {
			for b.Loop() {
				rows := 0
				for _, err := range w.DB.Trail(b.Context(), q, oversight.PerPage+1) {
					if err != nil {
						b.Fatal(err)
					}
					if rows++; rows > oversight.PerPage {
						break
					}
				}
			}
		})
	}
	b.Run("export", func(b *testing.B) { benchExport(b, s, n) })
	b.Run("count", func(b *testing.B) {
		for b.Loop() { // the first time all of them; then nothing is new
			if err := s.Count(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// benchExport tells how many records go out in a second, and what the heap grows by at most.
func benchExport(b *testing.B, s *oversight.Service, n int64) {
	var before, during runtime.MemStats
	most := uint64(0)
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		portions := 0
		err := s.Export(b.Context(), oversight.Filter{}, oversight.JSONLines, emil, nil, io.Discard, func() error {
			if portions++; portions%100 == 0 {
				runtime.ReadMemStats(&during)
				most = max(most, during.HeapAlloc)
			}
			return context.Cause(b.Context())
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(most-min(most, before.HeapAlloc))/(1<<20), "MiB")
}
