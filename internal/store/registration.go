package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/organisation"
)

// keepRegistrations is how far back registrations for an organisation are counted: longer than any limit.
const keepRegistrations = 31 * 24 * time.Hour

// ChangeRegistration loads what a registration is decided on, the organisation of that number locked, lets the deed decide, and writes
// the change.
func (db *DB) ChangeRegistration(ctx context.Context, id, number, key string, deed func(organisation.Entry, calendar.Moment) (organisation.Change, error)) (err error) {
	defer fault.Wrap(&err, "store.ChangeRegistration(%s)", id)
	return db.tx(ctx, func(tx *tx) error {
		e, err := tx.entry(id, number, key)
		if err != nil {
			return err
		}
		c, err := deed(e, tx.now)
		if err != nil {
			return err
		}
		return tx.writeTeam(e.Team.Organisation.ID, c)
	})
}

func (t *tx) entry(id, number, key string) (e organisation.Entry, err error) {
	var in organisation.ID
	found, err := isFound(t.QueryRowContext(t.ctx, `SELECT id FROM organisation WHERE number = $1`, number).Scan(&in))
	if err != nil {
		return e, err
	}
	if found {
		if e.Team, err = team(t.ctx, t, in, t.db.engine.forUpdate); err != nil {
			return e, err
		}
		e.Registered, err = rows(t.ctx, t, scanTime, `SELECT created_at FROM registration WHERE organisation_id = $1 AND created_at > $2`,
			in, micro(t.now.Add(-keepRegistrations)))
		if err != nil {
			return e, err
		}
	}
	if e.Known, err = t.known(key); err != nil {
		return e, err
	}
	err = t.QueryRowContext(t.ctx, `SELECT EXISTS (SELECT 1 FROM registration WHERE id = $1)`, id).Scan(&e.Done)
	return e, err
}

// known loads the account with the key of a user name, locked.
func (t *tx) known(key string) (*organisation.Known, error) {
	var k organisation.Known
	err := t.QueryRowContext(t.ctx, `SELECT `+accountColumns+` FROM account a WHERE a.name_key = $1`+t.db.engine.forUpdate, key).Scan(accountFields(&k.Account)...)
	if found, err := isFound(err); err != nil || !found {
		return nil, err
	}
	if k.Places, err = memberships(t.ctx, t, k.Account.ID); err != nil {
		return nil, err
	}
	held, err := passwords(t.ctx, t, k.Account.ID, t.now)
	if err != nil {
		return nil, err
	}
	open, ok := held.Open()
	k.OnItsWay = ok && t.now.Before(open.Until)
	return &k, nil
}

// retire frees the address of accounts that act for nobody any more: no user name has a blank, so nobody reaches them (BVK15).
func (t *tx) retire(ids []account.ID) error {
	for _, id := range ids {
		if err := t.one(`UPDATE account SET name_key = name_key || ' ' || id WHERE id = $1`, id); err != nil {
			return err
		}
	}
	return nil
}

// registerAgain makes registrations anew that were refused or lapsed.
func (t *tx) registerAgain(in organisation.ID, again []organisation.Membership) error {
	for _, m := range again {
		err := t.one(`UPDATE membership SET state = $3, created_at = $4, created_by = $5, changed_at = $4, changed_by = $5, proved_at = NULL
			WHERE account_id = $1 AND organisation_id = $2 AND state IN ('refused', 'lapsed')`,
			m.Account.ID, in, m.State, micro(m.Created), m.By)
		if err != nil {
			return err
		}
	}
	return nil
}

// consent keeps which terms of use were accepted, and when.
func (t *tx) consent(in organisation.ID, list []organisation.Consent) error {
	for _, c := range list {
		_, err := t.exec(`INSERT INTO registration (id, account_id, organisation_id, terms, accepted_at, created_at) VALUES ($1, $2, nullif($3, ''), $4, $5, $6)`,
			c.Registration, c.Account, in, c.Terms, micro(c.Accepted), micro(t.now.Time))
		if err != nil {
			return err
		}
	}
	return nil
}

const centreColumns = `c.name, coalesce(c.approval, ''), c.state, c.created_at, c.changed_at, c.changed_by, coalesce(c.notice_kind, ''), coalesce(c.notice_on, '')`

func scanCentre(scan func(...any) error) (ce organisation.Centre, err error) {
	var on string
	err = scan(append(accountFields(&ce.Account), &ce.Name, &ce.Approval, &ce.State, at(&ce.Created), at(&ce.Changed), &ce.Changer, &ce.Notice.Kind, &on)...)
	if err == nil && on != "" {
		err = ce.Notice.On.UnmarshalText([]byte(on))
	}
	return ce, err
}

func centre(ctx context.Context, q querier, id account.ID, lock string) (organisation.Centre, error) {
	ce, err := scanCentre(q.QueryRowContext(ctx, `SELECT `+accountColumns+`, `+centreColumns+` FROM data_centre c JOIN account a ON a.id = c.account_id
		WHERE c.account_id = $1`+lock, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "organisation.fault.unknown")
	}
	return ce, err
}

// Centre reads somebody of a data centre.
func (db *DB) Centre(ctx context.Context, id account.ID) (ce organisation.Centre, now calendar.Moment, err error) {
	defer fault.Wrap(&err, "store.Centre(%s)", id)
	if now, err = db.Now(ctx); err != nil {
		return ce, now, err
	}
	ce, err = centre(ctx, db.read, id, "")
	return ce, now, err
}

// Centres lists the people of data centres, those that wait for their release first, then the newest.
func (db *DB) Centres(ctx context.Context) (list []organisation.Centre, now calendar.Moment, err error) {
	defer fault.Wrap(&err, "store.Centres")
	if now, err = db.Now(ctx); err != nil {
		return nil, now, err
	}
	list, err = rows(ctx, db.read, scanCentre, `SELECT `+accountColumns+`, `+centreColumns+` FROM data_centre c JOIN account a ON a.id = c.account_id
		ORDER BY CASE c.state WHEN 'requested' THEN 0 ELSE 1 END, c.created_at DESC, c.account_id`)
	return list, now, err
}

// ChangeCentre loads somebody of a data centre, locked, with how many were approved so far; lets the deed decide; and writes the change.
func (db *DB) ChangeCentre(ctx context.Context, id account.ID, deed func(ce organisation.Centre, approved int, now calendar.Moment) (organisation.Change, error)) (err error) {
	defer fault.Wrap(&err, "store.ChangeCentre(%s)", id)
	return db.tx(ctx, func(tx *tx) error {
		ce, err := centre(ctx, tx, id, tx.db.engine.forUpdate)
		if err != nil {
			return err
		}
		var approved int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM data_centre WHERE approval IS NOT NULL`).Scan(&approved); err != nil {
			return err
		}
		c, err := deed(ce, approved, tx.now)
		if err != nil {
			return err
		}
		return tx.writeTeam("", c)
	})
}

// CreateCentre adds somebody of a data centre whose account is there.
func (db *DB) CreateCentre(ctx context.Context, ce organisation.Centre) (err error) {
	defer fault.Wrap(&err, "store.CreateCentre(%s)", ce.Account.ID)
	return db.tx(ctx, func(tx *tx) error { return tx.writeCentre(ce) })
}

// writeCentres writes people of data centres, new or in their new state.
func (t *tx) writeCentres(list []organisation.Centre) error {
	for _, ce := range list {
		if err := t.addAccount(ce.Account); err != nil {
			return err
		}
		if err := t.writeCentre(ce); err != nil {
			return err
		}
	}
	return nil
}

// writeCentre writes one. What is over never comes back.
func (t *tx) writeCentre(ce organisation.Centre) error {
	on := ""
	if !ce.Notice.On.IsZero() {
		on = ce.Notice.On.String()
	}
	return t.one(`INSERT INTO data_centre (account_id, name, approval, state, created_at, changed_at, changed_by, notice_kind, notice_on)
		VALUES ($1, $2, nullif($3, ''), $4, $5, $6, $7, nullif($8, ''), nullif($9, ''))
		ON CONFLICT (account_id) DO UPDATE SET approval = excluded.approval, state = excluded.state, changed_at = excluded.changed_at,
			changed_by = excluded.changed_by, notice_kind = excluded.notice_kind, notice_on = excluded.notice_on
			WHERE data_centre.state IN ('requested', 'invited', 'active')`,
		ce.Account.ID, ce.Name, ce.Approval, ce.State, micro(ce.Created), micro(ce.Changed), ce.Changer, ce.Notice.Kind, on)
}

// Waiting gives the organisations and the people of data centres with registrations that nobody has finished.
func (db *DB) Waiting(ctx context.Context) (teams []organisation.ID, centres []account.ID, err error) {
	defer fault.Wrap(&err, "store.Waiting")
	teams, err = rows(ctx, db.read, scanOne[organisation.ID], `SELECT DISTINCT organisation_id FROM membership
		WHERE state IN ('requested', 'invited') AND role = 'administrator' ORDER BY organisation_id`)
	if err != nil {
		return nil, nil, err
	}
	centres, err = rows(ctx, db.read, scanOne[account.ID], `SELECT account_id FROM data_centre WHERE state IN ('requested', 'invited') ORDER BY account_id`)
	return teams, centres, err
}

func scanOne[T ~string](scan func(...any) error) (v T, err error) {
	err = scan(&v)
	return v, err
}
