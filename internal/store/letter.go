package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"torhaus/internal/audit"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
)

// queueLetter writes a letter, its content sealed, and the job that will deliver it.
func (t *tx) queueLetter(d letter.Draft) error {
	content, err := letter.Encode(d.Content)
	if err != nil {
		return err
	}
	sealed, err := t.db.Keys.Seal(content, "letter", "content", d.ID)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO letter (id, kind, account_id, order_id, state, created_at, sealed) VALUES ($1, $2, $3, $4, 'queued', $5, $6)`,
		d.ID, d.Content.LetterKind(), d.Account, d.Order, micro(t.now.Time), sealed)
	if err != nil {
		return err
	}
	if !d.Hold.IsZero() {
		return t.holdLetter(d)
	}
	return t.enqueue(deliver(d.ID))
}

// deliver is the job that brings a letter to print.
func deliver(id string) job.Request {
	return job.Request{Work: letter.Deliver{Letter: id}, Key: "letter.deliver/" + id}
}

// letterState is the column of a letter's state: one that waits for a second person is queued in the table.
const letterState = `CASE WHEN l.held_until IS NOT NULL AND l.state = 'queued' THEN 'held' ELSE l.state END`

// voidLetter keeps a letter from being printed and erases its content. One that was handed over meanwhile stays as it is.
func (t *tx) voidLetter(id string) error {
	n, err := t.exec(`UPDATE letter SET state = 'void', sealed = NULL, held_until = NULL WHERE id = $1 AND state IN ('queued', 'rendered')`, id)
	if err != nil || n == 0 {
		return err
	}
	if err := t.settleOf(id); err != nil {
		return err
	}
	return t.dropHold(id)
}

// Letter loads a letter, its content opened.
func (db *DB) Letter(ctx context.Context, id string) (l letter.Letter, err error) {
	defer fault.Wrap(&err, "store.Letter(%s)", id)
	var sealed []byte
	err = db.read.QueryRowContext(ctx, `SELECT id, kind, account_id, order_id, `+letterState+`, created_at, handed_over_at, sealed
		FROM letter l WHERE id = $1`, id).Scan(&l.ID, &l.Kind, &l.Account, &l.Order, &l.State, at(&l.Created), at(&l.HandedOver), &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return letter.Letter{}, fault.New(fault.NotFound, "letter.fault.unknown")
	}
	if err != nil || sealed == nil {
		return l, err
	}
	content, err := db.Keys.Open(sealed, "letter", "content", id)
	if err != nil {
		return letter.Letter{}, err
	}
	if l.Content, err = letter.Decode(l.Kind, content); err != nil {
		return letter.Letter{}, fmt.Errorf("content: %w", err)
	}
	return l, nil
}

// WaitingLetters gives the moments at which the letters were queued that are not handed over.
func (db *DB) WaitingLetters(ctx context.Context) (queued []time.Time, err error) {
	defer fault.Wrap(&err, "store.WaitingLetters")
	scan := func(scan func(...any) error) (when time.Time, err error) {
		err = scan(at(&when))
		return when, err
	}
	return rows(ctx, db.read, scan, `SELECT created_at FROM letter WHERE state IN ('queued', 'rendered')`)
}

// HandOver marks a letter as handed over to print and erases its content.
func (db *DB) HandOver(ctx context.Context, id string) (err error) {
	defer fault.Wrap(&err, "store.HandOver(%s)", id)
	return db.tx(ctx, func(tx *tx) error {
		e := audit.Event{Kind: audit.LetterHanded, Actor: audit.System, Letter: id}
		err := tx.QueryRowContext(ctx, `UPDATE letter SET state = 'handed-over', handed_over_at = $2, sealed = NULL
			WHERE id = $1 AND state IN ('queued', 'rendered') AND held_until IS NULL RETURNING account_id, order_id`, id, micro(tx.now.Time)).Scan(&e.Account, &e.Order)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := tx.settleOf(id); err != nil {
			return err
		}
		return tx.record(e)
	})
}
