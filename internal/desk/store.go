package desk

import (
	"context"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
)

// Store finds members and reads their records. It knows nobody of staff as a member.
type Store interface {
	// Members gives at most so many rows of a list behind a place in it.
	Members(ctx context.Context, f Filter, after Cursor, most int) ([]Row, error)
	// Named gives members whose key for searching begins so, in its order, behind a place in it.
	Named(ctx context.Context, key string, after Cursor, most int) ([]Row, error)
	// Find gives members that a term means as a whole, or whose names begin with it.
	Find(ctx context.Context, t Term, most int) ([]Row, error)
	// Seen gives when one of staff last left a record of having looked at a member; zero if never since an instant.
	Seen(ctx context.Context, member, by account.ID, since time.Duration) (last time.Time, err error)
	// Note records events, in a transaction of their own.
	Note(ctx context.Context, events ...audit.Event) error
	// Record reads all of a member at one moment, without secrets. An unknown id, or one of staff, is fault.NotFound.
	Record(ctx context.Context, id account.ID) (Record, error)
	// Now gives the portal's time.
	Now(ctx context.Context) (calendar.Moment, error)
}
