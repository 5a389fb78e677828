package store_test

import (
	"sync"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/password"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/staff"
	"torhaus/internal/store"
	"torhaus/internal/store/storetest"
	"torhaus/internal/token"
)

// bureau is a portal's staff over a database.
type bureau struct {
	storetest.World
	t     *testing.T
	staff *staff.Service
}

func newBureau(t *testing.T, w storetest.World) bureau {
	t.Helper()
	return bureau{World: w, t: t, staff: staffOn(t, w, w.DB)}
}

func staffOn(t *testing.T, w storetest.World, db *store.DB) *staff.Service {
	t.Helper()
	p, err := profile.Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	return &staff.Service{
		Store: db, Keys: w.Keys, Rules: staff.RulesOf(p), Tokens: &token.Service{Store: db, Keys: w.Keys, Rules: token.RulesOf(p)},
		Logins: &login.Service{Store: db, Keys: w.Keys, Hasher: password.NewHasher(), Rules: login.RulesOf(p)},
	}
}

// add has the console invite somebody.
func (o bureau) add(name string, roles ...account.Role) (account.ID, staff.Link) {
	o.t.Helper()
	a, link, err := o.staff.Add(o.t.Context(), staff.Newcomer{
		UserName: name, Email: name + "@kvb.example", Person: account.Person{Last: name}, Roles: roles,
	}, staff.By{})
	if err != nil {
		o.t.Fatal(err)
	}
	return a.ID, link
}

// setUp goes the way of an invitation to its end.
func (o bureau) setUp(in login.Entered) login.Entered {
	o.t.Helper()
	_, shown, err := o.staff.Tokens.ShowSetup(o.t.Context(), in.Session.Account, string(in.Session.ID))
	if err != nil {
		o.t.Fatal(err)
	}
	code := shown.Generator().Code(shown.Generator().Step(time.Now()))
	both, _, err := o.staff.Logins.FinishSetup(o.t.Context(), in.Session, code.Reveal(), login.Visitor{})
	if err != nil {
		o.t.Fatal(err)
	}
	return both
}

const chosen = secret.Text("Ein Fenster zum Garten")

func TestStaff_AreKeptWithRolesInvitationsAndRequests(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newBureau(t, w)
		ute, _ := o.add("ute", account.Supervisor)
		ida, link := o.add("ida", account.Supervisor, account.Auditor)
		if _, err := o.staff.Accept(t.Context(), link, chosen, login.Visitor{}); err != nil {
			t.Fatal(err)
		}
		if _, asked, err := o.staff.Invite(t.Context(), ida, staff.By{ID: ute}); err != nil || !asked {
			t.Fatalf("asked %t, %v", asked, err)
		}
		if _, _, err := o.staff.Invite(t.Context(), ida, staff.By{ID: ute}); !fault.Is(err, fault.Conflict) {
			t.Errorf("asked twice: %v", err)
		}
		people, now, err := o.staff.People(t.Context())
		if err != nil || len(people) != 2 {
			t.Fatalf("%d people, %v", len(people), err)
		}
		p := people[0]
		_, isWished := p.Wished(staff.InviteAnew, now)
		if p.ID != ida || !p.Has(account.Supervisor) || !p.Has(account.Auditor) || p.Invitation.Used.IsZero() || !isWished || p.Ready || p.Realm != account.Staff {
			t.Errorf("%+v", p)
		}
		if _, err := o.staff.Decide(t.Context(), ida, staff.InviteAnew, false, staff.By{ID: ute}); err != nil {
			t.Errorf("taken back: %v", err)
		}
		if found, err := o.DB.AccountOf(t.Context(), "ida"); err != nil || found != "" {
			t.Errorf("at the members' door: %q, %v", found, err)
		}
		w.Audit(t)
	})
}

func TestStaff_ARoleThatDoesNotCountGivesASessionNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newBureau(t, w)
		ute, _ := o.add("ute", account.Supervisor)
		dora, link := o.add("dora", account.ServiceDesk)
		in, err := o.staff.Accept(t.Context(), link, chosen, login.Visitor{})
		if err != nil {
			t.Fatal(err)
		}
		roles := func() []account.Role {
			t.Helper()
			v, err := o.staff.Logins.Visit(t.Context(), in.Key)
			if err != nil {
				t.Fatal(err)
			}
			return v.Session.Roles
		}
		if _, err := o.staff.SetRoles(t.Context(), dora, []account.Role{account.ServiceDesk, account.Supervisor}, staff.By{ID: ute}); err != nil {
			t.Fatal(err)
		}
		if got := roles(); len(got) != 1 || got[0] != account.ServiceDesk {
			t.Errorf("before it is confirmed: %v", got)
		}
		ida, _ := o.add("ida", account.Supervisor)
		in = o.setUp(in)
		if err := o.staff.DecideRoles(t.Context(), dora, []account.Role{account.Supervisor}, true, staff.By{ID: ida}); err != nil {
			t.Fatal(err)
		}
		if got := roles(); len(got) != 2 {
			t.Errorf("after: %v", got)
		}
	})
}

func TestAttack_OfTwoReplicasOneSpendsAnInvitation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newBureau(t, w)
		_, link := o.add("dora", account.ServiceDesk)
		other := staffOn(t, w, w.Again(t))
		var group sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			service := o.staff
			if i%2 == 1 {
				service = other
			}
			group.Go(func() { _, errs[i] = service.Accept(t.Context(), link, chosen, login.Visitor{}) })
		}
		group.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict):
				t.Errorf("the others: %v", err)
			}
		}
		if won != 1 {
			t.Errorf("%d came in", won)
		}
	})
}

func TestInvitedAnew_PasswordTokenAndSessionsEndAndWhoDidItIsRecorded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newBureau(t, w)
		ute, _ := o.add("ute", account.Supervisor)
		dora, link := o.add("dora", account.ServiceDesk)
		in, err := o.staff.Accept(t.Context(), link, chosen, login.Visitor{})
		if err != nil {
			t.Fatal(err)
		}
		both := o.setUp(in)
		ida, _ := o.add("ida", account.Supervisor)
		if _, asked, err := o.staff.Invite(t.Context(), dora, staff.By{ID: ida}); err != nil || !asked {
			t.Fatalf("asked %t, %v", asked, err)
		}
		if _, err := o.staff.Logins.Visit(t.Context(), both.Key); err != nil {
			t.Errorf("before a second supervisor decides, the session is over: %v", err)
		}
		if link, err := o.staff.Decide(t.Context(), dora, staff.InviteAnew, true, staff.By{ID: ute, Session: "u1"}); err != nil || link == "" {
			t.Fatal(err)
		}
		if _, err := o.staff.Logins.Visit(t.Context(), both.Key); err == nil {
			t.Error("the session goes on")
		}
		if _, err := o.staff.Logins.EnterPassword(t.Context(), account.Door{Realm: account.Staff}, "dora", chosen, login.Visitor{}); !fault.Is(err, fault.Invalid) {
			t.Errorf("the password: %v", err)
		}
		h, _, err := o.DB.Holding(t.Context(), dora)
		if err != nil || h.HasToken() {
			t.Errorf("the token is still there, %v", err)
		}
		revoked := 0
		for _, r := range w.Audit(t) {
			if r.Kind == audit.TokenRevoked || r.Kind == audit.SessionRevoked && r.Reason != string(login.PasswordChanged) {
				revoked++
				if r.Actor != string(ute) || r.Account != string(dora) {
					t.Errorf("%s by %s about %s", r.Kind, r.Actor, r.Account)
				}
			}
		}
		if revoked < 2 {
			t.Errorf("%d records", revoked)
		}
	})
}

func TestAttack_NoRoleCountsThatOneSupervisorGaveAndConfirmed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newBureau(t, w)
		ute, _ := o.add("ute", account.Supervisor)
		puppet, link, err := o.staff.Add(t.Context(), staff.Newcomer{
			UserName: "puppet", Email: "p@kvb.example", Person: account.Person{Last: "Puppet"},
			Roles: []account.Role{account.ServiceDesk, account.TokenStock, account.Auditor},
		}, staff.By{ID: ute})
		if err != nil {
			t.Fatal(err)
		}
		in, err := o.staff.Accept(t.Context(), link, chosen, login.Visitor{})
		if err != nil {
			t.Fatal(err)
		}
		both := o.setUp(in)
		v, err := o.staff.Logins.Visit(t.Context(), both.Key)
		if err != nil || len(v.Session.Roles) != 0 || v.Session.May(login.Decide) == nil || v.Session.May(login.ReleaseLetters) == nil {
			t.Errorf("roles %v, %v", v.Session.Roles, err)
		}
		if err := o.staff.DecideRoles(t.Context(), puppet.ID, []account.Role{account.ServiceDesk}, true, staff.By{ID: ute}); !fault.Is(err, fault.NotAllowed) {
			t.Errorf("confirmed by who gave it: %v", err)
		}
		if err := w.DB.Exec(t.Context(), `UPDATE staff_role SET confirmed_at = 1, confirmed_by = granted_by`); err == nil {
			t.Error("the database takes a role that one confirmed alone")
		}
	})
}

func TestAttack_OneSupervisorDeactivatesNoOtherAndTwoDo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newBureau(t, w)
		ute, _ := o.add("ute", account.Supervisor)
		ida, _ := o.add("ida", account.Supervisor)
		eva, _ := o.add("eva", account.Supervisor)
		state := func(id account.ID) account.State {
			t.Helper()
			p, _, err := o.staff.Find(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			return p.State
		}
		for _, id := range []account.ID{ida, eva} {
			if asked, err := o.staff.Deactivate(t.Context(), id, staff.By{ID: ute}); err != nil || !asked || state(id) != account.Active {
				t.Errorf("alone: %t, %v, %s", asked, err, state(id))
			}
			if asked, err := o.staff.SetRoles(t.Context(), id, []account.Role{account.Auditor}, staff.By{ID: ute}); err != nil || !asked {
				t.Errorf("the role: %t, %v", asked, err)
			}
		}
		if _, err := o.staff.Decide(t.Context(), eva, staff.DeactivateIt, true, staff.By{ID: ida}); err != nil || state(eva) != account.Deactivated {
			t.Errorf("two: %v, %s", err, state(eva))
		}
		if _, err := o.staff.Decide(t.Context(), ida, staff.DeactivateIt, true, staff.By{ID: eva}); !fault.Is(err, fault.NotAllowed) || state(ida) != account.Active {
			t.Errorf("by one who is out: %v", err)
		}
		w.Audit(t)
	})
}
