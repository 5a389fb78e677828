package token

import (
	"context"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
)

// Store keeps holdings.
type Store interface {
	// Holding reads what an account holds, without any secret.
	Holding(ctx context.Context, id account.ID) (Holding, calendar.Moment, error)
	// ChangeHolding loads what an account holds, locked and with the secrets of its pending tokens, lets the deed decide, and
	// writes the change in the same transaction. An error of the deed leaves nothing.
	ChangeHolding(ctx context.Context, id account.ID, deed func(Holding, calendar.Moment) (Change, error)) error
	// NextSerial gives the next number of a series, never the same twice.
	NextSerial(ctx context.Context, series string) (int64, error)
	// PickDevice gives the device in stock that goes out next, with its secret: of the oldest batch, and with a battery that lasts
	// until a day. It takes nothing: a Change with a DeviceMove does.
	PickDevice(ctx context.Context, lasting calendar.Date) (Device, bool, error)
	// DeviceInStock gives a device in stock by its serial number as typed, with its secret.
	DeviceInStock(ctx context.Context, serial string) (Device, bool, error)
	// HolderOf finds whose token a device is, by its serial number as typed, and gives that number as printed.
	HolderOf(ctx context.Context, serial string) (id account.ID, printed string, found bool, err error)
	// BatteriesEnding lists the members with an active hard token whose battery ends on a day or before and who were not told.
	BatteriesEnding(ctx context.Context, until calendar.Date) ([]account.ID, error)
	// Now gives the portal's time.
	Now(ctx context.Context) (calendar.Moment, error)
}
