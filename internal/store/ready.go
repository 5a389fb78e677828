package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
)

// openReady opens a file whose connections keep their statements ready. SQLite otherwise reads the text of a statement anew
// each time, which costs more than most statements themselves; PostgreSQL's driver keeps them by itself.
func openReady(dsn string) (*sql.DB, error) {
	plain, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(readyConnector{plain}), nil
}

type readyConnector struct{ driver.Connector }

// Connect opens a connection.
func (c readyConnector) Connect(ctx context.Context) (driver.Conn, error) {
	plain, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := plain.(sqliteConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("a connection of type %T lacks what database/sql asks of it", plain), plain.Close())
	}
	return &readyConn{sqliteConn: conn, ready: map[string]sqliteStmt{}}, nil
}

// sqliteConn is all that database/sql asks of a connection to SQLite.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// mostReady bounds the statements that a connection keeps; the texts of this package are fewer.
const mostReady = 256

// readyConn is one connection. database/sql uses it from one goroutine at a time.
type readyConn struct {
	sqliteConn
	ready map[string]sqliteStmt // by their text; one that is being carried out is not here
}

// ExecContext carries out a statement.
func (c *readyConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if !isKept(query) {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	return result, errors.Join(err, c.giveBack(query, s))
}

// QueryContext carries out a statement that gives rows.
func (c *readyConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if !isKept(query) {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, c.giveBack(query, s))
	}
	return &readyRows{Rows: rows, done: func() error { return c.giveBack(query, s) }}, nil
}

// isKept tells what is worth keeping: the statements of deeds, not those that change tables or settings.
func isKept(query string) bool {
	for _, verb := range []string{"SELECT ", "INSERT ", "UPDATE ", "DELETE "} {
		if strings.HasPrefix(query, verb) {
			return true
		}
	}
	return false
}

// take gives a statement for the caller alone, so that two with the same text may be under way at once.
func (c *readyConn) take(ctx context.Context, query string) (sqliteStmt, error) {
	if s, ok := c.ready[query]; ok {
		delete(c.ready, query)
		return s, nil
	}
	prepared, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s, ok := prepared.(sqliteStmt)
	if !ok {
		return nil, errors.Join(fmt.Errorf("a statement of type %T lacks what database/sql asks of it", prepared), prepared.Close())
	}
	return s, nil
}

// giveBack keeps a statement that is done.
func (c *readyConn) giveBack(query string, s sqliteStmt) error {
	if _, doubled := c.ready[query]; doubled || len(c.ready) >= mostReady {
		return s.Close()
	}
	c.ready[query] = s
	return nil
}

// Close closes the statements and the connection.
func (c *readyConn) Close() error {
	var err error
	for _, s := range c.ready {
		err = errors.Join(err, s.Close())
	}
	clear(c.ready)
	return errors.Join(err, c.sqliteConn.Close())
}

// readyRows are rows whose statement is done when they are closed.
type readyRows struct {
	driver.Rows
	done func() error
}

// Close ends the rows.
func (r *readyRows) Close() error { return errors.Join(r.Rows.Close(), r.done()) }
