package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/mailroom"
)

// stuckJob finds the job of a letter that was given up.
const stuckJob = `FROM job j WHERE j.unique_key IN ('letter.deliver/' || l.id, 'letter.deliver/' || l.id || '/released') AND j.state = 'dead'`

const mailColumns = `l.id, l.kind, ` + letterState + `, l.account_id, coalesce(a.number, ''), a.salutation, a.title, a.first_name, a.last_name,
	l.order_id, l.created_at, l.handed_over_at, coalesce(l.posted_on, ''), l.returned_at, l.returned_what, coalesce(b.number, 0),
	CASE WHEN b.held = 1 AND b.state IN ('open', 'awaiting') AND l.state IN ('queued', 'rendered') THEN 'release' ELSE '' END,
	CASE WHEN l.state IN ('queued', 'rendered') THEN coalesce((SELECT j.id ` + stuckJob + ` LIMIT 1), '') ELSE '' END,
	CASE WHEN l.state IN ('queued', 'rendered') THEN coalesce((SELECT j.cause FROM job j
		WHERE j.unique_key IN ('letter.deliver/' || l.id, 'letter.deliver/' || l.id || '/released') AND j.state <> 'done' LIMIT 1), '') ELSE '' END`

const mailTables = ` FROM letter l JOIN account a ON a.id = l.account_id LEFT JOIN letter_batch b ON b.id = l.batch_id `

func scanMail(scan func(...any) error) (m mailroom.Letter, err error) {
	var posted string
	err = scan(&m.ID, &m.Kind, &m.State, &m.Account, &m.Number, &m.Person.Salutation, &m.Person.Title, &m.Person.First, &m.Person.Last,
		&m.Order, at(&m.Created), at(&m.HandedOver), &posted, at(&m.Returned), &m.Voided, &m.Batch, &m.Waits, &m.Dead, &m.Cause)
	if err == nil && posted != "" {
		err = m.Posted.UnmarshalText([]byte(posted))
	}
	if m.State == letter.Held {
		m.Waits = mailroom.ForDecision
	}
	return m, err
}

// conditions collects the conditions of a query with their arguments.
type conditions struct {
	texts []string
	args  []any
}

// add adds a condition; each %s in it is an argument's place.
func (c *conditions) add(text string, args ...any) {
	var places []any
	for _, a := range args {
		c.args = append(c.args, a)
		places = append(places, fmt.Sprintf("$%d", len(c.args)))
	}
	c.texts = append(c.texts, fmt.Sprintf(text, places...))
}

func (c *conditions) where() string {
	if len(c.texts) == 0 {
		return ""
	}
	return "WHERE " + strings.Join(c.texts, " AND ")
}

// Letters lists letters, newest first.
func (db *DB) Letters(ctx context.Context, f mailroom.Filter, late time.Time, after *mailroom.Cursor, most int) (list []mailroom.Letter, err error) {
	defer fault.Wrap(&err, "store.Letters")
	c := lettersOf(f, late)
	if after != nil {
		c.add(`(l.created_at, l.id) < (%s, %s)`, micro(after.At), after.ID)
	}
	c.args = append(c.args, most)
	return rows(ctx, db.read, scanMail, `SELECT `+mailColumns+mailTables+c.where()+
		fmt.Sprintf(` ORDER BY l.created_at DESC, l.id DESC LIMIT $%d`, len(c.args)), c.args...)
}

const underWay = `l.state IN ('queued', 'rendered')`

func lettersOf(f mailroom.Filter, late time.Time) (c conditions) {
	switch f.State {
	case "":
	case letter.Held:
		c.add(`l.state = 'queued' AND l.held_until IS NOT NULL`)
	default:
		c.add(`l.state = %s`, f.State)
	}
	switch f.Only {
	case mailroom.Late:
		c.add(underWay+` AND l.created_at < %s`, micro(late))
	case mailroom.Stuck:
		c.add(underWay + ` AND EXISTS (SELECT 1 ` + stuckJob + `)`)
	case mailroom.Held:
		c.add(underWay + ` AND (l.held_until IS NOT NULL OR b.held = 1 AND b.state IN ('open', 'awaiting'))`)
	}
	if f.Kind != "" {
		c.add(`l.kind = %s`, f.Kind)
	}
	if !f.From.IsZero() {
		c.add(`l.created_at >= %s`, micro(f.From.Start()))
	}
	if !f.To.IsZero() {
		c.add(`l.created_at < %s`, micro(f.To.End()))
	}
	if f.Member != "" {
		c.add(`l.account_id = %s`, f.Member)
	}
	return c
}

// LettersNumbered finds letters by the beginning of their ids.
func (db *DB) LettersNumbered(ctx context.Context, beginning string, most int) (list []mailroom.Letter, err error) {
	defer fault.Wrap(&err, "store.LettersNumbered")
	return rows(ctx, db.read, scanMail, `SELECT `+mailColumns+mailTables+`WHERE l.id >= $1 AND l.id <= $2 ORDER BY l.id LIMIT $3`,
		beginning, beginning+strings.Repeat("z", 64), most) // the last sign of ids, in every order of letters
}

// MemberNumbered finds a member by the number in the body's register.
func (db *DB) MemberNumbered(ctx context.Context, number string) (id account.ID, err error) {
	defer fault.Wrap(&err, "store.MemberNumbered")
	err = db.read.QueryRowContext(ctx, `SELECT id FROM account WHERE number = $1 AND realm = 'member'`, number).Scan(&id)
	_, err = isFound(err)
	return id, err
}

// LetterCounts counts what waits for somebody.
func (db *DB) LetterCounts(ctx context.Context) (c mailroom.Counts, err error) {
	defer fault.Wrap(&err, "store.LetterCounts")
	if c.Waiting, err = db.WaitingLetters(ctx); err != nil {
		return c, err
	}
	err = db.read.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM letter l WHERE `+underWay+` AND EXISTS (SELECT 1 `+stuckJob+`)),
		(SELECT count(*) FROM letter_batch b JOIN letter l ON l.batch_id = b.id WHERE b.held = 1 AND b.state IN ('open', 'awaiting') AND `+underWay+`),
		(SELECT count(*) FROM letter_batch WHERE state = 'awaiting'),
		(SELECT count(*) FROM letter_batch WHERE state = 'open' AND held = 1)`).Scan(&c.Stuck, &c.Held, &c.Awaiting, &c.Gathers)
	return c, err
}
