package job

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"torhaus/internal/secret"
)

// How the runner keeps time. A killed replica's jobs are taken over within lease + poll.
const (
	lease = 20 * time.Second // a claim holds this long after its last heartbeat
	beat  = lease / 4        // time between heartbeats
	poll  = time.Second      // jobs of other processes are noticed within this time
	grace = 5 * time.Second  // jobs at work may finish when the program ends
	again = time.Second      // pause before a failed call to the store is repeated
)

// Handler carries out one kind of job. Do may be called again after it succeeded, when the program dies before the outcome
// is stored: it makes sure that doing twice does no harm. It returns early when the context ends.
type Handler struct {
	Do     func(ctx context.Context, j Job) error
	Policy Policy
}

// Runner claims jobs that are due and carries them out, up to Workers at a time. Several runners, in one process or many,
// share a store; each job is held by one of them.
type Runner struct {
	Store    Store
	Handlers map[string]Handler // by kind
	Log      *slog.Logger
	Workers  int

	wakeOnce sync.Once
	wake     chan struct{}
}

// Wake makes the runner look for jobs now; call it after a transaction of this process wrote one. It never blocks.
func (r *Runner) Wake() {
	select {
	case r.signal() <- struct{}{}:
	default: // a look is already asked for
	}
}

func (r *Runner) signal() chan struct{} {
	r.wakeOnce.Do(func() { r.wake = make(chan struct{}, 1) })
	return r.wake
}

// Run works until the context ends; then it claims nothing more, gives jobs at work a few seconds to finish, and returns
// nil. A job that does not heed the end of its context keeps its claim until the lease lapses.
func (r *Runner) Run(ctx context.Context) error {
	if err := r.check(); err != nil {
		return err
	}
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	s := shift{Runner: r, owner: secret.NewID(), free: make(chan struct{}, r.Workers)}
	for range r.Workers {
		s.free <- struct{}{}
	}
	for s.waitForWorker(ctx) {
		if !s.claim(ctx, work) {
			s.waitForWork(ctx)
		}
	}
	s.end(stopWork)
	return nil
}

func (r *Runner) check() error {
	if r.Workers < 1 {
		return fmt.Errorf("job: %d workers carry out nothing; at least 1 is needed", r.Workers)
	}
	for kind, h := range r.Handlers {
		if h.Do == nil || h.Policy.Try <= 0 || h.Policy.First <= 0 || h.Policy.Most <= 0 {
			return fmt.Errorf("job: the handler of %q lacks its deed or its policy", kind)
		}
	}
	return nil
}

// shift is one run of a runner: its name in claims, its workers. A worker is a value in free.
type shift struct {
	*Runner
	owner string
	free  chan struct{}
	busy  sync.WaitGroup
}

func (s *shift) waitForWorker(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case worker := <-s.free:
		s.free <- worker
		return ctx.Err() == nil
	}
}

func (s *shift) waitForWork(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-s.signal():
	case <-time.After(poll):
	}
}

// claim takes as many due jobs as there are free workers and sets them to work. It tells whether there may be more.
func (s *shift) claim(ctx, work context.Context) bool {
	limit := len(s.free)
	jobs, err := s.Store.Claim(ctx, s.owner, lease, limit)
	if err != nil && ctx.Err() == nil {
		s.Log.ErrorContext(ctx, "jobs cannot be claimed", "cause", causeOf(err))
	}
	for _, j := range jobs {
		worker := <-s.free
		s.busy.Go(func() {
			defer func() { s.free <- worker }()
			s.carryOut(work, j)
		})
	}
	return err == nil && len(jobs) == limit
}

// end waits for the jobs at work: first undisturbed, then with their context ended. stopWork ends it.
func (s *shift) end(stopWork context.CancelFunc) {
	finished := make(chan struct{})
	go func() { s.busy.Wait(); close(finished) }()
	for _, stop := range []context.CancelFunc{func() {}, stopWork} {
		stop()
		select {
		case <-finished:
			return
		case <-time.After(grace):
		}
	}
	s.Log.Warn("jobs still at work are left to their lease")
}
