package store

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/token"
)

// CountStock counts devices by model and state; apart from that, those in stock whose battery ends before a day, and those that were
// asked back before a moment.
func (db *DB) CountStock(ctx context.Context, lasting calendar.Date, askedBefore time.Time) (s token.Stock, err error) {
	defer fault.Wrap(&err, "store.CountStock")
	s.Total = map[token.DeviceState]int{}
	type counted struct {
		manufacturer, model string
		state               token.DeviceState
		count               int
	}
	list, err := rows(ctx, db.read, func(scan func(...any) error) (c counted, err error) {
		err = scan(&c.manufacturer, &c.model, &c.state, &c.count)
		return c, err
	}, `SELECT manufacturer, model, state, count(*) FROM device GROUP BY manufacturer, model, state ORDER BY manufacturer, model`)
	if err != nil {
		return s, err
	}
	for _, c := range list {
		last := len(s.Models) - 1
		if last < 0 || s.Models[last].Manufacturer != c.manufacturer || s.Models[last].Model != c.model {
			s.Models = append(s.Models, token.ModelCount{Manufacturer: c.manufacturer, Model: c.model, Count: map[token.DeviceState]int{}})
			last++
		}
		s.Models[last].Count[c.state] = c.count
		s.Total[c.state] += c.count
	}
	err = db.read.QueryRowContext(ctx, `SELECT count(*) FROM device WHERE state = 'stock' AND battery_end IS NOT NULL AND battery_end < $1`,
		lasting.String()).Scan(&s.Ending)
	if err != nil {
		return s, err
	}
	err = db.read.QueryRowContext(ctx, `SELECT count(*) FROM device WHERE state = 'awaited' AND state_at < $1`, micro(askedBefore)).Scan(&s.Overdue)
	return s, err
}

// DeviceBatches lists the newest imports of devices.
func (db *DB) DeviceBatches(ctx context.Context, most int) (list []token.Batch, err error) {
	defer fault.Wrap(&err, "store.DeviceBatches")
	return rows(ctx, db.read, func(scan func(...any) error) (b token.Batch, err error) {
		err = scan(&b.ID, &b.File, &b.Format, at(&b.Imported), &b.By, &b.Devices, &b.ByName.First, &b.ByName.Last)
		return b, err
	}, `SELECT b.id, b.file, b.format, b.imported_at, b.imported_by, b.devices, coalesce(a.first_name, ''), coalesce(a.last_name, '')
		FROM device_batch b LEFT JOIN account a ON a.id = b.imported_by ORDER BY b.imported_at DESC, b.id DESC LIMIT $1`, most)
}

const (
	listedColumns = deviceColumns + `, coalesce(a.id, ''), coalesce(a.number, ''), coalesce(a.title, ''), coalesce(a.first_name, ''),
		coalesce(a.last_name, ''), o.placed_at, o.shipped_at`

	// withHolder follows devices to those they belong to
	withHolder = ` LEFT JOIN token t ON t.id = d.token_id LEFT JOIN account a ON a.id = t.account_id LEFT JOIN token_order o ON o.token_id = t.id`
)

func scanListed(scan func(...any) error) (l token.Listed, err error) {
	var seconds int64
	err = scan(append(deviceFields(&l.Device, &seconds), &l.Holder.ID, &l.Holder.Number, &l.Holder.Person.Title, &l.Holder.Person.First,
		&l.Holder.Person.Last, at(&l.Ordered), at(&l.Shipped))...)
	l.Period = time.Duration(seconds) * time.Second
	return l, err
}

// Devices gives a page of devices, in the order of their serial numbers.
func (db *DB) Devices(ctx context.Context, q token.StockQuery) (list []token.Listed, err error) {
	defer fault.Wrap(&err, "store.Devices")
	conditions, args := []string{`d.serial_key > $2`}, []any{q.Most, token.SerialKey(q.After)}
	if q.State != "" {
		args = append(args, q.State)
		conditions = append(conditions, `d.state = `+placeholder(args))
	}
	if q.Batch != "" {
		args = append(args, q.Batch)
		conditions = append(conditions, `d.batch_id = `+placeholder(args))
	}
	if key := token.SerialKey(q.Serial); key != "" {
		args = append(args, key)
		conditions = append(conditions, `d.serial_key >= `+placeholder(args))
		args = append(args, key+lastSign)
		conditions = append(conditions, `d.serial_key < `+placeholder(args))
	}
	return rows(ctx, db.read, scanListed, `SELECT `+listedColumns+` FROM device d`+withHolder+` WHERE `+strings.Join(conditions, ` AND `)+`
		ORDER BY d.serial_key LIMIT $1`, args...)
}

// DevicesOf lists the devices of members whose number is as typed, or whose name begins so.
func (db *DB) DevicesOf(ctx context.Context, holder string, most int) (list []token.Listed, err error) {
	defer fault.Wrap(&err, "store.DevicesOf")
	key := account.SearchKey(holder)
	if key == "" {
		return nil, nil
	}
	const namesakes = 500 // whose devices are looked for
	return rows(ctx, db.read, scanListed, `SELECT `+listedColumns+` FROM (
			SELECT id FROM account WHERE realm = 'member' AND number = $1
			UNION SELECT id FROM (SELECT id FROM account WHERE realm = 'member' AND search_name >= $2 AND search_name < $3 ORDER BY search_name LIMIT $4) n
		) m JOIN token t ON t.account_id = m.id AND t.kind = 'hard' JOIN device d ON d.token_id = t.id JOIN account a ON a.id = m.id
		LEFT JOIN token_order o ON o.token_id = t.id ORDER BY d.serial_key LIMIT $5`, strings.TrimSpace(holder), key, key+lastSign, namesakes, most)
}

// FindDevice finds a device by its serial number as typed.
func (db *DB) FindDevice(ctx context.Context, serial string) (d token.Listed, found bool, err error) {
	defer fault.Wrap(&err, "store.FindDevice")
	list, err := rows(ctx, db.read, scanListed, `SELECT `+listedColumns+` FROM device d`+withHolder+` WHERE d.serial_key = $1`, token.SerialKey(serial))
	if err != nil || len(list) == 0 {
		return d, false, err
	}
	return list[0], true, nil
}

// ToShip lists devices that are assigned and not sent, in the order in which they were assigned.
func (db *DB) ToShip(ctx context.Context, most int) (list []token.Listed, err error) {
	defer fault.Wrap(&err, "store.ToShip")
	return db.inState(ctx, token.Assigned, most)
}

// ToReturn lists devices that are to come back, those first that were asked for first.
func (db *DB) ToReturn(ctx context.Context, most int) (list []token.Listed, err error) {
	defer fault.Wrap(&err, "store.ToReturn")
	return db.inState(ctx, token.Awaited, most)
}

// inState lists devices by how long they are in a state.
func (db *DB) inState(ctx context.Context, state token.DeviceState, most int) ([]token.Listed, error) {
	return rows(ctx, db.read, scanListed, `SELECT `+listedColumns+` FROM device d`+withHolder+`
		WHERE d.state = $1 ORDER BY d.state_at, d.serial_key LIMIT $2`, state, most)
}

// BatteriesUntil lists devices in use whose battery ends on a day or before, the first first.
func (db *DB) BatteriesUntil(ctx context.Context, until calendar.Date, most int) (list []token.Listed, err error) {
	defer fault.Wrap(&err, "store.BatteriesUntil")
	return rows(ctx, db.read, scanListed, `SELECT `+listedColumns+` FROM device d`+withHolder+`
		WHERE d.state = 'in-use' AND d.battery_end IS NOT NULL AND d.battery_end <= $1 ORDER BY d.battery_end, d.serial_key LIMIT $2`, until.String(), most)
}

// DeviceEvents gives what the audit has about a device, newest first: as a device, as a token, and of its order.
func (db *DB) DeviceEvents(ctx context.Context, d token.Device, most int) (list []audit.Record, err error) {
	defer fault.Wrap(&err, "store.DeviceEvents")
	for _, name := range []string{d.Serial, string(d.Token)} {
		if name == "" {
			continue
		}
		found, err := rows(ctx, db.read, scanRecord, `SELECT `+auditColumns+` FROM audit_event WHERE token_id = $1 AND token_id <> ''
			ORDER BY seq DESC LIMIT $2`, name, most)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	slices.SortFunc(list, func(a, b audit.Record) int { return cmp.Compare(b.Seq, a.Seq) })
	return list[:min(len(list), most)], nil
}

// placeholder names the last argument.
func placeholder(args []any) string { return "$" + strconv.Itoa(len(args)) }
