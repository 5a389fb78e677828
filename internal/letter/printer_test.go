package letter

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter/ipp"
	"torhaus/internal/letter/ipp/ipptest"
)

// device is a printer that does what a test wants.
type device struct {
	jobs    []ipp.Job
	printed int         // documents that it took
	becomes []ipp.State // what the next jobs become, one question after the other; completed when there is no more
	lose    bool        // the answer to the next document is lost
	forget  bool        // ended jobs are forgotten
	status  ipp.Status
	down    error
}

func (d *device) Status(context.Context) (ipp.Status, error) { return d.status, d.down }

func (d *device) Print(_ context.Context, name string, _ []byte) (ipp.Job, error) {
	if d.down != nil {
		return ipp.Job{}, d.down
	}
	d.printed++
	j := ipp.Job{ID: d.printed, Name: name, State: ipp.Pending}
	d.jobs = append(d.jobs, j)
	if d.lose {
		d.lose = false
		return ipp.Job{}, errors.New("the connection broke")
	}
	return j, nil
}

func (d *device) Named(_ context.Context, name string) (found []ipp.Job, err error) {
	for _, j := range d.jobs {
		if j.Name == name {
			found = append(found, j)
		}
	}
	return found, d.down
}

func (d *device) Job(_ context.Context, id int) (ipp.Job, bool, error) {
	if d.forget {
		return ipp.Job{}, false, nil
	}
	j := &d.jobs[id-1]
	j.State = ipp.Completed
	if len(d.becomes) > 0 {
		j.State, d.becomes = d.becomes[0], d.becomes[1:]
	}
	return *j, true, d.down
}

func (d *device) Cancel(_ context.Context, id int) error {
	d.jobs[id-1].State = ipp.Canceled
	return d.down
}

func printerOf(d Device) *Printer {
	return &Printer{Device: d, Log: slog.New(slog.DiscardHandler), Look: time.Millisecond, Wait: 2 * time.Second}
}

// printOn has a letter delivered to a printer.
func printOn(t *testing.T, p *Printer) (*shelf, error) {
	t.Helper()
	s := newShelf()
	o := office(t, s, "", &bytes.Buffer{})
	o.Way = p
	return s, o.Deliver(t.Context(), deliverJob(t))
}

func TestLetterIsHandedOverWhenThePrinterHasPrintedIt(t *testing.T) {
	d := &device{becomes: []ipp.State{ipp.Pending, ipp.Processing, ipp.Processing}}
	s, err := printOn(t, printerOf(d))
	if err != nil || s.handed != 1 || d.printed != 1 || d.jobs[0].Name != testID {
		t.Errorf("handed over %d times, printed %d, %v", s.handed, d.printed, err)
	}
}

func TestLostAnswerOfAPrinterPrintsTheLetterOnce(t *testing.T) {
	d := &device{lose: true}
	p := printerOf(d)
	if s, err := printOn(t, p); err == nil || s.handed != 0 {
		t.Fatalf("handed over %d times, %v", s.handed, err)
	}
	if s, err := printOn(t, p); err != nil || s.handed != 1 || d.printed != 1 {
		t.Errorf("handed over %d times, printed %d, %v", s.handed, d.printed, err)
	}
}

func TestPrinterThatGivesALetterUpGetsItAgain(t *testing.T) {
	for _, end := range []ipp.State{ipp.Aborted, ipp.Canceled} {
		d := &device{becomes: []ipp.State{ipp.Processing, end}}
		p := printerOf(d)
		if s, err := printOn(t, p); err == nil || s.handed != 0 || !strings.Contains(err.Error(), end.String()) {
			t.Fatalf("handed over %d times, %v", s.handed, err)
		}
		if s, err := printOn(t, p); err != nil || s.handed != 1 || d.printed != 2 {
			t.Errorf("handed over %d times, printed %d, %v", s.handed, d.printed, err)
		}
	}
}

func TestPrinterOutOfPaperIsWaitedForInWords(t *testing.T) {
	d := &device{status: ipp.Status{State: "stopped", Reasons: []string{"media-empty-error"}}}
	for range 10_000 {
		d.becomes = append(d.becomes, ipp.Stopped)
	}
	p := printerOf(d)
	p.Wait = 20 * time.Millisecond
	s, err := printOn(t, p)
	if err == nil || s.handed != 0 || !strings.Contains(err.Error(), "there is no paper") || !strings.Contains(err.Error(), "job 1") {
		t.Fatalf("handed over %d times, %v", s.handed, err)
	}
	d.becomes = nil // somebody has brought paper
	if s, err = printOn(t, p); err != nil || s.handed != 1 || d.printed != 1 {
		t.Errorf("handed over %d times, printed %d, %v", s.handed, d.printed, err)
	}
}

func TestPrinterThatForgotAJobIsAskedForItByName(t *testing.T) {
	d := &device{forget: true}
	p := printerOf(d)
	if _, err := printOn(t, p); err == nil || !strings.Contains(err.Error(), "does not know job 1") {
		t.Fatalf("says %v", err)
	}
	d.jobs[0].State = ipp.Completed
	if s, err := printOn(t, p); err != nil || s.handed != 1 || d.printed != 1 {
		t.Errorf("handed over %d times, printed %d, %v", s.handed, d.printed, err)
	}
}

func TestVoidLetterIsTakenBackFromThePrinter(t *testing.T) {
	d := &device{jobs: []ipp.Job{{ID: 1, Name: testID, State: ipp.Stopped}, {ID: 2, Name: "another", State: ipp.Stopped}}}
	s := newShelf()
	s.letter.State = Void
	o := office(t, s, "", &bytes.Buffer{})
	o.Way = printerOf(d)
	if err := o.Deliver(t.Context(), deliverJob(t)); err != nil || d.jobs[0].State != ipp.Canceled || d.jobs[1].State != ipp.Stopped || d.printed != 0 {
		t.Errorf("jobs %v, %v", d.jobs, err)
	}
}

func TestTwoRunnersAtOneLetterOfAPrinter(t *testing.T) {
	p := printerOf(&device{})
	unlock, err := p.lock(testID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := printOn(t, p); !fault.Is(err, fault.Busy) {
		t.Errorf("while another is at it: %v", err)
	}
	unlock()
	if _, err := printOn(t, p); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestCheckTellsWhatAPrinterLacks(t *testing.T) {
	fine := ipp.Status{Name: "Post", State: "idle", Accepting: true, PDF: true, Complete: true}
	for name, c := range map[string]struct {
		change func(*device)
		says   string
	}{
		"well":        {func(*device) {}, `printer "Post" is idle`},
		"off":         {func(d *device) { d.down = errors.New("the printer is not reached") }, "not reached"},
		"no PDF":      {func(d *device) { d.status.PDF = false }, "does not print PDF"},
		"old":         {func(d *device) { d.status.Complete = false }, "lacks an operation"},
		"not taking":  {func(d *device) { d.status.Accepting = false }, "takes no jobs"},
		"out of ink":  {func(d *device) { d.status.State, d.status.Reasons = "stopped", []string{"marker-supply-empty-error"} }, "ink or toner is empty"},
		"new trouble": {func(d *device) { d.status.State, d.status.Reasons = "stopped", []string{"com.example-gremlins"} }, "com.example-gremlins"},
	} {
		d := &device{status: fine}
		c.change(d)
		note, err := printerOf(d).Check(t.Context())
		said := note
		if err != nil {
			said = err.Error()
		}
		if !strings.Contains(said, c.says) || (err == nil) != (name == "well") {
			t.Errorf("%s: %q, %v", name, note, err)
		}
	}
}

// TestRealPrinterPrintsTheLetterOnce hands a letter to ippeveprinter, loses the answer by dying, and hands it over again.
func TestKVB10_RealPrinterPrintsTheLetterOnce(t *testing.T) {
	real := ipptest.New(t, "/bin/true")
	client, err := ipp.New(real.URL, ipp.Options{User: "torhaus", Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	p := printerOf(client)
	p.Look, p.Wait = 50*time.Millisecond, 20*time.Second
	if note, err := p.Check(t.Context()); err != nil || !strings.Contains(note, "idle") {
		t.Errorf("doctor: %q, %v", note, err)
	}
	s, dead := newShelf(), newShelf()
	dead.files.at, dead.files.dead = 3, true // when the store is to be told
	for _, shelf := range []*shelf{dead, s} {
		o := office(t, shelf, "", &bytes.Buffer{})
		o.Way = p
		if err := o.Deliver(t.Context(), deliverJob(t)); (err == nil) != (shelf == s) {
			t.Fatal(err)
		}
	}
	want, err := Render(kvb(t), testURL, testID, calendar.DateOf(s.letter.Created), code())
	if err != nil {
		t.Fatal(err)
	}
	if printed := real.Printed(); len(printed) != 1 || !bytes.Equal(printed[0], want) || s.handed != 1 {
		t.Errorf("printed %d letters, handed over %d times", len(printed), s.handed)
	}
}
