package audit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"time"

	"torhaus/internal/calendar"
)

// Source is what a keeper needs of the database.
type Source interface {
	// ReadAudit gives the records after one, in order, together with the head, both as they stand at one moment.
	ReadAudit(ctx context.Context, after int64, read func(iter.Seq2[Record, error], Head) error) error
	// Now gives the portal's time.
	Now(ctx context.Context) (calendar.Moment, error)
}

// Keeper signs the head of a portal's chain and keeps it in a book outside the database, whenever it has moved. Before it
// vouches for records it has walked them: a chain that does not hold is not signed. All fields are needed.
type Keeper struct {
	Source  Source
	Portal  string // key of the profile
	Dir     string // folder of the books
	Replica string // name of this machine
	Keys    []string
	Sign    func(text string) ([]byte, error)
	Log     *slog.Logger

	mu     sync.Mutex
	book   *book
	status Status
}

// Status is how the keeping of heads stands.
type Status struct {
	Signed SignedHead // the newest; zero if there is none yet
	Fault  error      // why the last try failed; nil if it did not
}

// Status tells how the keeping of heads stands.
func (k *Keeper) Status() Status {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.status
}

// Run keeps heads until the context ends: every so often, and again after a shorter while where it failed. Call Close afterwards.
func (k *Keeper) Run(ctx context.Context, every, again time.Duration) error {
	for {
		pause := every
		if k.Keep(ctx) != nil {
			pause = again
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// Close keeps the last head and closes the book.
func (k *Keeper) Close(ctx context.Context) error {
	err := k.Keep(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.book != nil {
		err = errors.Join(err, k.book.close())
		k.book = nil
	}
	return err
}

// Keep signs the head once, if it has moved.
func (k *Keeper) Keep(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	err := k.keep(ctx)
	if err != nil {
		err = fmt.Errorf("signed heads of the audit chain, portal %s: %w", k.Portal, err)
	}
	k.tell(ctx, err)
	k.status.Fault = err
	return err
}

// tell logs a fault when it begins, and when it is over.
func (k *Keeper) tell(ctx context.Context, err error) {
	before := k.status.Fault
	switch {
	case err != nil && ctx.Err() == nil && (before == nil || before.Error() != err.Error()):
		k.Log.ErrorContext(ctx, "the audit head cannot be signed", "cause", err.Error())
	case err == nil && before != nil:
		k.Log.InfoContext(ctx, "the audit head is signed again")
	}
}

func (k *Keeper) keep(ctx context.Context) error {
	if err := k.open(); err != nil {
		return err
	}
	now, err := k.Source.Now(ctx)
	if err != nil {
		return err
	}
	head := k.status.Signed.Head
	err = k.Source.ReadAudit(ctx, head.Seq, func(records iter.Seq2[Record, error], newest Head) error {
		_, err := head.verify(records, newest, nil)
		head = newest
		return err
	})
	if err != nil || head == k.status.Signed.Head {
		return err
	}
	note, err := k.Sign(headText(k.Portal, head, now.Time))
	if err != nil {
		return err
	}
	if err := k.book.append(note); err != nil {
		return err
	}
	k.status.Signed = SignedHead{Head: head, Time: now.Time, Where: k.book.file.Name()}
	return nil
}

// open opens the book and goes on from its newest head, once.
func (k *Keeper) open() error {
	if k.book != nil {
		return nil
	}
	b, err := openBook(k.Dir, k.Portal, k.Replica)
	if err != nil {
		return err
	}
	last, err := b.last(k.Portal, k.Keys)
	if err != nil {
		return errors.Join(err, b.close())
	}
	k.book, k.status.Signed = b, last
	return nil
}
