package store

import (
	"context"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/token"
)

// unseenFor is longer than any profile lets a session rest: what was not used for so long is over, whether somebody ended it
// or not.
const unseenFor = 2 * time.Hour

// OpenSessions lists the sessions of an account that nobody has ended, the one used last first.
func (db *DB) OpenSessions(ctx context.Context, id account.ID) (open []login.Session, now calendar.Moment, err error) {
	defer fault.Wrap(&err, "store.OpenSessions(%s)", id)
	if now, err = db.Now(ctx); err != nil {
		return nil, now, err
	}
	scan := func(scan func(...any) error) (s login.Session, err error) {
		err = scan(sessionFields(&s)...)
		return s, err
	}
	open, err = rows(ctx, db.read, scan, `SELECT `+sessionColumns+` FROM `+sessionTables+` WHERE s.account_id = $1 AND s.ended_at IS NULL
		AND s.seen_at > $2 ORDER BY s.seen_at DESC, s.id`, id, micro(now.Add(-unseenFor)))
	if err != nil || len(open) == 0 {
		return open, now, err
	}
	held, err := roles(ctx, db.read, open[0].Realm, id)
	for i := range open {
		open[i].Roles = held
	}
	return open, now, err
}

// endAll ends the open sessions of an account, as a deed of package login asks for.
func (t *tx) endAll(id account.ID, e *login.EndAll) ([]audit.Event, error) {
	if e == nil {
		return nil, nil
	}
	if e.Level == "" {
		return t.endSessions(id, e.Reason, ` AND id <> $5`, e.Except)
	}
	return t.endSessions(id, e.Reason, ` AND id <> $5 AND level = $6 AND id NOT IN (SELECT id FROM session WHERE account_id = $1 AND level = $6
		AND ended_at IS NULL AND seen_at > $4 ORDER BY created_at DESC, id LIMIT $7)`, e.Except, e.Level, e.Newest)
}

// endBarred ends the sessions that were opened with a token which logs nobody in any more.
func (t *tx) endBarred(id account.ID, c token.Change) (events []audit.Event, err error) {
	for _, barred := range c.Barred() {
		ended, err := t.endSessions(id, login.TokenBarred, ` AND token_id = $5 AND id <> $6`, barred, c.By)
		if err != nil {
			return nil, err
		}
		events = append(events, ended...)
	}
	return events, nil
}

// endSessions ends the open sessions of an account that meet a condition, whose arguments count from $5, and gives the
// events that tell of it.
func (t *tx) endSessions(id account.ID, reason login.EndReason, condition string, args ...any) ([]audit.Event, error) {
	scan := func(scan func(...any) error) (audit.Event, error) {
		e := audit.Event{Kind: audit.SessionRevoked, Actor: string(id), Account: string(id), Reason: string(reason)}
		err := scan(&e.Session, &e.Token)
		return e, err
	}
	return rows(t.ctx, t, scan, `UPDATE session SET ended_at = $2, end_reason = $3
		WHERE account_id = $1 AND ended_at IS NULL AND seen_at > $4`+condition+` RETURNING id, coalesce(token_id, '')`,
		append([]any{id, micro(t.now.Time), reason, micro(t.now.Add(-unseenFor))}, args...)...)
}
