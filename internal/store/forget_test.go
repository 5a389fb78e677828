package store_test

import (
	"testing"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/job"
	"torhaus/internal/login"
	"torhaus/internal/secret"
	"torhaus/internal/store/storetest"
)

const day = 24 * time.Hour

// guessed counts one wrong password of somebody.
func (h house) guessed(key string) {
	h.t.Helper()
	err := h.DB.ChangeGuesses(h.t.Context(), []login.Guess{{Key: []byte(key)}}, func(g []login.Guess, now calendar.Moment) []login.Guess {
		g[0].Wrong, g[0].Last = g[0].Wrong+1, now.Time
		return g
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// doneJob carries all waiting jobs out.
func (h house) jobsDone() {
	h.t.Helper()
	jobs, err := h.DB.Claim(h.t.Context(), "worker", time.Minute, 100)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, j := range jobs {
		if err := h.DB.Done(h.t.Context(), j); err != nil {
			h.t.Fatal(err)
		}
	}
}

func (h house) forget() int64 {
	h.t.Helper()
	n, err := h.DB.Forget(h.t.Context(), day)
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func TestForget_KeepsThirtyDaysOfSessionsAndDoneJobs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.order("form") // leaves two jobs
		h.jobsDone()
		ended, ranOut := h.session(""), h.session("")
		h.changeLogin(func(login.State, calendar.Moment) (login.Change, error) {
			return login.Change{EndAll: &login.EndAll{Except: ranOut.ID, Reason: login.FromElsewhere}}, nil
		})
		h.Clock.Advance(30*day - time.Minute)
		if n := h.forget(); n != 0 {
			t.Errorf("%d rows of the last thirty days are forgotten", n)
		}
		h.Clock.Advance(2 * time.Minute)
		if n := h.forget(); n != 4 {
			t.Errorf("%d rows are forgotten, want two sessions and two jobs", n)
		}
		if _, _, _, found, err := h.DB.Session(t.Context(), ended.ID); found || err != nil {
			t.Errorf("the session is still there: %v", err)
		}
		h.verifyAudit()
	})
}

func TestForget_KeepsWhatIsStillOfUse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.order("waiting and dead")
		jobs, err := h.DB.Claim(t.Context(), "worker", time.Minute, 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.DB.Dead(t.Context(), jobs[0], "refused"); err != nil {
			t.Fatal(err)
		}
		h.Clock.Advance(400 * day)
		live := h.session("")
		h.guessed("now")
		if n := h.forget(); n != 0 {
			t.Errorf("%d rows are forgotten", n)
		}
		if h.ended(live) != "" {
			t.Error("a live session was ended")
		}
	})
}

func TestForget_CountsOfWrongPasswordsGoWithTheRuleThatForgetsThem(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.guessed("old")
		h.Clock.Advance(day - time.Minute)
		h.guessed("young")
		h.Clock.Advance(2 * time.Minute)
		if n := h.forget(); n != 1 || h.count(`SELECT count(*) FROM guess`) != 1 {
			t.Errorf("%d counts are forgotten, want the old one", n)
		}
	})
}

func TestAttack_TablesDoNotGrowWithoutBound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		for range 50 {
			h.guessed(secret.NewID())
			h.session("")
		}
		// as many rows as no test would write one by one, and more than one transaction deletes
		for range 6 {
			if err := h.DB.Exec(t.Context(), copyGuesses[h.DB.Engine()]); err != nil {
				t.Fatal(err)
			}
		}
		if n := h.count(`SELECT count(*) FROM guess`); n < 3000 {
			t.Fatalf("%d counts", n)
		}
		h.Clock.Advance(31 * day)
		h.forget()
		if guesses, sessions := h.count(`SELECT count(*) FROM guess`), h.count(`SELECT count(*) FROM session`); guesses+sessions != 0 {
			t.Errorf("%d counts and %d sessions are left", guesses, sessions)
		}
	})
}

var copyGuesses = map[string]string{
	"sqlite":   `INSERT INTO guess (key, wrong, last_at) SELECT randomblob(16), 1, last_at FROM guess`,
	"postgres": `INSERT INTO guess (key, wrong, last_at) SELECT decode(md5(random()::text || encode(key, 'hex')), 'hex'), 1, last_at FROM guess`,
}

type sweep struct{}

func (sweep) JobKind() string               { return "sweep" }
func (sweep) Encode() (secret.Bytes, error) { return secret.Bytes("{}"), nil }

func TestRequest_AsksForADaysWorkOnceHoweverOften(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		again := w.Again(t)
		ask := func() bool {
			plan := func(now calendar.Moment) []job.Request { return []job.Request{job.Daily(sweep{}, 0, now)} }
			return h.DB.Request(t.Context(), plan) == nil && again.Request(t.Context(), plan) == nil
		}
		if n := race(8, ask); n != 8 {
			t.Errorf("%d of 8 could ask", n)
		}
		jobs, err := h.DB.Claim(t.Context(), "worker", time.Minute, 100)
		if err != nil || len(jobs) != 1 || jobs[0].Kind != "sweep" {
			t.Errorf("%d jobs, %v", len(jobs), err)
		}
		h.Clock.Advance(day)
		if ask(); h.count(`SELECT count(*) FROM job`) != 2 {
			t.Error("the next day has no job")
		}
	})
}
