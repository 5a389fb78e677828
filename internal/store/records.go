package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/fault"
	"torhaus/internal/oversight"
)

// Trail gives audit records, newest first, read in portions of the given size. Each portion is a query of its own, which an index
// answers: no transaction stays open while a reader takes its time, and what is written meanwhile is newer than what comes.
//
// Persons and kinds are a branch each, which an index has in order; the branches are merged.
func (db *DB) Trail(ctx context.Context, q oversight.Query, portion int) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		last, err := db.lastOf(ctx, q)
		if err != nil {
			yield(audit.Record{}, err)
			return
		}
		var branches []iter.Seq2[audit.Record, error]
		for _, b := range branchesOf(q) {
			b.db, b.from, b.portion = db, q.From, portion
			branches = append(branches, b.records(ctx, last))
		}
		merged(branches)(func(r audit.Record, err error) bool {
			if err != nil {
				err = fmt.Errorf("store.Trail: %w", err)
			}
			return yield(r, err)
		})
	}
}

// place is a record's place in the order by time: records of one moment come by their numbers.
type place struct {
	at  micro
	seq int64
}

func placeOf(r audit.Record) place { return place{micro(r.Time), r.Seq} }

func (p place) before(other place) bool {
	a, b := time.Time(p.at), time.Time(other.at)
	return a.Before(b) || a.Equal(b) && p.seq < other.seq
}

// lastOf gives the place before which a query begins.
func (db *DB) lastOf(ctx context.Context, q oversight.Query) (last place, err error) {
	last = place{micro(time.UnixMicro(math.MaxInt64)), 0}
	if !q.Until.IsZero() {
		last.at = micro(q.Until)
	}
	if q.Before == 0 {
		return last, nil
	}
	p := place{seq: q.Before}
	err = db.read.QueryRowContext(ctx, `SELECT at FROM audit_event WHERE seq = $1`, q.Before).Scan(&p.at)
	if errors.Is(err, sql.ErrNoRows) {
		return last, oversight.ErrNoRecord
	}
	if p.before(last) {
		last = p
	}
	return last, err
}

// branch is one part of a trail.
type branch struct {
	db      *DB
	where   string // its placeholders count from $5
	args    []any
	from    time.Time
	portion int
}

// branchesOf divides a query so that an index has each part in order.
func branchesOf(q oversight.Query) []branch {
	kinds := make([]any, len(q.Kinds))
	for i, k := range q.Kinds {
		kinds[i] = k
	}
	if len(q.People) > 0 {
		var list []branch
		for _, id := range q.People {
			for _, where := range []string{`account_id = $5 AND account_id <> ''`, `actor = $5 AND actor <> account_id`} {
				list = append(list, branch{where: where + within(kinds, 6), args: append([]any{id}, kinds...)})
			}
		}
		return list
	}
	if len(kinds) == 0 {
		return []branch{{where: `1 = 1`}}
	}
	var list []branch
	for _, k := range kinds {
		list = append(list, branch{where: `kind = $5`, args: []any{k}})
	}
	return list
}

// within gives a condition on kinds; nothing if there are none.
func within(kinds []any, first int) string {
	if len(kinds) == 0 {
		return ""
	}
	return ` AND kind IN ` + list(first, len(kinds))
}

// list gives ($3, $4) for two placeholders from the third.
func list(first, n int) string {
	var marks []string
	for i := range n {
		marks = append(marks, fmt.Sprintf("$%d", first+i))
	}
	return "(" + strings.Join(marks, ", ") + ")"
}

// query reads a portion: from $1 on, before the place of $2 and $3, at most $4.
func (b branch) query() string {
	return `SELECT ` + auditColumns + ` FROM audit_event WHERE ` + b.where +
		` AND at >= $1 AND (at, seq) < ($2, $3) ORDER BY at DESC, seq DESC LIMIT $4`
}

// records gives the records of a branch before a place, newest first.
func (b branch) records(ctx context.Context, last place) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		from := int64(math.MinInt64)
		if !b.from.IsZero() {
			from = b.from.UnixMicro()
		}
		for {
			page, err := rows(ctx, b.db.read, scanRecord, b.query(), append([]any{from, last.at, last.seq, b.portion}, b.args...)...)
			if err != nil {
				yield(audit.Record{}, err)
				return
			}
			for _, r := range page {
				if !yield(r, nil) {
					return
				}
				last = placeOf(r)
			}
			if len(page) < b.portion {
				return
			}
		}
	}
}

// merged gives the records of branches in one order, each record once.
func merged(branches []iter.Seq2[audit.Record, error]) iter.Seq2[audit.Record, error] {
	if len(branches) == 1 {
		return branches[0]
	}
	return func(yield func(audit.Record, error) bool) {
		var heads []*pulled
		for _, b := range branches {
			p := &pulled{}
			var stop func()
			p.next, stop = iter.Pull2(b)
			defer stop()
			heads = append(heads, p)
			if p.step(); p.err != nil {
				yield(audit.Record{}, p.err)
				return
			}
		}
		for {
			newest := newestOf(heads)
			if newest == nil {
				return
			}
			r := newest.record
			if !yield(r, nil) {
				return
			}
			for _, p := range heads {
				if p.ok && p.record.Seq == r.Seq {
					p.step()
				}
				if p.err != nil {
					yield(audit.Record{}, p.err)
					return
				}
			}
		}
	}
}

// pulled is a branch with its next record.
type pulled struct {
	next   func() (audit.Record, error, bool)
	record audit.Record
	err    error
	ok     bool
}

func (p *pulled) step() { p.record, p.err, p.ok = p.next() }

func newestOf(heads []*pulled) (newest *pulled) {
	for _, p := range heads {
		if p.ok && (newest == nil || placeOf(newest.record).before(placeOf(p.record))) {
			newest = p
		}
	}
	return newest
}

// People gives accounts by id; those that do not exist are left out.
func (db *DB) People(ctx context.Context, ids []account.ID) (people map[account.ID]account.Account, err error) {
	defer fault.Wrap(&err, "store.People")
	people = map[account.ID]account.Account{}
	err = inPortions(ids, func(args []any) error {
		found, err := rows(ctx, db.read, scanAccount, `SELECT `+accountColumns+` FROM account a WHERE a.id IN `+list(1, len(args)), args...)
		for _, a := range found {
			people[a.ID] = a
		}
		return err
	})
	return people, err
}

func scanAccount(scan func(...any) error) (a account.Account, err error) {
	err = scan(accountFields(&a)...)
	return a, err
}

// Serials gives the serial numbers of tokens by id.
func (db *DB) Serials(ctx context.Context, ids []string) (serials map[string]string, err error) {
	defer fault.Wrap(&err, "store.Serials")
	serials = map[string]string{}
	scan := func(scan func(...any) error) (pair [2]string, err error) {
		err = scan(&pair[0], &pair[1])
		return pair, err
	}
	err = inPortions(ids, func(args []any) error {
		found, err := rows(ctx, db.read, scan, `SELECT id, serial FROM token WHERE id IN `+list(1, len(args)), args...)
		for _, pair := range found {
			serials[pair[0]] = pair[1]
		}
		return err
	})
	return serials, err
}

// inPortions hands over ids as arguments of a query, so many that statements stay ready.
func inPortions[S ~string](ids []S, do func(args []any) error) error {
	const most = 100
	for len(ids) > 0 {
		n := min(most, len(ids))
		args := make([]any, n)
		for i, id := range ids[:n] {
			args[i] = string(id)
		}
		if err := do(args); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

// FindPeople gives accounts by id, by number in the register, or by one of two keys of user names; and all of staff.
func (db *DB) FindPeople(ctx context.Context, id, number string, keys []string) (found, staff []account.Account, err error) {
	defer fault.Wrap(&err, "store.FindPeople")
	args := []any{id, number}
	for _, k := range keys {
		args = append(args, k)
	}
	found, err = rows(ctx, db.read, scanAccount, `SELECT `+accountColumns+` FROM account a
		WHERE a.id = $1 OR a.number = $2 OR a.name_key IN `+list(3, len(keys))+` ORDER BY a.id`, args...)
	if err != nil {
		return nil, nil, err
	}
	staff, err = rows(ctx, db.read, scanAccount, `SELECT `+accountColumns+` FROM account a
		WHERE a.id IN (SELECT account_id FROM staff_role) ORDER BY a.last_name, a.first_name, a.id`)
	return found, staff, err
}

// Note writes events that no change belongs to.
func (db *DB) Note(ctx context.Context, events ...audit.Event) (err error) {
	defer fault.Wrap(&err, "store.Note")
	return db.tx(ctx, func(tx *tx) error { return tx.record(events...) })
}

// NoteOnce writes events of staff, but none of which one like it was written within the span.
func (db *DB) NoteOnce(ctx context.Context, within time.Duration, events ...audit.Event) (err error) {
	defer fault.Wrap(&err, "store.NoteOnce")
	now, err := db.Now(ctx)
	if err != nil {
		return err
	}
	fresh, err := unnoted(ctx, db.read, now.Add(-within), events)
	if err != nil || len(fresh) == 0 {
		return err
	}
	return db.tx(ctx, func(tx *tx) error { return tx.record(fresh...) })
}

// unnoted gives the events of which none like it was written since. Two at once may both be written, which does no harm.
func unnoted(ctx context.Context, q querier, since time.Time, events []audit.Event) (fresh []audit.Event, err error) {
	for _, e := range events {
		index := `actor <> account_id`
		if e.Actor == e.Account { // somebody looks at what stands of the own account
			index = `account_id <> ''`
		}
		var seq int64
		err := q.QueryRowContext(ctx, `SELECT seq FROM audit_event WHERE actor = $1 AND account_id = $2 AND `+index+`
			AND at > $3 AND kind = $4 AND reason = $5 LIMIT 1`, e.Actor, e.Account, micro(since), e.Kind, e.Reason).Scan(&seq)
		found, err := isFound(err)
		if err != nil {
			return nil, err
		}
		if !found {
			fresh = append(fresh, e)
		}
	}
	return fresh, nil
}
