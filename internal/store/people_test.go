package store_test

import (
	"context"
	"sync"
	"testing"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/organisation"
	"torhaus/internal/profile"
	"torhaus/internal/store/storetest"
)

// townHall is an organisation in the store with its service.
type townHall struct {
	house
	people *organisation.Service
}

func newTownHall(t *testing.T, w storetest.World) townHall {
	h := newHouse(t, w)
	rules := organisation.Rules{People: profile.People{ClerksPerDay: 10}, Password: profile.OneTimePassword{Signs: 14, LetterDays: 28}}
	hall := townHall{h, &organisation.Service{Store: w.DB, Keys: w.Keys, Rules: rules}}
	if err := w.DB.CreateOrganisation(t.Context(), organisation.Organisation{ID: "stadt", Number: "4711", Name: "Stadt Beispiel"}); err != nil {
		t.Fatal(err)
	}
	return hall
}

// add puts somebody into the organisation as the portal itself would.
func (h townHall) add(id account.ID, role account.Role, s organisation.State) {
	h.t.Helper()
	email := string(id) + "@stadt.example"
	err := h.DB.ChangeTeam(h.t.Context(), "stadt", teamChange(organisation.Change{New: []organisation.Membership{{
		Account: account.Account{ID: id, Role: role, UserName: email, Email: email, State: account.Active, Person: account.Person{Last: string(id)}},
		State:   s,
	}}}))
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h townHall) team() organisation.Team {
	h.t.Helper()
	team, _, err := h.people.Team(h.t.Context(), "stadt")
	if err != nil {
		h.t.Fatal(err)
	}
	return team
}

func acting(id account.ID) organisation.By { return organisation.By{Account: id, Session: "session"} }

func TestBVK04_AClerkIsMadeWithAOneTimePassword(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newTownHall(t, w)
		h.add("adam", account.Administrator, organisation.Active)
		typed := organisation.Colleague{First: "Clara", Last: "Clerk", Email: "Clara@stadt.example"}
		out, err := h.people.CreateClerk(t.Context(), "stadt", acting("adam"), typed)
		if err != nil || len(out.Password) != 14 {
			t.Fatalf("%v, %v", out.Password, err)
		}
		team := h.team()
		if clara, ok := team.Find(out.Account.ID); !ok || clara.State != organisation.Invited || team.Standing(clara) != organisation.MayEnter {
			t.Errorf("the clerk stands in the store as %+v", clara)
		}
		again, err := h.people.HandOut(t.Context(), "stadt", acting("adam"), out.Account.ID)
		if err != nil || again.Password == out.Password {
			t.Fatalf("a new one: %v", err)
		}
		if n := h.count(`SELECT count(*) FROM one_time_password WHERE account_id = $1 AND voided_at IS NULL`, out.Account.ID); n != 1 {
			t.Errorf("%d one-time passwords are valid", n)
		}
		if _, err := h.people.CreateClerk(t.Context(), "stadt", acting("adam"), typed); !fault.Is(err, fault.Invalid) {
			t.Errorf("the same address again: %v", err)
		}
	})
}

// The same address may be a clerk of another organisation: one account, two memberships (BVK01).
func TestBVK01_OneAccountOfARoleActsForSeveralOrganisations(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newTownHall(t, w)
		h.add("adam", account.Administrator, organisation.Active)
		if err := w.DB.CreateOrganisation(t.Context(), organisation.Organisation{ID: "werke", Number: "4712", Name: "Stadtwerke"}); err != nil {
			t.Fatal(err)
		}
		other := organisation.Membership{State: organisation.Active, Account: account.Account{
			ID: "eva", Role: account.Administrator, UserName: "eva@werke.example", State: account.Active, Email: "eva@werke.example",
		}}
		if err := w.DB.ChangeTeam(t.Context(), "werke", teamChange(organisation.Change{New: []organisation.Membership{other}})); err != nil {
			t.Fatal(err)
		}
		typed := organisation.Colleague{First: "Clara", Last: "Clerk", Email: "clara@stadt.example"}
		first, err := h.people.CreateClerk(t.Context(), "stadt", acting("adam"), typed)
		if err != nil {
			t.Fatal(err)
		}
		second, err := h.people.CreateClerk(t.Context(), "werke", acting("eva"), typed)
		if err != nil || second.Account.ID != first.Account.ID {
			t.Fatalf("%v and %v, %v", first.Account.ID, second.Account.ID, err)
		}
		places, err := w.DB.Memberships(t.Context(), first.Account.ID)
		if err != nil || len(places) != 2 {
			t.Fatalf("%v, %v", places, err)
		}
		// what the other organisation does is none of this one's business
		if err := h.people.Deactivate(t.Context(), "werke", acting("adam"), first.Account.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("an administrator acts on another organisation: %v", err)
		}
	})
}

// Of two administrators who close each other at the same moment, one stays, and the audit tells which (BVK13).
func TestBVK13_TwoAdministratorsCloseEachOtherInParallel(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newTownHall(t, w)
		h.add("adam", account.Administrator, organisation.Active)
		h.add("ada", account.Administrator, organisation.Active)
		h.add("clara", account.Clerk, organisation.Active)
		var both sync.WaitGroup
		errs := make([]error, 2)
		for i, pair := range [][2]account.ID{{"adam", "ada"}, {"ada", "adam"}} {
			both.Go(func() {
				errs[i] = h.people.Close(context.WithoutCancel(t.Context()), "stadt", acting(pair[0]), pair[1])
			})
		}
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || h.team().Administrators() != 1 {
			t.Errorf("%v; %d administrators", errs, h.team().Administrators())
		}
		if n := h.count(`SELECT count(*) FROM audit_event WHERE kind = 'organisation.administrator.closed'`); n != 1 {
			t.Errorf("%d records", n)
		}
	})
}

// A closed administrator never comes back, whatever writes it (BVK15).
func TestBVK15_AClosedMembershipNeverChanges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newTownHall(t, w)
		h.add("adam", account.Administrator, organisation.Closed)
		adam, _ := h.team().Find("adam")
		adam.State = organisation.Active
		if err := w.DB.ChangeTeam(t.Context(), "stadt", teamChange(organisation.Change{States: []organisation.Membership{adam}})); err == nil {
			t.Error("it did")
		}
	})
}

// teamChange is a deed that decides nothing.
func teamChange(c organisation.Change) func(organisation.Team, calendar.Moment) (organisation.Change, error) {
	return func(_ organisation.Team, now calendar.Moment) (organisation.Change, error) {
		for i := range c.New {
			c.New[i].Created, c.New[i].Changed = now.Time, now.Time
		}
		return c, nil
	}
}
