package store

import (
	"bytes"
	"context"
	"slices"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/organisation"
	"torhaus/internal/token"
)

// ChangeGuesses loads counts of wrong passwords, locked, and writes what is decided.
func (db *DB) ChangeGuesses(ctx context.Context, guesses []login.Guess, decide func([]login.Guess, calendar.Moment) []login.Guess) (err error) {
	defer fault.Wrap(&err, "store.ChangeGuesses")
	return db.tx(ctx, func(tx *tx) error {
		loaded := slices.Clone(guesses)
		for _, i := range byKey(loaded) { // in one order, so that two logins never wait for each other
			g := &loaded[i]
			err := tx.QueryRowContext(ctx, `INSERT INTO guess (key, wrong, last_at) VALUES ($1, 0, $2)
				ON CONFLICT (key) DO UPDATE SET wrong = guess.wrong RETURNING wrong, last_at`, g.Key, micro(tx.now.Time)).Scan(&g.Wrong, at(&g.Last))
			if err != nil {
				return err
			}
		}
		for _, g := range decide(loaded, tx.now) {
			if err := tx.one(`UPDATE guess SET wrong = $2, last_at = $3 WHERE key = $1`, g.Key, g.Wrong, micro(g.Last)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Guesses reads counts of wrong passwords. Nothing is locked or written.
func (db *DB) Guesses(ctx context.Context, guesses []login.Guess) (stored []login.Guess, now calendar.Moment, err error) {
	defer fault.Wrap(&err, "store.Guesses")
	stored = slices.Clone(guesses)
	for i := range stored {
		g := &stored[i]
		err := db.read.QueryRowContext(ctx, `SELECT wrong, last_at FROM guess WHERE key = $1`, g.Key).Scan(&g.Wrong, at(&g.Last))
		if _, err = isFound(err); err != nil {
			return nil, now, err
		}
	}
	now, err = db.Now(ctx)
	return stored, now, err
}

// byKey gives the indexes of the guesses in the order of their keys.
func byKey(guesses []login.Guess) []int {
	order := make([]int, len(guesses))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return bytes.Compare(guesses[a].Key, guesses[b].Key) })
	return order
}

const sessionColumns = `s.id, s.account_id, s.level, s.created_at, s.seen_at, s.password_at, s.factor_at, coalesce(s.token_id, ''),
	s.previous_at, s.address, s.agent, s.ended_at, s.end_reason, coalesce(s.one_time_id, ''), s.refused, a.realm, a.role, s.mailed = 1, coalesce(s.organisation_id, '')`

const sessionTables = `session s JOIN account a ON a.id = s.account_id`

func sessionFields(s *login.Session) []any {
	return []any{
		&s.ID, &s.Account, &s.Level, at(&s.Created), at(&s.Seen), at(&s.PasswordAt), at(&s.FactorAt), &s.Token,
		at(&s.Previous), &s.Address, &s.Agent, at(&s.Ended), &s.EndReason, &s.OneTime, &s.Refused,
		&s.Realm, &s.Role, &s.Mailed, &s.Chosen,
	}
}

// ChangeLogin loads what an account holds and some of its sessions, lets the deed decide, and writes the change.
func (db *DB) ChangeLogin(ctx context.Context, id account.ID, sessions []login.SessionID, deed func(login.State, calendar.Moment) (login.Change, error)) (err error) {
	defer fault.Wrap(&err, "store.ChangeLogin(%s)", id)
	return db.tx(ctx, func(tx *tx) error {
		st, err := tx.lockLogin(id, sessions)
		if err != nil {
			return err
		}
		c, err := deed(st, tx.now)
		if err != nil {
			return err
		}
		return tx.carryLogin(id, c)
	})
}

// carryLogin writes all of a change.
func (t *tx) carryLogin(id account.ID, c login.Change) error {
	if err := t.writeToken(c.Token); err != nil {
		return err
	}
	if err := t.writePassword(id, c.Password); err != nil {
		return err
	}
	ended, err := t.writeLogin(id, c)
	if err != nil {
		return err
	}
	return t.record(slices.Concat(c.Token.Events, c.Password.Events, c.Events, ended)...)
}

func (t *tx) lockLogin(id account.ID, sessions []login.SessionID) (st login.State, err error) {
	if st.Holding, err = t.lockHolding(id); err != nil {
		return st, err
	}
	if st.Password, err = passwords(t.ctx, t, id, t.now); err != nil {
		return st, err
	}
	if st.Refusals, err = t.refusals(id); err != nil {
		return st, err
	}
	if st.Roles, err = roles(t.ctx, t, st.Holding.Owner.Realm, id); err != nil {
		return st, err
	}
	if err := t.lockPeople(&st, sessions); err != nil {
		return st, err
	}
	for _, sid := range sessions {
		var s login.Session
		// only sessions of this account: a key from another one is none here
		found, err := isFound(t.QueryRowContext(t.ctx, `SELECT `+sessionColumns+` FROM `+sessionTables+`
			WHERE s.id = $1 AND s.account_id = $2`, sid, id).Scan(sessionFields(&s)...))
		if err != nil {
			return st, err
		}
		if found {
			s.Roles, s.Places = st.Roles, st.Places
			st.Sessions = append(st.Sessions, s)
		}
	}
	return st, nil
}

func (t *tx) wrongCodes(id token.ID) ([]time.Time, error) { return wrongCodes(t.ctx, t, id) }

func wrongCodes(ctx context.Context, q querier, id token.ID) ([]time.Time, error) {
	return rows(ctx, q, scanTime, `SELECT at FROM wrong_code WHERE token_id = $1 ORDER BY at`, id)
}

func scanTime(scan func(...any) error) (when time.Time, err error) {
	err = scan(at(&when))
	return when, err
}

// writeLogin writes all of a change but its token's part and its events. It gives the events of sessions that ended with it.
func (t *tx) writeLogin(id account.ID, c login.Change) ([]audit.Event, error) {
	for _, s := range c.End {
		if err := t.one(`UPDATE session SET ended_at = $2, end_reason = $3 WHERE id = $1 AND ended_at IS NULL`, s.ID, micro(s.Ended), s.EndReason); err != nil {
			return nil, err
		}
	}
	barred, err := t.endBarred(id, c.Token)
	if err != nil {
		return nil, err
	}
	all, err := t.endAll(id, c.EndAll)
	if err != nil {
		return nil, err
	}
	if err := t.writeMailed(id, c.Mailed); err != nil {
		return nil, err
	}
	if err := t.writeChosen(c.Chosen); err != nil {
		return nil, err
	}
	if c.Joined != "" {
		if err := t.enter(id, organisation.ID(c.Joined)); err != nil {
			return nil, err
		}
	}
	if err := t.askAdministrators(id, c.AskedAt); err != nil {
		return nil, err
	}
	if err := t.openSessions(c.New); err != nil {
		return nil, err
	}
	if c.LoggedIn {
		if err := t.one(`UPDATE account SET last_login_at = $2 WHERE id = $1`, id, micro(t.now.Time)); err != nil {
			return nil, err
		}
		if err := t.enterOrganisations(id, c); err != nil {
			return nil, err
		}
	}
	if err := t.writeRefusals(id, c.Refusals); err != nil {
		return nil, err
	}
	return append(barred, all...), t.forgive(c)
}

func (t *tx) openSessions(opened []login.Session) error {
	for _, s := range opened {
		var held, oneTime any
		if s.Token != "" {
			held = s.Token
		}
		if s.OneTime != "" {
			oneTime = s.OneTime
		}
		_, err := t.exec(`INSERT INTO session (id, account_id, level, created_at, seen_at, password_at, factor_at, token_id, previous_at,
				address, agent, end_reason, one_time_id, refused, mailed, organisation_id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', $12, $13, CASE WHEN $14 THEN 1 ELSE 0 END, nullif($15, ''))`,
			s.ID, s.Account, s.Level, micro(s.Created), micro(s.Seen), micro(s.PasswordAt), micro(s.FactorAt), held, micro(s.Previous),
			s.Address, s.Agent, oneTime, s.Refused, s.Mailed, s.Chosen)
		if err != nil {
			return err
		}
	}
	return nil
}

// forgive sets counts of wrong passwords back to nothing and takes one try from those that others share, in the order of their keys.
func (t *tx) forgive(c login.Change) error {
	for _, i := range byKey(c.Forgive) {
		query := `UPDATE guess SET wrong = 0 WHERE key = $1`
		if c.Forgive[i].Shared {
			query = `UPDATE guess SET wrong = wrong - 1 WHERE key = $1 AND wrong > 0`
		}
		if _, err := t.exec(query, c.Forgive[i].Key); err != nil {
			return err
		}
	}
	return nil
}

// Session finds a session and its account, and of staff the roles that count now.
func (db *DB) Session(ctx context.Context, id login.SessionID) (s login.Session, a account.Account, now calendar.Moment, found bool, err error) {
	defer fault.Wrap(&err, "store.Session")
	err = db.read.QueryRowContext(ctx, `SELECT `+sessionColumns+`, `+accountColumns+` FROM `+sessionTables+` WHERE s.id = $1`, id).Scan(slices.Concat(sessionFields(&s), accountFields(&a))...)
	if found, err = isFound(err); err != nil || !found {
		return s, a, now, false, err
	}
	if s.Roles, err = roles(ctx, db.read, s.Realm, s.Account); err != nil {
		return s, a, now, false, err
	}
	if s.Role != "" {
		if s.Places, err = memberships(ctx, db.read, s.Account); err != nil {
			return s, a, now, false, err
		}
	}
	now, err = db.Now(ctx)
	return s, a, now, true, err
}

// Touch notes that a session was used.
func (db *DB) Touch(ctx context.Context, id login.SessionID) (err error) {
	defer fault.Wrap(&err, "store.Touch")
	return db.tx(ctx, func(tx *tx) error {
		_, err := tx.exec(`UPDATE session SET seen_at = $2 WHERE id = $1 AND ended_at IS NULL AND seen_at < $2`, id, micro(tx.now.Time))
		return err
	})
}
