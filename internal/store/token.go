package store

import (
	"context"
	"slices"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/token"
)

const tokenColumns = `t.id, t.account_id, t.kind, t.serial, t.state, t.reason, t.mode, t.algorithm, t.digits, t.period, t.last_step, t.drift,
	t.wrong_row, coalesce(t.battery_end, ''), t.battery_told_at, coalesce(d.state, ''), d.state_at,
	t.created_at, t.activated_at, t.suspended_at, t.revoked_at, t.last_used_at`

const tokenTables = `token t LEFT JOIN device d ON d.token_id = t.id`

func scanToken(scan func(...any) error) (t token.Token, err error) {
	var seconds int64
	err = scan(&t.ID, &t.Account, &t.Kind, &t.Serial, &t.State, &t.Reason, &t.Mode, &t.Algorithm, &t.Digits, &seconds, &t.LastStep, &t.Drift,
		&t.WrongRow, date{&t.BatteryEnd}, at(&t.BatteryTold), &t.Device, at(&t.DeviceSince),
		at(&t.Created), at(&t.Activated), at(&t.Suspended), at(&t.Revoked), at(&t.LastUsed))
	t.Period = time.Duration(seconds) * time.Second
	return t, err
}

const orderColumns = `o.id, o.request, o.account_id, o.token_id, o.kind, o.route, o.state, o.reason, o.placed_at, o.last_day, o.shipped_at,
	coalesce(o.instead_id, ''), o.closed_at,
	o.code_key, o.code_salt, o.code_mac, o.code_tries, o.setup_session, coalesce(o.setup_proof, ''), o.setup_until, o.setup_shown_at, o.setup_tries,
	o.letter_id, coalesce(` + letterState + `, ''), l.handed_over_at`

func scanOrder(scan func(...any) error) (o token.Order, err error) {
	var state string
	err = scan(&o.ID, &o.Request, &o.Account, &o.Token, &o.Kind, &o.Route, &o.State, &o.Reason, at(&o.Placed), date{&o.LastDay}, at(&o.Shipped),
		&o.Instead, at(&o.Closed),
		&o.Code.KeyID, &o.Code.Salt, &o.Code.MAC, &o.CodeTries, &o.Setup.Session, &o.Setup.Proof, at(&o.Setup.Until), at(&o.Setup.Shown), &o.Setup.Tries,
		&o.Letter.ID, &state, at(&o.Letter.HandedOver))
	o.Letter.State = letter.State(state)
	return o, err
}

// holding reads the tokens and orders of an account, newest first.
func holding(ctx context.Context, q querier, owner account.Account) (h token.Holding, err error) {
	h.Owner = owner
	h.Tokens, err = rows(ctx, q, scanToken,
		`SELECT `+tokenColumns+` FROM `+tokenTables+` WHERE t.account_id = $1 ORDER BY t.created_at DESC, t.id`, owner.ID)
	if err != nil {
		return h, err
	}
	h.Orders, err = rows(ctx, q, scanOrder, `SELECT `+orderColumns+` FROM token_order o LEFT JOIN letter l ON l.id = o.letter_id
		WHERE o.account_id = $1 ORDER BY o.placed_at DESC, o.id`, owner.ID)
	if err != nil {
		return h, err
	}
	err = q.QueryRowContext(ctx, `SELECT by_post_at FROM password WHERE account_id = $1`, owner.ID).Scan(at(&h.PasswordByPost))
	_, err = isFound(err) // from the body's register, and without a password yet
	return h, err
}

// Holding reads what an account holds, without any secret.
func (db *DB) Holding(ctx context.Context, id account.ID) (h token.Holding, now calendar.Moment, err error) {
	defer fault.Wrap(&err, "store.Holding(%s)", id)
	var owner account.Account
	if err := db.read.QueryRowContext(ctx, `SELECT `+accountColumns+` FROM account a WHERE a.id = $1`, id).Scan(accountFields(&owner)...); err != nil {
		return h, now, err
	}
	if h, err = holding(ctx, db.read, owner); err != nil {
		return h, now, err
	}
	now, err = db.Now(ctx)
	return h, now, err
}

// lockHolding loads what an account holds, locked, with the secrets of its tokens, and the wrong codes of the usable ones.
func (t *tx) lockHolding(id account.ID) (token.Holding, error) {
	owner, err := t.lockAccount(id)
	if err != nil {
		return token.Holding{}, err
	}
	h, err := holding(t.ctx, t, owner)
	if err != nil {
		return h, err
	}
	for i := range h.Tokens {
		held := &h.Tokens[i]
		if err := t.openSecret(held); err != nil {
			return h, err
		}
		if !held.Usable() {
			continue
		}
		if held.Wrong, err = t.wrongCodes(held.ID); err != nil {
			return h, err
		}
	}
	return h, nil
}

func (t *tx) openSecret(held *token.Token) error {
	var sealed []byte
	found, err := isFound(t.QueryRowContext(t.ctx, `SELECT sealed FROM token_secret WHERE token_id = $1`, held.ID).Scan(&sealed))
	if err != nil || !found {
		return err
	}
	held.Secret, err = t.db.Keys.Open(sealed, "token_secret", "sealed", string(held.ID))
	return err
}

// ChangeHolding loads what an account holds, lets the deed decide, and writes the change.
func (db *DB) ChangeHolding(ctx context.Context, id account.ID, deed func(token.Holding, calendar.Moment) (token.Change, error)) (err error) {
	defer fault.Wrap(&err, "store.ChangeHolding(%s)", id)
	return db.tx(ctx, func(tx *tx) error {
		h, err := tx.lockHolding(id)
		if err != nil {
			return err
		}
		c, err := deed(h, tx.now)
		if err != nil {
			return err
		}
		if err := tx.writeToken(c); err != nil {
			return err
		}
		ended, err := tx.endBarred(id, c)
		if err != nil {
			return err
		}
		return tx.record(slices.Concat(c.Events, ended)...)
	})
}

// NextSerial gives the next number of a series.
func (db *DB) NextSerial(ctx context.Context, series string) (n int64, err error) {
	defer fault.Wrap(&err, "store.NextSerial(%s)", series)
	err = db.tx(ctx, func(tx *tx) error {
		return tx.QueryRowContext(ctx, `INSERT INTO serial (series, last) VALUES ($1, 1)
			ON CONFLICT (series) DO UPDATE SET last = serial.last + 1 RETURNING last`, series).Scan(&n)
	})
	return n, err
}

// writeToken writes all of a change but its events.
func (t *tx) writeToken(c token.Change) error {
	steps := []func(token.Change) error{
		t.writeClosed, t.writeTokens, t.writeNew, t.writeDevices, t.writeSecrets, t.writeSpent, t.writeConsequences,
	}
	for _, step := range steps {
		if err := step(c); err != nil {
			return err
		}
	}
	return nil
}

// writeClosed writes orders in their new state. A closed one never changes again: its code is spent.
func (t *tx) writeClosed(c token.Change) error {
	for _, o := range c.Orders {
		err := t.one(`UPDATE token_order SET state = $2, reason = $3, closed_at = $4, code_tries = $5, setup_session = $6,
			setup_until = $7, setup_shown_at = $8, setup_tries = $9, setup_proof = $10, shipped_at = $11, last_day = $12
			WHERE id = $1 AND closed_at IS NULL`,
			o.ID, o.State, o.Reason, micro(o.Closed), o.CodeTries, o.Setup.Session,
			micro(o.Setup.Until), micro(o.Setup.Shown), o.Setup.Tries, idOrNull(o.Setup.Proof), micro(o.Shipped), o.LastDay.String())
		if err != nil {
			return err
		}
	}
	return nil
}

// writeTokens writes tokens in their new state. A revoked one never changes again; the last step is writeSpent's.
func (t *tx) writeTokens(c token.Change) error {
	for _, held := range c.Tokens {
		err := t.one(`UPDATE token SET state = $2, reason = $3, wrong_row = $4, activated_at = $5, suspended_at = $6, revoked_at = $7,
			last_used_at = $8, drift = $9, battery_told_at = $10 WHERE id = $1 AND state <> 'revoked'`,
			held.ID, held.State, held.Reason, held.WrongRow, micro(held.Activated), micro(held.Suspended), micro(held.Revoked), micro(held.LastUsed),
			held.Drift, micro(held.BatteryTold))
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) writeNew(c token.Change) error {
	for _, n := range c.NewTokens {
		_, err := t.exec(`INSERT INTO token (id, account_id, kind, serial, state, reason, mode, algorithm, digits, period, last_step, wrong_row,
				battery_end, created_at, activated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
			n.ID, n.Account, n.Kind, n.Serial, n.State, n.Reason, n.Mode, n.Algorithm, n.Digits, int64(n.Period/time.Second), n.LastStep, n.WrongRow,
			dayOrNull(n.BatteryEnd), micro(n.Created), micro(n.Activated))
		if conflict(err) {
			return errGone // somebody else was given the device meanwhile
		}
		if err != nil {
			return err
		}
	}
	for _, o := range c.NewOrders {
		_, err := t.exec(`INSERT INTO token_order (id, request, account_id, token_id, kind, route, state, reason, placed_at, last_day,
				letter_id, code_key, code_salt, code_mac, code_tries, setup_session, setup_tries, instead_id, setup_until)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
			o.ID, o.Request, o.Account, o.Token, o.Kind, o.Route, o.State, o.Reason, micro(o.Placed), o.LastDay.String(),
			o.Letter.ID, o.Code.KeyID, notNull(o.Code.Salt), notNull(o.Code.MAC), o.CodeTries, o.Setup.Session, o.Setup.Tries, idOrNull(o.Instead),
			micro(o.Setup.Until))
		if err != nil {
			return err
		}
	}
	return nil
}

// idOrNull gives a reference to a token, or none.
func idOrNull(id token.ID) any {
	if id == "" {
		return nil
	}
	return id
}

// dayOrNull gives a day as the database has it, or none.
func dayOrNull(d calendar.Date) any {
	if d.IsZero() {
		return nil
	}
	return d.String()
}

// notNull gives bytes that are there, if only as none: an order without a code of its own.
func notNull(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func (t *tx) writeSecrets(c token.Change) error {
	for _, id := range c.Forget {
		if _, err := t.exec(`DELETE FROM token_secret WHERE token_id = $1`, id); err != nil {
			return err
		}
	}
	for _, id := range c.Secrets {
		held, _ := token.Holding{Tokens: append(c.Tokens, c.NewTokens...)}.Token(id)
		sealed, err := t.db.Keys.Seal(held.Secret, "token_secret", "sealed", string(id))
		if err != nil {
			return err
		}
		_, err = t.exec(`INSERT INTO token_secret (token_id, sealed) VALUES ($1, $2)
			ON CONFLICT (token_id) DO UPDATE SET sealed = excluded.sealed`, id, sealed)
		if err != nil {
			return err
		}
	}
	return nil
}

// keepWrongCodes bounds how long wrong codes are kept: longer than any profile may count them.
const keepWrongCodes = 100 * 24 * time.Hour

// writeSpent uses up one-time codes, each by one statement that only one can win, and notes the wrong ones.
func (t *tx) writeSpent(c token.Change) error {
	for _, s := range c.Spend {
		if err := t.one(`UPDATE token SET last_step = $2 WHERE id = $1 AND last_step < $2`, s.Token, s.Step); err != nil {
			return err
		}
	}
	for _, id := range c.WrongCodes {
		if _, err := t.exec(`INSERT INTO wrong_code (token_id, at) VALUES ($1, $2)`, id, micro(t.now.Time)); err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM wrong_code WHERE token_id = $1 AND at < $2`, id, micro(t.now.Add(-keepWrongCodes))); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) writeConsequences(c token.Change) error {
	return t.writeOut(c.VoidLetters, c.Letters, c.Jobs)
}

// writeOut writes what goes out because of a deed, and what does not any more.
func (t *tx) writeOut(void []string, letters []letter.Draft, jobs []job.Request) error {
	for _, id := range void {
		if err := t.voidLetter(id); err != nil {
			return err
		}
	}
	for _, d := range letters {
		if err := t.queueLetter(d); err != nil {
			return err
		}
	}
	for _, r := range jobs {
		if err := t.enqueue(r); err != nil {
			return err
		}
	}
	return nil
}

// HolderOf finds whose token a device is.
func (db *DB) HolderOf(ctx context.Context, serial string) (id account.ID, printed string, found bool, err error) {
	defer fault.Wrap(&err, "store.HolderOf")
	err = db.read.QueryRowContext(ctx, `SELECT t.account_id, d.serial FROM device d JOIN token t ON t.id = d.token_id WHERE d.serial_key = $1`,
		token.SerialKey(serial)).Scan(&id, &printed)
	found, err = isFound(err)
	return id, printed, found, err
}

// BatteriesEnding lists the members with an active hard token whose battery ends soon and who were not told.
func (db *DB) BatteriesEnding(ctx context.Context, until calendar.Date) (list []account.ID, err error) {
	defer fault.Wrap(&err, "store.BatteriesEnding")
	scan := func(scan func(...any) error) (id account.ID, err error) {
		err = scan(&id)
		return id, err
	}
	return rows(ctx, db.read, scan, `SELECT DISTINCT t.account_id FROM token t JOIN account a ON a.id = t.account_id
		WHERE t.kind = 'hard' AND t.state = 'active' AND t.battery_told_at IS NULL AND t.battery_end <= $1 AND a.state = 'active'
		ORDER BY t.account_id`, until.String())
}
