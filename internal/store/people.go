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
	"torhaus/internal/password"
)

const organisationColumns = `o.id, o.number, o.name, o.extra, o.street, o.postcode, o.town, o.email, o.created_at`

func organisationFields(o *organisation.Organisation) []any {
	return []any{&o.ID, &o.Number, &o.Name, &o.Address.Extra, &o.Address.Street, &o.Address.Postcode, &o.Address.Town, &o.Email, at(&o.Created)}
}

const membershipColumns = `m.state, m.created_at, m.created_by, m.changed_at, m.changed_by, m.asked_at, m.proved_at`

// team reads an organisation with its people, in the order in which they came.
func team(ctx context.Context, q querier, id organisation.ID, lock string) (t organisation.Team, err error) {
	err = q.QueryRowContext(ctx, `SELECT `+organisationColumns+` FROM organisation o WHERE o.id = $1`+lock, id).Scan(organisationFields(&t.Organisation)...)
	if errors.Is(err, sql.ErrNoRows) {
		return t, fault.New(fault.NotFound, "organisation.fault.unknown")
	}
	if err != nil {
		return t, err
	}
	t.People, err = rows(ctx, q, scanMembership, `SELECT `+accountColumns+`, `+membershipColumns+` FROM membership m JOIN account a ON a.id = m.account_id
		WHERE m.organisation_id = $1 ORDER BY m.created_at, a.id`, id)
	return t, err
}

// Team reads an organisation with its people.
func (db *DB) Team(ctx context.Context, id organisation.ID) (t organisation.Team, now calendar.Moment, err error) {
	defer fault.Wrap(&err, "store.Team(%s)", id)
	if now, err = db.Now(ctx); err != nil {
		return t, now, err
	}
	t, err = team(ctx, db.read, id, "")
	return t, now, err
}

// ChangeTeam loads an organisation with its people, locked, lets the deed decide, and writes the change.
func (db *DB) ChangeTeam(ctx context.Context, id organisation.ID, deed func(organisation.Team, calendar.Moment) (organisation.Change, error)) (err error) {
	defer fault.Wrap(&err, "store.ChangeTeam(%s)", id)
	return db.tx(ctx, func(tx *tx) error {
		t, err := team(ctx, tx, id, tx.db.engine.forUpdate)
		if err != nil {
			return err
		}
		c, err := deed(t, tx.now)
		if err != nil {
			return err
		}
		return tx.writeTeam(id, c)
	})
}

func (t *tx) writeTeam(id organisation.ID, c organisation.Change) error {
	if err := t.retire(c.Retire); err != nil {
		return err
	}
	for _, m := range c.New {
		if err := t.addMembership(id, m); err != nil {
			return err
		}
	}
	for _, m := range c.States {
		err := t.one(`UPDATE membership SET state = $3, changed_at = $4, changed_by = $5, asked_at = $6
			WHERE account_id = $1 AND organisation_id = $2 AND state <> 'closed'`,
			m.Account.ID, id, m.State, micro(m.Changed), m.Changer, micro(m.Asked))
		if err != nil {
			return err
		}
	}
	if err := errors.Join(t.registerAgain(id, c.Again), t.writeCentres(c.Centres), t.consent(id, c.Consents)); err != nil {
		return err
	}
	if err := t.writeOut(nil, c.Letters, c.Jobs); err != nil {
		return err
	}
	for _, o := range c.OneTimes {
		if err := t.handOut(o); err != nil {
			return err
		}
	}
	return t.record(c.Events...)
}

// addMembership adds a person to an organisation, with the account where it is not there yet.
func (t *tx) addMembership(id organisation.ID, m organisation.Membership) error {
	a := m.Account
	if err := t.addAccount(a); err != nil {
		return err
	}
	// of two who made the account at the same time, one finds that the other did: the whole deed is decided anew
	return t.one(`INSERT INTO membership (account_id, organisation_id, role, state, created_at, created_by, changed_at, changed_by)
		SELECT a.id, $2, a.role, $3, $4, $5, $4, $5 FROM account a WHERE a.id = $1 AND a.role = $6`,
		a.ID, id, m.State, micro(m.Created), m.By, a.Role)
}

// addAccount adds the account of somebody who acts for others, where it is not there yet.
func (t *tx) addAccount(a account.Account) error {
	p, d := a.Person, a.Address
	_, err := t.exec(`INSERT INTO account (id, role, user_name, name_key, state, salutation, title, first_name, last_name,
			address_extra, street, postcode, town, email, created_at, search_name)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT (name_key) DO NOTHING`,
		a.ID, a.Role, a.UserName, a.Key(), a.State, p.Salutation, p.Title, p.First, p.Last,
		d.Extra, d.Street, d.Postcode, d.Town, a.Email, micro(t.now.Time), p.SearchName())
	return err
}

// handOut keeps a one-time password that an administrator tells a clerk; one that was open is void.
func (t *tx) handOut(o organisation.OneTime) error {
	_, err := t.exec(`UPDATE one_time_password SET voided_at = $2 WHERE account_id = $1 AND used_at IS NULL AND voided_at IS NULL`,
		o.Account, micro(t.now.Time))
	if err != nil {
		return err
	}
	return t.writeForgotten(o.Account, password.Change{New: []password.OneTime{o.OneTime}})
}

// Memberships gives the organisations that an account acts for.
func (db *DB) Memberships(ctx context.Context, id account.ID) (places []organisation.Place, err error) {
	defer fault.Wrap(&err, "store.Memberships(%s)", id)
	return memberships(ctx, db.read, id)
}

func memberships(ctx context.Context, q querier, id account.ID) ([]organisation.Place, error) {
	scan := func(scan func(...any) error) (p organisation.Place, err error) {
		var role account.Role
		var proved time.Time
		var administrators int
		err = scan(append(organisationFields(&p.Organisation), &role, &p.State, at(&proved), &administrators)...)
		p.Standing = organisation.StandingOf(role, p.State, !proved.IsZero(), administrators)
		return p, err
	}
	places, err := rows(ctx, q, scan, `SELECT `+organisationColumns+`, m.role, m.state, m.proved_at, (SELECT count(*) FROM membership n
			WHERE n.organisation_id = o.id AND n.role = 'administrator' AND n.state = 'active')
		FROM membership m JOIN organisation o ON o.id = m.organisation_id WHERE m.account_id = $1 ORDER BY o.name, o.id`, id)
	if err != nil || len(places) > 0 {
		return places, err
	}
	// somebody of a data centre belongs to no organisation
	place := func(scan func(...any) error) (organisation.Place, error) {
		ce, err := scanCentre(scan)
		return ce.Place(), err
	}
	return rows(ctx, q, place, `SELECT `+accountColumns+`, `+centreColumns+` FROM data_centre c JOIN account a ON a.id = c.account_id
		WHERE c.account_id = $1`, id)
}
