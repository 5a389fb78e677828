package login

import (
	"context"
	"slices"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/password"
	"torhaus/internal/token"
)

// Opening is what would open an account at the first step of a login, if it were typed. Nothing does where it is deactivated.
type Opening struct {
	Password bool               // the personal password
	OneTime  password.OneTimeID // a one-time password; empty if none is valid
}

// Opening tells what would open the account now.
func (s State) Opening(now calendar.Moment) (o Opening) {
	if s.Holding.Owner.State != account.Active {
		return Opening{}
	}
	o.Password = s.Password.Hash != ""
	for _, issued := range s.Password.OneTimes {
		if issued.ValidAt(now) {
			o.OneTime = issued.ID
			break
		}
	}
	return o
}

// Outlook is what a login would meet now. It is found by the rules that decide logins, without a try and without a secret.
type Outlook struct {
	Opening Opening
	Step    Step          // the step behind the personal password; AskPassword where no personal password opens the account
	Code    token.Barrier // what stands before a one-time code
}

// Outlook tells what whoever knows the password and has the tokens at hand would meet on the way into the portal.
func (s State) Outlook(rules Rules, now calendar.Moment) Outlook {
	o := Outlook{Opening: s.Opening(now), Step: AskPassword, Code: s.Holding.BeforeCode(rules.Token, now)}
	if o.Opening.Password {
		o.Step = Next(&Session{Account: s.Holding.Owner.ID, Realm: s.Holding.Owner.Realm, Role: s.Holding.Owner.Role, Level: Password}, ToPortal, !o.Code.NoToken)
	}
	return o
}

// Enters tells whether the right password and the right code lead into the portal now.
func (o Outlook) Enters() bool {
	return o.Step == AskMailed || o.Step == AskCode && o.Code == (token.Barrier{})
}

// WithoutSecrets gives what a login is decided on without what is compared with what people type. That there is a password can still
// be told.
func (s State) WithoutSecrets() State {
	s.Holding = s.Holding.WithoutSecrets()
	s.Password = s.Password.WithoutSecrets()
	return s
}

// Pause is until when no password is looked at, since too many wrong ones were given.
type Pause struct {
	Network string    // from where, as NetworkOf shows it; empty means from everywhere but browsers that are known
	Until   time.Time // zero if there is no pause
}

// Pauses tells how long a login of an account has to wait: from anywhere, first in the list, and from each network named by an
// address. Nothing is counted. A browser that bears the mark of a completed login waits by a count of its own, which is not told.
func (s *Service) Pauses(ctx context.Context, owner account.Account, addresses []string) (list []Pause, err error) {
	defer fault.Wrap(&err, "login.Pauses(%s)", owner.ID)
	anywhere, err := s.pause(ctx, []Guess{s.byName("guess", guessName(owner))})
	if err != nil {
		return nil, err
	}
	list = []Pause{{Until: anywhere}}
	var seen []string
	for _, address := range addresses {
		here := network(address)
		if address == "" || slices.Contains(seen, here) {
			continue
		}
		seen = append(seen, here)
		until, err := s.pause(ctx, s.guesses(guessName(owner), Visitor{Address: address}))
		if err != nil {
			return nil, err
		}
		list = append(list, Pause{Network: NetworkOf(address), Until: until})
	}
	return list, nil
}

// pause reads counts and tells how long they make a login wait.
func (s *Service) pause(ctx context.Context, guesses []Guess) (until time.Time, err error) {
	stored, now, err := s.Store.Guesses(ctx, guesses)
	if err != nil {
		return time.Time{}, err
	}
	return waitFor(stored, s.Rules.Login, now.Time), nil
}
