package store

import (
	"context"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/password"
)

const oneTimeColumns = `p.id, p.way, p.created_at, p.until_at, coalesce(p.letter_id, ''), l.handed_over_at, p.code_key, p.code_salt, p.code_mac,
	p.used_at, p.voided_at, coalesce(p.organisation_id, ''), EXISTS (SELECT 1 FROM membership m WHERE m.account_id = p.account_id
		AND m.organisation_id = p.organisation_id AND m.role = 'administrator' AND m.state = 'invited')`

func scanOneTime(scan func(...any) error) (o password.OneTime, err error) {
	err = scan(&o.ID, &o.Way, at(&o.Created), at(&o.Until), &o.Letter.ID, at(&o.Letter.HandedOver), &o.Code.KeyID, &o.Code.Salt, &o.Code.MAC,
		at(&o.Used), at(&o.Voided), &o.For, &o.Joins)
	return o, err
}

// keepOneTimes is how far back one-time passwords are looked at: longer than any is valid or counted.
const keepOneTimes = 40 * 24 * time.Hour

// passwords reads what an account has of passwords. One that came from the body's register has none until its member has asked
// for a one-time password and chosen one.
func passwords(ctx context.Context, q querier, id account.ID, now calendar.Moment) (s password.State, err error) {
	err = q.QueryRowContext(ctx, `SELECT hash, set_at, by_post_at FROM password WHERE account_id = $1`, id).Scan(&s.Hash, at(&s.Set), at(&s.ByPost))
	if _, err = isFound(err); err != nil {
		return s, err
	}
	s.OneTimes, err = rows(ctx, q, scanOneTime, `SELECT `+oneTimeColumns+` FROM one_time_password p LEFT JOIN letter l ON l.id = p.letter_id
		WHERE p.account_id = $1 AND p.created_at > $2 ORDER BY p.created_at DESC, p.id`, id, micro(now.Add(-keepOneTimes)))
	if err != nil {
		return s, err
	}
	s.Wrong, err = rows(ctx, q, scanTime, `SELECT at FROM forgotten_wrong_code WHERE account_id = $1 ORDER BY at`, id)
	return s, err
}

// Passwords reads what an account has of passwords.
func (db *DB) Passwords(ctx context.Context, id account.ID) (s password.State, now calendar.Moment, err error) {
	defer fault.Wrap(&err, "store.Passwords(%s)", id)
	if now, err = db.Now(ctx); err != nil {
		return s, now, err
	}
	s, err = passwords(ctx, db.read, id, now)
	return s, now, err
}

// writePassword writes all of a change but its events. The password is set where it is still the one that the deed was decided
// on, or none, and a one-time password is spent by one statement that only one can win.
func (t *tx) writePassword(id account.ID, c password.Change) error {
	if set := c.Set; set != nil {
		if err := t.setPassword(id, *set); err != nil {
			return err
		}
	}
	for _, used := range c.Use {
		err := t.one(`UPDATE one_time_password SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND voided_at IS NULL`, used, micro(t.now.Time))
		if err != nil {
			return err
		}
		if err := t.proveOrganisation(id, used); err != nil {
			return err
		}
	}
	for _, void := range c.Void {
		err := t.one(`UPDATE one_time_password SET voided_at = $2 WHERE id = $1 AND used_at IS NULL AND voided_at IS NULL`, void, micro(t.now.Time))
		if err != nil {
			return err
		}
	}
	return t.writeForgotten(id, c)
}

// setPassword sets the first password of an account, or another one.
func (t *tx) setPassword(id account.ID, set password.Set) error {
	if set.Old == "" {
		err := t.one(`INSERT INTO password (account_id, hash, set_at, by_post_at) VALUES ($1, $2, $3, $4) ON CONFLICT (account_id) DO NOTHING`,
			id, set.New, micro(t.now.Time), micro(set.ByPost))
		if err != nil {
			return err
		}
		return t.one(`UPDATE account SET has_password = 1 WHERE id = $1`, id)
	}
	return t.one(`UPDATE password SET hash = $2, set_at = $3, by_post_at = $4 WHERE account_id = $1 AND hash = $5`,
		id, set.New, micro(t.now.Time), micro(set.ByPost), set.Old)
}

func (t *tx) writeForgotten(id account.ID, c password.Change) error {
	if err := t.writeOut(c.VoidLetters, c.Letters, c.Jobs); err != nil {
		return err
	}
	for _, o := range c.New {
		var posted any
		if o.Letter.ID != "" {
			posted = o.Letter.ID
		}
		_, err := t.exec(`INSERT INTO one_time_password (id, account_id, way, created_at, until_at, letter_id, code_key, code_salt, code_mac, organisation_id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, nullif($10, ''))`,
			o.ID, id, o.Way, micro(o.Created), micro(o.Until), posted, o.Code.KeyID, o.Code.Salt, o.Code.MAC, o.For)
		if err != nil {
			return err
		}
	}
	if !c.Wrong {
		return nil
	}
	if _, err := t.exec(`DELETE FROM forgotten_wrong_code WHERE account_id = $1 AND at < $2`, id, micro(t.now.Add(-keepWrongCodes))); err != nil {
		return err
	}
	_, err := t.exec(`INSERT INTO forgotten_wrong_code (account_id, at) VALUES ($1, $2)`, id, micro(t.now.Time))
	return err
}

// Queue leaves work to a job.
func (db *DB) Queue(ctx context.Context, work job.Work) (err error) {
	defer fault.Wrap(&err, "store.Queue(%s)", work.JobKind())
	return db.tx(ctx, func(tx *tx) error { return tx.enqueue(job.Request{Work: work}) })
}
