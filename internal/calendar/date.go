package calendar

import (
	"cmp"
	"fmt"
	"time"
	_ "time/tzdata" // the zone's rules are part of the program
)

var berlin = mustLoad("Europe/Berlin")

func mustLoad(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // impossible: the data is linked in
	}
	return loc
}

// Berlin gives the legal time of Germany (§ 1 Einheiten- und Zeitgesetz, Sommerzeitverordnung).
func Berlin() *time.Location { return berlin }

// Date is a day of the calendar, without hour or zone. Its zero value is no day at all. Years are 1 to 9999.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf gives the day that a moment falls on in Europe/Berlin.
func DateOf(t time.Time) Date {
	y, m, d := t.In(berlin).Date()
	return Date{Year: y, Month: m, Day: d}
}

// ParseDate reads the form of ISO 8601, "2026-12-06", and nothing else. Days that do not exist are refused.
func ParseDate(s string) (Date, error) {
	if len(s) != len(time.DateOnly) {
		return Date{}, notADate(s)
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return Date{}, notADate(s)
	}
	y, m, d := t.Date()
	return Date{Year: y, Month: m, Day: d}, nil
}

func notADate(s string) error {
	const most = 32 // signs of a wrong date that an error repeats
	if len(s) > most {
		s = s[:most]
	}
	return fmt.Errorf("%q is not a date; dates are written as 2026-12-06", s)
}

// LastDay gives the last day of a span of n days: the day of the deed in Europe/Berlin plus n calendar days. The deed's own
// day is not counted, the last day counts until 23:59:59 (requirements.md, "Days"; § 187 (1), § 188 (1) BGB).
func LastDay(deed time.Time, n Days) Date { return DateOf(deed).AddDays(n) }

// String gives the form of ISO 8601, "2026-12-06", and nothing for the zero date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// IsZero tells whether this is no day at all.
func (d Date) IsZero() bool { return d == Date{} }

// AddDays gives the day n calendar days later, or earlier when n is negative.
func (d Date) AddDays(n Days) Date {
	// noon UTC: no zone's shift can move it to another day
	y, m, day := time.Date(d.Year, d.Month, d.Day+int(n), 12, 0, 0, 0, time.UTC).Date()
	return Date{Year: y, Month: m, Day: day}
}

// Weekday gives the day of the week.
func (d Date) Weekday() time.Weekday {
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).Weekday()
}

// Compare gives -1, 0 or 1 as d is before, the same as or after other.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.Year, other.Year), cmp.Compare(d.Month, other.Month), cmp.Compare(d.Day, other.Day))
}

// Before tells whether d is an earlier day than other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After tells whether d is a later day than other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// Start gives the first instant of the day in Europe/Berlin.
func (d Date) Start() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, berlin) }

// End gives the instant at which the day is over in Europe/Berlin: the start of the next day. A thing that is valid on this
// day is valid while now.Before(d.End()). The day may have had 23 or 25 hours.
func (d Date) End() time.Time { return d.AddDays(1).Start() }

// MarshalText writes the form of ISO 8601; the zero date is empty.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the form of ISO 8601; empty text is the zero date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
