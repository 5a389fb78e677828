package desk

import (
	"slices"
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/profile"
	"torhaus/internal/token"
)

// Fact is something that the register or the portal knows of a member, and that a caller is asked for.
type Fact string

// The facts. The profile says which are asked, and how many are enough.
const (
	FactNumber    Fact = "number"
	FactStreet    Fact = "street"
	FactPostcode  Fact = "postcode"
	FactTown      Fact = "town"
	FactDomain    Fact = "email-domain" // what stands behind the @ of the e-mail address
	FactSerial    Fact = "token-serial" // of a token that is not revoked
	FactLastLogin Fact = "last-login"   // the day of the last completed login
	FactLastOrder Fact = "last-order"   // the day of the newest order of a token
)

// Way is how staff made sure that a caller is the member.
type Way string

// The ways.
const (
	ByFacts  Way = "facts"
	InPerson Way = "in-person" // with an identity card
	CallBack Way = "call-back" // on the number that the register has
)

// Identification says that a caller is the member, as far as one session of staff goes.
type Identification struct {
	Way   Way
	At    time.Time
	Until time.Time
}

// Holds tells whether the identification still counts.
func (i Identification) Holds(now calendar.Moment) bool { return now.Before(i.Until) }

// Tries counts identifications of one member that failed.
type Tries struct {
	Wrong int
	Last  time.Time
}

// Next gives the instant before which no further try is looked at: a pause that doubles with each wrong one beyond the free ones.
func (t Tries) Next(rules profile.Identification, now calendar.Moment) time.Time {
	over := t.counted(rules, now) - rules.DelayAfter
	if over <= 0 {
		return time.Time{}
	}
	pause := rules.DelayMost.D()
	if doubled := rules.DelayFirst.D() << min(over-1, 20); doubled < pause {
		pause = doubled
	}
	return t.Last.Add(pause)
}

// counted gives the wrong tries that are not forgotten.
func (t Tries) counted(rules profile.Identification, now calendar.Moment) int {
	if now.Sub(t.Last) >= rules.DelayForget.D() {
		return 0
	}
	return t.Wrong
}

// Answers are what a caller said. What was not asked, or not answered, is empty.
type Answers map[Fact]string

// Checked is what came of comparing answers with what is known.
type Checked struct {
	Right, Wrong []Fact
	Enough       bool
}

// Askable gives the facts that the profile asks for and of which something is known of this member.
func (c Case) Askable(rules profile.Identification) []Fact {
	var list []Fact
	for _, name := range rules.Facts {
		if f := Fact(name); len(c.known(f)) > 0 {
			list = append(list, f)
		}
	}
	return list
}

// CanSuffice tells whether so much is known of the member that answers can be enough.
func (c Case) CanSuffice(rules profile.Identification) bool {
	all := c.Askable(rules)
	return len(all) >= rules.Enough && private(all, rules) >= rules.PrivateEnough
}

func private(facts []Fact, rules profile.Identification) (n int) {
	for _, f := range facts {
		if slices.Contains(rules.Private, string(f)) {
			n++
		}
	}
	return n
}

// Check compares what a caller said with what is known, whatever its spelling.
func (c Case) Check(said Answers, rules profile.Identification) (done Checked) {
	for _, f := range c.Askable(rules) {
		answer := strings.TrimSpace(said[f])
		switch {
		case answer == "":
		case slices.Contains(c.known(f), spelled(f, answer)):
			done.Right = append(done.Right, f)
		default:
			done.Wrong = append(done.Wrong, f)
		}
	}
	done.Enough = len(done.Right) >= rules.Enough && private(done.Right, rules) >= rules.PrivateEnough && len(done.Wrong) <= rules.MostWrong
	return done
}

// known gives what answers to a question are right, in the spelling of spelled; nothing where nothing is known.
func (c Case) known(f Fact) []string {
	owner := c.Holding.Owner
	var values []string
	switch f {
	case FactNumber:
		values = []string{owner.Number}
	case FactStreet:
		values = []string{owner.Address.Street}
	case FactPostcode:
		values = []string{owner.Address.Postcode}
	case FactTown:
		values = []string{owner.Address.Town}
	case FactDomain:
		values = []string{owner.Email}
	case FactSerial:
		for _, t := range c.Holding.Tokens {
			if t.State != token.Revoked {
				values = append(values, t.Serial)
			}
		}
	case FactLastLogin:
		values = []string{dayOf(owner.LastLogin)}
	case FactLastOrder:
		if len(c.Holding.Orders) > 0 {
			values = []string{dayOf(c.Holding.Orders[0].Placed)}
		}
	}
	for i, v := range values {
		values[i] = spelled(f, v)
	}
	return slices.DeleteFunc(values, func(v string) bool { return v == "" })
}

func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return calendar.DateOf(t).String()
}

// spelled brings a value into the spelling that is compared; what cannot be a value is empty, and no known one.
func spelled(f Fact, v string) string {
	switch f {
	case FactStreet:
		return account.FoldStreet(v)
	case FactDomain:
		return strings.ToLower(strings.TrimSpace(v[strings.LastIndexByte(v, '@')+1:]))
	case FactLastLogin, FactLastOrder:
		day, ok := ParseDay(v)
		if !ok {
			return ""
		}
		return day.String()
	default:
		return account.FoldWords(v)
	}
}

// ParseDay reads a day as people write it: 22.11.2026, 22.11.26 or 2026-11-22.
func ParseDay(typed string) (calendar.Date, bool) {
	typed = strings.ReplaceAll(strings.TrimSpace(typed), " ", "")
	for _, form := range []string{"2.1.2006", "2.1.06", time.DateOnly} {
		if t, err := time.ParseInLocation(form, typed, calendar.Berlin()); err == nil {
			return calendar.DateOf(t), true
		}
	}
	return calendar.Date{}, false
}

// Identify decides whether a caller is the member, by what the caller said. A wrong try is counted, and the next one waits. What was
// asked and how it went is recorded, by the names of the facts only.
func (c Case) Identify(said Answers, rules Rules, now calendar.Moment) (Checked, Change, error) {
	if err := c.may(login.IdentifyMember, rules, now); err != nil {
		return Checked{}, Change{}, err
	}
	ask := rules.Desk.Identification
	if next := c.Tries.Next(ask, now); next.After(now.Time) {
		pause := (next.Sub(now.Time) + time.Second - time.Nanosecond).Truncate(time.Second)
		return Checked{}, Change{}, fault.BusyFor(pause, "deed.fault.identify-wait", pause)
	}
	done := c.Check(said, ask)
	if len(done.Right)+len(done.Wrong) == 0 {
		return done, Change{}, fault.New(fault.Invalid, "deed.fault.identify-nothing")
	}
	var change Change
	reason := checkedReason(done)
	if !done.Enough {
		change.Tries = &Tries{Wrong: c.Tries.counted(ask, now) + 1, Last: now.Time}
		c.note(&change, audit.Event{Kind: audit.NotIdentified, Reason: reason})
		return done, change, nil
	}
	c.identified(&change, ByFacts, reason, rules, now)
	return done, change, nil
}

// checkedReason names the facts: "right: number, street; wrong: postcode".
func checkedReason(done Checked) string {
	var parts []string
	for _, p := range []struct {
		name  string
		facts []Fact
	}{{"right", done.Right}, {"wrong", done.Wrong}} {
		if len(p.facts) == 0 {
			continue
		}
		words := make([]string, len(p.facts))
		for i, f := range p.facts {
			words[i] = string(f)
		}
		parts = append(parts, p.name+": "+strings.Join(words, ", "))
	}
	return strings.Join(parts, "; ")
}

// Vouch identifies a caller by other means, if the profile knows them. Whoever does vouches by name: the audit tells.
func (c Case) Vouch(way Way, rules Rules, now calendar.Moment) (Change, error) {
	if err := c.may(login.IdentifyMember, rules, now); err != nil {
		return Change{}, err
	}
	if way == ByFacts || !slices.Contains(rules.Desk.Identification.Other, string(way)) {
		return Change{}, fault.New(fault.Invalid, "deed.fault.identify-way")
	}
	var change Change
	c.identified(&change, way, string(way), rules, now)
	return change, nil
}

func (c Case) identified(change *Change, way Way, reason string, rules Rules, now calendar.Moment) {
	change.Identified = &Identification{Way: way, At: now.Time, Until: now.Add(rules.Desk.Identification.Within.D())}
	change.Tries = &Tries{Last: now.Time}
	c.note(change, audit.Event{Kind: audit.Identified, Reason: reason})
}
