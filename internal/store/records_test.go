package store_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/oversight"
	"torhaus/internal/profile"
	"torhaus/internal/store/storetest"
)

// told writes events, a minute apart, and gives the record numbers that they got.
func told(t *testing.T, w storetest.World, events ...audit.Event) (first int64) {
	t.Helper()
	head, err := w.DB.AuditHead(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		w.Clock.Advance(time.Minute)
		if err := w.DB.Note(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	return head.Seq + 1
}

// trail gives the numbers of a query's records.
func trail(t *testing.T, w storetest.World, q oversight.Query, portion int) (numbers []int64) {
	t.Helper()
	for r, err := range w.DB.Trail(t.Context(), q, portion) {
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, r.Seq)
	}
	return numbers
}

// story is what the tests of trails read: what staff and two members did.
var story = []audit.Event{
	{Kind: audit.PasswordRight, Actor: "anna", Account: "anna"},
	{Kind: audit.CodeRight, Actor: "anna", Account: "anna"},
	{Kind: audit.MemberSeen, Actor: "dora", Account: "anna"},
	{Kind: audit.TokenSuspended, Actor: "dora", Account: "anna"},
	{Kind: audit.PasswordRight, Actor: "berta", Account: "berta"},
	{Kind: audit.LetterHanded, Actor: audit.System, Account: "berta"},
	{Kind: audit.PasswordRight, Actor: "dora", Account: "dora"},
	{Kind: audit.MemberSeen, Actor: "dora", Account: "berta"},
	{Kind: audit.AuditSeen, Actor: "emil"},
}

func TestTrail_GivesTheRecordsOfAFilterNewestFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		begin, err := w.DB.Now(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		first := told(t, w, story...)
		at := func(minutes int) time.Time { return begin.Add(time.Duration(minutes) * time.Minute) }
		for name, c := range map[string]struct {
			q    oversight.Query
			want []int // places in the story, from 0
		}{
			"all":                       {oversight.Query{}, []int{8, 7, 6, 5, 4, 3, 2, 1, 0}},
			"what was done to a member": {oversight.Query{People: []account.ID{"anna"}}, []int{3, 2, 1, 0}},
			"what staff did":            {oversight.Query{People: []account.ID{"dora"}}, []int{7, 6, 3, 2}},
			"two who meet":              {oversight.Query{People: []account.ID{"dora", "anna"}}, []int{7, 6, 3, 2, 1, 0}},
			"one kind":                  {oversight.Query{Kinds: []audit.Kind{audit.MemberSeen}}, []int{7, 2}},
			"several kinds":             {oversight.Query{Kinds: []audit.Kind{audit.MemberSeen, audit.PasswordRight, audit.TokenLifted}}, []int{7, 6, 4, 2, 0}},
			"person and kind":           {oversight.Query{People: []account.ID{"dora"}, Kinds: []audit.Kind{audit.MemberSeen}}, []int{7, 2}},
			"a span":                    {oversight.Query{From: at(2), Until: at(5)}, []int{3, 2, 1}},
			"a span of a person":        {oversight.Query{People: []account.ID{"anna"}, From: at(2), Until: at(3)}, []int{1}},
			"before a record":           {oversight.Query{Before: first + 2}, []int{1, 0}},
			"before a record of others": {oversight.Query{People: []account.ID{"berta"}, Before: first + 6}, []int{5, 4}},
			"before the end of a span":  {oversight.Query{Before: first + 8, Until: at(3)}, []int{1, 0}},
			"nobody":                    {oversight.Query{People: []account.ID{"nobody"}}, nil},
		} {
			var want []int64
			for _, n := range c.want {
				want = append(want, first+int64(n))
			}
			for _, portion := range []int{1, 2, 100} {
				if got := trail(t, w, c.q, portion); !slices.Equal(got, want) {
					t.Errorf("%s, by %d: %v, want %v", name, portion, got, want)
				}
			}
		}
		for _, err := range w.DB.Trail(t.Context(), oversight.Query{Before: 4711}, 2) {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("before a record that is not there: %v", err)
			}
		}
	})
}

func TestTrail_RecordsOfOneMomentAllCome(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		var events []audit.Event
		for i := range 25 {
			events = append(events, audit.Event{Kind: audit.CodeRight, Actor: "a", Account: fmt.Sprint("m", i%2)})
		}
		if err := w.DB.Note(t.Context(), events...); err != nil {
			t.Fatal(err)
		}
		if got := trail(t, w, oversight.Query{}, 4); len(got) != 25 || !slices.IsSortedFunc(got, func(a, b int64) int { return int(b - a) }) {
			t.Errorf("%v", got)
		}
		if got := trail(t, w, oversight.Query{People: []account.ID{"a", "m1"}}, 4); len(got) != 25 {
			t.Errorf("of two branches: %d", len(got))
		}
	})
}

func TestTrail_ShowsNothingThatIsWrittenWhileItIsRead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		told(t, w, story...)
		n := 0
		for r, err := range w.DB.Trail(t.Context(), oversight.Query{}, 2) {
			if err != nil {
				t.Fatal(err)
			}
			if r.Kind == audit.TokenLifted {
				t.Error("a record that was written meanwhile")
			}
			told(t, w, audit.Event{Kind: audit.TokenLifted, Actor: "dora", Account: "anna"})
			n++
		}
		if n != len(story) {
			t.Errorf("%d records", n)
		}
	})
}

func TestTrail_IsReadByAnIndexWhateverTheFilter(t *testing.T) {
	w := storetest.SQLite(t)
	told(t, w, story...)
	for name, q := range map[string]oversight.Query{
		"all": {}, "person": {People: []account.ID{"dora"}}, "kinds": {Kinds: []audit.Kind{audit.CodeRight, audit.MemberSeen}},
		"span": {From: time.Unix(1, 0), Until: time.Now().Add(time.Hour)}, "person and kind": {People: []account.ID{"dora"}, Kinds: []audit.Kind{audit.CodeRight}},
	} {
		plans, err := w.DB.TrailPlans(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, plan := range plans {
			if !strings.Contains(plan, "USING INDEX audit_event_") || strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("%s: %s", name, plan)
			}
		}
	}
}

func TestFindPeople_ByNumberUserNameAndID(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		newHouse(t, w)
		if err := w.DB.CreateStaff(t.Context(), account.Account{
			ID: "dora", UserName: "D.Amsel", State: account.Active, Email: "d@kvb.example", Person: account.Person{First: "Dora", Last: "Amsel"},
		}, anyHash, []account.Role{account.Auditor}); err != nil {
			t.Fatal(err)
		}
		s := &oversight.Service{Store: w.DB}
		for typed, want := range map[string]string{
			"abeispiel": "anna", " ABeispiel ": "anna", "anna": "anna", "d.amsel": "dora", "amsel": "dora", "Dora  Amsel": "dora", "dora": "dora",
			"": "", "ab": "", "' OR 1=1 --": "", "staff d.amsel": "", "%": "", strings.Repeat("x", 5000): "",
		} {
			people, err := s.Find(t.Context(), "person", typed)
			got := ""
			if len(people) == 1 {
				got = string(people[0].ID)
			}
			if got != want || len(people) > 1 || (want == "") != fault.Is(err, fault.Invalid) {
				t.Errorf("%.20q: %q, %v", typed, got, err)
			}
		}
	})
}

func TestNoteOnce_TheSameLookLeavesOneRecordInAQuarterOfAnHour(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		look := func(actor, member, reason string) int {
			before := len(w.Audit(t))
			e := audit.Event{Kind: audit.AuditSeen, Actor: actor, Account: member, Reason: reason}
			if err := w.DB.NoteOnce(t.Context(), 15*time.Minute, e); err != nil {
				t.Fatal(err)
			}
			return len(w.Audit(t)) - before
		}
		for _, c := range []struct {
			actor, member, reason string
			wait                  time.Duration
			want                  int
		}{
			{"emil", "", "all", 0, 1},
			{"emil", "", "all", time.Minute, 0},
			{"emil", "", "login.*", 0, 1},
			{"emil", "anna", "all", 0, 1},
			{"emil", "emil", "all", 0, 1},
			{"emil", "emil", "all", time.Minute, 0},
			{"dora", "", "all", 0, 1},
			{"emil", "", "all", 15 * time.Minute, 1},
		} {
			w.Clock.Advance(c.wait)
			if got := look(c.actor, c.member, c.reason); got != c.want {
				t.Errorf("%+v: %d records", c, got)
			}
		}
	})
}

// checker is oversight whose verification a test decides.
func checker(w storetest.World, verify func(context.Context, func(int64)) (oversight.Verdict, error)) *oversight.Service {
	return &oversight.Service{Store: w.DB, Verify: verify}
}

// work carries out the jobs of verifications that are due.
func work(t *testing.T, w storetest.World, s *oversight.Service) (errs []error) {
	t.Helper()
	jobs, err := w.DB.Claim(t.Context(), "test", time.Minute, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		err := s.Handlers()[j.Kind].Do(t.Context(), j)
		if errs = append(errs, err); err != nil {
			continue
		}
		if err := w.DB.Done(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	return errs
}

var emil = oversight.Reader{Account: "emil", Session: "s1"}

func newest(t *testing.T, s *oversight.Service) oversight.Check {
	t.Helper()
	checks, _, err := s.Checks(t.Context())
	if err != nil || len(checks) == 0 {
		t.Fatal(checks, err)
	}
	return checks[0]
}

func TestCheck_OneAtATimeWithItsOutcomeInTheChain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		told(t, w, story...)
		var s *oversight.Service
		s = checker(w, func(_ context.Context, seen func(int64)) (oversight.Verdict, error) {
			seen(30_000)
			if c := newest(t, s); c.Done != 30_000 || !c.Open() {
				t.Errorf("under way: %+v", c)
			}
			return oversight.Verdict{Records: 10, Vouched: 9}, nil
		})
		if err := s.AskCheck(t.Context(), emil); err != nil {
			t.Fatal(err)
		}
		if err := s.AskCheck(t.Context(), emil); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second one: %v", err)
		}
		if c := newest(t, s); !c.Open() || c.By != "emil" || c.Total != int64(len(story)) {
			t.Errorf("asked for: %+v", c)
		}
		if errs := work(t, w, s); len(errs) != 1 || errs[0] != nil {
			t.Fatal(errs)
		}
		if c := newest(t, s); c.Outcome != oversight.Whole || c.Vouched != 9 || c.Done != 10 || c.Ended.IsZero() {
			t.Errorf("done: %+v", c)
		}
		chain := w.Audit(t)
		if last := chain[len(chain)-1]; last.Kind != audit.AuditChecked || last.Reason != "whole" {
			t.Errorf("the chain ends with %+v", last)
		}
		if err := s.AskCheck(t.Context(), emil); err != nil {
			t.Errorf("again: %v", err)
		}
	})
}

func TestCheck_NamesTheFirstBrokenPlace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		told(t, w, story...)
		s := checker(w, func(ctx context.Context, _ func(int64)) (v oversight.Verdict, err error) {
			err = w.DB.ReadAudit(ctx, 0, func(records iter.Seq2[audit.Record, error], head audit.Head) (err error) {
				v.Records, err = audit.Verify(records, head)
				return err
			})
			return v, err
		})
		if err := w.DB.Exec(t.Context(), `UPDATE audit_event SET reason = 'forged' WHERE seq = 4`); err != nil {
			t.Fatal(err)
		}
		if err := s.AskCheck(t.Context(), emil); err != nil {
			t.Fatal(err)
		}
		work(t, w, s)
		if c := newest(t, s); c.Outcome != oversight.Broken || c.Place != 4 || c.Damage != audit.Altered || c.Detail == "" {
			t.Errorf("%+v", c)
		}
	})
}

func TestCheck_ThatCannotBeCarriedOutSaysSo(t *testing.T) {
	w := storetest.SQLite(t)
	s := checker(w, func(context.Context, func(int64)) (oversight.Verdict, error) {
		return oversight.Verdict{}, errors.New("no folder")
	})
	if err := s.AskCheck(t.Context(), emil); err != nil {
		t.Fatal(err)
	}
	work(t, w, s)
	if c := newest(t, s); c.Outcome != oversight.Unknown || c.Detail != "no folder" {
		t.Errorf("%+v", c)
	}
}

func TestCheck_ThatDiedGivesWayToANewOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		var s *oversight.Service
		s = checker(w, func(ctx context.Context, seen func(int64)) (oversight.Verdict, error) {
			w.Clock.Advance(11 * time.Minute) // nothing was heard of it
			if err := s.AskCheck(ctx, emil); err != nil {
				t.Error("a new one: ", err)
			}
			seen(30_000)
			return oversight.Verdict{}, ctx.Err()
		})
		if err := s.AskCheck(t.Context(), emil); err != nil {
			t.Fatal(err)
		}
		if errs := work(t, w, s); len(errs) != 1 || errs[0] != nil {
			t.Error(errs)
		}
		checks, _, err := s.Checks(t.Context())
		if err != nil || len(checks) != 2 || !checks[0].Open() || checks[1].Outcome != oversight.Unknown {
			t.Errorf("%+v, %v", checks, err)
		}
	})
}

func TestCheck_GoesOnAfterTheProgramEnded(t *testing.T) {
	w := storetest.SQLite(t)
	ctx, end := context.WithCancel(t.Context())
	s := checker(w, func(ctx context.Context, _ func(int64)) (oversight.Verdict, error) {
		end()
		return oversight.Verdict{}, ctx.Err()
	})
	if err := s.AskCheck(t.Context(), emil); err != nil {
		t.Fatal(err)
	}
	jobs, err := w.DB.Claim(t.Context(), "test", time.Minute, 10)
	if err != nil || len(jobs) != 1 {
		t.Fatal(jobs, err)
	}
	if err := s.Handlers()[jobs[0].Kind].Do(ctx, jobs[0]); !errors.Is(err, context.Canceled) {
		t.Errorf("%v: the job is not tried again", err)
	}
	if c := newest(t, s); !c.Open() {
		t.Errorf("%+v", c)
	}
}

// tallying is oversight that counts figures by the profile's calendar.
func tallying(t *testing.T, w storetest.World) *oversight.Service {
	t.Helper()
	rules, err := profile.Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	return &oversight.Service{Store: w.DB, Watch: letter.WatchOf(rules)}
}

func TestFigures_FollowTheChain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		w.Clock.To(time.Date(2026, 11, 22, 22, 30, 0, 0, time.UTC)) // half past eleven in Munich
		h := newHouse(t, w)
		if err := w.DB.CreateStaff(t.Context(), account.Account{ID: "dora", UserName: "dora", State: account.Active, Email: "d@kvb.example"},
			anyHash, []account.Role{account.Auditor}); err != nil {
			t.Fatal(err)
		}
		s := tallying(t, w)
		today, tomorrow := calendar.Date{Year: 2026, Month: 11, Day: 22}, calendar.Date{Year: 2026, Month: 11, Day: 23}
		h.order("first")
		note := func(events ...audit.Event) {
			if err := w.DB.Note(t.Context(), events...); err != nil {
				t.Fatal(err)
			}
		}
		right := audit.Event{Kind: audit.CodeRight, Actor: "anna", Account: "anna"}
		note(right, right, audit.Event{Kind: audit.LoginRefused, Actor: audit.Anonymous, Account: "anna", Reason: "10 tries"},
			audit.Event{Kind: audit.CodeRight, Actor: "dora", Account: "dora"}, audit.Event{Kind: audit.PasswordWrong, Actor: audit.Anonymous, Account: "anna"})
		for range 2 { // counting again changes nothing
			if err := s.Count(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.Clock.Advance(time.Hour) // the next day
		note(right)
		if err := s.Count(t.Context()); err != nil {
			t.Fatal(err)
		}
		table, err := s.Figures(t.Context(), oversight.Span{First: today.AddDays(-1), Last: tomorrow, Grain: oversight.ByDay})
		if err != nil || len(table.Periods) != 3 || table.At.IsZero() {
			t.Fatal(table, err)
		}
		for i, want := range []map[oversight.Figure]int64{
			{},
			{oversight.Orders: 1, oversight.Queued: 1, oversight.Logins: 2, oversight.Failures: 11, oversight.UnderWay: 1},
			{oversight.Logins: 1, oversight.UnderWay: 1},
		} {
			for _, f := range oversight.Figures {
				if got := table.Periods[i].Counts[f]; got != want[f] {
					t.Errorf("day %d: %d %s, want %d", i, got, f, want[f])
				}
			}
		}
		if table.Periods[0].Stood || !table.Periods[1].Stood {
			t.Error("it is known how things stood on the wrong days")
		}
		if table.Stand.Tokens("soft", "pending") != 1 || table.Stand.Day != tomorrow {
			t.Errorf("%+v", table.Stand)
		}
	})
}

func TestFigures_OfTwoThatCountAtOnceOneDoes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		told(t, w, story...)
		begun := make(chan struct{})
		other := make(chan error, 1)
		go func() {
			<-begun
			_, err := w.DB.CountEvents(t.Context(), 100, one)
			other <- err
		}()
		_, err := w.DB.CountEvents(t.Context(), 100, func(events []oversight.Happened) []oversight.DayCount {
			close(begun)
			if err := <-other; err != nil { // has counted the same events meanwhile
				t.Error(err)
			}
			return one(events)
		})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := w.DB.Count(t.Context(), `SELECT sum(count) FROM figure_day`); err != nil || n != int64(len(story)) {
			t.Errorf("%d events were counted of %d, %v", n, len(story), err)
		}
	})
}

// one counts events of whatever kind on one day.
func one(events []oversight.Happened) []oversight.DayCount {
	return []oversight.DayCount{{Day: calendar.Date{Year: 2026, Month: 1, Day: 1}, Realm: account.Member, Kind: audit.CodeRight, Count: int64(len(events))}}
}
