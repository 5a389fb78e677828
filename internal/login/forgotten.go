package login

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/organisation"
	"torhaus/internal/password"
	"torhaus/internal/secret"
	"torhaus/internal/token/otp"
)

// Forgotten is the job that a forgotten password leaves behind. It is queued for every name that was typed, so that the answer at
// the door, which was given before, cannot depend on what is found: whether the name is somebody's, has a token, is deactivated, or
// was asked for too often.
type Forgotten struct {
	Account account.ID // empty where the name is nobody's; what was typed is not kept
	Way     password.Way
	Code    secret.Text // one-time code of a token, for the way by e-mail
	At      time.Time   // when the code was given, by the wall clock
}

// forgottenWire is the wire form of Forgotten; the code is plain in it, since the store seals it.
type forgottenWire struct {
	Account account.ID   `json:"account"`
	Way     password.Way `json:"way"`
	Code    string       `json:"code"`
	At      time.Time    `json:"at"`
}

// byRole is the way of people who act for organisations: it follows from their role (BVK18), and nobody chooses.
const byRole password.Way = "role"

// JobKind names the job; it is never renamed.
func (Forgotten) JobKind() string { return "password.forgotten" }

// Encode gives the wire form of the job.
func (f Forgotten) Encode() (secret.Bytes, error) {
	return json.Marshal(forgottenWire{Account: f.Account, Way: f.Way, Code: f.Code.Reveal(), At: f.At})
}

func decodeForgotten(b secret.Bytes) (Forgotten, error) {
	var w forgottenWire
	if err := json.Unmarshal(b, &w); err != nil || w.Way != password.ByLetter && w.Way != password.ByMail && w.Way != byRole {
		return Forgotten{}, errors.New("the payload is no forgotten password") // without the cause, which may repeat the payload
	}
	return Forgotten{Account: w.Account, Way: w.Way, Code: secret.Text(w.Code), At: w.At}, nil
}

// Forgot takes a request for a one-time password from somebody who has proved nothing yet: by e-mail against a one-time code of a
// token, or by letter; at the door of a role, the role decides. It tells nothing but that the request was taken, or how long to wait.
// What happens then, a job decides.
func (s *Service) Forgot(ctx context.Context, door account.Door, typedName string, way password.Way, typedCode string, from Visitor) (err error) {
	defer fault.Wrap(&err, "login.Forgot")
	f := Forgotten{Way: way}
	if door.Role != "" {
		f.Way = byRole
	}
	if f.Way == password.ByMail {
		f.Code = secret.CleanDigits(typedCode)
		if !otp.IsCode(f.Code) {
			return fault.InvalidField("code", "login.fault.code-form")
		}
	}
	name, _ := account.CanonicalName(typedName) // what cannot be a name is empty, and nobody's; of staff, nobody is found by it
	now, err := s.reserveRequest(ctx, s.requests(account.NameKey(door.Realm, name), from))
	if err != nil {
		return err
	}
	f.At = now.Wall
	if f.Account, err = s.Store.AccountOf(ctx, door.NameKey(name)); err != nil {
		return err
	}
	return s.Store.Queue(ctx, f)
}

// requests names the counts that a request adds to. They are not those of wrong passwords: who has forgotten one is not kept from
// entering it when it comes back to mind. The roles of a name share them.
func (s *Service) requests(name string, from Visitor) []Guess {
	return s.counts("forgotten", name, from)
}

// reserveRequest counts a request, or asks to wait; it tells the time of either.
func (s *Service) reserveRequest(ctx context.Context, counts []Guess) (now calendar.Moment, err error) {
	var wait time.Time
	err = s.Store.ChangeGuesses(ctx, counts, func(stored []Guess, m calendar.Moment) (counted []Guess) {
		now = m
		counted, wait = reserve(stored, s.Rules.Login, m.Time)
		return counted
	})
	if err == nil && !wait.IsZero() {
		pause := fault.Of(busyUntil(wait, now.Time)).Retry
		err = fault.BusyFor(pause, "login.fault.forgotten-wait", pause)
	}
	return now, err
}

// Handlers gives the handlers of this package's jobs.
func (s *Service) Handlers() map[string]job.Handler {
	policy := job.Policy{Try: 30 * time.Second, First: time.Second, Most: 5 * time.Minute, GiveUp: 24 * time.Hour}
	return map[string]job.Handler{
		Forgotten{}.JobKind():       {Do: s.answer, Policy: policy},
		password.Ending{}.JobKind(): {Do: s.remind, Policy: policy},
	}
}

// remind does the job that reminds of a one-time password which ends soon.
func (s *Service) remind(ctx context.Context, j job.Job) error {
	e, err := password.DecodeEnding(j.Payload)
	if err != nil {
		return job.Permanent(err)
	}
	return s.Store.ChangeLogin(ctx, e.Account, nil, func(st State, now calendar.Moment) (Change, error) {
		return Change{Password: st.Password.Remind(e.OneTime, st.Holding.Owner, now)}, nil
	})
}

// answer does the job of a forgotten password. Done again after a crash, it finds the one-time password that bears the job's id.
func (s *Service) answer(ctx context.Context, j job.Job) error {
	f, err := decodeForgotten(j.Payload)
	if err != nil {
		return job.Permanent(err)
	}
	if f.Account == "" {
		return nil
	}
	n := password.NewOneTime{
		ID: password.OneTimeID(j.ID), Letter: secret.NewID(), Password: password.NewOneTimeText(s.Rules.Password.OneTime.Signs),
	}
	n.Hashed = s.Keys.Hash(password.Purpose, n.Password)
	return s.Store.ChangeLogin(ctx, f.Account, nil, func(st State, now calendar.Moment) (Change, error) {
		return st.forgotten(f, n, s.Rules, now), nil
	})
}

// forgotten decides what comes of a request for a one-time password.
func (s State) forgotten(f Forgotten, n password.NewOneTime, rules Rules, now calendar.Moment) Change {
	owner := s.Holding.Owner
	if _, done := s.Password.OneTime(n.ID); done || owner.State != account.Active {
		return Change{}
	}
	if f.Way == byRole {
		return s.forgottenInRole(f, n, rules, now)
	}
	var c Change
	if refused := s.mayIssue(&c, f, rules, now); refused != "" {
		c.Events = append(c.Events, audit.Event{Kind: audit.OneTimeRefused, Actor: audit.Anonymous, Account: string(owner.ID), Reason: refused})
		return c
	}
	c.Password = s.Password.Issue(f.Way, n, owner, rules.Password, now)
	return c
}

// forgottenInRole decides by the role (BVK18). A clerk's administrators are asked, wherever the clerk is not deactivated. An administrator
// gets a letter to an organisation that knows them as one, somebody of a data centre to the own address.
func (s State) forgottenInRole(f Forgotten, n password.NewOneTime, rules Rules, now calendar.Moment) (c Change) {
	owner := s.Holding.Owner
	if owner.Role == account.Clerk {
		for _, p := range s.Places {
			if p.State == organisation.Active || p.State == organisation.Invited {
				c.AskedAt = append(c.AskedAt, p.Organisation.ID)
			}
		}
		return c
	}
	f.Way = password.ByLetter
	refused := s.mayIssue(&c, f, rules, now)
	post, known := s.post()
	if refused == "" && !known {
		refused = "address"
	}
	if refused != "" {
		c.Events = append(c.Events, audit.Event{Kind: audit.OneTimeRefused, Actor: audit.Anonymous, Account: string(owner.ID), Reason: refused})
		return c
	}
	n.Post = post
	c.Password = s.Password.Issue(f.Way, n, owner, rules.Password, now)
	return c
}

// post gives where a letter goes to somebody who acts for organisations; false if there is no such place.
func (s State) post() (password.Post, bool) {
	owner := s.Holding.Owner
	if owner.Role == account.DataCentre {
		return password.Post{}, owner.Address.Street != "" && Standing(owner, s.Places) == organisation.MayEnter
	}
	i := slices.IndexFunc(s.Places, func(p organisation.Place) bool { return p.State == organisation.Active })
	if owner.Role != account.Administrator || i < 0 {
		return password.Post{}, false
	}
	at := s.Places[i].Organisation
	return password.Post{Organisation: string(at.ID), Name: at.Name, To: at.LetterToPerson(owner.Person)}, true
}

// onItsWay tells whether a one-time password is on its way to the member that nobody who proved nothing may void: one by e-mail
// while it is valid, one by letter until it counts as lost, as with activation codes (KVB07).
func (s State) onItsWay(rules Rules, now calendar.Moment) bool {
	open, ok := s.Password.Open()
	if !ok || !now.Before(open.Until) {
		return false
	}
	if open.Way == password.ByMail {
		return true
	}
	lost := rules.Token.Calendar.AddWerktage(calendar.DateOf(open.Created), rules.Token.Token.Order.ReplaceAfter)
	return !open.Letter.HandedOver.IsZero() && calendar.DateOf(now.Time).Before(lost)
}

// mayIssue gives a word for what stands against a one-time password, or nothing. The code of a token is spent with it; a wrong one is
// counted for itself, not on the token.
func (s State) mayIssue(c *Change, f Forgotten, rules Rules, now calendar.Moment) (refused string) {
	if f.Way == password.ByLetter {
		switch {
		case !s.Password.MayPost(rules.Password, now):
			return "letters"
		case s.onItsWay(rules, now):
			return "on its way"
		}
		return ""
	}
	if !s.Password.MayGuess(rules.Password, now) {
		return "tries"
	}
	given := calendar.Moment{Time: now.Time, Wall: f.At}
	use, spent := s.Holding.ProveCode(f.Code, rules.Token, given)
	if !use.Accepted {
		c.Password.Wrong = true
		return "code"
	}
	c.Token = spent
	return ""
}
