package store

import (
	"context"
	"slices"
	"strings"

	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/register"
	"torhaus/internal/secret"
)

// accountVersion differs whenever anything differs that an import writes. No value has its sign.
const accountVersion = `a.user_name || '␟' || a.salutation || '␟' || a.title || '␟' || a.first_name || '␟' || a.last_name || '␟' ||
	a.address_extra || '␟' || a.street || '␟' || a.postcode || '␟' || a.town || '␟' || a.email || '␟' || coalesce(a.register_email, '')`

func scanKnown(scan func(...any) error) (k register.Known, err error) {
	err = scan(append(accountFields(&k.Account), &k.NameKey, &k.Register, &k.Version)...)
	return k, err
}

// lookedUp is how many accounts one statement looks for. Fewer are looked for by the same text, so that it is kept ready.
const lookedUp = 500

// Registered finds the accounts that have one of these register numbers, and those that have one of these canonical user names.
func (db *DB) Registered(ctx context.Context, numbers, names []string) (found []register.Known, err error) {
	defer fault.Wrap(&err, "store.Registered")
	byNumber, byName := `a.number IN `, `a.name_key IN `
	for _, look := range []struct {
		column string
		values []string
	}{{byNumber, numbers}, {byName, names}} {
		for part := range slices.Chunk(look.values, lookedUp) {
			args := make([]any, lookedUp)
			for i := range args {
				args[i] = part[min(i, len(part)-1)]
			}
			more, err := rows(ctx, db.read, scanKnown, withPlaceholders(`SELECT `+accountColumns+`, a.name_key, coalesce(a.register_email, ''), `+
				accountVersion+` FROM account a WHERE `+look.column, 1, lookedUp, ""), args...)
			if err != nil {
				return nil, err
			}
			found = append(found, more...)
		}
	}
	return found, nil
}

// CountRegistered counts the accounts that have a register number.
func (db *DB) CountRegistered(ctx context.Context) (n int, err error) {
	defer fault.Wrap(&err, "store.CountRegistered")
	err = db.read.QueryRowContext(ctx, `SELECT count(*) FROM account WHERE number IS NOT NULL`).Scan(&n)
	return n, err
}

// BeginImport begins an import. One that is under way ends by it, and what it or a crashed one has staged is deleted.
func (db *DB) BeginImport(ctx context.Context) (id register.ImportID, err error) {
	defer fault.Wrap(&err, "store.BeginImport")
	id = register.ImportID(secret.NewID())
	err = db.tx(ctx, func(tx *tx) error {
		return tx.one(`INSERT INTO register_import (slot, id, begun_at) VALUES (1, $1, $2)
			ON CONFLICT (slot) DO UPDATE SET id = excluded.id, begun_at = excluded.begun_at`, id, micro(tx.now.Time))
	})
	if err != nil {
		return "", err
	}
	return id, db.unstage(ctx, id)
}

// importing runs a function in a transaction of an import, unless another has begun.
func (db *DB) importing(ctx context.Context, id register.ImportID, do func(*tx) error) error {
	return db.tx(ctx, func(tx *tx) error {
		if err := tx.one(`UPDATE register_import SET begun_at = begun_at WHERE id = $1`, id); err != nil {
			return err
		}
		return do(tx)
	})
}

// unstage deletes what is staged, in transactions so short that logins do not wait for them.
func (db *DB) unstage(ctx context.Context, id register.ImportID) error {
	for deleted := int64(1); deleted > 0; {
		err := db.importing(ctx, id, func(tx *tx) (err error) {
			deleted, err = tx.exec(`DELETE FROM register_row WHERE line IN (SELECT line FROM register_row LIMIT $1)`, forgetAtOnce)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

const stageRow = `INSERT INTO register_row (line, account_id, number, user_name, name_key, salutation, title, first_name, last_name,
	address_extra, street, postcode, town, register_email, email, old_email, columns, new_email, new_address, version)`

// StageImport adds changes to an import.
func (db *DB) StageImport(ctx context.Context, id register.ImportID, changes []register.Change) (err error) {
	defer fault.Wrap(&err, "store.StageImport")
	staged := make([][]any, len(changes))
	for i, c := range changes {
		m, p, a := c.Member, c.Member.Person, c.Member.Address
		staged[i] = []any{
			c.Line, c.Account, m.Number, m.UserName, c.NameKey, p.Salutation, p.Title, p.First, p.Last, a.Extra, a.Street, a.Postcode,
			a.Town, m.Email, c.Email, c.OldEmail, joined(c.Columns), flag(c.NewEmail()), flag(c.NewAddress()), c.Version,
		}
	}
	return db.importing(ctx, id, func(tx *tx) error { return tx.insertMany(stageRow, staged, "") })
}

func joined(columns []register.Column) string {
	var b strings.Builder
	for i, c := range columns {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(string(c))
	}
	return b.String()
}

// flag is a yes or no as the tables have it.
func flag(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// CarryOut carries out all that is staged, with its consequences, in one transaction.
func (db *DB) CarryOut(ctx context.Context, id register.ImportID, consequences func(register.Done, calendar.Moment) ([]audit.Event, []job.Request)) (err error) {
	defer fault.Wrap(&err, "store.CarryOut")
	return db.importing(ctx, id, func(tx *tx) error {
		if err := tx.makeAccounts(); err != nil {
			return err
		}
		if err := tx.changeAccounts(); err != nil {
			return err
		}
		return tx.followImport(consequences)
	})
}

// makeAccounts makes the new accounts, without passwords.
func (t *tx) makeAccounts() error {
	_, err := t.exec(`INSERT INTO account (id, number, user_name, name_key, state, salutation, title, first_name, last_name, address_extra,
			street, postcode, town, email, register_email, created_at)
		SELECT account_id, number, user_name, name_key, 'active', salutation, title, first_name, last_name, address_extra,
			street, postcode, town, email, register_email, CAST($1 AS bigint) FROM register_row WHERE version = ''`, micro(t.now.Time))
	if conflict(err) {
		return errGone
	}
	return err
}

// changeAccounts makes existing accounts what the register says, if all are still as they were when that was compared.
func (t *tx) changeAccounts() error {
	var staged int64
	if err := t.QueryRowContext(t.ctx, `SELECT count(*) FROM register_row WHERE version <> ''`).Scan(&staged); err != nil {
		return err
	}
	n, err := t.exec(`UPDATE account AS a SET user_name = r.user_name, name_key = r.name_key, salutation = r.salutation, title = r.title,
			first_name = r.first_name, last_name = r.last_name, address_extra = r.address_extra, street = r.street,
			postcode = r.postcode, town = r.town, email = r.email, register_email = r.register_email,
			email_changed_at = CASE WHEN r.new_email = 1 THEN $1 ELSE a.email_changed_at END,
			address_changed_at = CASE WHEN r.new_address = 1 THEN $1 ELSE a.address_changed_at END
		FROM register_row r WHERE r.version <> '' AND a.id = r.account_id AND r.version = `+accountVersion, micro(t.now.Time))
	if conflict(err) || err == nil && n != staged {
		return errGone
	}
	return err
}

// followedAtOnce is for how many rows the consequences are in memory at a time.
const followedAtOnce = 1024

// followImport writes what follows from the rows, in the order of the file.
func (t *tx) followImport(consequences func(register.Done, calendar.Moment) ([]audit.Event, []job.Request)) error {
	line := 0
	scan := func(scan func(...any) error) (d register.Done, err error) {
		err = scan(&line, &d.Account, &d.New, &d.Columns, &d.NewEmail, &d.OldEmail, &d.Person.Salutation, &d.Person.Title, &d.Person.First, &d.Person.Last)
		return d, err
	}
	for {
		list, err := rows(t.ctx, t, scan, `SELECT line, account_id, version = '', columns, new_email = 1, old_email, salutation, title, first_name, last_name
			FROM register_row WHERE line > $1 AND (version = '' OR columns <> '') ORDER BY line LIMIT $2`, line, followedAtOnce)
		if err != nil || len(list) == 0 {
			return err
		}
		var events []audit.Event
		var jobs []job.Request
		for _, d := range list {
			happened, more := consequences(d, t.now)
			events, jobs = append(events, happened...), append(jobs, more...)
		}
		if err := t.enqueue(jobs...); err != nil {
			return err
		}
		if err := t.record(events...); err != nil {
			return err
		}
	}
}

// EndImport deletes what is staged.
func (db *DB) EndImport(ctx context.Context, id register.ImportID) (err error) {
	defer fault.Wrap(&err, "store.EndImport")
	err = db.unstage(ctx, id)
	if fault.Is(err, fault.Conflict) {
		return nil // another import has begun, and deleted it
	}
	if err != nil {
		return err
	}
	return db.tx(ctx, func(tx *tx) error {
		_, err := tx.exec(`DELETE FROM register_import WHERE id = $1`, id)
		return err
	})
}
