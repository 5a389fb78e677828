package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/token"
)

// recentEvents and recentLetters bound what a record shows of each; the rest stands in the audit.
const (
	recentEvents  = 25
	recentLetters = 25
)

// Record reads all of a member at one moment, without secrets. Sessions and pauses are package login's.
func (db *DB) Record(ctx context.Context, id account.ID) (r desk.Record, err error) {
	defer fault.Wrap(&err, "store.Record(%s)", id)
	snapshot, err := db.read.BeginTx(ctx, db.engine.snapshot)
	if err != nil {
		return r, err
	}
	defer func() { _ = snapshot.Rollback() }() // nothing was written
	if r.Now, err = db.moment(ctx, snapshot); err != nil {
		return r, err
	}
	owner, err := member(ctx, snapshot, id)
	if err != nil {
		return r, err
	}
	if r.Login, err = loginState(ctx, snapshot, owner, r.Now); err != nil {
		return r, err
	}
	r.Login = r.Login.WithoutSecrets()
	for _, part := range []func(context.Context, querier, *desk.Record) error{recordPost, recordEmails, recordEvents, recordPeople} {
		if err := part(ctx, snapshot, &r); err != nil {
			return r, err
		}
	}
	return r, nil
}

// member reads an account that is a member's. One of staff is none.
func member(ctx context.Context, q querier, id account.ID) (a account.Account, err error) {
	err = q.QueryRowContext(ctx, `SELECT `+accountColumns+` FROM account a WHERE a.id = $1 AND a.realm = 'member'`, id).Scan(accountFields(&a)...)
	if errors.Is(err, sql.ErrNoRows) {
		return a, desk.ErrNoMember
	}
	return a, err
}

// loginState reads what a login of an account is decided on, without its sessions and without locking it.
func loginState(ctx context.Context, q querier, owner account.Account, now calendar.Moment) (st login.State, err error) {
	if st.Holding, err = holding(ctx, q, owner); err != nil {
		return st, err
	}
	for i := range st.Holding.Tokens {
		if held := &st.Holding.Tokens[i]; held.Usable() {
			if held.Wrong, err = wrongCodes(ctx, q, held.ID); err != nil {
				return st, err
			}
		}
	}
	if st.Password, err = passwords(ctx, q, owner.ID, now); err != nil {
		return st, err
	}
	if owner.Role != "" {
		if st.Places, err = memberships(ctx, q, owner.ID); err != nil {
			return st, err
		}
	}
	st.Refusals, err = refusals(ctx, q, owner.ID, "")
	return st, err
}

const letterColumns = `l.id, l.kind, l.account_id, l.order_id, ` + letterState + `, l.created_at, l.handed_over_at`

func scanLetter(scan func(...any) error) (l letter.Letter, err error) {
	err = scan(&l.ID, &l.Kind, &l.Account, &l.Order, &l.State, at(&l.Created), at(&l.HandedOver))
	return l, err
}

func recordPost(ctx context.Context, q querier, r *desk.Record) (err error) {
	r.Letters, err = rows(ctx, q, scanLetter, `SELECT `+letterColumns+` FROM letter l WHERE l.account_id = $1
		ORDER BY l.created_at DESC, l.id DESC LIMIT $2`, r.Owner().ID, recentLetters)
	return err
}

func recordEmails(ctx context.Context, q querier, r *desk.Record) (err error) {
	r.Emails, err = rows(ctx, q, scanEmailChange, `SELECT `+emailChangeColumns+` FROM email_change e WHERE e.account_id = $1
		ORDER BY e.requested_at DESC, e.id LIMIT $2`, r.Owner().ID, recentLetters)
	for i := range r.Emails {
		r.Emails[i] = r.Emails[i].WithoutCode()
	}
	return err
}

// eventsOf reads the newest events of an account.
func eventsOf(ctx context.Context, q querier, id account.ID, most int, condition string, args ...any) ([]audit.Record, error) {
	return rows(ctx, q, scanRecord, `SELECT `+auditColumns+` FROM audit_event WHERE account_id = $1 AND account_id <> ''`+condition+`
		ORDER BY at DESC, seq DESC LIMIT $2`, append([]any{id, most}, args...)...)
}

// recordEvents reads what happened last, how tokens were stopped, how the account was closed, and when it was imported.
func recordEvents(ctx context.Context, q querier, r *desk.Record) (err error) {
	id := r.Owner().ID
	if r.Events, err = eventsOf(ctx, q, id, recentEvents, ``); err != nil {
		return err
	}
	r.Stops = map[token.ID]audit.Record{}
	for _, t := range r.Login.Holding.Tokens {
		kind := map[token.State]audit.Kind{token.Suspended: audit.TokenSuspended, token.Blocked: audit.TokenBlocked}[t.State]
		if kind == "" {
			continue
		}
		found, err := eventsOf(ctx, q, id, 1, ` AND token_id = $3 AND kind = $4`, t.ID, kind)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			r.Stops[t.ID] = found[0]
		}
	}
	if r.Owner().State != account.Active {
		found, err := eventsOf(ctx, q, id, 1, ` AND kind = $3`, audit.MemberEnded)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			r.Closed = &found[0]
		}
	}
	imported, err := eventsOf(ctx, q, id, 1, ` AND kind = $3`, audit.AccountImported)
	if len(imported) > 0 {
		r.Imported = imported[0].Time
	}
	return err
}

// recordPeople reads who those of staff are that the record tells of.
func recordPeople(ctx context.Context, q querier, r *desk.Record) (err error) {
	told := slices.Clone(r.Events)
	for _, e := range r.Stops {
		told = append(told, e)
	}
	if r.Closed != nil {
		told = append(told, *r.Closed)
	}
	r.People, err = actors(ctx, q, told, r.Owner().ID)
	return err
}

// actors reads who those are that events tell of, without the one whom they are about.
func actors(ctx context.Context, q querier, told []audit.Record, owner account.ID) (map[string]account.Account, error) {
	people := map[string]account.Account{}
	for _, e := range told {
		if _, known := people[e.Actor]; known || e.Actor == audit.System || e.Actor == audit.Anonymous || e.Actor == string(owner) {
			continue
		}
		var a account.Account
		found, err := isFound(q.QueryRowContext(ctx, `SELECT `+accountColumns+` FROM account a WHERE a.id = $1`, e.Actor).Scan(accountFields(&a)...))
		if err != nil {
			return nil, err
		}
		if found {
			people[e.Actor] = a
		}
	}
	return people, nil
}

// rowColumns are what each list tells of a member; memberFields points Scan at them.
const rowColumns = `a.id, coalesce(a.number, ''), a.user_name, a.salutation, a.title, a.first_name, a.last_name, a.town, a.state`

func memberFields(r *desk.Row) []any {
	return []any{&r.ID, &r.Number, &r.UserName, &r.Person.Salutation, &r.Person.Title, &r.Person.First, &r.Person.Last, &r.Town, &r.State}
}

// listQuery reads a list. $1 is how many rows are wanted.
type listQuery struct {
	text   string
	behind string // the condition for rows behind a place, written for {behind}; from the start on there is none
	scan   func(func(...any) error) (desk.Row, error)
	place  func(desk.Cursor) []any // the arguments of the condition
}

// at gives the query for rows behind a place, and its arguments.
func (q listQuery) at(after desk.Cursor, most int) (text string, args []any) {
	if after == (desk.Cursor{}) {
		return strings.ReplaceAll(q.text, "{behind}", ""), []any{most}
	}
	return strings.ReplaceAll(q.text, "{behind}", q.behind), append([]any{most}, q.place(after)...)
}

// Members gives rows of a list behind a place in it.
func (db *DB) Members(ctx context.Context, f desk.Filter, after desk.Cursor, most int) (list []desk.Row, err error) {
	defer fault.Wrap(&err, "store.Members(%s)", f)
	q, ok := lists[f]
	if !ok {
		return nil, desk.ErrNoList
	}
	text, args := q.at(after, most)
	return rows(ctx, db.read, q.scan, text, args...)
}

// lists are the lists of members. Each is read in the order of an index, from a place on.
var lists = map[desk.Filter]listQuery{
	desk.All:         byName(``),
	desk.Deactivated: byName(` AND a.state = 'deactivated'`),
	desk.NoPassword:  byName(` AND a.has_password = 0`),
	desk.StoppedToken: {
		text: `SELECT ` + rowColumns + `, t.serial, t.state, t.suspended_at FROM token t JOIN account a ON a.id = t.account_id
			WHERE t.state IN ('suspended', 'blocked') AND a.realm = 'member'{behind} ORDER BY t.serial DESC LIMIT $1`,
		behind: ` AND t.serial < $2`,
		scan: func(scan func(...any) error) (r desk.Row, err error) {
			err = scan(append(memberFields(&r), &r.Serial, &r.Token, at(&r.Since))...)
			r.Next.Key = r.Serial
			return r, err
		},
		place: func(c desk.Cursor) []any { return []any{c.Key} },
	},
	desk.AwaitsCode: byTime(`SELECT `+rowColumns+`, t.serial, o.placed_at, o.id FROM token_order o
		JOIN account a ON a.id = o.account_id JOIN token t ON t.id = o.token_id
		WHERE o.state = 'placed' AND o.route = 'letter' AND a.realm = 'member'{behind} ORDER BY o.placed_at, o.id LIMIT $1`,
		` AND (o.placed_at, o.id) > ($2, $3)`),
	desk.AwaitsPassword: byTime(`SELECT `+rowColumns+`, '', p.created_at, p.id FROM one_time_password p
		JOIN account a ON a.id = p.account_id
		WHERE p.used_at IS NULL AND p.voided_at IS NULL AND p.way = 'letter' AND a.realm = 'member'{behind} ORDER BY p.created_at, p.id LIMIT $1`,
		` AND (p.created_at, p.id) > ($2, $3)`),
}

// byName is a list in the order of names.
func byName(condition string) listQuery {
	return listQuery{
		text: `SELECT ` + rowColumns + `, a.search_name FROM account a WHERE a.realm = 'member'` + condition + `{behind}
			ORDER BY a.search_name, a.id LIMIT $1`,
		behind: ` AND (a.search_name, a.id) > ($2, $3)`,
		scan:   scanNamed,
		place:  func(c desk.Cursor) []any { return []any{c.Key, c.ID} },
	}
}

func scanNamed(scan func(...any) error) (r desk.Row, err error) {
	err = scan(append(memberFields(&r), &r.Next.Key)...)
	r.Next.ID = r.ID
	return r, err
}

// byTime is a list in the order of time.
func byTime(text, behind string) listQuery {
	return listQuery{
		text: text, behind: behind,
		scan: func(scan func(...any) error) (r desk.Row, err error) {
			err = scan(append(memberFields(&r), &r.Serial, at(&r.Since), &r.Next.ID)...)
			r.Next.At = r.Since
			return r, err
		},
		place: func(c desk.Cursor) []any { return []any{micro(c.At), c.ID} },
	}
}

// lastSign stands behind every sign of a key for searching.
const lastSign = "\U0010FFFF"

// named finds members by the beginning of their keys, which lies between $2 and $3.
var named = listQuery{
	text: `SELECT ` + rowColumns + `, a.search_name FROM account a WHERE a.realm = 'member' AND a.search_name >= $2 AND a.search_name < $3{behind}
		ORDER BY a.search_name, a.id LIMIT $1`,
	behind: ` AND (a.search_name, a.id) > ($2, $4)`,
	scan: func(scan func(...any) error) (desk.Row, error) {
		r, err := scanNamed(scan)
		r.Found = desk.ByName
		return r, err
	},
}

// Named gives members whose key for searching begins so, behind a place in their order.
func (db *DB) Named(ctx context.Context, key string, after desk.Cursor, most int) (list []desk.Row, err error) {
	defer fault.Wrap(&err, "store.Named")
	q := named
	q.place = func(c desk.Cursor) []any { return []any{c.Key, key + lastSign, c.ID} }
	text, args := q.at(after, most)
	if after == (desk.Cursor{}) {
		args = append(args, key, key+lastSign)
	}
	return rows(ctx, db.read, q.scan, text, args...)
}

// finds are the queries for what is found as a whole. $1 is the value, $2 how many rows are wanted.
var finds = map[desk.By]string{
	desk.ByNumber: `SELECT ` + rowColumns + `, '' FROM account a WHERE a.realm = 'member'
		AND upper(replace(replace(replace(a.number, '.', ''), '/', ''), '-', '')) = $1 ORDER BY a.id LIMIT $2`,
	desk.ByUserName: `SELECT ` + rowColumns + `, '' FROM account a WHERE a.name_key = $1 AND a.realm = 'member' LIMIT $2`,
	desk.ByEmail:    `SELECT ` + rowColumns + `, '' FROM account a WHERE a.realm = 'member' AND lower(a.email) = $1 ORDER BY a.id LIMIT $2`,
	desk.BySerial: `SELECT ` + rowColumns + `, t.serial FROM token t JOIN account a ON a.id = t.account_id
		WHERE t.serial IN ($1, (SELECT d.serial FROM device d WHERE d.serial_key = $1)) AND a.realm = 'member' LIMIT $2`,
	desk.ByPaper: `SELECT ` + rowColumns + `, '' FROM account a WHERE a.realm = 'member' AND a.id IN (
		SELECT account_id FROM token_order WHERE id = $1 UNION ALL SELECT account_id FROM letter WHERE id = $1) LIMIT $2`,
}

// Find gives members that a term means.
func (db *DB) Find(ctx context.Context, t desk.Term, most int) (list []desk.Row, err error) {
	defer fault.Wrap(&err, "store.Find(%s)", t.By)
	if t.By == desk.ByName {
		return db.Named(ctx, t.Value, desk.Cursor{}, most)
	}
	scan := func(scan func(...any) error) (r desk.Row, err error) {
		err = scan(append(memberFields(&r), &r.Serial)...)
		r.Found = t.By
		return r, err
	}
	return rows(ctx, db.read, scan, finds[t.By], t.Value, most)
}
