package password

import (
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/mail"
	"torhaus/internal/secret"
)

// NewOneTime is what a one-time password needs from outside the rules: identifiers and the password itself.
type NewOneTime struct {
	ID       OneTimeID
	Letter   string
	Password secret.Text
	Hashed   secret.Hashed
	Post     Post // of a letter; its zero value is the person's own address
}

// Post is where the letter goes of somebody who acts for an organisation: to its address, not to the person's.
type Post struct {
	Organisation string // its id
	Name         string
	To           letter.Recipient
}

// MayPost tells whether one more letter may go to the member now: one in 24 hours, three in 30 days (as KVB07 has it for tokens).
// Whoever floods a letter box with them stops at that, and the newest one is valid.
func (s State) MayPost(rules Rules, now calendar.Moment) bool {
	most := rules.OneTime
	return s.postedAgain(most.LettersPerDay, 24*time.Hour, now) && s.postedAgain(most.LettersPerMonth, 30*24*time.Hour, now)
}

// postedAgain tells whether fewer than so many letters went within a span.
func (s State) postedAgain(most int, within time.Duration, now calendar.Moment) bool {
	since, posted := now.Add(-within), 0
	for _, o := range s.OneTimes {
		if o.Way == ByLetter && o.Created.After(since) {
			posted++
		}
	}
	return posted < most
}

// MayGuess tells whether a one-time code is looked at where the password is forgotten. Nobody has proved a password there: wrong
// codes do not block the tokens, as they do at the login, or a stranger could; they close this way for a while.
func (s State) MayGuess(rules Rules, now calendar.Moment) bool {
	since, wrong := now.AddDate(0, 0, -int(rules.Login.BlockDays)), 0
	for _, t := range s.Wrong {
		if t.After(since) {
			wrong++
		}
	}
	return wrong < rules.Login.BlockWithin
}

// Issue makes a one-time password and sends it, by letter or by e-mail. One that was still open is void. Whoever is told of it is
// the member: the e-mail about a letter goes to the stored address, and so does the e-mail with the password.
func (s State) Issue(way Way, n NewOneTime, owner account.Account, rules Rules, now calendar.Moment) Change {
	var c Change
	if open, ok := s.Open(); ok {
		c.void(open, audit.Anonymous, owner)
	}
	o := OneTime{ID: n.ID, Way: way, Created: now.Time, Code: n.Hashed}
	if way == ByMail {
		o.Until = now.Add(rules.OneTime.MailWithin.D())
		c.mailPassword(n, o, owner, rules)
	} else {
		o.Until = calendar.LastDay(now.Time, rules.OneTime.LetterDays).End()
		o.Letter.ID, o.For = n.Letter, n.Post.Organisation
		c.post(n, owner, rules, now)
	}
	c.New = []OneTime{o}
	c.note(audit.Event{Kind: audit.OneTimeIssued, Actor: audit.Anonymous, Letter: o.Letter.ID, Reason: string(way)}, owner)
	return c
}

func (c *Change) mailPassword(n NewOneTime, o OneTime, owner account.Account, rules Rules) {
	c.Jobs = append(c.Jobs, job.Request{Work: mail.OneTimePassword{
		To: owner.MailTo(), Greeting: owner.Person.Greeting(), Password: n.Password, Group: rules.OneTime.Group, Until: o.Until,
	}})
}

func (c *Change) post(n NewOneTime, owner account.Account, rules Rules, now calendar.Moment) {
	today, lastDay := calendar.DateOf(now.Time), calendar.LastDay(now.Time, rules.OneTime.LetterDays)
	hold, to := owner.HoldUntil(lastDay, rules.Letter.HoldMoved, now), owner.LetterTo()
	if n.Post.Organisation != "" {
		to = n.Post.To
	}
	c.Letters = append(c.Letters, letter.Draft{ID: n.Letter, Account: string(owner.ID), Hold: hold, Content: letter.OneTimePassword{
		To: to, Role: string(owner.Role), Requested: today, LastDay: lastDay, Password: n.Password,
	}})
	c.note(audit.Event{Kind: audit.LetterQueued, Actor: audit.Anonymous, Letter: n.Letter}, owner)
	if !hold.IsZero() {
		c.note(audit.Event{Kind: audit.LetterHeld, Actor: audit.Anonymous, Letter: n.Letter}, owner)
	}
	c.Jobs = append(c.Jobs, job.Request{Work: mail.PasswordRequested{
		To: owner.MailTo(), Greeting: owner.Person.Greeting(), At: now.Time, LastDay: lastDay,
		Arrives: rules.Calendar.AddWerktage(today, rules.Letter.Arrival), Organisation: n.Post.Name,
	}}, reminder(owner.ID, n.ID, lastDay, rules))
}
