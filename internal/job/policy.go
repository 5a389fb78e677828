package job

import "time"

// Policy says how a kind of job is tried again. It counts tries, not hours of the clock: while the program stands still,
// or the demo's clock leaps, no patience is used up.
type Policy struct {
	Try    time.Duration // longest that one try may take
	First  time.Duration // pause after the first try; each further pause is twice as long
	Most   time.Duration // longest pause
	GiveUp time.Duration // when the pauses together reach this, the job is dead
}

// Pause gives the pause after the attempt-th failed try, or false when there is none left and the job is dead.
func (p Policy) Pause(attempt int) (time.Duration, bool) {
	pause, waited := min(p.First, p.Most), time.Duration(0)
	if pause <= 0 {
		return 0, false
	}
	for range attempt - 1 {
		waited += pause
		if waited >= p.GiveUp {
			return 0, false
		}
		pause = min(2*pause, p.Most)
	}
	return pause, waited < p.GiveUp
}
