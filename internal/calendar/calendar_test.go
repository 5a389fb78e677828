package calendar_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/calendar"
)

func date(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func moment(t testing.TB, s string) time.Time {
	t.Helper()
	m, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestParseDateTakesDaysThatExist(t *testing.T) {
	for _, s := range []string{"2026-12-06", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"} {
		if got := date(t, s).String(); got != s {
			t.Errorf("%s reads as %s", s, got)
		}
	}
	for _, s := range []string{
		"", "2026-12-6", "2026-2-29", "2025-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-11-31",
		"0000-01-01", "-001-01-01", "06.12.2026", "2026/12/06", "2026-12-06 ", " 2026-12-06", "2026-12-06T00:00:00Z",
		"２０２６-12-06", "+026-12-06", "2026-12-0x", strings.Repeat("9", 1000),
	} {
		if d, err := calendar.ParseDate(s); err == nil {
			t.Errorf("%q reads as %s", s, d)
		} else if len(err.Error()) > 200 {
			t.Errorf("the error for a long input is %d bytes long", len(err.Error()))
		}
	}
}

func TestDateIsWrittenForPeople(t *testing.T) {
	tests := []struct{ day, german, long, short string }{
		{"2026-12-06", "6. Dezember 2026", "Sonntag, 6. Dezember 2026", "06.12.2026"},
		{"2026-12-07", "7. Dezember 2026", "Montag, 7. Dezember 2026", "07.12.2026"},
		{"2024-02-29", "29. Februar 2024", "Donnerstag, 29. Februar 2024", "29.02.2024"},
		{"2027-03-20", "20. März 2027", "Samstag, 20. März 2027", "20.03.2027"},
	}
	for _, tt := range tests {
		d := date(t, tt.day)
		if diff := cmp.Diff([]string{tt.german, tt.long, tt.short}, []string{d.German(), d.GermanLong(), d.GermanShort()}); diff != "" {
			t.Error(diff)
		}
	}
	var none calendar.Date
	if s := none.String() + none.German() + none.GermanLong() + none.GermanShort() + calendar.GermanTime(time.Time{}); s != "" {
		t.Errorf("no day is written as %q", s)
	}
}

func TestGermanTimeFollowsTheClockOfBerlin(t *testing.T) {
	tests := []struct{ moment, want string }{
		{"2026-12-06T22:59:59.999999Z", "6. Dezember 2026, 23:59 Uhr"},
		{"2026-12-06T23:00:00Z", "7. Dezember 2026, 00:00 Uhr"},
		{"2026-07-01T12:05:00Z", "1. Juli 2026, 14:05 Uhr"},
		{"2026-10-25T00:30:00Z", "25. Oktober 2026, 02:30 Uhr"}, // the hour that comes twice, first time
		{"2026-10-25T01:30:00Z", "25. Oktober 2026, 02:30 Uhr"},
		{"2026-03-29T00:59:59Z", "29. März 2026, 01:59 Uhr"},
		{"2026-03-29T01:00:00Z", "29. März 2026, 03:00 Uhr"},
	}
	for _, tt := range tests {
		if got := calendar.GermanTime(moment(t, tt.moment)); got != tt.want {
			t.Errorf("%s is written %q, want %q", tt.moment, got, tt.want)
		}
	}
}

func TestDateOfIsTheDayInBerlin(t *testing.T) {
	tests := []struct{ moment, want string }{
		{"2026-12-05T22:59:59Z", "2026-12-05"},
		{"2026-12-05T23:00:00Z", "2026-12-06"},
		{"2026-06-30T21:59:59Z", "2026-06-30"},
		{"2026-06-30T22:00:00Z", "2026-07-01"},
		{"2026-12-31T22:59:59Z", "2026-12-31"},
		{"2026-12-31T23:00:00Z", "2027-01-01"},
		{"2026-12-31T15:00:00-08:00", "2027-01-01"},
		{"2028-02-28T23:30:00Z", "2028-02-29"},
	}
	for _, tt := range tests {
		if got := calendar.DateOf(moment(t, tt.moment)).String(); got != tt.want {
			t.Errorf("%s falls on %s, want %s", tt.moment, got, tt.want)
		}
	}
}

func TestADayEndsAtMidnightInBerlinWhateverItsLength(t *testing.T) {
	tests := []struct {
		day, start, end string
		hours           int
	}{
		{"2026-12-06", "2026-12-05T23:00:00Z", "2026-12-06T23:00:00Z", 24},
		{"2026-07-01", "2026-06-30T22:00:00Z", "2026-07-01T22:00:00Z", 24},
		{"2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23},
		{"2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25},
		{"2026-12-31", "2026-12-30T23:00:00Z", "2026-12-31T23:00:00Z", 24},
		{"2028-02-29", "2028-02-28T23:00:00Z", "2028-02-29T23:00:00Z", 24},
	}
	for _, tt := range tests {
		d := date(t, tt.day)
		if !d.Start().Equal(moment(t, tt.start)) || !d.End().Equal(moment(t, tt.end)) {
			t.Errorf("%s lasts from %s to %s", tt.day, d.Start().UTC(), d.End().UTC())
		}
		if got := d.End().Sub(d.Start()); got != time.Duration(tt.hours)*time.Hour {
			t.Errorf("%s has %v, want %d h", tt.day, got, tt.hours)
		}
		if calendar.DateOf(d.Start()) != d || calendar.DateOf(d.End().Add(-1)) != d || calendar.DateOf(d.End()) != d.AddDays(1) {
			t.Errorf("%s: its first and last instants belong to other days", tt.day)
		}
	}
}

// The rule behind KVB11: the day of the deed is not counted, the last day is included.
func TestKVB11_LastDayIsTheDeedsDayPlusNCalendarDays(t *testing.T) {
	tests := []struct {
		name, deed string
		n          calendar.Days
		last, end  string
	}{
		{"an ordinary order", "2026-11-22T09:00:00Z", 14, "2026-12-06", "2026-12-06T23:00:00Z"},
		{"at the first instant of the day", "2026-11-21T23:00:00Z", 14, "2026-12-06", "2026-12-06T23:00:00Z"},
		{"at the last instant of the day", "2026-11-22T22:59:59Z", 14, "2026-12-06", "2026-12-06T23:00:00Z"},
		{"an instant later", "2026-11-22T23:00:00Z", 14, "2026-12-07", "2026-12-07T23:00:00Z"},
		{"over the shift in spring", "2026-03-20T10:00:00Z", 14, "2026-04-03", "2026-04-03T22:00:00Z"},
		{"over the shift in autumn", "2026-10-15T10:00:00Z", 14, "2026-10-29", "2026-10-29T23:00:00Z"},
		{"ending on the short day", "2026-03-15T10:00:00Z", 14, "2026-03-29", "2026-03-29T22:00:00Z"},
		{"ending on the long day", "2026-10-11T10:00:00Z", 14, "2026-10-25", "2026-10-25T23:00:00Z"},
		{"over the year's end", "2026-12-24T10:00:00Z", 14, "2027-01-07", "2027-01-07T23:00:00Z"},
		{"over a leap day", "2028-02-20T10:00:00Z", 14, "2028-03-05", "2028-03-05T23:00:00Z"},
		{"over no leap day", "2027-02-20T10:00:00Z", 14, "2027-03-06", "2027-03-06T23:00:00Z"},
		{"28 days", "2026-11-22T09:00:00Z", 28, "2026-12-20", "2026-12-20T23:00:00Z"},
		{"no days: the rest of the day", "2026-11-22T09:00:00Z", 0, "2026-11-22", "2026-11-22T23:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			last := calendar.LastDay(moment(t, tt.deed), tt.n)
			if last.String() != tt.last || !last.End().Equal(moment(t, tt.end)) {
				t.Errorf("last day %s, over at %s; want %s, %s", last, last.End().UTC().Format(time.RFC3339), tt.last, tt.end)
			}
		})
	}
}

func TestDaysAreOrdered(t *testing.T) {
	ordered := []string{"2025-12-31", "2026-01-01", "2026-01-02", "2026-02-01", "2027-01-01"}
	for i, a := range ordered {
		for j, b := range ordered {
			x, y := date(t, a), date(t, b)
			if x.Before(y) != (i < j) || x.After(y) != (i > j) || (x.Compare(y) == 0) != (i == j) || (x == y) != (i == j) {
				t.Errorf("%s and %s are out of order", a, b)
			}
		}
	}
}

func TestAddDaysGoesBothWays(t *testing.T) {
	tests := []struct {
		day  string
		n    calendar.Days
		want string
	}{
		{"2026-12-31", 1, "2027-01-01"},
		{"2027-01-01", -1, "2026-12-31"},
		{"2028-02-28", 1, "2028-02-29"},
		{"2027-02-28", 1, "2027-03-01"},
		{"2028-03-01", -1, "2028-02-29"},
		{"2026-11-22", 365, "2027-11-22"},
	}
	for _, tt := range tests {
		if got := date(t, tt.day).AddDays(tt.n).String(); got != tt.want {
			t.Errorf("%s and %d days is %s, want %s", tt.day, tt.n, got, tt.want)
		}
	}
}

func TestDateTravelsAsText(t *testing.T) {
	type letter struct {
		Until calendar.Date `json:"until"`
		Sent  calendar.Date `json:"sent"`
	}
	data, err := json.Marshal(letter{Until: date(t, "2026-12-06")})
	if err != nil || string(data) != `{"until":"2026-12-06","sent":""}` {
		t.Fatalf("%s, %v", data, err)
	}
	var back letter
	if err := json.Unmarshal(data, &back); err != nil || back.Until != date(t, "2026-12-06") || !back.Sent.IsZero() {
		t.Errorf("%+v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"until":"2026-02-30"}`), &back); err == nil {
		t.Error("30 February travels")
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-12-06", "2024-02-29", "0001-01-01", "9999-12-31", "2026-2-9", "", "20261206aa", "\xff\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := calendar.ParseDate(s)
		if err != nil {
			return
		}
		if d.String() != s || d.IsZero() {
			t.Errorf("%q reads as %s", s, d)
		}
		if d.AddDays(1).AddDays(-1) != d || calendar.DateOf(d.End().Add(-1)) != d {
			t.Errorf("%s is not the day before the next", d)
		}
	})
}
