package store

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// engine is what differs between the databases.
type engine struct {
	name      string
	driver    string
	forUpdate string            // locks the rows of a SELECT; SQLite has one writer anyway
	skip      string            // leaves out rows that others have locked
	snapshot  *sql.TxOptions    // of a transaction whose reads all see one moment; in SQLite all do
	types     *strings.Replacer // of the migrations
	measure   string            // has the engine look at a table before it plans queries; SQLite goes by its indexes
	// atOnce are the numbers of rows that one statement writes, down to 1. There are few, so that statements are kept ready. The
	// driver of SQLite looks for each argument among all of its statement, so that many cost more than they spare.
	atOnce []int
}

var sqliteEngine = engine{
	name: "sqlite", driver: "sqlite",
	types:  strings.NewReplacer("{int}", "INTEGER", "{blob}", "BLOB", "{strict}", "STRICT", "{bytewise}", ""),
	atOnce: []int{16, 1},
}

var postgresEngine = engine{
	name: "postgres", driver: "pgx", forUpdate: " FOR UPDATE", skip: " FOR UPDATE SKIP LOCKED",
	snapshot: &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
	types:    strings.NewReplacer("{int}", "bigint", "{blob}", "bytea", "{strict}", "", "{bytewise}", `COLLATE "C"`),
	measure:  "ANALYZE",
	atOnce:   []int{256, 16, 1},
}

// engineOf reads the address of a database: sqlite:/path/to/file.db or postgres://…
func engineOf(address string) (engine, error) {
	switch {
	case strings.HasPrefix(address, "sqlite:"):
		return sqliteEngine, nil
	case strings.HasPrefix(address, "postgres://"), strings.HasPrefix(address, "postgresql://"):
		return postgresEngine, nil
	default:
		return engine{}, errors.New("a database is named as sqlite:/path/to/file.db or postgres://user@host/name?search_path=schema")
	}
}

// lockedFor is how long a transaction waits for another process's, which is an import: with 100,000 members that all have another
// e-mail address it holds the file for four seconds (BenchmarkImport), and longer where the machine is busy. A login waits then; it
// does not fail.
const lockedFor = 20 * time.Second

// sqliteDSN gives the data source name of a file. Writers begin immediately: a transaction that reads first and then writes
// would fail when another wrote in between. FULL keeps every acknowledged write through a loss of power.
func sqliteDSN(path string, writer bool) string {
	q := url.Values{"_pragma": {fmt.Sprintf("busy_timeout(%d)", lockedFor.Milliseconds()), "foreign_keys(1)", "journal_mode(WAL)", "synchronous(FULL)"}}
	if writer {
		q.Set("_txlock", "immediate")
	} else {
		q.Add("_pragma", "query_only(1)")
	}
	return fmt.Sprintf("file:%s?%s", (&url.URL{Path: path}).EscapedPath(), q.Encode())
}

// conflict tells whether a statement failed because a unique value exists already.
func conflict(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "23505"
	}
	return false
}

// again tells whether a transaction failed only because of another one, so that it can be run once more.
func again(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01")
}
