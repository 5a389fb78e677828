package password

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"torhaus/internal/calendar"
	"torhaus/internal/secret"
)

// Way is how a one-time password comes.
type Way string

// The ways of a one-time password.
const (
	ByLetter Way = "letter" // for whoever has no token at hand
	ByMail   Way = "mail"   // for whoever gave a one-time code of a token
	ByHand   Way = "hand"   // shown to an administrator, who tells it to a clerk
)

// OneTimeID identifies a one-time password for good.
type OneTimeID string

// OneTime is a one-time password as it is kept.
type OneTime struct {
	ID      OneTimeID
	Way     Way
	Created time.Time
	Until   time.Time // valid before this instant
	Letter  LetterStatus
	For     string // id of the organisation to whose address the letter went; empty where it went to the person's own
	Joins   bool   // the person is not of that organisation yet, and proves with it to be
	Code    secret.Hashed
	Used    time.Time
	Voided  time.Time
}

// LetterStatus is what a one-time password knows of the letter that brings it. Its zero value stands for none.
type LetterStatus struct {
	ID         string
	HandedOver time.Time
}

// Purpose is what a one-time password is hashed for.
const Purpose = "one-time password"

// alphabet has neither signs that look alike (0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V) nor vowels, of which words would come. The one
// of a pair that stays is not taken for the other. Each sign is worth log2 22 = 4.46 bits.
const alphabet = "CDFGHJKLMNPQRTVWXY3479"

// NewOneTimeText draws a one-time password.
func NewOneTimeText(signs int) secret.Text { return secret.FromAlphabet(alphabet, signs) }

// longestTyped bounds what is taken for a one-time password, in bytes.
const longestTyped = 256

// CleanOneTime gives the one-time password that a person meant: blanks, hyphens and invisible signs between the groups are dropped,
// small letters are capitals. Whatever has other signs is none, and empty.
func CleanOneTime(typed secret.Text) secret.Text {
	if len(typed) > longestTyped {
		return ""
	}
	var b strings.Builder
	for _, r := range norm.NFKC.String(typed.Reveal()) {
		r = unicode.ToUpper(r)
		switch {
		case strings.ContainsRune(alphabet, r):
			b.WriteRune(r)
		case unicode.IsSpace(r), unicode.In(r, unicode.Pd, unicode.Cf), r == '−':
		default:
			return ""
		}
	}
	return secret.Text(b.String())
}

// IsOpen tells whether the one-time password has neither been used nor voided; its time may have passed.
func (o OneTime) IsOpen() bool { return o.Used.IsZero() && o.Voided.IsZero() }

// ValidAt tells whether it lets somebody in.
func (o OneTime) ValidAt(now calendar.Moment) bool { return o.IsOpen() && now.Before(o.Until) }

// State is what an account has of passwords. Every deed of this package is decided on it.
type State struct {
	Hash     Hash
	Set      time.Time   // when the personal password was set
	ByPost   time.Time   // when it was set with a one-time password from a letter; zero if it was not, or the person has proved a token since
	OneTimes []OneTime   // of the last weeks, newest first
	Wrong    []time.Time // wrong one-time codes given where the password is forgotten, oldest first
}

// Matching gives the valid one-time password that was typed, if any. One that makes somebody join an organisation does not stand for a
// personal password that is there: the letter to an organisation that anybody can name must not open an account that acts for others.
func (s State) Matching(matches func(secret.Hashed) bool, now calendar.Moment) (OneTime, bool) {
	for _, o := range s.OneTimes {
		if o.ValidAt(now) && (!o.Joins || s.Hash == "") && matches(o.Code) {
			return o, true
		}
	}
	return OneTime{}, false
}

// OneTime finds a one-time password by its id.
func (s State) OneTime(id OneTimeID) (OneTime, bool) {
	i := slices.IndexFunc(s.OneTimes, func(o OneTime) bool { return o.ID == id })
	if i < 0 {
		return OneTime{}, false
	}
	return s.OneTimes[i], true
}

// Open gives the one-time password that is neither used nor voided; there is at most one.
func (s State) Open() (OneTime, bool) {
	i := slices.IndexFunc(s.OneTimes, OneTime.IsOpen)
	if i < 0 {
		return OneTime{}, false
	}
	return s.OneTimes[i], true
}

// someHash stands for a hash that is not shown.
const someHash Hash = "set"

// WithoutSecrets gives the state without what is compared with what people type. Whether there is a password can still be told.
func (s State) WithoutSecrets() State {
	if s.Hash != "" {
		s.Hash = someHash
	}
	s.OneTimes = slices.Clone(s.OneTimes)
	for i := range s.OneTimes {
		s.OneTimes[i].Code = secret.Hashed{}
	}
	return s
}
