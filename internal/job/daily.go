package job

import (
	"time"

	"torhaus/internal/calendar"
)

// Daily asks for work that is due once on each day in Berlin, so long after the day's start. However often and by however many
// replicas it is asked for, the day's work is done once; asked for late, it is due at once.
func Daily(w Work, after time.Duration, now calendar.Moment) Request {
	today := calendar.DateOf(now.Time)
	return Request{Work: w, Key: w.JobKind() + "/" + today.String(), NotYet: today.Start().Add(after)}
}
