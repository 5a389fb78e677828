package letter

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
)

// Office sets letters and hands them to the print centre. All exported fields are needed.
type Office struct {
	Setting
	Store Store
	Way   Way
	Log   *slog.Logger

	print func(id string, date calendar.Date, c Content) (Paper, error) // Setting.Print if nil
}

// Handlers gives the handler of the job that delivers letters. A spool folder that cannot be written is tried for a fortnight:
// the letter of an order is worth nothing later. So is a printer, and more often, see Printer.
func (o Office) Handlers() map[string]job.Handler {
	policy := job.Policy{Try: time.Minute, First: 2 * time.Second, Most: 10 * time.Minute, GiveUp: 14 * 24 * time.Hour}
	if _, ok := o.Way.(*Printer); ok {
		policy.Most = 30 * time.Second
	}
	return map[string]job.Handler{Deliver{}.JobKind(): {Do: o.Deliver, Policy: policy}}
}

// Deliver does the job of that name. It may be done again after a failure or a crash at any point: the letter appears in the spool
// folder exactly once, and what is already handed over is left alone. A void letter that is still on its way is withdrawn. What a
// further try cannot mend, such as an address that does not fit the window, is job.Permanent.
func (o Office) Deliver(ctx context.Context, j job.Job) (err error) {
	d, err := DecodeDeliver(j.Payload)
	if err != nil {
		return job.Permanent(err)
	}
	defer fault.Wrap(&err, "letter.Deliver(%s)", d.Letter)
	unlock, err := o.Way.lock(d.Letter)
	if err != nil {
		return err
	}
	defer unlock()
	l, err := o.Store.Letter(ctx, d.Letter)
	if err != nil {
		return err
	}
	switch l.State {
	case Queued, Rendered:
		return o.admit(ctx, l)
	case Void:
		return o.Way.Withdraw(ctx, l.ID)
	default:
		return o.Way.Forget(l.ID)
	}
}

// admit hands a letter over, unless it has to wait until its batch is released; then the release queues another job.
func (o Office) admit(ctx context.Context, l Letter) error {
	admitted, err := o.Store.Admit(ctx, l.ID, o.Profile.Letter.ReleaseAbove)
	if err != nil {
		return err
	}
	if !admitted {
		o.Log.WarnContext(ctx, "more letters than usual today: a letter waits until its batch is released", "letter", l.ID, "kind", l.Kind)
		return o.Way.Forget(l.ID)
	}
	return o.handOver(ctx, l)
}

// handOver sets the letter, hands it over and then tells the store, in this order: a letter that the store calls handed over
// has been. Only then the spool folder's note of it may go.
func (o Office) handOver(ctx context.Context, l Letter) error {
	if l.Content == nil {
		return job.Permanent(errors.New("the letter was erased before it was handed over"))
	}
	set := o.Print
	if o.print != nil {
		set = o.print
	}
	paper, err := set(l.ID, calendar.DateOf(l.Created), l.Content)
	if err != nil {
		return job.Permanent(err) // the same letter fails the same way again
	}
	if paper.Lost > 0 {
		o.Log.WarnContext(ctx, "letter has signs that cannot be printed", "letter", l.ID, "kind", l.Kind, "signs", paper.Lost)
	}
	err = o.Way.Put(ctx, l.ID, paper.PDF, Manifest{
		Portal: o.Profile.Key, Kind: l.Kind, Recipient: paper.Recipient, Created: l.Created.UTC().Truncate(time.Second), Pages: paper.Pages,
	})
	if err != nil {
		return err
	}
	if err := o.Store.HandOver(ctx, l.ID); err != nil {
		return err
	}
	return o.Way.Forget(l.ID)
}
