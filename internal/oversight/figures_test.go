package oversight

import (
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
)

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestSpan_IsDividedIntoPeriodsThatLeaveNoDayOut(t *testing.T) {
	for name, c := range map[string]struct {
		first, last string
		grain       Grain
		want        []string // first and last days
	}{
		"one day":              {"2026-11-22", "2026-11-22", ByDay, []string{"2026-11-22", "2026-11-22"}},
		"days":                 {"2026-12-31", "2027-01-01", ByDay, []string{"2026-12-31", "2026-12-31", "2027-01-01", "2027-01-01"}},
		"weeks from Wednesday": {"2026-11-18", "2026-11-24", ByWeek, []string{"2026-11-18", "2026-11-22", "2026-11-23", "2026-11-24"}},
		"a week from Monday":   {"2026-11-16", "2026-11-22", ByWeek, []string{"2026-11-16", "2026-11-22"}},
		"a week of a Sunday":   {"2026-11-22", "2026-11-23", ByWeek, []string{"2026-11-22", "2026-11-22", "2026-11-23", "2026-11-23"}},
		"months":               {"2026-01-30", "2026-03-02", ByMonth, []string{"2026-01-30", "2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01", "2026-03-02"}},
		"December":             {"2026-12-01", "2027-01-31", ByMonth, []string{"2026-12-01", "2026-12-31", "2027-01-01", "2027-01-31"}},
		"leap year":            {"2028-02-01", "2028-02-29", ByMonth, []string{"2028-02-01", "2028-02-29"}},
		"summer time":          {"2026-03-28", "2026-03-30", ByDay, []string{"2026-03-28", "2026-03-28", "2026-03-29", "2026-03-29", "2026-03-30", "2026-03-30"}},
	} {
		var got []string
		for _, p := range (Span{First: day(c.first), Last: day(c.last), Grain: c.grain}).periods() {
			got = append(got, p.First.String(), p.Last.String())
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %v", name, got)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", name, got, c.want)
				break
			}
		}
	}
}

func TestSpan_IsCountedByLongerPeriodsWhereThereWereTooMany(t *testing.T) {
	for _, c := range []struct {
		first, last string
		grain, want Grain
	}{
		{"2026-08-01", "2026-11-22", ByDay, ByDay},
		{"2026-07-01", "2026-11-22", ByDay, ByWeek},
		{"2020-01-01", "2026-11-22", ByDay, ByMonth},
		{"2020-01-01", "2026-11-22", ByWeek, ByMonth},
		{"2026-11-01", "2026-11-22", ByMonth, ByMonth},
	} {
		s := Span{First: day(c.first), Last: day(c.last), Grain: c.grain}.Fit()
		if s.Grain != c.want || len(s.periods()) > MostPeriods+1 {
			t.Errorf("%+v: by %s, %d periods", c, s.Grain, len(s.periods()))
		}
	}
}

func TestSpan_RefusesWhatIsNone(t *testing.T) {
	for name, c := range map[string]struct {
		first, last string
		refused     bool
	}{
		"a day": {"2026-11-22", "2026-11-22", false}, "backwards": {"2026-11-23", "2026-11-22", true},
		"ten years": {"2016-11-22", "2026-11-22", false}, "the Roman Empire": {"0001-01-01", "2026-11-22", true},
	} {
		err := Span{First: day(c.first), Last: day(c.last)}.Check("from", "until")
		if fault.Is(err, fault.Invalid) != c.refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTally_CountsByTheDayInBerlinAndRefusedLoginsByTheirNumber(t *testing.T) {
	at := func(s string) time.Time {
		moment, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	got := tally([]Happened{
		{At: at("2026-11-22T22:59:59Z"), Kind: audit.CodeRight, Realm: account.Member},
		{At: at("2026-11-22T23:00:00Z"), Kind: audit.CodeRight, Realm: account.Member},
		{At: at("2026-11-22T10:00:00Z"), Kind: audit.CodeRight, Realm: account.Staff},
		{At: at("2026-11-22T10:00:00Z"), Kind: audit.LoginRefused, Realm: account.Member, Reason: "10 tries"},
		{At: at("2026-11-22T10:00:00Z"), Kind: audit.LoginRefused, Realm: account.Member, Reason: "7 tries"},
		{At: at("2026-11-22T10:00:00Z"), Kind: audit.LoginRefused, Realm: account.Member, Reason: "many"},
		{At: at("2026-11-22T10:00:00Z"), Kind: audit.TokenRevoked, Realm: account.Member, Reason: "5 tries"},
	})
	want := []DayCount{
		{day("2026-11-22"), account.Member, audit.CodeRight, 1},
		{day("2026-11-23"), account.Member, audit.CodeRight, 1},
		{day("2026-11-22"), account.Staff, audit.CodeRight, 1},
		{day("2026-11-22"), account.Member, audit.LoginRefused, 18},
		{day("2026-11-22"), account.Member, audit.TokenRevoked, 1},
	}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%+v, want %+v", got[i], want[i])
		}
	}
}
