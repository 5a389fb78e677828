package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"torhaus/internal/cli"
)

// running gives a furnished house whose portal and bare handler run in this process.
func running(t *testing.T) (h *house, bare string) {
	t.Helper()
	h, err := newHouse(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if bare, err = freeAddress(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	go func() { ended <- serveBare(ctx, []string{bare}) }()
	go func() {
		var said bytes.Buffer
		if code := cli.Run(ctx, []string{"serve", "--config", h.config}, &said, &said); code != 0 {
			ended <- errors.New(said.String())
			return
		}
		ended <- nil
	}()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-ended, <-ended, h.close()); err != nil {
			t.Error(err)
		}
	})
	for _, address := range []string{h.address, bare} {
		s := &server{address: address, ended: make(chan error, 1)}
		if err := s.waitForAnswer(map[bool]string{true: startPage, false: namePage}[address == bare]); err != nil {
			t.Fatal(err)
		}
	}
	return h, bare
}

func TestAMemberLogsInAndTheSameCodeNeverAgain_AndBareAndPortalShowTheSamePage(t *testing.T) {
	h, bare := running(t)
	b := newBrowser(h.address, 0)
	defer b.close()
	first, err := h.desk.ticket(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.replay(first); err != nil {
		t.Fatal(err)
	}
	second, err := h.desk.ticket(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.logIn(second); err != nil {
		t.Fatal(err)
	}
	for _, path := range measured {
		if err := same(b, path, bare); err != nil {
			t.Error(err)
		}
	}
}

func TestDesk_HandsEveryCodeOutOnce_InOrder_AndOnlyWhileItIsGood(t *testing.T) {
	d := newDesk(5)
	seen := map[ticket]bool{}
	last := map[member]int64{}
	begun := time.Date(2026, 11, 22, 12, 0, 5, 0, time.UTC)
	for _, c := range []struct {
		name string
		ago  time.Duration
		want int
	}{
		{"three for each member at once", 0, 15},
		{"none more in the same step", time.Second, 0},
		{"one for each when the next step begins", 25 * time.Second, 5},
		{"three again after a long pause", time.Hour, 15},
		{"two where a step ends before a login would", 2*time.Hour + 20*time.Second, 10},
	} {
		now, got := begun.Add(c.ago), 0
		for {
			h, err := d.ticket(now)
			if err != nil {
				break
			}
			got++
			if seen[h] || h.step <= last[h.member] {
				t.Fatalf("%s: %+v was handed out before, or a later one was", c.name, h)
			}
			if step := now.Unix() / 30; h.step > step+1 || h.step < now.Add(patience).Unix()/30-1 {
				t.Errorf("%s: step %d at step %d", c.name, h.step, step)
			}
			seen[h], last[h.member] = true, h.step
		}
		if got != c.want {
			t.Errorf("%s: %d handed out, want %d", c.name, got, c.want)
		}
	}
}

func TestFigure_FailsTheRunOnlyBeyondTheSlackAndOnAQuietMachine(t *testing.T) {
	for _, c := range []struct {
		name    string
		f       figure
		verdict string
		breach  bool
	}{
		{"held", figure{Goal: most(1.15), Measured: 1.15, Gated: true, Quiet: true}, "held", false},
		{"held in noise", figure{Goal: most(1.15), Measured: 1, Gated: true}, "held, noisy", false},
		{"missed within the slack", figure{Goal: most(1.15), Measured: 1.38, Gated: true, Quiet: true}, "missed", false},
		{"missed beyond it", figure{Goal: most(1.15), Measured: 1.39, Gated: true, Quiet: true}, "missed", true},
		{"missed beyond it in noise", figure{Goal: most(1.15), Measured: 9, Gated: true}, "missed, noisy", false},
		{"missed, and no ratio", figure{Goal: most(200), Measured: 999, Quiet: true}, "missed", false},
		{"a share within the slack", figure{Goal: least(0.4), Measured: 0.33, Gated: true, Quiet: true}, "missed", false},
		{"a share beyond it", figure{Goal: least(0.4), Measured: 0.31, Gated: true, Quiet: true}, "missed", true},
		{"one failure of thousands", figure{Goal: most(0), Measured: 1, Gated: true, Quiet: true}, "missed", true},
	} {
		if got := c.f.verdict(); got != c.verdict || c.f.breach() != c.breach {
			t.Errorf("%s: %s, fails the run: %v", c.name, got, c.f.breach())
		}
	}
}

func TestReport_IsATableAndJSON(t *testing.T) {
	r := newReport()
	r.add(figure{Name: "Cold start", Goal: most(300), Measured: 81.4, Unit: "ms", Quiet: true, Beside: "x"},
		figure{Name: "Share", Goal: least(0.4), Measured: 0.1, Gated: true, Quiet: true})
	var out strings.Builder
	r.print(&out)
	for _, line := range []string{"| Cold start | ≤ 300 ms | 81.4 ms | held | x |", "| Share | ≥ 0.4 | 0.1 | missed |  |"} {
		if !strings.Contains(out.String(), line+"\n") {
			t.Errorf("%q is not in\n%s", line, out.String())
		}
	}
	if got := r.breaches(); len(got) != 1 || got[0] != "Share: 0.1, goal ≥ 0.4" {
		t.Errorf("breaches %q", got)
	}
	path := filepath.Join(t.TempDir(), "bench.json")
	if err := r.save(path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	var read report
	if err == nil {
		err = json.Unmarshal(data, &read)
	}
	if err != nil || !slices.Equal(read.Figures, r.Figures) {
		t.Errorf("read back %+v, %v", read.Figures, err)
	}
}

// fixed is a round of a noise.
type fixed struct{ noise }

func TestStep_RunsUntilEnoughRoundsWereQuiet_AndSaysSoIfTheyWereNot(t *testing.T) {
	const most = 2 * wanted
	loud := []fixed{{noise{Foreign: 0.5}}, {noise{Drift: 0.2}}}
	for _, c := range []struct {
		name         string
		quiet        func(round int) bool
		taken, judge int
		enough       bool
	}{
		{"all quiet", func(int) bool { return true }, wanted, wanted, true},
		{"every other", func(round int) bool { return round%2 == 1 }, most, wanted, true},
		{"too few", func(round int) bool { return round == 1 || round == 3 }, most, 2, false},
		{"none", func(int) bool { return false }, most, most, false},
	} {
		b := &bench{options: options{tries: 2}, progress: &strings.Builder{}}
		next := -1
		s, err := takeStep(b, c.name, func() (fixed, error) {
			if next++; c.quiet(next) {
				return fixed{}, nil
			}
			return loud[next%2], nil
		})
		if err != nil || len(s.Rounds) != c.taken || len(s.good()) != c.judge || s.Quiet != c.enough {
			t.Errorf("%s: %d rounds, %d to judge by, quiet: %v, %v", c.name, len(s.Rounds), len(s.good()), s.Quiet, err)
		}
	}
}

func TestClosedLoop_FinishesAndCountsWhatItBegan(t *testing.T) {
	var calls int
	o := closedLoop(1, limit{most: 10, time: time.Minute}, func(int) error {
		calls++
		if calls%5 == 0 {
			return errors.New("refused")
		}
		return nil
	})
	if calls != 10 || o.Done != 8 || o.Failed != 2 || len(o.latencies) != 8 || o.Faults[0] != "refused" {
		t.Errorf("%d calls: %+v", calls, o)
	}
	if o := closedLoop(4, limit{time: 0}, func(int) error { return nil }); o.Done != 0 {
		t.Errorf("%d works begun after the end", o.Done)
	}
}

func TestPercentile_IsTheNearestRank(t *testing.T) {
	hundred := make([]int, 100)
	for i := range hundred {
		hundred[i] = i + 1
	}
	for _, c := range []struct {
		values        []int
		percent, want int
	}{
		{nil, 50, 0},
		{[]int{7}, 99, 7},
		{[]int{1, 2}, 50, 1},
		{[]int{1, 2, 3}, 50, 2},
		{hundred, 50, 50},
		{hundred, 99, 99},
		{hundred[:10], 99, 10},
	} {
		if got := percentile(c.values, c.percent); got != c.want {
			t.Errorf("%d %% of %v: %d, want %d", c.percent, c.values, got, c.want)
		}
	}
}

func TestHost_SeesItself(t *testing.T) {
	before, err := cpuOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hashAlone(1, 50*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	after, err := cpuOf(os.Getpid())
	if err != nil || after-before < 20*time.Millisecond || after-before > 10*time.Second {
		t.Errorf("a hash cost %s, %v", after-before, err)
	}
	for _, line := range []string{"VmRSS", "VmHWM"} {
		if mib, err := memoryOf(os.Getpid(), line); err != nil || mib < 5 || mib > 4096 {
			t.Errorf("%s is %.1f MiB, %v", line, mib, err)
		}
	}
	w, err := watchOthers()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.foreign(); err != nil {
		t.Error(err)
	}
}

func TestLetters_TheFigureIsReadFromTheBenchmark(t *testing.T) {
	got, err := perOperation([]byte("goos: linux\nBenchmarkPrint \t     327\t   9170123 ns/op\t 1000 B/op\nPASS\n"))
	if err != nil || got != 9170123 {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := perOperation([]byte("PASS\n")); err == nil {
		t.Error("a figure out of nothing")
	}
}
