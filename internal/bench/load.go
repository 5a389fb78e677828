package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// limit ends a loop: whichever comes first.
type limit struct {
	most int // works begun, 0 for no bound
	time time.Duration
}

// outcome is what a loop showed.
type outcome struct {
	Clients int           `json:"clients"`
	Done    int           `json:"done"`
	Failed  int           `json:"failed"`
	Took    time.Duration `json:"took_ns"`
	Median  time.Duration `json:"p50_ns"`
	P99     time.Duration `json:"p99_ns"`
	Faults  []string      `json:"faults,omitempty"` // the first few

	latencies []time.Duration
}

// rate gives works a second.
func (o outcome) rate() float64 { return float64(o.Done) / o.Took.Seconds() }

func (o outcome) String() string {
	return fmt.Sprintf("%.4g/s, p50 %s, p99 %s", o.rate(), short(o.Median), short(o.P99))
}

// faults lists what went wrong at first.
func (o outcome) faults() string {
	if len(o.Faults) == 0 {
		return ""
	}
	return ": " + strings.Join(o.Faults, "; ")
}

// short writes a span with three figures.
func short(d time.Duration) string {
	switch {
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%.0f ms", float64(d)/1e6)
	case d >= time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/1e6)
	default:
		return fmt.Sprintf("%.2f ms", float64(d)/1e6)
	}
}

// closedLoop lets each client work again and again, as soon as it is done, until the limit is reached. What was begun is
// finished and counted, so that all that the loop cost was for what it counts.
func closedLoop(clients int, l limit, work func(client int) error) outcome {
	o := outcome{Clients: clients}
	begun := time.Now()
	var mu sync.Mutex
	started := 0
	more := func() bool {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(begun) >= l.time || l.most > 0 && started == l.most {
			return false
		}
		started++
		return true
	}
	var all sync.WaitGroup
	for client := range clients {
		all.Go(func() {
			var own outcome
			for more() {
				own.note(time.Now(), work(client))
			}
			mu.Lock()
			defer mu.Unlock()
			o.add(own)
		})
	}
	all.Wait()
	o.Took = time.Since(begun)
	o.rank()
	return o
}

// note counts one work that began at an instant and has ended now.
func (o *outcome) note(begun time.Time, err error) {
	if err == nil {
		o.Done++
		o.latencies = append(o.latencies, time.Since(begun))
		return
	}
	o.Failed++
	if len(o.Faults) < 3 {
		o.Faults = append(o.Faults, err.Error())
	}
}

// add joins what another loop, or another client, showed.
func (o *outcome) add(other outcome) {
	o.Done += other.Done
	o.Failed += other.Failed
	o.Took += other.Took
	o.latencies = append(o.latencies, other.latencies...)
	o.Faults = append(o.Faults, other.Faults[:min(len(other.Faults), 3-min(len(o.Faults), 3))]...)
}

// rank finds median and 99th percentile.
func (o *outcome) rank() {
	slices.Sort(o.latencies)
	o.Median, o.P99 = percentile(o.latencies, 50), percentile(o.latencies, 99)
}

// percentile gives the smallest value that so many per cent do not exceed (nearest rank), of values in order.
func percentile[V any](ordered []V, percent int) (v V) {
	if len(ordered) == 0 {
		return v
	}
	return ordered[max(0, (len(ordered)*percent+99)/100-1)]
}

// median gives the middle of some values; of an even number the lower one.
func median(values ...float64) float64 {
	ordered := slices.Sorted(slices.Values(values))
	return percentile(ordered, 50)
}
