package desk

import (
	"context"
	"slices"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/profile"
	"torhaus/internal/token"
)

// Record is all that the portal knows of a member, at one moment and without secrets.
type Record struct {
	Now      calendar.Moment
	Login    login.State           // account, tokens, orders, passwords: what a login is decided on
	Letters  []letter.Letter       // newest first, without their content
	Emails   []account.EmailChange // changes of the e-mail address, newest first, without their codes
	Sessions []login.Session       // live ones, the one used last first
	Events   []audit.Record        // newest first; only the last ones
	Stops    map[token.ID]audit.Record
	Closed   *audit.Record              // how the account was deactivated; nil if the portal does not know
	Imported time.Time                  // when it came from the body's register; zero if it did not
	People   map[string]account.Account // who did what is told of, by id; without those that are unknown
	Pauses   []login.Pause              // how long a login has to wait after wrong passwords; from everywhere first
}

// Owner gives the member.
func (r Record) Owner() account.Account { return r.Login.Holding.Owner }

// Service shows members to staff.
type Service struct {
	Store  Store
	Logins *login.Service
	Rules  Rules
}

// Rules are the profile's figures that this package obeys.
type Rules struct {
	Login  login.Rules
	Desk   profile.Desk
	Letter letter.Watch
}

// RulesOf collects the figures of a profile that the service desk obeys.
func RulesOf(p *profile.Profile) Rules {
	return Rules{Login: login.RulesOf(p), Desk: p.Desk, Letter: letter.WatchOf(p)}
}

// Open gives the record of a member to one of staff. That it was looked at is recorded first: where that fails, nothing is shown.
func (s *Service) Open(ctx context.Context, by login.Session, id account.ID) (r Record, err error) {
	defer fault.Wrap(&err, "desk.Open(%s)", id)
	if r, err = s.Store.Record(ctx, id); err != nil {
		return Record{}, err
	}
	if err := s.note(ctx, by, id); err != nil {
		return Record{}, err
	}
	if r.Sessions, err = s.Logins.Sessions(ctx, id); err != nil {
		return Record{}, err
	}
	r.Pauses, err = s.Logins.Pauses(ctx, r.Owner(), addresses(r.Sessions))
	return r, err
}

// note records that staff looked at a member. Looks that follow soon are one look.
func (s *Service) note(ctx context.Context, by login.Session, id account.ID) error {
	return s.Store.NoteOnce(ctx, s.Rules.Desk.SeenEvery.D(), audit.Event{
		Kind: audit.MemberSeen, Actor: string(by.Account), Account: string(id), Session: string(by.ID),
	})
}

// addresses gives where sessions come from, each once.
func addresses(sessions []login.Session) (list []string) {
	for _, s := range sessions {
		if !slices.Contains(list, s.Address) {
			list = append(list, s.Address)
		}
	}
	return list
}
