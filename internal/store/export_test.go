package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"torhaus/internal/oversight"
)

// Exec runs a statement as a thief or a fault would, past all rules.
func (db *DB) Exec(ctx context.Context, query string, args ...any) error {
	_, err := db.write.ExecContext(ctx, query, args...)
	return err
}

// OpenAt opens a new database with the tables of an earlier version.
func OpenAt(ctx context.Context, address string, o Options, version int64) (db *DB, err error) {
	if db, err = connect(ctx, address, o); err != nil {
		return nil, err
	}
	provider, _, err := db.provider()
	if err == nil {
		_, err = provider.UpTo(ctx, version)
	}
	return db, err
}

// Count runs a query that gives one number.
func (db *DB) Count(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = db.write.QueryRowContext(ctx, query, args...).Scan(&n)
	return n, err
}

// Blobs runs a query that gives one column of bytes.
func (db *DB) Blobs(ctx context.Context, query string) ([][]byte, error) {
	return rows(ctx, db.write, func(scan func(...any) error) (b []byte, err error) {
		err = scan(&b)
		return b, err
	}, query)
}

// Dump gives the content of all tables but some, one row a line, for comparing.
func (db *DB) Dump(ctx context.Context, except ...string) (string, error) {
	list := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if db.engine.driver == "pgx" {
		list = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`
	}
	tables, err := rows(ctx, db.write, func(scan func(...any) error) (name string, err error) {
		err = scan(&name)
		return name, err
	}, list)
	if err != nil {
		return "", err
	}
	var lines []string
	for _, table := range tables {
		if slices.Contains(except, table) {
			continue
		}
		found, err := db.dump(ctx, table)
		if err != nil {
			return "", err
		}
		lines = append(lines, found...)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n"), nil
}

func (db *DB) dump(ctx context.Context, table string) (lines []string, err error) {
	r, err := db.write.QueryContext(ctx, `SELECT * FROM `+table)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	columns, err := r.Columns()
	if err != nil {
		return nil, err
	}
	for r.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := r.Scan(values...); err != nil {
			return nil, err
		}
		line := table
		for i, v := range values {
			line += fmt.Sprintf(" %s=%v", columns[i], *v.(*any))
		}
		lines = append(lines, line)
	}
	return lines, r.Err()
}

// TrailPlans tells how SQLite reads each branch of a trail.
func (db *DB) TrailPlans(ctx context.Context, q oversight.Query) (plans []string, err error) {
	for _, b := range branchesOf(q) {
		lines, err := rows(ctx, db.read, func(scan func(...any) error) (line string, err error) {
			var skip any
			err = scan(&skip, &skip, &skip, &line)
			return line, err
		}, `EXPLAIN QUERY PLAN `+b.query(), append([]any{0, int64(1) << 60, 0, 51}, b.args...)...)
		if err != nil {
			return nil, err
		}
		plans = append(plans, strings.Join(lines, "; "))
	}
	return plans, nil
}

// How long rows are kept at most, for the pages that tell of it.
const (
	KeepRows       = keepRows
	KeepWrongCodes = keepWrongCodes
)
