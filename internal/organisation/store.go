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
	// PeopleOf reads a page of its people.
	PeopleOf(ctx context.Context, id ID, search Search) (List, error)
	// ChangeTeam loads the same, the organisation locked, lets the deed decide, and writes the change in the same transaction. An
	// error of the deed leaves nothing.
	ChangeTeam(ctx context.Context, id ID, deed func(Team, calendar.Moment) (Change, error)) error
	// Organisations gives all organisations.
	Organisations(ctx context.Context) ([]Organisation, error)
	// ChangeOrganisations loads all organisations, locked, lets an import decide, and writes what it changes in the same transaction.
	ChangeOrganisations(ctx context.Context, deed func([]Organisation, calendar.Moment) (Rolled, error)) error
	// ChangeRegistration loads what a registration is decided on: the organisation of the number, locked, the account with the key, and
	// whether the registration with the id was decided before. An unknown number gives an empty team.
	ChangeRegistration(ctx context.Context, id, number, key string, deed func(Entry, calendar.Moment) (Change, error)) error
	// Centres lists the people of data centres, Centre reads one.
	Centres(ctx context.Context) ([]Centre, calendar.Moment, error)
	Centre(ctx context.Context, id account.ID) (Centre, calendar.Moment, error)
	// ChangeCentre loads one, locked, with how many were approved so far, lets the deed decide, and writes the change.
	ChangeCentre(ctx context.Context, id account.ID, deed func(ce Centre, approved int, now calendar.Moment) (Change, error)) error
	// Waiting gives whose registrations nobody has finished.
	Waiting(ctx context.Context) ([]ID, []account.ID, error)
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
