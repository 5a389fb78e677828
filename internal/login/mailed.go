package login

import (
	"context"
	"slices"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/mail"
	"torhaus/internal/organisation"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

// MailedCode is the code that a login sends by e-mail (BVK02): the newest one of a session of level password, and no other.
type MailedCode struct {
	Session SessionID
	Sent    time.Time
	Until   time.Time
	Code    secret.Hashed
	Tries   int       // wrong tries of this code
	Wrong   int       // wrong tries of all codes of this login
	WrongAt time.Time // of the last one
	Count   int       // codes that this login has sent
	Used    time.Time
}

// MailedCodePurpose is what such a code is hashed for.
const MailedCodePurpose = "login code"

// Mailed is what an account has of such codes: the one of the session that is decided on, and the wrong tries of all logins.
type Mailed struct {
	Code      *MailedCode // nil if none was sent
	InRow     int         // wrong tries since the last right one
	Lately    int         // wrong tries within profile.Login.BlockDays
	LastWrong time.Time
}

// blocked gives the instant before which codes are neither sent nor looked at: after too many wrong ones, the next day.
func (m Mailed) blocked(rules profile.Login) time.Time {
	if m.InRow < rules.BlockInRow && m.Lately < rules.BlockWithin {
		return time.Time{}
	}
	return calendar.DateOf(m.LastWrong).End()
}

// errMailedOver is met by whoever gives a code that was used, voided or has run out, or where none was sent.
var errMailedOver = fault.New(fault.Conflict, "login.fault.mailed-over")

// SendCode sends a new code to the owner of a session, for the login or for a fresh proof. The one before is void. With the first one
// the pause between two does not count.
func (s *Service) SendCode(ctx context.Context, session Session, from Visitor) (until time.Time, err error) {
	defer fault.Wrap(&err, "login.SendCode(%s)", session.Account)
	code := secret.Digits(s.Rules.People.Code.Digits)
	hashed := s.Keys.Hash(MailedCodePurpose, code)
	err = s.Store.ChangeLogin(ctx, session.Account, []SessionID{session.ID}, func(st State, now calendar.Moment) (c Change, err error) {
		c, until, err = s.sendCode(st, session.ID, code, hashed, from, now)
		return c, err
	})
	return until, err
}

// mailable tells whether a session takes mailed codes now, or why it does not.
func (s *Service) mailable(st State, id SessionID, now calendar.Moment) (Session, error) {
	session, err := s.atMailed(st, id, now)
	if err != nil {
		return Session{}, err
	}
	if until := st.Mailed.blocked(s.Rules.Login); now.Before(until) {
		return Session{}, fault.BusyFor(until.Sub(now.Time), "login.fault.mailed-blocked", until)
	}
	return session, nil
}

// atMailed gives the session, if its owner is one whose second factor is a mailed code.
func (s *Service) atMailed(st State, id SessionID, now calendar.Moment) (Session, error) {
	session, ok := st.session(id)
	owner := st.Holding.Owner
	switch {
	case !ok || !session.Live(s.Rules.Session, now) || owner.State != account.Active || session.OneTime != "":
		return Session{}, ErrNoSession
	case owner.Role == "" || len(st.Holding.Usable()) > 0:
		return Session{}, fault.New(fault.Conflict, "login.fault.token-instead")
	}
	return session, nil
}

// Awaited is what a session waits for: the mailed code that was sent last, and what can be done about it.
type Awaited struct {
	Sent    bool      // a code was sent in this session
	Until   time.Time // it is valid before this; zero if none is
	Left    int       // wrong tries that it still bears
	Resend  time.Time // another one can be sent from now on; zero if none will be in this session
	Blocked time.Time // before this none is sent or looked at; zero if that is not so
	Renewed bool      // the session itself has set a new password
	Now     time.Time
}

// Awaited tells what a session waits for. Nothing is counted or changed.
func (s *Service) Awaited(ctx context.Context, session Session) (a Awaited, err error) {
	defer fault.Wrap(&err, "login.Awaited(%s)", session.Account)
	err = s.Store.ChangeLogin(ctx, session.Account, []SessionID{session.ID}, func(st State, now calendar.Moment) (Change, error) {
		a, err = s.awaited(st, session.ID, now)
		return Change{}, err
	})
	return a, err
}

func (s *Service) awaited(st State, id SessionID, now calendar.Moment) (Awaited, error) {
	session, err := s.atMailed(st, id, now)
	if err != nil {
		return Awaited{}, err
	}
	rules := s.Rules.People.Code
	a := Awaited{Now: now.Time, Resend: now.Time, Renewed: st.Password.Set.Equal(session.PasswordAt)}
	if until := st.Mailed.blocked(s.Rules.Login); now.Before(until) {
		a.Blocked = until
	}
	sent := st.Mailed.Code
	if sent == nil {
		return a, nil
	}
	a.Sent = true
	if sent.validAt(now, rules) {
		a.Until, a.Left = sent.Until, rules.Tries-sent.Tries
	}
	if a.Resend = sent.Sent.Add(rules.Again.D()); sent.Count >= rules.Most {
		a.Resend = time.Time{}
	}
	return a, nil
}

// validAt tells whether the code would open something, if it was given.
func (c MailedCode) validAt(now calendar.Moment, rules profile.MailedCode) bool {
	return c.Used.IsZero() && now.Before(c.Until) && c.Tries < rules.Tries
}

func (s *Service) sendCode(st State, id SessionID, code secret.Text, hashed secret.Hashed, from Visitor, now calendar.Moment) (Change, time.Time, error) {
	session, err := s.mailable(st, id, now)
	if err != nil {
		return Change{}, time.Time{}, err
	}
	rules, owner := s.Rules.People.Code, st.Holding.Owner
	next := MailedCode{Session: id, Count: 1}
	if old := st.Mailed.Code; old != nil {
		if again := old.Sent.Add(rules.Again.D()); now.Before(again) {
			pause := wholeSeconds(again.Sub(now.Time))
			return Change{}, old.Until, fault.BusyFor(pause, "login.fault.mailed-again", pause)
		}
		if old.Count >= rules.Most {
			return Change{}, old.Until, fault.New(fault.Conflict, "login.fault.mailed-most", rules.Most)
		}
		next.Count, next.Wrong, next.WrongAt = old.Count+1, old.Wrong, old.WrongAt
	}
	next.Sent, next.Until, next.Code = now.Time, now.Add(rules.Within.D()), hashed
	device := DeviceOf(from.Agent)
	c := Change{Mailed: &next}
	c.note(session, audit.LoginCodeSent)
	c.Token.Jobs = append(c.Token.Jobs, job.Request{Work: mail.LoginCode{
		To: owner.MailTo(), Greeting: owner.Person.Greeting(), Code: code, Group: rules.Group, At: now.Time, Until: next.Until,
		Browser: device.Browser, System: device.System,
	}})
	return c, next.Until, nil
}

// EnterMailed checks a mailed code, as typed, and exchanges the session for one of two factors. Who may not enter then is told why:
// both factors are proved (BVK14).
func (s *Service) EnterMailed(ctx context.Context, session Session, typed string, from Visitor) (in Entered, err error) {
	defer fault.Wrap(&err, "login.EnterMailed(%s)", session.Account)
	defer func() { s.Tally.count(ByMailedCode, err) }()
	code := secret.CleanDigits(typed)
	if digits := s.Rules.People.Code.Digits; len(code) != digits {
		return Entered{}, fault.InvalidField("code", "login.fault.mailed-form", digits)
	}
	key := newKey()
	var refused error
	err = s.Store.ChangeLogin(ctx, session.Account, []SessionID{session.ID}, func(st State, now calendar.Moment) (c Change, err error) {
		matches := func(stored secret.Hashed) bool { return s.Keys.Matches(stored, MailedCodePurpose, code) }
		in, c, refused = s.stepUpMailed(st, session.ID, key, matches, from, now)
		return c, nil
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return Entered{}, err
	}
	return in, nil
}

// stepUpMailed decides what a mailed code does. A refusal still has a change: the counted try.
func (s *Service) stepUpMailed(st State, id SessionID, key secret.Text, matches func(secret.Hashed) bool, from Visitor, now calendar.Moment) (Entered, Change, error) {
	old, err := s.mailable(st, id, now)
	if err != nil {
		return Entered{}, Change{}, err
	}
	sent, rules, owner := st.Mailed.Code, s.Rules.People.Code, st.Holding.Owner
	if sent == nil || !sent.validAt(now, rules) {
		return Entered{}, Change{}, errMailedOver
	}
	tried := *sent
	c := Change{Mailed: &tried}
	if !matches(sent.Code) {
		tried.Tries, tried.Wrong, tried.WrongAt = tried.Tries+1, tried.Wrong+1, now.Time
		c.Events = append(c.Events, audit.Event{Kind: audit.CodeWrong, Actor: string(owner.ID), Account: string(owner.ID), Session: string(id)})
		c.refused(owner.ID, st.Refusals, audit.CodeWrong, s.Rules.Login, now)
		c.warn(owner, from, s.Rules.Login, now)
		if tried.Tries >= rules.Tries {
			return Entered{}, c, fault.New(fault.Conflict, "login.fault.mailed-void")
		}
		return Entered{}, c, fault.InvalidField("code", "login.fault.mailed-wrong", rules.Tries-tried.Tries)
	}
	tried.Used = now.Time
	if standing := Standing(owner, st.Places); standing != organisation.MayEnter {
		c.End = st.end(id, NotEntitled, now)
		c.barred(old, standing)
		return Entered{}, c, refusedStanding(standing)
	}
	opened := Session{
		ID: IDOf(key), Account: owner.ID, Realm: owner.Realm, Role: owner.Role, Places: st.Places, Level: TwoFactor, Mailed: true,
		Created: now.Time, Seen: now.Time, PasswordAt: old.PasswordAt, FactorAt: now.Time, Previous: owner.LastLogin,
		Refused: st.Refusals.Count, Address: from.Address, Agent: from.Agent,
	}
	s.stepped(&c, old, &opened, st)
	c.New, c.End = []Session{opened}, st.end(id, SteppedUp, now)
	c.note(opened, audit.CodeRight)
	return Entered{Key: key, Session: opened, Device: s.mark(guessName(owner))}, c, nil
}

// stepped completes a login. In a session of two factors it is a fresh proof and no new login: it lasts as long as it would have.
func (s *Service) stepped(c *Change, old Session, opened *Session, st State) {
	if old.Level == TwoFactor {
		opened.Created, opened.Previous, opened.Refused, opened.Chosen = old.Created, old.Previous, old.Refused, old.Chosen
		return
	}
	c.LoggedIn = true
	c.settled(st)
}

// Prove takes a code in a session of two factors as a fresh proof: one of a token, or one that was sent by e-mail where there is none.
func (s *Service) Prove(ctx context.Context, session Session, typed string, from Visitor) (Entered, error) {
	if session.Mailed {
		return s.EnterMailed(ctx, session, typed, from)
	}
	return s.EnterCode(ctx, session, typed, from)
}

// barred records that somebody proved both factors and may not enter.
func (c *Change) barred(s Session, standing organisation.Standing) {
	c.Events = append(c.Events, audit.Event{
		Kind: audit.LoginNotEntitled, Actor: string(s.Account), Account: string(s.Account), Session: string(s.ID), Reason: string(standing),
	})
}

// refusedStanding tells why somebody may not enter who proved both factors.
func refusedStanding(standing organisation.Standing) error {
	return fault.New(fault.NotAllowed, standingFaults[standing])
}

var standingFaults = map[organisation.Standing]string{
	organisation.Waits:           "login.fault.standing.waits",
	organisation.NoAdministrator: "login.fault.standing.no-administrator",
	organisation.Out:             "login.fault.standing.out",
}

// RefusedStanding gives the reason inside an error for which somebody may not enter who proved both factors; false if it is another one.
func RefusedStanding(err error) (organisation.Standing, bool) {
	f := fault.Of(err)
	for standing, message := range standingFaults {
		if f != nil && f.Message == message {
			return standing, true
		}
	}
	return "", false
}

// Standing tells what an account may do now that acts for organisations: enter, if one of them lets it; otherwise the reason that
// helps most. Accounts of no such role stand for themselves.
func Standing(owner account.Account, places []organisation.Place) organisation.Standing {
	if owner.Role == "" {
		return organisation.MayEnter
	}
	for _, s := range []organisation.Standing{organisation.MayEnter, organisation.NoAdministrator, organisation.Waits} {
		if slices.ContainsFunc(places, func(p organisation.Place) bool { return p.Standing == s }) {
			return s
		}
	}
	return organisation.Out
}
