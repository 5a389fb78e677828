package register

import (
	"context"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/job"
	"torhaus/internal/mail"
)

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
	// StageImport adds changes, in the order of their lines. It gives fault.Conflict if another import has begun meanwhile.
	StageImport(ctx context.Context, id ImportID, changes []Change) error
	// CarryOut carries out all that is staged, with its consequences, in one transaction. It gives fault.Conflict, and nothing is
	// written, if another import has begun, or an account was changed or a name taken since the rows were compared.
	CarryOut(ctx context.Context, id ImportID, consequences func(Done, calendar.Moment) ([]audit.Event, []job.Request)) error
	// EndImport deletes what is staged.
	EndImport(ctx context.Context, id ImportID) error
}

// Done is what an import has done to an account, as far as something follows from it.
type Done struct {
	Account  account.ID
	Person   account.Person // as it is now
	New      bool
	Columns  string // that differ, with commas between them; empty for a new account
	NewEmail bool
	OldEmail string
}

// consequences tells what follows: a record in the audit, and a message to the e-mail address that is no longer the member's.
func (d Done) consequences(now calendar.Moment) (events []audit.Event, jobs []job.Request) {
	e := audit.Event{Kind: audit.AccountChanged, Actor: audit.System, Account: string(d.Account), Reason: d.Columns}
	if d.New {
		e.Kind = audit.AccountImported
	}
	if d.NewEmail && d.OldEmail != "" {
		jobs = []job.Request{{Work: mail.EmailChanged{
			To: mail.Address{Name: d.Person.Name(), Email: d.OldEmail}, Greeting: d.Person.Greeting(), At: now.Time,
		}}}
	}
	return []audit.Event{e}, jobs
}
