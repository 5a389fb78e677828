package login

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/fault"
	"torhaus/internal/secret"
	"torhaus/internal/token"
	"torhaus/internal/token/otp"
)

// step is a login at its second step: Anna's session of level password, and her tokens.
type step struct {
	service Service
	session Session
	state   State
}

func atStep(t *testing.T) step {
	t.Helper()
	session := Session{
		ID: "old", Account: "anna", Level: Password, Created: noon.Add(-time.Minute), Seen: noon.Add(-time.Minute),
		PasswordAt: noon.Add(-time.Minute), Address: "192.0.2.10", Agent: "Firefox",
	}
	held := token.Token{
		ID: "t1", Account: "anna", Kind: token.Soft, Serial: "ST00000001", State: token.Active, Mode: otp.TOTP, Algorithm: otp.SHA1, Digits: 6,
		Period: 30 * time.Second, Secret: secret.Bytes("12345678901234567890"),
	}
	owner := account.Account{ID: "anna", UserName: "ABeispiel", State: account.Active, LastLogin: noon.Add(-48 * time.Hour)}
	return step{
		service: Service{Keys: secret.NewKeyset(noon), Rules: RulesOf(kvb(t))},
		session: session,
		state:   State{Holding: token.Holding{Owner: owner, Tokens: []token.Token{held}}, Sessions: []Session{session}},
	}
}

func (s step) code(now time.Time) secret.Text {
	g := s.state.Holding.Tokens[0].Generator()
	return g.Code(g.Step(now))
}

func (s step) up(code secret.Text, now time.Time) (Entered, Change, error) {
	from := Visitor{Address: "192.0.2.11", Agent: "Safari"}
	return s.service.stepUp(s.state, s.session.ID, "new key", code, from, at(now))
}

func TestKVB17_CodeOfATokenOpensASessionOfTwoFactors(t *testing.T) {
	s := atStep(t)
	in, c, err := s.up(s.code(noon), noon)
	if err != nil {
		t.Fatal(err)
	}
	want := Session{
		ID: IDOf("new key"), Account: "anna", Level: TwoFactor, Created: noon, Seen: noon, PasswordAt: noon.Add(-time.Minute), FactorAt: noon,
		Token: "t1", Previous: noon.Add(-48 * time.Hour), Address: "192.0.2.11", Agent: "Safari",
	}
	if diff := cmp.Diff(want, in.Session); diff != "" || in.Key.Reveal() != "new key" {
		t.Errorf("opened %s", diff)
	}
	if diff := cmp.Diff([]Session{want}, c.New); diff != "" || !c.LoggedIn {
		t.Errorf("written: logged in %v, %s", c.LoggedIn, diff)
	}
	ended := s.session
	ended.Ended, ended.EndReason = noon, SteppedUp
	if diff := cmp.Diff([]Session{ended}, c.End); diff != "" {
		t.Errorf("ended: %s", diff)
	}
	g := s.state.Holding.Tokens[0].Generator()
	if diff := cmp.Diff([]token.Spend{{Token: "t1", Step: g.Step(noon)}}, c.Token.Spend); diff != "" {
		t.Errorf("spent: %s", diff)
	}
	event := audit.Event{Kind: audit.CodeRight, Actor: "anna", Account: "anna", Session: string(IDOf("new key")), Token: "t1"}
	if diff := cmp.Diff([]audit.Event{event}, c.Events); diff != "" {
		t.Errorf("recorded: %s", diff)
	}
	if _, ok := s.service.deviceOf(in.Device.Reveal(), "abeispiel"); !ok {
		t.Error("the browser gets no mark for the name")
	}
}

func TestKVB01_WithoutALivePasswordSessionNoCodeIsLookedAt(t *testing.T) {
	for name, spoil := range map[string]func(*step){
		"no session":                 func(s *step) { s.state.Sessions = nil },
		"the session of another":     func(s *step) { s.state.Sessions[0].ID = "other" },
		"logged out":                 func(s *step) { s.state.Sessions[0].Ended = noon.Add(-time.Second) },
		"idle for 15 minutes":        func(s *step) { s.state.Sessions[0].Seen = noon.Add(-15 * time.Minute) },
		"30 minutes old":             func(s *step) { s.state.Sessions[0].Created = noon.Add(-30 * time.Minute) },
		"the account is deactivated": func(s *step) { s.state.Holding.Owner.State = account.Deactivated },
	} {
		for _, right := range []bool{true, false} {
			s := atStep(t)
			spoil(&s)
			code := secret.Text("wrong.")
			if right {
				code = s.code(noon)
			}
			in, c, err := s.up(code, noon)
			if fault.Of(err) != ErrNoSession {
				t.Errorf("%s: %v", name, err)
			}
			if diff := cmp.Diff(Change{}, c); diff != "" || in.Key != "" || in.Session.ID != "" {
				t.Errorf("%s: a right code (%v) is looked at: %s", name, right, diff)
			}
		}
	}
}

func TestKVB17_RefusedCodeOpensNothing(t *testing.T) {
	for _, c := range []struct {
		name    string
		spoil   func(*step)
		code    func(step) secret.Text
		kind    fault.Kind
		message string
		counted bool
	}{
		{"wrong code", nil, func(step) secret.Text { return "wrong." }, fault.Invalid, "login.fault.code-wrong", true},
		{"no code", nil, func(step) secret.Text { return "" }, fault.Invalid, "login.fault.code-wrong", true},
		{
			"code from two minutes ago", nil,
			func(s step) secret.Text { return s.code(noon.Add(-2 * time.Minute)) }, fault.Invalid, "login.fault.code-wrong", true,
		},
		{
			"code that was used", func(s *step) { s.state.Holding.Tokens[0].LastStep = noon.Unix() / 30 },
			func(s step) secret.Text { return s.code(noon) }, fault.Invalid, "login.fault.code-wrong", true,
		},
		{
			"code older than the one that was used", func(s *step) { s.state.Holding.Tokens[0].LastStep = noon.Unix() / 30 },
			func(s step) secret.Text { return s.code(noon.Add(-30 * time.Second)) }, fault.Invalid, "login.fault.code-wrong", true,
		},
		{
			"no token", func(s *step) { s.state.Holding.Tokens = nil },
			func(step) secret.Text { return "123456" }, fault.Conflict, "login.fault.no-token", false,
		},
		{
			"suspended token", func(s *step) { s.state.Holding.Tokens[0].State = token.Suspended },
			func(s step) secret.Text { return s.code(noon) }, fault.Conflict, "login.fault.no-token", false,
		},
		{
			"pending token", func(s *step) { s.state.Holding.Tokens[0].State = token.Pending },
			func(s step) secret.Text { return s.code(noon) }, fault.Conflict, "login.fault.no-token", false,
		},
		{
			"right code after five wrong ones in a quarter of an hour", func(s *step) {
				for i := range 5 {
					s.state.Holding.Tokens[0].Wrong = append(s.state.Holding.Tokens[0].Wrong, noon.Add(time.Duration(i-10)*time.Minute))
				}
			},
			func(s step) secret.Text { return s.code(noon) }, fault.Busy, "login.fault.wait", false,
		},
	} {
		s := atStep(t)
		if c.spoil != nil {
			c.spoil(&s)
		}
		in, change, err := s.up(c.code(s), noon)
		f := fault.Of(err)
		if f == nil || f.Kind != c.kind || f.Message != c.message && (len(f.Fields) != 1 || f.Fields[0].Message != c.message) {
			t.Errorf("%s: refused with %v", c.name, err)
		}
		if in.Key != "" || in.Session.ID != "" || len(change.New)+len(change.End)+len(change.Token.Spend) > 0 || change.LoggedIn {
			t.Errorf("%s: something is opened, ended or spent: %+v", c.name, change)
		}
		if counted := len(change.Token.WrongCodes) == 1; counted != c.counted {
			t.Errorf("%s: counted %v, want %v", c.name, counted, c.counted)
		}
		if c.kind == fault.Busy && (f.Retry != 5*time.Minute) { // the first of the five was ten minutes ago
			t.Errorf("%s: told to wait %s, want 5 minutes", c.name, f.Retry)
		}
	}
}

// The clock of the demo moves the portal's time; the app in the member's hand knows the real one.
func TestKVB17_CodeGoesByTheWallClock(t *testing.T) {
	s := atStep(t)
	moved := at(noon)
	moved.Wall = noon.AddDate(0, 0, -14)
	for wall, accepted := range map[bool]bool{true: true, false: false} {
		code := s.code(noon)
		if wall {
			code = s.code(moved.Wall)
		}
		if _, _, err := s.service.stepUp(s.state, "old", "new key", code, Visitor{}, moved); (err == nil) != accepted {
			t.Errorf("code of the wall clock: %v; %v", wall, err)
		}
	}
}

func TestAttack_MarkOfABrowserForged(t *testing.T) {
	s := Service{Keys: secret.NewKeyset(noon)}
	mark := s.mark("abeispiel").Reveal()
	if device, ok := s.deviceOf(mark, "abeispiel"); !ok || len(device) != 26 {
		t.Fatalf("its own mark: %q, %v", device, ok)
	}
	foreign := Service{Keys: secret.NewKeyset(noon)}
	for name, forged := range map[string]string{
		"nothing":                   "",
		"a dot":                     ".",
		"no MAC":                    mark[:26],
		"empty MAC":                 mark[:27],
		"half a MAC":                mark[:60],
		"no hex":                    mark[:27] + "zz" + mark[29:],
		"another device":            "aaaaaaaaaaaaaaaaaaaaaaaaaa" + mark[26:],
		"no device":                 mark[26:],
		"a sign more":               mark + "00",
		"the MAC of a guess":        "device." + mark[27:],
		"made with a foreign key":   foreign.mark("abeispiel").Reveal(),
		"made for another name":     s.mark("bberger").Reveal(),
		"made for another spelling": s.mark("ABeispiel").Reveal(),
	} {
		if _, ok := s.deviceOf(forged, "abeispiel"); ok {
			t.Errorf("%s: %s counts", name, forged)
		}
	}
}
