package text

import (
	"fmt"
	"time"

	"golang.org/x/text/language"

	"torhaus/internal/calendar"
)

// speech is how a language writes days, moments and spans.
type speech struct {
	date      func(calendar.Date) string
	dateLong  func(calendar.Date) string
	dateShort func(calendar.Date) string
	time      func(time.Time) string
	clock     func(time.Time) string
	units     [3]unit // hour, minute, second
	and       string
}

type unit struct{ one, other string }

func (u unit) count(n int64) string {
	if n == 1 {
		return "1 " + u.one
	}
	return fmt.Sprintf("%d %s", n, u.other)
}

var languages = map[language.Tag]speech{
	language.German: {
		date:      calendar.Date.German,
		dateLong:  calendar.Date.GermanLong,
		dateShort: calendar.Date.GermanShort,
		time:      calendar.GermanTime,
		clock:     calendar.GermanClock,
		units:     [3]unit{{"Stunde", "Stunden"}, {"Minute", "Minuten"}, {"Sekunde", "Sekunden"}},
		and:       " und ",
	},
	language.English: {
		date:      english("2 January 2006"),
		dateLong:  english("Monday, 2 January 2006"),
		dateShort: english("02/01/2006"),
		time:      englishTime,
		clock:     func(t time.Time) string { return t.In(calendar.Berlin()).Format("15:04") },
		units:     [3]unit{{"hour", "hours"}, {"minute", "minutes"}, {"second", "seconds"}},
		and:       " and ",
	},
}

func english(layout string) func(calendar.Date) string {
	return func(d calendar.Date) string {
		if d.IsZero() {
			return ""
		}
		return d.Start().Format(layout)
	}
}

func englishTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Berlin()).Format("2 January 2006, 15:04")
}

// duration writes the two largest units of a span, rounded up to the smaller of them.
func (s speech) duration(d time.Duration) string {
	d = max(d, 0)
	seconds := int64((d + time.Second - 1) / time.Second)
	if seconds >= 3600 {
		minutes := (seconds + 59) / 60
		return s.pair(0, minutes/60, minutes%60)
	}
	if seconds >= 60 {
		return s.pair(1, seconds/60, seconds%60)
	}
	return s.units[2].count(seconds)
}

func (s speech) pair(larger int, n, rest int64) string {
	if rest == 0 {
		return s.units[larger].count(n)
	}
	return s.units[larger].count(n) + s.and + s.units[larger+1].count(rest)
}
