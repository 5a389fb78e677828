package login

import (
	"testing"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/secret"
)

func at(t time.Time) calendar.Moment { return calendar.Moment{Time: t, Wall: t} }

// The figures of the profile kvb: 15 and 30 minutes with the password only, 30 minutes and 12 hours with two factors.
func TestSession_EndsWhenIdleAndInAnyCase(t *testing.T) {
	rules := kvb(t).Session
	for _, c := range []struct {
		name  string
		level Level
		seen  time.Duration // last use, from creation
		until time.Duration
	}{
		{"password, never used", Password, 0, 15 * time.Minute},
		{"password, used once", Password, 10 * time.Minute, 25 * time.Minute},
		{"password, both limits at once", Password, 15 * time.Minute, 30 * time.Minute},
		{"password, used to the end", Password, 29 * time.Minute, 30 * time.Minute},
		{"two factors, never used", TwoFactor, 0, 30 * time.Minute},
		{"two factors, used once", TwoFactor, 6 * time.Hour, 6*time.Hour + 30*time.Minute},
		{"two factors, both limits at once", TwoFactor, 11*time.Hour + 30*time.Minute, 12 * time.Hour},
		{"two factors, used to the end", TwoFactor, 12*time.Hour - time.Second, 12 * time.Hour},
		{"a level that is none has the shorter time", "staff", 0, 15 * time.Minute},
	} {
		s := Session{Level: c.level, Created: noon, Seen: noon.Add(c.seen)}
		until := noon.Add(c.until)
		if got := s.Until(rules); !got.Equal(until) {
			t.Errorf("%s: until %s, want %s", c.name, got, until)
		}
		for instant, live := range map[time.Time]bool{noon: true, until.Add(-1): true, until: false, until.Add(1): false, until.Add(1000 * time.Hour): false} {
			if got := s.Live(rules, at(instant)); got != live {
				t.Errorf("%s: at %s live %v, want %v", c.name, instant, got, live)
			}
		}
		s.Ended = noon
		if s.Live(rules, at(noon)) {
			t.Errorf("%s: an ended one is live", c.name)
		}
	}
}

func TestSession_LivesByThePortalsClock(t *testing.T) {
	s := Session{Level: Password, Created: noon, Seen: noon}
	moved := calendar.Moment{Time: noon.Add(time.Hour), Wall: noon}
	if s.Live(kvb(t).Session, moved) {
		t.Error("the wall clock keeps a session alive")
	}
}

func TestNext_PicksTheStepThatIsDue(t *testing.T) {
	password, twoFactor := &Session{Level: Password}, &Session{Level: TwoFactor}
	for _, c := range []struct {
		name     string
		session  *Session
		goal     Goal
		hasToken bool
		want     Step
	}{
		{"nobody, to the portal", nil, ToPortal, false, AskPassword},
		{"nobody, to the portal, whatever token", nil, ToPortal, true, AskPassword},
		{"nobody, to the tokens", nil, ToTokens, false, AskPassword},
		{"nobody, to the tokens, whatever token", nil, ToTokens, true, AskPassword},
		{"KVB01: password, to the portal, with a token", password, ToPortal, true, AskCode},
		{"KVB01: password, to the portal, without", password, ToPortal, false, OfferToken},
		{"KVB07: password, to the tokens, without one", password, ToTokens, false, Done},
		{"KVB07: password, to the tokens, with one", password, ToTokens, true, Done},
		{"two factors, to the portal", twoFactor, ToPortal, true, Done},
		{"two factors, to the portal, token lost meanwhile", twoFactor, ToPortal, false, Done},
		{"two factors, to the tokens", twoFactor, ToTokens, true, Done},
		{"two factors, to the tokens, token lost meanwhile", twoFactor, ToTokens, false, Done},
		{"KVB01: a level that is none, to the portal", &Session{Level: "x"}, ToPortal, true, AskCode},
		{"KVB01: password, to a goal that is none", password, "x", true, AskCode},
	} {
		if got := Next(c.session, c.goal, c.hasToken); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

var allRights = []Right{
	SeeTokens, OrderToken, ActivateToken, SuspendToken, StayLoggedIn, EnterPortal, SeeContact, ChangeContact, SeeSessions, EndSessions,
}

func TestKVB01_OnlyTwoFactorsEnterThePortal(t *testing.T) {
	for level, may := range map[Level]bool{TwoFactor: true, Password: false, "": false, "staff": false, "TWO-FACTOR": false} {
		err := Session{Level: level}.May(EnterPortal)
		if (err == nil) != may {
			t.Errorf("level %q: %v", level, err)
		}
		if f := fault.Of(err); !may && (f == nil || f.Kind != fault.NotAllowed || f.Message != "login.fault.two-factors-needed") {
			t.Errorf("level %q is refused with %v", level, err)
		}
	}
}

func TestKVB07_PasswordAloneSeesOrdersActivatesAndSuspendsTokensAndNothingElse(t *testing.T) {
	allowed := map[Level]map[Right]bool{
		Password: {SeeTokens: true, OrderToken: true, ActivateToken: true, SuspendToken: true, StayLoggedIn: true},
		TwoFactor: {
			SeeTokens: true, OrderToken: true, ActivateToken: true, SuspendToken: true, StayLoggedIn: true,
			EnterPortal: true, SeeContact: true, ChangeContact: true, SeeSessions: true, EndSessions: true,
		},
	}
	others := []Right{"", "revoke a token", "reactivate a token", "change the address", "see Tokens"}
	for _, level := range []Level{Password, TwoFactor, "", "staff"} {
		for _, right := range append(others, allRights...) {
			err := Session{Level: level}.May(right)
			if (err == nil) != allowed[level][right] {
				t.Errorf("level %q, %q: %v", level, right, err)
			}
			if err != nil && !fault.Is(err, fault.NotAllowed) {
				t.Errorf("level %q, %q: refused with %v", level, right, err)
			}
		}
	}
}

func TestAttack_EndedAndZeroSessionsHaveNoRight(t *testing.T) {
	for _, right := range allRights {
		if (Session{}).May(right) == nil {
			t.Errorf("no session at all may %q", right)
		}
	}
}

func TestIDOf_TheDatabaseKnowsTheHashOfTheKeyOnly(t *testing.T) {
	// SHA-256 of "abc", FIPS 180-2, appendix B.1
	if got := IDOf("abc"); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("id %s", got)
	}
	seen := map[secret.Text]bool{}
	for range 1000 {
		key := newKey()
		if len(key) != 64 || seen[key] { // 256 bits in hex
			t.Fatalf("a key of %d signs, or twice the same", len(key))
		}
		seen[key] = true
	}
}
