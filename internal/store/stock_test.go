package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/secret"
	"torhaus/internal/store/storetest"
	"torhaus/internal/token"
)

// stockOn is the service of the stock over a database.
func stockOn(t *testing.T, w storetest.World) *token.StockService {
	t.Helper()
	return &token.StockService{Store: w.DB, Rules: token.RulesOf(kvb(t))}
}

const csvHeader = "serial;secret;type;digits;interval;manufacturer;model;battery-end\n"

// csvOf is a file of devices with these serial numbers, whose batteries last for ten years.
func csvOf(serials ...string) string {
	file := csvHeader
	for _, serial := range serials {
		file += serial + ";3132333435363738393031323334353637383930;totp;6;30;Acme;C 200;2036-12-31\n"
	}
	return file
}

// imported imports a file and gives what was refused, a line each.
func imported(t *testing.T, s *token.StockService, file string, apply bool) (token.StockSummary, []string) {
	t.Helper()
	var refused []string
	sum, err := s.Import(t.Context(), strings.NewReader(file), token.StockOptions{
		File: "Lieferung.csv", Apply: apply, By: token.By{Actor: "anna", Session: "s1"},
		Report: func(l token.StockLine) error {
			for _, r := range l.Refused {
				refused = append(refused, strings.TrimSpace(fmt.Sprintf("%d: %s %s %v", r.Line, r.Column, r.Reason, r.Args)))
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum, refused
}

func TestStock_ADryRunChangesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		newHouse(t, w)
		before := dump(t, w)
		sum, refused := imported(t, stockOn(t, w), csvOf("A-1", "A-2"), false)
		if sum.New != 2 || sum.Applied || len(refused) > 0 {
			t.Errorf("%+v, %v", sum, refused)
		}
		if diff := cmp.Diff(before, dump(t, w)); diff != "" {
			t.Error(diff)
		}
	})
}

func dump(t *testing.T, w storetest.World) string {
	t.Helper()
	text, err := w.DB.Dump(t.Context(), "stock_import")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestStock_AnImportIsOneBatchWithItsSecretsSealed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		newHouse(t, w)
		s := stockOn(t, w)
		sum, refused := imported(t, s, csvOf("A 1-2", "A-13"), true)
		if !sum.Applied || sum.New != 2 || len(refused) > 0 {
			t.Fatalf("%+v, %v", sum, refused)
		}
		got, found, err := w.DB.DeviceInStock(t.Context(), "a12")
		if err != nil || !found {
			t.Fatal(found, err)
		}
		want := token.Device{
			Serial: "A 1-2", Batch: sum.Batch, Manufacturer: "Acme", Model: "C 200", Mode: "totp", Algorithm: "SHA1", Digits: 6, Period: 30 * time.Second,
			BatteryEnd: calendar.Date{Year: 2036, Month: 12, Day: 31}, State: token.InStock, Since: got.Since, Secret: secret.Bytes("12345678901234567890"),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		batches, err := w.DB.DeviceBatches(t.Context(), 10)
		if err != nil || len(batches) != 1 || batches[0].Devices != 2 || batches[0].File != "Lieferung.csv" || batches[0].ByName.Last != "Beispiel" {
			t.Errorf("batches %+v, %v", batches, err)
		}
		var told []audit.Event
		for _, r := range w.Audit(t) {
			if r.Kind == audit.StockImported {
				told = append(told, r.Event)
			}
		}
		if diff := cmp.Diff([]audit.Event{{Kind: audit.StockImported, Actor: "anna", Session: "s1", Order: string(sum.Batch)}}, told); diff != "" {
			t.Error(diff)
		}
		if text := dump(t, w); strings.Contains(text, "1234567890123456789") || strings.Contains(text, "49 50 51 52 53 54 55 56") {
			t.Error("a secret stands in the database in clear")
		}
		if n, err := w.DB.Count(t.Context(), `SELECT count(*) FROM device_row`); err != nil || n != 0 {
			t.Errorf("%d staged rows stay, %v", n, err)
		}
	})
}

func TestStock_SerialsThatAreTakenAreRefusedWithTheirBatch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		soft := h.activeToken()
		s := stockOn(t, w)
		imported(t, s, csvOf("A-1", "A-2"), true)
		before := dump(t, w)
		today := calendar.DateOf(time.Now())
		sum, refused := imported(t, s, csvOf("B-1", "a1", "B 1", soft.Serial, "ST99999999", "st-1"), true)
		if sum.Applied || sum.New != 2 || sum.Refused != 4 {
			t.Errorf("%+v", sum)
		}
		want := []string{
			fmt.Sprintf("3:  serial-taken [a1 Lieferung.csv %s]", today), "4:  serial-twice [B 1 2]",
			fmt.Sprintf("5:  serial-soft [%s]", soft.Serial), "6:  serial-soft [ST99999999]",
		}
		if diff := cmp.Diff(want, refused); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(before, dump(t, w)); diff != "" {
			t.Errorf("something of a refused import stays:\n%s", diff)
		}
	})
}

// cutOff breaks off after so many bytes.
type cutOff struct {
	io.ReadSeeker
	left int
}

var errBroken = errors.New("the disk is broken")

func (c *cutOff) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errBroken
	}
	n, err := c.ReadSeeker.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

func TestStock_OfAnImportThatBreaksOffNothingStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		newHouse(t, w)
		before := dump(t, w)
		var serials []string
		for i := range 2000 {
			serials = append(serials, fmt.Sprintf("A%05d", i))
		}
		file := csvOf(serials...)
		_, err := stockOn(t, w).Import(t.Context(), &cutOff{strings.NewReader(file), 3*len(file) - 100}, token.StockOptions{
			Apply: true, Report: func(token.StockLine) error { return nil },
		})
		if !errors.Is(err, errBroken) {
			t.Errorf("error %v", err)
		}
		if diff := cmp.Diff(before, dump(t, w)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestStock_OfTwoImportsAtOnceOneWins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		newHouse(t, w)
		var done sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			s := &token.StockService{Store: w.Again(t), Rules: token.RulesOf(kvb(t))}
			done.Go(func() {
				_, errs[i] = s.Import(context.WithoutCancel(t.Context()), strings.NewReader(csvOf("A-1", "A-2")), token.StockOptions{
					Apply: true, Report: func(token.StockLine) error { return nil },
				})
			})
		}
		done.Wait()
		for _, err := range errs {
			if err != nil && !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		}
		if n, err := w.DB.Count(t.Context(), `SELECT count(*) FROM device`); err != nil || n != 2 {
			t.Errorf("%d devices, %v", n, err)
		}
		h := house{World: w, t: t}
		h.verifyAudit()
	})
}

func TestStock_TheOldestBatchGoesOutFirstAndNoBatteryNearItsEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		newHouse(t, w)
		s := stockOn(t, w)
		imported(t, s, strings.ReplaceAll(csvOf("A-1"), "2036-12-31", calendar.DateOf(time.Now()).AddDays(100).String()), true)
		w.Clock.Advance(time.Hour)
		imported(t, s, csvOf("Z-9", "Z-8"), true)
		w.Clock.Advance(time.Hour)
		imported(t, s, csvOf("B-1"), true)
		d, found, err := w.DB.PickDevice(t.Context(), calendar.DateOf(time.Now()).AddDays(365))
		if err != nil || !found || d.Serial != "Z-8" || string(d.Secret) != "12345678901234567890" {
			t.Errorf("picked %s, %v, %v", d.Serial, found, err)
		}
		o, err := s.Overview(t.Context())
		if err != nil || o.Total[token.InStock] != 4 || o.Ending != 1 || o.Usable != 3 || !o.Low {
			t.Errorf("%+v, %v", o, err)
		}
	})
}

func TestStock_ADeviceIsMovedByOneOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		imported(t, stockOn(t, w), csvOf("A-1"), true)
		d, _, err := w.DB.DeviceInStock(t.Context(), "A-1")
		if err != nil {
			t.Fatal(err)
		}
		take := func(id token.ID) error {
			return w.DB.ChangeHolding(t.Context(), "anna", func(held token.Holding, now calendar.Moment) (token.Change, error) {
				n := token.Token{
					ID: id, Account: "anna", Kind: token.Hard, Serial: d.Serial + string(id), State: token.Pending, Mode: d.Mode, Algorithm: d.Algorithm,
					Digits: d.Digits, Period: d.Period, Created: now.Time, Secret: d.Secret,
				}
				return token.Change{NewTokens: []token.Token{n}, Secrets: []token.ID{id}, Devices: []token.DeviceMove{{
					Serial: d.Serial, From: token.InStock, To: token.Assigned, Token: id,
				}}}, nil
			})
		}
		if err := take("t1"); err != nil {
			t.Fatal(err)
		}
		if err := take("t2"); !fault.Is(err, fault.Conflict) {
			t.Errorf("the second: %v", err)
		}
		if got := len(h.holding().Tokens); got != 1 {
			t.Errorf("%d tokens: of the change that failed nothing may stay", got)
		}
		if _, found, err := w.DB.DeviceInStock(t.Context(), "A-1"); found || err != nil {
			t.Errorf("it is still in stock, %v", err)
		}
		if n, err := w.DB.Count(t.Context(), `SELECT count(*) FROM device WHERE state = 'assigned' AND token_id = 't1' AND sealed IS NULL`); n != 1 || err != nil {
			t.Errorf("%d devices are assigned without a secret of their own, %v", n, err)
		}
	})
}

func TestStock_SearchIsBySerialNumberOrHolder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		newHouse(t, w)
		s := stockOn(t, w)
		imported(t, s, csvOf("A-10", "A-11", "A-12", "B-10"), true)
		serials := func(list []token.Listed, err error) string {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, d := range list {
				names = append(names, d.Serial)
			}
			return strings.Join(names, " ")
		}
		for _, c := range []struct {
			query token.StockQuery
			want  string
		}{
			{token.StockQuery{Most: 2}, "A-10 A-11"},
			{token.StockQuery{Most: 2, After: "A-11"}, "A-12 B-10"},
			{token.StockQuery{Most: 9, Serial: "a1"}, "A-10 A-11 A-12"},
			{token.StockQuery{Most: 9, Serial: "a-1", After: "A-10"}, "A-11 A-12"},
			{token.StockQuery{Most: 9, State: token.InStock, Serial: "B"}, "B-10"},
			{token.StockQuery{Most: 9, State: token.Shipped}, ""},
			{token.StockQuery{Most: 9, Batch: "another"}, ""},
		} {
			if got := serials(w.DB.Devices(t.Context(), c.query)); got != c.want {
				t.Errorf("%+v: %q, want %q", c.query, got, c.want)
			}
		}
		tokens := &token.Service{Store: w.DB, Keys: w.Keys, Rules: token.RulesOf(kvb(t))}
		if _, err := tokens.AssignHard(t.Context(), "anna", "a 12", "form", token.By{Actor: "anna"}); err != nil {
			t.Fatal(err)
		}
		if err := w.DB.Exec(t.Context(), `UPDATE account SET search_name = 'beispiel anna', number = '4711', register_email = email WHERE id = 'anna'`); err != nil {
			t.Fatal(err)
		}
		for typed, want := range map[string]string{"4711": "A-12", "Beisp": "A-12", "Brandl": "", "": ""} {
			if got := serials(w.DB.DevicesOf(t.Context(), typed, 9)); got != want {
				t.Errorf("holder %q: %q, want %q", typed, got, want)
			}
		}
		d, err := s.Find(t.Context(), "a-12")
		if err != nil || d.Holder.Person.Last != "Beispiel" || d.State != token.Assigned || d.Ordered.IsZero() {
			t.Errorf("found %+v, %v", d, err)
		}
		if got := serials(w.DB.ToShip(t.Context(), 9)); got != "A-12" {
			t.Errorf("to ship: %q", got)
		}
		events, err := w.DB.DeviceEvents(t.Context(), d.Device, 10)
		if err != nil || len(events) != 1 || events[0].Kind != audit.TokenOrdered {
			t.Errorf("history %v, %v", events, err)
		}
	})
}

func TestStock_WhatIsScrappedOrReturnedNeverGoesOutAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		newHouse(t, w)
		s := stockOn(t, w)
		imported(t, s, csvOf("A-1", "A-2"), true)
		by := token.By{Actor: "anna", Session: "s1"}
		if err := s.Scrap(t.Context(), "a1", token.ScrapDefective, by); err != nil {
			t.Fatal(err)
		}
		if err := s.Scrap(t.Context(), "a1", token.ScrapDefective, by); err != nil {
			t.Errorf("twice is once: %v", err)
		}
		if err := s.Receive(t.Context(), "A-2", by); !fault.Is(err, fault.Conflict) {
			t.Errorf("a device in stock cannot come back: %v", err)
		}
		if err := s.Receive(t.Context(), "A-3", by); !fault.Is(err, fault.NotFound) {
			t.Errorf("a device that nobody knows: %v", err)
		}
		if n, err := w.DB.Count(t.Context(), `SELECT count(*) FROM device WHERE state = 'scrapped' AND sealed IS NULL`); n != 1 || err != nil {
			t.Errorf("%d scrapped devices without a secret, %v", n, err)
		}
		if _, refused := imported(t, s, csvOf("A-1"), true); len(refused) != 1 {
			t.Errorf("it comes into the stock again: %v", refused)
		}
		var reasons []string
		for _, r := range w.Audit(t) {
			if r.Kind == audit.DeviceScrapped {
				reasons = append(reasons, r.Token+" "+r.Reason)
			}
		}
		if diff := cmp.Diff([]string{"A-1 device-defective"}, reasons); diff != "" {
			t.Error(diff)
		}
	})
}
