package text

import (
	"fmt"
	"reflect"
	"time"

	"golang.org/x/text/message"

	"torhaus/internal/calendar"
)

// Printer speaks one language. It may be used by many at once.
type Printer struct {
	lang    string
	speech  speech
	texts   map[string]entry
	printer *message.Printer
}

// Lang gives the language as HTML's lang attribute wants it: "de".
func (p Printer) Lang() string { return p.lang }

// Has tells whether there is a text for the key.
func (p Printer) Has(key string) bool {
	_, ok := p.texts[key]
	return ok
}

// T gives the text for a key, with the arguments written as people of the language write them: numbers with their separators,
// calendar.Date as "6. Dezember 2026", time.Time as "6. Dezember 2026, 23:59 Uhr" by the clock of Europe/Berlin,
// time.Duration as "15 Minuten". Figures without separators, a year for instance, are given as a string.
//
// A key that does not exist, or a call with too few arguments, gives the key in ⟦brackets⟧: a person still sees a page, and a
// test sees the fault. Arguments beyond those the text uses are left out.
func (p Printer) T(key string, args ...any) string {
	e, ok := p.texts[key]
	if !ok || len(args) < e.needs {
		return "⟦" + key + "⟧"
	}
	spoken := make([]any, len(args))
	for i, arg := range args {
		spoken[i] = p.speak(arg)
	}
	return p.printer.Sprintf(message.Key(key, key), spoken...)
}

// Date writes a day: "6. Dezember 2026".
func (p Printer) Date(d calendar.Date) string { return p.speech.date(d) }

// DateLong writes a day with its weekday: "Sonntag, 6. Dezember 2026".
func (p Printer) DateLong(d calendar.Date) string { return p.speech.dateLong(d) }

// DateShort writes a day in figures, for tables: "06.12.2026".
func (p Printer) DateShort(d calendar.Date) string { return p.speech.dateShort(d) }

// Time writes a moment by the clock of Europe/Berlin: "6. Dezember 2026, 23:59 Uhr".
func (p Printer) Time(t time.Time) string { return p.speech.time(t) }

// Clock writes the hour and minute of a moment in Europe/Berlin: "23:59 Uhr".
func (p Printer) Clock(t time.Time) string { return p.speech.clock(t) }

// Duration writes a span in its two largest units: "15 Minuten", "1 Stunde und 30 Minuten". It is rounded up, so that whoever
// waits that long has waited enough. The largest unit is the hour; days are counted by the calendar, not by the clock.
func (p Printer) Duration(d time.Duration) string { return p.speech.duration(d) }

// speak turns an argument into a string, or into a number that the language's printer writes and plurals understand.
func (p Printer) speak(arg any) any {
	switch a := arg.(type) {
	case nil:
		return ""
	case string:
		return a
	case calendar.Date:
		return p.Date(a)
	case time.Time:
		return p.Time(a)
	case calendar.Moment:
		return p.Time(a.Time)
	case time.Duration:
		return p.Duration(a)
	case interface{ D() time.Duration }: // profile.Duration
		return p.Duration(a.D())
	case fmt.Formatter, fmt.Stringer, error:
		return fmt.Sprint(a)
	}
	v := reflect.ValueOf(arg)
	switch {
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return v.Uint()
	case v.CanFloat():
		return v.Float()
	}
	return fmt.Sprint(arg)
}
