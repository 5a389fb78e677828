package login

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"torhaus/internal/fault"
)

func TestTally_CountsHowTriesEnded(t *testing.T) {
	tally := NewTally()
	for err, want := range map[error]Outcome{
		nil:                               WasRight,
		fmt.Errorf("try: %w", errWrong()): WasWrong,
		fault.InvalidField("code", "login.fault.code-wrong"): WasWrong,
		fault.BusyFor(time.Second, "login.fault.wait"):       WasDelayed,
		ErrNoSession: WasRefused,
		fault.New(fault.Conflict, "login.fault.no-token"): WasRefused,
		errors.New("database is locked"):                  WasFailed,
		context.Canceled:                                  WasFailed,
	} {
		if got := outcomeOf(err); got != want {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() { tally.count(ByPassword, errWrong()); tally.count(ByCode, nil) })
	}
	all.Wait()
	for _, c := range tally.Counts() {
		want := int64(0)
		if c.Factor == ByPassword && c.Outcome == WasWrong || c.Factor == ByCode && c.Outcome == WasRight {
			want = 100
		}
		if c.Number != want {
			t.Errorf("%s %s: %d, want %d", c.Factor, c.Outcome, c.Number, want)
		}
	}
}

func TestTally_NobodyWatches(t *testing.T) {
	var none *Tally
	none.count(ByPassword, nil)
	if got := none.Counts(); got != nil {
		t.Errorf("counts %v", got)
	}
}
