package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/mailroom"
	"torhaus/internal/secret"
)

// Admit takes a letter into the batch of today, if that has fewer than so many letters, or it was admitted before. Else it takes it
// into the held batch, and the letter is not admitted before its release.
func (db *DB) Admit(ctx context.Context, id string, most int) (admitted bool, err error) {
	defer fault.Wrap(&err, "store.Admit(%s)", id)
	err = db.tx(ctx, func(tx *tx) error {
		var batch string
		err := tx.QueryRowContext(ctx, `SELECT coalesce(batch_id, '') FROM letter WHERE id = $1`+db.engine.forUpdate, id).Scan(&batch)
		if err != nil {
			return err
		}
		if batch != "" {
			return tx.QueryRowContext(ctx, `SELECT held = 0 OR state IN ('released', 'handed-over', 'confirmed') FROM letter_batch WHERE id = $1`, batch).Scan(&admitted)
		}
		if batch, admitted, err = tx.gather(most); err != nil {
			return err
		}
		return tx.one(`UPDATE letter SET batch_id = $2 WHERE id = $1 AND batch_id IS NULL`, id, batch)
	})
	return admitted, err
}

// gather counts one more letter in the batch that takes it: the day's, as long as that is not full, or else one that is held. What
// other replicas do meanwhile, the counting statement sees: it waits for the row, and its condition is judged anew.
func (t *tx) gather(most int) (batch string, admitted bool, err error) {
	today := calendar.DateOf(t.now.Time)
	count := func() (string, error) { return t.count(`held = 0 AND day = $1 AND letters < $2`, today.String(), most) }
	if batch, err = count(); err != nil || batch != "" {
		return batch, true, err
	}
	there, err := isFound(t.QueryRowContext(t.ctx, `SELECT id FROM letter_batch WHERE held = 0 AND state = 'open' AND day = $1`, today.String()).Scan(&batch))
	if err == nil && !there {
		err = errors.Join(t.endDays(today), t.openBatch(0, today))
		if err == nil {
			batch, err = count()
		}
		if batch != "" || err != nil {
			return batch, true, err
		}
	}
	if err != nil {
		return "", false, err
	}
	batch, err = t.gatherHeld(today)
	return batch, false, err
}

// gatherHeld counts one more letter in the batch that waits for its release.
func (t *tx) gatherHeld(today calendar.Date) (batch string, err error) {
	if batch, err = t.count(`held = 1`); err != nil || batch != "" {
		return batch, err
	}
	if err := t.openBatch(1, today); err != nil {
		return "", err
	}
	if batch, err = t.count(`held = 1`); err == nil && batch == "" {
		err = errGone // another replica closed it at this moment
	}
	return batch, err
}

// count adds one letter to the open batch for which a condition holds, and gives its id; empty if there is none.
func (t *tx) count(condition string, args ...any) (batch string, err error) {
	err = t.QueryRowContext(t.ctx, `UPDATE letter_batch SET letters = letters + 1 WHERE state = 'open' AND `+condition+` RETURNING id`, args...).Scan(&batch)
	_, err = isFound(err)
	return batch, err
}

func (t *tx) openBatch(held int, day calendar.Date) error {
	_, err := t.exec(`INSERT INTO letter_batch (id, number, held, state, day, letters, opened_at, closed_by, decided_by)
		SELECT $1, coalesce(max(number), 0) + 1, $2, 'open', $3, 0, $4, '', '' FROM letter_batch WHERE true ON CONFLICT DO NOTHING`,
		secret.NewID(), held, day.String(), micro(t.now.Time))
	return err
}

// endDays closes the batches of days that are over.
func (t *tx) endDays(today calendar.Date) error {
	over, err := rows(t.ctx, t, scanText, `UPDATE letter_batch SET state = 'released', closed_at = $1, closed_by = '`+audit.System+`'
		WHERE held = 0 AND state = 'open' AND day <> $2 RETURNING id`, micro(t.now.Time), today.String())
	if err != nil {
		return err
	}
	return t.settle(over...)
}

func scanText(scan func(...any) error) (s string, err error) {
	err = scan(&s)
	return s, err
}

// settle brings closed batches into the state that their letters have reached.
func (t *tx) settle(batches ...string) error {
	for _, id := range batches {
		if id == "" {
			continue
		}
		_, err := t.exec(`UPDATE letter_batch SET state = 'handed-over' WHERE id = $1 AND state = 'released'
			AND NOT EXISTS (SELECT 1 FROM letter l WHERE l.batch_id = $1 AND l.state IN ('queued', 'rendered'))`, id)
		if err != nil {
			return err
		}
		_, err = t.exec(`UPDATE letter_batch SET state = 'confirmed' WHERE id = $1 AND state = 'handed-over'
			AND NOT EXISTS (SELECT 1 FROM letter l WHERE l.batch_id = $1 AND l.state = 'handed-over')`, id)
		if err != nil {
			return err
		}
	}
	return nil
}

// settleOf settles the batch of a letter.
func (t *tx) settleOf(letter string) error {
	var batch sql.NullString
	if err := t.QueryRowContext(t.ctx, `SELECT batch_id FROM letter WHERE id = $1`, letter).Scan(&batch); err != nil {
		return err
	}
	return t.settle(batch.String)
}

const batchColumns = `b.id, b.number, b.held, b.state, b.day, b.opened_at, b.closed_at, b.closed_by, b.decided_at, b.decided_by,
	coalesce((SELECT trim(a.first_name || ' ' || a.last_name) FROM account a WHERE a.id = b.closed_by), ''),
	coalesce((SELECT trim(a.first_name || ' ' || a.last_name) FROM account a WHERE a.id = b.decided_by), '')`

func scanBatch(scan func(...any) error) (b mailroom.Batch, err error) {
	var held int
	err = scan(&b.ID, &b.Number, &held, &b.State, date{&b.Day}, at(&b.Opened), at(&b.Closed), &b.ClosedBy, at(&b.Decided), &b.DecidedBy,
		&b.Closer, &b.Decider)
	b.Held = held == 1
	return b, err
}

// Batches lists batches, newest first.
func (db *DB) Batches(ctx context.Context, below int64, most int) (list []mailroom.Batch, err error) {
	defer fault.Wrap(&err, "store.Batches")
	list, err = rows(ctx, db.read, scanBatch, `SELECT `+batchColumns+` FROM letter_batch b WHERE $1 = 0 OR b.number < $1 ORDER BY b.number DESC LIMIT $2`, below, most)
	for i := range list {
		if err == nil {
			err = countLetters(ctx, db.read, &list[i])
		}
	}
	return list, err
}

// Batch reads one batch.
func (db *DB) Batch(ctx context.Context, number int64) (b mailroom.Batch, err error) {
	defer fault.Wrap(&err, "store.Batch(%d)", number)
	if b, err = batch(ctx, db.read, number, ""); err != nil {
		return b, err
	}
	kinds, err := rows(ctx, db.read, scanCount, `SELECT kind, count(*) FROM letter WHERE batch_id = $1 GROUP BY kind`, b.ID)
	b.Kinds = map[string]int{}
	for _, k := range kinds {
		b.Kinds[k.word] = k.n
	}
	if err != nil {
		return b, err
	}
	return b, db.read.QueryRowContext(ctx, `SELECT count(DISTINCT account_id) FROM letter WHERE batch_id = $1`, b.ID).Scan(&b.People)
}

func batch(ctx context.Context, q querier, number int64, lock string) (mailroom.Batch, error) {
	b, err := scanBatch(q.QueryRowContext(ctx, `SELECT `+batchColumns+` FROM letter_batch b WHERE b.number = $1`+lock, number).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return b, mailroom.ErrNoBatch
	}
	if err != nil {
		return b, err
	}
	return b, countLetters(ctx, q, &b)
}

type counted struct {
	word string
	n    int
}

func scanCount(scan func(...any) error) (c counted, err error) {
	err = scan(&c.word, &c.n)
	return c, err
}

func countLetters(ctx context.Context, q querier, b *mailroom.Batch) error {
	states, err := rows(ctx, q, scanCount, `SELECT state, count(*) FROM letter WHERE batch_id = $1 GROUP BY state`, b.ID)
	b.Letters = map[letter.State]int{}
	for _, s := range states {
		b.Letters[letter.State(s.word)] = s.n
	}
	return err
}

// ChangeBatch loads a batch, lets the deed decide, and writes the change.
func (db *DB) ChangeBatch(ctx context.Context, number int64, deed func(mailroom.Batch, calendar.Moment) (mailroom.BatchChange, error)) (err error) {
	defer fault.Wrap(&err, "store.ChangeBatch(%d)", number)
	return db.tx(ctx, func(tx *tx) error {
		b, err := batch(ctx, tx, number, db.engine.forUpdate)
		if err != nil {
			return err
		}
		c, err := deed(b, tx.now)
		if err != nil {
			return err
		}
		if err := tx.writeBatch(b, c); err != nil {
			return err
		}
		return tx.record(c.Events...)
	})
}

func (t *tx) writeBatch(b mailroom.Batch, c mailroom.BatchChange) error {
	b.State = c.State
	if c.ClosedBy != "" {
		b.ClosedBy, b.Closed = c.ClosedBy, t.now.Time
	}
	if c.DecidedBy != "" {
		b.DecidedBy, b.Decided = c.DecidedBy, t.now.Time
	}
	err := t.one(`UPDATE letter_batch SET state = $2, closed_at = $3, closed_by = $4, decided_at = $5, decided_by = $6 WHERE id = $1`,
		b.ID, b.State, micro(b.Closed), b.ClosedBy, micro(b.Decided), b.DecidedBy)
	if err != nil || !c.Deliver && c.Discard == nil {
		return err
	}
	waiting, err := rows(t.ctx, t, scanText, `SELECT id FROM letter WHERE batch_id = $1 AND state IN ('queued', 'rendered') ORDER BY created_at, id`, b.ID)
	if err != nil {
		return err
	}
	for _, id := range waiting {
		r := releasedJob(id)
		if c.Discard != nil {
			r = job.Request{Work: mailroom.Discarding{Letter: id, By: *c.Discard}, Key: "letter.discard/" + id}
		}
		if err := t.enqueue(r); err != nil {
			return err
		}
	}
	return t.settle(b.ID)
}

// releasedJob is the job that brings a letter to print after the release of its batch; the one before ended when the letter had to wait.
func releasedJob(id string) job.Request {
	return job.Request{Work: letter.Deliver{Letter: id}, Key: fmt.Sprintf("letter.deliver/%s/released", id)}
}
