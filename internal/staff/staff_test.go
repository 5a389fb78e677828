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
			_, _, err := s.SetRoles(id, roles, "r", by, rules, noon)
			return err
		}
	}
	decide := func(yes bool) func(State, By) error {
		return func(s State, by By) error {
			_, err := s.DecideRoles("named", []account.Role{account.Supervisor}, yes, by, rules, noon)
			return err
		}
	}
	deactivate := func(id account.ID) func(State, By) error {
		return func(s State, by By) error {
			_, _, err := s.Deactivate(id, "r", by, rules, noon)
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
		"a supervisor has another deactivated":         {deactivate("ida"), ute, ""},
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
	if _, _, err := s.Deactivate("ida", "r", By{ID: "ute"}, rules(t), noon); message(err) != "login.fault.not-your-role" {
		t.Errorf("%v", err)
	}
}

func TestANamingLapses(t *testing.T) {
	rules := rules(t)
	late := calendar.Moment{Time: noon.Add(rules.Staff.DecideWithin.D())}
	if _, err := office().DecideRoles("named", []account.Role{account.Supervisor}, true, By{ID: "ida"}, rules, late); message(err) != "staff.fault.nothing-waits" {
		t.Errorf("%v", err)
	}
}

func TestRoles_EachWaitsButNotFromTheConsole(t *testing.T) {
	rules := rules(t)
	for name, c := range map[string]struct {
		by     By
		counts bool
	}{"in the pages": {By{ID: "ute"}, false}, "at the console": {By{}, true}} {
		change, asked, err := office().SetRoles("dora", account.Roles, "r", c.by, rules, noon)
		if err != nil || asked {
			t.Fatalf("%s: %t, %v", name, asked, err)
		}
		if len(change.Grant) != 3 || len(change.Take) != 0 {
			t.Errorf("%s: %d given, %d taken", name, len(change.Grant), len(change.Take))
		}
		for _, g := range change.Grant {
			if g.Counts() != c.counts {
				t.Errorf("%s: %s counts: %t", name, g.Role, g.Counts())
			}
		}
	}
	same, _, err := office().SetRoles("dora", []account.Role{account.ServiceDesk}, "r", By{ID: "ute"}, rules, noon)
	if err != nil || len(same.Events)+len(same.Jobs) != 0 {
		t.Errorf("the same roles again: %d events, %v", len(same.Events), err)
	}
}

func TestRoles_OneThatWaitedInVainIsGivenAnew(t *testing.T) {
	rules := rules(t)
	both := []account.Role{account.ServiceDesk, account.Supervisor}
	for name, c := range map[string]struct {
		state func(*State)
		now   calendar.Moment
		anew  bool
	}{
		"it waits":                           {func(*State) {}, noon, false},
		"its time is over":                   {func(*State) {}, calendar.Moment{Time: noon.Add(rules.Staff.DecideWithin.D())}, true},
		"who gave it is no supervisor today": {func(s *State) { s.People[0].Grants = nil }, noon, true},
	} {
		s := office()
		c.state(&s)
		change, _, err := s.SetRoles("named", both, "r", By{ID: "ida"}, rules, c.now)
		if err != nil || (len(change.Grant) == 1) != c.anew {
			t.Errorf("%s: %d given, %v", name, len(change.Grant), err)
		}
	}
}

// stranger adds somebody new whom a supervisor invited, and who has set everything up.
func stranger(t *testing.T, s State, by By) State {
	t.Helper()
	n := NewPerson{Account: person("eva").Account, Roles: []account.Role{account.ServiceDesk, account.Auditor}, Invitation: NewInvitation{ID: "i"}}
	c, err := s.Add(n, by, rules(t), noon)
	if err != nil {
		t.Fatal(err)
	}
	s.People = append(s.People, Person{Account: n.Account, Grants: c.Grant, Invitation: c.Invite, Ready: true})
	return s
}

func TestAttack_ASupervisorWhoAcceptsAnInvitationOfTheirOwnIsNoTwoPeople(t *testing.T) {
	rules := rules(t)
	ute, ida := By{ID: "ute"}, By{ID: "ida"}
	s := stranger(t, office(), ute)
	eva := s.People[len(s.People)-1]
	if eva.Counted() {
		t.Fatalf("%+v", eva.Grants)
	}
	both := []account.Role{account.ServiceDesk, account.Auditor}
	for name, c := range map[string]struct {
		by    By
		state func(*Person)
		want  string
	}{
		"who gave the roles":               {ute, func(*Person) {}, "staff.fault.own-link"},
		"the newcomer":                     {By{ID: "eva"}, func(*Person) {}, "login.fault.not-your-role"},
		"another":                          {ida, func(*Person) {}, ""},
		"another, before the link is used": {ida, func(p *Person) { p.Ready = false }, "staff.fault.not-set-up"},
		"another, who made a second link and has it": {ida, func(p *Person) { p.Invitation = &Invitation{By: "ida"} }, "staff.fault.own-link"},
	} {
		tried := State{People: slices.Clone(s.People)}
		c.state(&tried.People[len(tried.People)-1])
		if _, err := tried.DecideRoles("eva", both, true, c.by, rules, noon); message(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.DecideRoles("eva", append(both, account.Supervisor), true, ida, rules, noon); message(err) != "staff.fault.nothing-waits" {
		t.Errorf("a role that was not given: %v", err)
	}
	s.People[0].State = account.Deactivated
	if _, err := s.DecideRoles("eva", both, true, ida, rules, noon); message(err) != "staff.fault.asker-gone" {
		t.Errorf("given by somebody who was deactivated since: %v", err)
	}
}

func TestAttack_NoSupervisorTakesAColleaguesAccountAlone(t *testing.T) {
	rules := rules(t)
	s, n := office(), NewInvitation{ID: "new"}
	for _, id := range []account.ID{"dora", "ida", "named"} {
		c, asked, err := s.Invite(id, n, By{ID: "ute"}, rules, noon)
		if err != nil || !asked || c.Forget || c.Invite != nil || c.Ask == nil || c.Ask.Wish != InviteAnew {
			t.Errorf("%s: %+v, %t, %v", id, c, asked, err)
		}
	}
	c, asked, err := s.Invite("ida", n, By{}, rules, noon)
	if err != nil || asked || !c.Forget || c.End != login.EndedByDesk || !c.Invite.Until.Equal(noon.Add(24*time.Hour)) {
		t.Errorf("at the console: %t, %v", asked, err)
	}
	set := stranger(t, s, By{ID: "ute"})
	if c, asked, err = set.Invite("eva", n, By{ID: "ute"}, rules, noon); err != nil || !asked || c.Forget || c.Invite != nil {
		t.Errorf("somebody who has set everything up, whose roles do not count: %t, %v", asked, err)
	}
	set.People[len(set.People)-1].Ready = false
	if c, asked, err = set.Invite("eva", n, By{ID: "ute"}, rules, noon); err != nil || asked || !c.Forget {
		t.Errorf("somebody who never came in: %t, %v", asked, err)
	}
}

// wished adds a supervisor about whom ute has asked for something.
func wished(w Wish) State {
	eva := person("eva", account.Supervisor)
	eva.Asked = []Request{{ID: "r", Wish: w, By: "ute", Until: noon.Add(time.Hour)}}
	s := office()
	s.People = append(s.People, eva)
	return s
}

func TestWishes_ASecondSupervisorDecidesAndWhoeverAskedMustStillBeOne(t *testing.T) {
	rules := rules(t)
	n := NewInvitation{ID: "new"}
	late := calendar.Moment{Time: noon.Add(time.Hour)}
	for w, did := range map[Wish]func(Change) bool{
		InviteAnew:     func(c Change) bool { return c.Forget && c.Invite != nil },
		DeactivateIt:   func(c Change) bool { return c.State == account.Deactivated && c.End == login.EndedByDesk },
		TakeSupervisor: func(c Change) bool { return slices.Equal(c.Take, []account.Role{account.Supervisor}) },
	} {
		if _, err := wished(w).Decide("eva", w, true, n, By{ID: "ute"}, rules, noon); message(err) != "staff.fault.second-person" {
			t.Errorf("%s: who asked: %v", w, err)
		}
		if _, err := wished(w).Decide("eva", w, true, n, By{ID: "eva"}, rules, noon); message(err) != "staff.fault.own" {
			t.Errorf("%s: whom it is about: %v", w, err)
		}
		if c, err := wished(w).Decide("eva", w, true, n, By{ID: "ida"}, rules, noon); err != nil || c.Close != "r" || !did(c) {
			t.Errorf("%s: another: %+v, %v", w, c, err)
		}
		if c, err := wished(w).Decide("eva", w, false, n, By{ID: "ute"}, rules, noon); err != nil || c.Close != "r" || did(c) {
			t.Errorf("%s: taken back: %+v, %v", w, c, err)
		}
		if _, err := wished(w).Decide("eva", w, true, n, By{ID: "ida"}, rules, late); message(err) != "staff.fault.nothing-waits" {
			t.Errorf("%s: too late: %v", w, err)
		}
		gone := wished(w)
		gone.People[0].Grants = nil
		if _, err := gone.Decide("eva", w, true, n, By{ID: "ida"}, rules, noon); message(err) != "staff.fault.asker-gone" {
			t.Errorf("%s: asked by somebody who is no supervisor any more: %v", w, err)
		}
	}
}

func TestAttack_OneSupervisorRemovesNoOther(t *testing.T) {
	rules := rules(t)
	ute := By{ID: "ute"}
	c, asked, err := office().Deactivate("ida", "r", ute, rules, noon)
	if err != nil || !asked || c.State != "" || c.End != "" || c.Ask == nil || c.Ask.Wish != DeactivateIt {
		t.Errorf("deactivating: %+v, %t, %v", c, asked, err)
	}
	c, asked, err = office().SetRoles("ida", []account.Role{account.Auditor}, "r", ute, rules, noon)
	if err != nil || !asked || len(c.Take) != 0 || c.Ask == nil || c.Ask.Wish != TakeSupervisor || len(c.Grant) != 1 {
		t.Errorf("taking the role: %+v, %t, %v", c, asked, err)
	}
	if c, asked, err = office().Deactivate("dora", "r", ute, rules, noon); err != nil || asked || c.State != account.Deactivated {
		t.Errorf("who is no supervisor is out at once: %t, %v", asked, err)
	}
	if c, asked, err = office().Deactivate("ida", "r", By{}, rules, noon); err != nil || asked || c.State != account.Deactivated {
		t.Errorf("at the console: %t, %v", asked, err)
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
	c, _, err := office().Deactivate("dora", "r", By{ID: "ute"}, rules(t), noon)
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
