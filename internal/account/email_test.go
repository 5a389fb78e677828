package account_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/mail"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

var noon = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

func at(t time.Time) calendar.Moment { return calendar.Moment{Time: t, Wall: t} }

func rules(t *testing.T) account.Rules {
	t.Helper()
	p, err := profile.Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	return account.RulesOf(p)
}

func hannah() account.Contact {
	return account.Contact{Owner: account.Account{
		ID: "hannah", Email: "old@praxis.example", State: account.Active,
		Person: account.Person{Salutation: account.Frau, Title: "Dr. med.", First: "Hannah", Last: "Brandl"},
	}}
}

// fresh is the proof of a member who gave a one-time code a minute ago.
var fresh = account.Proof{Session: "s1", CodeAt: noon.Add(-time.Minute)}

// asked is Hannah's contact data with a change that was asked for at noon.
func asked() account.Contact {
	c := hannah()
	c.Pending = &account.EmailChange{
		ID: "e1", Session: "s1", Email: "new@praxis.example", State: account.Open, Requested: noon, Until: noon.Add(30 * time.Minute),
	}
	c.Codes = []time.Time{noon}
	return c
}

func matching(right bool) func(secret.Hashed) bool { return func(secret.Hashed) bool { return right } }

func kinds(events []audit.Event) (all []audit.Kind) {
	for _, e := range events {
		all = append(all, e.Kind)
	}
	return all
}

func TestNewEmail_ACodeGoesToTheNewAddressAndNothingChangesYet(t *testing.T) {
	n := account.NewEmail{ID: "e1", Email: "new@praxis.example", Code: "12345678", Hashed: secret.Hashed{KeyID: "k"}}
	change, err := hannah().AskFor(n, fresh, rules(t), at(noon))
	if err != nil {
		t.Fatal(err)
	}
	want := account.EmailChange{
		ID: "e1", Session: "s1", Email: "new@praxis.example", Code: secret.Hashed{KeyID: "k"}, State: account.Open,
		Requested: noon, Until: noon.Add(30 * time.Minute),
	}
	if diff := cmp.Diff(want, *change.New); diff != "" || change.Email != "" || len(change.Old) > 0 {
		t.Errorf("address %q, %d old ones, %s", change.Email, len(change.Old), diff)
	}
	code := mail.EmailCode{To: mail.Address{Email: "new@praxis.example"}, Code: "12345678", Group: 4, Until: noon.Add(30 * time.Minute)}
	if diff := cmp.Diff(code, change.Jobs[0].Work); diff != "" || len(change.Jobs) != 1 {
		t.Errorf("%d mails, %s", len(change.Jobs), diff)
	}
	if diff := cmp.Diff([]audit.Kind{audit.EmailAsked}, kinds(change.Events)); diff != "" {
		t.Error(diff)
	}
}

func TestASVS751_ANewEmailTakesAFreshProof(t *testing.T) {
	for _, c := range []struct {
		name  string
		proof account.Proof
		may   bool
	}{
		{"a code of this instant", account.Proof{Session: "s1", CodeAt: noon}, true},
		{"a code of nearly ten minutes ago", account.Proof{Session: "s1", CodeAt: noon.Add(-10*time.Minute + 1)}, true},
		{"a code of ten minutes ago", account.Proof{Session: "s1", CodeAt: noon.Add(-10 * time.Minute)}, false},
		{"a code of this morning", account.Proof{Session: "s1", CodeAt: noon.Add(-4 * time.Hour)}, false},
		{"KVB07: a password only", account.Proof{Session: "s1"}, false},
	} {
		change, err := hannah().AskFor(account.NewEmail{Email: "new@praxis.example"}, c.proof, rules(t), at(noon))
		if (err == nil) != c.may || !c.may && !fault.Is(err, fault.NotAllowed) {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(account.ContactChange{}, change); !c.may && diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestNewEmail_TheNewestCodeAloneIsOpen(t *testing.T) {
	for name, c := range map[string]struct {
		now   time.Time
		state account.ChangeState
	}{
		"while the first one is open": {noon.Add(time.Minute), account.Superseded},
		"when its time was over":      {noon.Add(30 * time.Minute), account.Expired},
	} {
		proof := account.Proof{Session: "s2", CodeAt: c.now}
		change, err := asked().AskFor(account.NewEmail{ID: "e2", Email: "newer@praxis.example"}, proof, rules(t), at(c.now))
		if err != nil || len(change.Old) != 1 || change.Old[0].State != c.state || !change.Old[0].Closed.Equal(c.now) || change.New.ID != "e2" {
			t.Errorf("%s: %+v, %v", name, change.Old, err)
		}
	}
}

func TestNewEmail_WhatCannotBeAskedFor(t *testing.T) {
	five := []time.Time{noon.Add(-1 * time.Hour), noon.Add(-2 * time.Hour), noon.Add(-3 * time.Hour), noon.Add(-4 * time.Hour), noon.Add(-23 * time.Hour)}
	for _, c := range []struct {
		name, email string
		codes       []time.Time
		kind        fault.Kind
	}{
		{"the address that is there", "old@praxis.example", nil, fault.Invalid},
		{"the same in capitals", "OLD@PRAXIS.example", nil, fault.Invalid},
		{"the sixth code in a day", "new@praxis.example", five, fault.Conflict},
	} {
		member := hannah()
		member.Codes = c.codes
		if _, err := member.AskFor(account.NewEmail{Email: c.email}, fresh, rules(t), at(noon)); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	member := hannah()
	member.Codes = five
	proof := account.Proof{Session: "s1", CodeAt: noon.Add(time.Hour)}
	if _, err := member.AskFor(account.NewEmail{Email: "new@praxis.example"}, proof, rules(t), at(noon.Add(time.Hour))); err != nil {
		t.Errorf("a day after the first of them: %v", err)
	}
}

func TestConfirm_TheRightCodeChangesTheAddressAndTellsTheOldOne(t *testing.T) {
	o, _, change, err := asked().Confirm(matching(true), fresh, rules(t), at(noon.Add(30*time.Minute-1)))
	if err != nil || o != account.Right || change.Email != "new@praxis.example" {
		t.Fatalf("%s, %q, %v", o, change.Email, err)
	}
	if change.Old[0].State != account.Confirmed || change.Old[0].Closed.IsZero() {
		t.Errorf("the code is not spent: %+v", change.Old)
	}
	notice := mail.EmailChanged{
		To:       mail.Address{Name: "Dr. med. Hannah Brandl", Email: "old@praxis.example"},
		Greeting: "Sehr geehrte Frau Dr. Brandl", At: noon.Add(30*time.Minute - 1),
	}
	if diff := cmp.Diff(notice, change.Jobs[0].Work); diff != "" || len(change.Jobs) != 1 || change.Jobs[0].Key != "" {
		t.Errorf("the old address: %s", diff)
	}
	event := audit.Event{Kind: audit.EmailChanged, Actor: "hannah", Account: "hannah", Session: "s1", Reason: "confirmed"}
	if diff := cmp.Diff([]audit.Event{event}, change.Events); diff != "" {
		t.Error(diff)
	}
}

func TestConfirm_WrongCodesAreCountedAndTheFifthVoids(t *testing.T) {
	c := asked()
	for n := 1; n <= 4; n++ {
		o, left, change, err := c.Confirm(matching(false), fresh, rules(t), at(noon))
		if err != nil || o != account.Wrong || left != 5-n || change.Old[0].Tries != n || change.Old[0].State != account.Open || change.Email != "" {
			t.Fatalf("wrong code %d: %s, %d left, %+v, %v", n, o, left, change, err)
		}
		c.Pending = &change.Old[0]
	}
	o, _, change, err := c.Confirm(matching(false), fresh, rules(t), at(noon))
	if err != nil || o != account.Void || change.Old[0].State != account.Voided || change.Email != "" || len(change.Jobs) > 0 {
		t.Errorf("the fifth: %s, %+v, %v", o, change, err)
	}
	if diff := cmp.Diff([]audit.Kind{audit.EmailCodeWrong, audit.EmailClosed}, kinds(change.Events)); diff != "" {
		t.Error(diff)
	}
}

func TestConfirm_TheCodeEndsAndBelongsToItsSession(t *testing.T) {
	if o, _, change, err := asked().Confirm(matching(true), fresh, rules(t), at(noon.Add(30*time.Minute))); err != nil || o != account.Over ||
		change.Old[0].State != account.Expired || change.Email != "" {
		t.Errorf("after its time: %s, %+v, %v", o, change, err)
	}
	for name, by := range map[string]account.Proof{
		"another session":        {Session: "s2", CodeAt: noon},
		"no session":             {CodeAt: noon},
		"KVB07: a password only": {Session: "s1"},
	} {
		_, _, change, err := asked().Confirm(matching(true), by, rules(t), at(noon))
		if diff := cmp.Diff(account.ContactChange{}, change); !fault.Is(err, fault.Conflict) || diff != "" {
			t.Errorf("%s: %v, %s", name, err, diff)
		}
	}
	if _, _, _, err := hannah().Confirm(matching(true), fresh, rules(t), at(noon)); !fault.Is(err, fault.Conflict) {
		t.Errorf("nothing was asked for: %v", err)
	}
}

func TestCancel_StopsWhatIsOpenFromAnySession(t *testing.T) {
	change := asked().Cancel(account.Proof{Session: "s9"}, at(noon))
	if len(change.Old) != 1 || change.Old[0].State != account.Cancelled || change.Email != "" {
		t.Errorf("%+v", change)
	}
	if diff := cmp.Diff(account.ContactChange{}, hannah().Cancel(fresh, at(noon))); diff != "" {
		t.Error(diff)
	}
}

func TestCheckEmail_TakesWhatAMailServerTakes(t *testing.T) {
	for typed, want := range map[string]string{
		"anna@praxis.example":                  "anna@praxis.example",
		"  anna@praxis.example\n":              "anna@praxis.example",
		"Anna.Beispiel+kvb@Praxis.Bayern":      "Anna.Beispiel+kvb@praxis.bayern",
		"o'neil_x-1@a.b.example":               "o'neil_x-1@a.b.example",
		"anna@prüfung.example":                 "anna@prüfung.example",
		"anna@PRÜFUNG.example":                 "anna@prüfung.example",
		"anna@xn--prfung-4ya.example":          "anna@prüfung.example",
		strings.Repeat("a", 64) + "@x.example": strings.Repeat("a", 64) + "@x.example",
	} {
		if got, ok := account.CheckEmail(typed); !ok || got != want {
			t.Errorf("%q is %q, %v; want %q", typed, got, ok, want)
		}
	}
}

func TestAttack_WhatIsNoPlainAddressIsRefused(t *testing.T) {
	for _, typed := range []string{
		"", "@", "anna", "anna@", "@praxis.example", "anna@praxis", "anna@praxis.", "anna@.example", "anna@praxis..example",
		"anna@localhost", "anna@127.0.0.1", "anna@[127.0.0.1]", "anna@1.2.3.4",
		"a@b.example@c.example", "a@b.example,c@d.example", "a@b.example;c@d.example", "a@b.example c@d.example",
		"Anna <anna@praxis.example>", "<anna@praxis.example>", `"anna"@praxis.example`, "anna(x)@praxis.example",
		"anna@praxis.example\r\nBcc: x@y.example", "anna\n@praxis.example", "anna@praxis.example\x00", "an\u202ena@praxis.example",
		".anna@praxis.example", "anna.@praxis.example", "an..na@praxis.example", "änna@praxis.example", "ａnna@praxis.example",
		"anna@pra xis.example", "anna@-praxis.example", "anna@praxis_x.example",
		strings.Repeat("a", 65) + "@x.example", "a@" + strings.Repeat("b.", 130) + "example", "anna@" + strings.Repeat("a", 64) + ".example",
	} {
		if got, ok := account.CheckEmail(typed); ok {
			t.Errorf("%q is taken as %q", typed, got)
		}
	}
}

func FuzzCheckEmail(f *testing.F) {
	for _, seed := range []string{"anna@praxis.example", "a@b@c", "anna@xn--prfung-4ya.example", "x@\r\n.example", "o'neil@a.example"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, ok := account.CheckEmail(typed)
		if !ok {
			return
		}
		if strings.ContainsAny(got, "\r\n\x00 <>\"(),;:\\[]") || strings.Count(got, "@") != 1 {
			t.Errorf("%q is taken as %q", typed, got)
		}
		if again, ok := account.CheckEmail(got); !ok || again != got {
			t.Errorf("%q is %q, and that is %q, %v", typed, got, again, ok)
		}
	})
}
