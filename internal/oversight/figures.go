package oversight

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
)

// Figure is something that is counted.
type Figure string

// What happened, counted by days from the events of members' accounts.
const (
	Orders      Figure = "orders"
	Activations Figure = "activations"
	Logins      Figure = "logins"   // completed with two factors
	Failures    Figure = "failures" // wrong passwords and codes, refused logins
	Queued      Figure = "queued"   // letters that were ordered
	HandedOver  Figure = "handed-over"
	Returned    Figure = "returned"
)

// How things stood at the end of a period.
const (
	UnderWay Figure = "under-way" // letters that were not handed over yet
	Late     Figure = "late"      // of those, the ones that should have been (KVB10)
)

// Figures lists all, in the order of tables.
var Figures = []Figure{Orders, Activations, Logins, Failures, Queued, HandedOver, Returned, UnderWay, Late}

// counted says what a figure is made of.
var counted = map[audit.Kind]Figure{
	audit.TokenOrdered: Orders, audit.TokenActivated: Activations, audit.CodeRight: Logins,
	audit.PasswordWrong: Failures, audit.CodeWrong: Failures, audit.LoginRefused: Failures,
	audit.LetterQueued: Queued, audit.LetterHanded: HandedOver, audit.LetterReturned: Returned,
}

// Grain is how long the periods of a table are.
type Grain string

// The grains.
const (
	ByDay   Grain = "day"
	ByWeek  Grain = "week"
	ByMonth Grain = "month"
)

// MostPeriods is the number of periods that a table and its charts show.
const MostPeriods = 120

// Span is what somebody asks figures for.
type Span struct {
	First, Last calendar.Date
	Grain       Grain
}

// Fit gives the span with the first grain, beginning with its own, that makes no more periods than can be shown.
func (s Span) Fit() Span {
	for _, coarser := range []Grain{ByWeek, ByMonth} {
		if s.count() <= MostPeriods {
			return s
		}
		if s.Grain != ByMonth {
			s.Grain = coarser
		}
	}
	return s
}

func (s Span) count() int {
	days := int(s.Last.Start().Add(12*time.Hour).Sub(s.First.Start())/(24*time.Hour)) + 1
	switch s.Grain {
	case ByWeek:
		return days/7 + 1
	case ByMonth:
		return 12*(s.Last.Year-s.First.Year) + int(s.Last.Month-s.First.Month) + 1
	default:
		return days
	}
}

// MaxYears bounds a span.
const MaxYears = 10

// Check refuses spans that are none.
func (s Span) Check(from, until string) error {
	switch {
	case s.Last.Before(s.First):
		return fault.InvalidField(until, "records.fault.backwards")
	case s.Last.Year-s.First.Year > MaxYears:
		return fault.InvalidField(from, "records.fault.too-long", MaxYears)
	}
	return nil
}

// Period is a day, a week that begins on a Monday, or a month, cut off where the span begins and ends.
type Period struct {
	First, Last calendar.Date
	Counts      map[Figure]int64
	Stood       bool // it is known how things stood at its end
}

// periods divides the span.
func (s Span) periods() (list []Period) {
	for first := s.First; !first.After(s.Last); {
		last := s.Grain.end(first)
		if last.After(s.Last) {
			last = s.Last
		}
		list = append(list, Period{First: first, Last: last, Counts: map[Figure]int64{}})
		first = last.AddDays(1)
	}
	return list
}

// end gives the last day of the period that a day lies in.
func (g Grain) end(d calendar.Date) calendar.Date {
	switch g {
	case ByWeek:
		return d.AddDays(calendar.Days((7 - int(d.Weekday())) % 7))
	case ByMonth:
		next := calendar.DateOf(time.Date(d.Year, d.Month+1, 1, 12, 0, 0, 0, calendar.Berlin()))
		return next.AddDays(-1)
	default:
		return d
	}
}

// DayCount is how often something was counted on a day.
type DayCount struct {
	Day   calendar.Date
	Realm account.Realm
	Kind  audit.Kind
	Count int64
}

// Stand is how things stand: tokens by kind and state, letters.
type Stand struct {
	Day    calendar.Date
	Counts map[string]int64 // by what TokensOf, string(UnderWay) and string(Late) give
}

// TokensOf names a count of tokens.
func TokensOf(kind, state string) string { return "token " + kind + " " + state }

// Tokens gives how many tokens of a kind are in a state.
func (s Stand) Tokens(kind, state string) int64 { return s.Counts[TokensOf(kind, state)] }

// Happened is an event as figures need it.
type Happened struct {
	Seq    int64
	At     time.Time
	Kind   audit.Kind
	Realm  account.Realm // of the account it was done to
	Reason string
}

// figureStore keeps figures.
type figureStore interface {
	// CountEvents hands the events behind the last counted one to the function, at most so many, and adds what it gives. It tells how
	// many there were. Of two that count at once, one does.
	CountEvents(ctx context.Context, most int, tally func([]Happened) []DayCount) (int, error)
	// TokensNow counts members' tokens by what TokensOf gives.
	TokensNow(ctx context.Context) (map[string]int64, error)
	WaitingLetters(ctx context.Context) ([]time.Time, error)
	// KeepStand keeps how things stand; it takes the place of what the day had.
	KeepStand(ctx context.Context, s Stand) error
	// Counted gives the counts of days, how things stood on them, how they stood last, and when that was.
	Counted(ctx context.Context, first, last calendar.Date, kinds []audit.Kind) (Counted, error)
}

// Counted is what the database knows of days.
type Counted struct {
	Days   []DayCount // of members' accounts
	Stands []Stand    // letters only, by day
	Now    Stand      // the newest
	At     time.Time  // when things were last counted; zero if never
}

// Table is what a page of figures shows.
type Table struct {
	Span    Span
	Periods []Period // oldest first
	Stand   Stand    // the newest
	At      time.Time
}

// Empty tells whether nothing at all was counted in the span.
func (t Table) Empty() bool {
	for _, p := range t.Periods {
		for _, n := range p.Counts {
			if n > 0 {
				return false
			}
		}
	}
	return true
}

// Figures gives the figures of a span.
func (s *Service) Figures(ctx context.Context, span Span) (t Table, err error) {
	defer fault.Wrap(&err, "oversight.Figures")
	var kinds []audit.Kind
	for kind := range counted {
		kinds = append(kinds, kind)
	}
	c, err := s.Store.Counted(ctx, span.First, span.Last, distinct(kinds))
	if err != nil {
		return Table{}, err
	}
	return Table{Span: span, Periods: c.fill(span.periods()), Stand: c.Now, At: c.At}, nil
}

// fill writes counts and stands into periods, which come in order.
func (c Counted) fill(periods []Period) []Period {
	at := func(d calendar.Date) *Period {
		i, _ := slices.BinarySearchFunc(periods, d, func(p Period, d calendar.Date) int { return p.Last.Compare(d) })
		if i == len(periods) || d.Before(periods[i].First) {
			return nil
		}
		return &periods[i]
	}
	for _, d := range c.Days {
		if p := at(d.Day); p != nil {
			p.Counts[counted[d.Kind]] += d.Count
		}
	}
	for _, s := range c.Stands { // in order: the last of a period stays
		if p := at(s.Day); p != nil {
			p.Stood = true
			p.Counts[UnderWay], p.Counts[Late] = s.Counts[string(UnderWay)], s.Counts[string(Late)]
		}
	}
	return periods
}

const (
	countAtOnce = 5000
	standEvery  = time.Hour // even where nothing happens: letters become late by themselves
)

// Count brings the figures up to date: it counts what is new in the chain, and how things stand if anything happened or that was long
// ago.
func (s *Service) Count(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "oversight.Count")
	news := 0
	for {
		n, err := s.Store.CountEvents(ctx, countAtOnce, tally)
		if err != nil {
			return err
		}
		news += n
		if n < countAtOnce {
			break
		}
	}
	now, err := s.Store.Now(ctx)
	if err != nil {
		return err
	}
	today := calendar.DateOf(now.Time)
	c, err := s.Store.Counted(ctx, today, today, nil)
	if err != nil {
		return err
	}
	if news == 0 && c.Now.Day == today && now.Sub(c.At) < standEvery {
		return nil
	}
	return s.keepStand(ctx, today, now)
}

func (s *Service) keepStand(ctx context.Context, today calendar.Date, now calendar.Moment) error {
	counts, err := s.Store.TokensNow(ctx)
	if err != nil {
		return err
	}
	queued, err := s.Store.WaitingLetters(ctx)
	if err != nil {
		return err
	}
	waiting := s.Watch.Count(queued, now.Time)
	counts[string(UnderWay)], counts[string(Late)] = int64(waiting.All), int64(waiting.Late+waiting.Overdue)
	return s.Store.KeepStand(ctx, Stand{Day: today, Counts: counts})
}

// tally counts events by day, realm and kind.
func tally(events []Happened) (list []DayCount) {
	type key struct {
		day   calendar.Date
		realm account.Realm
		kind  audit.Kind
	}
	at := map[key]int{}
	for _, e := range events {
		k := key{calendar.DateOf(e.At), e.Realm, e.Kind}
		i, ok := at[k]
		if !ok {
			i = len(list)
			at[k] = i
			list = append(list, DayCount{Day: k.day, Realm: k.realm, Kind: k.kind})
		}
		list[i].Count += times(e)
	}
	return list
}

// times gives how many an event stands for: refused logins share a record by tens.
func times(e Happened) int64 {
	if e.Kind != audit.LoginRefused {
		return 1
	}
	number, _, _ := strings.Cut(e.Reason, " ")
	if n, err := strconv.ParseInt(number, 10, 32); err == nil && n > 0 {
		return n
	}
	return 1
}
