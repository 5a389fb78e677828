package app

import (
	"bytes"
	"context"
	"os"
	"runtime"
	"strconv"
	"time"

	"torhaus/internal/login"
)

// started is when the process began, near enough.
var started = time.Now()

// metrics gives the figures of the process and its portals. Labels are keys of profiles and words of the program: never a
// name, an address or anything that a visitor typed.
func (a *App) metrics(ctx context.Context) []byte {
	e := &exposition{}
	e.family("torhaus_build_info", gauge, "The running program; always 1.").sample(1, "version", a.options.Version, "go", runtime.Version())
	a.measureProcess(e)
	for _, p := range a.Portals {
		p.measure(ctx, e)
	}
	return e.text()
}

func (a *App) measureProcess(e *exposition) {
	load := a.hasher.Load()
	e.family("torhaus_hash_slots", gauge, "Passwords that are hashed at a time, at most.").sample(float64(load.Slots))
	e.family("torhaus_hash_slots_busy", gauge, "Passwords that are being hashed.").sample(float64(load.Busy))
	e.family("torhaus_hash_queue", gauge, "Passwords that wait for a slot.").sample(float64(load.Queued))
	e.family("process_start_time_seconds", gauge, "When the process started, in seconds since 1970.").sample(float64(started.UnixMilli()) / 1000)
	e.family("go_goroutines", gauge, "Goroutines that exist.").sample(float64(runtime.NumGoroutine()))
	if resident, ok := residentBytes(); ok {
		e.family("process_resident_memory_bytes", gauge, "Resident memory.").sample(resident)
	}
	if open, err := os.ReadDir("/proc/self/fd"); err == nil {
		e.family("process_open_fds", gauge, "Open file descriptors.").sample(float64(len(open)))
	}
}

// residentBytes reads the second field of /proc/self/statm (proc(5)), where there is one.
func residentBytes() (float64, bool) {
	b, err := os.ReadFile("/proc/self/statm")
	fields := bytes.Fields(b)
	if err != nil || len(fields) < 2 {
		return 0, false
	}
	pages, err := strconv.ParseFloat(string(fields[1]), 64)
	return pages * float64(os.Getpagesize()), err == nil
}

// measure adds the figures of a portal. What the database does not tell is left out; torhaus_database_up says so.
func (p *Portal) measure(ctx context.Context, e *exposition) {
	up := 0.0
	if p.measureDatabase(ctx, e) == nil {
		up = 1
	}
	e.family("torhaus_database_up", gauge, "1 if the database told all figures.").sample(up, "portal", p.Profile.Key)
	p.measureHeads(e)
	p.measureTallies(e)
}

func (p *Portal) measureDatabase(ctx context.Context, e *exposition) error {
	now, err := p.db.Now(ctx)
	if err != nil {
		return err
	}
	for _, measure := range []func(context.Context, *exposition, time.Time) error{
		p.measureJobs, p.measureLetters, p.measureSessions, p.measureAudit,
	} {
		if err := measure(ctx, e, now.Time); err != nil {
			return err
		}
	}
	return nil
}

func (p *Portal) measureJobs(ctx context.Context, e *exposition, now time.Time) error {
	q, err := p.db.Jobs(ctx)
	if err != nil {
		return err
	}
	key := p.Profile.Key
	e.family("torhaus_jobs_waiting", gauge, "Jobs that are not done: letters, e-mails, daily work.").sample(float64(q.Waiting), "portal", key)
	e.family("torhaus_jobs_dead", gauge, "Jobs that were given up; somebody must look at them.").sample(float64(q.Dead), "portal", key)
	e.family("torhaus_job_oldest_age_seconds", gauge, "How long the oldest job has been due.").sample(age(q.Oldest, now), "portal", key)
	return nil
}

// age gives the seconds since a moment; none if there is no moment, or if it is yet to come.
func age(since, now time.Time) float64 {
	if since.IsZero() {
		return 0
	}
	return max(0, now.Sub(since).Seconds())
}

func (p *Portal) measureLetters(ctx context.Context, e *exposition, _ time.Time) error {
	w, err := p.waiting(ctx)
	if err != nil {
		return err
	}
	key := p.Profile.Key
	e.family("torhaus_letters_waiting", gauge, "Letters that are not handed over to print.").sample(float64(w.All), "portal", key)
	e.family("torhaus_letters_late", gauge, "Letters that should have been handed over to print by now: warn.").sample(float64(w.Late), "portal", key)
	e.family("torhaus_letters_overdue", gauge, "Letters that should have arrived by now and are not handed over: alarm.").sample(float64(w.Overdue), "portal", key)
	return nil
}

func (p *Portal) measureSessions(ctx context.Context, e *exposition, _ time.Time) error {
	live, err := p.db.LiveSessions(ctx, p.Profile.Session)
	if err != nil {
		return err
	}
	for _, level := range []login.Level{login.Password, login.TwoFactor} {
		e.family("torhaus_sessions_live", gauge, "Sessions that open doors.").sample(float64(live[level]), "portal", p.Profile.Key, "level", string(level))
	}
	return nil
}

func (p *Portal) measureAudit(ctx context.Context, e *exposition, now time.Time) error {
	head, err := p.db.AuditHead(ctx)
	if err != nil {
		return err
	}
	key, signed := p.Profile.Key, p.heads.Status().Signed
	e.family("torhaus_audit_head_records", gauge, "Records in the audit chain.").sample(float64(head.Seq), "portal", key)
	if !signed.Time.IsZero() {
		e.family("torhaus_audit_signed_age_seconds", gauge, "How long ago the newest audit head was signed by this process.").sample(age(signed.Time, now), "portal", key)
	}
	return nil
}

func (p *Portal) measureHeads(e *exposition) {
	s, key, fault := p.heads.Status(), p.Profile.Key, 0.0
	if s.Fault != nil {
		fault = 1
	}
	e.family("torhaus_audit_signed_records", gauge, "Records that the newest signed head vouches for.").sample(float64(s.Signed.Seq), "portal", key)
	e.family("torhaus_audit_fault", gauge, "1 if the audit head could not be signed: the chain is broken, or the folder cannot be written.").sample(fault, "portal", key)
}

func (p *Portal) measureTallies(e *exposition) {
	key := p.Profile.Key
	jobs := e.family("torhaus_job_tries_total", counter, "Tries of jobs. Those of e-mails are the kinds mail.…, those of letters letter.deliver.")
	for kind, n := range p.tally {
		jobs.sample(float64(n.done.Load()), "portal", key, "kind", kind, "outcome", "done")
		jobs.sample(float64(n.failed.Load()), "portal", key, "kind", kind, "outcome", "failed")
	}
	logins := e.family("torhaus_logins_total", counter, "Tries to log in, by what was given and how it ended.")
	for _, c := range p.Logins.Tally.Counts() {
		logins.sample(float64(c.Number), "portal", key, "factor", string(c.Factor), "outcome", string(c.Outcome))
	}
}
