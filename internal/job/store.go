package job

import (
	"context"
	"errors"
	"time"
)

// ErrLost says that a job is no longer this worker's: its lease ran out and somebody else claimed it.
var ErrLost = errors.New("job: lease lost")

// Store is what the runner needs of the database. The store tells the time, so that workers on machines with different
// clocks agree; pauses and leases are spans from its now.
//
// Every call but Claim is fenced: it takes effect only while the job is running and its owner and attempt are those of the
// given Job, in one guarded statement, and gives ErrLost otherwise. A worker whose lease ran out can therefore not finish a
// job that another has taken over.
type Store interface {
	// Claim takes up to limit jobs that are due, the longest due first: queued ones whose time has come, and running ones
	// whose lease ran out. Each is then running, owned by owner until the lease ends, and its attempt is one higher. The
	// jobs come with opened payload, Owner and the new Attempt. A job is never given to two callers.
	Claim(ctx context.Context, owner string, lease time.Duration, limit int) ([]Job, error)
	// Extend lets the lease end that much later than now.
	Extend(ctx context.Context, j Job, lease time.Duration) error
	// Done ends a job that was carried out and erases its payload.
	Done(ctx context.Context, j Job) error
	// Retry queues the job again, due after the pause, and keeps the cause.
	Retry(ctx context.Context, j Job, pause time.Duration, cause string) error
	// Dead parks the job for people to look at: never claimed again; the payload stays, sealed, and the cause with it.
	Dead(ctx context.Context, j Job, cause string) error
}
