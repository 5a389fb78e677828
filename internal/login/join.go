package login

import (
	"context"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/password"
	"torhaus/internal/secret"
)

// Join takes the one-time password of a letter to an organisation from somebody who acts for another one already (BVK03). They prove with
// it to be of that organisation, after a login with both factors: the letter alone must not open the account. Its 62 bits need no count
// of tries; each wrong one is recorded.
func (s *Service) Join(ctx context.Context, session Session, typed secret.Text) (err error) {
	defer fault.Wrap(&err, "login.Join(%s)", session.Account)
	code := password.CleanOneTime(typed)
	matches := func(stored secret.Hashed) bool { return code != "" && s.Keys.Matches(stored, password.Purpose, code) }
	var refused error
	err = s.Store.ChangeLogin(ctx, session.Account, []SessionID{session.ID}, func(st State, now calendar.Moment) (c Change, err error) {
		c, refused, err = s.join(st, session.ID, matches, now)
		return c, err
	})
	if err == nil {
		err = refused
	}
	return err
}

// join decides what the one-time password does. A refusal still has a change: its record.
func (s *Service) join(st State, id SessionID, matches func(secret.Hashed) bool, now calendar.Moment) (c Change, refused, err error) {
	session, ok := st.session(id)
	if !ok || !session.Live(s.Rules.Session, now) || session.Level != TwoFactor || st.Holding.Owner.State != account.Active {
		return Change{}, nil, ErrNoSession
	}
	note := audit.Event{Actor: string(session.Account), Account: string(session.Account), Session: string(id)}
	open, ok := st.Password.Open()
	if !ok || !open.Joins || !open.ValidAt(now) || !matches(open.Code) {
		note.Kind, note.Reason = audit.OneTimeRefused, "join"
		c.Events = []audit.Event{note}
		return c, fault.InvalidField("one-time", "login.fault.join-wrong"), nil
	}
	note.Kind, note.Reason = audit.MembershipProved, open.For
	c.Password.Use, c.Joined, c.Events = []password.OneTimeID{open.ID}, open.For, []audit.Event{note}
	return c, nil, nil
}
