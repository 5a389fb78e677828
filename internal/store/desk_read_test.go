package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"torhaus/internal/account"
	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/password"
	"torhaus/internal/store/storetest"
)

const someHash = password.Hash("$argon2id$v=19$m=8,t=1,p=1$c2FsdA$c2FsdA")

// people makes members named so, „last, first“ each, with an id by their place.
func people(t *testing.T, w storetest.World, names ...string) {
	t.Helper()
	for i, name := range names {
		last, first, _ := strings.Cut(name, ", ")
		err := w.DB.CreateAccount(t.Context(), account.Account{
			ID: account.ID(fmt.Sprintf("m%03d", i)), UserName: fmt.Sprintf("name%03d", i), State: account.Active, Email: fmt.Sprintf("M%d@Praxis.example", i),
			Person: account.Person{First: first, Last: last}, Address: account.Address{Town: "München"},
		}, someHash)
		if err != nil {
			t.Fatal(err)
		}
	}
}

func service(w storetest.World) *desk.Service { return &desk.Service{Store: w.DB} }

// found gives whom a search finds, on all of its pages.
func found(t *testing.T, w storetest.World, typed string) (ids []string) {
	t.Helper()
	var after desk.Cursor
	for {
		r, err := service(w).Search(t.Context(), typed, after)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range r.Rows {
			ids = append(ids, string(row.ID))
		}
		if r.Next == nil {
			return ids
		}
		after = *r.Next
	}
}

func TestSearch_FindsMembersByName(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		people(t, w, "Müller, Anna", "Mueller, Zoë", "Muller-Groß, Karl", "von der Heide, Karl Maria", "Öztürk, Ayşe", "Zimmermann, Anna")
		for typed, want := range map[string]string{
			"müller": "m000 m002 m001", "MULLER": "m000 m002 m001", "muller a": "m000", "Anna Müller": "m000", "mueller, zoe": "m001", "muller gross": "m002",
			"Karl Maria von der Heide": "m003", "von der": "m003", "ozt": "m004", "z": "m005", "Anna": "", "zz": "",
		} {
			if got := strings.Join(found(t, w, typed), " "); got != want {
				t.Errorf("%q finds %q, want %q", typed, got, want)
			}
		}
	})
}

func TestSearch_PagesThroughNamesakesOnceEach(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		var names []string
		for i := range 2*desk.PageSize + 7 {
			names = append(names, []string{"Müller, Anna", "Müller, Berta", "Muller, Anna"}[i%3])
		}
		people(t, w, names...)
		for _, typed := range []string{"Mueller", "müller anna"} {
			got := found(t, w, typed)
			want := map[string]int{"Mueller": len(names), "müller anna": (len(names)+2)/3 + len(names)/3}[typed]
			if len(got) != want || len(slices.Compact(slices.Sorted(slices.Values(got)))) != want {
				t.Errorf("%q finds %d of %d", typed, len(got), want)
			}
		}
	})
}

// listed gives whom a list has, on all of its pages.
func listed(t *testing.T, w storetest.World, f desk.Filter) (ids []string) {
	t.Helper()
	var after desk.Cursor
	for {
		p, err := service(w).List(t.Context(), f, after)
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		for _, row := range p.Rows {
			ids = append(ids, string(row.ID))
		}
		if p.Next == nil {
			return ids
		}
		after = *p.Next
	}
}

func TestLists_HaveEachMemberOnceAndNobodyOfStaff(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		var names []string
		for i := range 2*desk.PageSize + 3 {
			names = append(names, fmt.Sprintf("Name%02d, Anna", 99-i))
		}
		people(t, w, names...)
		if err := w.DB.CreateStaff(t.Context(), account.Account{ID: "dora", UserName: "dora", State: account.Active, Person: account.Person{Last: "Amsel"}},
			someHash, []account.Role{account.ServiceDesk}); err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{
			`UPDATE account SET state = 'deactivated' WHERE id IN ('m003', 'm001')`,
			`UPDATE account SET has_password = 0 WHERE id = 'm004'`,
			`INSERT INTO token (id, account_id, kind, serial, state, reason, algorithm, digits, period, last_step, wrong_row, created_at, activated_at, suspended_at)
				SELECT 't' || id, id, 'soft', 'ST' || id, 'suspended', '', 'SHA1', 6, 30, 0, 0, 1, 1, 1 FROM account`,
			`INSERT INTO token_order (id, request, account_id, token_id, kind, route, state, reason, placed_at, last_day, letter_id, code_key, code_salt,
				code_mac, code_tries, setup_session, setup_tries)
				SELECT 'o' || id, 'r', id, 't' || id, 'soft', 'letter', 'placed', '', 7, '2026-01-01', '', '', {blob}, {blob}, 0, '', 0 FROM account`,
			`INSERT INTO letter (id, kind, account_id, order_id, state, created_at, handed_over_at) SELECT 'l' || id, 'k', id, '', 'handed-over', 1, 1 FROM account`,
			`INSERT INTO one_time_password (id, account_id, way, created_at, until_at, letter_id, code_key, code_salt, code_mac)
				SELECT 'p' || id, id, 'letter', 7, 9, 'l' || id, 'k', {blob}, {blob} FROM account`,
		} {
			blob := map[string]string{"sqlite": `x'00'`, "postgres": `'\x00'`}[w.DB.Engine()]
			if err := w.DB.Exec(t.Context(), strings.ReplaceAll(s, "{blob}", blob)); err != nil {
				t.Fatalf("%s: %v", s, err)
			}
		}
		for f, want := range map[desk.Filter]int{
			desk.All: len(names), desk.Deactivated: 2, desk.NoPassword: 1, desk.StoppedToken: len(names), desk.AwaitsCode: len(names), desk.AwaitsPassword: len(names),
		} {
			got := listed(t, w, f)
			if len(got) != want || len(slices.Compact(slices.Sorted(slices.Values(got)))) != want || slices.Contains(got, "dora") {
				t.Errorf("%q has %d members, want %d: %v", f, len(got), want, got)
			}
		}
		if got := strings.Join(listed(t, w, desk.Deactivated), " "); got != "m003 m001" {
			t.Errorf("by name: %s", got)
		}
		if _, err := service(w).List(t.Context(), "made up", desk.Cursor{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("a list that there is not: %v", err)
		}
		for _, id := range []account.ID{"dora", "nobody", ""} {
			if _, err := w.DB.Record(t.Context(), id); !fault.Is(err, fault.NotFound) {
				t.Errorf("the record of %q: %v", id, err)
			}
		}
	})
}

func TestSearchNames_AreGivenToMembersThatHaveNone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		people(t, w, "Müller, Anna", "Öztürk, Ayşe", "–, –")
		if err := w.DB.Exec(t.Context(), `UPDATE account SET search_name = ''`); err != nil { // an older program has made them
			t.Fatal(err)
		}
		if got := found(t, w, "muller"); got != nil {
			t.Fatalf("found without a name: %v", got)
		}
		if err := w.Reopen(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := found(t, w, "muller"); len(got) != 1 {
			t.Errorf("after a start: %v", got)
		}
	})
}

func TestHasPassword_FollowsTheTableOfPasswords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		people(t, w, "Müller, Anna")
		n, err := w.DB.Count(t.Context(), `SELECT count(*) FROM account a WHERE has_password <> (SELECT count(*) FROM password p WHERE p.account_id = a.id)`)
		if err != nil || n != 0 {
			t.Errorf("%d differ, %v", n, err)
		}
	})
}
