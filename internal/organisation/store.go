package organisation

import (
	"context"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
)

// Store keeps organisations and their people.
type Store interface {
	// Team reads an organisation with its people, without locking anything.
	Team(ctx context.Context, id ID) (Team, calendar.Moment, error)
	// ChangeTeam loads the same, the organisation locked, lets the deed decide, and writes the change in the same transaction. An
	// error of the deed leaves nothing.
	ChangeTeam(ctx context.Context, id ID, deed func(Team, calendar.Moment) (Change, error)) error
	// AccountOf finds an account by the key of its user name (account.Door); empty if there is none.
	AccountOf(ctx context.Context, key string) (account.ID, error)
	// Memberships gives the organisations that an account acts for, with what it is there.
	Memberships(ctx context.Context, id account.ID) ([]Place, error)
}

// Place is what a person is in one organisation, and what that lets them do now.
type Place struct {
	Organisation Organisation
	State        State
	Standing     Standing
}
