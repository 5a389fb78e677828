package store

import (
	"context"
	"slices"
	"time"

	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/secret"
	"torhaus/internal/token"
)

const deviceColumns = `d.serial, d.batch_id, d.manufacturer, d.model, d.mode, d.algorithm, d.digits, d.period, d.counter,
	coalesce(d.battery_end, ''), d.state, d.state_at, coalesce(d.token_id, '')`

// deviceFields points Scan at the columns of a device.
func deviceFields(d *token.Device, seconds *int64) []any {
	return []any{
		&d.Serial, &d.Batch, &d.Manufacturer, &d.Model, &d.Mode, &d.Algorithm, &d.Digits, seconds, &d.Counter,
		date{&d.BatteryEnd},
		&d.State, at(&d.Since), &d.Token,
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

// KnownSerials finds which serial numbers, by their keys, are taken: by a device, or by a soft token.
func (db *DB) KnownSerials(ctx context.Context, keys []string) (taken map[string]token.Taken, err error) {
	defer fault.Wrap(&err, "store.KnownSerials")
	taken = map[string]token.Taken{}
	for part := range slices.Chunk(keys, lookedUp) {
		args := make([]any, lookedUp)
		for i := range args {
			args[i] = part[min(i, len(part)-1)]
		}
		for _, query := range []string{
			`SELECT d.serial, b.file, b.imported_at FROM device d JOIN device_batch b ON b.id = d.batch_id WHERE d.serial_key IN `,
			`SELECT t.serial, '', t.created_at FROM token t WHERE t.kind = 'soft' AND t.serial IN `,
		} {
			found, err := rows(ctx, db.read, func(scan func(...any) error) (t token.Taken, err error) {
				err = scan(&t.Serial, &t.File, at(&t.Imported))
				return t, err
			}, withPlaceholders(query, 1, lookedUp), args...)
			if err != nil {
				return nil, err
			}
			for _, t := range found {
				taken[token.SerialKey(t.Serial)] = t
			}
		}
	}
	return taken, nil
}

// BeginStock begins an import. One that is under way ends by it, and what it or a crashed one has staged is deleted.
func (db *DB) BeginStock(ctx context.Context) (id token.BatchID, err error) {
	defer fault.Wrap(&err, "store.BeginStock")
	id = token.BatchID(secret.NewID())
	err = db.tx(ctx, func(tx *tx) error {
		return tx.one(`INSERT INTO stock_import (slot, id, begun_at) VALUES (1, $1, $2)
			ON CONFLICT (slot) DO UPDATE SET id = excluded.id, begun_at = excluded.begun_at`, id, micro(tx.now.Time))
	})
	if err != nil {
		return "", err
	}
	return id, db.EndStock(ctx, id)
}

// importingStock runs a function in a transaction of an import, unless another has begun.
func (db *DB) importingStock(ctx context.Context, id token.BatchID, do func(*tx) error) error {
	return db.tx(ctx, func(tx *tx) error {
		if err := tx.one(`UPDATE stock_import SET begun_at = begun_at WHERE id = $1`, id); err != nil {
			return err
		}
		return do(tx)
	})
}

const stageDevice = `INSERT INTO device_row (serial, serial_key, manufacturer, model, mode, algorithm, digits, period, counter, battery_end, sealed)`

// StageStock adds devices, with their secrets sealed as they will be kept.
func (db *DB) StageStock(ctx context.Context, id token.BatchID, devices []token.Device) (err error) {
	defer fault.Wrap(&err, "store.StageStock")
	staged := make([][]any, len(devices))
	for i, d := range devices {
		sealed, err := db.Keys.Seal(d.Secret, "device", "sealed", d.Serial)
		if err != nil {
			return err
		}
		staged[i] = []any{
			d.Serial, token.SerialKey(d.Serial), d.Manufacturer, d.Model, d.Mode, d.Algorithm, d.Digits, int64(d.Period / time.Second), d.Counter,
			d.BatteryEnd.String(), sealed,
		}
	}
	return db.importingStock(ctx, id, func(tx *tx) error { return tx.insertMany(stageDevice, staged) })
}

// CarryOutStock makes the staged devices the stock's, as one batch, in one transaction.
func (db *DB) CarryOutStock(ctx context.Context, b token.Batch, by token.By) (err error) {
	defer fault.Wrap(&err, "store.CarryOutStock(%s)", b.ID)
	return db.importingStock(ctx, b.ID, func(tx *tx) error {
		err := tx.one(`INSERT INTO device_batch (id, file, format, imported_at, imported_by, devices) VALUES ($1, $2, $3, $4, $5, $6)`,
			b.ID, b.File, b.Format, micro(tx.now.Time), b.By, b.Devices)
		if err != nil {
			return err
		}
		n, err := tx.exec(`INSERT INTO device (serial, serial_key, batch_id, manufacturer, model, mode, algorithm, digits, period, counter,
				battery_end, state, state_at, sealed)
			SELECT serial, serial_key, CAST($1 AS TEXT), manufacturer, model, mode, algorithm, digits, period, counter, nullif(battery_end, ''), 'stock',
				CAST($2 AS bigint), sealed FROM device_row`, b.ID, micro(tx.now.Time))
		if conflict(err) || err == nil && n != int64(b.Devices) {
			return errGone
		}
		if err != nil {
			return err
		}
		return tx.record(audit.Event{Kind: audit.StockImported, Actor: b.By, Session: by.Session, Order: string(b.ID)})
	})
}

// EndStock deletes what is staged, in transactions so short that logins do not wait for them.
func (db *DB) EndStock(ctx context.Context, id token.BatchID) (err error) {
	defer fault.Wrap(&err, "store.EndStock")
	for deleted := int64(1); deleted > 0; {
		err := db.importingStock(ctx, id, func(tx *tx) (err error) {
			deleted, err = tx.exec(`DELETE FROM device_row WHERE serial_key IN (SELECT serial_key FROM device_row LIMIT $1)`, unstagedAtOnce)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ChangeDevice loads a device, locked, lets the deed decide, and moves it with its events.
func (db *DB) ChangeDevice(ctx context.Context, serial string, deed func(token.Device, calendar.Moment) (token.DeviceChange, error)) (err error) {
	defer fault.Wrap(&err, "store.ChangeDevice")
	return db.tx(ctx, func(tx *tx) error {
		var d token.Device
		var seconds int64
		found, err := isFound(tx.QueryRowContext(ctx, `SELECT `+deviceColumns+` FROM device d WHERE d.serial_key = $1`+db.engine.forUpdate,
			token.SerialKey(serial)).Scan(deviceFields(&d, &seconds)...))
		if err != nil {
			return err
		}
		if !found {
			return fault.New(fault.NotFound, "token.stock.fault.unknown")
		}
		d.Period = time.Duration(seconds) * time.Second
		c, err := deed(d, tx.now)
		if err != nil || c.Move.Serial == "" {
			return err
		}
		if err := tx.writeDevices(token.Change{Devices: []token.DeviceMove{c.Move}}); err != nil {
			return err
		}
		return tx.record(c.Events...)
	})
}
