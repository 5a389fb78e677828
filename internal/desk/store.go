package desk

import (
	"context"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/fault"
)

// The errors of a Store.
var (
	ErrNoMember = fault.New(fault.NotFound, "desk.fault.no-member")
	ErrNoList   = fault.New(fault.NotFound, "desk.fault.no-list")
)

// Store finds members and reads their records. It knows nobody of staff as a member.
type Store interface {
	// Members gives at most so many rows of a list behind a place in it.
	Members(ctx context.Context, f Filter, after Cursor, most int) ([]Row, error)
	// Named gives members whose key for searching begins so, in its order, behind a place in it.
	Named(ctx context.Context, key string, after Cursor, most int) ([]Row, error)
	// Find gives members that a term means as a whole, or whose names begin with it.
	Find(ctx context.Context, t Term, most int) ([]Row, error)
	// NoteOnce writes events of staff, but none of which one like it was written within the span.
	NoteOnce(ctx context.Context, within time.Duration, events ...audit.Event) error
	// Record reads all of a member at one moment, without secrets. An unknown id, or one of staff, is fault.NotFound.
	Record(ctx context.Context, id account.ID) (Record, error)
}
