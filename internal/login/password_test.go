package login_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/password"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

func TestKVB07_UserNameAndPasswordOpenASessionOfLevelPassword(t *testing.T) {
	h := newHouse(t)
	for _, typed := range []string{"ABeispiel", "abeispiel", " ABEISPIEL ", "ＡＢｅｉｓｐｉｅｌ"} {
		in := h.mustEnter(typed, annasPassword, practice)
		if in.Session.Level != login.Password || in.Session.Account != "anna" || !in.Session.FactorAt.IsZero() || in.Device == "" {
			t.Errorf("%q opens %+v", typed, in.Session)
		}
		v, err := h.visit(in.Key)
		if err != nil || v.Account.ID != "anna" {
			t.Errorf("%q: the key opens %+v, %v", typed, v.Session, err)
		}
		if diff := cmp.Diff(in.Session, v.Session); diff != "" {
			t.Errorf("%q: read back %s", typed, diff)
		}
		if v.Session.May(login.EnterPortal) == nil {
			t.Errorf("%q: the password alone enters the portal (KVB01)", typed)
		}
	}
}

func TestKVB01_WhateverIsWrongTheAnswerIsTheSame(t *testing.T) {
	h := newHouse(t)
	h.logins.Rules.Login.DelayAfter = 100 // so many tries of one name are answered here
	h.member("carl", "ccarstens", cheapHash(annasPassword))
	h.deactivate("carl")
	var first error
	for _, c := range []struct {
		name, user string
		typed      secret.Text
	}{
		{"wrong password", "abeispiel", "falsch"},
		{"unknown name", "niemand", annasPassword},
		{"deactivated, right password", "ccarstens", annasPassword},
		{"deactivated, wrong password", "ccarstens", "falsch"},
		{"password of another", "abeispiel", bertsPassword},
		{"no password", "abeispiel", ""},
		{"no name", "", annasPassword},
		{"neither", "", ""},
		{"the password as the name", annasPassword.Reveal(), "abeispiel"},
		{"what cannot be a name", "a\x00b", annasPassword},
		{"name of a megabyte", strings.Repeat("a", 1<<20), annasPassword},
		{"the account's id for the name", "anna", annasPassword},
		{"a pattern", "%", annasPassword},
		{"SQL", "abeispiel' --", annasPassword},
		{"password of a megabyte", "abeispiel", secret.Text(strings.Repeat("a", 1<<20))},
	} {
		in, err := h.enter(c.user, c.typed, practice)
		if diff := cmp.Diff(fault.New(fault.Invalid, "login.fault.wrong"), fault.Of(err), cmp.Comparer(sameFault)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if in.Key != "" || in.Session.ID != "" {
			t.Errorf("%s: something is opened", c.name)
		}
		if first == nil {
			first = err
		}
		if err == nil || err.Error() != first.Error() {
			t.Errorf("%s: the log reads %v, and %v for another", c.name, err, first)
		}
	}
	if n := h.count(`SELECT count(*) FROM session`); n != 0 {
		t.Errorf("%d sessions were opened", n)
	}
}

// sameFault compares all that a door shows.
func sameFault(a, b *fault.Error) bool {
	return a.Kind == b.Kind && a.Message == b.Message && cmp.Equal(a.Args, b.Args) && cmp.Equal(a.Fields, b.Fields) && a.Retry == b.Retry
}

// deeds is a store that counts what is asked of it.
type deeds struct {
	login.Store
	asked []string
}

func (d *deeds) ChangeGuesses(ctx context.Context, guesses []login.Guess, decide func([]login.Guess, calendar.Moment) []login.Guess) error {
	d.asked = append(d.asked, "write")
	return d.Store.ChangeGuesses(ctx, guesses, decide)
}

func (d *deeds) Credentials(ctx context.Context, name string) (account.ID, password.Hash, bool, error) {
	d.asked = append(d.asked, "look up")
	return d.Store.Credentials(ctx, name)
}

func (d *deeds) ChangeLogin(ctx context.Context, id account.ID, sessions []login.SessionID, deed func(login.State, calendar.Moment) (login.Change, error)) error {
	d.asked = append(d.asked, "open")
	return d.Store.ChangeLogin(ctx, id, sessions, deed)
}

func (d *deeds) Refuse(ctx context.Context, id account.ID, key []byte, decide func(login.Refusals, calendar.Moment) (login.Refusals, []audit.Event)) error {
	d.asked = append(d.asked, "refuse")
	return d.Store.Refuse(ctx, id, key, decide)
}

func (d *deeds) Passwords(ctx context.Context, id account.ID) (password.State, calendar.Moment, error) {
	d.asked = append(d.asked, "look up one-time")
	return d.Store.Passwords(ctx, id)
}

// oneTimeForm has the form of a one-time password and is none.
const oneTimeForm = secret.Text("CDFGH-JKLMN-PQRTV")

// Times lie on a shared machine, so the costs themselves are compared: one hash of 19 MiB, and the same transactions.
func TestAttack_NamesCannotBeToldApartByWhatAWrongPasswordCosts(t *testing.T) {
	h := newHouse(t)
	real, err := h.logins.Hasher.Hash(t.Context(), annasPassword)
	if err != nil {
		t.Fatal(err)
	}
	h.member("carl", "ccarstens", real)
	h.member("dora", "ddorn", real)
	h.deactivate("dora")
	h.token("carl")
	for _, c := range []struct {
		name, user string
		typed      secret.Text
	}{
		{"wrong password", "ccarstens", "falsch"},
		{"unknown name", "niemand", "falsch"},
		{"deactivated, right password", "ddorn", annasPassword},
		{"what cannot be a name", "gibt es nicht", "falsch"},
		{"no name", "", "falsch"},
		{"no password", "ccarstens", ""},
		{"unknown name, no password", "auch-niemand", ""},
		{"password too long", "ccarstens", secret.Text(strings.Repeat("a", 4097))},
		{"unknown name, password too long", "niemand", secret.Text(strings.Repeat("a", 4097))},
		{"the form of a one-time password", "ccarstens", oneTimeForm},
		{"unknown name, the form of a one-time password", "niemand", oneTimeForm},
	} {
		store := &deeds{Store: h.DB}
		h.logins.Store = store
		var before, after runtime.MemStats
		runtime.GC() // no hash finds memory of another one
		runtime.ReadMemStats(&before)
		_, err := h.enter(c.user, c.typed, practice)
		runtime.ReadMemStats(&after)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", c.name, err)
		}
		want := []string{"write", "look up", "refuse"}
		if c.typed == oneTimeForm {
			want = []string{"write", "look up", "look up one-time", "refuse"}
		}
		if diff := cmp.Diff(want, store.asked); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got < 19 || got > 30 {
			t.Errorf("%s: %d MiB were used, want the 19 of one hash", c.name, got)
		}
	}
}

func TestPassword_LongerThanTheBoundIsRefusedEvenIfItIsRight(t *testing.T) {
	h := newHouse(t)
	longest, tooLong := secret.Text(strings.Repeat("ß", 2048)), secret.Text(strings.Repeat("ß", 2048)+"!")
	h.member("carl", "ccarstens", cheapHash(longest))
	h.member("dora", "ddorn", cheapHash(tooLong))
	h.mustEnter("ccarstens", longest, practice)
	for user, typed := range map[string]secret.Text{"ccarstens": tooLong, "ddorn": tooLong} {
		if _, err := h.enter(user, typed, practice); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s with a password of %d bytes: %v", user, len(typed), err)
		}
	}
}

func TestAttack_GuessingOneNameMeetsAGrowingDelay(t *testing.T) {
	for _, user := range []string{"abeispiel", "niemand"} {
		t.Run(user, func(t *testing.T) {
			h := newHouse(t)
			for _, want := range []time.Duration{0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
				want *= time.Second
				_, err := h.enter(user, "falsch", stranger)
				if want > 0 {
					h.checkPause(err, want)
					_, err = h.enter(user, annasPassword, stranger)
					h.checkPause(err, want) // the right one is not looked at either
					h.Clock.Advance(want)
					_, err = h.enter(user, "falsch", stranger)
				}
				if f := fault.Of(err); f == nil || f.Message != "login.fault.wrong" {
					t.Fatalf("after a pause of %s: %v", want, err)
				}
			}
			h.Clock.Advance(15 * time.Minute)
			if _, err := h.enter(user, annasPassword, stranger); (err == nil) != (user == "abeispiel") {
				t.Errorf("the right password after the last pause: %v", err)
			}
		})
	}
}

// checkPause looks for a request to wait; the time that the test itself took may be missing from it.
func (h house) checkPause(err error, want time.Duration) {
	h.t.Helper()
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Busy || f.Message != "login.fault.wait" || f.Retry > want || f.Retry < max(want-30*time.Second, time.Second) {
		h.t.Fatalf("%v, want a request to wait %s", err, want)
	}
	if len(f.Args) != 1 || f.Args[0] != f.Retry {
		h.t.Errorf("the sentence says %v, the header %s", f.Args, f.Retry)
	}
}

func TestAttack_ManyGuessesAtOnceAreManyTries(t *testing.T) {
	for name, c := range map[string]struct {
		address  string // of the i-th guess
		allNames int    // free tries of the name over all networks
	}{
		"from one network":   {"198.51.100.66", 100},
		"from many networks": {"198.51.%d.66", 3},
	} {
		t.Run(name, func(t *testing.T) { guessAtOnce(t, c.address, c.allNames) })
	}
}

func guessAtOnce(t *testing.T, address string, allNames int) {
	h := newHouse(t)
	h.logins.Rules.Login.NameDelayAfter = allNames
	h.logins.Rules.Login.DelayFirst = profile.Duration(time.Minute) // so that no pause ends while the test runs
	other := h.serviceOn(h.Again(t))
	other.Rules = h.logins.Rules
	var looked, waited sync.Map
	var all sync.WaitGroup
	for i := range 32 {
		service := []*login.Service{h.logins, other}[i%2]
		all.Go(func() {
			_, err := service.EnterPassword(t.Context(), account.Door{Realm: account.Member}, "abeispiel", secret.Text(fmt.Sprint("geraten ", i)), login.Visitor{Address: strings.Replace(address, "%d", strconv.Itoa(i), 1)})
			switch {
			case fault.Is(err, fault.Invalid):
				looked.Store(i, true)
			case fault.Is(err, fault.Busy):
				waited.Store(i, true)
			default:
				t.Errorf("guess %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if n, m := size(&looked), size(&waited); n != 4 || m != 28 {
		t.Errorf("%d passwords were looked at and %d told to wait, want 4 and 28", n, m)
	}
}

func size(m *sync.Map) (n int) {
	m.Range(func(any, any) bool { n++; return true })
	return n
}

func TestAttack_StrangerCannotKeepTheOwnersBrowserOut(t *testing.T) {
	h := newHouse(t)
	mine := practice
	mine.Device = h.loggedIn().Device
	for range 4 {
		if _, err := h.enter("abeispiel", "geraten", stranger); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	}
	if _, err := h.enter("abeispiel", annasPassword, stranger); !fault.Is(err, fault.Busy) {
		t.Fatalf("the stranger may go on: %v", err)
	}
	neighbour := practice
	neighbour.Address = stranger.Address
	if _, err := h.enter("abeispiel", annasPassword, neighbour); !fault.Is(err, fault.Busy) {
		t.Errorf("a browser without a mark in the stranger's network need not wait: %v", err)
	}
	h.mustEnter("abeispiel", annasPassword, practice) // without a mark, from another network
	h.mustEnter("abeispiel", annasPassword, mine)
	mine.Address = stranger.Address
	h.mustEnter("abeispiel", annasPassword, mine) // with the mark, even from the stranger's network
	for name, device := range map[string]secret.Text{
		"none":                     "",
		"of another name":          h.markFor("bert", "bberger", bertsPassword),
		"made up":                  "aaaaaaaaaaaaaaaaaaaaaaaaaa.00",
		"with its MAC cut":         mine.Device[:60],
		"moved to another browser": "aaaaaaaaaaaaaaaaaaaaaaaaaa" + mine.Device[26:],
	} {
		forged := stranger
		forged.Device = device
		if _, err := h.enter("abeispiel", "geraten", forged); !fault.Is(err, fault.Busy) {
			t.Errorf("a mark %s helps the stranger: %v", name, err)
		}
	}
}

// markFor lets a member log in and gives the mark of the browser.
func (h house) markFor(id account.ID, user string, typed secret.Text) secret.Text {
	h.t.Helper()
	from := login.Visitor{Address: "203.0.113.5"}
	code, _ := codes(h.token(id))
	return h.mustCode(h.mustEnter(user, typed, from), code, from).Device
}

func TestAttack_StolenMarkHasABudgetOfItsOwnHoweverItIsSpelt(t *testing.T) {
	h := newHouse(t)
	h.logins.Rules.Login.DelayFirst = profile.Duration(time.Minute)
	mark := h.loggedIn().Device
	looked := 0
	for i := range 8 { // the digits of a MAC may be written large or small
		spelt := mark[:27] + secret.Text(strings.ToUpper(mark.Reveal()[27:30+6*i])) + mark[30+6*i:]
		_, err := h.enter("abeispiel", "geraten", login.Visitor{Address: "198.51.100.66", Device: spelt})
		if fault.Is(err, fault.Invalid) {
			looked++
		}
	}
	if looked != 4 {
		t.Errorf("%d guesses were looked at, want 4", looked)
	}
	h.mustEnter("abeispiel", annasPassword, login.Visitor{Address: "192.0.2.99"}) // without the mark, the name's count is untouched
}

func TestAttack_OneAddressGoesThroughManyNames(t *testing.T) {
	for name, addresses := range map[string][]string{
		"one IPv4 address":    {"198.51.100.66"},
		"one IPv6 connection": {"2001:db8:6:6::1", "2001:db8:6:6:1234::1", "2001:db8:6:6:ffff:ffff:ffff:ffff"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			for i := range 31 { // the profile's thirty and the one that makes the next wait
				id := fmt.Sprint("m", i/3)
				if i%3 == 0 {
					h.member(account.ID(id), id, cheapHash(annasPassword))
				}
				from := login.Visitor{Address: addresses[i%len(addresses)]}
				if _, err := h.enter(id, "Sommer2026!", from); !fault.Is(err, fault.Invalid) {
					t.Fatalf("guess %d: %v", i+1, err)
				}
			}
			_, err := h.enter("bberger", bertsPassword, login.Visitor{Address: addresses[0]})
			h.checkPause(err, 2*time.Second)
			h.mustEnter("bberger", bertsPassword, practice)
		})
	}
}

func TestGuesses_SurviveTheEndOfTheProgram(t *testing.T) {
	h := newHouse(t)
	h.logins.Rules.Login.DelayFirst = profile.Duration(time.Minute)
	for range 4 {
		if _, err := h.enter("abeispiel", "falsch", stranger); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	}
	again := h.serviceOn(h.Again(t))
	if _, err := again.EnterPassword(t.Context(), account.Door{Realm: account.Member}, "abeispiel", annasPassword, stranger); !fault.Is(err, fault.Busy) {
		t.Errorf("a new program starts to count anew: %v", err)
	}
	h.Clock.Advance(time.Minute)
	if _, err := again.EnterPassword(t.Context(), account.Door{Realm: account.Member}, "abeispiel", "falsch", stranger); !fault.Is(err, fault.Invalid) {
		t.Errorf("after the pause: %v", err)
	}
	_, err := h.enter("abeispiel", annasPassword, stranger)
	h.checkPause(err, 2*time.Minute)
}

func TestGuesses_AreForgottenAfterADayWithoutATry(t *testing.T) {
	h := newHouse(t)
	for range 4 {
		if _, err := h.enter("abeispiel", "falsch", stranger); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	}
	h.Clock.Advance(24 * time.Hour)
	for range 4 {
		if _, err := h.enter("abeispiel", "falsch", stranger); !fault.Is(err, fault.Invalid) {
			t.Fatalf("the next day: %v", err)
		}
	}
	if _, err := h.enter("abeispiel", "falsch", stranger); !fault.Is(err, fault.Busy) {
		t.Errorf("the fifth of the next day: %v", err)
	}
}

func TestGuesses_RightPasswordClearsTheNamesCountButNotTheAddresss(t *testing.T) {
	h := newHouse(t)
	h.logins.Rules.Login.DelayFirst = profile.Duration(time.Minute)
	h.logins.Rules.Login.AddressDelayAfter = 10
	wrong := func(user string, n int) {
		t.Helper()
		for range n {
			if _, err := h.enter(user, "falsch", practice); !fault.Is(err, fault.Invalid) {
				t.Fatalf("%s: %v", user, err)
			}
		}
	}
	wrong("abeispiel", 3)
	h.mustEnter("abeispiel", annasPassword, practice)
	wrong("abeispiel", 3) // three are free again
	h.mustEnter("abeispiel", annasPassword, practice)
	wrong("abeispiel", 4) // ten from here by now: right ones neither count nor clear
	wrong("bberger", 1)
	_, err := h.enter("bberger", bertsPassword, practice)
	h.checkPause(err, time.Minute)
	h.mustEnter("bberger", bertsPassword, stranger)
}

// Somebody who has an account of their own cannot wash an address clean by entering it now and then.
func TestAttack_OwnAccountDoesNotResetTheAddressBudget(t *testing.T) {
	h := newHouse(t)
	h.logins.Rules.Login.DelayFirst = profile.Duration(time.Minute)
	h.logins.Rules.Login.AddressDelayAfter = 4
	looked := 0
	for range 8 {
		if _, err := h.enter("abeispiel", "geraten", stranger); fault.Is(err, fault.Invalid) {
			looked++
		}
		if _, err := h.enter("bberger", bertsPassword, stranger); err != nil && !fault.Is(err, fault.Busy) {
			t.Fatal(err)
		}
	}
	if looked > 5 {
		t.Errorf("%d guesses were looked at, want at most 5", looked)
	}
}

func TestDeactivatedAccount_RightPasswordDoesNotClearTheCount(t *testing.T) {
	h := newHouse(t)
	h.deactivate("bert")
	for range 4 {
		if _, err := h.enter("bberger", bertsPassword, stranger); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	}
	if _, err := h.enter("bberger", bertsPassword, stranger); !fault.Is(err, fault.Busy) {
		t.Errorf("the count tells that the password is right: %v", err)
	}
}

func TestEnterPassword_GivenUpByTheVisitorOpensNothing(t *testing.T) {
	h := newHouse(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.logins.EnterPassword(ctx, account.Door{Realm: account.Member}, "abeispiel", annasPassword, practice); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if n := h.count(`SELECT count(*) FROM session`); n != 0 {
		t.Errorf("%d sessions", n)
	}
}
