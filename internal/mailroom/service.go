package mailroom

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/secret"
	"torhaus/internal/token"
)

// ErrNoLetter and ErrNoBatch are met by whoever asks for what is not there.
var (
	ErrNoLetter = fault.New(fault.NotFound, "mailroom.fault.no-letter")
	ErrNoBatch  = fault.New(fault.NotFound, "mailroom.fault.no-batch")
)

// Store keeps letters and batches.
type Store interface {
	// Letters lists letters, newest first. Late ones are those that were queued before the given moment and are under way.
	Letters(ctx context.Context, f Filter, late time.Time, after *Cursor, most int) ([]Letter, error)
	// LettersNumbered finds letters by the beginning of their ids.
	LettersNumbered(ctx context.Context, beginning string, most int) ([]Letter, error)
	// MemberNumbered finds a member by the number in the body's register; empty if nobody has it.
	MemberNumbered(ctx context.Context, number string) (account.ID, error)
	// LetterCounts counts letters that somebody must do something about.
	LetterCounts(ctx context.Context) (Counts, error)
	// Parcel reads a letter with what it may carry, without locking anything. An unknown id is fault.NotFound.
	Parcel(ctx context.Context, id string) (Parcel, calendar.Moment, error)
	// ChangeLetter loads the same, locked, lets the deed decide, and writes the change in the same transaction.
	ChangeLetter(ctx context.Context, id string, deed func(Parcel, calendar.Moment) (Change, error)) error

	// Batches lists batches, newest first, of numbers below the given one; 0 begins at the newest.
	Batches(ctx context.Context, below int64, most int) ([]Batch, error)
	// Batch reads one. An unknown number is fault.NotFound.
	Batch(ctx context.Context, number int64) (Batch, error)
	// ChangeBatch loads a batch, locked, lets the deed decide, and writes the change in the same transaction.
	ChangeBatch(ctx context.Context, number int64, deed func(Batch, calendar.Moment) (BatchChange, error)) error

	// ConfirmPosted loads what is known of letters, locked, lets the deed decide which were posted, and writes that, all or nothing. It
	// gives the numbers of the batches that are confirmed with it.
	ConfirmPosted(ctx context.Context, letters []string, by token.By, deed func(map[string]Sent, calendar.Moment) ([]Posted, error)) ([]int64, error)

	// Now gives the portal's time.
	Now(ctx context.Context) (calendar.Moment, error)
}

// Counts are the letters and batches that wait for somebody.
type Counts struct {
	Waiting  []time.Time // when the letters were queued that are under way
	Stuck    int         // given up
	Held     int         // wait for the release of their batch
	Awaiting int         // batches that a second person has to decide on
	Gathers  int         // held batches that nobody has closed
}

// Service carries out what staff do about letters.
type Service struct {
	Store Store
	Watch letter.Watch
}

// List gives a page of letters.
func (s *Service) List(ctx context.Context, f Filter, after *Cursor) (p Page, err error) {
	defer fault.Wrap(&err, "mailroom.List")
	if p.Now, err = s.Store.Now(ctx); err != nil {
		return p, err
	}
	late, _ := s.Watch.Before(p.Now.Time)
	if p.Letters, err = s.Store.Letters(ctx, f, late, after, PageSize+1); err != nil {
		return p, err
	}
	if len(p.Letters) > PageSize {
		p.Letters = p.Letters[:PageSize]
		last := p.Letters[PageSize-1]
		p.Next = &Cursor{At: last.Created, ID: last.ID}
	}
	return p, nil
}

// mostAlike is how many letters are offered whose numbers begin alike. With the signs that are printed there is never more than one.
const mostAlike = 10

// Find finds letters by a number, or its beginning, as typed or scanned.
func (s *Service) Find(ctx context.Context, typed string) (found []Letter, err error) {
	defer fault.Wrap(&err, "mailroom.Find")
	id, ok := CleanID(typed)
	if !ok {
		return nil, fault.InvalidField("number", "mailroom.fault.number")
	}
	for _, beginning := range []string{id, Swapped(id)} {
		found, err = s.Store.LettersNumbered(ctx, beginning, mostAlike)
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	return nil, fault.InvalidField("number", "mailroom.fault.unknown")
}

// Look finds what a number means that was typed: letters, or the member whose letters are to be listed.
func (s *Service) Look(ctx context.Context, typed string) (found []Letter, member account.ID, err error) {
	defer fault.Wrap(&err, "mailroom.Look")
	number := strings.Join(strings.Fields(typed), "")
	if number != "" && len(number) <= 64 {
		if member, err = s.Store.MemberNumbered(ctx, number); err != nil || member != "" {
			return nil, member, err
		}
	}
	found, err = s.Find(ctx, typed)
	return found, "", err
}

// Late tells what a list of letters calls late now.
func (s *Service) Late(l Letter, now calendar.Moment) bool { return s.Delay(l, now) != letter.InTime }

// Overdue tells whether a letter cannot arrive in time any more.
func (s *Service) Overdue(l Letter, now calendar.Moment) bool {
	return s.Delay(l, now) == letter.Overdue
}

// Parcel gives a letter with what it may carry.
func (s *Service) Parcel(ctx context.Context, id string) (Parcel, calendar.Moment, error) {
	return s.Store.Parcel(ctx, id)
}

// Delay judges a letter that is under way.
func (s *Service) Delay(l Letter, now calendar.Moment) letter.Delay {
	if !l.UnderWay() {
		return letter.InTime
	}
	return s.Watch.Judge(l.Created, now.Time)
}

// Attention tells what waits for somebody.
type Attention struct {
	letter.Waiting
	Counts
}

// Attention counts what waits for somebody.
func (s *Service) Attention(ctx context.Context) (a Attention, err error) {
	defer fault.Wrap(&err, "mailroom.Attention")
	if a.Counts, err = s.Store.LetterCounts(ctx); err != nil {
		return a, err
	}
	now, err := s.Store.Now(ctx)
	a.Waiting = s.Watch.Count(a.Counts.Waiting, now.Time)
	return a, err
}

// Return enters a letter that came back.
func (s *Service) Return(ctx context.Context, id string, by token.By) (what What, err error) {
	defer fault.Wrap(&err, "mailroom.Return(%s)", id)
	err = s.Store.ChangeLetter(ctx, id, func(p Parcel, now calendar.Moment) (c Change, err error) {
		what, c, err = p.Return(by, now)
		return c, err
	})
	return what, err
}

// Retry has the hand-over of a letter tried again that was given up.
func (s *Service) Retry(ctx context.Context, id string, by token.By) (err error) {
	defer fault.Wrap(&err, "mailroom.Retry(%s)", id)
	return s.Store.ChangeLetter(ctx, id, func(p Parcel, _ calendar.Moment) (Change, error) { return p.Retry(by) })
}

// Batches gives the batches below a number, newest first, and the number that the next page is below; 0 on the last page.
func (s *Service) Batches(ctx context.Context, below int64) (list []Batch, next int64, err error) {
	defer fault.Wrap(&err, "mailroom.Batches")
	if list, err = s.Store.Batches(ctx, below, PageSize+1); len(list) > PageSize {
		list = list[:PageSize]
		next = list[PageSize-1].Number
	}
	return list, next, err
}

// Batch gives one batch.
func (s *Service) Batch(ctx context.Context, number int64) (Batch, error) {
	return s.Store.Batch(ctx, number)
}

// Close ends the gathering of a held batch.
func (s *Service) Close(ctx context.Context, number int64, by token.By) (err error) {
	defer fault.Wrap(&err, "mailroom.Close(%d)", number)
	return s.Store.ChangeBatch(ctx, number, func(b Batch, _ calendar.Moment) (BatchChange, error) { return b.Close(by) })
}

// Release lets a batch be handed over, as the second person.
func (s *Service) Release(ctx context.Context, number int64, by token.By) (err error) {
	defer fault.Wrap(&err, "mailroom.Release(%d)", number)
	return s.Store.ChangeBatch(ctx, number, func(b Batch, _ calendar.Moment) (BatchChange, error) { return b.Release(by) })
}

// Discard keeps a batch from being printed, as the second person.
func (s *Service) Discard(ctx context.Context, number int64, by token.By) (err error) {
	defer fault.Wrap(&err, "mailroom.Discard(%d)", number)
	return s.Store.ChangeBatch(ctx, number, func(b Batch, _ calendar.Moment) (BatchChange, error) { return b.Discard(by) })
}

// errRefused ends a transaction that is not to write anything.
var errRefused = errors.New("nothing is written")

// Confirm carries out a confirmation of the print centre, or tells what it would do (dry).
func (s *Service) Confirm(ctx context.Context, file io.ReadSeeker, dry bool, by token.By) (r Report, err error) {
	defer fault.Wrap(&err, "mailroom.Confirm")
	c, err := ReadConfirmation(file)
	if err != nil {
		return Report{}, err
	}
	var ids []string
	for _, row := range c.Rows {
		ids = append(ids, row.Letter)
	}
	batches, err := s.Store.ConfirmPosted(ctx, ids, by, func(known map[string]Sent, now calendar.Moment) ([]Posted, error) {
		post, unchanged, refused := c.Decide(known, calendar.DateOf(now.Time))
		r = reportOf(c, post, unchanged, refused)
		if dry || len(refused) > 0 {
			return nil, errRefused
		}
		r.Done = true
		return post, nil
	})
	if errors.Is(err, errRefused) {
		err = nil
	}
	r.Batches = batches
	return r, err
}

// Discarding is the job that voids one letter of a discarded batch.
type Discarding struct {
	Letter string   `json:"letter"`
	By     token.By `json:"by"`
}

var _ job.Work = Discarding{}

// JobKind names the job; it is never renamed.
func (Discarding) JobKind() string { return "letter.discard" }

// Encode gives the wire form of the job.
func (d Discarding) Encode() (secret.Bytes, error) { return json.Marshal(d) }

// Handlers gives the handlers of this package's jobs.
func (s *Service) Handlers() map[string]job.Handler {
	policy := job.Policy{Try: 30 * time.Second, First: time.Second, Most: 5 * time.Minute, GiveUp: 14 * 24 * time.Hour}
	return map[string]job.Handler{Discarding{}.JobKind(): {Do: s.discard, Policy: policy}}
}

// discard does the job of that name; done again, it finds the letter void.
func (s *Service) discard(ctx context.Context, j job.Job) error {
	var d Discarding
	if err := json.Unmarshal(j.Payload, &d); err != nil || d.Letter == "" {
		return job.Permanent(errors.New("the payload names no letter"))
	}
	return s.Store.ChangeLetter(ctx, d.Letter, func(p Parcel, now calendar.Moment) (Change, error) { return p.Discard(d.By, now), nil })
}

// Console is who acts in commands on the console.
var Console = token.By{Actor: account.ID(audit.System)}
