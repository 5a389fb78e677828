package store

import (
	"context"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
)

const emailChangeColumns = `e.id, e.session_id, e.new_email, e.code_key, e.code_salt, e.code_mac, e.tries, e.state,
	e.requested_at, e.until, e.closed_at`

func scanEmailChange(scan func(...any) error) (e account.EmailChange, err error) {
	err = scan(&e.ID, &e.Session, &e.Email, &e.Code.KeyID, &e.Code.Salt, &e.Code.MAC, &e.Tries, &e.State,
		at(&e.Requested), at(&e.Until), at(&e.Closed))
	return e, err
}

// Contact reads an account with its open change.
func (db *DB) Contact(ctx context.Context, id account.ID) (c account.Contact, now calendar.Moment, err error) {
	defer fault.Wrap(&err, "store.Contact(%s)", id)
	var owner account.Account
	if err := db.read.QueryRowContext(ctx, `SELECT `+accountColumns+` FROM account a WHERE a.id = $1`, id).Scan(accountFields(&owner)...); err != nil {
		return c, now, err
	}
	if now, err = db.Now(ctx); err != nil {
		return c, now, err
	}
	c, err = contact(ctx, db.read, owner, now)
	return c, now, err
}

// contact reads the open change of an account, and when codes were asked for within a day.
func contact(ctx context.Context, q querier, owner account.Account, now calendar.Moment) (c account.Contact, err error) {
	c.Owner = owner
	changes, err := rows(ctx, q, scanEmailChange, `SELECT `+emailChangeColumns+` FROM email_change e
		WHERE e.account_id = $1 AND (e.state = 'open' OR e.requested_at > $2) ORDER BY e.requested_at DESC, e.id`,
		owner.ID, micro(now.Add(-24*time.Hour)))
	for _, e := range changes {
		c.Codes = append(c.Codes, e.Requested)
		if e.State == account.Open {
			c.Pending = &e
		}
	}
	return c, err
}

// ChangeContact loads an account with its open change, locked, lets the deed decide, and writes the change.
func (db *DB) ChangeContact(ctx context.Context, id account.ID, deed func(account.Contact, calendar.Moment) (account.ContactChange, error)) (err error) {
	defer fault.Wrap(&err, "store.ChangeContact(%s)", id)
	return db.tx(ctx, func(tx *tx) error {
		owner, err := tx.lockAccount(id)
		if err != nil {
			return err
		}
		c, err := contact(ctx, tx, owner, tx.now)
		if err != nil {
			return err
		}
		change, err := deed(c, tx.now)
		if err != nil {
			return err
		}
		if err := tx.writeContact(id, change); err != nil {
			return err
		}
		for _, r := range change.Jobs {
			if err := tx.enqueue(r); err != nil {
				return err
			}
		}
		return tx.record(change.Events...)
	})
}

// writeContact writes all of a change but its consequences. A closed one never changes again: its code is spent.
func (t *tx) writeContact(id account.ID, c account.ContactChange) error {
	for _, e := range c.Old {
		err := t.one(`UPDATE email_change SET tries = $2, state = $3, closed_at = $4 WHERE id = $1 AND closed_at IS NULL`,
			e.ID, e.Tries, e.State, micro(e.Closed))
		if err != nil {
			return err
		}
	}
	if e := c.New; e != nil {
		_, err := t.exec(`INSERT INTO email_change (id, account_id, session_id, new_email, code_key, code_salt, code_mac, tries, state,
				requested_at, until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			e.ID, id, e.Session, e.Email, e.Code.KeyID, e.Code.Salt, e.Code.MAC, e.Tries, e.State, micro(e.Requested), micro(e.Until))
		if err != nil {
			return err
		}
	}
	if c.Email == "" {
		return nil
	}
	return t.one(`UPDATE account SET email = $2, email_changed_at = $3 WHERE id = $1`, id, c.Email, micro(t.now.Time))
}
