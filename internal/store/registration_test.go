package store_test

import (
	"context"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/job"
	"torhaus/internal/login"
	"torhaus/internal/organisation"
	"torhaus/internal/password"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/store/storetest"
)

// newRegistry is an organisation of number 4711 whose registrations are decided by the rules of the profile bvk.
func newRegistry(t *testing.T, w storetest.World) townHall {
	h := newTownHall(t, w)
	p, err := profile.Embedded("bvk")
	if err != nil {
		t.Fatal(err)
	}
	h.people.Rules = organisation.RulesOf(p)
	return h
}

// registers lets somebody register, and does the job.
func (h townHall) registers(number, email string) {
	h.t.Helper()
	h.carryOut(organisation.Registering{Registration: organisation.Registration{
		Role: account.Administrator, Number: number, Person: account.Person{First: "Eve", Last: "Neu"}, Email: email,
		Terms: "2026-11", Accepted: time.Unix(1_800_000_000, 0).UTC(),
	}}, secret.NewID())
}

func (h townHall) carryOut(work job.Work, id string) {
	h.t.Helper()
	b, err := work.Encode()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.people.Handlers()[work.JobKind()].Do(h.t.Context(), job.Job{ID: id, Kind: work.JobKind(), Payload: b}); err != nil {
		h.t.Fatal(err)
	}
}

// idAt finds an account by its address in a role.
func (h townHall) idAt(role account.Role, email string) account.ID {
	h.t.Helper()
	id, err := h.DB.AccountOf(h.t.Context(), account.Door{Realm: account.Member, Role: role}.NameKey(email))
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// state tells what somebody is in the organisation; empty for nothing.
func (h townHall) state(id account.ID) organisation.State {
	m, _ := h.team().Find(id)
	return m.State
}

func TestBVK03_ARegistrationLeavesAccountConsentOneTimePasswordAndLetter(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newRegistry(t, w)
		work := organisation.Registering{Registration: organisation.Registration{
			Role: account.Administrator, Number: "4711", Person: account.Person{First: "Eve", Last: "Neu"}, Email: "eve@stadt.example",
			Terms: "2026-11", Accepted: time.Unix(1_800_000_000, 0).UTC(),
		}}
		h.carryOut(work, "job-1")
		h.carryOut(work, "job-1") // again, after a crash
		eve := h.idAt(account.Administrator, "eve@stadt.example")
		if eve == "" || h.state(eve) != organisation.Invited {
			t.Fatalf("%q is %q", eve, h.state(eve))
		}
		for query, want := range map[string]int64{
			`SELECT count(*) FROM registration WHERE account_id = $1 AND organisation_id = 'stadt' AND terms = '2026-11' AND accepted_at = 1800000000000000`: 1,
			`SELECT count(*) FROM one_time_password WHERE account_id = $1 AND organisation_id = 'stadt' AND way = 'letter'`:                                  1,
			`SELECT count(*) FROM letter WHERE account_id = $1 AND kind = 'first-password' AND state = 'queued'`:                                             1,
			`SELECT count(*) FROM audit_event WHERE account_id = $1 AND kind = 'organisation.registration.made'`:                                             1,
		} {
			if n := h.count(query, eve); n != want {
				t.Errorf("%d rows of %s", n, query)
			}
		}
		if n := h.count(`SELECT count(*) FROM job WHERE kind = 'mail.registration-received'`); n != 1 {
			t.Errorf("%d e-mails", n)
		}
	})
}

// A flood for one number, under many names, sends one letter a day and three a month (BVK03).
func TestAttack_AFloodForOneNumberSendsOneLetter(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newRegistry(t, w)
		for _, name := range []string{"a", "b", "c", "d"} {
			h.registers("4711", name+"@stadt.example")
		}
		if letters, accounts := h.count(`SELECT count(*) FROM letter`), h.count(`SELECT count(*) FROM membership`); letters != 1 || accounts != 1 {
			t.Errorf("%d letters, %d memberships", letters, accounts)
		}
		if n := h.count(`SELECT count(*) FROM audit_event WHERE kind = 'organisation.registration.ignored' AND reason = 'letters'`); n != 3 {
			t.Errorf("%d records", n)
		}
	})
}

// Whoever has an account for one organisation and registers for another one is no administrator there without the letter (BVK03): not
// with the own password, and the letter does not open the account that acts for the first one.
func TestAttack_AnOwnAccountDoesNotProveAForeignOrganisation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newRegistry(t, w)
		if err := w.DB.CreateOrganisation(t.Context(), organisation.Organisation{ID: "werke", Number: "4712", Name: "Stadtwerke"}); err != nil {
			t.Fatal(err)
		}
		h.add("eve", account.Administrator, organisation.Active)
		setPassword(t, w, "eve")
		h.registers("4712", "eve@stadt.example")
		places, err := w.DB.Memberships(t.Context(), "eve")
		if err != nil || len(places) != 2 || places[1].State != organisation.Invited || places[1].Standing != organisation.Waits {
			t.Fatalf("%+v, %v", places, err)
		}
		if open := (login.Session{Places: places}).Open(); len(open) != 1 || open[0].ID != "stadt" {
			t.Errorf("a login with the own password opens %v", open)
		}
		st, now, err := w.DB.Passwords(t.Context(), "eve")
		if err != nil || len(st.OneTimes) != 1 || !st.OneTimes[0].Joins {
			t.Fatalf("%+v, %v", st.OneTimes, err)
		}
		if _, ok := st.Matching(func(secret.Hashed) bool { return true }, now); ok {
			t.Error("the letter to one organisation opens the account that acts for another one")
		}
	})
}

func setPassword(t *testing.T, w storetest.World, id account.ID) {
	t.Helper()
	err := w.DB.ChangeLogin(t.Context(), id, nil, func(st login.State, _ calendar.Moment) (login.Change, error) {
		return login.Change{Password: password.Change{Set: &password.Set{Old: st.Password.Hash, New: anyHash}}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestBVK15_WhoWasClosedRegistersAsANewAccount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newRegistry(t, w)
		h.add("eve", account.Administrator, organisation.Closed)
		h.registers("4711", "eve@stadt.example")
		anew := h.idAt(account.Administrator, "eve@stadt.example")
		if anew == "" || anew == "eve" || h.state(anew) != organisation.Invited || h.state("eve") != organisation.Closed {
			t.Errorf("the address is %q's, who is %q; the old one is %q", anew, h.state(anew), h.state("eve"))
		}
	})
}

func TestBVK03_WhoWaitsIsReleasedAndLapses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newRegistry(t, w)
		h.add("adam", account.Administrator, organisation.Active)
		h.registers("4711", "eve@stadt.example")
		eve := h.idAt(account.Administrator, "eve@stadt.example")
		if h.state(eve) != organisation.Requested || h.count(`SELECT count(*) FROM letter WHERE kind = 'registration-notice'`) != 1 {
			t.Fatalf("%q", h.state(eve))
		}
		if err := h.people.Release(t.Context(), "stadt", acting("adam"), eve); err != nil {
			t.Fatal(err)
		}
		if h.state(eve) != organisation.Invited || h.count(`SELECT count(*) FROM letter WHERE kind = 'first-password'`) != 1 {
			t.Errorf("%q", h.state(eve))
		}
		h.carryOut(organisation.Lapsing{}, "today")
		if h.state(eve) != organisation.Invited {
			t.Error("lapsed on its first day")
		}
		w.Clock.Advance(29 * 24 * time.Hour)
		h.carryOut(organisation.Lapsing{}, "in a month")
		if h.state(eve) != organisation.Lapsed || h.state("adam") != organisation.Active {
			t.Errorf("after a month: %q, %q", h.state(eve), h.state("adam"))
		}
		h.registers("4711", "eve@stadt.example")
		if anew := h.idAt(account.Administrator, "eve@stadt.example"); anew == eve || h.state(anew) != organisation.Requested {
			t.Errorf("the address is not free: %q", h.state(anew))
		}
	})
}

func TestBVK16_ADataCentreEntersWhileItsStateLetsIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newRegistry(t, w)
		h.carryOut(organisation.Registering{Registration: organisation.Registration{
			Role: account.DataCentre, Centre: "Rechenzentrum Süd", Address: account.Address{Street: "Serverweg 1", Postcode: "80331", Town: "München"},
			Person: account.Person{First: "Rita", Last: "Zander"}, Email: "rita@rz.example", Terms: "2026-11", Accepted: time.Unix(1_800_000_000, 0),
		}}, "job")
		rita, staff := h.idAt(account.DataCentre, "rita@rz.example"), organisation.By{Account: "lena", Session: "session", Staff: true}
		standing := func() organisation.Standing {
			places, err := w.DB.Memberships(context.WithoutCancel(t.Context()), rita)
			if err != nil {
				t.Fatal(err)
			}
			return login.Standing(account.Account{Role: account.DataCentre}, places)
		}
		if standing() != organisation.Waits {
			t.Errorf("before the release: %s", standing())
		}
		if err := h.people.ReleaseCentre(t.Context(), staff, rita); err != nil || standing() != organisation.MayEnter {
			t.Fatalf("after the release: %s, %v", standing(), err)
		}
		ce, now, err := h.people.Centre(t.Context(), rita)
		if err != nil || ce.Approval != "RZ-0001" || h.count(`SELECT count(*) FROM letter WHERE account_id = $1`, rita) != 1 {
			t.Errorf("%+v, %v", ce, err)
		}
		notice := organisation.Notice{Kind: organisation.ByEmail, On: calendar.DateOf(now.Time)}
		if err := h.people.DeactivateCentre(t.Context(), staff, rita, notice); err != nil || standing() != organisation.Out {
			t.Errorf("after the notice: %s, %v", standing(), err)
		}
		list, _, err := h.people.Centres(t.Context())
		if err != nil || len(list) != 1 || list[0].Notice != notice || list[0].State != organisation.Deactivated {
			t.Errorf("%+v, %v", list, err)
		}
	})
}
