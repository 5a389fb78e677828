package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of PostgreSQL

	"torhaus/internal/fault"
	"torhaus/internal/secret"
)

// Options are what a store needs besides its database.
type Options struct {
	Keys   *secret.Keyset
	Offset func() time.Duration // shift of the portal's clock, in the demo and in tests; nil means none
	Wake   func()               // called after a commit that queued jobs; nil means nobody waits
}

// DB is the database of one portal.
type DB struct {
	write, read *sql.DB // the same pool on PostgreSQL
	engine      engine
	schema      string // of PostgreSQL
	Options
}

// postgresConns bounds the connections to PostgreSQL, idle ones included: a pool that closes idle connections spends its time
// reconnecting.
const postgresConns = 20

// Open opens a database, creates it if it is a file that does not exist, and brings its tables up to date.
func Open(ctx context.Context, address string, o Options) (db *DB, err error) {
	defer fault.Wrap(&err, "store.Open(%s)", withoutPassword(address))
	if db, err = connect(ctx, address, o); err != nil {
		return nil, err
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.fillSearchNames(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// connect opens a database as it is.
func connect(ctx context.Context, address string, o Options) (db *DB, err error) {
	db = &DB{Options: o}
	if db.engine, err = engineOf(address); err != nil {
		return nil, err
	}
	if db.engine.driver == "sqlite" {
		err = db.openSQLite(strings.TrimPrefix(address, "sqlite:"))
	} else {
		err = db.openPostgres(ctx, address)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func (db *DB) openSQLite(path string) (err error) {
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return fmt.Errorf("the folder of the database file is not there: %w", err)
	}
	// the file is made here so that others cannot read it from its first byte on
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if db.write, err = openReady(sqliteDSN(path, true)); err != nil {
		return err
	}
	db.write.SetMaxOpenConns(1)
	if db.read, err = openReady(sqliteDSN(path, false)); err != nil {
		return err
	}
	db.read.SetMaxOpenConns(max(4, runtime.GOMAXPROCS(0)))
	db.read.SetMaxIdleConns(max(4, runtime.GOMAXPROCS(0)))
	return nil
}

func (db *DB) openPostgres(ctx context.Context, address string) (err error) {
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("the address of the database is not a URL")
	}
	db.schema = u.Query().Get("search_path")
	if db.write, err = sql.Open("pgx", address); err != nil {
		return err
	}
	db.write.SetMaxOpenConns(postgresConns)
	db.write.SetMaxIdleConns(postgresConns)
	db.read = db.write
	if db.schema != "" {
		_, err = db.write.ExecContext(ctx, `CREATE SCHEMA IF NOT EXISTS "`+strings.ReplaceAll(db.schema, `"`, `""`)+`"`)
	}
	return err
}

// Close closes the database.
func (db *DB) Close() error {
	var err error
	if db.read != nil && db.read != db.write {
		err = db.read.Close()
	}
	if db.write != nil {
		err = errors.Join(err, db.write.Close())
	}
	return err
}

// Check tells whether the database answers and can be written.
func (db *DB) Check(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "store.Check")
	return db.tx(ctx, func(tx *tx) error {
		return tx.one(`UPDATE audit_head SET seq = seq WHERE id = 1`)
	})
}

// Engine names the database: sqlite or postgres.
func (db *DB) Engine() string { return db.engine.name }

func withoutPassword(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "?"
	}
	return u.Redacted()
}
