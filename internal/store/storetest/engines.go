package storetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"torhaus/internal/audit"
	"torhaus/internal/secret"
	"torhaus/internal/store"
)

// Clock is a portal's clock that a test moves. Its zero value shows the real time.
type Clock struct{ offset atomic.Int64 }

// Offset is the shift from the real time.
func (c *Clock) Offset() time.Duration { return time.Duration(c.offset.Load()) }

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) { c.offset.Add(int64(d)) }

// To moves the clock to an instant.
func (c *Clock) To(t time.Time) { c.offset.Store(int64(time.Until(t))) }

// World is what a test needs beside the rules: a database, keys, a clock.
type World struct {
	DB    *store.DB
	Keys  *secret.Keyset
	Clock *Clock
	// Address names the database as the configuration does.
	Address string
	// Again opens the same database once more, as another replica would.
	Again func(t testing.TB) *store.DB
	// Reopen tries to open it and closes it at once.
	Reopen func(ctx context.Context) error
}

// SQLite opens an empty database in a temporary folder.
func SQLite(t testing.TB) World {
	t.Helper()
	file := filepath.Join(t.TempDir(), "portal.db")
	Lay(t, file)
	return open(t, "sqlite:"+file)
}

// Lay writes an empty database of SQLite with all its tables.
func Lay(t testing.TB, file string) {
	t.Helper()
	migrated, err := empty()
	if err == nil {
		err = os.WriteFile(file, migrated, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// empty gives an empty database with all its tables. They are made once: with the race detector, that takes longer than most tests.
var empty = sync.OnceValues(func() (migrated []byte, err error) {
	folder, err := os.MkdirTemp("", "empty")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	file := filepath.Join(folder, "portal.db")
	db, err := store.Open(context.Background(), "sqlite:"+file, store.Options{Keys: secret.NewKeyset(time.Now())})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

var schemas atomic.Int64

// Postgres opens an empty schema on the throwaway server. The test's package must call Main from TestMain.
func Postgres(t testing.TB) World {
	t.Helper()
	return open(t, fmt.Sprintf("%s&search_path=portal_%d", server(t), schemas.Add(1)))
}

// Each runs a test on both engines.
func Each(t *testing.T, test func(t *testing.T, w World)) {
	t.Helper()
	for name, engine := range map[string]func(testing.TB) World{"SQLite": SQLite, "PostgreSQL": Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, engine(t))
		})
	}
}

func open(t testing.TB, address string) World {
	t.Helper()
	w := World{Keys: secret.NewKeyset(time.Now()), Clock: &Clock{}, Address: address}
	options := store.Options{Keys: w.Keys, Offset: w.Clock.Offset}
	w.Reopen = func(ctx context.Context) error {
		db, err := store.Open(ctx, address, options)
		if err != nil {
			return err
		}
		return db.Close()
	}
	w.Again = func(t testing.TB) *store.DB {
		t.Helper()
		db, err := store.Open(t.Context(), address, options)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return db
	}
	w.DB = w.Again(t)
	return w
}

// Audit gives all audit records, and fails the test where the chain does not hold.
func (w World) Audit(t testing.TB) (list []audit.Record) {
	t.Helper()
	err := w.DB.ReadAudit(t.Context(), 0, func(records iter.Seq2[audit.Record, error], head audit.Head) error {
		_, err := audit.Verify(func(yield func(audit.Record, error) bool) {
			for r, err := range records {
				list = append(list, r)
				if !yield(r, err) {
					return
				}
			}
		}, head)
		return err
	})
	if err != nil {
		t.Errorf("audit: %v", err)
	}
	return list
}
