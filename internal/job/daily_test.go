package job_test

import (
	"testing"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/job"
	"torhaus/internal/secret"
)

type sweep struct{}

func (sweep) JobKind() string               { return "sweep" }
func (sweep) Encode() (secret.Bytes, error) { return nil, nil }

func TestDaily_OneJobForEachDayInBerlin(t *testing.T) {
	for _, c := range []struct{ name, now, key, due string }{
		{"before it is due", "2026-11-22T01:00:00+01:00", "sweep/2026-11-22", "2026-11-22T03:00:00+01:00"},
		{"after: at once, since that time has passed", "2026-11-22T23:59:59+01:00", "sweep/2026-11-22", "2026-11-22T03:00:00+01:00"},
		{"the next day begins at midnight in Berlin, not in Greenwich", "2026-11-22T23:30:00Z", "sweep/2026-11-23", "2026-11-23T03:00:00+01:00"},
		{"in summer", "2026-07-01T22:30:00Z", "sweep/2026-07-02", "2026-07-02T03:00:00+02:00"},
		{"the night without two o'clock", "2026-03-29T00:30:00+01:00", "sweep/2026-03-29", "2026-03-29T04:00:00+02:00"},
		{"the night with two o'clock twice", "2026-10-25T00:30:00+02:00", "sweep/2026-10-25", "2026-10-25T02:00:00+01:00"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		r := job.Daily(sweep{}, 3*time.Hour, calendar.Moment{Time: now, Wall: now})
		if got := r.NotYet.In(calendar.Berlin()).Format(time.RFC3339); r.Key != c.key || got != c.due {
			t.Errorf("%s: %s, due %s; want %s, due %s", c.name, r.Key, got, c.key, c.due)
		}
	}
}
