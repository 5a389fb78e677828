package demo

import (
	"errors"
	"sync/atomic"
	"time"

	"torhaus/internal/calendar"
)

// clock is the demo's clock: the real time plus an offset that a visitor moves forward.
type clock struct {
	offset atomic.Int64
}

// farthest bounds how far the clock can be moved: years enough for every procedure, and no overflow anywhere.
const farthest = 10 * 366 * 24 * time.Hour

var (
	errClockBack = errors.New("the clock only goes forward: what happened later would otherwise lie in the future")
	errClockFar  = errors.New("the clock goes at most ten years forward; restart the demo to set it back")
)

// Offset is the shift from the real time.
func (c *clock) Offset() time.Duration { return time.Duration(c.offset.Load()) }

// Now is the demo's time.
func (c *clock) Now() time.Time { return time.Now().Add(c.Offset()) }

// advance moves the clock forward.
func (c *clock) advance(d time.Duration) error {
	if d < 0 {
		return errClockBack
	}
	for {
		old := c.offset.Load()
		if d > farthest || time.Duration(old) > farthest-d {
			return errClockFar
		}
		if c.offset.CompareAndSwap(old, old+int64(d)) {
			return nil
		}
	}
}

// to moves the clock forward to an instant.
func (c *clock) to(t time.Time) error {
	d := t.Sub(c.Now())
	if d < -time.Second { // asking for the time it shows is no step back
		return errClockBack
	}
	return c.advance(max(d, 0))
}

// nextQuarter gives the first morning of the next quarter.
func nextQuarter(now time.Time) time.Time {
	day := calendar.DateOf(now)
	month := (day.Month-1)/3*3 + 4 // time.Date carries the thirteenth month into the next year
	return time.Date(day.Year, month, 1, 8, 0, 0, 0, calendar.Berlin())
}
