package staff

import (
	"context"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/login"
)

// Store keeps staff.
type Store interface {
	// Staff reads everybody of staff, by last name.
	Staff(ctx context.Context) ([]Person, calendar.Moment, error)
	// StaffByName finds one of staff by the key of the user name; empty if there is none.
	AccountOf(ctx context.Context, key string) (account.ID, error)
	// ChangeStaff loads everybody of staff, locked, and what the person holds whom the deed is about, if that is somebody; lets the
	// deed decide; and writes the change in the same transaction. An error of the deed leaves nothing.
	ChangeStaff(ctx context.Context, about account.ID, deed func(State, calendar.Moment) (Change, error)) error
	// Invitation finds an invitation. Found is false if there is none.
	Invitation(ctx context.Context, id string) (i Invitation, owner account.Account, now calendar.Moment, found bool, err error)
	// ChangeEntry loads what the account holds, as ChangeLogin of package login does, with its newest invitation; lets the deed decide;
	// and writes the change in the same transaction.
	ChangeEntry(ctx context.Context, id account.ID, sessions []login.SessionID, deed func(Entry, calendar.Moment) (EntryChange, error)) error
}
