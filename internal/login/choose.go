package login

import (
	"context"
	"slices"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/organisation"
)

// Choose lets a session act for one of the organisations that its owner may act for (BVK01). Each session has a choice of its own.
func (s *Service) Choose(ctx context.Context, session Session, id organisation.ID) (err error) {
	defer fault.Wrap(&err, "login.Choose(%s)", session.Account)
	return s.Store.ChangeLogin(ctx, session.Account, []SessionID{session.ID}, func(st State, now calendar.Moment) (Change, error) {
		return s.choose(st, session.ID, id, now)
	})
}

// choose decides a choice. One that the session's owner may not act for, or not any more, is as unknown as one that is not there.
func (s *Service) choose(st State, sid SessionID, id organisation.ID, now calendar.Moment) (c Change, err error) {
	session, ok := st.session(sid)
	if !ok || !session.Live(s.Rules.Session, now) || session.Level != TwoFactor || st.Holding.Owner.State != account.Active {
		return Change{}, ErrNoSession
	}
	if !slices.ContainsFunc(session.Open(), func(o organisation.Organisation) bool { return o.ID == id }) {
		return Change{}, fault.New(fault.NotFound, "login.fault.unknown-member")
	}
	if session.Chosen == id {
		return Change{}, nil
	}
	session.Chosen = id
	c.Chosen = &session
	c.Events = append(c.Events, audit.Event{
		Kind: audit.OrganisationChosen, Actor: string(session.Account), Account: string(session.Account), Session: string(sid), Reason: string(id),
	})
	return c, nil
}
