package oversight

import (
	"slices"
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
)

// Kind names what a record tells of.
type Kind = audit.Kind

// Kinds are all kinds of records.
func Kinds() []Kind { return slices.Clone(audit.Kinds) }

// Those who act and have no account.
const (
	System    = audit.System
	Anonymous = audit.Anonymous
)

// Filter says which records somebody asks for. Its zero value is all of them.
type Filter struct {
	People []account.ID // records of what one of them did, or what was done to one of them
	Deeds  string       // the word that the page has for Kinds; empty means all
	Kinds  []Kind       // empty means all
	From   calendar.Date
	Until  calendar.Date // this day included
	Before int64         // older records than this one only; zero begins with the newest
}

// Query is a filter as the store takes it.
type Query struct {
	People []account.ID
	Kinds  []Kind
	From   time.Time // zero: since ever
	Until  time.Time // this instant not included; zero: until now
	Before int64
}

// query gives the filter as the store takes it.
func (f Filter) query() Query {
	q := Query{People: f.People, Kinds: f.Kinds, Before: f.Before}
	if !f.From.IsZero() {
		q.From = f.From.Start()
	}
	if !f.Until.IsZero() {
		q.Until = f.Until.End()
	}
	return q
}

// String gives the filter without its people, in words of the code: "login.* from 2026-11-01 until 2026-11-22", "all".
func (f Filter) String() string {
	words := []string{"all"}
	if f.Deeds != "" {
		words[0] = f.Deeds
	}
	if !f.From.IsZero() {
		words = append(words, "from", f.From.String())
	}
	if !f.Until.IsZero() {
		words = append(words, "until", f.Until.String())
	}
	return strings.Join(words, " ")
}

// Entry is a record with what is known of those it names. Actor and Owner are zero where the account is not there, or nobody.
type Entry struct {
	audit.Record
	Actor  account.Account
	Owner  account.Account // of the account that it was done to
	Serial string          // of the token; empty where there is none
}

// Byself tells whether somebody acted on the own account.
func (e Entry) Byself() bool { return e.Record.Actor == e.Account }

// references gives the accounts and tokens that records name, each once.
func references(records []audit.Record) (people []account.ID, tokens []string) {
	for _, r := range records {
		for _, id := range []string{r.Actor, r.Account} {
			if id != "" && id != audit.System && id != audit.Anonymous {
				people = append(people, account.ID(id))
			}
		}
		if r.Token != "" {
			tokens = append(tokens, r.Token)
		}
	}
	return distinct(people), distinct(tokens)
}

func distinct[S ~string](list []S) []S {
	slices.Sort(list)
	return slices.Compact(list)
}
