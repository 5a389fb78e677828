package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
)

// tx is one transaction with its moment.
type tx struct {
	*sql.Tx
	ctx  context.Context
	db   *DB
	now  calendar.Moment
	jobs bool // whether jobs were queued
}

// attempts bounds how often a transaction is run that failed because of another one.
const attempts = 3

// tx runs a function in a transaction. What the function changes outside must be set anew each time it runs.
func (db *DB) tx(ctx context.Context, do func(*tx) error) (err error) {
	for range attempts {
		if err = db.once(ctx, do); !again(err) {
			return err
		}
	}
	return err
}

func (db *DB) once(ctx context.Context, do func(*tx) error) (err error) {
	raw, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if err != nil {
			if back := raw.Rollback(); back != nil && !errors.Is(back, sql.ErrTxDone) {
				err = errors.Join(err, back)
			}
		}
	}()
	now, err := db.moment(ctx, raw)
	if err != nil {
		return err
	}
	t := &tx{Tx: raw, ctx: ctx, db: db, now: now}
	if err := do(t); err != nil {
		return err
	}
	if err := raw.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if t.jobs && db.Wake != nil {
		db.Wake()
	}
	return nil
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// moment reads the time: from PostgreSQL there, from this process on SQLite.
func (db *DB) moment(ctx context.Context, q querier) (calendar.Moment, error) {
	wall := time.Now()
	if db.engine.driver == "pgx" {
		var us micro
		if err := q.QueryRowContext(ctx, `SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint`).Scan(&us); err != nil {
			return calendar.Moment{}, fmt.Errorf("read the time: %w", err)
		}
		wall = time.Time(us)
	}
	wall = wall.UTC().Truncate(time.Microsecond)
	m := calendar.Moment{Time: wall, Wall: wall}
	if db.Offset != nil {
		m.Time = wall.Add(db.Offset()).Truncate(time.Microsecond)
	}
	return m, nil
}

// Now gives the portal's time.
func (db *DB) Now(ctx context.Context) (calendar.Moment, error) { return db.moment(ctx, db.read) }

// exec runs a statement and gives the number of rows it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	r, err := t.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// errGone is met when a guarded statement finds its row in another state than the deed was decided on. It cannot happen while
// the account is locked; if it does, nothing is written.
var errGone = fault.New(fault.Conflict, "fault.changed-meanwhile")

// one runs a statement that must change exactly one row.
func (t *tx) one(query string, args ...any) error {
	n, err := t.exec(query, args...)
	if err == nil && n != 1 {
		err = errGone
	}
	return err
}

// rows collects the rows of a query.
func rows[T any](ctx context.Context, q querier, scan func(func(...any) error) (T, error), query string, args ...any) (list []T, err error) {
	r, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for r.Next() {
		v, err := scan(r.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, r.Err()
}

// micro is a time as the database has it: microseconds since 1970 UTC, NULL for the zero time.
type micro time.Time

// Value gives the integer.
func (m micro) Value() (driver.Value, error) {
	t := time.Time(m)
	if t.IsZero() {
		return nil, nil
	}
	return t.UnixMicro(), nil
}

// Scan reads the integer.
func (m *micro) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*m = micro{}
	case int64:
		*m = micro(time.UnixMicro(v).UTC())
	default:
		return fmt.Errorf("a time of type %T in the database", v)
	}
	return nil
}

// at points Scan at a time.
func at(t *time.Time) *micro { return (*micro)(t) }

// date is a day as the database has it: ISO 8601 text.
type date struct{ *calendar.Date }

// Scan reads the text; an empty one is no day.
func (d date) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("a date of type %T in the database", v)
	}
	if s == "" {
		*d.Date = calendar.Date{}
		return nil
	}
	return d.UnmarshalText([]byte(s))
}

// isFound turns "no rows" into false.
func isFound(err error) (bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
