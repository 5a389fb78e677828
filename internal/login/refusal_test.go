package login

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/audit"
	"torhaus/internal/mail"
	"torhaus/internal/token"
)

// The figures of the profile kvb: ten in an hour have a record each, further ones share one by tens.
func TestRefusals_ARecordEachThenOneForTen(t *testing.T) {
	rules := kvb(t).Login
	var r Refusals
	var own, shared, records int
	for n := 1; n <= 100; n++ {
		var isOwn bool
		var others int
		r, isOwn, others = r.Add(rules, noon.Add(time.Duration(n)*time.Second))
		if isOwn {
			own++
			records++
		}
		if others > 0 {
			records++
			if shared += others; others != 10 {
				t.Errorf("try %d: a record for %d", n, others)
			}
		}
	}
	if own != 10 || shared != 90 || records != 19 || r.Count != 100 {
		t.Errorf("%d of %d tries have a record of their own, %d share %d", own, r.Count, shared, records-own)
	}
}

func TestRefusals_NothingIsLeftUnrecorded(t *testing.T) {
	rules := kvb(t).Login
	var r Refusals
	told := 0
	for n := range 57 {
		var own bool
		var shared int
		r, own, shared = r.Add(rules, noon.Add(time.Duration(n)*time.Second))
		told += shared
		if own {
			told++
		}
	}
	if told+r.Unrecorded != 57 || r.Unrecorded != 7 {
		t.Errorf("%d are told, %d are not", told, r.Unrecorded)
	}
	r, own, shared := r.Add(rules, noon.Add(time.Hour))
	if !own || shared != 7 {
		t.Errorf("in the next hour: own record %v, %d that were left over", own, shared)
	}
	if diff := cmp.Diff(Refusals{Count: 58, Since: noon.Add(time.Hour), InSpan: 1}, r); diff != "" {
		t.Error(diff)
	}
}

func TestRefusals_AnHourEndsAtItsBorder(t *testing.T) {
	rules := kvb(t).Login
	full := Refusals{Count: 10, Since: noon, InSpan: 10}
	for after, want := range map[time.Duration]bool{0: false, time.Hour - 1: false, time.Hour: true, 1000 * time.Hour: true} {
		if _, own, _ := full.Add(rules, noon.Add(after)); own != want {
			t.Errorf("after %s: a record of its own %v", after, own)
		}
	}
}

func TestASVS635_RightPasswordWithAWrongCodeIsToldTheOwner(t *testing.T) {
	s := atStep(t)
	s.state.Holding.Owner.Email = "anna@praxis.example"
	_, c, err := s.service.stepUp(s.state, "old", "new key", "wrong.", Visitor{Agent: "Mozilla/5.0 (Windows NT 10.0) Firefox/145.0"}, at(noon))
	if err == nil || len(c.Token.Jobs) != 1 {
		t.Fatalf("%d mails, %v", len(c.Token.Jobs), err)
	}
	want := mail.CodeRefused{To: mail.Address{Email: "anna@praxis.example"}, Greeting: "Guten Tag", Browser: "Firefox", System: "Windows", At: noon}
	if diff := cmp.Diff(want, c.Token.Jobs[0].Work); diff != "" {
		t.Error(diff)
	}
}

func TestASVS635_TheOwnerIsToldOnceADayHoweverManyAreWrong(t *testing.T) {
	s := atStep(t)
	keys := map[string]int{}
	for _, after := range []time.Duration{0, time.Minute, 12*time.Hour - 1, 12 * time.Hour, 36*time.Hour - 1, 36 * time.Hour} {
		var c Change
		c.warn(s.state.Holding.Owner, Visitor{}, s.service.Rules.Login, at(noon.Add(after)))
		keys[c.Token.Jobs[0].Key]++
	}
	if len(keys) != 3 { // days end at midnight UTC; a second request with the same key is dropped
		t.Errorf("%d mails in three days: %v", len(keys), keys)
	}
}

func TestASVS635_OneMailWhenTheWrongCodeBlocks(t *testing.T) {
	s := atStep(t)
	s.state.Holding.Tokens[0].WrongRow = 19
	_, c, _ := s.up("wrong.", noon)
	if len(c.Token.Jobs) != 1 {
		t.Fatalf("%d mails", len(c.Token.Jobs))
	}
	if _, ok := c.Token.Jobs[0].Work.(mail.TokenBlocked); !ok || c.Token.Tokens[0].State != token.Blocked {
		t.Errorf("told by %T", c.Token.Jobs[0].Work)
	}
}

func TestRefusedCode_SharesARecordAboveTheRate(t *testing.T) {
	s := atStep(t)
	s.state.Refusals = Refusals{Count: 19, Since: noon.Add(-time.Minute), InSpan: 19, Unrecorded: 9}
	_, c, _ := s.up("wrong.", noon)
	want := []audit.Event{{Kind: audit.LoginRefused, Actor: audit.Anonymous, Account: "anna", Reason: "10 tries"}}
	if diff := cmp.Diff(want, append(c.Token.Events, c.Events...)); diff != "" {
		t.Error(diff)
	}
	if len(c.Token.WrongCodes) != 1 {
		t.Error("the wrong code itself is not counted")
	}
}

func TestCompletedLogin_TellsTheRefusedOnesBeforeItAndBeginsAnew(t *testing.T) {
	s := atStep(t)
	s.state.Refusals = Refusals{Count: 13, Since: noon.Add(-time.Minute), InSpan: 13, Unrecorded: 3}
	in, c, err := s.up(s.code(noon), noon)
	if err != nil {
		t.Fatal(err)
	}
	if in.Session.Refused != 13 || c.Refusals == nil || *c.Refusals != (Refusals{}) {
		t.Errorf("refused %d, count %+v", in.Session.Refused, c.Refusals)
	}
	if c.Events[0].Kind != audit.LoginRefused || c.Events[0].Reason != "3 tries" {
		t.Errorf("recorded %+v", c.Events)
	}
}

func TestFreshProof_HasANewKeyAndTheOldEnd(t *testing.T) {
	s := atStep(t)
	old := &s.state.Sessions[0]
	old.Level, old.FactorAt, old.Token, old.Created = TwoFactor, noon.Add(-time.Hour), "t1", noon.Add(-11*time.Hour)
	old.Previous, old.Refused = noon.Add(-100*time.Hour), 2
	s.state.Refusals = Refusals{Count: 4, Since: noon, InSpan: 4}
	in, c, err := s.up(s.code(noon), noon)
	if err != nil {
		t.Fatal(err)
	}
	want := Session{
		ID: IDOf("new key"), Account: "anna", Level: TwoFactor, Created: old.Created, Seen: noon, PasswordAt: old.PasswordAt, FactorAt: noon,
		Token: "t1", Previous: old.Previous, Refused: 2, Address: "192.0.2.11", Agent: "Safari",
	}
	if diff := cmp.Diff(want, in.Session); diff != "" {
		t.Error(diff)
	}
	if c.LoggedIn || c.Refusals != nil {
		t.Error("a fresh proof counts as a login")
	}
	if len(c.End) != 1 || c.End[0].ID != "old" {
		t.Errorf("the old key still works: %+v", c.End)
	}
	if got, last := in.Session.Until(s.service.Rules.Session), noon.Add(30*time.Minute); !got.Equal(last) {
		t.Errorf("ends %s, want %s", got, last)
	}
}
