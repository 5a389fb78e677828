package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
)

// openNumbers opens a file with a table of the numbers 1 to 3, on one connection that keeps its statements.
func openNumbers(t *testing.T) (*sql.DB, *readyConn) {
	t.Helper()
	db, err := openReady(sqliteDSN(filepath.Join(t.TempDir(), "numbers.db"), true))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	db.SetMaxOpenConns(1)
	mustExec(t, db, `CREATE TABLE number (n INTEGER PRIMARY KEY, note TEXT)`)
	for n := range 3 {
		mustExec(t, db, `INSERT INTO number (n, note) VALUES ($1, $2)`, n+1, "first")
	}
	return db, rawOf(t, db)
}

func mustExec(t *testing.T, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// rawOf gives the one connection below.
func rawOf(t *testing.T, db *sql.DB) (raw *readyConn) {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(conn.Raw(func(c any) error { raw = c.(*readyConn); return nil }), conn.Close())
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

const byNumber = `SELECT n, note FROM number WHERE n >= $1 ORDER BY n`

// readNumbers reads the numbers from one on, and does something at each.
func readNumbers(ctx context.Context, db interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}, from int, each func() error,
) (found []int, err error) {
	rows, err := db.QueryContext(ctx, byNumber, from)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var n int
		var note sql.NullString
		if err := errors.Join(rows.Scan(&n, &note), each()); err != nil {
			return nil, err
		}
		found = append(found, n)
	}
	return found, rows.Err()
}

func nothing() error { return nil }

func wantNumbers(t *testing.T, what string, got []int, err error, want int) {
	t.Helper()
	if err != nil || len(got) != want {
		t.Errorf("%s: %v, %v; want %d numbers", what, got, err, want)
	}
}

func TestAStatementIsReadOnceAndSeesWhatChangedSince(t *testing.T) {
	db, conn := openNumbers(t)
	got, err := readNumbers(t.Context(), db, 1, nothing)
	wantNumbers(t, "at first", got, err, 3)
	kept := conn.ready[byNumber]
	if kept == nil {
		t.Fatal("the statement is not kept")
	}
	got, err = readNumbers(t.Context(), db, 3, nothing)
	wantNumbers(t, "with another argument", got, err, 1)
	mustExec(t, db, `INSERT INTO number (n, note) VALUES ($1, $2)`, 4, "later")
	got, err = readNumbers(t.Context(), db, 1, nothing)
	wantNumbers(t, "with another row", got, err, 4)
	if conn.ready[byNumber] != kept {
		t.Error("the statement was read again")
	}
}

func TestAStatementIsKeptThroughAChangeOfTheTable(t *testing.T) {
	db, _ := openNumbers(t)
	_, err := readNumbers(t.Context(), db, 1, nothing)
	wantNumbers(t, "before", []int{1}, err, 1)
	mustExec(t, db, `ALTER TABLE number ADD COLUMN more TEXT`)
	mustExec(t, db, `ALTER TABLE number RENAME COLUMN more TO most`)
	got, err := readNumbers(t.Context(), db, 1, nothing)
	wantNumbers(t, "after", got, err, 3)
	mustExec(t, db, `DROP TABLE number`)
	if _, err := readNumbers(t.Context(), db, 1, nothing); err == nil {
		t.Error("a table that is gone was read")
	}
}

func TestAStatementMayBeginAgainBeforeItHasEnded(t *testing.T) {
	db, conn := openNumbers(t)
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	inner := 0
	got, err := readNumbers(t.Context(), tx, 1, func() error {
		found, err := readNumbers(t.Context(), tx, 1, nothing)
		inner += len(found)
		return err
	})
	wantNumbers(t, "outside", got, err, 3)
	if inner != 9 {
		t.Errorf("inside: %d rows, want 9", inner)
	}
	if err := tx.Commit(); err != nil {
		t.Error(err)
	}
	if len(conn.ready) != 2 {
		t.Errorf("%d statements are kept, want the insert and one select", len(conn.ready))
	}
}

func TestAStatementThatFailedServesAgain(t *testing.T) {
	db, _ := openNumbers(t)
	insert := `INSERT INTO number (n, note) VALUES ($1, $2)`
	for range 3 {
		if _, err := db.ExecContext(t.Context(), insert, 1, "twice"); !conflict(err) {
			t.Errorf("a doubled number: %v", err)
		}
	}
	mustExec(t, db, insert, 5, nil)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := readNumbers(gone, db, 1, nothing); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := readNumbers(t.Context(), db, 1, func() error { return errors.New("stop") }); err == nil {
		t.Error("read on after an error")
	}
	got, err := readNumbers(t.Context(), db, 1, nothing)
	wantNumbers(t, "afterwards", got, err, 4)
	if _, err := readNumbers(t.Context(), db, 1, nothing); err != nil {
		t.Error(err)
	}
}

func TestNoMoreStatementsAreKeptThanTheBound(t *testing.T) {
	db, conn := openNumbers(t)
	for n := range mostReady + 10 {
		var got int
		query := fmt.Sprintf("SELECT 1 + %d", n)
		if err := db.QueryRowContext(t.Context(), query).Scan(&got); err != nil || got != n+1 {
			t.Fatalf("%s: %d, %v", query, got, err)
		}
	}
	if len(conn.ready) != mostReady {
		t.Errorf("%d statements are kept, want %d", len(conn.ready), mostReady)
	}
}
