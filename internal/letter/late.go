package letter

import (
	"slices"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/profile"
)

// Delay says how long a letter has been waiting to be handed over.
type Delay string

// The delays (KVB10). A code is worth nothing on its last day, so somebody must know before the members do.
const (
	InTime  Delay = "in time"
	Late    Delay = "late"    // staff are warned
	Overdue Delay = "overdue" // it cannot arrive in time any more: alarm
)

// Watch judges letters that were not handed over yet. Days end at midnight in Berlin; the day of the deed is not counted.
type Watch struct {
	Calendar calendar.Calendar
	HandOver calendar.Days // working days until a letter must be handed to print
	Arrival  calendar.Days // Werktage until it should have arrived
}

// WatchOf takes the figures of a profile.
func WatchOf(p *profile.Profile) Watch {
	return Watch{Calendar: p.Days(), HandOver: p.Letter.HandOver, Arrival: p.Letter.Arrival}
}

// Judge tells how a letter stands that was queued then and is not handed over now.
func (w Watch) Judge(queued, now time.Time) Delay {
	begun, today := calendar.DateOf(queued), calendar.DateOf(now)
	switch {
	case today.After(w.Calendar.AddWerktage(begun, w.Arrival)):
		return Overdue
	case today.After(w.Calendar.AddWorkingDays(begun, w.HandOver)):
		return Late
	default:
		return InTime
	}
}

// Before gives the moments before which a letter that is not handed over now was queued if it is late, or overdue.
func (w Watch) Before(now time.Time) (late, overdue time.Time) {
	return w.since(now, InTime), w.since(now, InTime, Late)
}

// since gives the first moment of the days whose letters are still judged as one of these.
func (w Watch) since(now time.Time, still ...Delay) time.Time {
	day := calendar.DateOf(now)
	for slices.Contains(still, w.Judge(day.AddDays(-1).Start(), now)) {
		day = day.AddDays(-1)
	}
	return day.Start()
}

// Waiting counts letters that are not handed over. Late ones that are overdue are counted as overdue only.
type Waiting struct{ All, Late, Overdue int }

// Count judges letters by the moments at which they were queued.
func (w Watch) Count(queued []time.Time, now time.Time) Waiting {
	c := Waiting{All: len(queued)}
	for _, q := range queued {
		switch w.Judge(q, now) {
		case Late:
			c.Late++
		case Overdue:
			c.Overdue++
		}
	}
	return c
}
