package login

import (
	"context"
	"slices"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
)

// Sessions lists the live sessions of an account, the one used last first.
func (s *Service) Sessions(ctx context.Context, id account.ID) (live []Session, err error) {
	defer fault.Wrap(&err, "login.Sessions(%s)", id)
	open, now, err := s.Store.OpenSessions(ctx, id)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(open, func(o Session) bool { return !o.Live(s.Rules.Session, now) }), nil
}

// EndSession ends a session of the same account from elsewhere. One that is over already, or somebody else's, changes nothing:
// it is not open to this account either way.
func (s *Service) EndSession(ctx context.Context, by Session, id SessionID) (err error) {
	defer fault.Wrap(&err, "login.EndSession(%s)", by.Account)
	return s.Store.ChangeLogin(ctx, by.Account, []SessionID{id}, func(st State, now calendar.Moment) (Change, error) {
		c := Change{End: st.end(id, FromElsewhere, now)}
		for _, ended := range c.End {
			c.Events = append(c.Events, audit.Event{
				Kind: audit.SessionRevoked, Actor: string(by.Account), Account: string(by.Account), Session: string(ended.ID),
				Token: string(ended.Token), Reason: string(FromElsewhere),
			})
		}
		return c, nil
	})
}

// EndOthers ends all sessions of the account but this one.
func (s *Service) EndOthers(ctx context.Context, by Session) (err error) {
	defer fault.Wrap(&err, "login.EndOthers(%s)", by.Account)
	return s.Store.ChangeLogin(ctx, by.Account, nil, func(State, calendar.Moment) (Change, error) {
		return Change{EndAll: &EndAll{Except: by.ID, Reason: FromElsewhere}}, nil
	})
}
