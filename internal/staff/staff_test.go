package staff

import (
	"slices"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/mail"
	"torhaus/internal/profile"
)

var noon = calendar.Moment{Time: time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC)}

func rules(t *testing.T) Rules {
	t.Helper()
	p, err := profile.Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	return RulesOf(p)
}

// person is one of staff with roles that count.
func person(id account.ID, roles ...account.Role) Person {
	p := Person{Ready: true, Account: account.Account{
		ID: id, Realm: account.Staff, State: account.Active, UserName: string(id), Email: string(id) + "@kvb.example",
		Person: account.Person{First: string(id), Last: "Amsel"},
	}}
	for _, role := range roles {
		p.Grants = append(p.Grants, Grant{Role: role, Granted: noon.Time, By: audit.System, Confirmed: noon.Time, ConfirmedBy: audit.System})
	}
	return p
}

// office has two supervisors, one of the desk, and one who was named supervisor by ute and waits.
func office() State {
	named := person("named", account.ServiceDesk)
	named.Grants = append(named.Grants, Grant{Role: account.Supervisor, Granted: noon.Time, By: "ute"})
	return State{People: []Person{
		person("ute", account.Supervisor), person("ida", account.Supervisor), person("dora", account.ServiceDesk), named,
	}}
}

// message gives the key of a refusal; empty if there is none.
func message(err error) string {
	f := fault.Of(err)
	if f == nil {
		return ""
	}
	if len(f.Fields) > 0 {
		return f.Fields[0].Message
	}
	return f.Message
}

func TestWhoMayDoWhatAboutWhom(t *testing.T) {
	rules := rules(t)
	console, ute, ida, dora, stranger := By{}, By{ID: "ute"}, By{ID: "ida"}, By{ID: "dora"}, By{ID: "hannah"}
	roles := []account.Role{account.Auditor}
	set := func(id account.ID, roles ...account.Role) func(State, By) error {
		return func(s State, by By) error {
			_, err := s.SetRoles(id, roles, by, noon)
			return err
		}
	}
	decide := func(yes bool) func(State, By) error {
		return func(s State, by By) error {
			_, err := s.DecideSupervisor("named", yes, by, rules, noon)
			return err
		}
	}
	deactivate := func(id account.ID) func(State, By) error {
		return func(s State, by By) error {
			_, err := s.Deactivate(id, by, noon)
			return err
		}
	}
	for name, c := range map[string]struct {
		deed func(State, By) error
		by   By
		want string
	}{
		"a supervisor gives roles":                     {set("dora", roles...), ute, ""},
		"the console gives roles":                      {set("dora", roles...), console, ""},
		"the desk gives none":                          {set("ida", roles...), dora, "login.fault.not-your-role"},
		"who was named and waits gives none":           {set("dora", roles...), By{ID: "named"}, "login.fault.not-your-role"},
		"a member gives none":                          {set("dora", roles...), stranger, "login.fault.not-your-role"},
		"nobody changes their own":                     {set("ute", roles...), ute, "staff.fault.own"},
		"everybody has one":                            {set("dora"), ute, "staff.fault.no-role"},
		"somebody who is not of staff":                 {set("hannah", roles...), ute, "staff.fault.unknown"},
		"who named does not confirm":                   {decide(true), ute, "staff.fault.second-person"},
		"who named takes it back":                      {decide(false), ute, ""},
		"another confirms":                             {decide(true), ida, ""},
		"another rejects":                              {decide(false), ida, ""},
		"the console confirms":                         {decide(true), console, ""},
		"the desk confirms nobody":                     {decide(true), dora, "login.fault.not-your-role"},
		"who waits does not confirm themselves":        {decide(true), By{ID: "named"}, "login.fault.not-your-role"},
		"a supervisor deactivates another":             {deactivate("ida"), ute, ""},
		"nobody deactivates themselves":                {deactivate("ute"), ute, "staff.fault.own"},
		"the console deactivates even the last of all": {deactivate("ute"), console, ""},
	} {
		if got := message(c.deed(office(), c.by)); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestASupervisorWhoWasDeactivatedMeanwhileDecidesNothing(t *testing.T) {
	s := office()
	s.People[0].State = account.Deactivated
	if _, err := s.Deactivate("ida", By{ID: "ute"}, noon); message(err) != "login.fault.not-your-role" {
		t.Errorf("%v", err)
	}
}

func TestANamingLapses(t *testing.T) {
	rules := rules(t)
	late := calendar.Moment{Time: noon.Add(rules.Staff.DecideWithin.D())}
	if _, err := office().DecideSupervisor("named", true, By{ID: "ida"}, rules, late); message(err) != "staff.fault.nothing-waits" {
		t.Errorf("%v", err)
	}
}

func TestRoles_OnlyASupervisorsWaitsAndNotFromTheConsole(t *testing.T) {
	all := account.Roles
	for name, c := range map[string]struct {
		by    By
		waits bool
	}{"in the pages": {By{ID: "ute"}, true}, "at the console": {By{}, false}} {
		change, err := office().SetRoles("dora", all, c.by, noon)
		if err != nil {
			t.Fatal(err)
		}
		if len(change.Grant) != 3 || len(change.Take) != 0 {
			t.Errorf("%s: %d given, %d taken", name, len(change.Grant), len(change.Take))
		}
		for _, g := range change.Grant {
			if want := !c.waits || g.Role != account.Supervisor; g.Counts() != want {
				t.Errorf("%s: %s counts: %t", name, g.Role, g.Counts())
			}
		}
	}
	if same, err := office().SetRoles("dora", []account.Role{account.ServiceDesk}, By{ID: "ute"}, noon); err != nil || len(same.Events)+len(same.Jobs) != 0 {
		t.Errorf("the same roles again: %d events, %v", len(same.Events), err)
	}
}

func TestInvite_ASupervisorTakesTwo(t *testing.T) {
	rules := rules(t)
	s, n := office(), NewInvitation{ID: "new"}
	c, asked, err := s.Invite("dora", n, By{ID: "ute"}, rules, noon)
	if err != nil || asked || !c.Forget || c.End != login.EndedByDesk || c.Invite == nil || !c.Invite.Until.Equal(noon.Add(24*time.Hour)) {
		t.Errorf("the desk: %+v, %t, %v", c, asked, err)
	}
	for _, id := range []account.ID{"ida", "named"} { // whoever is named counts as one: nobody gets hold of an account that is about to be more
		c, asked, err = s.Invite(id, n, By{ID: "ute"}, rules, noon)
		if err != nil || !asked || c.Forget || c.Invite != nil || c.Ask == nil {
			t.Errorf("%s: %+v, %t, %v", id, c, asked, err)
		}
	}
	c, asked, err = s.Invite("ida", n, By{}, rules, noon)
	if err != nil || asked || !c.Forget {
		t.Errorf("a supervisor at the console: %t, %v", asked, err)
	}
	third := person("eva", account.Supervisor)
	third.Asked = &Request{ID: "r", By: "ute", Until: noon.Add(time.Hour)}
	s.People = append(s.People, third)
	if _, err := s.DecideInvitation("eva", true, n, By{ID: "ute"}, rules, noon); message(err) != "staff.fault.second-person" {
		t.Errorf("who asked: %v", err)
	}
	c, err = s.DecideInvitation("eva", true, n, By{ID: "ida"}, rules, noon)
	if err != nil || c.Invite == nil || c.Close != "r" || !c.Forget {
		t.Errorf("another: %+v, %v", c, err)
	}
	late := calendar.Moment{Time: noon.Add(time.Hour)}
	if _, err := s.DecideInvitation("eva", true, n, By{ID: "ida"}, rules, late); message(err) != "staff.fault.nothing-waits" {
		t.Errorf("too late: %v", err)
	}
}

func TestReactivate_ASupervisorComesBackAsOneOnlyByASecond(t *testing.T) {
	s := office()
	s.People[1].State = account.Deactivated
	c, err := s.Reactivate("ida", By{ID: "ute"}, noon)
	if err != nil || len(c.Grant) != 1 || c.Grant[0].Counts() || c.State != account.Active {
		t.Errorf("in the pages: %+v, %v", c, err)
	}
	if c, err = s.Reactivate("ida", By{}, noon); err != nil || len(c.Grant) != 0 {
		t.Errorf("at the console: %+v, %v", c, err)
	}
}

func TestEverySupervisorIsToldAndNobodyElse(t *testing.T) {
	c, err := office().Deactivate("dora", By{ID: "ute"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, j := range c.Jobs {
		m := j.Work.(mail.StaffChanged)
		told = append(told, m.To.Email)
		if m.UserName != "dora" || m.Deed != mail.StaffDeactivated || m.By != "ute Amsel" {
			t.Errorf("%+v", m)
		}
	}
	if slices.Sort(told); !slices.Equal(told, []string{"ida@kvb.example", "ute@kvb.example"}) {
		t.Errorf("told: %s", told)
	}
}
