package store

import (
	"context"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/token"
)

const deviceColumns = `d.serial, d.batch_id, d.manufacturer, d.model, d.mode, d.algorithm, d.digits, d.period, d.counter,
	coalesce(d.battery_end, ''), d.state, d.state_at, coalesce(d.token_id, '')`

// deviceFields points Scan at the columns of a device.
func deviceFields(d *token.Device, seconds *int64) []any {
	return []any{
		&d.Serial, &d.Batch, &d.Manufacturer, &d.Model, &d.Mode, &d.Algorithm, &d.Digits, seconds, &d.Counter,
		date{&d.BatteryEnd}, &d.State, at(&d.Since), &d.Token,
	}
}

// PickDevice gives the device in stock that goes out next, with its secret: of the oldest batch, and with a battery that lasts
// until a day. It takes nothing: Change.Devices does, and fails if somebody else was first.
func (db *DB) PickDevice(ctx context.Context, lasting calendar.Date) (d token.Device, found bool, err error) {
	defer fault.Wrap(&err, "store.PickDevice")
	return db.deviceInStock(ctx, `FROM device_batch b JOIN device d ON d.batch_id = b.id
		WHERE d.state = 'stock' AND (d.battery_end IS NULL OR d.battery_end >= $1)
		ORDER BY b.imported_at, b.id, d.serial_key LIMIT 1`, lasting.String())
}

// DeviceInStock gives a device by its serial number, with its secret, if it is in stock.
func (db *DB) DeviceInStock(ctx context.Context, serial string) (d token.Device, found bool, err error) {
	defer fault.Wrap(&err, "store.DeviceInStock")
	return db.deviceInStock(ctx, `FROM device d WHERE d.state = 'stock' AND d.serial_key = $1`, token.SerialKey(serial))
}

func (db *DB) deviceInStock(ctx context.Context, from string, args ...any) (d token.Device, found bool, err error) {
	var seconds int64
	var sealed []byte
	row := db.read.QueryRowContext(ctx, `SELECT `+deviceColumns+`, d.sealed `+from, args...)
	found, err = isFound(row.Scan(append(deviceFields(&d, &seconds), &sealed)...))
	if err != nil || !found {
		return token.Device{}, false, err
	}
	d.Period = time.Duration(seconds) * time.Second
	d.Secret, err = db.Keys.Open(sealed, "device", "sealed", d.Serial)
	return d, err == nil, err
}

// writeDevices moves devices. Each is moved by one statement that only one can win.
func (t *tx) writeDevices(c token.Change) error {
	for _, m := range c.Devices {
		if !m.Possible() {
			return fault.New(fault.Conflict, "token.stock.fault.impossible")
		}
		if err := t.moveDevice(m); err != nil {
			return err
		}
	}
	return nil
}

// moveDevice keeps the secret in stock only: with Assigned the token has it, and a device that went back into the stock has it again.
func (t *tx) moveDevice(m token.DeviceMove) error {
	var sealed, holder any
	var err error
	was := any(string(m.Token))
	switch {
	case m.To == token.InStock:
		sealed, err = t.db.Keys.Seal(m.Secret, "device", "sealed", m.Serial)
	case m.Token != "":
		holder = m.Token
	}
	if m.From == token.InStock {
		was = ""
	}
	if err != nil {
		return err
	}
	return t.one(`UPDATE device SET state = $3, state_at = $4, token_id = $5, sealed = $6
		WHERE serial = $1 AND state = $2 AND coalesce(token_id, '') = $7`, m.Serial, m.From, m.To, micro(t.now.Time), holder, sealed, was)
}
