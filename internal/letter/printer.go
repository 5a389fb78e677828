package letter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"torhaus/internal/fault"
	"torhaus/internal/letter/ipp"
)

// Device is what a printer does; ipp.Client is one.
type Device interface {
	Status(ctx context.Context) (ipp.Status, error)
	Print(ctx context.Context, name string, document []byte) (ipp.Job, error)
	Named(ctx context.Context, name string) ([]ipp.Job, error)
	Job(ctx context.Context, id int) (j ipp.Job, known bool, err error)
	Cancel(ctx context.Context, id int) error
}

// Printer hands letters over to an IPP printer. A letter counts as handed over when the printer says that it is printed.
//
// A job bears the letter's id as its name. Before a letter is sent, the printer is asked for a job of that name, so that an answer
// that was lost on the way, or a crash, does not print it twice. A printer remembers jobs that have ended for a minute or more
// (RFC 8011, 5.3.7.2), and is asked more often than that. Only when nobody could ask for so long, and the answer was lost before,
// a letter may come out twice: both bear the same code, which works once. The other way round it might not come out at all.
type Printer struct {
	Device Device
	Log    *slog.Logger
	Look   time.Duration // pause between two questions what became of a job
	Wait   time.Duration // how long one try waits for a job; the next one finds it again

	busy sync.Map // ids of letters that a runner is at
}

// Put prints a letter, or waits for the job that prints it already.
func (p *Printer) Put(ctx context.Context, id string, pdf []byte, _ Manifest) (err error) {
	defer fault.Wrap(&err, "letter.Printer.Put(%q)", id)
	j, found, err := p.find(ctx, id)
	if err != nil {
		return err
	}
	if !found {
		if j, err = p.Device.Print(ctx, id, pdf); err != nil {
			return err
		}
	}
	return p.await(ctx, j)
}

// find gives the job that prints a letter, or has printed it. One that was given up does not count: the letter is sent again.
func (p *Printer) find(ctx context.Context, id string) (ipp.Job, bool, error) {
	jobs, err := p.Device.Named(ctx, id)
	if err != nil {
		return ipp.Job{}, false, err
	}
	for _, j := range jobs {
		if !j.State.Lost() {
			return j, true, nil
		}
	}
	return ipp.Job{}, false, nil
}

// await asks for a job until it has ended.
func (p *Printer) await(ctx context.Context, j ipp.Job) error {
	ctx, cancel := context.WithTimeout(ctx, p.Wait)
	defer cancel()
	tick := time.NewTicker(p.Look)
	defer tick.Stop()
	for {
		switch {
		case j.State == ipp.Completed:
			p.warn(ctx, j)
			return nil
		case j.State.Lost():
			return fmt.Errorf("the printer has given up job %d: it is %s%s; the letter will be sent again", j.ID, j.State, because(j.Reasons))
		}
		select {
		case <-ctx.Done():
			return p.waits(context.WithoutCancel(ctx), j)
		case <-tick.C:
		}
		asked, known, err := p.Device.Job(ctx, j.ID)
		if err != nil && ctx.Err() == nil {
			return err
		}
		if err == nil && !known {
			return fmt.Errorf("the printer does not know job %d any more; the letter will be sent again unless it is found by its name", j.ID)
		}
		if err == nil {
			j = asked
		}
	}
}

// warn logs what a printer says of a job that it calls completed although something was wrong (RFC 8011, 5.3.8).
func (p *Printer) warn(ctx context.Context, j ipp.Job) {
	for _, bad := range []string{"job-completed-with-errors", "job-completed-with-warnings"} {
		if slices.Contains(j.Reasons, bad) {
			p.Log.WarnContext(ctx, "the printer is not content with a letter: look whether it came out whole", "job", j.ID, "says", bad)
		}
	}
}

// asking bounds the question why a job waits.
const asking = 5 * time.Second

// waits says why a job is not printed yet.
func (p *Printer) waits(ctx context.Context, j ipp.Job) error {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	s, err := p.Device.Status(ctx)
	if err != nil {
		return fmt.Errorf("job %d of the printer is still %s, and the printer cannot be asked why: %w", j.ID, j.State, err)
	}
	return fmt.Errorf("job %d of the printer is still %s%s; it is waited for", j.ID, j.State, because(append(s.Reasons, j.Reasons...)))
}

// troubles are the reasons of printers that somebody must do something about (RFC 8011, 5.4.12), in words.
var troubles = map[string]string{
	"media-empty": "there is no paper", "media-needed": "it needs paper", "media-jam": "paper is jammed", "cover-open": "a cover is open",
	"door-open": "a door is open", "toner-empty": "the toner is empty", "marker-supply-empty": "ink or toner is empty", "paused": "it is paused",
	"output-area-full": "its tray is full", "input-tray-missing": "a paper tray is missing", "offline": "it is offline", "shutdown": "it is switched off",
}

// because joins reasons for a sentence. What no word is known for is told as the printer says it.
func because(reasons []string) string {
	var said []string
	for _, r := range reasons {
		plain := r
		for _, degree := range []string{"-error", "-warning", "-report"} {
			plain = strings.TrimSuffix(plain, degree)
		}
		if words := troubles[plain]; words != "" {
			plain = words
		}
		if !slices.Contains(said, plain) {
			said = append(said, plain)
		}
	}
	if len(said) == 0 {
		return ""
	}
	return " (" + strings.Join(said, ", ") + ")"
}

// Check tells whether letters can be handed over now: what must be mended, or what was seen.
func (p *Printer) Check(ctx context.Context) (note string, err error) {
	s, err := p.Device.Status(ctx)
	switch {
	case err != nil:
		return "", err
	case !s.PDF:
		return "", errors.New("the printer does not print PDF")
	case !s.Complete:
		return "", errors.New("the printer lacks an operation of RFC 8011: Print-Job, Get-Jobs, Get-Job-Attributes, Cancel-Job")
	case !s.Accepting:
		return "", fmt.Errorf("the printer takes no jobs at present%s", because(s.Reasons))
	case s.State == "stopped":
		return "", fmt.Errorf("the printer is stopped%s", because(s.Reasons))
	}
	return fmt.Sprintf("printer %q is %s%s", s.Name, s.State, because(s.Reasons)), nil
}

// Forget does nothing: the printer forgets by itself.
func (p *Printer) Forget(string) error { return nil }

// Withdraw takes the jobs of a letter back that are not printed yet.
func (p *Printer) Withdraw(ctx context.Context, id string) (err error) {
	defer fault.Wrap(&err, "letter.Printer.Withdraw(%q)", id)
	jobs, err := p.Device.Named(ctx, id)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if j.State == ipp.Completed || j.State.Lost() {
			continue
		}
		if err := p.Device.Cancel(ctx, j.ID); err != nil {
			return err
		}
	}
	return nil
}

// lock keeps other runners of this process away from a letter. Those of other replicas are kept away by the job's lease.
func (p *Printer) lock(id string) (unlock func(), err error) {
	if _, taken := p.busy.LoadOrStore(id, true); taken {
		return nil, fault.BusyFor(time.Minute, "fault.busy")
	}
	return func() { p.busy.Delete(id) }, nil
}
