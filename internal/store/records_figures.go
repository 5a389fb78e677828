package store

import (
	"context"

	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/oversight"
)

// CountEvents hands the events behind the last counted one to the function, at most so many, and adds what it gives. Events are read
// outside of the transaction that adds: it is short, and of two that count at once only one finds the mark where it was.
func (db *DB) CountEvents(ctx context.Context, most int, tally func([]oversight.Happened) []oversight.DayCount) (n int, err error) {
	defer fault.Wrap(&err, "store.CountEvents")
	var mark int64
	if err := db.read.QueryRowContext(ctx, `SELECT seq FROM figure_mark WHERE id = 1`).Scan(&mark); err != nil {
		return 0, err
	}
	events, err := rows(ctx, db.read, scanHappened, `SELECT e.seq, e.at, e.kind, coalesce(a.realm, 'member'), e.reason
		FROM audit_event e LEFT JOIN account a ON a.id = e.account_id WHERE e.seq > $1 ORDER BY e.seq LIMIT $2`, mark, most)
	if err != nil || len(events) == 0 {
		return 0, err
	}
	counts, last := tally(events), events[len(events)-1].Seq
	err = db.tx(ctx, func(tx *tx) error {
		moved, err := tx.exec(`UPDATE figure_mark SET seq = $2 WHERE id = 1 AND seq = $1`, mark, last)
		if err != nil || moved == 0 {
			return err
		}
		for _, c := range counts {
			_, err := tx.exec(`INSERT INTO figure_day (day, realm, kind, count) VALUES ($1, $2, $3, $4)
				ON CONFLICT (day, realm, kind) DO UPDATE SET count = figure_day.count + excluded.count`, c.Day.String(), c.Realm, c.Kind, c.Count)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return len(events), err
}

func scanHappened(scan func(...any) error) (h oversight.Happened, err error) {
	err = scan(&h.Seq, at(&h.At), &h.Kind, &h.Realm, &h.Reason)
	return h, err
}

// TokensNow counts members' tokens: all, without the few of staff, which spares looking up a million accounts.
func (db *DB) TokensNow(ctx context.Context) (counts map[string]int64, err error) {
	defer fault.Wrap(&err, "store.TokensNow")
	counts = map[string]int64{}
	for sign, query := range map[int64]string{
		1:  `SELECT kind, state, count(*) FROM token GROUP BY kind, state`,
		-1: `SELECT kind, state, count(*) FROM token WHERE account_id IN (SELECT account_id FROM staff_role) GROUP BY kind, state`,
	} {
		_, err := rows(ctx, db.read, func(scan func(...any) error) (none struct{}, err error) {
			var kind, state string
			var n int64
			err = scan(&kind, &state, &n)
			counts[oversight.TokensOf(kind, state)] += sign * n
			return none, err
		}, query)
		if err != nil {
			return nil, err
		}
	}
	for what, n := range counts { // a token that was ordered between the two questions
		counts[what] = max(0, n)
	}
	return counts, nil
}

// KeepStand keeps how things stand on a day, in place of what was kept for it.
func (db *DB) KeepStand(ctx context.Context, s oversight.Stand) (err error) {
	defer fault.Wrap(&err, "store.KeepStand(%s)", s.Day)
	return db.tx(ctx, func(tx *tx) error {
		if _, err := tx.exec(`DELETE FROM figure_stand WHERE day = $1`, s.Day.String()); err != nil {
			return err
		}
		var written [][]any
		for what, n := range s.Counts {
			written = append(written, []any{s.Day.String(), what, n})
		}
		if err := tx.insertMany(`INSERT INTO figure_stand (day, what, count)`, written); err != nil {
			return err
		}
		return tx.one(`UPDATE figure_mark SET stand_at = $1 WHERE id = 1`, micro(tx.now.Time))
	})
}

// Counted gives the counts of days of members' accounts, how letters stood on them, and how things stood last.
func (db *DB) Counted(ctx context.Context, first, last calendar.Date, kinds []audit.Kind) (c oversight.Counted, err error) {
	defer fault.Wrap(&err, "store.Counted(%s, %s)", first, last)
	if c.Days, err = db.dayCounts(ctx, first, last, kinds); err != nil {
		return c, err
	}
	if c.Stands, err = db.stands(ctx, `WHERE day >= $1 AND day <= $2 AND what IN ($3, $4)`,
		first.String(), last.String(), oversight.UnderWay, oversight.Late); err != nil {
		return c, err
	}
	newest, err := db.stands(ctx, `WHERE day = (SELECT max(day) FROM figure_stand)`)
	if err != nil {
		return c, err
	}
	if len(newest) == 1 {
		c.Now = newest[0]
	}
	err = db.read.QueryRowContext(ctx, `SELECT stand_at FROM figure_mark WHERE id = 1`).Scan(at(&c.At))
	return c, err
}

func (db *DB) dayCounts(ctx context.Context, first, last calendar.Date, kinds []audit.Kind) ([]oversight.DayCount, error) {
	if len(kinds) == 0 {
		return nil, nil
	}
	args := []any{first.String(), last.String()}
	for _, k := range kinds {
		args = append(args, k)
	}
	return rows(ctx, db.read, func(scan func(...any) error) (c oversight.DayCount, err error) {
		err = scan(date{&c.Day}, &c.Realm, &c.Kind, &c.Count)
		return c, err
	}, `SELECT day, realm, kind, count FROM figure_day WHERE day >= $1 AND day <= $2 AND realm = 'member' AND kind IN `+list(3, len(kinds))+
		` ORDER BY day, kind`, args...)
}

// stands gives how things stood on the days that a condition is for, in order.
func (db *DB) stands(ctx context.Context, where string, args ...any) (list []oversight.Stand, err error) {
	_, err = rows(ctx, db.read, func(scan func(...any) error) (none struct{}, err error) {
		var day calendar.Date
		var what string
		var n int64
		err = scan(date{&day}, &what, &n)
		if len(list) == 0 || list[len(list)-1].Day != day {
			list = append(list, oversight.Stand{Day: day, Counts: map[string]int64{}})
		}
		list[len(list)-1].Counts[what] = n
		return none, err
	}, `SELECT day, what, count FROM figure_stand `+where+` ORDER BY day, what`, args...)
	return list, err
}
