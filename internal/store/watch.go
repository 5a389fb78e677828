package store

import (
	"context"
	"fmt"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/profile"
)

// LiveSessions counts the sessions that open doors, by level.
func (db *DB) LiveSessions(ctx context.Context, rules profile.Session) (live map[login.Level]int, err error) {
	defer fault.Wrap(&err, "store.LiveSessions")
	now, err := db.Now(ctx)
	if err != nil {
		return nil, err
	}
	live = map[login.Level]int{}
	for level, limits := range map[login.Level][2]profile.Duration{
		login.Password: {rules.PasswordIdle, rules.PasswordTotal}, login.TwoFactor: {rules.TwoFactorIdle, rules.TwoFactorTotal},
	} {
		n, err := db.countSessions(ctx, level, now, limits)
		if err != nil {
			return nil, err
		}
		live[level] = n
	}
	return live, nil
}

func (db *DB) countSessions(ctx context.Context, level login.Level, now calendar.Moment, limits [2]profile.Duration) (n int, err error) {
	err = db.read.QueryRowContext(ctx, `SELECT count(*) FROM session WHERE level = $1 AND ended_at IS NULL AND seen_at > $2 AND created_at > $3`,
		level, micro(now.Add(-limits[0].D())), micro(now.Add(-limits[1].D()))).Scan(&n)
	return n, err
}

// CheckKeys tells whether the portal's keys open what lies in its database: the secret of a token, if there is one. Another
// portal's keys, or ones from before a restored backup, would let nobody in.
func (db *DB) CheckKeys(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "store.CheckKeys")
	var id string
	var sealed []byte
	found, err := isFound(db.read.QueryRowContext(ctx, `SELECT token_id, sealed FROM token_secret ORDER BY token_id LIMIT 1`).Scan(&id, &sealed))
	if err != nil || !found {
		return err
	}
	if _, err := db.Keys.Open(sealed, "token_secret", "sealed", id); err != nil {
		return fmt.Errorf("the secrets of this database do not open with these keys: %w", err)
	}
	return nil
}
