package store_test

import (
	"bytes"
	"context"
	"runtime"
	"testing"
	"time"

	"torhaus/internal/register"
	"torhaus/internal/store"
	"torhaus/internal/store/storetest"
)

// timed measures how long the transaction at the end takes, for which others wait on SQLite.
type timed struct {
	*store.DB

	held time.Duration
}

func (t *timed) CarryOut(ctx context.Context, id register.ImportID) error {
	begun := time.Now()
	defer func() { t.held = time.Since(begun) }()
	return t.DB.CarryOut(ctx, id)
}

// BenchmarkImport imports 100,000 members, who are new; then on a usual day, on which one in a hundred has changed; then all of
// them with another e-mail address, each told. Heap is what the import holds at its end.
func BenchmarkImport(b *testing.B) {
	days := []struct {
		name  string
		every int // how many members apart are the changed ones; 0 for none
	}{{"new", 0}, {"usual day", 100}, {"all changed", 1}}
	for name, engine := range map[string]func(testing.TB) storetest.World{"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			db := &timed{DB: engine(b).DB}
			list := memberCount(register.MaxRows)
			for _, d := range days {
				for i := range list {
					if d.every > 0 && i%d.every == 0 {
						list[i].Email = d.name[:1] + list[i].Email
					}
				}
				file := export(list...)
				b.Run(d.name, func(b *testing.B) { benchImport(b, db, file) })
			}
		})
	}
}

func benchImport(b *testing.B, db *timed, file []byte) {
	var before, after runtime.MemStats
	for b.Loop() { // the second time there would be nothing to do: call it with -benchtime 1x
		runtime.GC()
		runtime.ReadMemStats(&before)
		s := register.Service{Store: db}
		sum, err := s.Import(b.Context(), bytes.NewReader(file), register.Options{
			Format: register.CSV, Apply: true, Report: func(l register.Line) error {
				if l.Line == register.MaxRows {
					runtime.GC()
					runtime.ReadMemStats(&after)
				}
				return nil
			},
		})
		if err != nil || !sum.Applied {
			b.Fatalf("%+v, %v", sum, err)
		}
	}
	b.ReportMetric(float64(register.MaxRows)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(db.held.Seconds()*1000, "ms-held")
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB-heap")
}
