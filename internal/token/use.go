package token

import (
	"time"

	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/mail"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

// Use is the outcome of a one-time code at a login.
type Use struct {
	Accepted bool
	Token    Token     // the one that logged in
	NoToken  bool      // no token of the account would log in
	Wait     time.Time // too many wrong ones: not looked at before this time
}

// UseCode checks a one-time code against every usable token of the account (KVB17) and spends it. Wrong ones are counted on
// all of them: at most so many within a quarter of an hour are looked at, and too many in a row, or within a month, block
// the tokens and tell their holder.
func (h Holding) UseCode(code secret.Text, rules Rules, now calendar.Moment) (Use, Change) {
	return h.try(h.Usable(), oneCode(code, rules, now), rules, now)
}

// proof finds in a token what was typed, and the step that it spends.
type proof func(Token) (step int64, found bool)

// oneCode is a code as at a login.
func oneCode(code secret.Text, rules Rules, now calendar.Moment) proof {
	return func(t Token) (int64, bool) {
		near := t.near(rules.Token, now)
		return t.Generator().Find(code, near.from, near.to)
	}
}

// twoCodes are two codes that follow one another, neither of them spent.
func twoCodes(first, second secret.Text, rules Rules, now calendar.Moment) proof {
	return func(t Token) (int64, bool) {
		wide := t.wide(rules.Token, now)
		return t.Generator().FindPair(first, second, wide.from, wide.to)
	}
}

// try looks for a proof in usable tokens and spends it. A wrong one is counted on all of them.
func (h Holding) try(tokens []Token, p proof, rules Rules, now calendar.Moment) (Use, Change) {
	if met := before(tokens, rules, now); met != (Barrier{}) {
		return Use{NoToken: met.NoToken, Wait: met.Wait}, Change{}
	}
	if use, c := prove(tokens, p, now); use.Accepted {
		return use, c
	}
	return Use{}, h.wrongCode(tokens, rules.Login, now)
}

// Barrier is what stands before a one-time code: none is looked at, whatever it is.
type Barrier struct {
	NoToken bool      // no token of the account would log in
	Wait    time.Time // too many wrong ones: not looked at before this time
}

// BeforeCode tells what stands before a one-time code; nothing where one would be looked at.
func (h Holding) BeforeCode(rules Rules, now calendar.Moment) Barrier {
	return before(h.Usable(), rules, now)
}

func before(tokens []Token, rules Rules, now calendar.Moment) Barrier {
	if len(tokens) == 0 {
		return Barrier{NoToken: true}
	}
	for _, t := range tokens {
		if wait := nextTry(t.Wrong, rules.Login); wait.After(now.Time) {
			return Barrier{Wait: wait}
		}
	}
	return Barrier{}
}

// ProveCode checks a one-time code against every usable token and spends it. It counts no wrong ones: where nobody has proved a
// password, a stranger could block the tokens with them, so whoever asks bounds the tries.
func (h Holding) ProveCode(code secret.Text, rules Rules, now calendar.Moment) (Use, Change) {
	return prove(h.Usable(), oneCode(code, rules, now), now)
}

func prove(tokens []Token, p proof, now calendar.Moment) (Use, Change) {
	for _, t := range tokens {
		if step, found := p(t); found {
			t = t.used(step, now)
			return Use{Accepted: true, Token: t}, Change{Tokens: []Token{t}, Spend: []Spend{{Token: t.ID, Step: step}}}
		}
	}
	return Use{}, Change{}
}

// nextTry gives the instant before which no further code is looked at.
func nextTry(wrong []time.Time, rules profile.Login) time.Time {
	if len(wrong) < rules.CodeTries {
		return time.Time{}
	}
	return wrong[len(wrong)-rules.CodeTries].Add(rules.CodeTriesIn.D())
}

func (h Holding) wrongCode(usable []Token, rules profile.Login, now calendar.Moment) Change {
	var c Change
	var blocked []string
	since := now.AddDate(0, 0, -int(rules.BlockDays))
	for _, t := range usable {
		t.WrongRow++
		c.WrongCodes = append(c.WrongCodes, t.ID)
		c.note(h.Owner, audit.Event{Kind: audit.CodeWrong, Token: string(t.ID)})
		if t.WrongRow >= rules.BlockInRow || countSince(t.Wrong, since)+1 >= rules.BlockWithin {
			t.State = Blocked
			blocked = append(blocked, t.Serial)
			c.note(h.Owner, audit.Event{Kind: audit.TokenBlocked, Token: string(t.ID)})
		}
		c.Tokens = append(c.Tokens, t)
	}
	if len(blocked) > 0 {
		c.mail(mail.TokenBlocked{To: h.Owner.MailTo(), Greeting: h.Owner.Person.Greeting(), Serials: blocked, At: now.Time})
	}
	return c
}

func countSince(times []time.Time, since time.Time) int {
	n := 0
	for _, t := range times {
		if t.After(since) {
			n++
		}
	}
	return n
}
