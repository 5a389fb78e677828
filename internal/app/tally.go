package app

import (
	"context"
	"sync/atomic"

	"torhaus/internal/job"
)

// tally counts the tries of a portal's jobs, e-mails and letters among them, since the process started.
type tally map[string]*tries

type tries struct{ done, failed atomic.Int64 }

// counted gives handlers that count how they ended.
func (t tally) counted(handlers map[string]job.Handler) map[string]job.Handler {
	counted := map[string]job.Handler{}
	for kind, h := range handlers {
		seen, do := &tries{}, h.Do
		t[kind] = seen
		h.Do = func(ctx context.Context, j job.Job) error {
			err := do(ctx, j)
			if err != nil {
				seen.failed.Add(1)
			} else {
				seen.done.Add(1)
			}
			return err
		}
		counted[kind] = h
	}
	return counted
}
