package store

import (
	"cmp"
	"context"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/fault"
	"torhaus/internal/password"
)

const accountColumns = `a.id, a.realm, a.role, coalesce(a.number, ''), a.user_name, a.state, a.salutation, a.title, a.first_name, a.last_name,
	a.address_extra, a.street, a.postcode, a.town, a.email, a.created_at, a.last_login_at, a.email_changed_at, a.address_changed_at,
	a.ending`

// accountFields points Scan at the fields of accountColumns.
func accountFields(a *account.Account) []any {
	return []any{
		&a.ID, &a.Realm, &a.Role, &a.Number, &a.UserName, &a.State, &a.Person.Salutation, &a.Person.Title, &a.Person.First, &a.Person.Last,
		&a.Address.Extra, &a.Address.Street, &a.Address.Postcode, &a.Address.Town, &a.Email, at(&a.Created), at(&a.LastLogin),
		at(&a.EmailChanged), at(&a.AddressChanged), &a.Ending,
	}
}

// CreateAccount adds an account with its password. A user name that exists already, in whatever spelling, is a conflict.
func (db *DB) CreateAccount(ctx context.Context, a account.Account, hash password.Hash) (err error) {
	defer fault.Wrap(&err, "store.CreateAccount(%s)", a.ID)
	return db.tx(ctx, func(tx *tx) error {
		if err := tx.createAccount(a); err != nil {
			return err
		}
		if err := tx.setPassword(a.ID, password.Set{New: hash}); err != nil {
			return err
		}
		return tx.record(audit.Event{Kind: audit.AccountCreated, Actor: audit.System, Account: string(a.ID)})
	})
}

// CreateStaff adds one of the body's own people with a password and roles that count, as the console does.
func (db *DB) CreateStaff(ctx context.Context, a account.Account, hash password.Hash, roles []account.Role) (err error) {
	defer fault.Wrap(&err, "store.CreateStaff(%s)", a.ID)
	a.Realm = account.Staff
	return db.tx(ctx, func(tx *tx) error {
		if err := tx.createAccount(a); err != nil {
			return err
		}
		if err := tx.setPassword(a.ID, password.Set{New: hash}); err != nil {
			return err
		}
		for _, role := range roles {
			_, err := tx.exec(`INSERT INTO staff_role (account_id, role, granted_at, granted_by, confirmed_at, confirmed_by)
				VALUES ($1, $2, $3, $4, $3, $4)`, a.ID, role, micro(tx.now.Time), audit.System)
			if err != nil {
				return err
			}
		}
		return tx.record(audit.Event{Kind: audit.AccountCreated, Actor: audit.System, Account: string(a.ID)})
	})
}

// createAccount adds an account without a password. A user name that its realm has already, in whatever spelling, is a conflict.
func (t *tx) createAccount(a account.Account) error {
	if _, ok := account.CanonicalName(a.UserName); !ok {
		return fault.InvalidField("user-name", "account.fault.user-name")
	}
	p, d := a.Person, a.Address
	_, err := t.exec(`INSERT INTO account (id, realm, user_name, name_key, state, salutation, title, first_name, last_name,
			address_extra, street, postcode, town, email, created_at, search_name, role)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		a.ID, cmp.Or(a.Realm, account.Member), a.UserName, a.Key(), a.State, p.Salutation, p.Title, p.First, p.Last,
		d.Extra, d.Street, d.Postcode, d.Town, a.Email, micro(t.now.Time), p.SearchName(), a.Role)
	if conflict(err) {
		return fault.New(fault.Conflict, "account.fault.exists")
	}
	return err
}

// roles gives the roles of one of staff that count now. Members have none, and cost no query.
func roles(ctx context.Context, q querier, realm account.Realm, id account.ID) ([]account.Role, error) {
	if realm != account.Staff {
		return nil, nil
	}
	scan := func(scan func(...any) error) (r account.Role, err error) {
		err = scan(&r)
		return r, err
	}
	return rows(ctx, q, scan, `SELECT role FROM staff_role WHERE account_id = $1 AND confirmed_at IS NOT NULL ORDER BY role`, id)
}

// lockAccount reads an account and keeps others from changing anything that belongs to it until the transaction ends.
func (t *tx) lockAccount(id account.ID) (a account.Account, err error) {
	err = t.QueryRowContext(t.ctx, `SELECT `+accountColumns+` FROM account a WHERE a.id = $1`+t.db.engine.forUpdate, id).Scan(accountFields(&a)...)
	return a, err
}

// Credentials finds an account by the key of its user name. The hash is empty for one that has no password yet, or may not enter:
// nothing that is typed is right then, and costs what any wrong password costs.
func (db *DB) Credentials(ctx context.Context, key string) (id account.ID, hash password.Hash, found bool, err error) {
	defer fault.Wrap(&err, "store.Credentials")
	err = db.read.QueryRowContext(ctx,
		`SELECT a.id, CASE WHEN a.state = 'active' THEN coalesce(p.hash, '') ELSE '' END
			FROM account a LEFT JOIN password p ON p.account_id = a.id WHERE a.name_key = $1`, key).Scan(&id, &hash)
	found, err = isFound(err)
	return id, hash, found, err
}

// AccountOf finds an account by the key of its user name; empty if there is none. It reads one row in either case.
func (db *DB) AccountOf(ctx context.Context, key string) (id account.ID, err error) {
	defer fault.Wrap(&err, "store.AccountOf")
	err = db.read.QueryRowContext(ctx, `SELECT coalesce((SELECT id FROM account WHERE name_key = $1), '')`, key).Scan(&id)
	return id, err
}
