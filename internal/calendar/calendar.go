package calendar

import (
	"fmt"
	"slices"
	"time"
)

// Calendar says which days a body works on. Extra are further holidays of its seat, each "MM-DD" and every year alike; a
// malformed one never comes, so whoever reads them in checks them with ParseMonthDay.
type Calendar struct {
	Land  Land
	Extra []string
}

// Known tells whether this is one of the sixteen Länder.
func (l Land) Known() bool { return slices.Contains(Laender(), l) }

// ParseMonthDay reads a day that comes every year, "08-15". 29 February is refused: it does not come every year.
func ParseMonthDay(s string) (time.Month, int, error) {
	t, err := time.Parse(time.DateOnly, "2001-"+s) // any year of 365 days
	if err != nil || len(s) != len("01-02") {
		return 0, 0, fmt.Errorf("%q is not a day of the year; such days are written as 08-15, month first", s)
	}
	return t.Month(), t.Day(), nil
}

// Holidays lists the public holidays of a year in order. Two that fall on one day are both listed.
func (c Calendar) Holidays(year int) []Holiday {
	var days []Holiday
	for _, r := range rules {
		if r.holds(c.Land, year) {
			days = append(days, Holiday{Date: r.on(year), Name: r.name})
		}
	}
	for _, e := range c.Extra {
		month, day, err := ParseMonthDay(e)
		if err == nil {
			days = append(days, Holiday{Date: Date{Year: year, Month: month, Day: day}, Name: extraName(month, day)})
		}
	}
	slices.SortStableFunc(days, func(a, b Holiday) int { return a.Date.Compare(b.Date) })
	return days
}

// extraName gives a local holiday the name that the day has elsewhere.
func extraName(month time.Month, day int) string {
	switch {
	case month == time.August && day == 15:
		return "Mariä Himmelfahrt"
	case month == time.August && day == 8:
		return "Augsburger Hohes Friedensfest"
	}
	return "örtlicher Feiertag"
}

// Holiday gives the name of the holiday that a day is, or nothing.
func (c Calendar) Holiday(d Date) (name string, ok bool) {
	for _, h := range c.Holidays(d.Year) {
		if h.Date == d {
			return h.Name, true
		}
	}
	return "", false
}

// IsWorkingDay tells whether a day is Monday to Friday and no holiday.
func (c Calendar) IsWorkingDay(d Date) bool {
	return d.Weekday() != time.Saturday && c.IsWerktag(d)
}

// IsWerktag tells whether a day is Monday to Saturday and no holiday (compare § 3 (2) BUrlG).
func (c Calendar) IsWerktag(d Date) bool {
	if d.Weekday() == time.Sunday {
		return false
	}
	_, holiday := c.Holiday(d)
	return !holiday
}

// AddWorkingDays gives the n-th working day after d, whose own day is not counted; before d when n is negative.
func (c Calendar) AddWorkingDays(d Date, n Days) Date { return count(d, n, c.IsWorkingDay) }

// AddWerktage gives the n-th Werktag after d, whose own day is not counted; before d when n is negative.
func (c Calendar) AddWerktage(d Date, n Days) Date { return count(d, n, c.IsWerktag) }

func count(d Date, n Days, counts func(Date) bool) Date {
	step := Days(1)
	if n < 0 {
		step, n = -1, -n
	}
	for range n {
		d = next(d, step, counts)
	}
	return d
}

// next gives the next day that counts. It looks a year ahead at most, should the body's extra holidays leave no day to work.
func next(d Date, step Days, counts func(Date) bool) Date {
	for range 366 {
		d = d.AddDays(step)
		if counts(d) {
			return d
		}
	}
	return d
}
