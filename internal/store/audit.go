package store

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"math"

	"torhaus/internal/audit"
	"torhaus/internal/fault"
)

const auditColumns = `seq, at, kind, actor, account_id, token_id, order_id, letter_id, session_id, reason, hash`

// record appends events to the chain. It locks the head, which every deed needs: call it last.
func (t *tx) record(events ...audit.Event) error {
	if len(events) == 0 {
		return nil
	}
	head, err := readHead(t.ctx, t, t.db.engine.forUpdate)
	if err != nil {
		return err
	}
	written := make([][]any, len(events))
	for i, e := range events {
		var r audit.Record
		r, head = head.Append(t.now.Time, e)
		written[i] = []any{
			r.Seq, micro(r.Time), r.Kind, r.Actor, r.Account, r.Token, r.Order, r.Letter, r.Session, r.Reason, r.Hash[:],
		}
	}
	if err := t.insertMany(`INSERT INTO audit_event (`+auditColumns+`)`, written); err != nil {
		return err
	}
	return t.moveHead(head)
}

func (t *tx) moveHead(to audit.Head) error {
	return t.one(`UPDATE audit_head SET seq = $1, hash = $2 WHERE id = 1`, to.Seq, to.Hash[:])
}

func readHead(ctx context.Context, q querier, lock string) (head audit.Head, err error) {
	var sum []byte
	err = q.QueryRowContext(ctx, `SELECT seq, hash FROM audit_head WHERE id = 1`+lock).Scan(&head.Seq, &sum)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = errors.New("the head of the audit chain is gone")
	case err == nil && copy(head.Hash[:], sum) != len(head.Hash):
		err = errors.New("the head of the audit chain is damaged")
	}
	return head, err
}

// AuditHead reads the head of the chain.
func (db *DB) AuditHead(ctx context.Context) (head audit.Head, err error) {
	defer fault.Wrap(&err, "store.AuditHead")
	return readHead(ctx, db.read, "")
}

// ReadAudit gives the records after one, in order, together with the head, both as they stand at one moment. After 0 it gives
// all, rows that somebody put in front of the first included.
func (db *DB) ReadAudit(ctx context.Context, after int64, read func(iter.Seq2[audit.Record, error], audit.Head) error) (err error) {
	defer fault.Wrap(&err, "store.ReadAudit")
	snapshot, err := db.read.BeginTx(ctx, db.engine.snapshot)
	if err != nil {
		return err
	}
	defer func() { _ = snapshot.Rollback() }() // nothing was written
	head, err := readHead(ctx, snapshot, "")
	if err != nil {
		return err
	}
	if after == 0 {
		after = math.MinInt64
	}
	return read(records(ctx, snapshot, after), head)
}

func records(ctx context.Context, q querier, after int64) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		r, err := q.QueryContext(ctx, `SELECT `+auditColumns+` FROM audit_event WHERE seq > $1 ORDER BY seq`, after)
		if err != nil {
			yield(audit.Record{}, err)
			return
		}
		defer func() { _ = r.Close() }() // read only: r.Err says what failed
		for r.Next() {
			record, err := scanRecord(r.Scan)
			if !yield(record, err) || err != nil {
				return
			}
		}
		if err := r.Err(); err != nil {
			yield(audit.Record{}, err)
		}
	}
}

func scanRecord(scan func(...any) error) (r audit.Record, err error) {
	var sum []byte
	err = scan(&r.Seq, at(&r.Time), &r.Kind, &r.Actor, &r.Account, &r.Token, &r.Order, &r.Letter, &r.Session, &r.Reason, &sum)
	copy(r.Hash[:], sum)
	return r, err
}
