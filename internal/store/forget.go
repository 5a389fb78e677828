package store

import (
	"context"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
)

// keepRows is how long rows are kept that nobody needs any more: long enough to ask what happened. What must be known for
// longer, the audit knows.
const keepRows = 30 * 24 * time.Hour

// forgetAtOnce bounds the rows that one transaction deletes, so that logins do not wait for it.
const forgetAtOnce = 1000

// keepMailed is how long codes are kept that logins have mailed: a day longer than their wrong tries count.
const keepMailed = (mailedDays + 1) * 24 * time.Hour

// keepStaged is how long the rows of an import are kept that was broken off, and files that were handed in, if nobody deletes them
// before.
const keepStaged = 24 * time.Hour

// Forget deletes what is of no use any more, and gives how many rows that were: sessions that ended, changes that were closed
// and jobs that were done 30 days ago, rows of imports that were broken off, files that nobody carried out,
// decided requests and identifications of the service desk, letters that nobody released, wrong codes that no rule counts, codes that
// logins mailed, one-time passwords of long ago, and counts of wrong passwords without a try for the given span. Otherwise strangers
// could fill the disk with their tries.
func (db *DB) Forget(ctx context.Context, guesses time.Duration) (n int64, err error) {
	defer fault.Wrap(&err, "store.Forget")
	for _, f := range []struct {
		query string // with the rows' key twice, and the border as $1
		keep  time.Duration
	}{
		{`DELETE FROM session WHERE id IN (SELECT id FROM session WHERE coalesce(ended_at, seen_at) < $1 LIMIT $2)`, keepRows},
		{`DELETE FROM email_change WHERE id IN (SELECT id FROM email_change WHERE coalesce(closed_at, until) < $1 LIMIT $2)`, keepRows},
		{`DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state = 'done' AND ended_at < $1 LIMIT $2)`, keepRows},
		{`DELETE FROM register_row WHERE line IN (SELECT line FROM register_row LIMIT $2)
			AND EXISTS (SELECT 1 FROM register_import WHERE begun_at < $1)`, keepStaged},
		{`DELETE FROM upload_part WHERE upload_id IN (SELECT id FROM upload WHERE created_at < $1 LIMIT $2)`, keepStaged},
		{`DELETE FROM upload WHERE id IN (SELECT id FROM upload WHERE created_at < $1 LIMIT $2)`, keepStaged},
		{`DELETE FROM guess WHERE key IN (SELECT key FROM guess WHERE last_at < $1 LIMIT $2) AND last_at < $1`, guesses},
		{`DELETE FROM wrong_code WHERE at < $1 AND token_id IN (SELECT token_id FROM wrong_code WHERE at < $1 LIMIT $2)`, keepWrongCodes},
		{`DELETE FROM forgotten_wrong_code WHERE at < $1 AND account_id IN (SELECT account_id FROM forgotten_wrong_code WHERE at < $1 LIMIT $2)`, keepWrongCodes},
		{`DELETE FROM mailed_code WHERE session_id IN (SELECT session_id FROM mailed_code WHERE sent_at < $1 LIMIT $2)`, keepMailed},
		{`DELETE FROM desk_request WHERE id IN (SELECT id FROM desk_request WHERE coalesce(decided_at, until_at) < $1 LIMIT $2)`, keepRows},
		{`DELETE FROM desk_identification WHERE until_at < $1
			AND session_id IN (SELECT session_id FROM desk_identification WHERE until_at < $1 LIMIT $2)`, keepRows},
		{`DELETE FROM member_import WHERE id IN (SELECT id FROM member_import WHERE asked_at < $1 LIMIT $2)`, keepRows},
		{`DELETE FROM desk_try WHERE account_id IN (SELECT account_id FROM desk_try WHERE last_at < $1 LIMIT $2)`, keepRows},
		// what nobody released in time is worth nothing any more, and its secret goes
		{`UPDATE letter SET state = 'void', sealed = NULL, held_until = NULL WHERE id IN
			(SELECT id FROM letter WHERE held_until < $1 AND state = 'queued' LIMIT $2)`, 0},
		// their sessions were forgotten long before
		{`DELETE FROM one_time_password WHERE id IN (SELECT id FROM one_time_password WHERE created_at < $1 LIMIT $2)`, keepWrongCodes},
	} {
		deleted, err := db.forget(ctx, f.query, f.keep)
		n += deleted
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// forget runs one statement until it finds nothing more.
func (db *DB) forget(ctx context.Context, query string, keep time.Duration) (n int64, err error) {
	for {
		var deleted int64
		err := db.tx(ctx, func(tx *tx) (err error) {
			deleted, err = tx.exec(query, micro(tx.now.Add(-keep)), forgetAtOnce)
			return err
		})
		if n += deleted; err != nil || deleted == 0 {
			return n, err
		}
	}
}

// Request asks for jobs that no deed causes, such as daily ones.
func (db *DB) Request(ctx context.Context, plan func(calendar.Moment) []job.Request) (err error) {
	defer fault.Wrap(&err, "store.Request")
	return db.tx(ctx, func(tx *tx) error {
		for _, r := range plan(tx.now) {
			if err := tx.enqueue(r); err != nil {
				return err
			}
		}
		return nil
	})
}
