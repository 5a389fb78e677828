package store

import (
	"context"
	"slices"

	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
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
	if found, err = db.lookUp(ctx, `a.number`, numbers); err != nil {
		return nil, err
	}
	seen := map[string]bool{} // a member's own name is found with the number, as a rule
	for _, k := range found {
		seen[k.NameKey] = true
	}
	others := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return seen[name] })
	more, err := db.lookUp(ctx, `a.name_key`, others)
	return append(found, more...), err
}

// lookUp finds accounts by the values of a column.
func (db *DB) lookUp(ctx context.Context, column string, values []string) (found []register.Known, err error) {
	for part := range slices.Chunk(values, lookedUp) {
		args := make([]any, lookedUp)
		for i := range args {
			args[i] = part[min(i, len(part)-1)]
		}
		more, err := rows(ctx, db.read, scanKnown, withPlaceholders(`SELECT `+accountColumns+`, a.name_key, coalesce(a.register_email, ''), `+
			accountVersion+` FROM account a WHERE `+column+` IN `, 1, lookedUp), args...)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
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

// unstagedAtOnce bounds the rows that one transaction deletes; they are small.
const unstagedAtOnce = 4000

// unstage deletes what is staged, in transactions so short that logins do not wait for them.
func (db *DB) unstage(ctx context.Context, id register.ImportID) error {
	for deleted := int64(1); deleted > 0; {
		err := db.importing(ctx, id, func(tx *tx) (err error) {
			deleted, err = tx.exec(`DELETE FROM register_row WHERE line IN (SELECT line FROM register_row LIMIT $1)`, unstagedAtOnce)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

const stageRow = `INSERT INTO register_row (line, account_id, number, user_name, name_key, salutation, title, first_name, last_name,
	address_extra, street, postcode, town, register_email, email, version, new_email, new_address, event_kind, event_actor, event_reason,
	search_name, job_id, job_kind, job_payload,
	letter_id, letter_kind, letter_sealed, letter_job_id, letter_job_payload)`

// StageImport adds changes and what follows from them to an import.
func (db *DB) StageImport(ctx context.Context, id register.ImportID, changes []register.Change) (err error) {
	defer fault.Wrap(&err, "store.StageImport")
	now, err := db.Now(ctx)
	if err != nil {
		return err
	}
	staged := make([][]any, len(changes))
	for i, c := range changes {
		if staged[i], err = db.stagedRow(c, now); err != nil {
			return err
		}
	}
	return db.importing(ctx, id, func(tx *tx) error { return tx.insertMany(stageRow, staged) })
}

// stagedRow gives the values of stageRow. What follows is ready then, so that the transaction at the end is short.
func (db *DB) stagedRow(c register.Change, now calendar.Moment) ([]any, error) {
	m, p, a := c.Member, c.Member.Person, c.Member.Address
	row := []any{
		c.Line, c.Account, m.Number, m.UserName, c.NameKey, p.Salutation, p.Title, p.First, p.Last, a.Extra, a.Street, a.Postcode, a.Town,
		m.Email, c.Email, c.Version, flag(c.NewEmail()), flag(c.NewAddress()),
	}
	event, told := c.Follows(now)
	row = append(row, event.Kind, event.Actor, event.Reason, p.SearchName())
	job := []any{nil, "", nil}
	if told != nil {
		id, payload, err := db.sealed(told)
		if err != nil {
			return nil, err
		}
		job = []any{id, told.JobKind(), payload}
	}
	posted, err := db.stagedLetter(c.Posted(now))
	return slices.Concat(row, job, posted), err
}

// stagedLetter gives the values of a letter to an address that was a member's, with the job that delivers it; or of none.
func (db *DB) stagedLetter(content letter.Content) ([]any, error) {
	if content == nil {
		return []any{nil, "", nil, nil, nil}, nil
	}
	id := secret.NewID()
	plain, err := letter.Encode(content)
	if err != nil {
		return nil, err
	}
	sealed, err := db.Keys.Seal(plain, "letter", "content", id)
	if err != nil {
		return nil, err
	}
	job, payload, err := db.sealed(letter.Deliver{Letter: id})
	return []any{id, content.LetterKind(), sealed, job, payload}, err
}

// flag is a yes or no as the tables have it.
func flag(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// CarryOut carries out all that is staged, with what follows from it, in one transaction.
func (db *DB) CarryOut(ctx context.Context, id register.ImportID) (err error) {
	defer fault.Wrap(&err, "store.CarryOut")
	return db.importing(ctx, id, func(tx *tx) error {
		for _, step := range []func() error{tx.makeAccounts, tx.changeAccounts, tx.queueStaged, tx.postStaged, tx.recordStaged} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
}

// makeAccounts makes the new accounts, without passwords.
func (t *tx) makeAccounts() error {
	added, err := t.exec(`INSERT INTO account (id, number, user_name, name_key, state, salutation, title, first_name, last_name, address_extra,
			street, postcode, town, email, register_email, search_name, created_at)
		SELECT account_id, number, user_name, name_key, 'active', salutation, title, first_name, last_name, address_extra,
			street, postcode, town, email, register_email, search_name, CAST($1 AS bigint) FROM register_row WHERE version = ''`, micro(t.now.Time))
	if conflict(err) {
		return errGone
	}
	if err != nil {
		return err
	}
	return t.measureAccounts(added)
}

// changeAccounts makes existing accounts what the register says, if all are still as they were when that was compared.
func (t *tx) changeAccounts() error {
	var staged int64
	if err := t.QueryRowContext(t.ctx, `SELECT count(*) FROM register_row WHERE version <> ''`).Scan(&staged); err != nil {
		return err
	}
	n, err := t.exec(`UPDATE account AS a SET user_name = r.user_name, name_key = r.name_key, salutation = r.salutation, title = r.title,
			first_name = r.first_name, last_name = r.last_name, address_extra = r.address_extra, street = r.street,
			postcode = r.postcode, town = r.town, email = r.email, register_email = r.register_email, search_name = r.search_name,
			email_changed_at = CASE WHEN r.new_email = 1 THEN $1 ELSE a.email_changed_at END,
			address_changed_at = CASE WHEN r.new_address = 1 THEN $1 ELSE a.address_changed_at END,
			address_changed_by = CASE WHEN r.new_address = 1 THEN r.event_actor ELSE a.address_changed_by END
		FROM register_row r WHERE r.version <> '' AND a.id = r.account_id AND r.version = `+accountVersion, micro(t.now.Time))
	if conflict(err) || err == nil && n != staged {
		return errGone
	}
	return err
}

// measuredFrom is how many new accounts make the engine look at the table anew.
const measuredFrom = 1000

// measureAccounts lets the engine see how many accounts there are now, if it does not by itself: it would go on looking for each
// login through all of them, as it may while there are few.
func (t *tx) measureAccounts(added int64) error {
	if t.db.engine.measure == "" || added < measuredFrom {
		return nil
	}
	_, err := t.exec(t.db.engine.measure + ` account`)
	return err
}

// queueStaged queues the jobs that follow.
func (t *tx) queueStaged() error {
	n, err := t.exec(`INSERT INTO job (id, kind, state, payload, created_at, due_at, attempt, owner, cause)
		SELECT job_id, job_kind, 'queued', job_payload, CAST($1 AS bigint), CAST($1 AS bigint), 0, '', '' FROM register_row
		WHERE job_id IS NOT NULL`, micro(t.now.Time))
	t.jobs = t.jobs || n > 0
	return err
}

// postStaged queues the letters to addresses that were members', with the jobs that deliver them.
func (t *tx) postStaged() error {
	n, err := t.exec(`INSERT INTO letter (id, kind, account_id, order_id, state, created_at, sealed)
		SELECT letter_id, letter_kind, account_id, '', 'queued', CAST($1 AS bigint), letter_sealed FROM register_row
		WHERE letter_id IS NOT NULL`, micro(t.now.Time))
	if err != nil || n == 0 {
		return err
	}
	t.jobs = true
	_, err = t.exec(`INSERT INTO job (id, kind, unique_key, state, payload, created_at, due_at, attempt, owner, cause)
		SELECT letter_job_id, $2, 'letter.deliver/' || letter_id, 'queued', letter_job_payload, CAST($1 AS bigint), CAST($1 AS bigint), 0, '', ''
		FROM register_row WHERE letter_id IS NOT NULL`, micro(t.now.Time), letter.Deliver{}.JobKind())
	return err
}

// recordedAtOnce is how many events are in memory at a time.
const recordedAtOnce = 1024

// recordStaged appends the events that follow to the audit chain, in the order of the file: their hashes are made here, all else
// the database copies. It locks the head: call it last.
func (t *tx) recordStaged() error {
	head, err := readHead(t.ctx, t, t.db.engine.forUpdate)
	if err != nil {
		return err
	}
	line := 0
	scan := func(scan func(...any) error) (e audit.Event, err error) {
		err = scan(&line, &e.Account, &e.Kind, &e.Actor, &e.Reason, &e.Letter)
		return e, err
	}
	for {
		after, before := line, head.Seq
		events, err := rows(t.ctx, t, scan, `SELECT line, account_id, event_kind, event_actor, event_reason, coalesce(letter_id, '')
			FROM register_row WHERE line > $1 AND event_kind <> '' ORDER BY line LIMIT $2`, line, recordedAtOnce)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			return t.moveHead(head)
		}
		var hashes []byte
		for _, e := range events {
			var r audit.Record
			r, head = head.Append(t.now.Time, e)
			hashes = append(hashes, r.Hash[:]...)
		}
		if err := t.copyEvents(before, hashes, after, line); err != nil {
			return err
		}
	}
}

// copyEvents copies the events of the rows behind one line up to another into the chain, behind a number, each with its hash.
func (t *tx) copyEvents(seq int64, hashes []byte, after, last int) error {
	n, err := t.exec(t.db.engine.types.Replace(`INSERT INTO audit_event (seq, at, kind, actor, account_id, token_id, order_id, letter_id,
			session_id, reason, hash)
		SELECT CAST($1 AS bigint) + n, CAST($2 AS bigint), event_kind, event_actor, account_id, '', '', coalesce(letter_id, ''), '', event_reason,
			substr(CAST($3 AS {blob}), CAST(32 * (n - 1) + 1 AS integer), 32)
		FROM (SELECT row_number() OVER (ORDER BY line) AS n, account_id, event_kind, event_actor, event_reason, letter_id FROM register_row
			WHERE line > $4 AND line <= $5 AND event_kind <> '') AS staged`),
		seq, micro(t.now.Time), hashes, after, last)
	if err == nil && n != int64(len(hashes)/len(audit.Hash{})) {
		err = errGone
	}
	return err
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
