package token_test

import (
	"fmt"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/mail"
	"torhaus/internal/secret"
	"torhaus/internal/token"
	codes "torhaus/internal/token/otp"
)

// A device whose counter stands at 7, and one with a clock that shows eight digits every minute.
var (
	counting = token.Device{
		Mode: codes.HOTP, Algorithm: codes.SHA1, Digits: 6, Period: 30 * time.Second, Counter: 7, State: token.InStock,
		Secret: secret.Bytes("12345678901234567890"),
	}
	ticking = token.Device{
		Mode: codes.TOTP, Algorithm: codes.SHA256, Digits: 8, Period: time.Minute, State: token.InStock,
		Secret: secret.Bytes("12345678901234567890123456789012"), BatteryEnd: calendar.Date{Year: 2027, Month: 1, Day: 31},
	}
)

var stockKeeper = token.By{Actor: "stock-keeper", Session: "s-staff"}

// wishHard orders a device of this sort as a member does.
func (m *member) wishHard(d token.Device, at time.Time, change func(*token.NewDevice)) (token.Order, token.Change, error) {
	m.count++
	d.Serial = fmt.Sprintf("HT%08d", m.count)
	n := token.NewDevice{
		Request: "form-" + d.Serial, ID: token.OrderID("order-" + d.Serial), Token: token.ID("token-" + d.Serial), Device: d, Session: "s",
	}
	if change != nil {
		change(&n)
	}
	o, c, err := m.h.PlaceHard(n, m.rules, moment(at))
	if err == nil {
		m.apply(c)
	}
	return o, c, err
}

// hard orders a device, has it sent at once, and activates it with the codes at these steps.
func (m *member) hard(d token.Device, at time.Time) token.Token {
	m.t.Helper()
	if _, _, err := m.wishHard(d, at, nil); err != nil {
		m.t.Fatal(err)
	}
	m.ship(at)
	t, _ := m.h.Open(token.Hard)
	held, _ := m.h.Token(t.Token)
	step := held.LastStep + 1
	if d.Mode == codes.TOTP {
		step = held.Generator().Step(at) - 1
	}
	try, c, err := m.pair(held.Serial, step, at)
	if err != nil || try.Outcome != token.Right {
		m.t.Fatalf("activate: %s, %v", try.Outcome, err)
	}
	m.apply(c)
	held, _ = m.h.Token(held.ID)
	return held
}

func (m *member) ship(at time.Time) {
	m.t.Helper()
	o, _ := m.h.Open(token.Hard)
	held, _ := m.h.Token(o.Token)
	_, c, err := m.h.Ship(held.Serial, stockKeeper, m.rules, moment(at))
	if err != nil {
		m.t.Fatal(err)
	}
	m.apply(c)
}

// pair tries the codes of a step and the one after it at the activation.
func (m *member) pair(serial string, step int64, at time.Time) (token.Try, token.Change, error) {
	held, _ := m.h.BySerial(serial)
	g := held.Generator()
	return m.h.ActivateHard(serial, g.Code(step), g.Code(step+1), "s", m.rules, moment(at))
}

func (m *member) resync(held token.Token, first, second int64, at time.Time) (token.Try, token.Change, error) {
	g := held.Generator()
	try, c, err := m.h.Resync(held.Serial, g.Code(first), g.Code(second), "s", m.rules, moment(at))
	if err == nil {
		m.apply(c)
	}
	return try, c, err
}

func TestKVB19_AnOrderTakesADeviceAndWaitsForThePost(t *testing.T) {
	m := newMember(t)
	o, c, err := m.wishHard(counting, noon, nil)
	if err != nil {
		t.Fatal(err)
	}
	held := c.NewTokens[0]
	if held.State != token.Pending || held.Mode != codes.HOTP || held.LastStep != 6 || len(c.Secrets) != 1 || o.Kind != token.Hard {
		t.Errorf("token %+v, order %+v", held, o)
	}
	if move := c.Devices[0]; move.From != token.InStock || move.To != token.Assigned || move.Token != held.ID {
		t.Errorf("device %+v", move)
	}
	if told, ok := c.Jobs[0].Work.(mail.HardTokenOrdered); !ok || told.Serial != held.Serial || told.ByDesk || told.Old != "" {
		t.Errorf("mail %+v", c.Jobs[0].Work)
	}
	if len(c.Letters) != 0 {
		t.Error("the print centre gets a letter")
	}
	if _, _, err := m.pair(held.Serial, 7, noon); message(err) != "token.hard.fault.not-sent" {
		t.Errorf("before it is sent: %v", err)
	}
}

func TestKVB19_ShippingLetsItsMemberActivateForTwentyOneDays(t *testing.T) {
	m := newMember(t)
	_, _, err := m.wishHard(counting, noon, nil)
	if err != nil {
		t.Fatal(err)
	}
	held := m.h.Tokens[0]
	sent := noon.AddDate(0, 1, 0) // a device that lies in the house for a month does not expire
	content, c, err := m.h.ShippingLetter(held.Serial, stockKeeper, m.rules, moment(sent))
	if err != nil || content.Serial != held.Serial || content.LastDay.String() != "2027-01-08" || c.Events[0].Actor != "stock-keeper" {
		t.Errorf("letter %+v, %+v, %v", content, c.Events, err)
	}
	o, c, err := m.h.Ship(held.Serial, stockKeeper, m.rules, moment(sent))
	if err != nil {
		t.Fatal(err)
	}
	m.apply(c)
	if e := c.Events[0]; e.Actor != "stock-keeper" || e.Session != "s-staff" || e.Account != "anna" {
		t.Errorf("event %+v", e)
	}
	if told, ok := c.Jobs[0].Work.(mail.HardTokenShipped); !ok || told.LastDay != o.LastDay || o.LastDay != content.LastDay {
		t.Errorf("mail %+v", c.Jobs[0].Work)
	}
	if _, again, err := m.h.Ship(held.Serial, stockKeeper, m.rules, moment(sent)); err != nil || len(again.Events) != 0 {
		t.Errorf("sent twice: %+v, %v", again, err)
	}
	for at, want := range map[time.Time]token.Outcome{
		time.Date(2027, 1, 8, 23, 59, 59, 0, calendar.Berlin()): token.Right,
		time.Date(2027, 1, 9, 0, 0, 0, 0, calendar.Berlin()):    token.Over,
	} {
		if try, _, err := m.pair(held.Serial, 7, at); err != nil || try.Outcome != want {
			t.Errorf("%s: %s, %v", at, try.Outcome, err)
		}
	}
}

func TestNoDeviceGoesToAnAddressThatWasJustReplaced(t *testing.T) {
	m := newMember(t)
	if _, _, err := m.wishHard(counting, noon, nil); err != nil {
		t.Fatal(err)
	}
	m.h.Owner.AddressChanged = noon.Add(-time.Hour)
	if _, _, err := m.h.Ship(m.h.Tokens[0].Serial, stockKeeper, m.rules, moment(noon)); message(err) != "token.ship.fault.address-moved" {
		t.Errorf("sent: %v", err)
	}
	later := noon.AddDate(0, 0, int(m.rules.Letter.HoldMoved)+1)
	if _, _, err := m.h.Ship(m.h.Tokens[0].Serial, stockKeeper, m.rules, moment(later)); err != nil {
		t.Errorf("after the time: %v", err)
	}
}

func TestKVB19_TwoCodesThatFollowOneAnotherActivate(t *testing.T) {
	now := noon.Add(time.Hour)
	for name, c := range map[string]struct {
		device token.Device
		first  func(codes.Generator) int64
		step   int64 // from the first code to the second
		want   token.Outcome
	}{
		"counter, the first two":              {counting, func(codes.Generator) int64 { return 7 }, 1, token.Right},
		"counter, pressed often in a pocket":  {counting, func(codes.Generator) int64 { return 106 }, 1, token.Right},
		"counter, too far":                    {counting, func(codes.Generator) int64 { return 107 }, 1, token.Wrong},
		"counter, before the delivered one":   {counting, func(codes.Generator) int64 { return 5 }, 1, token.Wrong},
		"counter, one left out":               {counting, func(codes.Generator) int64 { return 8 }, 2, token.Wrong},
		"counter, the wrong way round":        {counting, func(codes.Generator) int64 { return 9 }, -1, token.Wrong},
		"clock, exact":                        {ticking, func(g codes.Generator) int64 { return g.Step(now) - 1 }, 1, token.Right},
		"clock, twenty minutes ahead":         {ticking, func(g codes.Generator) int64 { return g.Step(now) + 20 }, 1, token.Right},
		"clock, twenty minutes behind":        {ticking, func(g codes.Generator) int64 { return g.Step(now) - 20 }, 1, token.Right},
		"clock, more than that ahead":         {ticking, func(g codes.Generator) int64 { return g.Step(now) + 21 }, 1, token.Wrong},
		"clock, more than that behind":        {ticking, func(g codes.Generator) int64 { return g.Step(now) - 21 }, 1, token.Wrong},
		"clock, two codes that stand far off": {ticking, func(g codes.Generator) int64 { return g.Step(now) }, 2, token.Wrong},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMember(t)
			if _, _, err := m.wishHard(c.device, noon, nil); err != nil {
				t.Fatal(err)
			}
			m.ship(noon)
			g := m.h.Tokens[0].Generator()
			first := c.first(g)
			try, change, err := m.h.ActivateHard(m.h.Tokens[0].Serial, g.Code(first), g.Code(first+c.step), "s", m.rules, moment(now))
			if err != nil || try.Outcome != c.want {
				t.Fatalf("%s, %v; want %s", try.Outcome, err, c.want)
			}
			m.apply(change)
			if c.want != token.Right {
				return
			}
			held := m.h.Tokens[0]
			if held.State != token.Active || held.LastStep != first+1 || held.Device != token.InUse {
				t.Errorf("token %+v", held)
			}
			if use, _ := m.h.UseCode(g.Code(first+1), m.rules, moment(now)); use.Accepted {
				t.Error("a code of the activation logs in")
			}
			later := moment(now.Add(c.device.Period))
			if use, _ := m.h.UseCode(g.Code(first+2), m.rules, later); !use.Accepted {
				t.Error("the next code does not log in")
			}
		})
	}
}

func TestKVB19_TenWrongPairsVoidTheOrder(t *testing.T) {
	m := newMember(t)
	if _, _, err := m.wishHard(counting, noon, nil); err != nil {
		t.Fatal(err)
	}
	m.ship(noon)
	for i := 1; i <= 10; i++ {
		try, c, err := m.pair(m.h.Tokens[0].Serial, 1000, noon)
		if err != nil {
			t.Fatal(err)
		}
		m.apply(c)
		if want := map[bool]token.Outcome{true: token.Void, false: token.Wrong}[i == 10]; try.Outcome != want || try.Left != 10-i {
			t.Errorf("wrong pair %d: %s, %d left", i, try.Outcome, try.Left)
		}
		if told, ok := jobOf[mail.OrderVoided](c); ok != (i == 10) || ok && told.Reason != mail.VoidByPairs {
			t.Errorf("wrong pair %d: told %v %+v", i, ok, told)
		}
	}
	held := m.h.Tokens[0]
	if held.State != token.Revoked || held.Device != token.Awaited {
		t.Errorf("token %s, device %s", held.State, held.Device)
	}
	if _, _, err := m.pair(held.Serial, 7, noon); message(err) != "token.hard.fault.no-order" {
		t.Errorf("the right ones after that: %v", err)
	}
}

func jobOf[W any](c token.Change) (w W, ok bool) {
	for _, j := range c.Jobs {
		if w, ok = j.Work.(W); ok {
			return w, true
		}
	}
	return w, false
}

func TestKVB17_KVB19_SoftAndHardTokenLogInSideBySide(t *testing.T) {
	for name, d := range map[string]token.Device{"counter": counting, "clock": ticking} {
		m := newMember(t)
		m.mustPlace(noon)
		soft := m.activate("s", noon)
		hard := m.hard(d, noon)
		if len(m.h.Usable()) != 2 {
			t.Fatalf("%s: %d usable tokens", name, len(m.h.Usable()))
		}
		now := noon.Add(time.Hour)
		step := hard.LastStep + 1
		if d.Mode == codes.TOTP {
			step = hard.Generator().Step(now)
		}
		for what, c := range map[string]struct {
			code secret.Text
			by   token.ID
		}{"the app's": {otp(soft, now), soft.ID}, "the device's": {hard.Generator().Code(step), hard.ID}} {
			use, _ := m.h.UseCode(c.code, m.rules, moment(now))
			if !use.Accepted || use.Token.ID != c.by {
				t.Errorf("%s, %s code: %+v", name, what, use)
			}
		}
		_, c := m.h.UseCode("00000000", m.rules, moment(now))
		if len(c.WrongCodes) != 2 {
			t.Errorf("%s: a wrong code counts on %d tokens", name, len(c.WrongCodes))
		}
	}
}

func TestKVB19_ACounterIsFollowedAFewCodesAhead(t *testing.T) {
	for ahead, want := range map[int64]bool{0: false, 1: true, 5: true, 6: false, -3: false} {
		m := newMember(t)
		held := m.hard(counting, noon)
		if use, _ := m.h.UseCode(held.Generator().Code(held.LastStep+ahead), m.rules, moment(noon)); use.Accepted != want {
			t.Errorf("%d ahead: accepted %v", ahead, use.Accepted)
		}
	}
}

// A cheap clock runs away slowly: each login moves what is expected along with it.
func TestKVB19_AClockIsFollowedAndFoundAgain(t *testing.T) {
	m := newMember(t)
	held := m.hard(ticking, noon)
	at := noon
	for off := int64(0); off <= 12; off++ {
		at = at.AddDate(0, 1, 0)
		use, c := m.h.UseCode(held.Generator().Code(held.Generator().Step(at)+off), m.rules, moment(at))
		if !use.Accepted {
			t.Fatalf("%d minutes ahead: refused", off)
		}
		m.apply(c)
	}
	at = at.AddDate(0, 1, 0)
	lost := held.Generator().Step(at) + 25 // 13 beyond what is expected
	if use, _ := m.h.UseCode(held.Generator().Code(lost), m.rules, moment(at)); use.Accepted {
		t.Fatal("a code far off logs in")
	}
	if try, _, err := m.resync(held, lost, lost+1, at); err != nil || try.Outcome != token.Right {
		t.Fatalf("synchronise: %s, %v", try.Outcome, err)
	}
	at = at.Add(time.Minute)
	if use, _ := m.h.UseCode(held.Generator().Code(lost+2), m.rules, moment(at)); !use.Accepted {
		t.Error("the code after that does not log in")
	}
}

func TestAttack_OldCodesDoNotSynchronise(t *testing.T) {
	for name, d := range map[string]token.Device{"counter": counting, "clock": ticking} {
		t.Run(name, func(t *testing.T) {
			m := newMember(t)
			held := m.hard(d, noon)
			at := noon.Add(5 * time.Minute)
			last := held.LastStep + 3 // a login at this step
			if d.Mode == codes.TOTP {
				last = held.Generator().Step(at)
			}
			use, c := m.h.UseCode(held.Generator().Code(last), m.rules, moment(at))
			if !use.Accepted {
				t.Fatal("no login")
			}
			m.apply(c)
			for what, first := range map[string]int64{"long ago": last - 4, "just before": last - 2, "the last one and the one before": last - 1, "the used one and a new one": last} {
				before := m.h.Tokens[0]
				try, c, err := m.resync(held, first, first+1, at.Add(10*time.Second))
				if err != nil || try.Outcome != token.Wrong || len(c.WrongCodes) != 1 || len(c.Spend) != 0 {
					t.Errorf("%s: %s, %v", what, try.Outcome, err)
				}
				m.h.Tokens[0] = before
			}
			if try, _, err := m.resync(held, last+1, last+2, at); err != nil || try.Outcome != token.Right {
				t.Errorf("two new ones: %s, %v", try.Outcome, err)
			}
		})
	}
}

func TestAttack_SynchronisingIsNoWayRoundWhatStopsAToken(t *testing.T) {
	m := newMember(t)
	held := m.hard(counting, noon)
	for _, state := range []token.State{token.Suspended, token.Blocked, token.Revoked} {
		m.h.Tokens[0].State = state
		if _, _, err := m.resync(held, 9, 10, noon); message(err) != "token.resync.fault.not-active" {
			t.Errorf("%s: %v", state, err)
		}
	}
	m.h.Tokens[0].State = token.Active
	now := noon
	for i := range 5 {
		try, _, _ := m.resync(held, 5000, 5001, now)
		m.h.Tokens[0].Wrong = append(m.h.Tokens[0].Wrong, now)
		if try.Outcome != token.Wrong {
			t.Fatalf("try %d: %s", i, try.Outcome)
		}
	}
	if try, c, err := m.resync(held, 9, 10, now); err != nil || try.Outcome != token.Waiting || len(c.Spend) != 0 {
		t.Errorf("the right ones after five wrong: %s, %v", try.Outcome, err)
	}
	if _, _, err := m.h.Resync("HT99999999", "123456", "654321", "s", m.rules, moment(now)); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else's: %v", err)
	}
}

// direct orders a soft token on the direct route.
func (m *member) direct(at time.Time) (token.Order, token.Change, error) {
	m.count++
	n := fmt.Sprint(m.count)
	o, c, err := m.h.Place(token.NewOrder{
		Request: "form-" + n, ID: token.OrderID("order-" + n), Token: token.ID("token-" + n), Letter: "letter-" + n, Serial: "ST" + n,
		Code: "12345678", Hashed: secret.Hashed{KeyID: "k"}, Direct: true,
	}, m.rules, moment(at))
	if err == nil {
		m.apply(c)
	}
	return o, c, err
}

func (m *member) enterDirect(code secret.Text, at time.Time) (token.Try, token.Change, error) {
	try, c, err := m.h.EnterDirect(code, "mine", secret.Bytes("98765432109876543210"), m.rules, moment(at))
	if err == nil {
		m.apply(c)
	}
	return try, c, err
}

func TestKVB04_ACodeOfTheHardTokenTakesThePlaceOfTheLetter(t *testing.T) {
	m := newMember(t)
	hard := m.hard(counting, noon)
	o, c, err := m.direct(noon)
	if err != nil || len(c.Letters) != 0 || o.Route != token.Direct || o.Letter.ID != "" || o.Code.KeyID != "" {
		t.Fatalf("order %+v with %d letters, %v", o, len(c.Letters), err)
	}
	if told, ok := c.Jobs[0].Work.(mail.TokenOrdered); !ok || !told.Direct {
		t.Errorf("mail %+v", c.Jobs[0].Work)
	}
	if _, _, err := m.code(true, "mine", noon); message(err) != "token.activate.fault.no-order" {
		t.Errorf("an activation code: %v", err)
	}
	code := hard.Generator().Code(hard.LastStep + 1)
	try, _, err := m.enterDirect(code, noon)
	if err != nil || try.Outcome != token.Right {
		t.Fatalf("%s, %v", try.Outcome, err)
	}
	if again, _, _ := m.enterDirect(code, noon); again.Outcome != token.Wrong {
		t.Errorf("the same code again: %s", again.Outcome)
	}
	done, c, err := m.h.Activate("mine", otp(try.Token, noon), m.rules, moment(noon))
	if err != nil || done.Outcome != token.Right {
		t.Fatalf("activate: %s, %v", done.Outcome, err)
	}
	m.apply(c)
	if len(m.h.Usable()) != 2 {
		t.Error("they do not work side by side")
	}
}

func TestKVB05_WithoutAnActiveHardTokenThereIsNoDirectRoute(t *testing.T) {
	for name, prepare := range map[string]func(*member){
		"none":           func(*member) {},
		"a soft token":   func(m *member) { m.mustPlace(noon.AddDate(0, 0, -2)); m.activate("s", noon.AddDate(0, 0, -2)) },
		"suspended":      func(m *member) { m.hard(counting, noon); m.h.Tokens[0].State = token.Suspended },
		"blocked":        func(m *member) { m.hard(counting, noon); m.h.Tokens[0].State = token.Blocked },
		"revoked":        func(m *member) { m.hard(counting, noon); m.h.Tokens[0].State = token.Revoked },
		"not yet active": func(m *member) { _, _, _ = m.wishHard(counting, noon, nil) },
	} {
		m := newMember(t)
		prepare(m)
		if _, _, err := m.direct(noon); message(err) != "token.order.fault.no-hard-token" || m.h.MayGoDirect() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAttack_ACodeOfTheSoftTokenDoesNotOpenTheDirectRoute(t *testing.T) {
	m := newMember(t)
	m.mustPlace(noon)
	soft := m.activate("s", noon)
	hard := m.hard(counting, noon)
	later := noon.Add(25 * time.Hour)
	if _, _, err := m.direct(later); err != nil {
		t.Fatal(err)
	}
	try, c, err := m.enterDirect(otp(soft, later), later)
	if err != nil || try.Outcome != token.Wrong || len(c.WrongCodes) != 1 || c.WrongCodes[0] != hard.ID {
		t.Errorf("%s, counted on %v, %v", try.Outcome, c.WrongCodes, err)
	}
}

func TestAttack_AHardTokenThatIsStoppedMeanwhileOpensNothing(t *testing.T) {
	m := newMember(t)
	hard := m.hard(counting, noon)
	if _, _, err := m.direct(noon); err != nil {
		t.Fatal(err)
	}
	try, _, err := m.enterDirect(hard.Generator().Code(9), noon)
	if err != nil || try.Outcome != token.Right {
		t.Fatalf("%s, %v", try.Outcome, err)
	}
	_, c, err := m.h.Suspend(hard.Serial, "s", moment(noon))
	if err != nil {
		t.Fatal(err)
	}
	m.apply(c)
	if _, _, err := m.h.Activate("mine", otp(try.Token, noon), m.rules, moment(noon)); message(err) != "token.setup.fault.gone" {
		t.Errorf("the set-up that it opened goes on: %v", err)
	}
	if try, _, err := m.enterDirect(hard.Generator().Code(10), noon); err != nil || try.Outcome != token.Stopped {
		t.Errorf("its codes still serve: %s, %v", try.Outcome, err)
	}
}

func TestAttack_OrderLimitsHoldWhateverTheKindsAndRoutes(t *testing.T) {
	m := newMember(t)
	m.hard(counting, noon.AddDate(0, 0, -20))
	m.mustPlace(noon)
	if _, _, err := m.wishHard(counting, noon, nil); err != nil {
		t.Fatalf("a hard token beside a soft one: %v", err)
	}
	m.ship(noon)
	for name, order := range map[string]func() error{
		"soft by letter": func() error { _, _, err := m.place(noon.Add(time.Hour), true); return err },
		"soft, direct":   func() error { _, _, err := m.direct(noon.Add(time.Hour)); return err },
		"hard": func() error {
			_, _, err := m.wishHard(counting, noon.Add(time.Hour), func(n *token.NewDevice) { n.TwoFactor = true })
			return err
		},
		"hard, as an exchange": func() error {
			_, _, err := m.wishHard(counting, noon.Add(time.Hour), func(n *token.NewDevice) { n.TwoFactor, n.Instead = true, "HT00000001" })
			return err
		},
	} {
		if got := message(order()); got != "token.order.fault.too-many" {
			t.Errorf("%s: refused with %q", name, got)
		}
	}
}

func TestAttack_ExchangesDoNotCollectDevices(t *testing.T) {
	m := newMember(t)
	serial, got := "", 0
	for day := range 200 {
		at := noon.AddDate(0, 0, day)
		_, _, err := m.wishHard(counting, at, func(n *token.NewDevice) { n.TwoFactor, n.Instead, n.Stop = true, serial, true })
		if err != nil {
			continue
		}
		got++
		m.ship(at)
		held := m.h.Tokens[0]
		_, c, err := m.pair(held.Serial, 7, at)
		if err != nil {
			t.Fatal(err)
		}
		m.apply(c)
		serial = held.Serial
	}
	if got != 3 { // the one in use, and two that were not sent back
		t.Errorf("%d devices are out", got)
	}
	if _, _, err := m.wishHard(counting, noon.AddDate(1, 0, 0), nil); message(err) != "token.order.fault.devices-awaited" {
		t.Errorf("a plain order: %v", err)
	}
}

func TestKVB07_KVB19_ExchangeEndsTheDefectiveOneWhenTheNewOneWorksOrAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		twoFactor, stop bool
		now             token.State       // of the old token after the order
		device          token.DeviceState // likewise
	}{
		"later, password only":   {false, false, token.Active, token.InUse},
		"later, two factors":     {true, false, token.Active, token.InUse},
		"at once, password only": {false, true, token.Suspended, token.InUse}, // never revokes (KVB07)
		"at once, two factors":   {true, true, token.Revoked, token.Awaited},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMember(t)
			old := m.hard(counting, noon.AddDate(0, 0, -30))
			o, change, err := m.wishHard(ticking, noon, func(n *token.NewDevice) { n.TwoFactor, n.Stop, n.Instead = c.twoFactor, c.stop, old.Serial })
			if err != nil {
				t.Fatal(err)
			}
			if told, _ := jobOf[mail.HardTokenOrdered](change); told.Old != old.Serial || told.Stopped != c.stop {
				t.Errorf("mail %+v", told)
			}
			if held, _ := m.h.Token(old.ID); held.State != c.now || held.Device != c.device {
				t.Errorf("after the order it is %s, the device %s", held.State, held.Device)
			}
			label, err := m.h.ReturnLabel(old.Serial)
			if err != nil || label.Serial != old.Serial {
				t.Errorf("label %+v, %v", label, err)
			}
			m.ship(noon)
			fresh, _ := m.h.Token(o.Token)
			try, change, err := m.pair(fresh.Serial, fresh.Generator().Step(noon), noon)
			if err != nil || try.Outcome != token.Right {
				t.Fatalf("%s, %v", try.Outcome, err)
			}
			m.apply(change)
			if held, _ := m.h.Token(old.ID); held.State != token.Revoked || held.Reason != token.Defective || held.Device != token.Awaited {
				t.Errorf("in the end it is %s (%s), the device %s", held.State, held.Reason, held.Device)
			}
			if told, ok := jobOf[mail.HardTokenActivated](change); !ok || told.Return != old.Serial {
				t.Errorf("mail %+v", told)
			}
		})
	}
}

func TestExchange_OnlyOnesOwnDeviceThatIsNotOver(t *testing.T) {
	m := newMember(t)
	m.mustPlace(noon)
	soft := m.activate("s", noon)
	held := m.hard(counting, noon.AddDate(0, 0, -30))
	for serial, want := range map[string]string{"HT99999999": "token.fault.unknown", soft.Serial: "token.fault.unknown", "": "token.fault.unknown"} {
		if _, err := m.h.MayExchange(serial); message(err) != want {
			t.Errorf("%q: %v", serial, err)
		}
		if _, err := m.h.ReturnLabel(serial); message(err) != want {
			t.Errorf("label of %q: %v", serial, err)
		}
	}
	if _, err := m.h.ReturnLabel(held.Serial); message(err) != "token.fault.unknown" {
		t.Errorf("a label for a device that nobody wants back: %v", err)
	}
}

// A device that was lost is not awaited; one that was replaced while it worked is.
func TestKVB19_WhatBecomesOfADeviceWhoseTokenEnds(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(*member, token.Token)
		want token.DeviceState
	}{
		"replaced while active": {func(m *member, _ token.Token) { m.hard(counting, noon.AddDate(0, 0, 2)) }, token.Awaited},
		"lost, then replaced": {func(m *member, _ token.Token) {
			m.h.Tokens[0].State = token.Suspended
			m.hard(counting, noon.AddDate(0, 0, 2))
		}, token.Scrapped},
		"revoked by staff as lost": {func(m *member, held token.Token) {
			_, ch, _ := m.h.Revoke(held.ID, token.Lost, stockKeeper, moment(noon))
			m.apply(ch)
		}, token.Scrapped},
		"revoked by staff, no reason": {func(m *member, held token.Token) {
			_, ch, _ := m.h.Revoke(held.ID, token.NotNeeded, stockKeeper, moment(noon))
			m.apply(ch)
		}, token.Awaited},
	} {
		m := newMember(t)
		held := m.hard(counting, noon)
		c.end(m, held)
		if got, _ := m.h.Token(held.ID); got.Device != c.want {
			t.Errorf("%s: %s", name, got.Device)
		}
	}
}

func TestAPasswordByPostEndsTheOrderOfADeviceToo(t *testing.T) {
	m := newMember(t)
	if _, _, err := m.wishHard(counting, noon, nil); err != nil {
		t.Fatal(err)
	}
	m.ship(noon)
	cancelled, c := m.h.PasswordCame(moment(noon.Add(time.Hour)))
	m.apply(c)
	if len(cancelled) != 1 || m.h.Tokens[0].State != token.Revoked || m.h.Tokens[0].Device != token.Awaited {
		t.Errorf("cancelled %v, token %+v", cancelled, m.h.Tokens[0])
	}
	m.h.PasswordByPost = noon.Add(time.Hour)
	if _, _, err := m.wishHard(counting, noon.AddDate(0, 0, 2), nil); message(err) != "token.order.fault.password-by-post" {
		t.Errorf("a new order: %v", err)
	}
	n := token.NewDevice{Request: "r", ID: "o", Token: "t", Device: counting}
	if _, _, err := m.h.AssignHard(n, stockKeeper, m.rules, moment(noon.AddDate(0, 0, 2))); message(err) != "token.order.fault.password-by-post" {
		t.Errorf("by staff: %v", err)
	}
}

func TestKVB19_StaffGiveACertainDevice(t *testing.T) {
	m := newMember(t)
	n := token.NewDevice{Request: "r", ID: "o", Token: "t", Device: counting}
	n.Device.Serial = "HT00000042"
	o, c, err := m.h.AssignHard(n, stockKeeper, m.rules, moment(noon))
	if err != nil {
		t.Fatal(err)
	}
	m.apply(c)
	if told, ok := jobOf[mail.HardTokenOrdered](c); !ok || !told.ByDesk {
		t.Errorf("mail %+v", told)
	}
	for _, e := range c.Events {
		if e.Actor != "stock-keeper" || e.Account != "anna" {
			t.Errorf("event %+v", e)
		}
	}
	if again, c, err := m.h.AssignHard(n, stockKeeper, m.rules, moment(noon)); err != nil || again.ID != o.ID || len(c.NewOrders) != 0 {
		t.Errorf("the same form again: %+v, %v", c, err)
	}
	n.Request = "another"
	if _, _, err := m.h.AssignHard(n, stockKeeper, m.rules, moment(noon)); message(err) != "token.order.fault.device-not-sent" {
		t.Errorf("a second device: %v", err)
	}
}

func TestAttack_NoDeviceGoesToAMemberWhoHasLeftOrDied(t *testing.T) {
	m := newMember(t)
	if _, _, err := m.wishHard(counting, noon, nil); err != nil {
		t.Fatal(err)
	}
	serial := m.h.Tokens[0].Serial
	m.h.Owner.State = account.Deactivated
	if _, _, err := m.h.ShippingLetter(serial, stockKeeper, m.rules, moment(noon)); message(err) != "token.assign.fault.member-gone" {
		t.Errorf("the letter: %v", err)
	}
	if _, _, err := m.h.Ship(serial, stockKeeper, m.rules, moment(noon)); message(err) != "token.assign.fault.member-gone" {
		t.Errorf("shipped: %v", err)
	}
	m = newMember(t)
	m.h.Owner.State = account.Deactivated
	n := token.NewDevice{Request: "r", ID: "o", Token: "t", Device: counting}
	if _, c, err := m.h.AssignHard(n, stockKeeper, m.rules, moment(noon)); message(err) != "token.assign.fault.member-gone" || len(c.Devices) != 0 {
		t.Errorf("assigned: %v", err)
	}
}

func TestAttack_AFormThatGaveOneDeviceDoesNotPassForAnother(t *testing.T) {
	m := newMember(t)
	n := token.NewDevice{Request: "", ID: "o", Token: "t", Device: counting}
	n.Device.Serial = "HT00000042"
	_, c, err := m.h.AssignHard(n, stockKeeper, m.rules, moment(noon))
	if err != nil {
		t.Fatal(err)
	}
	m.apply(c)
	n.Device.Serial = "HT00000043"
	if _, c, err := m.h.AssignHard(n, stockKeeper, m.rules, moment(noon)); message(err) != "token.assign.fault.form-used" || len(c.Devices) != 0 {
		t.Errorf("another device with the same form: %v", err)
	}
}

func TestBattery_ItsMemberIsToldOnceAndInTime(t *testing.T) {
	m := newMember(t)
	held := m.hard(ticking, noon) // its battery ends on 31 January 2027
	first := held.BatteryEnd.AddDays(-m.rules.Token.Hard.BatteryWarn).Start()
	if c := m.h.TellBatteries(m.rules, moment(first.Add(-time.Second))); len(c.Jobs) != 0 {
		t.Error("told too early")
	}
	c := m.h.TellBatteries(m.rules, moment(first))
	m.apply(c)
	if told, ok := jobOf[mail.BatteryEnding](c); !ok || told.End != held.BatteryEnd || told.Serial != held.Serial {
		t.Errorf("mail %+v", told)
	}
	if c := m.h.TellBatteries(m.rules, moment(first.AddDate(0, 0, 1))); len(c.Jobs) != 0 {
		t.Error("told twice")
	}
}

func TestReturnLabelAndShippingLetterNameTheirMember(t *testing.T) {
	m := newMember(t)
	if _, _, err := m.wishHard(counting, noon, nil); err != nil {
		t.Fatal(err)
	}
	var content letter.Content
	content, _, err := m.h.ShippingLetter(m.h.Tokens[0].Serial, stockKeeper, m.rules, moment(noon))
	if err != nil || content.Recipient().Lines[0] != "Frau" {
		t.Errorf("%+v, %v", content, err)
	}
}
