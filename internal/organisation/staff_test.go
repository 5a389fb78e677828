package organisation

import (
	"testing"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/fault"
)

var sabine = By{Account: "sabine", Session: "s", Staff: true}

func TestBVK11_StaffDeactivateClerksAndEndAdministratorsButNotTheLastWhoIsThere(t *testing.T) {
	alone := teamOf(person("adam", account.Administrator, Active), person("clara", account.Clerk, Active))
	two := teamOf(person("adam", account.Administrator, Active), person("berta", account.Administrator, Active), person("clara", account.Clerk, Active))
	for _, c := range []struct {
		name   string
		team   Team
		by     By
		why    Departure
		reason string // of the field that is refused; empty where it is done
	}{
		{"one of two, on notice", two, sabine, OnNotice, ""},
		{"one of two, after misuse", two, sabine, Misused, ""},
		{"without a reason", two, sabine, "", "organisation.fault.departure"},
		{"for a reason of one's own", two, sabine, "whim", "organisation.fault.departure"},
		{"the last one, on notice", alone, sabine, OnNotice, "organisation.fault.last-administrator"},
		{"the last one, after misuse", alone, sabine, Misused, "organisation.fault.last-administrator"},
		{"the last one, who has left", alone, sabine, HasLeft, ""},
		{"the last one, who has died", alone, sabine, HasDied, ""},
	} {
		change, err := c.team.CloseByStaff(c.by, "adam", c.why, noon)
		if c.reason != "" {
			if f := fault.Of(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Message != c.reason {
				t.Errorf("%s: %v, want %s", c.name, err, c.reason)
			}
			continue
		}
		if err != nil || c.team.apply(change).IsAdministrator("adam") {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if e := change.Events[0]; e.Kind != audit.AdministratorClosed || e.Actor != "sabine" || e.Reason != string(c.why) {
			t.Errorf("%s is recorded as %+v", c.name, e)
		}
	}
}

func TestBVK12_StaffDeactivateAClerkAndGiveTheAccessBack(t *testing.T) {
	team := teamOf(person("adam", account.Administrator, Active), person("clara", account.Clerk, Active))
	c, err := team.DeactivateByStaff(sabine, "clara", noon)
	if err != nil {
		t.Fatal(err)
	}
	off := team.apply(c)
	if m, _ := off.Find("clara"); m.State != Deactivated {
		t.Errorf("deactivated: %s", m.State)
	}
	if c, err = off.ReactivateByStaff(sabine, "clara", noon); err != nil {
		t.Fatal(err)
	}
	if m, _ := off.apply(c).Find("clara"); m.State != Invited { // who never completed a login
		t.Errorf("reactivated: %s", m.State)
	}
}

func TestStaffDeeds_AreRefusedToWhoeverIsNotStaffAndAboutWhoeverIsNotThere(t *testing.T) {
	team := teamOf(person("adam", account.Administrator, Active), person("berta", account.Administrator, Closed), person("clara", account.Clerk, Active))
	for _, by := range []By{{}, {Account: "adam", Session: "s"}, {Account: "clara", Session: "s"}} {
		for name, err := range map[string]error{
			"closing":      second(team.CloseByStaff(by, "adam", HasLeft, noon)),
			"deactivating": second(team.DeactivateByStaff(by, "clara", noon)),
			"reactivating": second(team.ReactivateByStaff(by, "clara", noon)),
		} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%s by %q: %v", name, by.Account, err)
			}
		}
	}
	for name, err := range map[string]error{
		"closing a clerk":               second(team.CloseByStaff(sabine, "clara", HasLeft, noon)),
		"deactivating an administrator": second(team.DeactivateByStaff(sabine, "adam", noon)),
		"somebody of elsewhere":         second(team.CloseByStaff(sabine, "zora", HasLeft, noon)),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c, err := team.CloseByStaff(sabine, "berta", HasLeft, noon); err != nil || len(c.States) > 0 {
		t.Errorf("closing twice: %v, %v", c, err)
	}
}

func second(_ Change, err error) error { return err }
