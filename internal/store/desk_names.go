package store

import (
	"context"
	"fmt"

	"torhaus/internal/account"
)

// namedAtOnce bounds the accounts that one transaction gives their names for searching, so that logins at other replicas do not wait.
const namedAtOnce = 1000

// fillSearchNames gives members the name under which they are looked for, if they have none: those from before it was kept, and those
// that an older program made while it still ran beside this one.
func (db *DB) fillSearchNames(ctx context.Context) error {
	for last, more := account.ID(""), true; more; {
		err := db.tx(ctx, func(tx *tx) (err error) {
			last, more, err = tx.fillSearchNames(last)
			return err
		})
		if err != nil {
			return fmt.Errorf("names for searching: %w", err)
		}
	}
	return nil
}

// fillSearchNames does so for the next accounts behind one, and tells whether there may be more.
func (t *tx) fillSearchNames(after account.ID) (last account.ID, more bool, err error) {
	scan := func(scan func(...any) error) (a account.Account, err error) {
		err = scan(&a.ID, &a.Person.First, &a.Person.Last)
		return a, err
	}
	list, err := rows(t.ctx, t, scan, `SELECT id, first_name, last_name FROM account
		WHERE realm = 'member' AND search_name = '' AND id > $1 ORDER BY id LIMIT $2`, after, namedAtOnce)
	if err != nil {
		return after, false, err
	}
	for _, a := range list {
		if _, err := t.exec(`UPDATE account SET search_name = $2 WHERE id = $1`, a.ID, a.Person.SearchName()); err != nil {
			return after, false, err
		}
		after = a.ID
	}
	return after, len(list) == namedAtOnce, nil
}
