package organisation

import (
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/mail"
	"torhaus/internal/password"
	"torhaus/internal/profile"
)

var noon = calendar.Moment{Time: time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC)}

var testRules = Rules{People: profile.People{ClerksPerDay: 3}, Password: profile.OneTimePassword{LetterDays: 28}}

func person(id account.ID, role account.Role, s State) Membership {
	return Membership{
		Account: account.Account{ID: id, Role: role, Person: account.Person{First: "Anna", Last: string(id)}, Email: string(id) + "@stadt.example"},
		State:   s, Created: noon.AddDate(0, -1, 0),
	}
}

func teamOf(people ...Membership) Team {
	return Team{Organisation: Organisation{ID: "stadt", Name: "Stadt Beispiel"}, People: people}
}

// apply gives the team as the store has it after a change.
func (t Team) apply(c Change) Team {
	after := Team{Organisation: t.Organisation, People: append([]Membership{}, t.People...)}
	for _, m := range c.States {
		for i := range after.People {
			if after.People[i].Account.ID == m.Account.ID {
				after.People[i] = m
			}
		}
	}
	after.People = append(after.People, c.New...)
	return after
}

func by(id account.ID) By { return By{Account: id, Session: "session of " + string(id)} }

func TestBVK14_ClerksAreLockedWhenTheLastAdministratorGoesAndComeBackWithANewOne(t *testing.T) {
	team := teamOf(
		person("adam", account.Administrator, Active), person("ada", account.Administrator, Active),
		person("clara", account.Clerk, Active), person("curt", account.Clerk, Active), person("neu", account.Clerk, Invited),
	)
	standings := func(want map[account.ID]Standing) {
		t.Helper()
		for id, w := range want {
			m, _ := team.Find(id)
			if got := team.Standing(m); got != w {
				t.Errorf("%s: %s, want %s", id, got, w)
			}
		}
	}
	must := func(c Change, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		team = team.apply(c)
	}
	must(team.Deactivate(by("ada"), "curt", noon))
	must(team.Close(by("ada"), "adam", noon))
	standings(map[account.ID]Standing{"ada": MayEnter, "adam": Out, "clara": MayEnter, "curt": Out, "neu": MayEnter})
	if n := team.LocksClerks("ada"); n != 2 {
		t.Errorf("the last administrator is told of %d clerks", n)
	}
	must(team.Close(by("ada"), "ada", noon))
	standings(map[account.ID]Standing{"ada": Out, "clara": NoAdministrator, "curt": Out, "neu": NoAdministrator})

	team.People = append(team.People, person("alma", account.Administrator, Invited))
	standings(map[account.ID]Standing{"alma": Waits, "clara": NoAdministrator})
	alma, _ := team.Find("alma")
	if _, first := alma.Enter(noon); first {
		t.Fatal("an administrator enters without the letter")
	}
	alma.Proved = noon.Time
	team = team.apply(Change{States: []Membership{alma}})
	standings(map[account.ID]Standing{"alma": MayEnter, "clara": NoAdministrator})
	entered, first := alma.Enter(noon)
	if !first {
		t.Fatal("the first completed login is none")
	}
	team = team.apply(Change{States: []Membership{entered}})
	standings(map[account.ID]Standing{"alma": MayEnter, "clara": MayEnter, "curt": Out, "neu": MayEnter, "ada": Out})
}

func TestBVK15_ClosingAnAdministratorIsFinal(t *testing.T) {
	team := teamOf(person("adam", account.Administrator, Active), person("ada", account.Administrator, Closed))
	if _, err := team.Reactivate(by("adam"), "ada", noon); !fault.Is(err, fault.NotFound) {
		t.Errorf("reactivated: %v", err)
	}
	closed, _ := team.Find("ada")
	if again, ok := closed.Enter(noon); ok {
		t.Errorf("entered as %v", again.State)
	}
	if _, err := team.CreateClerk(by("ada"), account.Account{ID: "neu", Role: account.Clerk}, Fresh{}, testRules, noon); err == nil {
		t.Error("a closed administrator makes clerks")
	}
}

// Of two administrators who close each other at the same moment, the one who comes second is none any more.
func TestBVK13_TwoAdministratorsClosingEachOther(t *testing.T) {
	team := teamOf(person("adam", account.Administrator, Active), person("ada", account.Administrator, Active))
	c, err := team.Close(by("adam"), "ada", noon)
	if err != nil {
		t.Fatal(err)
	}
	after := team.apply(c)
	if _, err := after.Close(by("ada"), "adam", noon); !fault.Is(err, fault.NotFound) {
		t.Errorf("the second one: %v", err)
	}
	if after.Administrators() != 1 || len(c.Events) != 1 || c.Events[0].Kind != audit.AdministratorClosed || c.Events[0].Actor != "adam" {
		t.Errorf("%d administrators, events %v", after.Administrators(), c.Events)
	}
}

func TestBVK12_OnlyAnAdministratorOfTheOrganisationActsOnItsClerks(t *testing.T) {
	team := teamOf(person("adam", account.Administrator, Active), person("new", account.Administrator, Invited),
		person("clara", account.Clerk, Active), person("curt", account.Clerk, Deactivated))
	deeds := map[string]func(By, account.ID) (Change, error){
		"deactivate": func(b By, id account.ID) (Change, error) { return team.Deactivate(b, id, noon) },
		"reactivate": func(b By, id account.ID) (Change, error) { return team.Reactivate(b, id, noon) },
		"hand out":   func(b By, id account.ID) (Change, error) { return team.HandOut(b, id, Fresh{}, testRules, noon) },
	}
	for name, deed := range deeds {
		for _, test := range []struct {
			who  string
			by   account.ID
			whom account.ID
		}{
			{"a clerk", "clara", "curt"},
			{"oneself as a clerk", "clara", "clara"},
			{"an administrator who never logged in", "new", "clara"},
			{"somebody of elsewhere", "eve", "clara"},
			{"nobody", "", "clara"},
			{"on somebody of elsewhere", "adam", "eve"},
			{"on an administrator", "adam", "new"},
			{"on nobody", "adam", ""},
		} {
			if c, err := deed(by(test.by), test.whom); !fault.Is(err, fault.NotFound) || len(c.States)+len(c.OneTimes) > 0 {
				t.Errorf("%s, %s: %v, %v", name, test.who, c, err)
			}
		}
	}
}

func TestBVK12_AClerkIsDeactivatedAndReactivated(t *testing.T) {
	old, fresh := person("clara", account.Clerk, Active), person("neu", account.Clerk, Invited)
	old.Account.LastLogin = noon.AddDate(0, 0, -3)
	old.Asked = noon.Time
	team := teamOf(person("adam", account.Administrator, Active), old, fresh)
	for id, back := range map[account.ID]State{"clara": Active, "neu": Invited} {
		c, err := team.Deactivate(by("adam"), id, noon)
		if err != nil || len(c.States) != 1 || c.States[0].State != Deactivated || !c.States[0].Asked.IsZero() || c.States[0].Changer != "adam" {
			t.Fatalf("%s: %v, %v", id, c.States, err)
		}
		gone := team.apply(c)
		if again, err := gone.Deactivate(by("adam"), id, noon); err != nil || len(again.States) != 0 {
			t.Errorf("%s, twice: %v, %v", id, again.States, err)
		}
		c, err = gone.Reactivate(by("adam"), id, noon)
		if err != nil || len(c.States) != 1 || c.States[0].State != back {
			t.Errorf("%s comes back as %v, %v", id, c.States, err)
		}
	}
}

func TestBVK04_AClerkGetsAOneTimePasswordFromTheAdministrator(t *testing.T) {
	team := teamOf(person("adam", account.Administrator, Active))
	c, err := team.CreateClerk(by("adam"), account.Account{ID: "neu", Role: account.Clerk, Email: "neu@stadt.example"}, Fresh{ID: "otp"}, testRules, noon)
	if err != nil || len(c.New) != 1 || c.New[0].State != Invited || c.New[0].By != "adam" {
		t.Fatalf("%v, %v", c.New, err)
	}
	if len(c.OneTimes) != 1 || c.OneTimes[0].Account != "neu" || c.OneTimes[0].OneTime.Way != password.ByHand {
		t.Fatalf("one-time passwords: %v", c.OneTimes)
	}
	last := calendar.Date{Year: 2026, Month: 12, Day: 21} // BVK09: 28 days
	if until := c.OneTimes[0].OneTime.Until; !until.Equal(last.End()) {
		t.Errorf("valid until %v", until)
	}
	if told, ok := c.Jobs[0].Work.(mail.OneTimeHandedOut); !ok || told.To.Email != "neu@stadt.example" || told.LastDay != last {
		t.Errorf("the clerk is told: %v", c.Jobs)
	}
	if _, err := team.apply(c).CreateClerk(by("adam"), c.New[0].Account, Fresh{}, testRules, noon); !fault.Is(err, fault.Invalid) {
		t.Errorf("the same clerk again: %v", err)
	}
}

func TestBVK04_CreationsPerDayAreLimited(t *testing.T) {
	team := teamOf(person("adam", account.Administrator, Active))
	for _, id := range []account.ID{"a", "b", "c", "d"} {
		c, err := team.CreateClerk(by("adam"), account.Account{ID: id, Role: account.Clerk}, Fresh{}, testRules, noon)
		if id == "d" {
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("the fourth on a day: %v", err)
			}
			return
		}
		team = team.apply(c)
	}
}
