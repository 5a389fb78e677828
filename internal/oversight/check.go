package oversight

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/secret"
)

// Outcome is what a verification found.
type Outcome string

// The outcomes. A verification under way has none.
const (
	Whole   Outcome = "whole"
	Broken  Outcome = "broken"
	Unknown Outcome = "unknown" // it could not be carried out
)

// Check is a verification of the chain that somebody asked for.
type Check struct {
	ID      string
	Asked   time.Time
	By      string // who asked
	Seen    time.Time
	Done    int64 // records walked
	Total   int64 // in the chain when it began
	Ended   time.Time
	Outcome Outcome
	Vouched int64        // the last record that a signed head vouches for; zero if none does
	Place   int64        // the first record that does not hold; zero if all do
	Damage  audit.Damage // what is wrong there
	Detail  string       // the same in a sentence of the program
}

// Open tells whether it is under way.
func (c Check) Open() bool { return c.Outcome == "" }

// Percent tells how much is done, from 0 to 100.
func (c Check) Percent() int64 {
	if c.Total <= 0 {
		return 0
	}
	return min(100, 100*c.Done/c.Total)
}

// Verdict is what a walk over the chain says.
type Verdict struct {
	Records int64 // sound ones
	Vouched int64 // the last one that a signed head vouches for
}

// checkStore keeps verifications.
type checkStore interface {
	// BeginCheck writes a verification, its job and its event; a conflict if one is under way. One that has not told of itself since
	// the given span is given up for it.
	BeginCheck(ctx context.Context, c Check, giveUp time.Duration, work job.Work, e audit.Event) error
	// Checks gives the newest verifications.
	Checks(ctx context.Context, most int) ([]Check, error)
	// TellCheck says how far it is; false if it is over.
	TellCheck(ctx context.Context, id string, done int64) (bool, error)
	// EndCheck writes what came out, unless it is over.
	EndCheck(ctx context.Context, c Check, e audit.Event) error
}

// checkWork is the job of a verification.
type checkWork struct {
	Check string `json:"check"`
}

// JobKind names the job; it is never renamed.
func (checkWork) JobKind() string { return "audit.check" }

// Encode gives the wire form of the job.
func (w checkWork) Encode() (secret.Bytes, error) { return json.Marshal(w) }

// A walk over ten million records takes less than five minutes. It tells of itself every so many records.
var checkPolicy = job.Policy{Try: 2 * time.Hour, First: 5 * time.Second, Most: 5 * time.Minute, GiveUp: time.Hour}

const (
	tellEvery   = 20_000
	silentFor   = 10 * time.Minute // after that, a verification has died
	shownChecks = 5
)

// AskCheck begins a verification. A conflict says that one is under way.
func (s *Service) AskCheck(ctx context.Context, by Reader) (err error) {
	defer fault.Wrap(&err, "oversight.AskCheck")
	c := Check{ID: secret.NewID(), By: string(by.Account)}
	return s.Store.BeginCheck(ctx, c, silentFor, checkWork{Check: c.ID},
		audit.Event{Kind: audit.AuditChecking, Actor: c.By, Session: by.Session})
}

// Checks gives the newest verifications, and the moment at which they stood so.
func (s *Service) Checks(ctx context.Context) (list []Check, now calendar.Moment, err error) {
	defer fault.Wrap(&err, "oversight.Checks")
	if list, err = s.Store.Checks(ctx, shownChecks); err != nil {
		return nil, now, err
	}
	now, err = s.Store.Now(ctx)
	return list, now, err
}

// errOver ends a walk whose verification was given up meanwhile.
var errOver = errors.New("the verification is over")

// check does the job of a verification. Only the end of the program leaves it to be done again: whatever else stands in the way is
// its outcome.
func (s *Service) check(ctx context.Context, j job.Job) error {
	var w checkWork
	if err := json.Unmarshal(j.Payload, &w); err != nil || w.Check == "" {
		return job.Permanent(errors.New("the payload is no verification"))
	}
	walk, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	told := int64(0)
	v, err := s.Verify(walk, func(records int64) {
		if records < told+tellEvery {
			return
		}
		told = records
		if open, err := s.Store.TellCheck(walk, w.Check, records); err == nil && !open {
			stop(errOver)
		}
	})
	switch {
	case errors.Is(context.Cause(walk), errOver):
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	c := ended(w.Check, v, err)
	return s.Store.EndCheck(ctx, c, audit.Event{Kind: audit.AuditChecked, Actor: audit.System, Reason: c.reason()})
}

// ended gives what came out of a walk.
func ended(id string, v Verdict, err error) Check {
	c := Check{ID: id, Done: v.Records, Vouched: v.Vouched, Outcome: Whole}
	if err == nil {
		return c
	}
	c.Detail = err.Error()
	c.Outcome = Unknown
	if broken, ok := errors.AsType[*audit.BrokenError](err); ok {
		c.Outcome, c.Place, c.Damage = Broken, broken.Seq, broken.Damage
	}
	return c
}

// reason tells the outcome in words of the code: "whole", "broken 1234".
func (c Check) reason() string {
	if c.Outcome == Broken {
		return fmt.Sprintf("%s %d", c.Outcome, c.Place)
	}
	return string(c.Outcome)
}
