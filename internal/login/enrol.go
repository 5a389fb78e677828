package login

import (
	"context"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/secret"
	"torhaus/internal/token"
)

// Admit opens a session of level password for whoever another subject admits: one of staff who was invited and has chosen a password.
// Every other session of the account ends. Key is a fresh one, see NewKey.
func (s State) Admit(key secret.Text, from Visitor, now calendar.Moment) (Entered, Change) {
	owner := s.Holding.Owner
	opened := Session{
		ID: IDOf(key), Account: owner.ID, Realm: owner.Realm, Roles: s.Roles, Level: Password, Created: now.Time, Seen: now.Time,
		PasswordAt: now.Time, Previous: owner.LastLogin, Address: from.Address, Agent: from.Agent,
	}
	return Entered{Key: key, Session: opened}, Change{New: []Session{opened}, EndAll: &EndAll{Reason: PasswordChanged}}
}

// NewKey draws the key of a session.
func NewKey() secret.Text { return newKey() }

// FinishSetup takes the first one-time code of the token that one of staff sets up in this session. The right one makes the token
// active and counts as the second factor: nobody who has just shown a code waits for the next one.
func (s *Service) FinishSetup(ctx context.Context, session Session, typed string, from Visitor) (in Entered, try token.Try, err error) {
	defer fault.Wrap(&err, "login.FinishSetup(%s)", session.Account)
	code := secret.CleanDigits(typed)
	if len(code) != s.Rules.Token.Token.Soft.Digits {
		return Entered{}, try, fault.InvalidField("otp", "token.setup.fault.form", s.Rules.Token.Token.Soft.Digits)
	}
	key := newKey()
	err = s.Store.ChangeLogin(ctx, session.Account, []SessionID{session.ID}, func(st State, now calendar.Moment) (c Change, err error) {
		in, try, c, err = s.finishSetup(st, session.ID, key, code, from, now)
		return c, err
	})
	return in, try, err
}

func (s *Service) finishSetup(st State, id SessionID, key, code secret.Text, from Visitor, now calendar.Moment) (Entered, token.Try, Change, error) {
	old, ok := st.session(id)
	owner := st.Holding.Owner
	if !ok || owner.Realm != account.Staff || owner.State != account.Active || !old.Live(s.Rules.Session, now) {
		return Entered{}, token.Try{}, Change{}, ErrNoSession
	}
	try, changed, err := st.Holding.Activate(string(id), code, s.Rules.Token, now)
	if err != nil || try.Outcome != token.Right {
		return Entered{}, try, Change{Token: changed}, err
	}
	opened := Session{
		ID: IDOf(key), Account: owner.ID, Realm: owner.Realm, Roles: st.Roles, Level: TwoFactor, Created: now.Time, Seen: now.Time,
		PasswordAt: old.PasswordAt, FactorAt: now.Time, Token: try.Token.ID, Previous: owner.LastLogin, Address: from.Address, Agent: from.Agent,
	}
	c := Change{Token: changed, New: []Session{opened}, End: st.end(id, SteppedUp, now), LoggedIn: true}
	c.note(opened, audit.CodeRight)
	return Entered{Key: key, Session: opened, Device: s.mark(guessName(owner))}, try, c, nil
}
