package store

import (
	"context"
	"slices"
	"strings"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/staff"
)

// Staff reads everybody of staff, by last name.
func (db *DB) Staff(ctx context.Context) (people []staff.Person, now calendar.Moment, err error) {
	defer fault.Wrap(&err, "store.Staff")
	if now, err = db.Now(ctx); err != nil {
		return nil, now, err
	}
	people, err = staffOf(ctx, db.read, "")
	return people, now, err
}

// staffOf reads everybody of staff. There are few of them, so that each is looked up whole.
func staffOf(ctx context.Context, q querier, lock string) (people []staff.Person, err error) {
	scan := func(scan func(...any) error) (p staff.Person, err error) {
		err = scan(append(accountFields(&p.Account), &p.Ready)...)
		return p, err
	}
	people, err = rows(ctx, q, scan, `SELECT `+accountColumns+`,
			EXISTS (SELECT 1 FROM password p WHERE p.account_id = a.id) AND EXISTS (SELECT 1 FROM token t WHERE t.account_id = a.id AND t.state = 'active')
		FROM account a WHERE a.realm = 'staff' ORDER BY a.id`+lock)
	if err != nil {
		return nil, err
	}
	for i := range people {
		if err := fillPerson(ctx, q, &people[i]); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(people, func(a, b staff.Person) int { return strings.Compare(a.Person.SearchName(), b.Person.SearchName()) })
	return people, nil
}

func fillPerson(ctx context.Context, q querier, p *staff.Person) (err error) {
	p.Grants, err = rows(ctx, q, scanGrant, `SELECT role, granted_at, granted_by, confirmed_at, confirmed_by FROM staff_role
		WHERE account_id = $1 ORDER BY role`, p.ID)
	if err != nil {
		return err
	}
	newest, found, err := newestInvitation(ctx, q, p.ID)
	if err != nil {
		return err
	}
	if found {
		p.Invitation = &newest
	}
	p.Asked, err = rows(ctx, q, scanRequest, `SELECT id, wish, asked_at, asked_by, until_at FROM staff_request
		WHERE account_id = $1 AND closed_at IS NULL ORDER BY wish`, p.ID)
	return err
}

func scanGrant(scan func(...any) error) (g staff.Grant, err error) {
	err = scan(&g.Role, at(&g.Granted), &g.By, at(&g.Confirmed), &g.ConfirmedBy)
	return g, err
}

func scanRequest(scan func(...any) error) (r staff.Request, err error) {
	err = scan(&r.ID, &r.Wish, at(&r.Asked), &r.By, at(&r.Until))
	return r, err
}

const invitationColumns = `i.id, i.account_id, i.created_at, i.created_by, i.until_at, i.code_key, i.code_salt, i.code_mac, i.used_at, i.voided_at`

func invitationFields(i *staff.Invitation) []any {
	return []any{
		&i.ID, &i.Account, at(&i.Created), &i.By, at(&i.Until), &i.Code.KeyID, &i.Code.Salt, &i.Code.MAC, at(&i.Used), at(&i.Voided),
	}
}

// newestInvitation finds the last invitation of an account.
func newestInvitation(ctx context.Context, q querier, id account.ID) (i staff.Invitation, found bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT `+invitationColumns+` FROM staff_invitation i WHERE i.account_id = $1
		ORDER BY i.created_at DESC, i.id LIMIT 1`, id).Scan(invitationFields(&i)...)
	found, err = isFound(err)
	return i, found, err
}

// Invitation finds an invitation and whom it invites.
func (db *DB) Invitation(ctx context.Context, id string) (i staff.Invitation, owner account.Account, now calendar.Moment, found bool, err error) {
	defer fault.Wrap(&err, "store.Invitation")
	err = db.read.QueryRowContext(ctx, `SELECT `+invitationColumns+`, `+accountColumns+` FROM staff_invitation i
		JOIN account a ON a.id = i.account_id WHERE i.id = $1`, id).Scan(slices.Concat(invitationFields(&i), accountFields(&owner))...)
	if found, err = isFound(err); err != nil || !found {
		return i, owner, now, false, err
	}
	now, err = db.Now(ctx)
	return i, owner, now, true, err
}

// ChangeStaff loads everybody of staff, locked, lets the deed decide, and writes the change.
func (db *DB) ChangeStaff(ctx context.Context, about account.ID, deed func(staff.State, calendar.Moment) (staff.Change, error)) (err error) {
	defer fault.Wrap(&err, "store.ChangeStaff(%s)", about)
	return db.tx(ctx, func(tx *tx) error {
		var st staff.State
		if st.People, err = staffOf(ctx, tx, tx.db.engine.forUpdate); err != nil {
			return err
		}
		if _, ok := st.Person(about); ok {
			if st.Holding, err = tx.lockHolding(about); err != nil {
				return err
			}
		}
		c, err := deed(st, tx.now)
		if err != nil {
			return err
		}
		return tx.writeStaff(c)
	})
}

// writeStaff writes all of a change.
func (t *tx) writeStaff(c staff.Change) error {
	steps := []func(staff.Change) error{t.writePerson, t.writeRoles, t.writeInvitations, t.writeRequests}
	for _, step := range steps {
		if err := step(c); err != nil {
			return err
		}
	}
	if err := t.writeToken(c.Token); err != nil {
		return err
	}
	barred, err := t.endBarred(c.About, c.Token)
	if err != nil {
		return err
	}
	var ended []audit.Event
	if c.End != "" {
		if ended, err = t.endAll(c.About, &login.EndAll{Reason: c.End}); err != nil {
			return err
		}
	}
	for _, list := range [][]audit.Event{barred, ended} {
		for i := range list {
			list[i].Actor = c.By
		}
	}
	if err := t.writeOut(nil, nil, c.Jobs); err != nil {
		return err
	}
	return t.record(slices.Concat(c.Token.Events, c.Events, barred, ended)...)
}

func (t *tx) writePerson(c staff.Change) error {
	if c.New != nil {
		if err := t.createAccount(*c.New); err != nil {
			return err
		}
	}
	if c.State != "" {
		if err := t.one(`UPDATE account SET state = $2 WHERE id = $1 AND state <> $2`, c.About, c.State); err != nil {
			return err
		}
	}
	if !c.Forget {
		return nil
	}
	_, err := t.exec(`DELETE FROM password WHERE account_id = $1`, c.About)
	return err
}

func (t *tx) writeRoles(c staff.Change) error {
	for _, role := range c.Take {
		if err := t.one(`DELETE FROM staff_role WHERE account_id = $1 AND role = $2`, c.About, role); err != nil {
			return err
		}
	}
	for _, g := range c.Grant {
		_, err := t.exec(`INSERT INTO staff_role (account_id, role, granted_at, granted_by, confirmed_at, confirmed_by)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id, role) DO UPDATE SET granted_at = excluded.granted_at,
			granted_by = excluded.granted_by, confirmed_at = excluded.confirmed_at, confirmed_by = excluded.confirmed_by`,
			c.About, g.Role, micro(g.Granted), g.By, micro(g.Confirmed), g.ConfirmedBy)
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) writeInvitations(c staff.Change) error {
	if c.Void != "" {
		err := t.one(`UPDATE staff_invitation SET voided_at = $2 WHERE id = $1 AND used_at IS NULL AND voided_at IS NULL`, c.Void, micro(t.now.Time))
		if err != nil {
			return err
		}
	}
	if c.Invite == nil {
		return nil
	}
	i := c.Invite
	_, err := t.exec(`INSERT INTO staff_invitation (id, account_id, created_at, created_by, until_at, code_key, code_salt, code_mac)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		i.ID, i.Account, micro(i.Created), i.By, micro(i.Until), i.Code.KeyID, i.Code.Salt, i.Code.MAC)
	return err
}

func (t *tx) writeRequests(c staff.Change) error {
	if c.Close != "" {
		if err := t.one(`UPDATE staff_request SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL`, c.Close, micro(t.now.Time)); err != nil {
			return err
		}
	}
	if c.Ask == nil {
		return nil
	}
	_, err := t.exec(`INSERT INTO staff_request (id, account_id, wish, asked_at, asked_by, until_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		c.Ask.ID, c.About, c.Ask.Wish, micro(c.Ask.Asked), c.Ask.By, micro(c.Ask.Until))
	return err
}

// ChangeEntry loads what an account holds with its newest invitation, lets the deed decide, and writes the change. An invitation is
// spent by one statement that only one can win.
func (db *DB) ChangeEntry(ctx context.Context, id account.ID, sessions []login.SessionID, deed func(staff.Entry, calendar.Moment) (staff.EntryChange, error)) (err error) {
	defer fault.Wrap(&err, "store.ChangeEntry(%s)", id)
	return db.tx(ctx, func(tx *tx) error {
		var e staff.Entry
		if e.Login, err = tx.lockLogin(id, sessions); err != nil {
			return err
		}
		if e.Invitation, _, err = newestInvitation(ctx, tx, id); err != nil {
			return err
		}
		c, err := deed(e, tx.now)
		if err != nil {
			return err
		}
		if c.Use != "" {
			err := tx.one(`UPDATE staff_invitation SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND voided_at IS NULL`, c.Use, micro(tx.now.Time))
			if err != nil {
				return err
			}
		}
		return tx.carryLogin(id, c.Login)
	})
}
