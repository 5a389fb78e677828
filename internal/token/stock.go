package token

import (
	"context"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
)

// Batch is one delivery of devices, imported at once.
type Batch struct {
	ID       BatchID
	File     string // as its owner called it
	Format   StockFormat
	Imported time.Time
	By       string // account of staff, or "system" for the console
	ByName   account.Person
	Devices  int
}

// ModelCount is how many devices of a model are in each state.
type ModelCount struct {
	Manufacturer, Model string
	Count               map[DeviceState]int
}

// Stock is the stock at one glance.
type Stock struct {
	Models  []ModelCount // by manufacturer and model
	Total   map[DeviceState]int
	Ending  int // devices in stock whose battery ends too soon to be given out
	Usable  int // devices in stock that can be given out
	Low     bool
	Overdue int // devices that should have come back
	Now     calendar.Moment
}

// Listed is a device in a list, with whose it is.
type Listed struct {
	Device
	Holder  account.Account // of whom only id, number and name are known; nobody where the device never had one
	Ordered time.Time       // when it was assigned
	Shipped time.Time
	Overdue bool // it should have come back by now
}

// Held tells whether the device belongs, or belonged, to somebody.
func (l Listed) Held() bool { return l.Holder.ID != "" }

// Happened is what the audit has about a device.
type Happened = audit.Record

// StockQuery asks for a page of devices, in the order of their serial numbers.
type StockQuery struct {
	State  DeviceState // empty for all
	Batch  BatchID     // empty for all
	Serial string      // how the serial number begins; empty for all
	After  string      // serial number of the last device of the page before; empty for the first
	Most   int
}

// StockStore keeps devices.
type StockStore interface {
	// CountStock counts devices by model and state; apart from that, those in stock whose battery ends before a day, and those that were
	// asked back before a moment.
	CountStock(ctx context.Context, lasting calendar.Date, askedBefore time.Time) (Stock, error)
	// DeviceBatches lists the newest imports.
	DeviceBatches(ctx context.Context, most int) ([]Batch, error)
	// Devices gives a page of devices.
	Devices(ctx context.Context, q StockQuery) ([]Listed, error)
	// DevicesOf lists the devices of members whose number is as typed, or whose name begins so.
	DevicesOf(ctx context.Context, holder string, most int) ([]Listed, error)
	// FindDevice finds a device by its serial number as typed, without its secret.
	FindDevice(ctx context.Context, serial string) (Listed, bool, error)
	// ToShip lists devices that are assigned and not sent, in the order in which they were assigned.
	ToShip(ctx context.Context, most int) ([]Listed, error)
	// ToReturn lists devices that are to come back, those first that were asked for first.
	ToReturn(ctx context.Context, most int) ([]Listed, error)
	// BatteriesUntil lists devices in use whose battery ends on a day or before, the first first.
	BatteriesUntil(ctx context.Context, until calendar.Date, most int) ([]Listed, error)
	// DeviceEvents gives what the audit has about a device, newest first.
	DeviceEvents(ctx context.Context, d Device, most int) ([]Happened, error)
	// ChangeDevice loads a device, locked, lets the deed decide, and moves it with its events in the same transaction.
	ChangeDevice(ctx context.Context, serial string, deed func(Device, calendar.Moment) (DeviceChange, error)) error

	StagingStore
}

// StagingStore keeps the devices of an import until they are carried out.
type StagingStore interface {
	// KnownSerials finds which serial numbers, by their keys, are taken.
	KnownSerials(ctx context.Context, keys []string) (map[string]Taken, error)
	// BeginStock begins an import. One that is under way ends by it, and what it or a crashed one has staged is deleted.
	BeginStock(ctx context.Context) (BatchID, error)
	// StageStock adds devices. It gives fault.Conflict if another import has begun meanwhile.
	StageStock(ctx context.Context, id BatchID, devices []Device) error
	// CarryOutStock makes the staged devices the stock's, as one batch, in one transaction. It gives fault.Conflict if another import has
	// begun or a serial number was taken meanwhile.
	CarryOutStock(ctx context.Context, b Batch, by By) error
	// EndStock deletes what is staged.
	EndStock(ctx context.Context, id BatchID) error
	// Now gives the portal's time.
	Now(ctx context.Context) (calendar.Moment, error)
}

// Taken says who has a serial number already.
type Taken struct {
	Serial   string
	File     string // of the batch; empty for a soft token
	Imported time.Time
}
