package login

import (
	"sync/atomic"

	"torhaus/internal/fault"
)

// Factor is what is given to log in.
type Factor string

// The factors.
const (
	ByPassword Factor = "password"
	ByCode     Factor = "code"

	ByMailedCode Factor = "mailed-code"
)

// Outcome is how a try to log in ended.
type Outcome string

// The outcomes.
const (
	WasRight   Outcome = "right"
	WasWrong   Outcome = "wrong"   // a name that does not exist included
	WasDelayed Outcome = "delayed" // not looked at: too many before, or too many at once
	WasRefused Outcome = "refused" // right or wrong, it opens nothing now: no token, no session
	WasFailed  Outcome = "failed"  // the portal's own fault
)

var (
	factors  = []Factor{ByPassword, ByCode, ByMailedCode}
	outcomes = []Outcome{WasRight, WasWrong, WasDelayed, WasRefused, WasFailed}
)

// Tally counts tries to log in since the process started, for those who watch it. It decides nothing. A nil Tally counts nothing.
type Tally struct {
	counts map[Factor]map[Outcome]*atomic.Int64
}

// NewTally makes a tally.
func NewTally() *Tally {
	t := &Tally{counts: map[Factor]map[Outcome]*atomic.Int64{}}
	for _, f := range factors {
		t.counts[f] = map[Outcome]*atomic.Int64{}
		for _, o := range outcomes {
			t.counts[f][o] = &atomic.Int64{}
		}
	}
	return t
}

// count adds a try that ended with this error.
func (t *Tally) count(f Factor, err error) {
	if t != nil {
		t.counts[f][outcomeOf(err)].Add(1)
	}
}

func outcomeOf(err error) Outcome {
	f := fault.Of(err)
	switch {
	case err == nil:
		return WasRight
	case f == nil || f.Kind == fault.Internal:
		return WasFailed
	case f.Kind == fault.Invalid:
		return WasWrong
	case f.Kind == fault.Busy:
		return WasDelayed
	default:
		return WasRefused
	}
}

// Count is how many tries of a factor ended so.
type Count struct {
	Factor  Factor
	Outcome Outcome
	Number  int64
}

// Counts gives all counts.
func (t *Tally) Counts() (list []Count) {
	if t == nil {
		return nil
	}
	for _, f := range factors {
		for _, o := range outcomes {
			list = append(list, Count{f, o, t.counts[f][o].Load()})
		}
	}
	return list
}
