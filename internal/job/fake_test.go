package job_test

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"torhaus/internal/job"
	"torhaus/internal/secret"
)

// fakeStore keeps jobs in memory under the contract of job.Store; its clock is the bubble's.
type fakeStore struct {
	mu     sync.Mutex
	rows   map[string]*row
	broken error // what every call answers, when set
	claims int
}

type row struct {
	job.Job
	state string // queued, running, done, dead
	due   time.Time
	until time.Time // end of the lease
	cause string
}

// put queues a job of the kind, due after the pause, and gives its id.
func (s *fakeStore) put(kind string, pause time.Duration) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rows == nil {
		s.rows = map[string]*row{}
	}
	id := strconv.Itoa(len(s.rows) + 1)
	s.rows[id] = &row{
		Job:   job.Job{ID: id, Kind: kind, Payload: secret.Bytes("payload " + id), Created: time.Now()},
		state: "queued", due: time.Now().Add(pause),
	}
	return id
}

func (s *fakeStore) row(id string) row {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *s.rows[id]
}

// steal lets another worker take the job over, as if its lease had run out.
func (s *fakeStore) steal(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[id].until = time.Now()
	s.claim(s.rows[id], "thief", time.Hour)
}

func (s *fakeStore) breakDown(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = err
}

func (s *fakeStore) Claim(_ context.Context, owner string, lease time.Duration, limit int) ([]job.Job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.claims++
	if s.broken != nil {
		return nil, s.broken
	}
	var due []*row
	for _, r := range s.rows {
		if r.isDue(time.Now()) {
			due = append(due, r)
		}
	}
	slices.SortFunc(due, func(a, b *row) int { return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.ID, b.ID)) })
	var jobs []job.Job
	for _, r := range due[:min(limit, len(due))] {
		jobs = append(jobs, s.claim(r, owner, lease))
	}
	return jobs, nil
}

func (r *row) isDue(now time.Time) bool {
	return r.state == "queued" && !r.due.After(now) || r.state == "running" && !r.until.After(now)
}

func (s *fakeStore) claim(r *row, owner string, lease time.Duration) job.Job {
	r.state, r.Owner, r.Attempt, r.until = "running", owner, r.Attempt+1, time.Now().Add(lease)
	j := r.Job
	j.Payload = slices.Clone(j.Payload)
	return j
}

// fenced changes the row of a claim that is still in force.
func (s *fakeStore) fenced(j job.Job, change func(*row)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return s.broken
	}
	r := s.rows[j.ID]
	if r.state != "running" || r.Owner != j.Owner || r.Attempt != j.Attempt {
		return job.ErrLost
	}
	change(r)
	return nil
}

func (s *fakeStore) Extend(_ context.Context, j job.Job, lease time.Duration) error {
	return s.fenced(j, func(r *row) { r.until = time.Now().Add(lease) })
}

func (s *fakeStore) Done(_ context.Context, j job.Job) error {
	return s.fenced(j, func(r *row) { r.state, r.Payload = "done", nil })
}

func (s *fakeStore) Retry(_ context.Context, j job.Job, pause time.Duration, cause string) error {
	return s.fenced(j, func(r *row) { r.state, r.due, r.cause = "queued", time.Now().Add(pause), cause })
}

func (s *fakeStore) Dead(_ context.Context, j job.Job, cause string) error {
	return s.fenced(j, func(r *row) { r.state, r.cause = "dead", cause })
}
