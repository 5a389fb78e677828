package store

import (
	"context"
	"fmt"
	"strconv"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/organisation"
)

// CreateOrganisation adds an organisation.
func (db *DB) CreateOrganisation(ctx context.Context, o organisation.Organisation) (err error) {
	defer fault.Wrap(&err, "store.CreateOrganisation(%s)", o.ID)
	return db.tx(ctx, func(tx *tx) error { return tx.addOrganisations([]organisation.Organisation{o}) })
}

func (t *tx) addOrganisations(list []organisation.Organisation) error {
	added := make([][]any, len(list))
	for i, o := range list {
		a := o.Address
		added[i] = []any{o.ID, o.Number, o.Name, a.Extra, a.Street, a.Postcode, a.Town, o.Email, account.SearchKey(o.Name), micro(t.now.Time)}
	}
	return t.insertMany(`INSERT INTO organisation (id, number, name, extra, street, postcode, town, email, search, created_at)`, added)
}

// Organisations gives all organisations, in the order of their numbers.
func (db *DB) Organisations(ctx context.Context) (list []organisation.Organisation, err error) {
	defer fault.Wrap(&err, "store.Organisations")
	return organisations(ctx, db.read, "")
}

func organisations(ctx context.Context, q querier, lock string) ([]organisation.Organisation, error) {
	scan := func(scan func(...any) error) (o organisation.Organisation, err error) {
		err = scan(organisationFields(&o)...)
		return o, err
	}
	return rows(ctx, q, scan, `SELECT `+organisationColumns+` FROM organisation o ORDER BY o.number`+lock)
}

// ChangeOrganisations loads all organisations, locked, lets an import decide, and writes what it changes with its events.
func (db *DB) ChangeOrganisations(ctx context.Context, deed func([]organisation.Organisation, calendar.Moment) (organisation.Rolled, error)) (err error) {
	defer fault.Wrap(&err, "store.ChangeOrganisations")
	return db.tx(ctx, func(tx *tx) error {
		known, err := organisations(ctx, tx, tx.db.engine.forUpdate)
		if err != nil {
			return err
		}
		c, err := deed(known, tx.now)
		if err != nil {
			return err
		}
		if err := tx.addOrganisations(c.New); err != nil {
			return err
		}
		for _, o := range c.Changed {
			a := o.Address
			err := tx.one(`UPDATE organisation SET name = $2, extra = $3, street = $4, postcode = $5, town = $6, email = $7, search = $8 WHERE id = $1`,
				o.ID, o.Name, a.Extra, a.Street, a.Postcode, a.Town, o.Email, account.SearchKey(o.Name))
			if err != nil {
				return err
			}
		}
		return tx.record(c.Events...)
	})
}

// organisationRows reads rows of a list. The condition may use arguments from $2 on.
func organisationRows(ctx context.Context, q querier, condition string, after desk.OrganisationPlace, most int, args ...any) ([]desk.OrganisationRow, error) {
	args = append([]any{most}, args...)
	if after != (desk.OrganisationPlace{}) {
		condition += fmt.Sprintf(` AND (o.search, o.id) > ($%d, $%d)`, len(args)+1, len(args)+2)
		args = append(args, after.Key, after.ID)
	}
	scan := func(scan func(...any) error) (r desk.OrganisationRow, err error) {
		err = scan(append(organisationFields(&r.Organisation), &r.Administrators, &r.Clerks, &r.Waiting, &r.Next.Key)...)
		r.Next.ID = r.Organisation.ID
		return r, err
	}
	count := func(condition string) string {
		return `(SELECT count(*) FROM membership m WHERE m.organisation_id = o.id AND ` + condition + `)`
	}
	return rows(ctx, q, scan, `SELECT `+organisationColumns+`, `+count(isAdministrator)+`, `+count(`m.role = 'clerk' AND m.state IN ('active', 'invited')`)+`,
		`+count(isRequested)+`, o.search FROM organisation o WHERE `+condition+` ORDER BY o.search, o.id LIMIT $1`, args...)
}

const (
	isAdministrator = `m.role = 'administrator' AND m.state = 'active'`
	isRequested     = `m.role = 'administrator' AND m.state = 'requested'`
)

// organisationLists are the conditions of the lists.
var organisationLists = map[desk.OrganisationFilter]string{
	desk.AllOrganisations: `TRUE`,
	desk.NobodyThere:      `NOT EXISTS (SELECT 1 FROM membership m WHERE m.organisation_id = o.id AND ` + isAdministrator + `)`,
	desk.Releasable:       `EXISTS (SELECT 1 FROM membership m WHERE m.organisation_id = o.id AND ` + isRequested + `)`,
}

// ListOrganisations gives rows of a list behind a place in it.
func (db *DB) ListOrganisations(ctx context.Context, f desk.OrganisationFilter, after desk.OrganisationPlace, most int) (list []desk.OrganisationRow, err error) {
	defer fault.Wrap(&err, "store.ListOrganisations(%s)", f)
	condition, ok := organisationLists[f]
	if !ok {
		return nil, desk.ErrNoList
	}
	return organisationRows(ctx, db.read, condition, after, most)
}

// organisationFinds are the conditions for what is looked for. A key for searching has letters, digits and blanks only.
var organisationFinds = map[desk.By]string{
	desk.ByNumber: `upper(replace(replace(replace(o.number, '.', ''), '/', ''), '-', '')) = $2`,
	desk.ByEmail:  `lower(o.email) = $2`,
	desk.ByName:   `' ' || o.search LIKE '% ' || $2 || '%'`,
}

// FindOrganisations gives organisations that a term means.
func (db *DB) FindOrganisations(ctx context.Context, t desk.Term, after desk.OrganisationPlace, most int) (list []desk.OrganisationRow, err error) {
	defer fault.Wrap(&err, "store.FindOrganisations(%s)", t.By)
	return organisationRows(ctx, db.read, organisationFinds[t.By], after, most, t.Value)
}

// changedLately is how many people of an organisation its record tells the events of: those who changed last.
const changedLately = 50

// OrganisationRecord reads all of an organisation at one moment.
func (db *DB) OrganisationRecord(ctx context.Context, id organisation.ID) (r desk.OrganisationRecord, err error) {
	defer fault.Wrap(&err, "store.OrganisationRecord(%s)", id)
	snapshot, err := db.read.BeginTx(ctx, db.engine.snapshot)
	if err != nil {
		return r, err
	}
	defer func() { _ = snapshot.Rollback() }() // nothing was written
	if r.Now, err = db.moment(ctx, snapshot); err != nil {
		return r, err
	}
	if r.Team, err = team(ctx, snapshot, id, ""); err != nil {
		return r, err
	}
	r.Letters, err = rows(ctx, snapshot, scanLetter, `SELECT `+letterColumns+` FROM letter l
		WHERE l.account_id IN (SELECT account_id FROM membership WHERE organisation_id = $1 AND role = 'administrator')
		AND NOT EXISTS (SELECT 1 FROM one_time_password p WHERE p.letter_id = l.id AND p.organisation_id <> $1)
		ORDER BY l.created_at DESC, l.id DESC LIMIT $2`, id, recentLetters)
	if err != nil {
		return r, err
	}
	r.Events, err = rows(ctx, snapshot, scanRecord, `SELECT `+auditColumns+` FROM audit_event WHERE account_id <> '' AND kind LIKE 'organisation.%'
		AND account_id IN (SELECT account_id FROM membership WHERE organisation_id = $1 ORDER BY changed_at DESC LIMIT `+strconv.Itoa(changedLately)+`)
		ORDER BY at DESC, seq DESC LIMIT $2`, id, recentEvents)
	if err != nil {
		return r, err
	}
	r.People, err = actors(ctx, snapshot, r.Events, "")
	return r, err
}

// CountRegistrations counts the registrations that wait for their release.
func (db *DB) CountRegistrations(ctx context.Context) (n int, err error) {
	defer fault.Wrap(&err, "store.CountRegistrations")
	err = db.read.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM membership WHERE state = 'requested')
		+ (SELECT count(*) FROM data_centre WHERE state = 'requested')`).Scan(&n)
	return n, err
}
