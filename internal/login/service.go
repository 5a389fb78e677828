package login

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/organisation"
	"torhaus/internal/password"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/token"
	"torhaus/internal/token/otp"
)

// Service carries logins out.
type Service struct {
	Store  Store
	Keys   *secret.Keyset
	Hasher *password.Hasher
	Rules  Rules
	Tally  *Tally // nil where nobody watches
}

// Rules are the profile's figures that this package obeys.
type Rules struct {
	Login    profile.Login
	Session  profile.Session
	Token    token.Rules
	Password password.Rules
	People   profile.People
}

// RulesOf collects the figures of a profile that logins obey.
func RulesOf(p *profile.Profile) Rules {
	return Rules{Login: p.Login, Session: p.Session, Token: token.RulesOf(p), Password: password.RulesOf(p), People: p.People}
}

// Visitor is who stands at the door: where from, with which browser, and the mark of an earlier completed login, if any.
type Visitor struct {
	Address string
	Agent   string
	Device  secret.Text
	Key     secret.Text // the session key that the browser holds already, if any
}

// Entered is a session with the key that opens it. The key is told once, to the browser.
type Entered struct {
	Key     secret.Text
	Session Session
	Device  secret.Text // mark for the browser of somebody who knew the password; empty where it was not asked for
}

// maxPassword bounds what is hashed, in bytes: 1,024 signs of four bytes.
const maxPassword = 4096

// EnterPassword checks user name and password at a door, which knows nobody of the others, and opens a session of level password.
// What is counted of wrong ones is shared by the roles of a name. Whatever is wrong, the answer is the same: whether the name exists, is deactivated, or has another password.
func (s *Service) EnterPassword(ctx context.Context, door account.Door, typedName string, typed secret.Text, from Visitor) (in Entered, err error) {
	defer fault.Wrap(&err, "login.EnterPassword")
	defer func() { s.Tally.count(ByPassword, err) }()
	name, _ := account.CanonicalName(typedName) // what cannot be a name is empty, and nobody's
	who, counted := door.NameKey(name), account.NameKey(door.Realm, name)
	guesses := s.guesses(counted, from)
	if err := s.reserve(ctx, guesses); err != nil {
		return Entered{}, err
	}
	id, hash, found, err := s.Store.Credentials(ctx, who)
	if err != nil {
		return Entered{}, err
	}
	if len(typed) > maxPassword {
		hash, typed = "", "" // costs what any wrong password costs
	}
	right, err := s.verify(ctx, hash, typed, guesses)
	if err != nil {
		return Entered{}, err
	}
	given := tried{right: right, hash: hash, oneTime: password.CleanOneTime(typed)}
	if may, err := s.mayOpen(ctx, id, given); err != nil || !found || !may {
		return Entered{}, errors.Join(err, s.refuse(ctx, id, guesses))
	}
	in, err = s.openPasswordSession(ctx, id, given, from, guesses)
	if err != nil {
		return Entered{}, err
	}
	in.Device = s.mark(counted)
	return in, s.EndForeign(ctx, id, from.Key)
}

// verify compares a password. When nobody had time to look at it, the try is taken back.
func (s *Service) verify(ctx context.Context, hash password.Hash, typed secret.Text, guesses []Guess) (right bool, err error) {
	right, err = s.Hasher.Verify(ctx, hash, typed)
	if !fault.Is(err, fault.Busy) {
		return right, err
	}
	back := func(stored []Guess, _ calendar.Moment) []Guess { return takenBack(stored) }
	return false, errors.Join(err, s.Store.ChangeGuesses(ctx, guesses, back))
}

// EndForeign ends the session that the browser held for another account: its key is overwritten there and would live on unseen.
func (s *Service) EndForeign(ctx context.Context, id account.ID, key secret.Text) error {
	if key == "" {
		return nil
	}
	old, _, _, found, err := s.Store.Session(ctx, IDOf(key))
	if err != nil || !found || old.Account == id || !old.Ended.IsZero() {
		return err
	}
	return s.Store.ChangeLogin(ctx, old.Account, []SessionID{old.ID}, func(st State, now calendar.Moment) (Change, error) {
		return Change{End: st.end(old.ID, Replaced, now)}, nil
	})
}

// tried is what was typed as a password: whether it is the personal one, by its hash when it was compared, and the one-time
// password that it may be.
type tried struct {
	right   bool
	hash    password.Hash
	oneTime secret.Text
}

// opens tells whether what was typed opens the account: as the personal password, unless that was changed while it was compared,
// or as a one-time password.
func (s *Service) opens(st State, typed tried, now calendar.Moment) (oneTime password.OneTimeID, right bool) {
	may := st.Opening(now)
	if may.Password && typed.right && st.Password.Hash == typed.hash {
		return "", true
	}
	if may.OneTime == "" || typed.oneTime == "" {
		return "", false
	}
	matches := func(stored secret.Hashed) bool { return s.Keys.Matches(stored, password.Purpose, typed.oneTime) }
	o, right := st.Password.Matching(matches, now)
	return o.ID, right
}

// mayOpen tells, before anything is locked, whether what was typed may open the account. It asks the same of the database whether
// the account exists or not.
func (s *Service) mayOpen(ctx context.Context, id account.ID, typed tried) (bool, error) {
	if typed.right || typed.oneTime == "" {
		return typed.right, nil
	}
	st, now, err := s.Store.Passwords(ctx, id)
	if err != nil {
		return false, err
	}
	matches := func(stored secret.Hashed) bool { return s.Keys.Matches(stored, password.Purpose, typed.oneTime) }
	_, right := st.Matching(matches, now)
	return right, nil
}

// refuse counts and records a refused password. For a name that nobody has, the store does as much and leaves nothing: the time of
// the answer must not tell the two apart.
func (s *Service) refuse(ctx context.Context, id account.ID, guesses []Guess) error {
	err := s.Store.Refuse(ctx, id, guesses[0].Key, func(stored Refusals, now calendar.Moment) (Refusals, []audit.Event) {
		c := Change{Events: []audit.Event{{Kind: audit.PasswordWrong, Actor: audit.Anonymous, Account: string(id)}}}
		c.refused(id, stored, audit.PasswordWrong, s.Rules.Login, now)
		return *c.Refusals, c.Events
	})
	if err != nil {
		return err
	}
	return errWrong()
}

func errWrong() error { return fault.New(fault.Invalid, "login.fault.wrong") }

func (s *Service) openPasswordSession(ctx context.Context, id account.ID, typed tried, from Visitor, guesses []Guess) (in Entered, err error) {
	key := newKey()
	open := false
	err = s.Store.ChangeLogin(ctx, id, []SessionID{IDOf(from.Key)}, func(st State, now calendar.Moment) (Change, error) {
		oneTime, right := s.opens(st, typed, now)
		if open = right; !open {
			c := Change{Events: []audit.Event{{Kind: audit.PasswordWrong, Actor: audit.Anonymous, Account: string(id)}}}
			c.refused(id, st.Refusals, audit.PasswordWrong, s.Rules.Login, now)
			return c, nil
		}
		in = Entered{Key: key, Session: Session{
			ID: IDOf(key), Account: id, Realm: st.Holding.Owner.Realm, Role: st.Holding.Owner.Role, Roles: st.Roles, Level: Password,
			Created: now.Time, Seen: now.Time, PasswordAt: now.Time,
			Previous: st.Holding.Owner.LastLogin, Address: from.Address, Agent: from.Agent, OneTime: oneTime,
		}}
		c := Change{New: []Session{in.Session}, End: st.end(IDOf(from.Key), Replaced, now), Forgive: guesses}
		c.EndAll = &EndAll{Level: Password, Newest: s.Rules.Session.PasswordMost - 1, Reason: Crowded}
		c.note(in.Session, rightKind(oneTime))
		return c, nil
	})
	if err == nil && !open {
		err = errWrong()
	}
	return in, err
}

func rightKind(oneTime password.OneTimeID) audit.Kind {
	if oneTime != "" {
		return audit.OneTimeRight
	}
	return audit.PasswordRight
}

// end gives the session in its ended form, if it is there and not ended yet.
func (s State) end(id SessionID, reason EndReason, now calendar.Moment) []Session {
	old, ok := s.session(id)
	if !ok || !old.Ended.IsZero() {
		return nil
	}
	old.Ended, old.EndReason = now.Time, reason
	return []Session{old}
}

func (c *Change) note(s Session, kind audit.Kind) {
	c.Events = append(c.Events, audit.Event{Kind: kind, Actor: string(s.Account), Account: string(s.Account), Session: string(s.ID), Token: string(s.Token)})
}

// guessName gives the name under which wrong passwords of an account are counted: one for all roles of an address.
func guessName(owner account.Account) string {
	name, _ := account.CanonicalName(owner.UserName)
	return account.NameKey(owner.Realm, name)
}

// guesses names the counts that a wrong password under this name, by its key, from here adds to.
func (s *Service) guesses(name string, from Visitor) []Guess { return s.counts("guess", name, from) }

// counts names the counts of one purpose that a try under this name from here adds to. A browser that bears the mark of this name
// has a count of its own, which neither strangers nor neighbours can fill. All others have three: the name in this network, the
// name in all networks, which bounds what many machines try together and bears more, and the network over all names.
func (s *Service) counts(purpose, name string, from Visitor) []Guess {
	rules, here := s.Rules.Login, network(from.Address)
	if device, ok := s.deviceOf(from.Device.Reveal(), name); ok {
		return []Guess{{Key: s.Keys.MAC(purpose, "device", device), Free: rules.DelayAfter}}
	}
	return []Guess{
		{Key: s.Keys.MAC(purpose, "name here", name, here), Free: rules.DelayAfter},
		s.byName(purpose, name),
		{Key: s.Keys.MAC(purpose, "address", here), Free: rules.AddressDelayAfter, Shared: true},
	}
}

// byName names the count of one purpose for a name in all networks.
func (s *Service) byName(purpose, name string) Guess {
	return Guess{Key: s.Keys.MAC(purpose, "name", name), Free: s.Rules.Login.NameDelayAfter}
}

func (s *Service) reserve(ctx context.Context, guesses []Guess) error {
	var wait time.Time
	var now time.Time
	err := s.Store.ChangeGuesses(ctx, guesses, func(stored []Guess, m calendar.Moment) (counted []Guess) {
		now = m.Time
		counted, wait = reserve(stored, s.Rules.Login, m.Time)
		return counted
	})
	if err != nil {
		return err
	}
	if !wait.IsZero() {
		return busyUntil(wait, now)
	}
	return nil
}

// busyUntil asks to wait, in whole seconds rounded up: whoever waits as long as told is not turned away again.
func busyUntil(until, now time.Time) error {
	pause := wholeSeconds(until.Sub(now))
	return fault.BusyFor(pause, "login.fault.wait", pause)
}

func wholeSeconds(d time.Duration) time.Duration {
	return (d + time.Second - time.Nanosecond).Truncate(time.Second)
}

// mark makes the device mark for a user name, by its key: random signs, a dot, and a MAC that binds them to the name.
func (s *Service) mark(name string) secret.Text {
	device := secret.NewID()
	return secret.Text(device + "." + hex.EncodeToString(s.Keys.MAC("device", device, name)))
}

// deviceOf gives the random signs of a mark that this portal made for this user name. They name the browser; the MAC behind
// them does not, since one MAC has many spellings.
func (s *Service) deviceOf(mark, name string) (device string, ok bool) {
	device, sum, _ := strings.Cut(mark, ".")
	raw, err := hex.DecodeString(sum)
	return device, err == nil && s.Keys.CheckMAC(raw, "device", device, name)
}

// EnterCode checks a one-time code of a token, as typed, and exchanges the session of level password for one of level
// two-factor with a new key. In a session of two factors it is a fresh proof: the key is new, the end stays.
func (s *Service) EnterCode(ctx context.Context, session Session, typed string, from Visitor) (in Entered, err error) {
	defer fault.Wrap(&err, "login.EnterCode(%s)", session.Account)
	defer func() { s.Tally.count(ByCode, err) }()
	code := secret.CleanDigits(typed)
	if !otp.IsCode(code) {
		return Entered{}, fault.InvalidField("code", "login.fault.code-form")
	}
	key := newKey()
	var refused error
	err = s.Store.ChangeLogin(ctx, session.Account, []SessionID{session.ID}, func(st State, now calendar.Moment) (c Change, err error) {
		in, c, refused = s.stepUp(st, session.ID, key, code, from, now)
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

// stepUp decides what a one-time code does to a session of level password. A refusal still has a change: the counted try.
func (s *Service) stepUp(st State, id SessionID, key, code secret.Text, from Visitor, now calendar.Moment) (Entered, Change, error) {
	old, ok := st.session(id)
	owner := st.Holding.Owner
	if !ok || !old.Live(s.Rules.Session, now) || owner.State != account.Active || old.OneTime != "" {
		return Entered{}, Change{}, ErrNoSession
	}
	use, used := st.Holding.UseCode(code, s.Rules.Token, now)
	c := Change{Token: used}
	switch {
	case use.NoToken:
		return Entered{}, c, fault.New(fault.Conflict, "login.fault.no-token")
	case !use.Wait.IsZero():
		return Entered{}, c, busyUntil(use.Wait, now.Time)
	case !use.Accepted:
		c.refused(owner.ID, st.Refusals, audit.CodeWrong, s.Rules.Login, now)
		c.warn(owner, from, s.Rules.Login, now)
		return Entered{}, c, fault.InvalidField("code", "login.fault.code-wrong")
	}
	if standing := Standing(owner, st.Places); standing != organisation.MayEnter {
		c.End = st.end(id, NotEntitled, now)
		c.barred(old, standing)
		return Entered{}, c, refusedStanding(standing)
	}
	opened := Session{
		ID: IDOf(key), Account: owner.ID, Realm: owner.Realm, Role: owner.Role, Roles: st.Roles, Places: st.Places, Level: TwoFactor,
		Created: now.Time, Seen: now.Time, PasswordAt: old.PasswordAt,
		FactorAt: now.Time, Token: use.Token.ID, Previous: owner.LastLogin, Refused: st.Refusals.Count,
		Address: from.Address, Agent: from.Agent,
	}
	s.stepped(&c, old, &opened, st)
	c.New, c.End = []Session{opened}, st.end(id, SteppedUp, now)
	c.note(opened, audit.CodeRight)
	return Entered{Key: key, Session: opened, Device: s.mark(guessName(owner))}, c, nil
}

// ErrNoSession is what a door meets when the browser holds no live session: it shows the login again.
var ErrNoSession = fault.New(fault.NotAllowed, "login.fault.no-session")

// Visit is a live session with its account, and when it was looked up.
type Visit struct {
	Session Session
	Account account.Account
	Now     calendar.Moment
	Until   time.Time // when the session ends if nothing more is asked of it
	Final   bool      // Until is the end in any case: asking for more does not move it
}

// Realm tells whose session it is.
func (v Visit) Realm() account.Realm { return cmp.Or(v.Session.Realm, account.Member) }

// touchAfter spares a write for each request: a use is noted when the last note is older.
const touchAfter = time.Minute

// Visit finds the live session that a key opens, and notes its use. It gives ErrNoSession if there is none.
func (s *Service) Visit(ctx context.Context, key secret.Text) (v Visit, err error) {
	defer fault.Wrap(&err, "login.Visit")
	if key == "" {
		return Visit{}, ErrNoSession
	}
	session, owner, now, found, err := s.Store.Session(ctx, IDOf(key))
	if err != nil {
		return Visit{}, err
	}
	if !found || !session.Live(s.Rules.Session, now) || owner.State != account.Active || !session.entitled(owner) {
		return Visit{}, ErrNoSession
	}
	if now.Sub(session.Seen) >= touchAfter {
		if err := s.Store.Touch(ctx, session.ID); err != nil {
			return Visit{}, err
		}
		session.Seen = now.Time
	}
	until := session.Until(s.Rules.Session)
	return Visit{Session: session, Account: owner, Now: now, Until: until, Final: until.Equal(session.Last(s.Rules.Session))}, nil
}

// Leave ends a session.
func (s *Service) Leave(ctx context.Context, session Session) (err error) {
	defer fault.Wrap(&err, "login.Leave(%s)", session.Account)
	return s.Store.ChangeLogin(ctx, session.Account, []SessionID{session.ID}, func(st State, now calendar.Moment) (Change, error) {
		c := Change{End: st.end(session.ID, ByLogout, now)}
		if len(c.End) > 0 {
			c.note(session, audit.LoggedOut)
		}
		return c, nil
	})
}
