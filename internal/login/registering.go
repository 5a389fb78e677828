package login

import (
	"context"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/organisation"
)

// Register takes the registration of somebody who has proved nothing (BVK03). It looks at the form only, counts as for forgotten
// passwords, and leaves the rest to a job: it tells nothing but that the registration was taken, what is wrong with the form, or how long
// to wait.
func (s *Service) Register(ctx context.Context, typed organisation.Registration, from Visitor) (err error) {
	defer fault.Wrap(&err, "login.Register")
	r, err := typed.Check(organisation.Rules{People: s.Rules.People, Password: s.Rules.Password.OneTime})
	if err != nil {
		return err
	}
	now, err := s.reserveRegistration(ctx, s.registrations(r, from))
	if err != nil {
		return err
	}
	r.Accepted = now.Time
	return s.Store.Queue(ctx, organisation.Registering{Registration: r})
}

// registrations names the counts that a registration adds to: those of its address, and that of its number in all networks.
func (s *Service) registrations(r organisation.Registration, from Visitor) []Guess {
	name, _ := account.CanonicalName(r.Email)
	counts := s.counts("registration", name, from)
	if r.Number != "" {
		counts = append(counts, s.byName("registration number", r.Number))
	}
	return counts
}

func (s *Service) reserveRegistration(ctx context.Context, counts []Guess) (now calendar.Moment, err error) {
	var wait time.Time
	err = s.Store.ChangeGuesses(ctx, counts, func(stored []Guess, m calendar.Moment) (counted []Guess) {
		now = m
		counted, wait = reserve(stored, s.Rules.Login, m.Time)
		return counted
	})
	if err == nil && !wait.IsZero() {
		pause := fault.Of(busyUntil(wait, now.Time)).Retry
		err = fault.BusyFor(pause, "login.fault.register-wait", pause)
	}
	return now, err
}
