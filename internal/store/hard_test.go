package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/secret"
	"torhaus/internal/store/storetest"
	"torhaus/internal/token"
	"torhaus/internal/token/otp"
)

// counted is a file of devices that count, with these serial numbers and batteries that end on a day.
func counted(until string, serials ...string) string {
	file := "serial;secret;type;digits;counter;manufacturer;model;battery-end\n"
	for _, serial := range serials {
		file += serial + ";3132333435363738393031323334353637383930;hotp;6;0;Acme;C 100;" + until + "\n"
	}
	return file
}

// rfc4226 is the generator of those devices.
var rfc4226 = otp.Generator{Secret: secret.Bytes("12345678901234567890"), Algorithm: otp.SHA1, Digits: 6, Period: 30 * time.Second}

func pairAt(counter int64) token.Pair {
	return token.Pair{First: rfc4226.Code(counter).Reveal(), Second: rfc4226.Code(counter + 1).Reveal()}
}

var shipper = token.By{Actor: "anna", Session: "s1"}

func TestKVB19_ADeviceGoesFromTheStockToItsMemberAndBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		stock := stockOn(t, w)
		imported(t, stock, counted("2036-12-31", "A-1", "A-2"), true)
		first, err := h.tokens.OrderHard(t.Context(), "anna", token.HardWish{Request: "one"})
		if err != nil {
			t.Fatal(err)
		}
		if again, err := h.tokens.OrderHard(t.Context(), "anna", token.HardWish{Request: "one"}); err != nil || again.ID != first.ID {
			t.Errorf("the same form again: %s, %v", again.ID, err)
		}
		h.device("A-1", token.Assigned)
		if n, _ := w.DB.Count(t.Context(), `SELECT count(*) FROM device WHERE state = 'stock' AND sealed IS NOT NULL`); n != 1 {
			t.Errorf("%d devices keep a secret", n)
		}
		if _, err := h.tokens.Ship(t.Context(), " a1", shipper); err != nil {
			t.Fatal(err)
		}
		h.device("A-1", token.Shipped)
		if try, err := h.tokens.ActivateHard(t.Context(), "anna", "s", "A-1", pairAt(3)); err != nil || try.Outcome != token.Right {
			t.Fatalf("activate: %s, %v", try.Outcome, err)
		}
		held := h.device("A-1", token.InUse)
		if held.State != token.Active || held.Mode != otp.HOTP || held.LastStep != 4 || held.BatteryEnd.String() != "2036-12-31" {
			t.Errorf("token %+v", held)
		}
		w.Clock.Advance(25 * time.Hour)
		if _, err := h.tokens.OrderHard(t.Context(), "anna", token.HardWish{Request: "two", Instead: "A-1"}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.tokens.Ship(t.Context(), "A-2", shipper); err != nil {
			t.Fatal(err)
		}
		if _, err := h.tokens.ActivateHard(t.Context(), "anna", "s", "A-2", pairAt(0)); err != nil {
			t.Fatal(err)
		}
		if old := h.device("A-1", token.Awaited); old.State != token.Revoked || old.Reason != token.Defective {
			t.Errorf("old token %+v", old)
		}
		if err := stock.Receive(t.Context(), "A-1", shipper); err != nil {
			t.Fatal(err)
		}
		h.device("A-1", token.Returned)
		h.verifyAudit()
	})
}

// device finds a device's token, which must be in a state of the stock.
func (h house) device(serial string, want token.DeviceState) token.Token {
	h.t.Helper()
	held, _, err := h.DB.Holding(h.t.Context(), "anna")
	if err != nil {
		h.t.Fatal(err)
	}
	found, _ := held.BySerial(serial)
	if found.Device != want {
		h.t.Errorf("%s is %q, not %q", serial, found.Device, want)
	}
	return found
}

func TestAttack_AStampedeOnTheStockGivesEachDeviceOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		const members, devices = 6, 4
		var serials []string
		for n := range devices {
			serials = append(serials, fmt.Sprintf("A-%d", n))
		}
		imported(t, stockOn(t, w), counted("2036-12-31", serials...), true)
		for n := range members {
			other := anna()
			other.ID, other.UserName = account.ID(fmt.Sprintf("member-%d", n)), fmt.Sprintf("member%d", n)
			if err := w.DB.CreateAccount(t.Context(), other, anyHash); err != nil {
				t.Fatal(err)
			}
		}
		var together sync.WaitGroup
		var mu sync.Mutex
		got := 0
		for n := range members {
			together.Go(func() {
				_, err := h.tokens.OrderHard(t.Context(), account.ID(fmt.Sprintf("member-%d", n)), token.HardWish{Request: "form"})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					got++
				} else if f := message(err); f != "token.order.fault.stock-empty" {
					t.Errorf("%v", err)
				}
			})
		}
		together.Wait()
		if n, err := w.DB.Count(t.Context(), `SELECT count(DISTINCT token_id) FROM device WHERE state = 'assigned'`); err != nil || n != devices || got != devices {
			t.Errorf("%d orders, %d devices assigned, %v", got, n, err)
		}
	})
}

func TestAttack_TheSameCodesOnTwoConnectionsActivateOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		imported(t, stockOn(t, w), counted("2036-12-31", "A-1"), true)
		if _, err := h.tokens.OrderHard(t.Context(), "anna", token.HardWish{Request: "one"}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.tokens.Ship(t.Context(), "A-1", shipper); err != nil {
			t.Fatal(err)
		}
		var together sync.WaitGroup
		results := make(chan token.Outcome, 6)
		for range 6 {
			together.Go(func() {
				try, err := h.tokens.ActivateHard(t.Context(), "anna", "s", "A-1", pairAt(0))
				if err != nil && message(err) != "token.hard.fault.no-order" {
					t.Error(err)
				}
				results <- try.Outcome
			})
		}
		together.Wait()
		close(results)
		right := 0
		for o := range results {
			if o == token.Right {
				right++
			}
		}
		if right != 1 {
			t.Errorf("activated %d times", right)
		}
	})
}

func TestKVB06_TheDirectRouteKeepsWhichTokenOpenedIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		imported(t, stockOn(t, w), counted("2036-12-31", "A-1"), true)
		if _, err := h.tokens.OrderHard(t.Context(), "anna", token.HardWish{Request: "one"}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.tokens.Ship(t.Context(), "A-1", shipper); err != nil {
			t.Fatal(err)
		}
		if _, err := h.tokens.ActivateHard(t.Context(), "anna", "s", "A-1", pairAt(0)); err != nil {
			t.Fatal(err)
		}
		if _, err := h.tokens.OrderDirect(t.Context(), "anna", "two", false); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			code string
			want token.Outcome
		}{{rfc4226.Code(1).Reveal(), token.Wrong}, {rfc4226.Code(2).Reveal(), token.Right}} {
			if try, err := h.tokens.EnterDirect(t.Context(), "anna", "s", c.code); err != nil || try.Outcome != c.want {
				t.Fatalf("%s, %v; want %s", try.Outcome, err, c.want)
			}
		}
		held := h.device("A-1", token.InUse)
		read, _, err := h.DB.Holding(t.Context(), "anna")
		if o, ok := read.Open(token.Soft); err != nil || !ok || o.Setup.Proof != held.ID || o.Route != token.Direct {
			t.Errorf("order %+v, %v", o, err)
		}
		if _, _, err := h.tokens.ShowSetup(t.Context(), "anna", "s"); err != nil {
			t.Error(err)
		}
		if _, err := h.tokens.Suspend(t.Context(), "anna", "s", "A-1"); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.tokens.ShowSetup(t.Context(), "anna", "s"); message(err) != "token.setup.fault.gone" {
			t.Errorf("after it was suspended: %v", err)
		}
	})
}

func TestBatteries_EachMemberIsToldOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		end := calendar.DateOf(time.Now()).AddDays(60)
		imported(t, stockOn(t, w), counted(end.String(), "A-1"), true)
		if _, err := h.tokens.AssignHard(t.Context(), "anna", "a1", "one", shipper); err != nil {
			t.Fatal(err)
		}
		if _, err := h.tokens.Ship(t.Context(), "A-1", shipper); err != nil {
			t.Fatal(err)
		}
		if n, err := h.tokens.TellBatteries(t.Context()); err != nil || n != 0 {
			t.Errorf("before it is active: %d, %v", n, err)
		}
		if _, err := h.tokens.ActivateHard(t.Context(), "anna", "s", "A-1", pairAt(0)); err != nil {
			t.Fatal(err)
		}
		for _, want := range []int{1, 0} {
			if n, err := h.tokens.TellBatteries(t.Context()); err != nil || n != want {
				t.Errorf("%d told, want %d: %v", n, want, err)
			}
		}
		if n, err := w.DB.Count(t.Context(), `SELECT count(*) FROM job WHERE kind = 'mail.battery-ending'`); err != nil || n != 1 {
			t.Errorf("%d e-mails, %v", n, err)
		}
	})
}

// message gives the word of a refusal.
func message(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Message
	}
	return ""
}
