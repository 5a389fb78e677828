package calendar

import (
	"fmt"
	"time"
)

var (
	germanMonths = [...]string{
		time.January: "Januar", "Februar", "März", "April", "Mai", "Juni",
		"Juli", "August", "September", "Oktober", "November", "Dezember",
	}
	germanWeekdays = [...]string{
		"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag",
	}
)

// German writes the day for people: "6. Dezember 2026" (DIN 5008, alphanumeric form). The zero date is empty.
func (d Date) German() string {
	if d.IsZero() {
		return ""
	}
	d = d.AddDays(0) // a month 13 made by hand is the next January
	return fmt.Sprintf("%d. %s %d", d.Day, germanMonths[d.Month], d.Year)
}

// GermanLong writes the day with its weekday: "Sonntag, 6. Dezember 2026".
func (d Date) GermanLong() string {
	if d.IsZero() {
		return ""
	}
	return germanWeekdays[d.Weekday()] + ", " + d.German()
}

// GermanShort writes the day in figures, for tables: "06.12.2026" (DIN 5008, numeric form).
func (d Date) GermanShort() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%02d.%02d.%04d", d.Day, int(d.Month), d.Year)
}

// GermanTime writes a moment by the clock of Europe/Berlin: "6. Dezember 2026, 23:59 Uhr". Seconds are cut, not rounded,
// so that a last moment never reads as the next day. The zero time is empty.
func GermanTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return DateOf(t).German() + ", " + GermanClock(t)
}

// GermanClock writes the hour and minute in Europe/Berlin: "23:59 Uhr".
func GermanClock(t time.Time) string { return t.In(berlin).Format("15:04") + " Uhr" }
