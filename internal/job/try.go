package job

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// unknownPause is the pause of a job whose kind this version does not know; a newer replica's, probably, which takes it.
const unknownPause = 30 * time.Second

// outcome is what becomes of a job after a try: the word and level of its log line, and the call that stores it.
type outcome struct {
	word  string
	level slog.Level
	store func(context.Context) error
	attrs []any
}

// carryOut does one job and stores its outcome.
func (s *shift) carryOut(work context.Context, j Job) {
	defer j.Payload.Wipe()
	s.record(work, j, s.outcomeOf(work, j))
}

func (s *shift) outcomeOf(work context.Context, j Job) outcome {
	handler, known := s.Handlers[j.Kind]
	if !known {
		return s.retried(j, unknownPause, "no handler for this kind of job in this version")
	}
	if _, left := handler.Policy.Pause(j.Attempt - 1); j.Attempt > 1 && !left {
		return s.dead(j, "its last try had no outcome: the program ended in the middle, or the lease was lost")
	}
	started := time.Now()
	err := s.try(work, handler, j)
	if err == nil {
		return s.done(j, time.Since(started))
	}
	pause, left := handler.Policy.Pause(j.Attempt)
	switch {
	case isPermanent(err) || !left:
		return s.dead(j, causeOf(err))
	case work.Err() != nil:
		return s.retried(j, 0, causeOf(err)) // the program ends: another may take the job at once
	default:
		return s.retried(j, pause, causeOf(err))
	}
}

func (s *shift) done(j Job, took time.Duration) outcome {
	store := func(ctx context.Context) error { return s.Store.Done(ctx, j) }
	return outcome{"job done", slog.LevelInfo, store, []any{"took", took}}
}

func (s *shift) retried(j Job, pause time.Duration, cause string) outcome {
	store := func(ctx context.Context) error { return s.Store.Retry(ctx, j, pause, cause) }
	return outcome{"job failed, will be retried", slog.LevelWarn, store, []any{"pause", pause, "cause", cause}}
}

func (s *shift) dead(j Job, cause string) outcome {
	store := func(ctx context.Context) error { return s.Store.Dead(ctx, j, cause) }
	return outcome{"job dead", slog.LevelError, store, []any{"cause", cause}}
}

// try calls the handler while a heartbeat keeps the lease. When the lease is lost, or the try takes too long, the
// handler's context ends and the heart stops.
func (s *shift) try(work context.Context, h Handler, j Job) (err error) {
	ctx, cancel := context.WithTimeout(work, h.Policy.Try)
	defer cancel()
	go s.keepLease(ctx, cancel, j)
	defer s.catch(j, &err)
	return h.Do(ctx, j)
}

// catch turns a panic of the handler into its error.
func (s *shift) catch(j Job, err *error) {
	if value := recover(); value != nil {
		p := newPanicError(value)
		s.Log.Error("job handler panicked", "job", j.ID, "kind", j.Kind, "cause", causeOf(p), "stack", string(p.stack))
		*err = p
	}
}

func (s *shift) keepLease(ctx context.Context, stop context.CancelFunc, j Job) {
	ticks := time.NewTicker(beat)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		if err := s.Store.Extend(ctx, j, lease); errors.Is(err, ErrLost) {
			stop()
		}
	}
}

// record stores the outcome, trying for as long as the lease may hold. What cannot be stored is done again by whoever takes
// the job over.
func (s *shift) record(work context.Context, j Job, o outcome) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(work), lease)
	defer cancel()
	log := s.Log.With("job", j.ID, "kind", j.Kind, "attempt", j.Attempt)
	for {
		err := o.store(ctx)
		switch {
		case err == nil:
			log.Log(ctx, o.level, o.word, o.attrs...)
			return
		case errors.Is(err, ErrLost):
			log.Warn("job was taken over by another worker", "outcome", o.word)
			return
		}
		log.Error("outcome of a job cannot be stored", "outcome", o.word, "cause", causeOf(err))
		select {
		case <-ctx.Done():
			return
		case <-time.After(again):
		}
	}
}
