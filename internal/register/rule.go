package register

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"torhaus/internal/account"
	"torhaus/internal/letter"
)

// Refusal says why a row, or the file, is refused: where, and for what reason. Whoever shows it has a sentence for each reason.
type Refusal struct {
	Line   int    // of the file, from 1
	Column Column // empty where no single column is to blame
	Reason Reason
	Args   []any // what the sentence names, such as a length; values from the file among them
}

// Reason is why a row or a file is refused.
type Reason string

// Why a value is refused. The comment tells the arguments.
const (
	Missing        Reason = "missing"         // the value is empty
	TooLong        Reason = "too-long"        // most signs
	ControlSign    Reason = "control-sign"    // the sign
	InvisibleSign  Reason = "invisible-sign"  // the sign
	BrokenSign     Reason = "broken-sign"     // lost when the file was converted
	ConvertedTwice Reason = "converted-twice" // what it should be
	Unprintable    Reason = "unprintable"     // the sign that letters cannot show
	BadNumber      Reason = "bad-number"      // value
	BadUserName    Reason = "bad-user-name"   // value
	BadSalutation  Reason = "bad-salutation"  // value
	BadPostcode    Reason = "bad-postcode"    // value
	BadEmail       Reason = "bad-email"       // value
	NoWindow       Reason = "no-window"       // the address does not fit the window of the envelope
	NumberTwice    Reason = "number-twice"    // value, line of the first
	NameTwice      Reason = "name-twice"      // value, line of the first
	NameTaken      Reason = "name-taken"      // value, number of the member who has it; empty if there is none
)

// Why a row or the whole file cannot be read.
const (
	EmptyFile      Reason = "empty-file"
	Workbook       Reason = "workbook" // a file of Excel itself
	UTF16          Reason = "utf-16"
	NotText        Reason = "not-text"
	MixedEncodings Reason = "mixed-encodings"  // the first byte that is not UTF-8
	NoEncoding     Reason = "no-encoding"      // the first byte that is neither UTF-8 nor Windows-1252
	TooManyRows    Reason = "too-many-rows"    // most rows
	TooManyRefused Reason = "too-many-refused" // most refused rows; the rest of the file was not looked at
	RowTooLong     Reason = "row-too-long"     // most bytes
	UnknownColumn  Reason = "unknown-column"   // name
	DoubledColumn  Reason = "doubled-column"
	MissingColumn  Reason = "missing-column"
	FieldCount     Reason = "field-count" // found, wanted
	BadQuotes      Reason = "bad-quotes"  // byte in the line, from 1
	OpenQuotes     Reason = "open-quotes" // in the row that begins there, to the end of the file
	NotJSON        Reason = "not-json"    // is no JSON, or breaks off
	NotAnObject    Reason = "not-an-object"
	NotAString     Reason = "not-a-string"
)

// Reasons lists all reasons.
var Reasons = []Reason{
	Missing, TooLong, ControlSign, InvisibleSign, BrokenSign, ConvertedTwice, Unprintable, BadNumber, BadUserName, BadSalutation,
	BadPostcode, BadEmail, NoWindow, NumberTwice, NameTwice, NameTaken, EmptyFile, Workbook, UTF16, NotText, MixedEncodings,
	NoEncoding, TooManyRows, TooManyRefused, RowTooLong, UnknownColumn, DoubledColumn, MissingColumn, FieldCount, BadQuotes,
	OpenQuotes, NotJSON, NotAnObject, NotAString,
}

// rule says what a column may hold. Every value is a line of text besides.
type rule struct {
	needed bool
	most   int // signs; most systems of registers have less
	check  func(string) bool
	broken Reason // where check says no
}

// rules has the rule of every column.
var rules = map[Column]rule{
	Number:     {needed: true, most: 32, check: isNumber, broken: BadNumber},
	UserName:   {needed: true, most: 100, check: isUserName, broken: BadUserName},
	Salutation: {most: 20, check: isSalutation, broken: BadSalutation},
	Title:      {most: 60},
	FirstName:  {most: 80},
	LastName:   {needed: true, most: 80},
	Name:       {needed: true, most: 100},
	Extra:      {most: 100},
	Street:     {needed: true, most: 100},
	Postcode:   {needed: true, most: 10, check: isPostcode, broken: BadPostcode},
	Town:       {needed: true, most: 80},
	Email:      {needed: true, most: 254, check: isEmail, broken: BadEmail},
}

// numberForm: a number of the register is written without blanks, so that it can be read out and typed.
var numberForm = regexp.MustCompile(`^[0-9A-Za-z]+([./-][0-9A-Za-z]+)*$`)

func isNumber(s string) bool { return numberForm.MatchString(s) }

func isUserName(s string) bool {
	_, ok := account.CanonicalName(s)
	return ok
}

func isSalutation(s string) bool {
	switch account.Salutation(s) {
	case "", account.Frau, account.Herr:
		return true
	default:
		return false
	}
}

// postcodeForm: five digits; none begins with 00.
var postcodeForm = regexp.MustCompile(`^(0[1-9]|[1-9][0-9])[0-9]{3}$`)

func isPostcode(s string) bool { return postcodeForm.MatchString(s) }

func isEmail(s string) bool {
	_, ok := account.CheckEmail(s)
	return ok
}

// checkRow holds a row against all rules. Its values come in the order of Columns. The member is meant to be used only where
// nothing is refused.
func checkRow(line int, raw []string) (m Member, nameKey string, refused []Refusal) {
	clean := make([]string, len(Columns))
	for i, column := range Columns {
		var reason Reason
		var args []any
		if clean[i], reason, args = checkValue(column, raw[i]); reason != "" {
			refused = append(refused, Refusal{Line: line, Column: column, Reason: reason, Args: args})
		}
	}
	if len(refused) > 0 {
		return Member{}, "", refused
	}
	m = memberOf(clean)
	m.Email, _ = account.CheckEmail(m.Email)
	nameKey, _ = account.CanonicalName(m.UserName)
	if !letter.Fits(account.Account{Person: m.Person, Address: m.Address}.LetterTo()) {
		refused = []Refusal{{Line: line, Reason: NoWindow}}
	}
	return m, nameKey, refused
}

// checkValue gives a value as it is kept, composed and without blanks around it or several in a row, or why it is refused.
func checkValue(column Column, raw string) (value string, broken Reason, args []any) {
	if reason, sign := findBadSign(raw); reason != "" {
		return "", reason, sign
	}
	value = strings.Join(strings.Fields(norm.NFC.String(raw)), " ")
	r := rules[column]
	switch {
	case value == "" && r.needed:
		return "", Missing, nil
	case utf8.RuneCountInString(value) > r.most:
		return "", TooLong, []any{r.most}
	}
	if right, twice := convertedTwice(raw); twice {
		return "", ConvertedTwice, []any{right}
	}
	if r.check != nil && !r.check(value) {
		return "", r.broken, []any{value}
	}
	if isASCII(value) {
		return value, "", nil
	}
	if sign, found := letter.Unprintable(value); found {
		return "", Unprintable, []any{sign}
	}
	return value, "", nil
}

// findBadSign looks for signs that no name and no address has.
func findBadSign(s string) (reason Reason, args []any) {
	for _, r := range s {
		switch {
		case ' ' <= r && r <= '~': // most of them
		case r == utf8.RuneError:
			return BrokenSign, nil
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ControlSign, []any{r}
		case unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs), unassigned(r):
			return InvisibleSign, []any{r}
		}
	}
	return "", nil
}

// unassigned tells a code point that is no sign (yet).
func unassigned(r rune) bool {
	return !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z)
}

// convertedTwice recognises text that was UTF-8, was taken for Windows-1252 and made UTF-8 once more: „MÃ¼nchen“. It gives what
// it was.
func convertedTwice(s string) (was string, twice bool) {
	if isASCII(s) {
		return "", false
	}
	was, err := charmap.Windows1252.NewEncoder().String(s)
	return was, err == nil && !isASCII(was) && utf8.ValidString(was)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
