package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/secret"
)

// sealed gives a new job's id and its payload, as it lies in the database.
func (db *DB) sealed(w job.Work) (id string, payload []byte, err error) {
	plain, err := w.Encode()
	if err != nil {
		return "", nil, fmt.Errorf("job %s: %w", w.JobKind(), err)
	}
	id = secret.NewID()
	payload, err = db.Keys.Seal(plain, "job", "payload", id)
	return id, payload, err
}

// enqueue writes a job. A second one with the same key is dropped.
func (t *tx) enqueue(r job.Request) error {
	id, payload, err := t.db.sealed(r.Work)
	if err != nil {
		return err
	}
	due := t.now.Time
	if r.NotYet.After(due) {
		due = r.NotYet
	}
	var key any
	if r.Key != "" {
		key = r.Key
	}
	_, err = t.exec(`INSERT INTO job (id, kind, unique_key, state, payload, created_at, due_at, attempt, owner, cause)
		VALUES ($1, $2, $3, 'queued', $4, $5, $6, 0, '', '') ON CONFLICT (unique_key) DO NOTHING`,
		id, r.Work.JobKind(), key, payload, micro(t.now.Time), micro(due))
	t.jobs = true
	return err
}

type claimed struct {
	job.Job
	sealed []byte
	due    time.Time
}

// Claim takes jobs that are due, the longest due first.
func (db *DB) Claim(ctx context.Context, owner string, lease time.Duration, limit int) (jobs []job.Job, err error) {
	defer fault.Wrap(&err, "store.Claim")
	err = db.tx(ctx, func(tx *tx) error {
		found, err := rows(ctx, tx, scanClaimed, `UPDATE job SET state = 'running', owner = $1, attempt = attempt + 1, lease_until = $2
			WHERE id IN (SELECT id FROM job WHERE (state = 'queued' AND due_at <= $3) OR (state = 'running' AND lease_until <= $3)
				ORDER BY due_at, id LIMIT $4`+db.engine.skip+`)
			RETURNING id, kind, payload, owner, attempt, created_at, due_at`,
			owner, micro(tx.now.Add(lease)), micro(tx.now.Time), limit)
		if err != nil {
			return err
		}
		slices.SortFunc(found, func(a, b claimed) int { return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.ID, b.ID)) })
		jobs, err = tx.openJobs(found)
		return err
	})
	return jobs, err
}

// openJobs opens the payloads. A job whose payload does not open is parked as dead, so that it does not hold up the others.
func (t *tx) openJobs(found []claimed) (jobs []job.Job, err error) {
	for _, c := range found {
		if c.Payload, err = t.db.Keys.Open(c.sealed, "job", "payload", c.ID); err == nil {
			jobs = append(jobs, c.Job)
			continue
		}
		err = t.one(`UPDATE job SET state = 'dead', lease_until = NULL, ended_at = $2, cause = $3 WHERE id = $1`,
			c.ID, micro(t.now.Time), "the payload does not open: "+err.Error())
		if err != nil {
			return nil, err
		}
	}
	return jobs, nil
}

func scanClaimed(scan func(...any) error) (c claimed, err error) {
	err = scan(&c.ID, &c.Kind, &c.sealed, &c.Owner, &c.Attempt, at(&c.Created), at(&c.due))
	return c, err
}

// fenced runs a statement on a job that is still held by this claim; its first three arguments name the claim.
func (db *DB) fenced(ctx context.Context, j job.Job, query string, args func(*tx) []any) error {
	return db.tx(ctx, func(tx *tx) error {
		n, err := tx.exec(query+` WHERE id = $1 AND owner = $2 AND attempt = $3 AND state = 'running'`,
			append([]any{j.ID, j.Owner, j.Attempt}, args(tx)...)...)
		if err == nil && n != 1 {
			err = job.ErrLost
		}
		return err
	})
}

// Extend lets the lease end that much later than now.
func (db *DB) Extend(ctx context.Context, j job.Job, lease time.Duration) (err error) {
	defer fault.Wrap(&err, "store.Extend(%s)", j.ID)
	return db.fenced(ctx, j, `UPDATE job SET lease_until = $4`, func(t *tx) []any { return []any{micro(t.now.Add(lease))} })
}

// Done ends a job that was carried out and erases its payload.
func (db *DB) Done(ctx context.Context, j job.Job) (err error) {
	defer fault.Wrap(&err, "store.Done(%s)", j.ID)
	return db.fenced(ctx, j, `UPDATE job SET state = 'done', payload = NULL, lease_until = NULL, ended_at = $4`,
		func(t *tx) []any { return []any{micro(t.now.Time)} })
}

// Retry queues the job again, due after the pause.
func (db *DB) Retry(ctx context.Context, j job.Job, pause time.Duration, cause string) (err error) {
	defer fault.Wrap(&err, "store.Retry(%s)", j.ID)
	return db.fenced(ctx, j, `UPDATE job SET state = 'queued', lease_until = NULL, due_at = $4, cause = $5`,
		func(t *tx) []any { return []any{micro(t.now.Add(pause)), cause} })
}

// Dead parks the job for people to look at.
func (db *DB) Dead(ctx context.Context, j job.Job, cause string) (err error) {
	defer fault.Wrap(&err, "store.Dead(%s)", j.ID)
	return db.fenced(ctx, j, `UPDATE job SET state = 'dead', lease_until = NULL, ended_at = $4, cause = $5`,
		func(t *tx) []any { return []any{micro(t.now.Time), cause} })
}

// Queue is how the jobs stand.
type Queue struct {
	Waiting int       // queued or running
	Dead    int       // given up; someone must look at them
	Oldest  time.Time // when the oldest waiting one was due; zero if none waits
}

// Jobs counts the jobs.
func (db *DB) Jobs(ctx context.Context) (q Queue, err error) {
	defer fault.Wrap(&err, "store.Jobs")
	err = db.read.QueryRowContext(ctx, `SELECT count(CASE WHEN state <> 'dead' THEN 1 END), count(CASE WHEN state = 'dead' THEN 1 END),
		min(CASE WHEN state <> 'dead' THEN due_at END) FROM job WHERE state <> 'done'`).Scan(&q.Waiting, &q.Dead, at(&q.Oldest))
	return q, err
}
