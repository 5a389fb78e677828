package web_test

import (
	"database/sql"
	"errors"
	"net/http"
	"strings"
	"testing"

	"torhaus/internal/account"
	"torhaus/internal/audit"
)

// sees gives who of staff looked at which member, in order.
func (p *portal) sees() (list []string) {
	p.t.Helper()
	for _, r := range p.Audit(p.t) {
		if r.Kind == audit.MemberSeen {
			list = append(list, r.Actor+" sees "+r.Account)
		}
	}
	return list
}

// breakAudit keeps anything from being recorded from now on.
func (p *portal) breakAudit() {
	p.t.Helper()
	raw, err := sql.Open("sqlite", strings.Replace(p.Address, "sqlite:", "file:", 1)+"?_pragma=busy_timeout(5000)")
	if err != nil {
		p.t.Fatal(err)
	}
	_, err = raw.ExecContext(p.t.Context(), `CREATE TRIGGER no_audit BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'no audit'); END`)
	if err := errors.Join(err, raw.Close()); err != nil {
		p.t.Fatal(err)
	}
}

// find types into the search of the console.
func (b *browser) find(typed string) *page {
	b.t.Helper()
	b.open("/verwaltung/mitglieder")
	return b.press("Suchen", fields{"Mitglied suchen": typed})
}

func TestDesk_FindsAMemberByWhateverTheCallerReadsOut(t *testing.T) {
	p := newPortal(t)
	p.importMembers(
		"71.204-5,SBergmann,Frau,Dr. med.,Sophie,Bergmann-Groß,,Hauptstraße 1,80331,München,Sophie@bergmann.example",
		"712046,kmueller,Herr,,Karl,von der Müller,,Hauptstraße 1,80331,München,karl@mueller.example",
		"712047,mmueller,Herr,,Max,Müller,,Hauptstraße 1,80331,München,max@mueller.example",
	)
	if _, err := p.tokens.Order(t.Context(), "hannah", "form", false); err != nil {
		t.Fatal(err)
	}
	held := p.holding("hannah")
	b := p.console("dora", account.ServiceDesk)
	for typed, name := range map[string]string{
		"71 204 5":                        "Dr. med. Sophie Bergmann-Groß",
		"712.045":                         "Dr. med. Sophie Bergmann-Groß",
		"sbergmann":                       "Dr. med. Sophie Bergmann-Groß",
		"sophie@BERGMANN.example":         "Dr. med. Sophie Bergmann-Groß",
		" " + held.Tokens[0].Serial + " ": "Dr. med. Hannah Brandl",
		string(held.Orders[0].ID):         "Dr. med. Hannah Brandl",
		held.Orders[0].Letter.ID:          "Dr. med. Hannah Brandl",
		strings.ToLower(held.Tokens[0].Serial[:2]) + " " + held.Tokens[0].Serial[2:]: "Dr. med. Hannah Brandl",
	} {
		if b.find(typed); b.page.heading() != name {
			t.Errorf("%q leads to %q, want %q", typed, b.page.heading(), name)
		}
	}
	for typed, want := range map[string]int{
		"Mueller": 1, "muller max": 1, "Max Müller": 1, "Karl von der Mueller": 1, "bergmann gross": 1, "Brandl": 2, "brandl, h": 2,
	} {
		if b.find(typed); b.page.path != "/verwaltung/mitglieder" || b.page.Find("table.members tbody tr").Length() != want {
			t.Errorf("%q finds %d on %s, want %d", typed, b.page.Find("table.members tbody tr").Length(), b.page.path, want)
		}
	}
	if b.find("Bergmeister"); !b.page.says("Kein Mitglied gefunden.") || !b.page.says("Bergmann-Groß, Sophie") {
		t.Error("somebody with a similar name is not offered")
	}
	if b.find("dora"); !b.page.says("Kein Mitglied gefunden.") {
		t.Error("one of staff is found as a member")
	}
	if b.find(" "); b.page.status != http.StatusUnprocessableEntity {
		t.Errorf("nothing typed: %d", b.page.status)
	}
}

func TestDesk_WhatWasLookedForStandsInNoAddress(t *testing.T) {
	p := newPortal(t)
	b := p.console("dora", account.ServiceDesk)
	b.find("Brandl")
	address := b.page.query
	if strings.Contains(strings.ToLower(address), "brandl") {
		t.Errorf("the name stands in the address: %s", address)
	}
	if b.open("/verwaltung/mitglieder?" + address); !b.page.says("Ergebnis für „Brandl“") {
		t.Error("the address does not lead back to the result")
	}
	other := p.console("emil", account.ServiceDesk)
	if other.open("/verwaltung/mitglieder?" + address); other.page.says("Ergebnis für") {
		t.Error("the address opens the result for somebody else")
	}
}

func TestDesk_ALookAtARecordIsRecordedOnceInAWhile(t *testing.T) {
	p := newPortal(t)
	b := p.console("dora", account.ServiceDesk)
	for range 3 {
		b.open("/verwaltung/mitglieder/hannah")
		b.expect("/verwaltung/mitglieder/hannah", "Dr. med. Hannah Brandl", "Was eine Anmeldung jetzt erlebt", "Kennwort gesetzt", "kein aktivierter Token",
			"nächster Schritt: einen Softtoken bestellen")
	}
	b.open("/verwaltung/mitglieder/max")
	p.console("emil", account.Supervisor).open("/verwaltung/mitglieder/hannah")
	if got := strings.Join(p.sees(), ", "); got != "dora sees hannah, dora sees max, emil sees hannah" {
		t.Errorf("recorded: %s", got)
	}
	for _, id := range []string{"nobody", "dora"} {
		if b.open("/verwaltung/mitglieder/" + id); b.page.status != http.StatusNotFound || !b.page.says("Dieses Mitglied gibt es nicht.") {
			t.Errorf("%s: %d", id, b.page.status)
		}
	}
}

func TestDesk_WithoutARecordOfTheLookThereIsNone(t *testing.T) {
	p := newPortal(t)
	b := p.console("dora", account.ServiceDesk)
	p.breakAudit()
	if b.open("/verwaltung/mitglieder/hannah"); b.page.status != http.StatusInternalServerError || b.page.says("Brandl") {
		t.Errorf("%d: %s", b.page.status, b.page.Find("main").Text())
	}
}

func TestDesk_MembersAreNotForEverybody(t *testing.T) {
	p := newPortal(t)
	for name, role := range map[string]account.Role{"emil": account.Auditor, "fritz": account.TokenStock} {
		b := p.console(name, role)
		for _, path := range []string{"/verwaltung/mitglieder", "/verwaltung/mitglieder/hannah"} {
			if b.open(path); b.page.status != http.StatusForbidden {
				t.Errorf("%s on %s: %d", role, path, b.page.status)
			}
		}
	}
}
