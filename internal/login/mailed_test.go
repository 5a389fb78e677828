package login

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/mail"
	"torhaus/internal/organisation"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/token"
	"torhaus/internal/token/otp"
)

func bvk(t *testing.T) *profile.Profile {
	t.Helper()
	p, err := profile.Embedded("bvk")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// mailedStep is a login at its second step: Clara's session of level password, with the mailed codes so far.
type mailedStep struct {
	t       *testing.T
	service Service
	state   State
}

func atMailed(t *testing.T) *mailedStep {
	t.Helper()
	session := Session{
		ID: "old", Account: "clara", Role: account.Clerk, Level: Password, Created: noon, Seen: noon, PasswordAt: noon,
	}
	owner := account.Account{
		ID: "clara", Role: account.Clerk, UserName: "clara@stadt.example", Email: "clara@stadt.example", State: account.Active,
	}
	return &mailedStep{t: t, service: Service{Keys: secret.NewKeyset(noon), Rules: RulesOf(bvk(t))}, state: State{
		Holding: token.Holding{Owner: owner}, Sessions: []Session{session}, Places: []organisation.Place{place("stadt", organisation.MayEnter)},
	}}
}

func place(id organisation.ID, s organisation.Standing) organisation.Place {
	return organisation.Place{Organisation: organisation.Organisation{ID: id, Name: string(id)}, State: organisation.Active, Standing: s}
}

// send sends a code, which is the text itself, some time after noon. The change is in the state afterwards.
func (m *mailedStep) send(code secret.Text, after time.Duration) (Change, error) {
	m.t.Helper()
	c, _, err := m.service.sendCode(m.state, "old", code, m.service.Keys.Hash(MailedCodePurpose, code), Visitor{Agent: "Firefox/145"}, at(noon.Add(after)))
	m.keep(c)
	return c, err
}

func (m *mailedStep) mustSend(code secret.Text, after time.Duration) {
	m.t.Helper()
	if _, err := m.send(code, after); err != nil {
		m.t.Fatal(err)
	}
}

// give gives a code some time after noon. What it counts is in the state afterwards.
func (m *mailedStep) give(code secret.Text, after time.Duration) (Entered, Change, error) {
	m.t.Helper()
	matches := func(stored secret.Hashed) bool { return m.service.Keys.Matches(stored, MailedCodePurpose, code) }
	in, c, err := m.service.stepUpMailed(m.state, "old", "new key", matches, Visitor{}, at(noon.Add(after)))
	m.keep(c)
	return in, c, err
}

func (m *mailedStep) keep(c Change) {
	if c.Mailed != nil {
		m.state.Mailed.Code = c.Mailed
	}
}

// refusal gives the message of a refusal, at a field or not.
func refusal(err error) string {
	f := fault.Of(err)
	switch {
	case f == nil:
		return fmt.Sprint(err)
	case len(f.Fields) == 1:
		return f.Fields[0].Message
	default:
		return f.Message
	}
}

func TestBVK02_TheMailedCodeOpensASessionOfTwoFactors(t *testing.T) {
	m := atMailed(t)
	m.state.Places[0].State = organisation.Invited
	c, err := m.send("12345678", 0)
	if err != nil {
		t.Fatal(err)
	}
	want := mail.LoginCode{
		To: mail.Address{Email: "clara@stadt.example"}, Greeting: "Guten Tag", Code: "12345678", Group: 4, At: noon, Until: noon.Add(10 * time.Minute), Browser: "Firefox",
	}
	if diff := cmp.Diff(want, c.Token.Jobs[0].Work); diff != "" || len(c.Token.Jobs) != 1 {
		t.Errorf("mailed: %s", diff)
	}
	if sent := (audit.Event{Kind: audit.LoginCodeSent, Actor: "clara", Account: "clara", Session: "old"}); !cmp.Equal(c.Events, []audit.Event{sent}) {
		t.Errorf("recorded: %+v", c.Events)
	}
	in, c, err := m.give("12345678", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	s := in.Session
	if s.Level != TwoFactor || !s.Mailed || s.Token != "" || s.Role != account.Clerk || s.ID != IDOf("new key") || len(s.Places) != 1 {
		t.Errorf("opened: %+v", s)
	}
	if !c.LoggedIn || len(c.New) != 1 || len(c.End) != 1 || c.End[0].EndReason != SteppedUp || c.Mailed.Used.IsZero() {
		t.Errorf("changed: %+v", c)
	}
	if _, _, err := m.give("12345678", 2*time.Minute); refusal(err) != "login.fault.mailed-over" {
		t.Errorf("a second time: %v", err)
	}
}

func TestBVK02_OnlyTheNewestCodeCounts(t *testing.T) {
	m := atMailed(t)
	m.mustSend("11111111", 0)
	m.mustSend("22222222", time.Minute)
	if _, _, err := m.give("11111111", time.Minute); refusal(err) != "login.fault.mailed-wrong" {
		t.Errorf("the older one: %v", err)
	}
	if _, _, err := m.give("22222222", time.Minute); err != nil {
		t.Errorf("the newest one: %v", err)
	}
}

func TestBVK02_FiveWrongTriesVoidTheCodeAndAnotherOneHelps(t *testing.T) {
	m := atMailed(t)
	m.mustSend("12345678", 0)
	for left := 4; left >= 0; left-- {
		_, c, err := m.give("00000000", time.Minute)
		want := "login.fault.mailed-wrong"
		if left == 0 {
			want = "login.fault.mailed-void"
		}
		if refusal(err) != want || c.Refusals == nil || c.Mailed.Wrong != 5-left || len(c.New)+len(c.End) > 0 {
			t.Fatalf("%d left: %v, %+v", left, err, c)
		}
		if f := fault.Of(err); left > 0 && f.Fields[0].Args[0] != left {
			t.Errorf("told %v tries, want %d", f.Fields[0].Args, left)
		}
	}
	if _, c, err := m.give("12345678", time.Minute); refusal(err) != "login.fault.mailed-over" || c.Mailed != nil {
		t.Errorf("the right one after five wrong ones: %v", err)
	}
	m.mustSend("87654321", time.Minute)
	if m.state.Mailed.Code.Wrong != 5 || m.state.Mailed.Code.Tries != 0 {
		t.Errorf("the wrong tries of the login are forgotten: %+v", m.state.Mailed.Code)
	}
	if _, _, err := m.give("87654321", time.Minute); err != nil {
		t.Errorf("the new one: %v", err)
	}
}

func TestBVK02_CodeEndsAfterTenMinutes(t *testing.T) {
	for after, want := range map[time.Duration]string{10*time.Minute - time.Microsecond: "<nil>", 10 * time.Minute: "login.fault.mailed-over"} {
		m := atMailed(t)
		m.mustSend("12345678", 0)
		if _, _, err := m.give("12345678", after); refusal(err) != want {
			t.Errorf("after %s: %v", after, err)
		}
	}
}

func TestBVK02_AnotherCodeTakesAPauseAndThereIsAMost(t *testing.T) {
	m := atMailed(t)
	m.mustSend("11111111", 0)
	_, err := m.send("22222222", 29*time.Second)
	if f := fault.Of(err); f == nil || f.Kind != fault.Busy || f.Retry != time.Second || m.state.Mailed.Code.Count != 1 {
		t.Fatalf("after 29 seconds: %v", err)
	}
	for n := 1; n < 5; n++ {
		m.mustSend("22222222", time.Duration(n)*30*time.Second)
	}
	if _, err := m.send("33333333", 5*time.Minute); refusal(err) != "login.fault.mailed-most" || fault.Of(err).Kind != fault.Conflict {
		t.Errorf("a sixth one: %v", err)
	}
	if _, _, err := m.give("22222222", 5*time.Minute); err != nil {
		t.Errorf("the last one: %v", err)
	}
}

func TestBVK02_CodesAreNeitherSentNorLookedAtWhere(t *testing.T) {
	usable := token.Token{ID: "t1", State: token.Active, Mode: otp.TOTP}
	for name, tt := range map[string]struct {
		spoil func(*State)
		want  string
	}{
		"there is no session":        {func(s *State) { s.Sessions = nil }, "login.fault.no-session"},
		"it is another's":            {func(s *State) { s.Sessions[0].ID = "other" }, "login.fault.no-session"},
		"it has ended":               {func(s *State) { s.Sessions[0].Ended = noon }, "login.fault.no-session"},
		"it rested for 15 minutes":   {func(s *State) { s.Sessions[0].Seen = noon.Add(-15 * time.Minute) }, "login.fault.no-session"},
		"a new password comes first": {func(s *State) { s.Sessions[0].OneTime = "o1" }, "login.fault.no-session"},
		"the account is deactivated": {func(s *State) { s.Holding.Owner.State = account.Deactivated }, "login.fault.no-session"},
		"the account has a token":    {func(s *State) { s.Holding.Tokens = []token.Token{usable} }, "login.fault.token-instead"},
		"members are persons":        {func(s *State) { s.Holding.Owner.Role = "" }, "login.fault.token-instead"},
	} {
		m := atMailed(t)
		m.mustSend("12345678", 0)
		tt.spoil(&m.state)
		if _, c, err := m.give("12345678", 0); refusal(err) != tt.want || !cmp.Equal(c, Change{}) {
			t.Errorf("%s: given: %v, %+v", name, err, c)
		}
		if c, err := m.send("12345678", time.Minute); refusal(err) != tt.want || !cmp.Equal(c, Change{}) {
			t.Errorf("%s: sent: %v, %+v", name, err, c)
		}
	}
}

func TestBVK02_ManyWrongCodesBlockUntilTheNextDay(t *testing.T) {
	midnight := calendar.DateOf(noon).End()
	for name, mailed := range map[string]Mailed{
		"20 in a row":       {InRow: 20, Lately: 20, LastWrong: noon},
		"50 within a month": {InRow: 1, Lately: 50, LastWrong: noon},
	} {
		m := atMailed(t)
		m.mustSend("12345678", 0)
		mailed.Code, m.state.Mailed = m.state.Mailed.Code, Mailed{}
		m.state.Mailed = mailed
		_, c, err := m.give("12345678", time.Minute)
		f := fault.Of(err)
		if f == nil || f.Kind != fault.Busy || f.Message != "login.fault.mailed-blocked" || f.Args[0] != midnight || !cmp.Equal(c, Change{}) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := m.send("12345678", time.Minute); refusal(err) != "login.fault.mailed-blocked" {
			t.Errorf("%s: sent: %v", name, err)
		}
		m.state.Sessions[0].Created, m.state.Sessions[0].Seen = midnight, midnight
		if _, err := m.send("12345678", midnight.Sub(noon)); err != nil {
			t.Errorf("%s: the next day: %v", name, err)
		}
	}
	fewer := Mailed{InRow: 19, Lately: 49, LastWrong: noon}
	if until := fewer.blocked(RulesOf(bvk(t)).Login); !until.IsZero() {
		t.Errorf("one fewer blocks until %s", until)
	}
}

func TestBVK14_WhoMayNotEnterLearnsWhyAfterBothFactors(t *testing.T) {
	for name, tt := range map[string]struct {
		places []organisation.Place
		want   organisation.Standing
	}{
		"the organisation has no administrator": {[]organisation.Place{place("a", organisation.NoAdministrator)}, organisation.NoAdministrator},
		"deactivated":                           {[]organisation.Place{place("a", organisation.Out)}, organisation.Out},
		"waiting":                               {[]organisation.Place{place("a", organisation.Waits)}, organisation.Waits},
		"of none":                               {nil, organisation.Out},
		"the reason that helps most":            {[]organisation.Place{place("a", organisation.Out), place("b", organisation.NoAdministrator)}, organisation.NoAdministrator},
		"one of several lets them enter":        {[]organisation.Place{place("a", organisation.Out), place("b", organisation.MayEnter)}, organisation.MayEnter},
		"all of several would let nobody":       {[]organisation.Place{place("a", organisation.Out), place("b", organisation.Waits)}, organisation.Waits},
	} {
		m := atMailed(t)
		m.state.Places = tt.places
		if _, err := m.send("12345678", 0); err != nil {
			t.Fatalf("%s: the code tells whether somebody may enter: %v", name, err)
		}
		if _, _, err := m.give("00000000", 0); refusal(err) != "login.fault.mailed-wrong" {
			t.Errorf("%s: a wrong code is told %v", name, err)
		}
		in, c, err := m.give("12345678", 0)
		if tt.want == organisation.MayEnter {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		standing, ok := RefusedStanding(err)
		if !ok || standing != tt.want || in.Key != "" || len(c.New) > 0 || c.LoggedIn {
			t.Errorf("%s: %v, %+v", name, err, c)
		}
		if len(c.End) != 1 || c.End[0].EndReason != NotEntitled || c.Mailed.Used.IsZero() || c.Events[0].Kind != audit.LoginNotEntitled || c.Events[0].Reason != string(tt.want) {
			t.Errorf("%s: the session goes on, or the code: %+v", name, c)
		}
	}
	if _, ok := RefusedStanding(ErrNoSession); ok {
		t.Error("another fault counts as a standing")
	}
}

func TestBVK02_AwaitedTellsWhatCanBeDone(t *testing.T) {
	rules := RulesOf(bvk(t)).People.Code
	m := atMailed(t)
	await := func(after time.Duration) Awaited {
		t.Helper()
		a, err := m.service.awaited(m.state, "old", at(noon.Add(after)))
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if diff := cmp.Diff(Awaited{Resend: noon, Now: noon}, await(0)); diff != "" {
		t.Errorf("before the first: %s", diff)
	}
	m.mustSend("12345678", 0)
	_, _, _ = m.give("00000000", 0)
	want := Awaited{Sent: true, Until: noon.Add(10 * time.Minute), Left: 4, Resend: noon.Add(30 * time.Second), Now: noon.Add(time.Minute)}
	if diff := cmp.Diff(want, await(time.Minute)); diff != "" {
		t.Errorf("after a wrong one: %s", diff)
	}
	if a := await(10 * time.Minute); !a.Sent || !a.Until.IsZero() || a.Left != 0 {
		t.Errorf("too late: %+v", a)
	}
	m.state.Mailed.Code.Count = rules.Most
	if a := await(time.Minute); !a.Resend.IsZero() {
		t.Errorf("after the last: %+v", a)
	}
	m.state.Mailed.InRow, m.state.Mailed.LastWrong = 20, noon
	if a := await(time.Minute); a.Blocked != calendar.DateOf(noon).End() {
		t.Errorf("blocked: %+v", a)
	}
	m.state.Password.Set = noon
	if a := await(time.Minute); !a.Renewed {
		t.Error("a new password of this session is not told")
	}
}

func TestBVK01_WhoMayActForSeveralChoosesOne(t *testing.T) {
	several := []organisation.Place{place("a", organisation.MayEnter), place("b", organisation.MayEnter), place("c", organisation.Out)}
	session := Session{ID: "s", Account: "anna", Role: account.Administrator, Level: TwoFactor, Mailed: true, Places: several, Created: noon, Seen: noon}
	for name, tt := range map[string]struct {
		spoil func(*Session)
		id    organisation.ID
		want  string
	}{
		"one of them":            {nil, "b", "<nil>"},
		"one that bars them":     {nil, "c", "login.fault.unknown-member"},
		"one of others":          {nil, "z", "login.fault.unknown-member"},
		"none":                   {nil, "", "login.fault.unknown-member"},
		"before the second step": {func(s *Session) { s.Level = Password }, "b", "login.fault.no-session"},
		"after the end":          {func(s *Session) { s.Ended = noon }, "b", "login.fault.no-session"},
	} {
		s := session
		if tt.spoil != nil {
			tt.spoil(&s)
		}
		service := Service{Rules: RulesOf(bvk(t))}
		owner := account.Account{ID: "anna", Role: account.Administrator, State: account.Active}
		c, err := service.choose(State{Holding: token.Holding{Owner: owner}, Sessions: []Session{s}}, "s", tt.id, at(noon))
		if refusal(err) != tt.want {
			t.Errorf("%s: %v", name, err)
		}
		if tt.want == "<nil>" && (c.Chosen == nil || c.Chosen.Chosen != "b" || c.Events[0].Kind != audit.OrganisationChosen) {
			t.Errorf("%s: %+v", name, c)
		}
		if tt.want != "<nil>" && !cmp.Equal(c, Change{}) {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestBVK01_UntilOneIsChosenNothingIsDoneForAnybody(t *testing.T) {
	s := Session{Role: account.Administrator, Level: TwoFactor, Places: []organisation.Place{place("a", organisation.MayEnter), place("b", organisation.MayEnter)}}
	if step := Next(&s, ToPortal, false); step != Choose || s.May(ManagePeople) != error(ErrChoose) || s.May(ChooseMember) != nil {
		t.Errorf("of two, none chosen: %s, %v", step, s.May(ManagePeople))
	}
	s.Chosen = "b"
	if o, ok := s.ActsFor(); !ok || o.ID != "b" || Next(&s, ToPortal, false) != Done || s.May(ManagePeople) != nil {
		t.Errorf("b chosen: %v, %v", o, s.May(ManagePeople))
	}
	s.Places[1].Standing = organisation.Out // taken away meanwhile: of one that is left, nothing is chosen
	if o, ok := s.ActsFor(); !ok || o.ID != "a" {
		t.Errorf("b taken away: %v", o)
	}
	s.Role = account.Clerk
	if err := s.May(ManagePeople); refusal(err) != "login.fault.not-in-role" {
		t.Errorf("a clerk looks after people: %v", err)
	}
	for _, r := range []Right{SeeTokens, OrderToken, ActivateToken, SuspendToken, SeeMembers} {
		if err := s.May(r); err == nil {
			t.Errorf("a clerk may %s", r)
		}
	}
	s = Session{Role: account.DataCentre, Level: TwoFactor}
	if step := Next(&s, ToPortal, false); step != Done || s.May(EnterPortal) != nil || s.May(ManagePeople) == nil {
		t.Errorf("a data centre: %s", step)
	}
	s.Level = Password
	if step := Next(&s, ToPortal, false); step != AskMailed || s.May(EnterPortal) == nil || s.May(ChangePassword) == nil {
		t.Errorf("before the code: %s", step)
	}
	s.OneTime = "o1"
	if step := Next(&s, ToPortal, false); step != SetPassword || s.May(ChangePassword) != nil || !strings.Contains(refusal(s.May(EnterPortal)), "set-password-first") {
		t.Errorf("BVK07: with a one-time password: %s", step)
	}
}
