package token

import (
	"context"
	"time"

	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
)

var errUnknownDevice = fault.New(fault.NotFound, "token.stock.fault.unknown")

// DeviceChange is what a deed changes about a device that no member's holding changes with.
type DeviceChange struct {
	Move   DeviceMove
	Events []audit.Event
}

// ScrapReason says why a device is written off.
type ScrapReason string

// The reasons, from which staff choose.
const (
	ScrapDefective ScrapReason = "device-defective"
	ScrapBattery   ScrapReason = "device-battery"
	ScrapLost      ScrapReason = "device-lost"
	ScrapReturned  ScrapReason = "device-returned" // came back and was destroyed
)

// ScrapReasons lists the reasons.
var ScrapReasons = []ScrapReason{ScrapDefective, ScrapBattery, ScrapLost, ScrapReturned}

// Scrap writes a device off: one in stock, one that came back, or one that was awaited in vain. What a member has, is revoked first.
func (d Device) Scrap(reason ScrapReason, by By) (DeviceChange, error) {
	switch d.State {
	case InStock, Awaited, Returned:
	case Scrapped:
		return DeviceChange{}, nil
	default:
		return DeviceChange{}, fault.New(fault.Conflict, "token.stock.fault.in-hands")
	}
	return d.moved(Scrapped, audit.DeviceScrapped, string(reason), by), nil
}

// Receive takes back a device that was awaited. It is never given out again.
func (d Device) Receive(by By) (DeviceChange, error) {
	switch d.State {
	case Awaited:
	case Returned, Scrapped:
		return DeviceChange{}, nil
	default:
		return DeviceChange{}, fault.New(fault.Conflict, "token.stock.fault.not-awaited")
	}
	return d.moved(Returned, audit.DeviceReturned, "", by), nil
}

func (d Device) moved(to DeviceState, kind audit.Kind, reason string, by By) DeviceChange {
	e := audit.Event{Kind: kind, Actor: string(by.Actor), Session: by.Session, Token: d.Serial, Reason: reason}
	if d.Token != "" {
		e.Token = string(d.Token)
	}
	return DeviceChange{Move: DeviceMove{Serial: d.Serial, From: d.State, To: to, Token: d.Token}, Events: []audit.Event{e}}
}

// Scrap writes a device off, by its serial number as typed.
func (s *StockService) Scrap(ctx context.Context, serial string, reason ScrapReason, by By) (err error) {
	defer fault.Wrap(&err, "token.Scrap")
	return s.Store.ChangeDevice(ctx, serial, func(d Device, _ calendar.Moment) (DeviceChange, error) { return d.Scrap(reason, by) })
}

// Receive takes back a device, by its serial number as typed or scanned.
func (s *StockService) Receive(ctx context.Context, serial string, by By) (err error) {
	defer fault.Wrap(&err, "token.Receive")
	return s.Store.ChangeDevice(ctx, serial, func(d Device, _ calendar.Moment) (DeviceChange, error) { return d.Receive(by) })
}

// Overview counts the stock.
func (s *StockService) Overview(ctx context.Context) (Stock, error) {
	now, err := s.Store.Now(ctx)
	if err != nil {
		return Stock{}, err
	}
	hard := s.Rules.Token.Hard
	stock, err := s.Store.CountStock(ctx, calendar.DateOf(now.Time).AddDays(hard.BatteryLast), s.overdueBefore(now))
	stock.Now, stock.Usable = now, stock.Total[InStock]-stock.Ending
	stock.Low = stock.Usable < hard.LowStock
	return stock, err
}

// overdueBefore gives the moment before which a device was asked back that should be here.
func (s *StockService) overdueBefore(now calendar.Moment) time.Time {
	return calendar.DateOf(now.Time).AddDays(-s.Rules.Token.Hard.ReturnIn).Start()
}

// ToReturn lists devices that are to come back, with the overdue ones first.
func (s *StockService) ToReturn(ctx context.Context, most int) ([]Listed, error) {
	now, err := s.Store.Now(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.Store.ToReturn(ctx, most)
	for i := range list {
		list[i].Overdue = list[i].Since.Before(s.overdueBefore(now))
	}
	return list, err
}

// BatteriesEnding lists devices in use whose battery ends soon.
func (s *StockService) BatteriesEnding(ctx context.Context, most int) ([]Listed, error) {
	now, err := s.Store.Now(ctx)
	if err != nil {
		return nil, err
	}
	return s.Store.BatteriesUntil(ctx, calendar.DateOf(now.Time).AddDays(s.Rules.Token.Hard.BatteryWarn), most)
}

// Find finds a device by its serial number as typed.
func (s *StockService) Find(ctx context.Context, serial string) (Listed, error) {
	d, found, err := s.Store.FindDevice(ctx, serial)
	if err == nil && !found {
		err = errUnknownDevice
	}
	return d, err
}
