package store

import "context"

// Exec runs a statement as a thief or a fault would, past all rules.
func (db *DB) Exec(ctx context.Context, query string, args ...any) error {
	_, err := db.write.ExecContext(ctx, query, args...)
	return err
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
