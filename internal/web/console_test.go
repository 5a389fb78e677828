package web_test

import (
	"net/http"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/password"
)

const staffPassword = "Sommer-Regen-Fenster-42"

// employ makes one of the body's own people, with a password and roles that count. The name is the account's id as well.
func (p *portal) employ(name string, roles ...account.Role) {
	p.t.Helper()
	hash, err := password.NewHasher().Hash(p.t.Context(), staffPassword)
	if err != nil {
		p.t.Fatal(err)
	}
	err = p.DB.CreateStaff(p.t.Context(), account.Account{
		ID: account.ID(name), UserName: name, State: account.Active, Email: name + "@kvb.example",
		Person: account.Person{First: "Dora", Last: "Amsel"},
	}, hash, roles)
	if err != nil {
		p.t.Fatal(err)
	}
}

// console gives a browser in which one of staff, made for it, is logged in with both factors and stands on the start page.
func (p *portal) console(name string, roles ...account.Role) *browser {
	p.t.Helper()
	p.employ(name, roles...)
	b := p.browser()
	b.enterConsole(name)
	return b
}

// enterConsole logs one of staff in with both factors, each time with a token of its own.
func (b *browser) enterConsole(name string) *app {
	b.t.Helper()
	a := b.p.app(name)
	b.open("/verwaltung")
	words := b.p.profile.Login
	b.press("Anmelden", fields{words.UserNameLabel: name, words.PasswordLabel: staffPassword})
	b.press("Anmelden", fields{"Einmalcode": a.next()})
	b.expect("/verwaltung", "Verwaltung")
	return a
}

func TestConsole_StaffLogInWithTwoFactorsAndSeeWhatTheirRoleIsFor(t *testing.T) {
	p := newPortal(t)
	p.employ("dora", account.ServiceDesk)
	a := p.app("dora")
	b := p.browser()
	b.open("/verwaltung/rechte")
	b.expect("/verwaltung/anmelden", "Anmelden", "Verwaltung · Schritt 1 von 2")
	b.press("Anmelden", fields{"Benutzername": "dora", "Kennwort": staffPassword})
	b.expect("/verwaltung/anmelden/code", "Einmalcode eingeben")
	if b.open("/verwaltung"); b.page.path != "/verwaltung/anmelden/code" {
		t.Errorf("with the password only: %s", b.page.path)
	}
	b.open("/verwaltung/anmelden?ziel=/verwaltung/rechte")
	b.press("Anmelden", fields{"Einmalcode": a.next()})
	b.expect("/verwaltung/rechte", "Rechte", "Servicestelle (Ihre Rolle)")
	if current := b.page.Find("nav.console [aria-current=page]").Text(); current != "Rechte" {
		t.Errorf("the navigation marks %q", current)
	}
	b.press("Abmelden", nil)
	b.expect("/verwaltung/abmelden", "Sie sind abgemeldet")
	b.follow("Wieder anmelden")
	b.expect("/verwaltung/anmelden", "Anmelden")
}

func TestConsole_MembersAndStaffHaveDoorsOfTheirOwn(t *testing.T) {
	p := newPortal(t)
	m := p.browser()
	m.enterPortal("hannah")
	s := p.console("dora", account.Supervisor)
	for _, path := range []string{"/verwaltung", "/verwaltung/rechte", "/verwaltung/konto/kennwort"} {
		if m.open(path); m.page.status != http.StatusForbidden || !m.page.says("Dieser Bereich ist für Beschäftigte.") {
			t.Errorf("a member on %s: %d", path, m.page.status)
		}
	}
	for _, path := range []string{"/start", "/token", "/konto/kennwort", "/konto/kontakt"} {
		if s.open(path); s.page.status != http.StatusForbidden || !s.page.says("Diese Seite ist für Mitglieder.") {
			t.Errorf("staff on %s: %d", path, s.page.status)
		}
	}
	s.follow("Zur Verwaltung")
	s.expect("/verwaltung", "Verwaltung")
	m.open("/verwaltung")
	m.follow("Zur Anmeldung in der Verwaltung")
	m.expect("/verwaltung/anmelden", "Anmelden", "Angemeldet ist hier noch Dr. med. Hannah Brandl.")
}

func TestAttack_APasswordOpensOnlyTheDoorOfItsRealm(t *testing.T) {
	p := newPortal(t)
	p.employ("hannah-staff", account.ServiceDesk)
	for name, c := range map[string]struct{ door, user, typed string }{
		"staff at the members' door":    {"/anmelden?ziel=/token", "hannah-staff", staffPassword},
		"a member at the staff's door":  {"/verwaltung/anmelden", "hannah", passtext},
		"the key that staff is kept by": {"/anmelden?ziel=/token", "staff hannah-staff", staffPassword},
	} {
		b := p.browser()
		b.open(c.door)
		b.press("Anmelden", fields{"Benutzername": c.user, "Kennwort": c.typed})
		if b.page.status != http.StatusUnprocessableEntity || !b.page.says("Diese Zugangsdaten stimmen nicht.") || b.cookie("torhaus") != "" {
			t.Errorf("%s: %d", name, b.page.status)
		}
	}
}

func TestConsole_ASessionOfStaffRestsShorter(t *testing.T) {
	p := newPortal(t)
	b := p.console("dora", account.Auditor)
	p.Clock.Advance(14 * time.Minute)
	if b.open("/verwaltung"); b.page.path != "/verwaltung" {
		t.Errorf("after 14 minutes: %s", b.page.path)
	}
	p.Clock.Advance(16 * time.Minute)
	if b.open("/verwaltung"); b.page.path != "/verwaltung/anmelden" || !b.page.says("Ihre Sitzung ist abgelaufen") {
		t.Errorf("after 16 minutes of rest: %s", b.page.path)
	}
}
