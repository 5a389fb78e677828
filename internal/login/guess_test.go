package login

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/fault"
	"torhaus/internal/profile"
)

// noon is a moment like any other.
var noon = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

func kvb(t *testing.T) *profile.Profile {
	t.Helper()
	p, err := profile.Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The figures of the profile kvb: three wrong ones are free under a name, thirty under an address; then 2 s, doubling to 15 min.
func TestGuess_PauseDoublesWithEachWrongOneUpToItsMost(t *testing.T) {
	rules := kvb(t).Login
	for _, c := range []struct {
		over int // wrong ones beyond the free ones
		want time.Duration
	}{
		{math.MinInt32, 0},
		{-1, 0},
		{0, 0},
		{1, 2 * time.Second},
		{2, 4 * time.Second},
		{3, 8 * time.Second},
		{4, 16 * time.Second},
		{5, 32 * time.Second},
		{6, 64 * time.Second},
		{7, 128 * time.Second},
		{8, 256 * time.Second},
		{9, 512 * time.Second},
		{10, 15 * time.Minute},
		{11, 15 * time.Minute},
		{64, 15 * time.Minute},
		{1_000_000, 15 * time.Minute},
		{math.MaxInt32, 15 * time.Minute},
	} {
		for _, free := range []int{rules.DelayAfter, rules.AddressDelayAfter} {
			next := Guess{Free: free, Wrong: free + c.over, Last: noon}.Next(rules)
			if c.want == 0 && !next.IsZero() || c.want != 0 && !next.Equal(noon.Add(c.want)) {
				t.Errorf("%d wrong ones, %d free: next at %s, want a pause of %s", free+c.over, free, next, c.want)
			}
		}
	}
}

func TestGuess_PauseNeverShrinksAndNeverPassesItsMost(t *testing.T) {
	for _, first := range []time.Duration{time.Second, 2 * time.Second, 7 * time.Second, time.Minute} {
		for _, most := range []time.Duration{time.Second, time.Minute, 15 * time.Minute} {
			rules := profile.Login{DelayFirst: profile.Duration(first), DelayMost: profile.Duration(most)}
			last := time.Duration(0)
			for wrong := 1; wrong < 200; wrong++ {
				pause := Guess{Wrong: wrong, Last: noon}.Next(rules).Sub(noon)
				if pause < last || pause > most || pause <= 0 {
					t.Fatalf("first %s, most %s: %s after %d wrong ones, %s before", first, most, pause, wrong, last)
				}
				last = pause
			}
			if last != most {
				t.Errorf("first %s, most %s: ends at %s", first, most, last)
			}
		}
	}
}

func TestReserve_CountsOnEveryKeyBeforeThePasswordIsLookedAt(t *testing.T) {
	stored := []Guess{
		{Key: []byte("name"), Free: 3, Wrong: 2, Last: noon.Add(-time.Hour)},
		{Key: []byte("address"), Free: 30, Wrong: 11, Last: noon.Add(-time.Second)},
	}
	before := append([]Guess(nil), stored...)
	counted, wait := reserve(stored, kvb(t).Login, noon)
	want := []Guess{
		{Key: []byte("name"), Free: 3, Wrong: 3, Last: noon},
		{Key: []byte("address"), Free: 30, Wrong: 12, Last: noon},
	}
	if diff := cmp.Diff(want, counted); diff != "" || !wait.IsZero() {
		t.Errorf("wait until %s; %s", wait, diff)
	}
	if diff := cmp.Diff(before, stored); diff != "" {
		t.Errorf("what was loaded is changed: %s", diff)
	}
}

func TestReserve_LooksAtNothingBeforeThePauseIsOver(t *testing.T) {
	rules := kvb(t).Login
	free := func(wrong int, ago time.Duration) Guess { return Guess{Free: 3, Wrong: wrong, Last: noon.Add(-ago)} }
	for _, c := range []struct {
		name          string
		person, place Guess
		wait          time.Duration // from noon; zero if the password is looked at
	}{
		{"none wrong", free(0, time.Hour), free(0, time.Hour), 0},
		{"the free ones are used up", free(3, 0), free(3, 0), 0},
		{"one more: at once", free(4, 0), free(0, 0), 2 * time.Second},
		{"one more: an instant too early", free(4, 2*time.Second-1), free(0, 0), 1},
		{"one more: at the border", free(4, 2*time.Second), free(0, 0), 0},
		{"the address waits", free(0, 0), free(5, time.Second), 3 * time.Second},
		{"both wait: the longer pause counts", free(6, 0), free(4, 0), 8 * time.Second},
		{"both wait, the other way round", free(4, 0), free(6, 0), 8 * time.Second},
		{"the longest pause", free(99, 0), free(0, 0), 15 * time.Minute},
	} {
		counted, wait := reserve([]Guess{c.person, c.place}, rules, noon)
		if c.wait == 0 && (len(counted) != 2 || !wait.IsZero()) {
			t.Errorf("%s: %d counted, wait until %s", c.name, len(counted), wait)
		}
		if c.wait != 0 && (counted != nil || !wait.Equal(noon.Add(c.wait))) {
			t.Errorf("%s: %d counted, wait until %s; want none and %s", c.name, len(counted), wait, noon.Add(c.wait))
		}
	}
}

func TestReserve_ForgetsAfterADayWithoutATry(t *testing.T) {
	rules := kvb(t).Login
	for _, c := range []struct {
		name string
		ago  time.Duration
		want int
	}{
		{"an instant before", 24*time.Hour - 1, 100},
		{"at the border", 24 * time.Hour, 1},
		{"long after", 1000 * time.Hour, 1},
	} {
		counted, _ := reserve([]Guess{{Free: 3, Wrong: 99, Last: noon.Add(-c.ago)}}, rules, noon)
		if len(counted) != 1 || counted[0].Wrong != c.want {
			t.Errorf("%s: %+v, want a count of %d", c.name, counted, c.want)
		}
	}
}

func TestAttack_HundredGuessesInOneInstantAreAHundredTries(t *testing.T) {
	rules := kvb(t).Login
	stored, looked := []Guess{{Free: 3}, {Free: 30}}, 0
	for range 100 {
		counted, wait := reserve(stored, rules, noon)
		if wait.IsZero() {
			stored = counted
			looked++
		}
	}
	if looked != 4 {
		t.Errorf("%d passwords are looked at in one instant, want 4", looked)
	}
}

// What a patient attacker gets who tries one password whenever the pause is over, against one name.
func TestAttack_PatientGuessingGets107TriesInADay(t *testing.T) {
	rules := kvb(t).Login
	stored, looked := []Guess{{Free: 3}}, 0
	for now := noon; now.Before(noon.Add(24 * time.Hour)); {
		counted, wait := reserve(stored, rules, now)
		if !wait.IsZero() {
			now = wait
			continue
		}
		stored = counted
		looked++
	}
	if looked != 107 { // 13 in the first 17 minutes, then one in 15 minutes
		t.Errorf("%d passwords are looked at in 24 hours, want 107", looked)
	}
}

func TestAttack_AddressesOfOneIPv6ConnectionAreOne(t *testing.T) {
	for _, c := range []struct {
		one, other string
		same       bool
	}{
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true},
		{"2001:db8:1:2::1", "2001:DB8:1:2:0:0:0:1", true},
		{"2001:db8:1:2::1", "2001:db8:1:3::1", false},
		{"fe80::1%eth0", "fe80::2%eth1", true},
		{"192.0.2.10", "192.0.2.11", false},
		{"192.0.2.10", "::ffff:192.0.2.10", true},
		{"192.0.2.10", "::ffff:192.0.2.11", false},
		{"::ffff:192.0.2.10", "::ffff:192.0.2.11", false},
		{"192.0.2.10", "2001:db8::1", false},
		{"", "192.0.2.10", false},
		{"unknown", "hidden", false},
	} {
		if got := network(c.one) == network(c.other); got != c.same {
			t.Errorf("%s counts as %q and %s as %q", c.one, network(c.one), c.other, network(c.other))
		}
	}
}

func TestBusyUntil_WhoWaitsAsLongAsToldIsNotTurnedAwayAgain(t *testing.T) {
	for _, c := range []struct{ left, want time.Duration }{
		{1, time.Second},
		{499 * time.Millisecond, time.Second},
		{time.Second, time.Second},
		{time.Second + 1, 2 * time.Second},
		{1400 * time.Millisecond, 2 * time.Second},
		{14*time.Minute + 59*time.Second + 600*time.Millisecond, 15 * time.Minute},
		{15 * time.Minute, 15 * time.Minute},
	} {
		f := fault.Of(busyUntil(noon.Add(c.left), noon))
		if f == nil || f.Kind != fault.Busy || f.Retry != c.want || f.Args[0] != c.want {
			t.Errorf("%s left: %+v, want a pause of %s", c.left, f, c.want)
		}
	}
}
