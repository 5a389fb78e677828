package token_test

import (
	"slices"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/mail"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/token"
)

// noon on Wednesday, 18 November 2026; Thursday and Friday are working days, the weekend follows.
var noon = time.Date(2026, 11, 18, 12, 0, 0, 0, calendar.Berlin())

func moment(t time.Time) calendar.Moment { return calendar.Moment{Time: t, Wall: t} }

func rules(t *testing.T) token.Rules {
	t.Helper()
	p, err := profile.Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	return token.RulesOf(p)
}

// member plays one member: deeds are applied to the holding as the store would.
type member struct {
	t     *testing.T
	h     token.Holding
	rules token.Rules
	count int
}

func newMember(t *testing.T) *member {
	owner := account.Account{
		ID: "anna", UserName: "abeispiel", State: account.Active, Email: "anna@praxis.example",
		Person:  account.Person{Salutation: account.Frau, Title: "Dr. med.", First: "Anna", Last: "Beispiel"},
		Address: account.Address{Street: "Marienplatz 1", Postcode: "80331", Town: "München"},
	}
	return &member{t: t, h: token.Holding{Owner: owner}, rules: rules(t)}
}

func (m *member) apply(c token.Change) {
	m.h.Tokens = append(m.h.Tokens[:0:0], m.h.Tokens...)
	m.h.Orders = append(m.h.Orders[:0:0], m.h.Orders...)
	for _, changed := range c.Tokens {
		for i := range m.h.Tokens {
			if m.h.Tokens[i].ID == changed.ID {
				m.h.Tokens[i] = changed
			}
		}
	}
	for _, changed := range c.Orders {
		for i := range m.h.Orders {
			if m.h.Orders[i].ID == changed.ID {
				m.h.Orders[i] = changed
			}
		}
	}
	for _, s := range c.Spend {
		for i := range m.h.Tokens {
			if m.h.Tokens[i].ID == s.Token {
				m.h.Tokens[i].LastStep = s.Step
			}
		}
	}
	m.h.Tokens = append(slices.Clone(c.NewTokens), m.h.Tokens...)
	m.h.Orders = append(slices.Clone(c.NewOrders), m.h.Orders...)
	for _, move := range c.Devices {
		if !move.Possible() {
			m.t.Fatalf("impossible: %+v", move)
		}
		for i := range m.h.Tokens {
			if m.h.Tokens[i].ID == move.Token {
				m.h.Tokens[i].Device = move.To
			}
		}
	}
}

func (m *member) place(at time.Time, twoFactor bool) (token.Order, token.Change, error) {
	m.count++
	n := string(rune('a' + m.count))
	o, c, err := m.h.Place(token.NewOrder{
		Request: "form-" + n, ID: token.OrderID("order-" + n), Token: token.ID("token-" + n), Letter: "letter-" + n,
		Serial: "ST0000000" + n, Code: "12345678", TwoFactor: twoFactor,
	}, m.rules, moment(at))
	if err == nil {
		m.apply(c)
	}
	return o, c, err
}

func (m *member) mustPlace(at time.Time) token.Order {
	m.t.Helper()
	o, _, err := m.place(at, false)
	if err != nil {
		m.t.Fatal(err)
	}
	return o
}

// code enters a right or wrong activation code.
func (m *member) code(right bool, session string, at time.Time) (token.Try, token.Change, error) {
	try, c, err := m.h.EnterCode(func(secret.Hashed) bool { return right }, session, secret.Bytes("12345678901234567890"), m.rules, moment(at))
	if err == nil {
		m.apply(c)
	}
	return try, c, err
}

// otp gives the token's code at an instant.
func otp(tok token.Token, at time.Time) secret.Text {
	g := tok.Generator()
	return g.Code(g.Step(at))
}

func (m *member) activate(session string, at time.Time) token.Token {
	m.t.Helper()
	try, _, err := m.code(true, session, at)
	if err != nil || try.Outcome != token.Right {
		m.t.Fatalf("enter code: %+v, %v", try.Outcome, err)
	}
	done, c, err := m.h.Activate(session, otp(try.Token, at), m.rules, moment(at))
	if err != nil || done.Outcome != token.Right {
		m.t.Fatalf("activate: %+v, %v", done.Outcome, err)
	}
	m.apply(c)
	return done.Token
}

func TestKVB08_OrderQueuesLetterAndMail(t *testing.T) {
	m := newMember(t)
	o, c, err := m.place(noon, false)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.NewTokens[0]; got.State != token.Pending || got.Secret != nil {
		t.Errorf("token %+v, want pending without a secret", got.State)
	}
	content, ok := c.Letters[0].Content.(letter.ActivationCode)
	if !ok || content.Code != "12345678" || content.LastDay != o.LastDay || content.Serial != "ST0000000b" {
		t.Errorf("letter %+v", content)
	}
	sent, ok := c.Jobs[0].Work.(mail.TokenOrdered)
	if !ok || sent.To.Email != "anna@praxis.example" || sent.LastDay != o.LastDay {
		t.Errorf("mail %+v", sent)
	}
}

func TestKVB08_SameFormTwiceIsOneOrder(t *testing.T) {
	m := newMember(t)
	n := token.NewOrder{Request: "form", ID: "o1", Token: "t1", Letter: "l1", Serial: "ST1"}
	first, c, err := m.h.Place(n, m.rules, moment(noon))
	if err != nil {
		t.Fatal(err)
	}
	m.apply(c)
	n.ID, n.Token, n.Letter, n.Serial = "o2", "t2", "l2", "ST2"
	second, c, err := m.h.Place(n, m.rules, moment(noon.Add(time.Second)))
	if err != nil || second.ID != first.ID || len(c.NewOrders)+len(c.Letters)+len(c.Jobs)+len(c.Events) != 0 {
		t.Errorf("second %s, change %+v, %v", second.ID, c, err)
	}
}

func TestKVB08_NewOrderVoidsTheOldOneWithCodeTokenAndLetter(t *testing.T) {
	m := newMember(t)
	old := m.mustPlace(noon)
	_, c, err := m.place(noon.Add(25*time.Hour), false)
	if err != nil {
		t.Fatal(err)
	}
	if c.Orders[0].ID != old.ID || c.Orders[0].State != token.OrderSuperseded {
		t.Errorf("old order %+v", c.Orders)
	}
	if c.Tokens[0].ID != old.Token || c.Tokens[0].State != token.Revoked || c.Tokens[0].Reason != token.Superseded {
		t.Errorf("old token %+v", c.Tokens)
	}
	if len(c.VoidLetters) != 1 || c.VoidLetters[0] != old.Letter.ID {
		t.Errorf("letters voided: %v", c.VoidLetters)
	}
}

func TestKVB07_OrdersAreLimited(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		name      string
		placed    []time.Duration // before now
		twoFactor bool
		want      string // message of the refusal; empty if allowed
	}{
		{"the first", nil, false, ""},
		{"a second within 24 hours", []time.Duration{day - time.Second}, false, "token.order.fault.too-many"},
		{"a second within 24 hours, two factors", []time.Duration{day - time.Second}, true, "token.order.fault.too-many"},
		{"a second after 24 hours", []time.Duration{day}, false, ""},
		{"a fourth within 30 days", []time.Duration{30*day - time.Second, 20 * day, 10 * day}, false, "token.order.fault.too-many"},
		{"a fourth within 30 days, two factors or the desk", []time.Duration{30*day - time.Second, 20 * day, 10 * day}, true, ""},
		{"a fourth after 30 days", []time.Duration{30 * day, 20 * day, 10 * day}, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMember(t)
			for _, before := range c.placed {
				m.mustPlace(noon.Add(-before))
			}
			_, _, err := m.place(noon, c.twoFactor)
			if got := message(err); got != c.want {
				t.Errorf("refused with %q, want %q", got, c.want)
			}
		})
	}
}

func message(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Message
	}
	return ""
}

// The letter of an order of Wednesday 18 November counts as lost from the fifth Werktag on: Thursday, Friday, Saturday,
// Monday, Tuesday 24 November.
func TestKVB07_PasswordAloneCannotReplaceALetterOnItsWay(t *testing.T) {
	for _, c := range []struct {
		name      string
		at        time.Time
		handed    bool
		twoFactor bool
		want      string
	}{
		{"letter still here", noon.AddDate(0, 0, 2), false, false, ""},
		{"letter on its way, password only", noon.AddDate(0, 0, 2), true, false, "token.order.fault.letter-on-its-way"},
		{"letter on its way, two factors", noon.AddDate(0, 0, 2), true, true, ""},
		{"Monday, the fourth Werktag", time.Date(2026, 11, 23, 23, 59, 59, 0, calendar.Berlin()), true, false, "token.order.fault.letter-on-its-way"},
		{"Tuesday, the fifth", time.Date(2026, 11, 24, 0, 0, 0, 0, calendar.Berlin()), true, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMember(t)
			m.mustPlace(noon)
			if c.handed {
				m.h.Orders[0].Letter.HandedOver = noon.Add(time.Minute)
			}
			_, _, err := m.place(c.at, c.twoFactor)
			if got := message(err); got != c.want {
				t.Errorf("refused with %q, want %q", got, c.want)
			}
		})
	}
}

func TestKVB11_CodeDiesAtEndOfFourteenthDay(t *testing.T) {
	for _, c := range []struct {
		name string
		at   time.Time
		want token.Outcome
	}{
		{"13 days and 23 hours later", noon.Add(13*24*time.Hour + 23*time.Hour), token.Right},
		{"last second of the fourteenth day", time.Date(2026, 12, 2, 23, 59, 59, 0, calendar.Berlin()), token.Right},
		{"first second after it", time.Date(2026, 12, 3, 0, 0, 0, 0, calendar.Berlin()), token.Over},
	} {
		m := newMember(t)
		if o := m.mustPlace(noon); o.LastDay.String() != "2026-12-02" {
			t.Fatalf("last day %s", o.LastDay)
		}
		if try, _, err := m.code(true, "s", c.at); err != nil || try.Outcome != c.want {
			t.Errorf("%s: %s, %v; want %s", c.name, try.Outcome, err, c.want)
		}
	}
}

func TestKVB11_EnteredBeforeTheEndItLeavesFifteenMinutes(t *testing.T) {
	entered := time.Date(2026, 12, 2, 23, 59, 0, 0, calendar.Berlin())
	for _, c := range []struct {
		after time.Duration
		want  string
	}{
		{14*time.Minute + 59*time.Second, ""},
		{15 * time.Minute, "token.setup.fault.gone"},
	} {
		m := newMember(t)
		m.mustPlace(noon)
		try, _, err := m.code(true, "s", entered)
		if err != nil {
			t.Fatal(err)
		}
		at := entered.Add(c.after)
		_, _, err = m.h.Activate("s", otp(try.Token, at), m.rules, moment(at))
		if got := message(err); got != c.want {
			t.Errorf("%s after entering: refused with %q, want %q", c.after, got, c.want)
		}
	}
}

func TestKVB11_FiveWrongTriesVoidTheOrder(t *testing.T) {
	m := newMember(t)
	o := m.mustPlace(noon)
	for left := 4; left > 0; left-- {
		if try, _, err := m.code(false, "s", noon); err != nil || try.Outcome != token.Wrong || try.Left != left {
			t.Fatalf("%d left: %+v, %v", left, try, err)
		}
	}
	try, c, err := m.code(false, "s", noon)
	if err != nil || try.Outcome != token.Void {
		t.Fatalf("fifth: %+v, %v", try.Outcome, err)
	}
	if _, ok := c.Jobs[0].Work.(mail.OrderVoided); !ok {
		t.Errorf("the owner is not told: %+v", c.Jobs)
	}
	if tok, _ := m.h.Token(o.Token); tok.State != token.Revoked {
		t.Errorf("token %s", tok.State)
	}
	if _, _, err := m.code(true, "s", noon); message(err) != "token.activate.fault.no-order" {
		t.Errorf("the right code after that: %v", err)
	}
}

func TestKVB12_EachEntryOfTheCodeMakesANewSecretAndKillsTheOneBefore(t *testing.T) {
	m := newMember(t)
	m.mustPlace(noon)
	if _, _, err := m.code(true, "first", noon); err != nil {
		t.Fatal(err)
	}
	_, c, err := m.h.EnterCode(func(secret.Hashed) bool { return true }, "second", secret.Bytes("another secret......"), m.rules, moment(noon))
	if err != nil || len(c.Secrets) != 1 || string(c.Tokens[0].Secret.Reveal()) != "another secret......" {
		t.Fatalf("second entry: %+v, %v", c.Secrets, err)
	}
	m.apply(c)
	if _, _, err := m.h.Activate("first", "000000", m.rules, moment(noon)); message(err) != "token.setup.fault.gone" {
		t.Errorf("the first set-up lives on: %v", err)
	}
}

func TestKVB03_SecretIsShownOnceAndOnlyToTheSessionThatEnteredTheCode(t *testing.T) {
	m := newMember(t)
	m.mustPlace(noon)
	if _, _, err := m.code(true, "mine", noon); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := m.h.ShowSetup("foreign", moment(noon)); message(err) != "token.setup.fault.gone" {
		t.Errorf("a foreign session: %v", err)
	}
	_, first, c, err := m.h.ShowSetup("mine", moment(noon))
	if err != nil || first.Secret == nil {
		t.Fatalf("first: %v", err)
	}
	m.apply(c)
	if _, again, _, err := m.h.ShowSetup("mine", moment(noon)); err != nil || again.Secret != nil {
		t.Errorf("second: secret %v, %v", again.Secret != nil, err)
	}
}

func TestKVB14_ActivationSpendsTheCodeFromTheApp(t *testing.T) {
	m := newMember(t)
	m.mustPlace(noon)
	tok := m.activate("s", noon)
	held, _ := m.h.Token(tok.ID)
	if use, _ := m.h.UseCode(otp(held, noon), m.rules, moment(noon)); use.Accepted {
		t.Error("the code of the activation logs in")
	}
	later := noon.Add(30 * time.Second)
	if use, _ := m.h.UseCode(otp(held, later), m.rules, moment(later)); !use.Accepted {
		t.Error("the next code does not log in")
	}
}

func TestKVB14_TenWrongCodesFromTheAppVoidTheOrderOverAllSetups(t *testing.T) {
	m := newMember(t)
	m.mustPlace(noon)
	for i := 1; i <= 10; i++ {
		if i%4 == 1 { // whoever leaves and enters the code again does not start to count anew
			if _, _, err := m.code(true, "s", noon); err != nil {
				t.Fatal(err)
			}
		}
		try, c, err := m.h.Activate("s", "not it", m.rules, moment(noon))
		if err != nil {
			t.Fatal(err)
		}
		m.apply(c)
		if want := map[bool]token.Outcome{true: token.Void, false: token.Wrong}[i == 10]; try.Outcome != want {
			t.Errorf("wrong code %d: %s, want %s", i, try.Outcome, want)
		}
	}
}

func TestKVB16_ActivationReplacesThePreviousSoftToken(t *testing.T) {
	for _, before := range []token.State{token.Active, token.Suspended, token.Blocked} {
		m := newMember(t)
		m.mustPlace(noon)
		old := m.activate("s", noon)
		m.h.Tokens[0].State = before
		m.mustPlace(noon.Add(48 * time.Hour))
		fresh := m.activate("s", noon.Add(49*time.Hour))
		if got, _ := m.h.Token(old.ID); got.State != token.Revoked || got.Reason != token.Replaced {
			t.Errorf("%s token became %s (%s)", before, got.State, got.Reason)
		}
		if usable := m.h.Usable(); len(usable) != 1 || usable[0].ID != fresh.ID {
			t.Errorf("usable: %d tokens", len(usable))
		}
	}
}

func TestKVB17_WrongCodesAreLimitedAndThenBlock(t *testing.T) {
	m := newMember(t)
	m.mustPlace(noon)
	m.activate("s", noon)
	now, wrong, blocked := noon.Add(time.Hour), 0, false
	for ; wrong < 100 && !blocked; now = now.Add(time.Minute) {
		use, c := m.h.UseCode("wrong.", m.rules, moment(now))
		if use.NoToken {
			t.Fatal("no token")
		}
		if !use.Wait.IsZero() {
			if len(c.Tokens)+len(c.WrongCodes) != 0 {
				t.Fatal("a code was counted although none is looked at")
			}
			continue
		}
		wrong++
		m.apply(c)
		m.h.Tokens[0].Wrong = append(m.h.Tokens[0].Wrong, now)
		blocked = m.h.Tokens[0].State == token.Blocked
	}
	if wrong != 20 {
		t.Errorf("blocked after %d wrong codes in a row, want 20", wrong)
	}
	if took := now.Sub(noon.Add(time.Hour)); took < 45*time.Minute {
		t.Errorf("20 codes were looked at within %s; at most 5 in 15 minutes may", took)
	}
	if use, _ := m.h.UseCode("wrong.", m.rules, moment(now)); !use.NoToken {
		t.Error("a blocked token still looks at codes")
	}
}

func TestSuspend_StopsAtOnceAndOnlyWhatIsActive(t *testing.T) {
	m := newMember(t)
	m.mustPlace(noon)
	if _, _, err := m.h.Suspend("ST0000000b", "s1", moment(noon)); message(err) != "token.suspend.fault.not-active" {
		t.Errorf("pending token: %v", err)
	}
	if _, _, err := m.h.Suspend("ST-foreign", "s1", moment(noon)); !fault.Is(err, fault.NotFound) {
		t.Errorf("foreign token: %v", err)
	}
	tok := m.activate("s", noon)
	_, c, err := m.h.Suspend(tok.Serial, "s1", moment(noon))
	if err != nil {
		t.Fatal(err)
	}
	m.apply(c)
	held, _ := m.h.Token(tok.ID)
	later := noon.Add(time.Minute)
	if use, _ := m.h.UseCode(otp(held, later), m.rules, moment(later)); !use.NoToken {
		t.Error("a suspended token logs in")
	}
	if _, ok := c.Jobs[0].Work.(mail.TokenSuspended); !ok {
		t.Errorf("the owner is not told: %+v", c.Jobs)
	}
}
