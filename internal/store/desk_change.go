package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/login"
)

// Case reads a member before one of staff.
func (db *DB) Case(ctx context.Context, member account.ID, staff login.SessionID) (c desk.Case, now calendar.Moment, err error) {
	defer fault.Wrap(&err, "store.Case(%s)", member)
	if now, err = db.Now(ctx); err != nil {
		return c, now, err
	}
	var owner account.Account
	err = db.read.QueryRowContext(ctx, `SELECT `+accountColumns+` FROM account a WHERE a.id = $1`, member).Scan(accountFields(&owner)...)
	if err = memberOnly(owner, err); err != nil {
		return c, now, err
	}
	c, err = db.caseOf(ctx, db.read, owner, staff, now)
	return c, now, err
}

// memberOnly gives fault.NotFound for an account that is not there or of staff: those are nobody's members.
func memberOnly(owner account.Account, err error) error {
	if errors.Is(err, sql.ErrNoRows) || err == nil && owner.Realm != account.Member {
		return fault.New(fault.NotFound, "desk.fault.no-member")
	}
	return err
}

// caseOf reads all of a case but the member's account.
func (db *DB) caseOf(ctx context.Context, q querier, owner account.Account, staff login.SessionID, now calendar.Moment) (c desk.Case, err error) {
	if c.Holding, err = holding(ctx, q, owner); err != nil {
		return c, err
	}
	if c.Password, err = passwords(ctx, q, owner.ID, now); err != nil {
		return c, err
	}
	if c.Contact, err = contact(ctx, q, owner, now); err != nil {
		return c, err
	}
	scan := func(scan func(...any) error) (s login.Session, err error) { return s, scan(sessionFields(&s)...) }
	c.Sessions, err = rows(ctx, q, scan, `SELECT `+sessionColumns+` FROM `+sessionTables+` WHERE s.account_id = $1 AND s.ended_at IS NULL
		AND s.seen_at > $2 ORDER BY s.seen_at DESC, s.id`, owner.ID, micro(now.Add(-unseenFor)))
	if err != nil {
		return c, err
	}
	if c.Clerk, err = clerk(ctx, q, staff); err != nil {
		return c, err
	}
	if err := identification(ctx, q, &c, staff); err != nil {
		return c, err
	}
	c.Requests, err = rows(ctx, q, db.scanRequest, `SELECT `+requestColumns+` FROM `+requestTables+`
		WHERE r.account_id = $1 AND r.state = 'open' ORDER BY r.asked_at, r.id`, owner.ID)
	for i, r := range c.Requests {
		if err == nil && !r.ByRule() {
			c.Requests[i].AskerRoles, err = roles(ctx, q, account.Staff, r.AskedBy)
		}
	}
	return c, err
}

// clerk reads one of staff in a session, with the roles that count now. There is none in a session that is gone.
func clerk(ctx context.Context, q querier, staff login.SessionID) (k desk.Clerk, err error) {
	s := &k.Session
	err = q.QueryRowContext(ctx, `SELECT `+sessionColumns+`, `+accountColumns+` FROM `+sessionTables+` WHERE s.id = $1`, staff).
		Scan(slices.Concat(sessionFields(s), accountFields(&k.Account))...)
	if found, err := isFound(err); err != nil || !found {
		return desk.Clerk{}, err
	}
	s.Roles, err = roles(ctx, q, s.Realm, s.Account)
	return k, err
}

func identification(ctx context.Context, q querier, c *desk.Case, staff login.SessionID) error {
	member := c.Holding.Owner.ID
	i := &c.Identified
	err := q.QueryRowContext(ctx, `SELECT way, at, until_at FROM desk_identification WHERE session_id = $1 AND account_id = $2`, staff, member).
		Scan(&i.Way, at(&i.At), at(&i.Until))
	if _, err := isFound(err); err != nil {
		return err
	}
	err = q.QueryRowContext(ctx, `SELECT wrong, last_at FROM desk_try WHERE account_id = $1`, member).Scan(&c.Tries.Wrong, at(&c.Tries.Last))
	_, err = isFound(err)
	return err
}

const requestColumns = `r.id, r.kind, r.account_id, r.sealed, r.asked_by, r.gave, r.asked_at, r.until_at, r.state, r.decided_by, r.decided_at, r.reason,
	coalesce(b.state, ''), coalesce(b.first_name, ''), coalesce(b.last_name, ''), coalesce(b.title, '')`

const requestTables = `desk_request r LEFT JOIN account b ON b.id = r.asked_by`

// scanRequest reads a request and opens its details, which are erased when it is closed. Further columns follow those of requestColumns.
func (db *DB) scanRequest(scan func(...any) error) (desk.Request, error) {
	return db.scanRequestAnd(scan)
}

func (db *DB) scanRequestAnd(scan func(...any) error, more ...any) (r desk.Request, err error) {
	var kind desk.DeedKind
	var sealed []byte
	err = scan(append([]any{
		&r.ID, &kind, &r.Member, &sealed, &r.AskedBy, &r.Gave, at(&r.AskedAt), at(&r.Until), &r.State, &r.DecidedBy, at(&r.DecidedAt), &r.Reason,
		&r.Asker.State, &r.Asker.Person.First, &r.Asker.Person.Last, &r.Asker.Person.Title,
	}, more...)...)
	if err != nil {
		return r, err
	}
	r.Deed.Kind = kind
	if sealed == nil {
		return r, nil
	}
	plain, err := db.Keys.Open(sealed, requestPlace(r)...)
	if err != nil {
		return r, fmt.Errorf("details of request %s: %w", r.ID, err)
	}
	if err := json.Unmarshal(plain, &r.Deed); err != nil || r.Deed.Kind != kind {
		return r, fmt.Errorf("details of request %s are none", r.ID)
	}
	return r, nil
}

// requestPlace binds the details of a request to it, to its member and to whoever does not decide: in another row they do not open.
func requestPlace(r desk.Request) []string {
	place := []string{"desk_request", "sealed", r.ID, string(r.Member), string(r.AskedBy)}
	if r.Gave != "" {
		place = append(place, string(r.Gave))
	}
	return place
}

// ChangeCase loads a member before one of staff, lets the deed decide, and writes the change.
func (db *DB) ChangeCase(ctx context.Context, member account.ID, staff login.SessionID, deed func(desk.Case, calendar.Moment) (desk.Change, error)) (err error) {
	defer fault.Wrap(&err, "store.ChangeCase(%s)", member)
	return db.tx(ctx, func(tx *tx) error {
		owner, err := tx.lockAccount(member)
		if err = memberOnly(owner, err); err != nil {
			return err
		}
		c, err := db.caseOf(ctx, tx, owner, staff, tx.now)
		if err != nil {
			return err
		}
		change, err := deed(c, tx.now)
		if err != nil {
			return err
		}
		ended, err := tx.writeCase(c, staff, change)
		if err != nil {
			return err
		}
		return tx.record(slices.Concat(change.Events, change.Token.Events, change.Password.Events, change.Contact.Events, ended)...)
	})
}

// writeCase writes all of a change but its events. It gives the events of sessions that ended with it.
func (t *tx) writeCase(c desk.Case, staff login.SessionID, change desk.Change) ([]audit.Event, error) {
	member := c.Member().ID
	steps := []func() error{
		func() error { return t.closeRequests(change.Closed) },
		func() error { return t.writeToken(change.Token) },
		func() error { return t.writePassword(member, change.Password) },
		func() error { return t.writeContact(member, change.Contact) },
		func() error { return t.writeMember(c, change) },
		func() error { return t.writeIdentified(member, staff, change) },
		func() error { return t.askRequest(change.New) },
		func() error { return t.releaseLetters(change.Release) },
		func() error {
			return t.writeOut(nil, change.Letters, slices.Concat(change.Jobs, change.Contact.Jobs))
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return t.endOfMember(c, change)
}

// writeMember writes what changes of the account itself.
func (t *tx) writeMember(c desk.Case, change desk.Change) error {
	member := c.Member().ID
	for _, id := range change.Forgive {
		if _, err := t.exec(`DELETE FROM wrong_code WHERE token_id = $1`, id); err != nil {
			return err
		}
	}
	if change.AllowPost {
		if err := t.one(`UPDATE password SET by_post_at = NULL WHERE account_id = $1 AND by_post_at IS NOT NULL`, member); err != nil {
			return err
		}
	}
	if a := change.Address; a != nil {
		err := t.one(`UPDATE account SET address_extra = $2, street = $3, postcode = $4, town = $5, address_changed_at = $6,
			address_changed_by = $7 WHERE id = $1`, member, a.Extra, a.Street, a.Postcode, a.Town, micro(t.now.Time), changedBy(c, change))
		if err != nil {
			return err
		}
	}
	if s := change.State; s != nil {
		return t.one(`UPDATE account SET state = $2, ending = $3 WHERE id = $1 AND state <> $2`, member, s.State, s.Ending)
	}
	return nil
}

// changedBy gives who wanted a change: whoever asked for it, not the second person.
func changedBy(c desk.Case, change desk.Change) account.ID {
	if len(change.Closed) > 0 {
		return change.Closed[0].AskedBy
	}
	return c.Clerk.Account.ID
}

func (t *tx) writeIdentified(member account.ID, staff login.SessionID, change desk.Change) error {
	if i := change.Identified; i != nil {
		_, err := t.exec(`INSERT INTO desk_identification (session_id, account_id, way, at, until_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (session_id, account_id) DO UPDATE SET way = excluded.way, at = excluded.at, until_at = excluded.until_at`,
			staff, member, i.Way, micro(i.At), micro(i.Until))
		if err != nil {
			return err
		}
	}
	if n := change.Tries; n != nil {
		_, err := t.exec(`INSERT INTO desk_try (account_id, wrong, last_at) VALUES ($1, $2, $3)
			ON CONFLICT (account_id) DO UPDATE SET wrong = excluded.wrong, last_at = excluded.last_at`, member, n.Wrong, micro(n.Last))
		return err
	}
	return nil
}

// askRequest writes a new request. The same cannot be open twice.
func (t *tx) askRequest(r *desk.Request) error {
	if r == nil {
		return nil
	}
	plain, err := json.Marshal(r.Deed)
	if err != nil {
		return err
	}
	sealed, err := t.db.Keys.Seal(plain, requestPlace(*r)...)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO desk_request (id, kind, account_id, subject, sealed, asked_by, gave, asked_at, until_at, state, decided_by, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', '', '')`,
		r.ID, r.Deed.Kind, r.Member, r.Deed.Subject(), sealed, r.AskedBy, r.Gave, micro(r.AskedAt), micro(r.Until))
	if conflict(err) {
		return fault.New(fault.Conflict, "deed.fault.asked-already")
	}
	return err
}

// closeRequests closes requests, each by one statement that only one can win, and erases their details.
func (t *tx) closeRequests(closed []desk.Request) error {
	for _, r := range closed {
		err := t.one(`UPDATE desk_request SET state = $2, decided_by = $3, decided_at = $4, reason = $5, sealed = NULL
			WHERE id = $1 AND state = 'open'`, r.ID, r.State, r.DecidedBy, micro(r.DecidedAt), r.Reason)
		if err != nil {
			return err
		}
	}
	return nil
}

// holdLetter keeps a queued letter from being delivered and asks for a second person: neither whoever had it sent, nor whoever gave the
// member the address.
func (t *tx) holdLetter(d letter.Draft) error {
	if err := t.one(`UPDATE letter SET held_until = $2 WHERE id = $1`, d.ID, micro(d.Hold)); err != nil {
		return err
	}
	var gave string
	if err := t.QueryRowContext(t.ctx, `SELECT address_changed_by FROM account WHERE id = $1`, d.Account).Scan(&gave); err != nil {
		return err
	}
	asker := cmp.Or(d.By, gave, audit.System)
	if gave == asker || gave == audit.System {
		gave = ""
	}
	r := desk.Request{
		ID: d.ID, Member: account.ID(d.Account), AskedBy: account.ID(asker), Gave: account.ID(gave), AskedAt: t.now.Time, Until: d.Hold, State: desk.RequestOpen,
		Deed: desk.Deed{Kind: desk.ReleaseLetter, Letter: d.ID, To: d.Content.Recipient().Lines},
	}
	if err := t.askRequest(&r); err != nil {
		return err
	}
	return t.enqueue(r.Told())
}

// releaseLetters lets letters go that wait.
func (t *tx) releaseLetters(list []string) error {
	for _, id := range list {
		if err := t.one(`UPDATE letter SET held_until = NULL WHERE id = $1 AND state = 'queued' AND held_until IS NOT NULL`, id); err != nil {
			return err
		}
		if err := t.enqueue(deliver(id)); err != nil {
			return err
		}
	}
	return nil
}

// dropHold closes the request for a letter that is void.
func (t *tx) dropHold(letter string) error {
	_, err := t.exec(`UPDATE desk_request SET state = 'withdrawn', decided_by = $2, decided_at = $3, sealed = NULL
		WHERE id = $1 AND kind = $4 AND state = 'open'`, letter, audit.System, micro(t.now.Time), desk.ReleaseLetter)
	return err
}

// endOfMember ends sessions of the member, and gives the events that tell of it and of who did it.
func (t *tx) endOfMember(c desk.Case, change desk.Change) (events []audit.Event, err error) {
	member := c.Member().ID
	if events, err = t.endBarred(member, change.Token); err != nil {
		return nil, err
	}
	for _, id := range change.End {
		ended, err := t.endSessions(member, login.EndedByDesk, ` AND id = $5`, id)
		if err != nil {
			return nil, err
		}
		events = append(events, ended...)
	}
	if change.EndAll {
		ended, err := t.endSessions(member, login.EndedByDesk, ``)
		if err != nil {
			return nil, err
		}
		events = append(events, ended...)
	}
	for i := range events {
		events[i].Actor = string(c.Clerk.Account.ID)
	}
	return events, nil
}

// DeskRequest finds a request, with who asked.
func (db *DB) DeskRequest(ctx context.Context, id string) (r desk.Request, err error) {
	defer fault.Wrap(&err, "store.DeskRequest")
	r, err = db.scanRequest(db.read.QueryRowContext(ctx, `SELECT `+requestColumns+` FROM `+requestTables+` WHERE r.id = $1`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return desk.Request{}, fault.New(fault.NotFound, "deed.fault.request-unknown")
	}
	return r, err
}

// rowsOfRequests reads lines of a list of requests.
func (db *DB) rowsOfRequests(ctx context.Context, rest string, args ...any) ([]desk.RequestRow, error) {
	scan := func(scan func(...any) error) (row desk.RequestRow, err error) {
		var who account.Person
		row.Request, err = db.scanRequestAnd(scan, &row.Number, &who.Title, &who.First, &who.Last)
		row.MemberName, row.AskerName = who.Name(), row.Asker.Person.Name()
		row.Next = desk.Cursor{At: row.AskedAt, ID: account.ID(row.ID)}
		return row, err
	}
	return rows(ctx, db.read, scan, `SELECT `+requestColumns+`, coalesce(m.number, ''), m.title, m.first_name, m.last_name
		FROM `+requestTables+` JOIN account m ON m.id = r.account_id `+rest, args...)
}

// Requests gives requests that wait, the oldest first, behind a place in the list.
func (db *DB) Requests(ctx context.Context, after desk.Cursor, most int) (list []desk.RequestRow, err error) {
	defer fault.Wrap(&err, "store.Requests")
	now, err := db.Now(ctx)
	if err != nil {
		return nil, err
	}
	from := int64(0)
	if !after.At.IsZero() {
		from = after.At.UnixMicro()
	}
	return db.rowsOfRequests(ctx, `WHERE r.state = 'open' AND r.until_at > $1 AND (r.asked_at > $2 OR r.asked_at = $2 AND r.id > $3)
		ORDER BY r.asked_at, r.id LIMIT $4`, micro(now.Time), from, after.ID, most)
}

// Decided gives the requests of one of staff that were closed last.
func (db *DB) Decided(ctx context.Context, asker account.ID, most int) (list []desk.RequestRow, err error) {
	defer fault.Wrap(&err, "store.Decided")
	return db.rowsOfRequests(ctx, `WHERE r.asked_by = $1 AND r.kind <> $2 AND r.state <> 'open' ORDER BY r.decided_at DESC, r.id LIMIT $3`,
		asker, desk.ReleaseLetter, most)
}

// CountRequests counts what waits for a decision of this one of staff.
func (db *DB) CountRequests(ctx context.Context, decider account.ID) (n int, err error) {
	defer fault.Wrap(&err, "store.CountRequests")
	now, err := db.Now(ctx)
	if err != nil {
		return 0, err
	}
	err = db.read.QueryRowContext(ctx, `SELECT count(*) FROM desk_request WHERE state = 'open' AND until_at > $1 AND asked_by <> $2 AND gave <> $2`,
		micro(now.Time), decider).Scan(&n)
	return n, err
}

// Deciders gives all active staff who have one of these roles.
func (db *DB) Deciders(ctx context.Context, among []account.Role) (list []account.Account, err error) {
	defer fault.Wrap(&err, "store.Deciders")
	if len(among) == 0 {
		return nil, nil
	}
	args := make([]any, len(among))
	for i, r := range among {
		args[i] = r
	}
	scan := func(scan func(...any) error) (a account.Account, err error) { return a, scan(accountFields(&a)...) }
	return rows(ctx, db.read, scan, `SELECT `+accountColumns+` FROM account a WHERE a.realm = 'staff' AND a.state = 'active' AND a.id IN
		(SELECT account_id FROM staff_role WHERE confirmed_at IS NOT NULL AND role IN `+placeholders(1, len(args))+`) ORDER BY a.id`, args...)
}

// QueueAll leaves work to jobs.
func (db *DB) QueueAll(ctx context.Context, work []job.Request) (err error) {
	defer fault.Wrap(&err, "store.QueueAll")
	return db.tx(ctx, func(tx *tx) error { return tx.writeOut(nil, nil, work) })
}
