package store_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/desk"
	"torhaus/internal/letter"
	"torhaus/internal/mailroom"
	"torhaus/internal/oversight"
	"torhaus/internal/store"
	"torhaus/internal/store/storetest"
	"torhaus/internal/token"
)

// crowd is a portal with members, tokens, orders, letters and events made up, as many as wanted: for how long lists take.
type crowd struct {
	*store.DB
	members int
}

// list is a page of a list, or a search, that staff may ask for. A new one needs a line here: the test below then demands an index for
// it, and BenchmarkLists measures it.
type list struct {
	name  string
	ask   func(ctx context.Context, c crowd) error
	sorts string // why what was found may be sorted: there is little of it
}

// sorted makes a list whose rows are sorted after they are found, since there are few.
func (l list) sorted(why string) list {
	l.sorts = why
	return l
}

// asked makes a list of something that gives rows.
func asked[T any](name string, ask func(ctx context.Context, c crowd) ([]T, error)) list {
	return list{name: name, ask: func(ctx context.Context, c crowd) error {
		_, err := ask(ctx, c)
		return err
	}}
}

func lists() (all []list) {
	for _, f := range desk.Filters {
		all = append(all,
			asked(fmt.Sprintf("members %q", f), func(ctx context.Context, c crowd) ([]desk.Row, error) {
				return c.Members(ctx, f, desk.Cursor{}, desk.PageSize+1)
			}),
			asked(fmt.Sprintf("members %q, far inside", f), func(ctx context.Context, c crowd) ([]desk.Row, error) {
				return c.Members(ctx, f, c.inside(f), desk.PageSize+1)
			}))
	}
	for by, value := range map[desk.By]string{
		desk.ByNumber: "0001711", desk.ByUserName: "u0001711", desk.ByEmail: "u0001711@praxis.example", desk.BySerial: "ST00001711", desk.ByPaper: "order1711",
	} {
		all = append(all, asked("search by "+string(by), func(ctx context.Context, c crowd) ([]desk.Row, error) {
			return c.Find(ctx, desk.Term{By: by, Value: value}, desk.PageSize)
		}))
	}
	for _, name := range []string{"muller", "muller anna", "name17", "a", "nobody"} {
		all = append(all, asked(fmt.Sprintf("search by name %q", name), func(ctx context.Context, c crowd) ([]desk.Row, error) {
			return c.Named(ctx, name, desk.Cursor{}, desk.PageSize+1)
		}))
	}
	return append(all, slices.Concat(recordLists, letterLists, stockLists, auditLists)...)
}

// inside is a place far inside a list.
func (c crowd) inside(f desk.Filter) desk.Cursor {
	return desk.Cursor{Key: map[bool]string{true: fmt.Sprintf("ST%08d", c.members/2), false: "name4"}[f == desk.StoppedToken], At: madeUp.Add(500 * time.Second), ID: "u"}
}

var recordLists = []list{
	{"record of a member", func(ctx context.Context, c crowd) error {
		_, err := c.Record(ctx, "u0001711")
		return err
	}, "it is what one member has"},
	asked("requests that wait", func(ctx context.Context, c crowd) ([]desk.RequestRow, error) {
		return c.Requests(ctx, desk.Cursor{}, desk.PageSize+1)
	}),
}

var letterLists = []list{
	asked("letters", func(ctx context.Context, c crowd) ([]mailroom.Letter, error) {
		return c.Letters(ctx, mailroom.Filter{}, madeUp, nil, mailroom.PageSize+1)
	}),
	asked("letters, far inside", func(ctx context.Context, c crowd) ([]mailroom.Letter, error) {
		return c.Letters(ctx, mailroom.Filter{}, madeUp, &mailroom.Cursor{At: madeUp.Add(500 * time.Second), ID: "l"}, mailroom.PageSize+1)
	}),
	asked("letters handed over", func(ctx context.Context, c crowd) ([]mailroom.Letter, error) {
		return c.Letters(ctx, mailroom.Filter{State: letter.HandedOver}, madeUp, nil, mailroom.PageSize+1)
	}),
	asked("letters of a kind", func(ctx context.Context, c crowd) ([]mailroom.Letter, error) {
		return c.Letters(ctx, mailroom.Filter{Kind: "activation-code"}, madeUp, nil, mailroom.PageSize+1)
	}),
	asked("late letters", func(ctx context.Context, c crowd) ([]mailroom.Letter, error) {
		return c.Letters(ctx, mailroom.Filter{Only: mailroom.Late}, madeUp.Add(24*time.Hour), nil, mailroom.PageSize+1)
	}).sorted("they are those of some days"),
	asked("stuck letters", func(ctx context.Context, c crowd) ([]mailroom.Letter, error) {
		return c.Letters(ctx, mailroom.Filter{Only: mailroom.Stuck}, madeUp, nil, mailroom.PageSize+1)
	}).sorted("they are those of some days"),
	asked("letters of a member", func(ctx context.Context, c crowd) ([]mailroom.Letter, error) {
		return c.Letters(ctx, mailroom.Filter{Member: "u0001711"}, madeUp, nil, mailroom.PageSize+1)
	}),
	asked("letters by number", func(ctx context.Context, c crowd) ([]mailroom.Letter, error) {
		return c.LettersNumbered(ctx, "letter171", 10)
	}),
	asked("print batches", func(ctx context.Context, c crowd) ([]mailroom.Batch, error) {
		return c.Batches(ctx, 1<<40, mailroom.PageSize+1)
	}),
}

var stockLists = []list{
	asked("devices", func(ctx context.Context, c crowd) ([]token.Listed, error) {
		return c.Devices(ctx, token.StockQuery{Most: desk.PageSize + 1})
	}),
	asked("devices in stock", func(ctx context.Context, c crowd) ([]token.Listed, error) {
		return c.Devices(ctx, token.StockQuery{State: token.InStock, After: "HT0050000", Most: desk.PageSize + 1})
	}),
	asked("devices by serial", func(ctx context.Context, c crowd) ([]token.Listed, error) {
		return c.Devices(ctx, token.StockQuery{Serial: "HT00171", Most: desk.PageSize + 1})
	}),
	asked("devices to be sent", func(ctx context.Context, c crowd) ([]token.Listed, error) { return c.ToShip(ctx, desk.PageSize) }).sorted("they are those of some days"),
}

// auditList is a page of the audit.
func auditList(name string, q oversight.Query) list {
	return list{name: "audit " + name, ask: func(ctx context.Context, c crowd) error {
		n := 0
		for _, err := range c.Trail(ctx, q, 51) {
			if n++; err != nil || n > 50 {
				return err
			}
		}
		return nil
	}}
}

var auditLists = []list{
	auditList("of all", oversight.Query{}),
	auditList("of a member", oversight.Query{People: []account.ID{"u0001711"}}),
	auditList("of a kind", oversight.Query{Kinds: []oversight.Kind{"login.code.right"}}),
	auditList("of a member and a kind", oversight.Query{People: []account.ID{"u0001711"}, Kinds: []oversight.Kind{"login.code.right"}}),
	auditList("until a day", oversight.Query{Until: madeUp.Add(500 * time.Second)}),
}

// madeUp is when what was made up happened: each second a thousand things.
var madeUp = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// newCrowd makes a portal with so many members on SQLite, two tokens each. Of a hundred, one is deactivated, two have no password, one
// has a suspended token, one awaits a code and one a one-time password; names are as uneven as names are.
func newCrowd(tb testing.TB, members int) crowd {
	tb.Helper()
	c := crowd{storetest.SQLite(tb).DB, members}
	indexes, err := c.Indexes(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	var drop, make []string
	for name, text := range indexes {
		drop, make = append(drop, `DROP INDEX `+name), append(make, text)
	}
	fill := strings.NewReplacer("{members}", fmt.Sprint(members), "{at}", fmt.Sprintf("(%d + n * 1000)", madeUp.UnixMicro()),
		"{numbers}", `WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < `+fmt.Sprint(members)+`)`)
	var made []string
	for _, s := range crowdData {
		made = append(made, fill.Replace(s))
	}
	if err := c.Bare(tb.Context(), slices.Concat(drop, made, make)...); err != nil {
		tb.Fatal(err)
	}
	return c
}

var crowdData = []string{
	`INSERT INTO account (id, number, user_name, name_key, state, salutation, title, first_name, last_name, address_extra, street, postcode,
			town, email, register_email, created_at, search_name, has_password)
		{numbers} SELECT printf('u%07d', n), printf('%07d', n), printf('u%07d', n), printf('u%07d', n),
			CASE WHEN n % 100 = 1 THEN 'deactivated' ELSE 'active' END, 'Frau', 'Dr. med.',
			CASE n % 7 WHEN 0 THEN 'Anna' WHEN 1 THEN 'Hannah' ELSE 'Vorname' || (n % 400) END,
			CASE WHEN n % 50 = 0 THEN 'Müller' ELSE 'Name' || (n * 7919 % 20011) END, '', 'Hauptstraße 1', '80331', 'München',
			printf('u%07d@praxis.example', n), printf('u%07d@praxis.example', n), {at},
			CASE WHEN n % 50 = 0 THEN 'muller' ELSE 'name' || (n * 7919 % 20011) END || ' ' ||
				CASE n % 7 WHEN 0 THEN 'anna' WHEN 1 THEN 'hannah' ELSE 'vorname' || (n % 400) END,
			n % 50 <> 3
		FROM number`,
	`INSERT INTO password (account_id, hash, set_at) SELECT id, '$argon2id$', created_at FROM account WHERE has_password = 1`,
	`INSERT INTO token (id, account_id, kind, serial, state, reason, algorithm, digits, period, last_step, wrong_row, created_at, activated_at,
			suspended_at, revoked_at)
		{numbers} SELECT printf('t%07d', n), printf('u%07d', n), 'soft', printf('ST%08d', n),
			CASE WHEN n % 100 = 5 THEN 'suspended' WHEN n % 100 = 7 THEN 'pending' ELSE 'active' END, '', 'SHA1', 6, 30, 0, 0, {at},
			CASE WHEN n % 100 = 7 THEN NULL ELSE {at} END, CASE WHEN n % 100 = 5 THEN {at} END, NULL FROM number
		UNION ALL SELECT printf('v%07d', n), printf('u%07d', n), 'soft', printf('SU%08d', n), 'revoked', 'replaced', 'SHA1', 6, 30, 0, 0, {at},
			{at}, NULL, {at} FROM number`,
	`INSERT INTO letter (id, kind, account_id, order_id, state, created_at, handed_over_at, sealed)
		{numbers} SELECT 'letter' || n, 'activation-code', printf('u%07d', n), 'order' || n, CASE WHEN n % 1000 = 7 THEN 'queued' ELSE 'handed-over' END,
			{at}, CASE WHEN n % 1000 = 7 THEN NULL ELSE {at} END, CASE WHEN n % 1000 = 7 THEN x'00' END FROM number`,
	`INSERT INTO token_order (id, request, account_id, token_id, kind, route, state, reason, placed_at, last_day, closed_at, letter_id,
			code_key, code_salt, code_mac, code_tries, setup_session, setup_tries)
		{numbers} SELECT 'order' || n, 'r', printf('u%07d', n), printf('t%07d', n), 'soft', 'letter',
			CASE WHEN n % 100 = 7 THEN 'placed' ELSE 'activated' END, '', {at}, '2026-12-31', CASE WHEN n % 100 = 7 THEN NULL ELSE {at} END,
			'letter' || n, 'k', x'00', x'00', 0, '', 0 FROM number`,
	`INSERT INTO one_time_password (id, account_id, way, created_at, until_at, letter_id, code_key, code_salt, code_mac, used_at)
		{numbers} SELECT 'p' || n, printf('u%07d', n), 'letter', {at}, {at} + 1, 'letter' || n, 'k', x'00', x'00',
			CASE WHEN n % 100 = 3 THEN NULL ELSE {at} END FROM number`,
	`INSERT INTO device_batch (id, file, format, imported_at, imported_by, devices) VALUES ('b', 'f', 'pskc', 1, 'system', {members})`,
	`INSERT INTO device (serial, serial_key, batch_id, manufacturer, model, mode, algorithm, digits, period, counter, state, state_at, sealed)
		{numbers} SELECT printf('HT%07d', n), printf('HT%07d', n), 'b', 'maker', 'model', 'totp', 'SHA1', 6, 30, 0,
			CASE WHEN n % 10 = 0 THEN 'scrapped' ELSE 'stock' END, {at}, CASE WHEN n % 10 = 0 THEN NULL ELSE x'00' END FROM number`,
	`INSERT INTO audit_event (seq, at, kind, actor, account_id, token_id, order_id, letter_id, session_id, reason, hash)
		{numbers} SELECT n, {at}, CASE n % 3 WHEN 0 THEN 'login.code.right' WHEN 1 THEN 'login.password.right' ELSE 'token.ordered' END,
			printf('u%07d', 1 + n * 31 % {members}), printf('u%07d', 1 + n * 31 % {members}), '', '', '', '', '', x'00' FROM number`,
}

// Each list and each search is answered by an index in its own order: none reads a table of people or tokens through, and none sorts
// what it has found, unless there is little.
func TestLists_ReadAnIndexInItsOrder(t *testing.T) {
	c := newCrowd(t, 2000)
	scans := regexp.MustCompile(`^SCAN \S+$`)
	for _, l := range lists() {
		plans, err := c.Plans(t.Context(), func() error { return l.ask(t.Context(), c) })
		if err != nil {
			t.Fatalf("%s: %v", l.name, err)
		}
		for _, p := range plans {
			for _, step := range p.Steps {
				if scans.MatchString(step) && step != "SCAN CONSTANT ROW" || l.sorts == "" && strings.Contains(step, "TEMP B-TREE") {
					t.Errorf("%s: %s\n%s\n%s", l.name, step, p.Query, strings.Join(p.Steps, "\n"))
				}
			}
		}
	}
}
