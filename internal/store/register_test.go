package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/mail"
	"torhaus/internal/register"
	"torhaus/internal/secret"
	"torhaus/internal/store"
	"torhaus/internal/store/storetest"
)

// export writes members as an export of the register.
func export(members ...register.Member) []byte {
	b := bytes.NewBufferString("number;user-name;salutation;title;first-name;last-name;extra;street;postcode;town;email\n")
	for _, m := range members {
		p, a := m.Person, m.Address
		fmt.Fprintln(b, strings.Join([]string{
			m.Number, m.UserName, string(p.Salutation), p.Title, p.First, p.Last, a.Extra, a.Street, a.Postcode, a.Town, m.Email,
		}, ";"))
	}
	return b.Bytes()
}

// member gives the nth member of a register.
func member(n int) register.Member {
	return register.Member{
		Number: fmt.Sprintf("%06d", n), UserName: fmt.Sprintf("mitglied%d", n), Email: fmt.Sprintf("praxis%d@aerzte.example", n),
		Person:  account.Person{Salutation: account.Frau, Title: "Dr. med.", First: "Anna-Maria", Last: fmt.Sprint("Beispiel-", n)},
		Address: account.Address{Extra: "Praxis am Markt", Street: fmt.Sprint("Marienplatz ", n), Postcode: "80331", Town: "München"},
	}
}

func memberCount(n int) (list []register.Member) {
	for i := range n {
		list = append(list, member(i+1))
	}
	return list
}

// imports carries an import out. Whatever happens at a line happens while the import is under way.
func (h house) imports(file []byte, at func(register.Line)) (register.Summary, error) {
	h.t.Helper()
	s := register.Service{Store: h.DB}
	return s.Import(h.t.Context(), bytes.NewReader(file), register.Options{Format: register.CSV, Apply: true, Report: func(l register.Line) error {
		if at != nil {
			at(l)
		}
		return nil
	}})
}

func (h house) mustImport(members ...register.Member) register.Summary {
	h.t.Helper()
	sum, err := h.imports(export(members...), nil)
	if err != nil || !sum.Applied {
		h.t.Fatalf("%+v, %v", sum, err)
	}
	return sum
}

// member finds the account of a number.
func (h house) member(number string) account.Account {
	h.t.Helper()
	found, err := h.DB.Registered(h.t.Context(), []string{number}, nil)
	if err != nil || len(found) != 1 {
		h.t.Fatalf("%d accounts have the number %s, %v", len(found), number, err)
	}
	return found[0].Account
}

// untouched dumps everything that an import must leave alone when it does not come to its end.
func (h house) untouched() string {
	h.t.Helper()
	dump, err := h.DB.Dump(h.t.Context(), "register_import", "register_row")
	if err != nil {
		h.t.Fatal(err)
	}
	return dump
}

func (h house) nothingStaged() {
	h.t.Helper()
	if staged := h.count(`SELECT count(*) FROM register_row`) + h.count(`SELECT count(*) FROM register_import`); staged != 0 {
		h.t.Errorf("%d rows of the import are left", staged)
	}
}

// happened gives the events on accounts, by kind and reason.
func (h house) happened() (list []string) {
	for _, r := range h.Audit(h.t) {
		list = append(list, strings.TrimSpace(fmt.Sprint(r.Kind, " ", r.Reason)))
	}
	return list
}

func TestImport_MakesAccountsWithoutPasswords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := house{World: w, t: t}
		sum := h.mustImport(memberCount(3)...)
		if sum.New != 3 || sum.Rows != 3 || sum.Refused+sum.Changed+sum.Unchanged+sum.Absent != 0 {
			t.Errorf("%+v", sum)
		}
		got, want := h.member("000002"), member(2)
		if got.Created.IsZero() || got.ID == "" {
			t.Errorf("%+v", got)
		}
		if diff := cmp.Diff(account.Account{
			ID: got.ID, Realm: account.Member, Number: "000002", UserName: want.UserName, State: account.Active, Person: want.Person, Address: want.Address,
			Email: want.Email, Created: got.Created,
		}, got); diff != "" {
			t.Error(diff)
		}
		id, hash, found, err := w.DB.Credentials(t.Context(), "mitglied2")
		if id != got.ID || hash != "" || !found || err != nil {
			t.Errorf("%s, %q, %v, %v", id, hash, found, err)
		}
		if diff := cmp.Diff([]string{"account.imported", "account.imported", "account.imported"}, h.happened()); diff != "" {
			t.Error(diff)
		}
		if jobs := h.count(`SELECT count(*) FROM job`); jobs != 0 {
			t.Errorf("%d jobs", jobs)
		}
	})
}

func TestImport_TheSameFileAgainChangesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := house{World: w, t: t}
		h.mustImport(memberCount(3)...)
		before := h.untouched()
		if sum := h.mustImport(memberCount(3)...); sum.Unchanged != 3 || sum.New+sum.Changed != 0 {
			t.Errorf("%+v", sum)
		}
		if diff := cmp.Diff(before, h.untouched()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestImport_ChangesAreDatedAndRecordedAndTheOldAddressIsTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := house{World: w, t: t}
		h.mustImport(memberCount(5)...)
		before := h.member("000004")
		h.Clock.Advance(day)
		list := memberCount(4) // the fifth is not in the file any more
		list[0].Email = "neu@aerzte.example"
		list[1].Address.Street, list[1].Address.Town = "Markt 2", "Landshut"
		list[2].Person.Last = "Groß"
		if sum := h.mustImport(list...); sum.Changed != 3 || sum.Unchanged != 1 || sum.Absent != 1 {
			t.Errorf("%+v", sum)
		}
		for i, want := range list {
			got := h.member(want.Number)
			if got.Email != want.Email || got.Address != want.Address || got.Person != want.Person {
				t.Errorf("%+v", got)
			}
			if got.EmailChanged.IsZero() != (i != 0) || got.AddressChanged.IsZero() != (i != 1) {
				t.Errorf("member %d: e-mail changed %v, address changed %v", i+1, got.EmailChanged, got.AddressChanged)
			}
		}
		if got := h.member("000001"); got.EmailChanged.Sub(got.Created) < day {
			t.Errorf("the change is dated %v, the account %v", got.EmailChanged, got.Created)
		}
		if diff := cmp.Diff(before, h.member("000004")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"account.changed email", "account.changed street,town", "account.changed last-name"}, h.happened()[5:]); diff != "" {
			t.Error(diff)
		}
		jobs, err := w.DB.Claim(t.Context(), "test", time.Minute, 10)
		if err != nil || len(jobs) != 3 {
			t.Fatalf("%v, %v", jobs, err)
		}
		for _, j := range jobs {
			switch told := string(j.Payload.Reveal()); j.Kind {
			case mail.EmailChanged{}.JobKind():
				if !strings.Contains(told, `"praxis1@aerzte.example"`) || strings.Contains(told, "neu@") {
					t.Errorf("the e-mail says %s", told)
				}
			case mail.AddressChanged{}.JobKind():
				if !strings.Contains(told, `"praxis2@aerzte.example"`) || strings.Contains(told, "Landshut") {
					t.Errorf("the e-mail says %s", told)
				}
			case letter.Deliver{}.JobKind():
				h.toldByLetter(j.Payload, before.Address)
			default:
				t.Errorf("a job %s", j.Kind)
			}
		}
		if n := h.count(`SELECT count(*) FROM account WHERE address_changed_by = 'system'`); n != 1 {
			t.Errorf("of %d accounts it is known who gave the address", n)
		}
		h.verifyAudit()
	})
}

// toldByLetter checks the letter that a job delivers to an address that was a member's.
func (h house) toldByLetter(payload secret.Bytes, was account.Address) {
	h.t.Helper()
	d, err := letter.DecodeDeliver(payload)
	if err != nil {
		h.t.Fatal(err)
	}
	l, err := h.DB.Letter(h.t.Context(), d.Letter)
	if err != nil {
		h.t.Fatal(err)
	}
	to := strings.Join(l.Content.Recipient().Lines, "|")
	if l.Kind != (letter.AddressChanged{}).LetterKind() || l.State != letter.Queued || !strings.Contains(to, was.Town) || strings.Contains(to, "Landshut") {
		h.t.Errorf("%s, %s to %s", l.Kind, l.State, to)
	}
	for _, r := range h.Audit(h.t) {
		if r.Letter == d.Letter {
			return
		}
	}
	h.t.Error("no record names the letter")
}

func TestImport_AnotherSpellingOfAnAddressIsNoMove(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := house{World: w, t: t}
		m := member(1)
		m.Address.Street = "Hauptstraße 12 a"
		h.mustImport(m)
		m.Address.Street = "HAUPTSTR. 12A"
		if sum := h.mustImport(m); sum.Changed != 1 {
			t.Errorf("%+v", sum)
		}
		if got := h.member("000001"); got.Address.Street != "HAUPTSTR. 12A" || !got.AddressChanged.IsZero() {
			t.Errorf("%+v, changed %v", got.Address, got.AddressChanged)
		}
		if n := h.count(`SELECT (SELECT count(*) FROM letter) + (SELECT count(*) FROM job)`); n != 0 {
			t.Errorf("%d letters and e-mails", n)
		}
	})
}

func TestLetterToAnAddressThatAnImportChanged_WaitsForASecondPerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := house{World: w, t: t, tokens: tokensOn(t, w, w.DB)}
		h.mustImport(member(1))
		m := member(1)
		m.Address.Street = "Markt 2"
		h.mustImport(m)
		o, err := h.tokens.Order(t.Context(), h.member("000001").ID, "form", false)
		if err != nil || o.Letter.State != letter.Held {
			t.Fatalf("the letter is %s, %v", o.Letter.State, err)
		}
		if n := h.count(`SELECT count(*) FROM desk_request WHERE id = $1 AND kind = 'release-letter' AND asked_by = 'system'`, o.Letter.ID); n != 1 {
			t.Error("nobody is asked")
		}
	})
}

func TestImport_AMembersOwnAddressStandsUntilTheRegisterSaysSomethingNew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := house{World: w, t: t}
		h.mustImport(member(1))
		id := h.member("000001").ID
		err := w.DB.ChangeContact(t.Context(), id, func(account.Contact, calendar.Moment) (account.ContactChange, error) {
			return account.ContactChange{Email: "mine@home.example"}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if h.member("000001").EmailChanged.IsZero() {
			t.Error("the member's own change is not dated")
		}
		if sum := h.mustImport(member(1)); sum.Unchanged != 1 || h.member("000001").Email != "mine@home.example" {
			t.Errorf("%+v, %s", sum, h.member("000001").Email)
		}
		says := func(email string) register.Summary {
			m := member(1)
			m.Email = email
			return h.mustImport(m)
		}
		// the register learns it, and is then what a change is compared with
		if sum := says("mine@home.example"); sum.Unchanged != 1 {
			t.Errorf("%+v", sum)
		}
		if sum := says("praxis1@aerzte.example"); sum.Changed != 1 || h.member("000001").Email != "praxis1@aerzte.example" {
			t.Errorf("%+v, %s", sum, h.member("000001").Email)
		}
	})
}

func TestImport_DeactivatedMembersStayDeactivated(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := house{World: w, t: t}
		h.mustImport(member(1))
		if err := w.DB.Exec(t.Context(), `UPDATE account SET state = 'deactivated'`); err != nil {
			t.Fatal(err)
		}
		m := member(1)
		m.Address.Street = "Markt 2"
		h.mustImport(m)
		if got := h.member("000001"); got.State != account.Deactivated || got.Address.Street != "Markt 2" {
			t.Errorf("%+v", got)
		}
	})
}

func TestImport_OneRefusedRowRefusesAll(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.mustImport(memberCount(3)...)
		before := h.untouched()
		broken := func(change func(*register.Member)) []register.Member {
			list := memberCount(1200) // the rows before are staged when it comes
			change(&list[1100])
			return list
		}
		for name, c := range map[string]struct {
			change func(*register.Member)
			want   register.Refusal
		}{
			"a rule":           {func(m *register.Member) { m.Address.Postcode = "8033" }, register.Refusal{Line: 1102, Column: register.Postcode, Reason: register.BadPostcode, Args: []any{"8033"}}},
			"a doubled number": {func(m *register.Member) { m.Number = "000007" }, register.Refusal{Line: 1102, Column: register.Number, Reason: register.NumberTwice, Args: []any{"000007", 8}}},
			"a doubled user name": {
				func(m *register.Member) { m.UserName = "Mitglied7" },
				register.Refusal{Line: 1102, Column: register.UserName, Reason: register.NameTwice, Args: []any{"Mitglied7", 8}},
			},
			"the user name of somebody who is not from the register": {
				func(m *register.Member) { m.UserName = "ABEISPIEL" },
				register.Refusal{Line: 1102, Column: register.UserName, Reason: register.NameTaken, Args: []any{"ABEISPIEL", ""}},
			},
		} {
			var refused []register.Refusal
			sum, err := h.imports(export(broken(c.change)...), func(l register.Line) { refused = append(refused, l.Refused...) })
			if err != nil || sum.Applied || sum.Refused != 1 || sum.Rows != 1200 {
				t.Errorf("%s: %+v, %v", name, sum, err)
			}
			if diff := cmp.Diff([]register.Refusal{c.want}, refused); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			if diff := cmp.Diff(before, h.untouched()); diff != "" {
				t.Errorf("%s leaves something: %s", name, diff)
			}
		}
	})
}

func TestAttack_NobodyGetsAUserNameThatIsSomebodyElsesUntilNow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := house{World: w, t: t}
		h.mustImport(memberCount(2)...)
		list := memberCount(2)
		list[0].UserName, list[1].UserName = list[1].UserName, list[0].UserName
		sum, err := h.imports(export(list...), nil)
		if err != nil || sum.Refused != 2 || h.member("000001").UserName != "mitglied1" {
			t.Errorf("%+v, %v", sum, err)
		}
		// through a name that is nobody's, it takes two imports
		list = memberCount(2)
		list[0].UserName = "frei"
		h.mustImport(list...)
		list[1].UserName = "mitglied1"
		h.mustImport(list...)
		if id, _, _, err := w.DB.Credentials(t.Context(), "mitglied1"); err != nil || id != h.member("000002").ID {
			t.Errorf("%s, %v", id, err)
		}
	})
}

func TestImport_DryRunWritesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := house{World: w, t: t}
		h.mustImport(member(1))
		before := h.untouched()
		changed := member(1)
		changed.Email = "neu@aerzte.example"
		s := register.Service{Store: w.DB}
		var outcomes []register.Outcome
		sum, err := s.Import(t.Context(), bytes.NewReader(export(changed, member(2))), register.Options{Format: register.CSV, Report: func(l register.Line) error {
			outcomes = append(outcomes, l.Outcome)
			return nil
		}})
		if err != nil || sum.Applied || !slices.Equal(outcomes, []register.Outcome{register.Changed, register.New}) {
			t.Errorf("%+v, %v, %v", sum, outcomes, err)
		}
		if diff := cmp.Diff(before, h.untouched()); diff != "" {
			t.Error(diff)
		}
	})
}

// TestImport_WhatChangesMeanwhileStands lets something happen between the comparison of a row and the end of the import.
func TestImport_WhatChangesMeanwhileStands(t *testing.T) {
	for name, meanwhile := range map[string]func(context.Context, *store.DB) error{
		"the member chooses another address": func(ctx context.Context, db *store.DB) error {
			return db.Exec(ctx, `UPDATE account SET email = 'mine@home.example' WHERE number = '000601'`)
		},
		"somebody else gets the user name": func(ctx context.Context, db *store.DB) error {
			taken := anna()
			taken.UserName = "Mitglied602"
			return db.CreateAccount(ctx, taken, anyHash)
		},
		"another import begins": func(ctx context.Context, db *store.DB) error {
			_, err := db.BeginImport(ctx)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, w storetest.World) {
				h, other := house{World: w, t: t}, w.Again(t)
				h.mustImport(memberCount(601)...)
				list := memberCount(602)
				for i := range list {
					list[i].Address.Street = "Markt 2"
				}
				var then string
				_, err := h.imports(export(list...), func(l register.Line) {
					if l.Line != 602 { // compared already; the first 500 are staged
						return
					}
					if err := meanwhile(t.Context(), other); err != nil {
						t.Error(err)
					}
					then = h.untouched()
				})
				if !fault.Is(err, fault.Conflict) || then == "" {
					t.Errorf("error %v", err)
				}
				if diff := cmp.Diff(then, h.untouched()); diff != "" {
					t.Errorf("the import leaves something: %s", diff)
				}
				if rows := h.count(`SELECT count(*) FROM register_row`); rows != 0 {
					t.Errorf("%d rows are left", rows)
				}
			})
		})
	}
}

func TestImport_LoginsGoOnMeanwhile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		other := loginsOn(t, w, w.Again(t))
		tries := 0
		_, err := h.imports(export(memberCount(1200)...), func(l register.Line) {
			if l.Line%500 != 2 {
				return
			}
			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second) // less than a writer would wait for another
			defer cancel()
			if _, err := other.EnterPassword(ctx, account.Door{Realm: account.Member}, "abeispiel", "falsch", login.Visitor{Address: "192.0.2.7"}); !fault.Is(err, fault.Invalid) {
				t.Errorf("at line %d a wrong password gives %v", l.Line, err)
			}
			tries++
		})
		if err != nil || tries != 3 {
			t.Errorf("%d tries, %v", tries, err)
		}
	})
}

// crash stages a member as an import does that dies then.
func (h house) crash(m register.Member) {
	h.t.Helper()
	id, err := h.DB.BeginImport(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	change := register.Change{By: audit.System, Line: 2, Account: "crashed", Member: m, NameKey: m.UserName, Email: m.Email}
	if err := h.DB.StageImport(h.t.Context(), id, []register.Change{change}); err != nil {
		h.t.Fatal(err)
	}
}

func TestImport_NothingIsSeenOfOneThatCrashedAndTheNextOneCleansUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := house{World: w, t: t}
		h.crash(member(7))
		if found, err := w.DB.Registered(t.Context(), []string{"000007"}, []string{"mitglied7"}); err != nil || len(found) != 0 {
			t.Errorf("%v, %v", found, err)
		}
		h.mustImport(memberCount(3)...)
		if n := h.count(`SELECT count(*) FROM account`); n != 3 {
			t.Errorf("%d accounts", n)
		}
		h.nothingStaged()
	})
}

func TestForget_RowsOfAnImportThatCrashedADayAgo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := house{World: w, t: t}
		h.crash(member(7))
		h.Clock.Advance(day - time.Minute)
		if n := h.forget(); n != 0 {
			t.Errorf("%d rows of an import that may be under way are forgotten", n)
		}
		h.Clock.Advance(2 * time.Minute)
		if n := h.forget(); n != 1 {
			t.Errorf("%d rows are forgotten", n)
		}
	})
}

func TestImport_InterruptedLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := house{World: w, t: t}
		h.mustImport(member(1))
		before := h.untouched()
		for name, stop := range map[string]func(cancel func()) error{
			"its report cannot be written": func(func()) error { return errors.New("broken pipe") },
			"somebody stops it":            func(cancel func()) error { cancel(); return nil },
		} {
			ctx, cancel := context.WithCancel(t.Context())
			s := register.Service{Store: w.DB}
			sum, err := s.Import(ctx, bytes.NewReader(export(memberCount(1200)...)), register.Options{
				Format: register.CSV, Apply: true, Report: func(l register.Line) error {
					if l.Line == 1100 {
						return stop(cancel)
					}
					return nil
				},
			})
			cancel()
			if err == nil || sum.Applied {
				t.Errorf("%s: %+v, %v", name, sum, err)
			}
			if diff := cmp.Diff(before, h.untouched()); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			h.nothingStaged()
		}
	})
}

func TestRegistered_VersionDiffersWithEveryColumnThatAnImportWrites(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := house{World: w, t: t}
		h.mustImport(member(1))
		version := func() string {
			found, err := w.DB.Registered(t.Context(), nil, []string{"mitglied1"})
			if err != nil || len(found) != 1 {
				t.Fatalf("%v, %v", found, err)
			}
			return found[0].Version
		}
		last := version()
		for _, column := range []string{
			"user_name", "salutation", "title", "first_name", "last_name", "address_extra", "street", "postcode", "town", "email", "register_email",
		} {
			if err := w.DB.Exec(t.Context(), `UPDATE account SET `+column+` = 'another'`); err != nil {
				t.Fatal(err)
			}
			if now := version(); now == last {
				t.Errorf("%s does not count", column)
			} else {
				last = now
			}
		}
	})
}

func TestRegister_ImpossibleRowsAreRefusedByTheDatabase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.mustImport(member(1))
		for name, query := range map[string]string{
			"an empty number":                     `UPDATE account SET number = '', register_email = '' WHERE id = 'anna'`,
			"a number without the register's say": `UPDATE account SET number = '000002' WHERE id = 'anna'`,
			"the register's say without a number": `UPDATE account SET register_email = 'a@b.example' WHERE id = 'anna'`,
			"a number twice":                      `UPDATE account SET number = '000001', register_email = 'a@b.example' WHERE id = 'anna'`,
			"two imports at once":                 `INSERT INTO register_import (slot, id, begun_at) VALUES (2, 'x', 0)`,
			"an import without a name":            `INSERT INTO register_import (slot, id, begun_at) VALUES (1, '', 0)`,
			"a new account that differs": `INSERT INTO register_row (line, account_id, number, user_name, name_key, salutation, title, first_name, last_name,
				address_extra, street, postcode, town, register_email, email, version, new_email, new_address, event_kind, event_actor, event_reason,
				job_kind) VALUES (2, 'x', '2', 'x', 'x', '', '', '', '', '', '', '', '', '', '', '', 0, 1, 'account.imported', 'system', '', '')`,
		} {
			if err := w.DB.Exec(t.Context(), query); err == nil {
				t.Errorf("%s is accepted", name)
			}
		}
	})
}

func TestImport_ManyRowsKeepTheAuditWhole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := house{World: w, t: t}
		h.mustImport(memberCount(2500)...)
		list := memberCount(2500)
		for i := range list {
			list[i].Email = fmt.Sprintf("neu%d@aerzte.example", i)
		}
		h.mustImport(list...)
		if events := h.Audit(t); len(events) != 5000 {
			t.Errorf("%d events", len(events))
		}
		if jobs := h.count(`SELECT count(*) FROM job WHERE state = 'queued'`); jobs != 2500 {
			t.Errorf("%d e-mails", jobs)
		}
		h.nothingStaged()
	})
}
