package organisation

import (
	"context"

	"torhaus/internal/account"
)

// Search asks for a page of an organisation's people.
type Search struct {
	Sought string     // a part of the name or of the address; empty for everybody
	Behind account.ID // the last one of the page before; empty for the first page
	Most   int
}

// List is a page of an organisation's people, in the order in which they came. Nobody is ever left out (BVK17).
type List struct {
	Organisation Organisation
	People       []Membership
	More         bool         // there are more behind them
	Open         []Membership // who waits for an administrator: registrations, and clerks who have forgotten the password
}

// List gives a page of an organisation's people.
func (s *Service) List(ctx context.Context, id ID, search Search) (List, error) {
	return s.Store.PeopleOf(ctx, id, search)
}
