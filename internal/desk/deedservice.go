package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/login"
	"torhaus/internal/mail"
	"torhaus/internal/secret"
	"torhaus/internal/token"
)

// DeedStore keeps cases.
type DeedStore interface {
	// Case reads a member before one of staff, without locking anything. An unknown member, or one of staff, is fault.NotFound.
	Case(ctx context.Context, member account.ID, staff login.SessionID) (Case, calendar.Moment, error)
	// ChangeCase loads the same, locked, lets the deed decide, and writes the change in the same transaction. An error of the deed
	// leaves nothing.
	ChangeCase(ctx context.Context, member account.ID, staff login.SessionID, deed func(Case, calendar.Moment) (Change, error)) error
	// DeskRequest finds a request, with who asked. An unknown one is fault.NotFound.
	DeskRequest(ctx context.Context, id string) (Request, error)
	// Requests gives at most so many open requests, the oldest first, behind a place in the list.
	Requests(ctx context.Context, after Cursor, most int) ([]RequestRow, error)
	// Decided gives the requests of one of staff that were decided last.
	Decided(ctx context.Context, asker account.ID, most int) ([]RequestRow, error)
	// CountRequests counts what waits for a decision of this one of staff.
	CountRequests(ctx context.Context, decider account.ID) (int, error)
	// Deciders gives all active staff who have one of these roles.
	Deciders(ctx context.Context, roles []account.Role) ([]account.Account, error)
	// QueueAll leaves work to jobs, in one transaction.
	QueueAll(ctx context.Context, work []job.Request) error
	Now(ctx context.Context) (calendar.Moment, error)
}

// RequestRow is one line of a list of requests.
type RequestRow struct {
	Request
	MemberName string
	Number     string // of the member in the register
	AskerName  string // empty for the system
	Next       Cursor
}

// DeedService carries out what staff do about members.
type DeedService struct {
	Store  DeedStore
	Tokens *token.Service
	Rules  Rules
}

// Case reads a member before one of staff.
func (s *DeedService) Case(ctx context.Context, member account.ID, by login.Session) (c Case, now calendar.Moment, err error) {
	defer fault.Wrap(&err, "desk.Case(%s)", member)
	return s.Store.Case(ctx, member, by.ID)
}

// Do does a deed, or asks a second person for it; asked tells which. Form names the form, so that sending it twice does it once.
func (s *DeedService) Do(ctx context.Context, member account.ID, by login.Session, d Deed, form string) (asked bool, err error) {
	defer fault.Wrap(&err, "desk.Do(%s, %s)", member, d.Kind)
	fresh, err := s.fresh(ctx, d, form)
	if err != nil {
		return false, err
	}
	err = s.Store.ChangeCase(ctx, member, by.ID, func(c Case, now calendar.Moment) (change Change, err error) {
		change, err = c.Do(d, fresh, s.Rules, now)
		asked = change.New != nil
		return change, err
	})
	return asked, err
}

// fresh draws what a deed needs.
func (s *DeedService) fresh(ctx context.Context, d Deed, form string) (f Fresh, err error) {
	f = Fresh{Request: secret.NewID(), Letter: secret.NewID()}
	if d.Kind == NewLetter {
		f.Order, err = s.Tokens.Draw(ctx, form)
	}
	return f, err
}

// Identify checks what a caller said, counts a wrong try, and remembers a right one for the session.
func (s *DeedService) Identify(ctx context.Context, member account.ID, by login.Session, said Answers) (done Checked, err error) {
	defer fault.Wrap(&err, "desk.Identify(%s)", member)
	err = s.Store.ChangeCase(ctx, member, by.ID, func(c Case, now calendar.Moment) (change Change, err error) {
		done, change, err = c.Identify(said, s.Rules, now)
		return change, err
	})
	return done, err
}

// Vouch identifies a caller by other means.
func (s *DeedService) Vouch(ctx context.Context, member account.ID, by login.Session, way Way) (err error) {
	defer fault.Wrap(&err, "desk.Vouch(%s)", member)
	return s.Store.ChangeCase(ctx, member, by.ID, func(c Case, now calendar.Moment) (Change, error) {
		return c.Vouch(way, s.Rules, now)
	})
}

// Request shows a request as of now, with the case that it belongs to.
func (s *DeedService) Request(ctx context.Context, by login.Session, id string) (p Picture, c Case, now calendar.Moment, err error) {
	defer fault.Wrap(&err, "desk.Request(%s)", id)
	r, err := s.Store.DeskRequest(ctx, id)
	if err != nil {
		return p, c, now, err
	}
	if c, now, err = s.Store.Case(ctx, r.Member, by.ID); err != nil {
		return p, c, now, err
	}
	return c.Picture(r), c, now, nil
}

// Decide closes a request.
func (s *DeedService) Decide(ctx context.Context, by login.Session, d Decision) (err error) {
	defer fault.Wrap(&err, "desk.Decide(%s, %s)", d.Request, d.State)
	r, err := s.Store.DeskRequest(ctx, d.Request)
	if err != nil {
		return err
	}
	if r.State != RequestOpen {
		return fault.New(fault.Conflict, "deed.fault.closed")
	}
	fresh, err := s.fresh(ctx, r.Deed, "")
	if err != nil {
		return err
	}
	var refused error
	err = s.Store.ChangeCase(ctx, r.Member, by.ID, func(c Case, now calendar.Moment) (change Change, err error) {
		change, refused = c.Decide(d, fresh, s.Rules, now)
		if len(change.Closed) > 0 {
			return change, nil // a lapsed one is written down all the same
		}
		return change, refused
	})
	if err == nil {
		err = refused
	}
	return err
}

// Tell is the job that tells those who may decide of a request.
type Tell struct{ Request string }

// JobKind names the job; it is never renamed.
func (Tell) JobKind() string { return "request.tell" }

// Encode gives the wire form of the job.
func (t Tell) Encode() (secret.Bytes, error) { return json.Marshal(t) }

// Handlers gives the handlers of this package's jobs.
func (s *DeedService) Handlers() map[string]job.Handler {
	policy := job.Policy{Try: 30 * time.Second, First: time.Second, Most: 5 * time.Minute, GiveUp: 24 * time.Hour}
	return map[string]job.Handler{Tell{}.JobKind(): {Do: s.tell, Policy: policy}}
}

// tell does the job. Done again after a crash, it finds the e-mails that it queued by their keys.
func (s *DeedService) tell(ctx context.Context, j job.Job) error {
	var t Tell
	if err := json.Unmarshal(j.Payload, &t); err != nil || t.Request == "" {
		return job.Permanent(errors.New("the payload names no request"))
	}
	r, err := s.Store.DeskRequest(ctx, t.Request)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	now, wrong := s.Store.Now(ctx)
	if err = errors.Join(err, wrong); err != nil {
		return err
	}
	if !r.Waiting(now) {
		return nil
	}
	staff, err := s.Store.Deciders(ctx, login.RolesOf(login.Decide))
	if err != nil {
		return err
	}
	var work []job.Request
	for _, a := range staff {
		if r.Own(a.ID) {
			continue
		}
		m := mail.DecisionWaiting{To: a.MailTo(), Greeting: a.Person.Greeting(), Letter: r.Deed.Kind == ReleaseLetter, Until: r.Until}
		work = append(work, job.Request{Work: m, Key: fmt.Sprintf("%s/%s/%s", m.JobKind(), r.ID, a.ID)})
	}
	return s.Store.QueueAll(ctx, work)
}
