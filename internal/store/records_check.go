package store

import (
	"context"
	"database/sql"
	"time"

	"torhaus/internal/audit"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/oversight"
)

// BeginCheck writes a verification of the chain with its job and its event. Of two that begin at once, the table lets one.
func (db *DB) BeginCheck(ctx context.Context, c oversight.Check, giveUp time.Duration, work job.Work, e audit.Event) (err error) {
	defer fault.Wrap(&err, "store.BeginCheck")
	err = db.tx(ctx, func(tx *tx) error {
		_, err := tx.exec(`UPDATE audit_check SET ended_at = $1, outcome = 'unknown', detail = 'silent' WHERE outcome = '' AND seen_at < $2`,
			micro(tx.now.Time), micro(tx.now.Add(-giveUp)))
		if err != nil {
			return err
		}
		_, err = tx.exec(`INSERT INTO audit_check (id, asked_at, asked_by, seen_at, done, total, outcome, vouched, damage, detail)
			SELECT $1, $2, $3, $2, 0, seq, '', 0, '', '' FROM audit_head WHERE id = 1`, c.ID, micro(tx.now.Time), c.By)
		if err != nil {
			return err
		}
		if err := tx.enqueue(job.Request{Work: work}); err != nil {
			return err
		}
		return tx.record(e)
	})
	if conflict(err) {
		return oversight.ErrUnderWay
	}
	return err
}

// Checks gives the newest verifications.
func (db *DB) Checks(ctx context.Context, most int) (list []oversight.Check, err error) {
	defer fault.Wrap(&err, "store.Checks")
	return rows(ctx, db.read, scanCheck, `SELECT id, asked_at, asked_by, seen_at, done, total, ended_at, outcome, vouched, place, damage, detail
		FROM audit_check ORDER BY asked_at DESC, id LIMIT $1`, most)
}

func scanCheck(scan func(...any) error) (c oversight.Check, err error) {
	var broken sql.NullInt64
	err = scan(&c.ID, at(&c.Asked), &c.By, at(&c.Seen), &c.Done, &c.Total, at(&c.Ended), &c.Outcome, &c.Vouched, &broken, &c.Damage, &c.Detail)
	c.Place = broken.Int64
	return c, err
}

// TellCheck says how far a verification is; false if it is over.
func (db *DB) TellCheck(ctx context.Context, id string, done int64) (open bool, err error) {
	defer fault.Wrap(&err, "store.TellCheck(%s)", id)
	err = db.tx(ctx, func(tx *tx) error {
		n, err := tx.exec(`UPDATE audit_check SET done = $2, seen_at = $3 WHERE id = $1 AND outcome = ''`, id, done, micro(tx.now.Time))
		open = n == 1
		return err
	})
	return open, err
}

// EndCheck writes what came out of a verification. One that is over stays as it is.
func (db *DB) EndCheck(ctx context.Context, c oversight.Check, e audit.Event) (err error) {
	defer fault.Wrap(&err, "store.EndCheck(%s)", c.ID)
	return db.tx(ctx, func(tx *tx) error {
		broken := sql.NullInt64{Int64: c.Place, Valid: c.Outcome == oversight.Broken}
		n, err := tx.exec(`UPDATE audit_check SET done = $2, seen_at = $3, ended_at = $3, outcome = $4, vouched = $5, place = $6, damage = $7, detail = $8
			WHERE id = $1 AND outcome = ''`, c.ID, c.Done, micro(tx.now.Time), c.Outcome, c.Vouched, broken, c.Damage, c.Detail)
		if err != nil || n == 0 {
			return err
		}
		return tx.record(e)
	})
}
