package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/letter"
	"torhaus/internal/token"
)

const hannahs = "/verwaltung/mitglieder/hannah"

// pressWith presses a button with fields set by their names, as choices are.
func (b *browser) pressWith(button string, values map[string]string) *page {
	b.t.Helper()
	form := b.page.Find("main form")
	for i := range form.Nodes {
		one := form.Eq(i)
		if strings.TrimSpace(one.Find("button").Text()) != button {
			continue
		}
		sent := url.Values{}
		for _, input := range one.Find("input[type=hidden], input[type=text], input[type=email]").EachIter() {
			sent.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
		}
		for name, value := range values {
			sent.Set(name, value)
		}
		return b.post(one.AttrOr("action", ""), sent)
	}
	b.t.Fatalf("%s has no button %q:\n%s", b.page.path, button, b.page.Find("main").Text())
	return nil
}

// vouch identifies hannah in person.
func (b *browser) vouch() {
	b.t.Helper()
	b.open(hannahs + "/identifizieren")
	b.pressWith("Ich habe das Mitglied erkannt", map[string]string{"weg": "in-person"})
	b.expect(hannahs, "Dr. med. Hannah Brandl", "Der Anrufer ist identifiziert", "Identifiziert (vor Ort) bis")
}

// approve decides about the one request that waits.
func (b *browser) approve(name string) *page {
	b.t.Helper()
	b.open("/verwaltung/freigaben")
	b.follow(name + ": Dr. med. Hannah Brandl")
	return b.pressWith("Freigeben", nil)
}

func TestIdentify_ComparesWhatTheCallerSaysAndShowsNothing(t *testing.T) {
	p := newPortal(t)
	p.app("hannah")
	serial := p.holding("hannah").Tokens[0].Serial
	b := p.console("dora", account.ServiceDesk)
	b.open(hannahs)
	b.follow("Anrufer identifizieren")
	b.expect(hannahs+"/identifizieren", "Anrufer identifizieren", "mindestens 3 Antworten")
	for _, value := range []string{"Lindenstraße", "90402", "praxis.example", serial} {
		if html, _ := b.page.Find("main").Html(); strings.Contains(html, value) {
			t.Errorf("the page shows %q", value)
		}
	}
	b.press("Antworten prüfen", fields{"Straße und Hausnummer": "Lindenstr. 12", "Postleitzahl": "90403"})
	if b.page.status != 422 || b.page.Find("#postcode[aria-invalid=true]").Length() != 1 || b.page.Find(".asked__right").Length() != 1 {
		t.Errorf("status %d:\n%s", b.page.status, b.page.Find("main").Text())
	}
	b.press("Antworten prüfen", fields{"Straße und Hausnummer": "lindenstrasse 12", "Postleitzahl": "90402", "Seriennummer eines Tokens": strings.ToLower(serial)})
	b.expect(hannahs, "Dr. med. Hannah Brandl", "Der Anrufer ist identifiziert", "Identifiziert (durch Antworten) bis")
	for _, r := range p.Audit(t) {
		if strings.Contains(r.Reason, "90402") || strings.Contains(r.Reason, serial) {
			t.Errorf("the audit has a value: %s", r.Reason)
		}
	}
	if n := len(p.events(audit.Identified)) + len(p.events(audit.NotIdentified)); n != 2 {
		t.Errorf("%d events", n)
	}
}

// events gives the audit events of a kind.
func (p *portal) events(kind audit.Kind) (list []audit.Record) {
	p.t.Helper()
	for _, r := range p.Audit(p.t) {
		if r.Kind == kind {
			list = append(list, r)
		}
	}
	return list
}

func TestAttack_GuessingFactsOnThePageSlowsDown(t *testing.T) {
	p := newPortal(t)
	p.app("hannah")
	b := p.console("dora", account.ServiceDesk)
	b.open(hannahs + "/identifizieren")
	for range 4 {
		b.press("Antworten prüfen", fields{"Postleitzahl": "11111"})
	}
	if b.press("Antworten prüfen", fields{"Postleitzahl": "90402"}); b.page.status != http.StatusTooManyRequests && b.page.status != http.StatusServiceUnavailable || !b.page.says("Bitte warten Sie") {
		t.Errorf("status %d:\n%s", b.page.status, b.page.Find("main").Text())
	}
	if b.page.Find(".asked__right").Length() != 0 {
		t.Error("an answer within the pause is looked at")
	}
}

func TestDeeds_SuspendingHelpsAtOnceAndLiftingTakesTwo(t *testing.T) {
	p := newPortal(t)
	p.app("hannah")
	serial := p.holding("hannah").Tokens[0].Serial
	dora, emil := p.console("dora", account.ServiceDesk), p.console("emil", account.ServiceDesk)
	dora.open(hannahs)
	dora.follow("Token sperren: " + serial)
	dora.pressWith("Jetzt sperren", nil)
	dora.expect(hannahs, "Dr. med. Hannah Brandl", "Der Token ist gesperrt")
	if len(p.post("mail.token-suspended")) != 1 {
		t.Error("she is not told")
	}
	dora.follow("Sperre aufheben: " + serial)
	dora.expect(hannahs+"/token-entsperren", "Sperre aufheben", "Bitte identifizieren Sie zuerst den Anrufer")
	if dora.page.Find("main form").Length() != 0 {
		t.Error("the form is there before the caller is identified")
	}
	dora.vouch()
	dora.follow("Sperre aufheben: " + serial)
	form := dora.hidden()
	dora.pressWith("Zweite Person anfragen", nil)
	dora.expect(hannahs, "Dr. med. Hannah Brandl", "Die Anfrage ist gestellt", "wartet auf eine zweite Person")
	if dora.post(hannahs+"/token-entsperren", form); dora.page.status != http.StatusConflict {
		t.Errorf("asked twice: status %d", dora.page.status)
	}
	dora.open("/verwaltung")
	if dora.page.says("Anfragen, die auf Sie als zweite Person warten") {
		t.Error("her own request waits for herself")
	}
	emil.open("/verwaltung")
	emil.expect("/verwaltung", "Verwaltung", "Anfragen, die auf Sie als zweite Person warten")
	emil.approve("Sperre aufheben")
	emil.expect("/verwaltung/freigaben", "Freigaben", "Freigegeben und ausgeführt", "Zurzeit wartet nichts")
	if p.holding("hannah").Tokens[0].State != token.Active || len(p.post("mail.by-desk")) != 1 {
		t.Errorf("the token is %s", p.holding("hannah").Tokens[0].State)
	}
	dora.open("/verwaltung/freigaben")
	dora.expect("/verwaltung/freigaben", "Freigaben", "Ihre entschiedenen Anfragen", "freigegeben")
}

func TestDeeds_ANewAddressByTwoAndTheNextLetterWaitsForOne(t *testing.T) {
	p := newPortal(t)
	dora, emil := p.console("dora", account.ServiceDesk), p.console("emil", account.Supervisor)
	dora.vouch()
	dora.follow("Anschrift ändern")
	dora.expect(hannahs+"/anschrift", "Anschrift ändern", "Lindenstraße 12")
	dora.press("Zweite Person anfragen", fields{"Straße und Hausnummer, oder Postfach": "", "Postleitzahl": "1234"})
	if dora.page.status != 422 || dora.page.Find("[aria-invalid=true]").Length() != 2 {
		t.Errorf("status %d, %d fields", dora.page.status, dora.page.Find("[aria-invalid=true]").Length())
	}
	dora.press("Zweite Person anfragen", fields{"Straße und Hausnummer, oder Postfach": "Am Anger 3", "Postleitzahl": "80331", "Ort": "München"})
	dora.expect(hannahs, "Dr. med. Hannah Brandl", "Die Anfrage ist gestellt")
	emil.open("/verwaltung/freigaben")
	emil.follow("Anschrift ändern: Dr. med. Hannah Brandl")
	emil.expect(emil.page.path, "Freigabe: Anschrift ändern", "Lindenstraße 12", "Am Anger 3", "Dora Amsel")
	emil.pressWith("Freigeben", nil)
	emil.expect("/verwaltung/freigaben", "Freigaben", "Freigegeben und ausgeführt")
	if a := p.holding("hannah").Owner.Address; a.Street != "Am Anger 3" || a.Town != "München" {
		t.Errorf("%+v", a)
	}
	if len(p.post("mail.address-changed")) != 1 {
		t.Error("she is not told")
	}
	if _, err := p.tokens.Order(t.Context(), "hannah", "form", false); err != nil {
		t.Fatal(err)
	}
	if state := p.holding("hannah").Orders[0].Letter.State; state != letter.Held {
		t.Errorf("the letter is %s", state)
	}
	hannah := p.browser()
	hannah.enterTokens("hannah")
	hannah.expect("/token", "Token-Verwaltung", "wird geprüft, weil Ihre Anschrift erst kürzlich geändert wurde")
	dora.open("/verwaltung/freigaben")
	dora.follow("Brief freigeben: Dr. med. Hannah Brandl")
	dora.expect(dora.page.path, "Freigabe: Brief freigeben", "Das haben Sie selbst veranlasst")
	emil.approve("Brief freigeben")
	if state := p.holding("hannah").Orders[0].Letter.State; state != letter.Queued {
		t.Errorf("the letter is %s", state)
	}
}

func TestAttack_ARequestIsDecidedByNobodyWhoMayNot(t *testing.T) {
	p := newPortal(t)
	dora, emil := p.console("dora", account.ServiceDesk, account.Supervisor), p.console("emil", account.ServiceDesk)
	dora.vouch()
	dora.follow("E-Mail-Adresse ändern")
	dora.press("Zweite Person anfragen", fields{"Neue E-Mail-Adresse": "neu@praxis.example"})
	dora.open("/verwaltung/freigaben")
	dora.follow("E-Mail-Adresse ändern: Dr. med. Hannah Brandl")
	request := dora.page.path
	if dora.page.Find("form[action$='/freigeben']").Length() != 0 {
		t.Error("she is offered to approve her own request")
	}
	emil.open(request)
	seen := emil.page.Find("input[name=gesehen]").AttrOr("value", "")
	form := dora.hidden()
	form.Set("gesehen", seen)
	second := p.browser()
	second.enterConsole("dora")
	second.open("/verwaltung/freigaben")
	for name, b := range map[string]*browser{"herself": dora, "herself elsewhere": second} {
		own := b.open(request).Find("input[name=formular]").AttrOr("value", "")
		b.post(request+"/freigeben", url.Values{"formular": {own}, "gesehen": {seen}})
		if b.page.status != http.StatusForbidden {
			t.Errorf("%s: status %d", name, b.page.status)
		}
	}
	tampered := emil.hiddenOf(emil.open(request))
	tampered.Set("email", "dieb@example.org")
	tampered.Set("gesehen", strings.Repeat("0", 64))
	if emil.post(request+"/freigeben", tampered); emil.page.status != http.StatusConflict {
		t.Errorf("with another seal: status %d", emil.page.status)
	}
	tampered.Set("gesehen", seen)
	emil.post(request+"/freigeben", tampered)
	if got := p.email("hannah"); got != "neu@praxis.example" {
		t.Errorf("the address is %s", got)
	}
	if emil.post(request+"/freigeben", tampered); emil.page.status != http.StatusConflict {
		t.Errorf("replayed: status %d", emil.page.status)
	}
}

// hiddenOf gives the hidden fields of the first form in the main part.
func (b *browser) hiddenOf(p *page) url.Values {
	values := url.Values{}
	for _, input := range p.Find("main form").First().Find("input[type=hidden]").EachIter() {
		values.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	}
	return values
}

func TestDeeds_AreForTheServiceDeskAndSupervisors(t *testing.T) {
	p := newPortal(t)
	paths := []string{
		"identifizieren", "token-sperren", "token-entsperren", "token-beenden", "neuer-brief", "bestellung-beenden", "anmeldung-beenden", "abmelden",
		"token-per-brief", "anschrift", "e-mail", "ausgeschieden", "verstorben", "wiederaufnehmen",
	}
	for name, role := range map[string]account.Role{"emil": account.Auditor, "fritz": account.TokenStock} {
		b := p.console(name, role)
		for _, path := range slices.Concat([]string{"/verwaltung/freigaben", "/verwaltung/freigaben/x"}, under(hannahs, paths)) {
			if b.open(path); b.page.status != http.StatusForbidden {
				t.Errorf("%s on %s: %d", role, path, b.page.status)
			}
		}
	}
}

func under(path string, words []string) (list []string) {
	for _, w := range words {
		list = append(list, path+"/"+w)
	}
	return list
}

func TestDeeds_WhatTheStateDoesNotAdmitHasNoForm(t *testing.T) {
	p := newPortal(t)
	b := p.console("dora", account.ServiceDesk)
	b.vouch()
	for _, path := range under(hannahs, []string{
		"token-sperren?token=none", "token-entsperren?token=none", "token-beenden", "neuer-brief?bestellung=none", "token-per-brief", "wiederaufnehmen",
		"anmeldung-beenden?anmeldung=none", "abmelden",
	}) {
		if b.open(path); b.page.status != http.StatusConflict {
			t.Errorf("%s: status %d", path, b.page.status)
		}
	}
	for _, id := range []string{"nobody", "dora"} {
		if b.open("/verwaltung/mitglieder/" + id + "/anschrift"); b.page.status != http.StatusNotFound {
			t.Errorf("%s: status %d", id, b.page.status)
		}
	}
}
