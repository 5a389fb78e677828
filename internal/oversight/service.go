package oversight

import (
	"context"
	"iter"
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
)

// What the store answers where it cannot do as asked.
var (
	ErrNoRecord = fault.New(fault.NotFound, "records.fault.no-record")
	ErrUnderWay = fault.New(fault.Conflict, "records.fault.under-way")
)

// PerPage is the number of records on a page.
const PerPage = 50

// Store is what oversight needs of the database.
type Store interface {
	// Trail gives records, newest first, read in portions of the given size; the transactions are as long as a portion.
	Trail(ctx context.Context, q Query, portion int) iter.Seq2[audit.Record, error]
	// People gives accounts by id; those that do not exist are left out.
	People(ctx context.Context, ids []account.ID) (map[account.ID]account.Account, error)
	// Serials gives the serial numbers of tokens by id.
	Serials(ctx context.Context, ids []string) (map[string]string, error)
	// FindPeople gives accounts by id, by number in the register, or by one of the keys of user names; and all of staff.
	FindPeople(ctx context.Context, id, number string, keys []string) (found, staff []account.Account, err error)
	// NoteOnce writes events, but none of which one like it was written within the span.
	NoteOnce(ctx context.Context, within time.Duration, events ...audit.Event) error
	// Note writes events.
	Note(ctx context.Context, events ...audit.Event) error
	Now(ctx context.Context) (calendar.Moment, error)

	checkStore
	figureStore
}

// Service answers what the pages of oversight ask.
type Service struct {
	Store Store
	Watch letter.Watch
	// Verify walks the chain and compares it with the signed heads; it tells now and then how many records it has seen.
	Verify func(ctx context.Context, seen func(records int64)) (Verdict, error)
}

// Reader is who looks: a person of staff, in a session.
type Reader struct {
	Account account.ID
	Session string
}

// lookedAgain is the span within which the same look leaves one record.
const lookedAgain = 15 * time.Minute

// Page gives the newest records of a filter, and whether there are older ones. The look is recorded.
func (s *Service) Page(ctx context.Context, f Filter, by Reader) (page []Entry, more bool, err error) {
	defer fault.Wrap(&err, "oversight.Page")
	events, err := s.events(ctx, f, audit.AuditSeen, f.String(), by)
	if err != nil {
		return nil, false, err
	}
	if err := s.Store.NoteOnce(ctx, lookedAgain, events...); err != nil {
		return nil, false, err
	}
	var records []audit.Record
	for r, err := range s.Store.Trail(ctx, f.query(), PerPage+1) {
		if err != nil {
			return nil, false, err
		}
		if len(records) == PerPage {
			more = true
			break
		}
		records = append(records, r)
	}
	page, err = s.entries(ctx, records)
	return page, more, err
}

// events tell of a look through the filter: one for each account that it was after, or one for all. The ids of a filter are what an
// address said, and the chain keeps for good what it is told: those of accounts only enter it.
func (s *Service) events(ctx context.Context, f Filter, kind audit.Kind, reason string, by Reader) (events []audit.Event, err error) {
	e := audit.Event{Kind: kind, Actor: string(by.Account), Session: by.Session, Reason: reason}
	known, err := s.Store.People(ctx, f.People)
	if err != nil {
		return nil, err
	}
	for _, id := range f.People {
		if _, ok := known[id]; ok {
			e.Account = string(id)
			events = append(events, e)
		}
	}
	if len(events) == 0 {
		events = []audit.Event{e}
	}
	return events, nil
}

// entries looks up those whom records name.
func (s *Service) entries(ctx context.Context, records []audit.Record) ([]Entry, error) {
	ids, tokens := references(records)
	people, err := s.Store.People(ctx, ids)
	if err != nil {
		return nil, err
	}
	serials, err := s.Store.Serials(ctx, tokens)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, len(records))
	for i, r := range records {
		entries[i] = Entry{Record: r, Actor: people[account.ID(r.Actor)], Owner: people[account.ID(r.Account)], Serial: serials[r.Token]}
	}
	return entries, nil
}

// People gives the accounts that a filter is after.
func (s *Service) People(ctx context.Context, ids []account.ID) (people []account.Account, err error) {
	defer fault.Wrap(&err, "oversight.People")
	byID, err := s.Store.People(ctx, ids)
	for _, id := range ids {
		if a, ok := byID[id]; ok {
			people = append(people, a)
		}
	}
	return people, err
}

// MostPeople bounds whom a typed name may stand for, and whom a filter takes.
const MostPeople = 10

// Find gives the people that somebody means by a member's number, a user name, the name of one of staff, or an account's id.
// It is Invalid at the field if that is nobody, or more than can be shown.
func (s *Service) Find(ctx context.Context, field, typed string) (people []account.Account, err error) {
	defer fault.Wrap(&err, "oversight.Find")
	typed = strings.Join(strings.Fields(typed), " ")
	if len(typed) > 200 {
		return nil, fault.InvalidField(field, "records.fault.nobody")
	}
	name, _ := account.CanonicalName(typed)
	keys := []string{account.NameKey(account.Member, name), account.NameKey(account.Staff, name)}
	found, staff, err := s.Store.FindPeople(ctx, typed, strings.ReplaceAll(typed, " ", ""), keys)
	if err != nil {
		return nil, err
	}
	people = append(found, named(staff, typed, found)...)
	switch {
	case len(people) == 0:
		return nil, fault.InvalidField(field, "records.fault.nobody")
	case len(people) > MostPeople:
		return nil, fault.InvalidField(field, "records.fault.too-many", len(people))
	}
	return people, nil
}

// named gives those whose name, or last name, was typed, without those who were found already.
func named(staff []account.Account, typed string, found []account.Account) (list []account.Account) {
	known := map[account.ID]bool{}
	for _, a := range found {
		known[a.ID] = true
	}
	for _, a := range staff {
		plain := strings.Join(strings.Fields(a.Person.First+" "+a.Person.Last), " ")
		if !known[a.ID] && (strings.EqualFold(a.Person.Last, typed) || strings.EqualFold(plain, typed) || strings.EqualFold(a.Person.Name(), typed)) {
			list = append(list, a)
		}
	}
	return list
}

// Handlers gives the handlers of this package's jobs.
func (s *Service) Handlers() map[string]job.Handler {
	return map[string]job.Handler{checkWork{}.JobKind(): {Do: s.check, Policy: checkPolicy}}
}
