package password

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

// Rule names one rule for personal passwords.
type Rule string

// The rules. Which of the classes count, the profile says.
const (
	LongEnough Rule = "length"
	HasUpper   Rule = "upper"
	HasLower   Rule = "lower"
	HasDigit   Rule = "digit"
	HasSpecial Rule = "special" // any sign that is neither letter nor digit, a blank included
	NoPattern  Rule = "pattern" // more than repetition and series
	NotOwn     Rule = "own"     // more than the names of person and portal
	NotCommon  Rule = "common"  // not on the block list
	NotTooLong Rule = "longest"
	Typeable   Rule = "signs" // text without control characters
	Fresh      Rule = "fresh" // neither the current one nor a one-time password
)

// classes tell of a sign whether it is of a class that a profile may ask for. Umlauts are letters.
var classes = map[Rule]func(rune) bool{
	HasUpper: unicode.IsUpper,
	HasLower: unicode.IsLower,
	HasDigit: unicode.IsDigit,
	HasSpecial: func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !unicode.IsControl(r)
	},
}

// Rules are the figures of a profile that passwords obey, and the names that everybody at the portal knows.
type Rules struct {
	profile.Password

	Login    profile.Login
	Letter   profile.Letter
	Calendar calendar.Calendar
	names    []string
}

// RulesOf collects them.
func RulesOf(p *profile.Profile) Rules {
	return Rules{Password: p.Password, Login: p.Login, Letter: p.Letter, Calendar: p.Days(), names: wordsOfPortal(p)}
}

// For gives the rules of a realm: staff reach much, so their passwords are longer.
func (r Rules) For(realm account.Realm) Rules {
	if realm == account.Staff {
		r.MinLength = r.StaffMinLength
	}
	return r
}

// Own gives the names that do not make a password of this person, folded, longest first: of the portal, and the person's own.
func (r Rules) Own(a account.Account) []string {
	return ownWords(slices.Concat(r.names, wordsOfPerson(a))...)
}

// Verdict says whether a password keeps a rule.
type Verdict struct {
	Rule Rule
	Kept bool
}

// Judge compares a password with every rule but Fresh, which needs to know what is there. Length is counted in code points of
// the NFC form (NIST SP 800-63B-4, 3.1.1.2). A pattern or one's own names do not make a password unless half the least length,
// and six signs, are left without them.
func (r Rules) Judge(typed secret.Text, own []string) []Verdict {
	whole := norm.NFC.String(typed.Reveal())
	length := utf8.RuneCountInString(whole)
	looked := cut(whole, r.MaxLength)
	list := []Verdict{{LongEnough, length >= r.MinLength}}
	for _, class := range r.Classes {
		list = append(list, Verdict{Rule(class), strings.ContainsFunc(looked, classes[Rule(class)])})
	}
	least := max(fewest, r.MinLength/2)
	heard := readings(looked)
	return append(
		list,
		Verdict{NoPattern, surprise(looked) >= least},
		Verdict{NotOwn, !isOwn(heard, own, least)},
		Verdict{NotCommon, !isCommon(heard, own)},
		Verdict{NotTooLong, length <= r.MaxLength},
		Verdict{Typeable, utf8.ValidString(whole) && !strings.ContainsFunc(whole, unicode.IsControl)},
	)
}

// fewest signs make a password that does without patterns and names, whatever the profile says.
const fewest = 6

// cut gives the first n code points: more of a password that is too long is not looked at.
func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// isOwn tells whether one's own names make up so much of a password that hardly anything is left.
func isOwn(heard, own []string, least int) bool {
	return slices.ContainsFunc(heard, func(reading string) bool {
		rest := without(reading, own)
		return rest != reading && utf8.RuneCountInString(core(rest)) < least
	})
}

func without(reading string, own []string) string {
	for _, name := range own {
		reading = strings.ReplaceAll(reading, name, "")
	}
	return reading
}

// isCommon tells whether a password, or what is left of it without one's own names, is a word of the block list: as it is,
// without digits around it, or repeated.
func isCommon(heard, own []string) bool {
	return slices.ContainsFunc(heard, func(reading string) bool {
		for _, s := range []string{reading, without(reading, own)} {
			bare := core(s)
			if isWord(s) || isWord(bare) || isWord(string(unit([]rune(bare)))) {
				return true
			}
		}
		return false
	})
}

// refused says what a broken rule comes to.
var refused = map[Rule]string{
	LongEnough: "password.fault.length", HasUpper: "password.fault.upper", HasLower: "password.fault.lower", HasDigit: "password.fault.digit",
	HasSpecial: "password.fault.special", NoPattern: "password.fault.pattern", NotOwn: "password.fault.own", NotCommon: "password.fault.common",
	NotTooLong: "password.fault.longest", Typeable: "password.fault.signs", Fresh: "password.fault.fresh",
}

// Refusal is the fault of a form field whose password breaks rules, one sentence for each, or nil.
func (r Rules) Refusal(field string, verdicts []Verdict) error {
	args := map[Rule][]any{LongEnough: {r.MinLength}, NotTooLong: {r.MaxLength}, Fresh: {r.OneTime.Label}}
	var broken []fault.Field
	for _, v := range verdicts {
		if !v.Kept {
			broken = append(broken, fault.Field{Name: field, Message: refused[v.Rule], Args: args[v.Rule]})
		}
	}
	if broken == nil {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Message: "fault.invalid", Fields: broken}
}
