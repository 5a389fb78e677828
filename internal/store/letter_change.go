package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/mailroom"
	"torhaus/internal/token"
)

// mailOf reads one letter.
func mailOf(ctx context.Context, q querier, id string) (mailroom.Letter, error) {
	m, err := scanMail(q.QueryRowContext(ctx, `SELECT `+mailColumns+mailTables+`WHERE l.id = $1`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = mailroom.ErrNoLetter
	}
	return m, err
}

// Parcel reads a letter with what it may carry.
func (db *DB) Parcel(ctx context.Context, id string) (p mailroom.Parcel, now calendar.Moment, err error) {
	defer fault.Wrap(&err, "store.Parcel(%s)", id)
	if p.Letter, err = mailOf(ctx, db.read, id); err != nil {
		return p, now, err
	}
	if p.Holding, now, err = db.Holding(ctx, p.Letter.Account); err != nil {
		return p, now, err
	}
	p.Password, err = passwords(ctx, db.read, p.Letter.Account, now)
	return p, now, err
}

// ChangeLetter loads a letter with what it may carry, lets the deed decide, and writes the change.
func (db *DB) ChangeLetter(ctx context.Context, id string, deed func(mailroom.Parcel, calendar.Moment) (mailroom.Change, error)) (err error) {
	defer fault.Wrap(&err, "store.ChangeLetter(%s)", id)
	first, err := mailOf(ctx, db.read, id) // whose it is never changes
	if err != nil {
		return err
	}
	return db.tx(ctx, func(tx *tx) error {
		p, err := tx.lockParcel(id, first.Account)
		if err != nil {
			return err
		}
		c, err := deed(p, tx.now)
		if err != nil {
			return err
		}
		events, err := tx.writeParcel(p, c)
		if err != nil {
			return err
		}
		return tx.record(events...)
	})
}

// lockParcel loads a letter and what belongs to its account, in the order in which everything is locked.
func (t *tx) lockParcel(id string, owner account.ID) (p mailroom.Parcel, err error) {
	if p.Holding, err = t.lockHolding(owner); err != nil {
		return p, err
	}
	if p.Password, err = passwords(t.ctx, t, owner, t.now); err != nil {
		return p, err
	}
	var locked string
	if err := t.QueryRowContext(t.ctx, `SELECT id FROM letter WHERE id = $1`+t.db.engine.forUpdate, id).Scan(&locked); err != nil {
		return p, err
	}
	p.Letter, err = mailOf(t.ctx, t, id)
	return p, err
}

// writeParcel writes a change of a letter and gives its events.
func (t *tx) writeParcel(p mailroom.Parcel, c mailroom.Change) ([]audit.Event, error) {
	id, owner := p.Letter.ID, p.Letter.Account
	if err := t.writeToken(c.Token); err != nil {
		return nil, err
	}
	if err := t.writePassword(owner, c.Password); err != nil {
		return nil, err
	}
	ended, err := t.endBarred(owner, c.Token)
	if err != nil {
		return nil, err
	}
	if c.Returned != nil {
		if err := t.returnLetter(id, *c.Returned); err != nil {
			return nil, err
		}
	}
	if c.Retry != "" {
		if err := t.again(c.Retry); err != nil {
			return nil, err
		}
	}
	if err := t.writeOut(nil, nil, c.Jobs); err != nil {
		return nil, err
	}
	return slices.Concat(c.Token.Events, c.Password.Events, c.Events, ended), nil
}

func (t *tx) returnLetter(id string, what mailroom.What) error {
	var batch sql.NullString
	err := t.QueryRowContext(t.ctx, `UPDATE letter SET state = 'returned', returned_at = $2, returned_what = $3
		WHERE id = $1 AND state IN ('handed-over', 'posted') RETURNING batch_id`, id, micro(t.now.Time), what).Scan(&batch)
	if errors.Is(err, sql.ErrNoRows) {
		return errGone
	}
	if err != nil {
		return err
	}
	return t.settle(batch.String)
}

// again queues a job once more that was given up, with all its patience.
func (t *tx) again(id string) error {
	t.jobs = true
	return t.one(`UPDATE job SET state = 'queued', attempt = 0, due_at = $2, ended_at = NULL WHERE id = $1 AND state = 'dead'`, id, micro(t.now.Time))
}

// told is a letter that a confirmation names.
type told struct {
	id    string
	batch string
	sent  mailroom.Sent
}

func scanTold(scan func(...any) error) (k told, err error) {
	var handed calendar.Moment
	var posted string
	err = scan(&k.id, &k.batch, &k.sent.State, &k.sent.Account, at(&handed.Time), &posted)
	if err == nil && !handed.IsZero() {
		k.sent.HandedOver = calendar.DateOf(handed.Time)
	}
	if err == nil && posted != "" {
		err = k.sent.Posted.UnmarshalText([]byte(posted))
	}
	return k, err
}

// lettersAtOnce bounds how many letters one query asks for.
const lettersAtOnce = 500

// lockTold reads what is known of letters, locked in the order of their ids, so that two confirmations never wait for each other.
func (t *tx) lockTold(ids []string) (map[string]told, error) {
	found := map[string]told{}
	ids = slices.Sorted(slices.Values(ids))
	for some := range slices.Chunk(ids, lettersAtOnce) {
		args := make([]any, len(some))
		for i, id := range some {
			args[i] = id
		}
		list, err := rows(t.ctx, t, scanTold, withPlaceholders(`SELECT id, coalesce(batch_id, ''), state, account_id, handed_over_at, coalesce(posted_on, '')
			FROM letter WHERE id IN `, 1, len(some))+` ORDER BY id`+t.db.engine.forUpdate, args...)
		if err != nil {
			return nil, err
		}
		for _, k := range list {
			found[k.id] = k
		}
	}
	return found, nil
}

// ConfirmPosted loads what is known of letters, lets the deed decide which were posted, and writes that.
func (db *DB) ConfirmPosted(ctx context.Context, letters []string, by token.By, deed func(map[string]mailroom.Sent, calendar.Moment) ([]mailroom.Posted, error)) (confirmed []int64, err error) {
	defer fault.Wrap(&err, "store.ConfirmPosted")
	err = db.tx(ctx, func(tx *tx) error {
		found, err := tx.lockTold(letters)
		if err != nil {
			return err
		}
		sent := map[string]mailroom.Sent{}
		for id, k := range found {
			sent[id] = k.sent
		}
		post, err := deed(sent, tx.now)
		if err != nil {
			return err
		}
		confirmed, err = tx.writePosted(post, found, by)
		return err
	})
	return confirmed, err
}

// writePosted marks letters as posted and gives the batches that are confirmed with it.
func (t *tx) writePosted(post []mailroom.Posted, found map[string]told, by token.By) (confirmed []int64, err error) {
	batches := map[string]bool{}
	var events []audit.Event
	for _, p := range post {
		if err := t.one(`UPDATE letter SET state = 'posted', posted_on = $2 WHERE id = $1 AND state = 'handed-over'`, p.Letter, p.On.String()); err != nil {
			return nil, err
		}
		k := found[p.Letter]
		batches[k.batch] = true
		events = append(events, audit.Event{
			Kind: audit.LetterPosted, Actor: string(by.Actor), Session: by.Session, Account: string(k.sent.Account), Letter: p.Letter,
		})
	}
	for id := range batches {
		if id == "" {
			continue
		}
		if err := t.settle(id); err != nil {
			return nil, err
		}
		var number int64
		done, err := isFound(t.QueryRowContext(t.ctx, `SELECT number FROM letter_batch WHERE id = $1 AND state = 'confirmed'`, id).Scan(&number))
		if err != nil {
			return nil, err
		}
		if done {
			confirmed = append(confirmed, number)
		}
	}
	slices.Sort(confirmed)
	return confirmed, t.record(events...)
}
