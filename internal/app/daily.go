package app

import (
	"context"
	"sync"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/job"
	"torhaus/internal/organisation"
	"torhaus/internal/secret"
)

// tidy is the daily job that deletes rows which nobody needs any more.
type tidy struct{}

// JobKind names the job; it is never renamed.
func (tidy) JobKind() string { return "house.tidy" }

// Encode gives the wire form of the job, which has no content.
func (tidy) Encode() (secret.Bytes, error) { return secret.Bytes("{}"), nil }

// batteries is the daily job that tells members whose hard token's battery ends soon.
type batteries struct{}

// JobKind names the job; it is never renamed.
func (batteries) JobKind() string { return "token.batteries" }

// Encode gives the wire form of the job, which has no content.
func (batteries) Encode() (secret.Bytes, error) { return secret.Bytes("{}"), nil }

func (p *Portal) batteryHandler() job.Handler {
	return job.Handler{
		Do: func(ctx context.Context, _ job.Job) error {
			n, err := p.Tokens.TellBatteries(ctx)
			if n > 0 {
				p.jobs.Log.Info("members told that a battery ends", "members", n)
			}
			return err
		},
		Policy: job.Policy{Try: 10 * time.Minute, First: time.Minute, Most: time.Hour, GiveUp: 20 * time.Hour},
	}
}

const (
	tidyAfter    = 3 * time.Hour // after midnight, when few are there
	batteryAfter = 8 * time.Hour // when people read
	askEvery     = time.Hour     // for the day's jobs; the first request of a day counts
)

func (p *Portal) tidyHandler() job.Handler {
	return job.Handler{
		Do: func(ctx context.Context, _ job.Job) error {
			n, err := p.db.Forget(ctx, p.Profile.Login.DelayForget.D())
			p.jobs.Log.Info("rows forgotten", "rows", n)
			return err
		},
		Policy: job.Policy{Try: 10 * time.Minute, First: time.Minute, Most: time.Hour, GiveUp: 20 * time.Hour},
	}
}

// run carries out the portal's jobs, asks for those that are due every day, watches the letters, and
// counts figures, until the context ends.
func (p *Portal) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	var asking sync.WaitGroup
	asking.Go(func() { p.askDaily(ctx) })
	asking.Go(func() { p.watchLetters(ctx) })
	asking.Go(func() { p.countFigures(ctx) })
	defer asking.Wait()
	defer stop()
	return p.jobs.Run(ctx)
}

func (p *Portal) askDaily(ctx context.Context) {
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		if err := p.db.Request(ctx, dailyJobs); err != nil && ctx.Err() == nil {
			p.jobs.Log.Error("the day's jobs cannot be asked for", "cause", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// dailyJobs are the jobs that are due once a day.
func dailyJobs(now calendar.Moment) []job.Request {
	return []job.Request{
		job.Daily(tidy{}, tidyAfter, now), job.Daily(batteries{}, batteryAfter, now), job.Daily(organisation.Lapsing{}, tidyAfter, now),
	}
}
