package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Plan is how SQLite carries a statement out.
type Plan struct {
	Query string
	Steps []string
}

// Plans does something and tells how SQLite carries out each statement that was read with for it.
func (db *DB) Plans(ctx context.Context, do func() error) (plans []Plan, err error) {
	db.read.SetMaxOpenConns(1) // so that one connection knows all of them
	defer db.read.SetMaxOpenConns(4)
	conn, err := db.read.Conn(ctx)
	if err != nil {
		return nil, err
	}
	forget := func(c any) error { return closeAll(c.(*readyConn)) }
	if err := errors.Join(conn.Raw(forget), conn.Close(), do()); err != nil {
		return nil, err
	}
	if conn, err = db.read.Conn(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	var asked []string
	if err := conn.Raw(func(c any) error { asked = slices.Sorted(maps.Keys(c.(*readyConn).ready)); return nil }); err != nil {
		return nil, err
	}
	for _, query := range asked {
		p, err := plan(ctx, conn, query)
		if err != nil {
			return nil, err
		}
		plans = append(plans, p)
	}
	return plans, nil
}

func closeAll(c *readyConn) (err error) {
	for query, s := range c.ready {
		err = errors.Join(err, s.Close())
		delete(c.ready, query)
	}
	return err
}

var placeholderForm = regexp.MustCompile(`\$\d+`)

func plan(ctx context.Context, conn *sql.Conn, query string) (p Plan, err error) {
	most := 0
	for _, found := range placeholderForm.FindAllString(query, -1) {
		var n int
		if _, err := fmt.Sscanf(found, "$%d", &n); err != nil {
			return p, err
		}
		most = max(most, n)
	}
	p.Query = strings.Join(strings.Fields(query), " ")
	p.Steps, err = rows(ctx, conn, func(scan func(...any) error) (step string, err error) {
		var skip any
		err = scan(&skip, &skip, &skip, &step)
		return step, err
	}, "EXPLAIN QUERY PLAN "+query, make([]any, most)...)
	return p, err
}

// Bare runs a statement on a connection that does not care whether the power fails: for the making of data.
func (db *DB) Bare(ctx context.Context, statements ...string) error {
	for _, s := range append([]string{`PRAGMA synchronous = OFF`, `PRAGMA foreign_keys = OFF`, `PRAGMA cache_size = -200000`}, statements...) {
		if _, err := db.write.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// Indexes gives the statements that made the indexes, by name.
func (db *DB) Indexes(ctx context.Context) (map[string]string, error) {
	found := map[string]string{}
	_, err := rows(ctx, db.write, func(scan func(...any) error) (_ struct{}, err error) {
		var name, text string
		err = scan(&name, &text)
		found[name] = text
		return struct{}{}, err
	}, `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL`)
	return found, err
}
