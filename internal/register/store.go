package register

import "context"

// ImportID identifies an import while it runs.
type ImportID string

// Store keeps accounts, and the changes of an import until they are carried out.
type Store interface {
	// Registered finds the accounts that have one of these numbers, and those that have one of these canonical user names.
	Registered(ctx context.Context, numbers, names []string) ([]Known, error)
	// CountRegistered counts the accounts that have a number.
	CountRegistered(ctx context.Context) (int, error)
	// BeginImport begins an import. One that is under way ends by it, and what it or a crashed one has staged is deleted.
	BeginImport(ctx context.Context) (ImportID, error)
	// StageImport adds changes and what follows from them, in the order of their lines. It gives fault.Conflict if another import
	// has begun meanwhile.
	StageImport(ctx context.Context, id ImportID, changes []Change) error
	// CarryOut carries out all that is staged, with what follows from it, in one transaction. It gives fault.Conflict, and nothing
	// is written, if another import has begun, or an account was changed or a name taken since the rows were compared.
	CarryOut(ctx context.Context, id ImportID) error
	// EndImport deletes what is staged.
	EndImport(ctx context.Context, id ImportID) error
}
