package letter

import "context"

// Way is how letters reach the print centre: the spool folder, or a printer.
type Way interface {
	// Put hands a letter over. Done again after a failure or a crash at any point, it hands it over once, as far as the way permits.
	// The caller gives Portal, Kind, Created, Pages and Recipient of the manifest.
	Put(ctx context.Context, id string, pdf []byte, m Manifest) error
	// Forget drops what was kept for Put, once the database knows that the letter was handed over.
	Forget(id string) error
	// Withdraw takes a letter back, as far as it is still here.
	Withdraw(ctx context.Context, id string) error

	// lock keeps other runners away from a letter. One that somebody else is at is fault.Busy.
	lock(id string) (unlock func(), err error)
}
