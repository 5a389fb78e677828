package desk

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/organisation"
)

// OrganisationRow is one line of a list of organisations.
type OrganisationRow struct {
	Organisation   organisation.Organisation
	Administrators int // active ones
	Clerks         int // who may log in, or may as soon as there is an administrator
	Waiting        int // registrations that wait for their release
	Next           OrganisationPlace
}

// OrganisationPlace is where a list goes on: behind the last row of the page before. Its zero value begins at the start.
type OrganisationPlace struct {
	Key string          `json:"k,omitempty"`
	ID  organisation.ID `json:"i,omitempty"`
}

// OrganisationFilter chooses the organisations of a list, by name.
type OrganisationFilter string

// The lists of organisations.
const (
	AllOrganisations OrganisationFilter = "all"
	NobodyThere      OrganisationFilter = "no-administrator" // without an active administrator
	Releasable       OrganisationFilter = "waiting"          // with registrations that wait for their release
)

// OrganisationFilters lists them, in the order in which they are shown.
var OrganisationFilters = []OrganisationFilter{AllOrganisations, Releasable, NobodyThere}

// OrganisationRecord is what the body's staff see of an organisation at one moment.
type OrganisationRecord struct {
	Now     calendar.Moment
	Team    organisation.Team
	Letters []letter.Letter            // to its address, newest first, without their content
	Events  []audit.Record             // about it and its people, newest first; only the last ones
	People  map[string]account.Account // who did what is told of, by id; without those that are unknown
}

// Who tells who the actor of an audit event is, and whether it is the one whom the event is about.
func (r OrganisationRecord) Who(e audit.Record) Who {
	if e.Actor == e.Account {
		return Who{Member: true}
	}
	return Who{Name: r.People[e.Actor].Person.Name(), System: e.Actor == audit.System}
}

// OrganisationStore finds organisations and reads their records.
type OrganisationStore interface {
	// ListOrganisations gives at most so many rows of a list behind a place in it.
	ListOrganisations(ctx context.Context, f OrganisationFilter, after OrganisationPlace, most int) ([]OrganisationRow, error)
	// FindOrganisations gives those that a term means: as a whole by number or address, by the beginning of a word by name.
	FindOrganisations(ctx context.Context, t Term, after OrganisationPlace, most int) ([]OrganisationRow, error)
	// OrganisationRecord reads all of an organisation at one moment. An unknown id is fault.NotFound.
	OrganisationRecord(ctx context.Context, id organisation.ID) (OrganisationRecord, error)
	// CountRegistrations counts the registrations that wait for their release by staff: of administrators, and of data centres.
	CountRegistrations(ctx context.Context) (int, error)
	// NoteOnce writes events of staff, but none of which one like it was written within the span.
	NoteOnce(ctx context.Context, within time.Duration, events ...audit.Event) error
}

// OrganisationService shows organisations to staff.
type OrganisationService struct {
	Store OrganisationStore
	Rules Rules
}

// OrganisationPage is one page of a list.
type OrganisationPage struct {
	Rows []OrganisationRow
	Next *OrganisationPlace // nil on the last page
}

func cutOrganisations(rows []OrganisationRow) (p OrganisationPage) {
	if p.Rows = rows; len(rows) > PageSize {
		p.Rows = rows[:PageSize]
		p.Next = &p.Rows[PageSize-1].Next
	}
	return p
}

// List gives a page of a list.
func (s *OrganisationService) List(ctx context.Context, f OrganisationFilter, after OrganisationPlace) (p OrganisationPage, err error) {
	defer fault.Wrap(&err, "desk.ListOrganisations(%s)", f)
	rows, err := s.Store.ListOrganisations(ctx, f, after, PageSize+1)
	return cutOrganisations(rows), err
}

// OrganisationTerm tells what something typed means where organisations are looked for.
func OrganisationTerm(typed string) (Term, bool) {
	typed = strings.Join(strings.Fields(norm.NFKC.String(typed)), " ")
	if typed == "" || utf8.RuneCountInString(typed) > LongestTyped {
		return Term{}, false
	}
	number := strings.ToUpper(strings.Map(pack, typed))
	switch {
	case strings.Contains(typed, "@"):
		return Term{ByEmail, strings.ToLower(typed)}, true
	case numberTyped.MatchString(number) && strings.ContainsAny(number, "0123456789"):
		return Term{ByNumber, number}, true
	}
	key := account.SearchKey(typed)
	return Term{ByName, key}, key != ""
}

// Search finds organisations by what was typed. A number that nobody has may be a part of a name: „Klinik 2“.
func (s *OrganisationService) Search(ctx context.Context, typed string, after OrganisationPlace) (p OrganisationPage, err error) {
	defer fault.Wrap(&err, "desk.SearchOrganisations")
	t, ok := OrganisationTerm(typed)
	if !ok {
		return p, nil
	}
	rows, err := s.Store.FindOrganisations(ctx, t, after, PageSize+1)
	if err == nil && len(rows) == 0 && t.By == ByNumber {
		rows, err = s.Store.FindOrganisations(ctx, Term{ByName, account.SearchKey(typed)}, after, PageSize+1)
	}
	return cutOrganisations(rows), err
}

// Open gives the record of an organisation to one of staff. That it was looked at is recorded first: where that fails, nothing is shown.
func (s *OrganisationService) Open(ctx context.Context, by login.Session, id organisation.ID) (r OrganisationRecord, err error) {
	defer fault.Wrap(&err, "desk.OpenOrganisation(%s)", id)
	if r, err = s.Store.OrganisationRecord(ctx, id); err != nil {
		return OrganisationRecord{}, err
	}
	err = s.Store.NoteOnce(ctx, s.Rules.Desk.SeenEvery.D(), audit.Event{
		Kind: audit.OrganisationSeen, Actor: string(by.Account), Session: string(by.ID), Reason: string(id),
	})
	if err != nil {
		return OrganisationRecord{}, err
	}
	return r, nil
}

// Look records that one of staff sees somebody of a data centre.
func (s *OrganisationService) Look(ctx context.Context, by login.Session, who account.ID) error {
	return s.Store.NoteOnce(ctx, s.Rules.Desk.SeenEvery.D(), audit.Event{
		Kind: audit.MemberSeen, Actor: string(by.Account), Account: string(who), Session: string(by.ID),
	})
}
