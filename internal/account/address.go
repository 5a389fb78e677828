package account

import (
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"torhaus/internal/calendar"
)

// Ending is why a member does not take part any more; empty for one who does.
type Ending string

// The endings.
const (
	Left     Ending = "left"
	Deceased Ending = "deceased"
)

// HoldUntil gives the instant until which a letter with a secret waits for a second person: one whose secret works until the end
// of a day, to an address that was replaced within so many days before. It is zero where the letter may go at once.
func (a Account) HoldUntil(lastDay calendar.Date, within calendar.Days, now calendar.Moment) time.Time {
	if a.AddressChanged.IsZero() || !now.Before(calendar.LastDay(a.AddressChanged, within).End()) {
		return time.Time{}
	}
	return lastDay.End()
}

// Lines gives the address as it is read: a line for practice or the like, the street, postcode and town.
func (a Address) Lines() []string {
	var lines []string
	for _, line := range []string{a.Extra, a.Street, a.Postcode + " " + a.Town} {
		if line = join(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// SamePlace tells whether two addresses name one place, whatever their spelling: „Lindenstraße 12 a“ and „Lindenstr. 12A“. The line
// above the street counts too, since it can lead a letter to somebody else in the house.
func (a Address) SamePlace(b Address) bool {
	return FoldStreet(a.Extra) == FoldStreet(b.Extra) && FoldStreet(a.Street) == FoldStreet(b.Street) &&
		FoldWords(a.Postcode) == FoldWords(b.Postcode) && FoldWords(a.Town) == FoldWords(b.Town)
}

// umlauts are written in two letters by many keyboards.
var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss")

// FoldWords brings what is said or typed into one spelling: small letters and figures, nothing between them, umlauts in two letters,
// other accents left out.
func FoldWords(s string) string {
	s = umlauts.Replace(norm.NFC.String(cases.Lower(language.German).String(norm.NFKC.String(s))))
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// FoldStreet does the same for a street, whose last word has a short form.
func FoldStreet(s string) string { return strings.ReplaceAll(FoldWords(s), "strasse", "str") }
