package job_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"torhaus/internal/job"
)

var patient = job.Policy{Try: time.Minute, First: 10 * time.Second, Most: time.Minute, GiveUp: 24 * time.Hour}

// bench is a running runner over a fake store, inside a bubble of its own time.
type bench struct {
	*testing.T
	store  fakeStore
	runner *job.Runner
	log    bytes.Buffer
	stop   context.CancelFunc
	ended  chan error
}

type deed = func(ctx context.Context, j job.Job) error

// inBubble runs the test with a runner that carries out kind "deed" by do.
func inBubble(t *testing.T, policy job.Policy, do deed, test func(b *bench)) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{T: t, ended: make(chan error, 1)}
		b.runner = &job.Runner{
			Store: &b.store, Workers: 2, Log: slog.New(slog.NewTextHandler(&b.log, nil)),
			Handlers: map[string]job.Handler{"deed": {Do: do, Policy: policy}},
		}
		ctx, stop := context.WithCancel(t.Context())
		b.stop = stop
		go func() { b.ended <- b.runner.Run(ctx) }()
		synctest.Wait()
		test(b)
		stop()
		synctest.Wait()
	})
}

// after lets time pass and then everything come to rest.
func (b *bench) after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (b *bench) expect(id, state string, attempt int) {
	b.Helper()
	if r := b.store.row(id); r.state != state || r.Attempt != attempt {
		b.Errorf("job %s is %s after %d attempts (%s), want %s after %d", id, r.state, r.Attempt, r.cause, state, attempt)
	}
}

// tally counts the calls of a handler per job.
type tally struct {
	mu    sync.Mutex
	calls map[string]int
}

func (c *tally) count(id string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.calls == nil {
		c.calls = map[string]int{}
	}
	c.calls[id]++
	return c.calls[id]
}

func TestEachJobIsDoneOnceAndItsPayloadErased(t *testing.T) {
	var done tally
	do := func(_ context.Context, j job.Job) error {
		done.count(j.ID)
		if got := string(j.Payload.Reveal()); got != "payload "+j.ID {
			return job.Permanent(errors.New("wrong payload"))
		}
		return nil
	}
	inBubble(t, patient, do, func(b *bench) {
		var ids []string
		for range 20 {
			ids = append(ids, b.store.put("deed", 0))
		}
		b.after(2 * time.Second)
		for _, id := range ids {
			b.expect(id, "done", 1)
			if done.calls[id] != 1 || b.store.row(id).Payload != nil {
				b.Errorf("job %s: done %d times, payload kept: %t", id, done.calls[id], b.store.row(id).Payload != nil)
			}
		}
	})
}

func TestTwoRunnersShareTheJobs(t *testing.T) {
	var done tally
	do := func(_ context.Context, j job.Job) error { done.count(j.ID); return nil }
	inBubble(t, patient, do, func(b *bench) {
		second := &job.Runner{Store: &b.store, Workers: 3, Log: b.runner.Log, Handlers: b.runner.Handlers}
		ctx, stop := context.WithCancel(b.Context())
		go func() { _ = second.Run(ctx) }()
		for range 100 {
			b.store.put("deed", 0)
		}
		b.after(2 * time.Second)
		stop()
		for id, n := range done.calls {
			if n != 1 {
				b.Errorf("job %s was done %d times", id, n)
			}
		}
		if len(done.calls) != 100 {
			b.Errorf("%d of 100 jobs done", len(done.calls))
		}
	})
}

func TestWakeStartsAJobAtOnce(t *testing.T) {
	inBubble(t, patient, func(context.Context, job.Job) error { return nil }, func(b *bench) {
		id := b.store.put("deed", 0)
		synctest.Wait()
		b.expect(id, "queued", 0)
		b.runner.Wake()
		b.runner.Wake() // a second call does not block
		synctest.Wait()
		b.expect(id, "done", 1)
	})
}

func TestPollFindsJobsOfOthersWithinASecond(t *testing.T) {
	inBubble(t, patient, func(context.Context, job.Job) error { return nil }, func(b *bench) {
		id := b.store.put("deed", 0)
		b.after(time.Second)
		b.expect(id, "done", 1)
	})
}

func TestJobIsNotDoneBeforeItIsDue(t *testing.T) {
	inBubble(t, patient, func(context.Context, job.Job) error { return nil }, func(b *bench) {
		id := b.store.put("deed", time.Hour)
		b.after(59 * time.Minute)
		b.expect(id, "queued", 0)
		b.after(time.Minute + time.Second)
		b.expect(id, "done", 1)
	})
}

func TestFailedJobIsRetriedWithGrowingPauses(t *testing.T) {
	var tries tally
	do := func(_ context.Context, j job.Job) error {
		if tries.count(j.ID) < 4 {
			return errors.New("the world is not ready")
		}
		return nil
	}
	inBubble(t, patient, do, func(b *bench) {
		id := b.store.put("deed", 0)
		b.after(time.Second)
		b.expect(id, "queued", 1)
		if cause := b.store.row(id).cause; cause != "the world is not ready" {
			b.Errorf("cause is %q", cause)
		}
		b.after(9 * time.Second)
		b.expect(id, "queued", 1)
		b.after(2 * time.Second)
		b.expect(id, "queued", 2)
		b.after(21 * time.Second)
		b.expect(id, "queued", 3)
		b.after(41 * time.Second)
		b.expect(id, "done", 4)
	})
}

func TestJobIsDeadWhenItsPatienceIsUsedUp(t *testing.T) {
	policy := job.Policy{Try: time.Minute, First: time.Second, Most: 4 * time.Second, GiveUp: 10 * time.Second}
	inBubble(t, policy, func(context.Context, job.Job) error { return errors.New("never") }, func(b *bench) {
		id := b.store.put("deed", 0)
		b.after(time.Hour)
		b.expect(id, "dead", 5) // pauses 1, 2, 4, 4
		if b.store.row(id).Payload == nil {
			b.Error("the payload of a dead job is gone: nobody can mend it")
		}
		if !strings.Contains(b.log.String(), `level=ERROR msg="job dead" job=1 kind=deed attempt=5 cause=never`) {
			b.Errorf("the log does not tell: %s", b.log.String())
		}
	})
}

func TestPermanentErrorIsDeadAtOnce(t *testing.T) {
	do := func(context.Context, job.Job) error {
		return errors.Join(errors.New("send"), job.Permanent(errors.New("no such mailbox")))
	}
	inBubble(t, patient, do, func(b *bench) {
		id := b.store.put("deed", 0)
		b.after(time.Second)
		b.expect(id, "dead", 1)
	})
}

func TestPanicIsAFailureAndHurtsNoOtherJob(t *testing.T) {
	do := func(_ context.Context, j job.Job) error {
		if j.ID == "1" {
			panic("code 1234 5678 for hannah@praxis.example")
		}
		return nil
	}
	inBubble(t, patient, do, func(b *bench) {
		bad, good := b.store.put("deed", 0), b.store.put("deed", 0)
		b.after(time.Second)
		b.expect(bad, "queued", 1)
		b.expect(good, "done", 1)
		if cause := b.store.row(bad).cause; cause != "panic: code … for …" {
			b.Errorf("cause is %q", cause)
		}
		if log := b.log.String(); strings.Contains(log, "5678") || strings.Contains(log, "hannah") || !strings.Contains(log, "runner_test.go") {
			b.Errorf("the log should show where, not what: %s", log)
		}
	})
}

func TestLongJobKeepsItsLease(t *testing.T) {
	do := func(ctx context.Context, _ job.Job) error {
		select {
		case <-time.After(50 * time.Second):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	inBubble(t, patient, do, func(b *bench) {
		id := b.store.put("deed", 0)
		b.after(55 * time.Second)
		b.expect(id, "done", 1)
	})
}

func TestTryThatTakesTooLongIsEnded(t *testing.T) {
	do := func(ctx context.Context, _ job.Job) error { <-ctx.Done(); return ctx.Err() }
	inBubble(t, patient, do, func(b *bench) {
		id := b.store.put("deed", 0)
		b.after(62 * time.Second)
		b.expect(id, "queued", 1)
	})
}

func TestHangingHandlerLosesItsLease(t *testing.T) {
	var hang chan struct{}
	var tries tally
	do := func(_ context.Context, j job.Job) error {
		if tries.count(j.ID) == 1 {
			<-hang // heeds no context
		}
		return nil
	}
	inBubble(t, patient, do, func(b *bench) {
		hang = make(chan struct{}) // of the bubble
		id := b.store.put("deed", 0)
		b.after(90 * time.Second)
		b.expect(id, "done", 2)
		close(hang)
		b.after(time.Second)
		b.expect(id, "done", 2)
		if !strings.Contains(b.log.String(), "taken over") {
			b.Errorf("the log does not tell of the lost lease: %s", b.log.String())
		}
	})
}

func TestWorkerWhoseLeaseIsLostCannotFinishTheJob(t *testing.T) {
	outcomes := map[string]error{"done": nil, "failed": errors.New("broken"), "given up": job.Permanent(errors.New("broken"))}
	for name, result := range outcomes {
		t.Run(name, func(t *testing.T) {
			var b *bench
			do := func(_ context.Context, j job.Job) error { b.store.steal(j.ID); return result }
			inBubble(t, patient, do, func(started *bench) {
				b = started
				id := b.store.put("deed", 0)
				b.after(2 * time.Second)
				b.expect(id, "running", 2)
				if r := b.store.row(id); r.Owner != "thief" || r.Payload == nil {
					b.Errorf("the second owner's job was touched: owner %q", r.Owner)
				}
			})
		})
	}
}

func TestLostLeaseEndsTheHandler(t *testing.T) {
	var b *bench
	do := func(ctx context.Context, j job.Job) error {
		b.store.steal(j.ID)
		<-ctx.Done()
		return ctx.Err()
	}
	inBubble(t, patient, do, func(started *bench) {
		b = started
		id := b.store.put("deed", 0)
		b.after(10 * time.Second)
		b.expect(id, "running", 2)
		if !strings.Contains(b.log.String(), "taken over") {
			b.Errorf("the handler still runs: %s", b.log.String())
		}
	})
}

func TestJobThatKillsTheProgramEveryTimeIsDeadInTheEnd(t *testing.T) {
	policy := job.Policy{Try: time.Minute, First: time.Second, Most: time.Second, GiveUp: 3 * time.Second}
	do := func(context.Context, job.Job) error { t.Error("was tried once more"); return nil }
	inBubble(t, policy, do, func(b *bench) {
		id := b.store.put("deed", time.Second)
		for range 4 { // four programs claimed it and died
			b.store.steal(id)
		}
		b.after(time.Hour + 2*time.Second)
		b.expect(id, "dead", 5)
	})
}

func TestUnknownKindWaitsForTheVersionThatKnowsIt(t *testing.T) {
	inBubble(t, patient, func(context.Context, job.Job) error { return nil }, func(b *bench) {
		id := b.store.put("deed of tomorrow", 0)
		b.after(time.Hour)
		if state := b.store.row(id).state; state != "queued" {
			b.Errorf("the job is %s", state)
		}
	})
}

func TestOutcomeIsStoredAgainWhenTheStoreFails(t *testing.T) {
	var b *bench
	var done tally
	do := func(_ context.Context, j job.Job) error {
		b.store.breakDown(errors.New("database is gone"))
		done.count(j.ID)
		return nil
	}
	inBubble(t, patient, do, func(started *bench) {
		b = started
		id := b.store.put("deed", 0)
		b.after(5 * time.Second)
		b.expect(id, "running", 1)
		b.store.breakDown(nil)
		b.after(2 * time.Second)
		b.expect(id, "done", 1)
		if done.calls[id] != 1 {
			b.Errorf("done %d times", done.calls[id])
		}
	})
}

func TestRunnerSurvivesABrokenStore(t *testing.T) {
	inBubble(t, patient, func(context.Context, job.Job) error { return nil }, func(b *bench) {
		id := b.store.put("deed", 0)
		b.store.breakDown(errors.New("database is gone"))
		b.after(10 * time.Second)
		b.expect(id, "queued", 0)
		if b.store.claims > 12 {
			b.Errorf("%d claims in 10 seconds: the broken store is hammered", b.store.claims)
		}
		b.store.breakDown(nil)
		b.after(time.Second)
		b.expect(id, "done", 1)
	})
}

func TestEndOfTheProgramLetsJobsFinish(t *testing.T) {
	do := func(ctx context.Context, _ job.Job) error {
		select {
		case <-time.After(3 * time.Second):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	inBubble(t, patient, do, func(b *bench) {
		first, second, third := b.store.put("deed", 0), b.store.put("deed", 0), b.store.put("deed", 0)
		b.after(time.Second)
		b.stop()
		if err := <-b.ended; err != nil {
			b.Errorf("Run: %v", err)
		}
		b.expect(first, "done", 1)
		b.expect(second, "done", 1)
		b.expect(third, "queued", 0)
	})
}

func TestEndOfTheProgramGivesBackWhatCannotFinish(t *testing.T) {
	do := func(ctx context.Context, _ job.Job) error { <-ctx.Done(); return ctx.Err() }
	inBubble(t, patient, do, func(b *bench) {
		id := b.store.put("deed", 0)
		b.after(time.Second)
		b.stop()
		started := time.Now()
		<-b.ended
		if took := time.Since(started); took > 10*time.Second {
			b.Errorf("the end took %s", took)
		}
		b.expect(id, "queued", 1)
		if r := b.store.row(id); r.due.After(time.Now()) {
			b.Error("another replica must wait for the job")
		}
	})
}

func TestEndOfTheProgramDoesNotWaitForAHangingHandler(t *testing.T) {
	var hang chan struct{}
	do := func(context.Context, job.Job) error { <-hang; return nil }
	inBubble(t, patient, do, func(b *bench) {
		hang = make(chan struct{}) // of the bubble
		id := b.store.put("deed", 0)
		b.after(time.Second)
		b.stop()
		started := time.Now()
		if err := <-b.ended; err != nil {
			b.Errorf("Run: %v", err)
		}
		if took := time.Since(started); took > 10*time.Second {
			b.Errorf("the end took %s", took)
		}
		b.expect(id, "running", 1)
		close(hang)
		synctest.Wait()
	})
}

func TestRunRefusesARunnerThatCannotWork(t *testing.T) {
	do := func(context.Context, job.Job) error { return nil }
	cases := map[string]*job.Runner{
		"no workers":  {},
		"no deed":     {Workers: 1, Handlers: map[string]job.Handler{"deed": {Policy: patient}}},
		"no policy":   {Workers: 1, Handlers: map[string]job.Handler{"deed": {Do: do}}},
		"no patience": {Workers: 1, Handlers: map[string]job.Handler{"deed": {Do: do, Policy: job.Policy{Try: time.Second}}}},
	}
	for name, runner := range cases {
		if err := runner.Run(t.Context()); err == nil {
			t.Errorf("%s: runs", name)
		}
	}
}
