package store

import (
	"context"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
)

// Refuse counts a refused password of an account and records it. For nobody it runs as many statements of the same kinds, on the
// row of wrong passwords under the key and on the head of the audit chain, whose counts stay as they are.
func (db *DB) Refuse(ctx context.Context, id account.ID, key []byte, decide func(login.Refusals, calendar.Moment) (login.Refusals, []audit.Event)) (err error) {
	defer fault.Wrap(&err, "store.Refuse(%s)", id)
	return db.tx(ctx, func(tx *tx) error {
		if id == "" {
			return tx.rehearse(key, decide)
		}
		var stored login.Refusals
		err := tx.QueryRowContext(ctx, `INSERT INTO refusal (account_id, count, in_span, unrecorded) VALUES ($1, 0, 0, 0)
			ON CONFLICT (account_id) DO UPDATE SET count = refusal.count RETURNING count, span_at, in_span, unrecorded`, id).
			Scan(&stored.Count, at(&stored.Since), &stored.InSpan, &stored.Unrecorded)
		if err != nil {
			return err
		}
		counted, events := decide(stored, tx.now)
		err = tx.one(`UPDATE refusal SET count = $2, span_at = $3, in_span = $4, unrecorded = $5 WHERE account_id = $1`,
			id, counted.Count, micro(counted.Since), counted.InSpan, counted.Unrecorded)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			return tx.recordNothing()
		}
		return tx.record(events...)
	})
}

// rehearse does what Refuse does, and leaves nothing.
func (t *tx) rehearse(key []byte, decide func(login.Refusals, calendar.Moment) (login.Refusals, []audit.Event)) error {
	var wrong int
	err := t.QueryRowContext(t.ctx, `INSERT INTO guess (key, wrong, last_at) VALUES ($1, 0, $2)
		ON CONFLICT (key) DO UPDATE SET wrong = guess.wrong RETURNING wrong`, key, micro(t.now.Time)).Scan(&wrong)
	if err != nil {
		return err
	}
	_, _ = decide(login.Refusals{}, t.now)
	// by a microsecond, since SQLite writes no row that stays as it is, and a commit without a write is much faster
	if err := t.one(`UPDATE guess SET wrong = $2, last_at = last_at + 1 WHERE key = $1`, key, wrong); err != nil {
		return err
	}
	return t.recordNothing()
}

// recordNothing takes about as long as the recording of an event, and waits for the head of the chain as that does.
func (t *tx) recordNothing() error {
	head, err := readHead(t.ctx, t, t.db.engine.forUpdate)
	if err != nil {
		return err
	}
	record, _ := head.Append(t.now.Time, audit.Event{Kind: audit.PasswordWrong, Actor: audit.Anonymous})
	_, err = t.exec(`INSERT INTO audit_event (`+auditColumns+`) SELECT $1, $2, $3, $4, '', '', '', '', '', '', $5 FROM audit_head WHERE id = 0`,
		record.Seq, micro(record.Time), record.Kind, record.Actor, record.Hash[:])
	if err != nil {
		return err
	}
	return t.one(`UPDATE audit_head SET seq = $1, hash = $2 WHERE id = 1`, head.Seq, head.Hash[:])
}

// refusals reads the count of refused logins of an account, locked.
func (t *tx) refusals(id account.ID) (login.Refusals, error) {
	return refusals(t.ctx, t, id, t.db.engine.forUpdate)
}

func refusals(ctx context.Context, q querier, id account.ID, lock string) (r login.Refusals, err error) {
	_, err = isFound(q.QueryRowContext(ctx, `SELECT count, span_at, in_span, unrecorded FROM refusal WHERE account_id = $1`+lock, id).
		Scan(&r.Count, at(&r.Since), &r.InSpan, &r.Unrecorded))
	return r, err
}

func (t *tx) writeRefusals(id account.ID, r *login.Refusals) error {
	if r == nil {
		return nil
	}
	return t.one(`INSERT INTO refusal (account_id, count, span_at, in_span, unrecorded) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account_id) DO UPDATE SET count = excluded.count, span_at = excluded.span_at, in_span = excluded.in_span,
			unrecorded = excluded.unrecorded`, id, r.Count, micro(r.Since), r.InSpan, r.Unrecorded)
}
