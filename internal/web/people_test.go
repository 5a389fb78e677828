package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/organisation"
)

const claraPage = "/benutzer/clerk-clara"

// administrator is a browser in which Anna is logged in, who looks after the people of the town.
func (p *portal) administrator() *browser {
	p.t.Helper()
	b := p.browser()
	b.enterAs(account.Administrator, "anna")
	return b
}

// now is the portal's time.
func (p *portal) now() time.Time {
	p.t.Helper()
	now, err := p.DB.Now(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return now.Time
}

// newClerk fills in the form for a new clerk.
func (b *browser) newClerk(first, last, email string) *page {
	b.t.Helper()
	b.open("/benutzer")
	b.follow("Sachbearbeiter anlegen")
	b.expect("/benutzer/neu", "Sachbearbeiter anlegen")
	return b.press("Anlegen", fields{"Vorname": first, "Nachname": last, "E-Mail-Adresse": email})
}

// oneTime reads the one-time password off the page, in groups as it is shown.
func (b *browser) oneTime() string {
	b.t.Helper()
	shown := strings.TrimSpace(b.page.Find("[data-testid=one-time]").Text())
	if shown == "" {
		b.t.Fatalf("no one-time password on %s:\n%s", b.page.path, b.page.Find("main").Text())
	}
	return shown
}

// firstLogin gives a one-time password, chooses a personal one, and gives the mailed code.
func (b *browser) firstLogin(role account.Role, email, oneTime string) {
	b.t.Helper()
	b.asRole(role)
	b.press("Anmelden", fields{"Benutzername (= E-Mail-Adresse)": email, "Passwort": oneTime})
	b.expect("/konto/kennwort", "Neues Passwort wählen")
	b.press("Passwort speichern", fields{"Neues Passwort": "Ahorn-Blatt-73!"})
	b.expect("/anmelden/code", "Authentifizierungstoken eingeben")
	b.press("Anmelden", fields{"Authentifizierungstoken": b.p.mailed()})
}

// rowOf gives the row of somebody in the list, without the words that narrow screens show.
func (b *browser) rowOf(name string) string {
	b.t.Helper()
	for _, row := range b.page.Find("tbody tr").EachIter() {
		if strings.TrimSpace(row.Find("th a").Text()) == name {
			return strings.Join(strings.Fields(row.Text()), " ")
		}
	}
	return ""
}

func TestBVK17_TheListShowsEverybodyWithTheirStatus(t *testing.T) {
	p := newTownHall(t)
	p.joins("zoe", account.Administrator, organisation.Closed, "stadt")
	p.joins("neu", account.Clerk, organisation.Invited, "stadt")
	b := p.administrator()
	b.open("/benutzer")
	b.expect("/benutzer", "Benutzerverwaltung", "Alle Personen, die für „Stadt Lindenau“ handeln. Niemand wird gelöscht.", "Krankheit, Elternzeit oder Mutterschutz")
	for name, want := range map[string]string{
		"anna Beispiel":  "anna Beispielanna@lindenau.example Administrator aktiv",
		"clara Beispiel": "clara Beispielclara@lindenau.example Sachbearbeiter aktiv noch nie",
		"doris Beispiel": "doris Beispieldoris@lindenau.example Sachbearbeiter deaktiviert noch nie",
		"zoe Beispiel":   "zoe Beispielzoe@lindenau.example Administrator beendet noch nie",
		"neu Beispiel":   "neu Beispielneu@lindenau.example Sachbearbeiter noch nicht angemeldet noch nie",
	} {
		if got := b.rowOf(name); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if b.page.says("karl") || b.page.says("rita") {
		t.Error("people of others are in the list")
	}
}

func TestBVK17_TheListIsSearchedAndPaged(t *testing.T) {
	p := newTownHall(t)
	for n := range 120 {
		who := account.Account{
			ID: account.ID(fmt.Sprintf("many-%03d", n)), Role: account.Clerk, UserName: fmt.Sprintf("m%03d@lindenau.example", n), State: account.Active,
			Email: fmt.Sprintf("m%03d@lindenau.example", n), Person: account.Person{First: "Erika", Last: fmt.Sprintf("Muster %03d", n)},
		}
		p.changeTeam("stadt", func(_ organisation.Team, now calendar.Moment) (organisation.Change, error) {
			at := now.Add(time.Duration(n+1) * time.Second)
			return organisation.Change{New: []organisation.Membership{{Account: who, State: organisation.Active, Created: at, Changed: at}}}, nil
		})
	}
	b := p.administrator()
	b.open("/benutzer")
	rows := func() int { return b.page.Find("tbody tr").Length() }
	if rows() != 100 || !b.page.says("Nächste Seite") || b.page.says("Zum Anfang") {
		t.Errorf("%d rows on the first page", rows())
	}
	b.follow("Nächste Seite")
	if rows() != 24 || !b.page.says("Zum Anfang") || b.page.says("Nächste Seite") {
		t.Errorf("%d rows on the second page", rows())
	}
	b.press("Suchen", fields{"Name oder E-Mail-Adresse": "  MUSTER 05"})
	if rows() != 12 || b.rowOf("Erika Muster 057") == "" {
		t.Errorf("%d are found by name", rows())
	}
	b.press("Suchen", fields{"Name oder E-Mail-Adresse": "m119@"})
	if rows() != 1 || b.page.Find("#suche").AttrOr("value", "") != "m119@" {
		t.Errorf("%d are found by address", rows())
	}
	b.press("Suchen", fields{"Name oder E-Mail-Adresse": "karl"})
	if rows() != 0 || !b.page.says("Niemand passt zu Ihrer Suche.") {
		t.Errorf("%d are found who are not there", rows())
	}
	for typed, want := range map[string]int{"erika muster 05": 12, "05 muster": 12, "%": 0, "_": 0, "' OR 1=1 --": 0, "\\": 0, "  ": 100} {
		b.open("/benutzer?suche=" + url.QueryEscape(typed))
		if b.page.status != http.StatusOK || rows() != want {
			t.Errorf("%q: status %d, %d rows", typed, b.page.status, rows())
		}
	}
	for _, behind := range []string{"nobody", "clerk-karl", "%00"} { // somebody of elsewhere is nobody here
		if b.open("/benutzer?nach="+behind).status != http.StatusOK || rows() != 0 {
			t.Errorf("behind %q: status %d, %d rows", behind, b.page.status, rows())
		}
	}
}

func TestBVK04_ANewClerksOneTimePasswordIsShownOnceAndOpensWithTheOwnMailedCode(t *testing.T) {
	p := newTownHall(t)
	b := p.administrator()
	b.newClerk("Nora", "Neu", "nora.neu@lindenau.example")
	b.expect("/benutzer/neu", "Einmalpasswort für Nora Neu", "nora.neu@lindenau.example", "Diese Seite zeigt es nur einmal")
	shown := b.oneTime()
	if got := strings.Join(strings.Fields(shown), ""); len(got) != 14 || len(strings.Fields(shown)) != 3 {
		t.Errorf("shown as %q", shown)
	}
	until := calendar.LastDay(p.now(), 28)
	if !b.page.says(until.GermanLong()) {
		t.Errorf("BVK09: %s is not named as the last day", until.GermanLong())
	}
	told := p.post("mail.one-time-handed-out")
	if len(told) != 1 || told[0]["to"].(map[string]any)["email"] != "nora.neu@lindenau.example" || strings.Contains(fmt.Sprint(told), strings.Fields(shown)[0]) {
		t.Errorf("the clerk is told %v", told)
	}
	if b.open("/benutzer/neu"); b.page.Find("[data-testid=one-time]").Length() != 0 || b.page.says(shown) {
		t.Error("loaded again, the page shows it again")
	}
	b.open("/benutzer")
	b.follow("Nora Neu")
	if b.page.says(shown) || !b.page.says("noch nicht angemeldet") {
		t.Error("the person's page shows it, or another state")
	}

	nora := p.browser()
	nora.firstLogin(account.Clerk, "nora.neu@lindenau.example", shown)
	nora.expect("/start", "Mitgliederportal")
	b.open("/benutzer")
	if got := b.rowOf("Nora Neu"); !strings.Contains(got, "Sachbearbeiter aktiv") {
		t.Errorf("after the first login: %q", got)
	}
}

func TestBVK09_AOneTimePasswordOfAnAdministratorDiesAtTheEndOfThe28thDay(t *testing.T) {
	for after, opens := range map[time.Duration]bool{-time.Minute: true, 0: false} {
		t.Run(after.String(), func(t *testing.T) {
			p := newTownHall(t)
			b := p.administrator()
			b.newClerk("Nora", "Neu", "nora.neu@lindenau.example")
			shown := b.oneTime()
			p.Clock.Advance(calendar.LastDay(p.now(), 28).End().Add(after).Sub(p.now()))
			nora := p.browser()
			nora.asRole(account.Clerk)
			nora.press("Anmelden", fields{"Benutzername (= E-Mail-Adresse)": "nora.neu@lindenau.example", "Passwort": shown})
			if opened := nora.page.path == "/konto/kennwort"; opened != opens {
				t.Errorf("opened: %v", opened)
			}
		})
	}
}

func TestBVK04_ErrorsAtTheFieldsKeepWhatWasTyped(t *testing.T) {
	p := newTownHall(t)
	b := p.administrator()
	for _, tt := range []struct{ first, last, email, wrong string }{
		{"", "Neu", "nora@lindenau.example", "first-name"},
		{"Nora", " ", "nora@lindenau.example", "last-name"},
		{"Nora", "Neu", "", "email"},
		{"Nora", "Neu", "nora", "email"},
		{"Nora", "Neu", "nora@@lindenau.example", "email"},
		{"Nora", "Neu", "Nora <nora@lindenau.example>", "email"},
		{"Nora", "Neu", `"nora"@lindenau.example`, "email"},
		{"Nora", "Neu", "nora@lindenau.example\r\nBcc: eve@example.org", "email"},
		{"Nora", "Neu", "nоra@lindenau.example", "email"}, // a Cyrillic o
		{"Nora\x00", "Neu", "nora@lindenau.example", "first-name"},
		{"Nora\u202e", "Neu", "nora@lindenau.example", "first-name"},
		{strings.Repeat("n", 201), "Neu", "nora@lindenau.example", "first-name"},
		{"Nora", "Neu", "CLARA@lindenau.example", "email"}, // who is there already
	} {
		b.newClerk(tt.first, tt.last, tt.email)
		if b.page.status != http.StatusUnprocessableEntity || b.page.Find("#"+tt.wrong+"[aria-invalid=true]").Length() != 1 || b.page.Find("[aria-invalid=true]").Length() != 1 {
			t.Errorf("%q %q %q: status %d:\n%s", tt.first, tt.last, tt.email, b.page.status, b.page.Find("form").Text())
		}
		if tt.wrong != "first-name" && b.page.Find("#first-name").AttrOr("value", "") != tt.first {
			t.Errorf("%q: the first name is lost", tt.first)
		}
	}
	form := b.hidden()
	for field, value := range map[string]string{"first-name": "Nora", "last-name": "Neu", "email": "nora@lindenau.example", "salutation": "Divers"} {
		form.Set(field, value)
	}
	if b.post("/benutzer/neu", form).status != http.StatusUnprocessableEntity {
		t.Errorf("a salutation that is not on offer: status %d", b.page.status)
	}
	if n := len(p.events(audit.ClerkCreated)); n != 0 || len(p.post("mail.one-time-handed-out")) != 0 {
		t.Errorf("%d clerks were made", n)
	}
}

func TestBVK04_AnUmlautDomainIsKeptInOneSpelling(t *testing.T) {
	p := newTownHall(t)
	b := p.administrator()
	b.newClerk("Nora", "Neu", "nora@xn--mnchen-3ya.example")
	b.expect("/benutzer/neu", "Einmalpasswort für Nora Neu", "nora@münchen.example")
	b.newClerk("Nora", "Neu", "nora@MÜNCHEN.example")
	if b.page.status != http.StatusUnprocessableEntity {
		t.Errorf("the same address in another spelling: status %d", b.page.status)
	}
}

func TestBVK06_AGeneralAddressIsWarnedOfAndCanBeInsistedOn(t *testing.T) {
	p := newTownHall(t)
	b := p.administrator()
	b.newClerk("Nora", "Neu", " Info@lindenau.example")
	if b.page.status != http.StatusUnprocessableEntity || !b.page.says("allgemeinen Adresse") || b.page.Find("#last-name").AttrOr("value", "") != "Neu" {
		t.Fatalf("status %d:\n%s", b.page.status, b.page.Find("form").Text())
	}
	b.press("Anlegen", nil)
	if b.page.status != http.StatusUnprocessableEntity {
		t.Fatal("the warning was overridden by nothing")
	}
	form := b.hidden()
	for field, value := range map[string]string{"first-name": "Nora", "last-name": "Neu", "email": "info@lindenau.example", "salutation": "", "trotzdem": "ja"} {
		form.Set(field, value)
	}
	b.post("/benutzer/neu", form)
	b.expect("/benutzer/neu", "Einmalpasswort für Nora Neu")
}

func TestBVK18_ANewOneTimePasswordVoidsTheOneBefore(t *testing.T) {
	p := newTownHall(t)
	b := p.administrator()
	hand := func() string {
		b.open(claraPage)
		b.follow("Einmalpasswort ausstellen")
		b.expect(claraPage+"/einmalpasswort", "Neues Einmalpasswort für clara Beispiel", "Ein früheres wird ungültig.")
		b.press("Einmalpasswort ausstellen", nil)
		b.expect(claraPage+"/einmalpasswort", "Einmalpasswort für clara Beispiel")
		return b.oneTime()
	}
	first, second := hand(), hand()
	if b.open(claraPage + "/einmalpasswort"); b.page.says(second) {
		t.Error("loaded again, the page shows it again")
	}
	clara := p.browser()
	clara.asRole(account.Clerk)
	clara.press("Anmelden", fields{"Benutzername (= E-Mail-Adresse)": addressOf("clara"), "Passwort": first})
	clara.expect("/anmelden", "Anmelden", "Diese Zugangsdaten stimmen nicht")
	clara.givePassword(account.Clerk, "clara") // the personal one is valid until the new one is used
	clara.expect("/anmelden/code", "Authentifizierungstoken eingeben")
	other := p.browser()
	other.firstLogin(account.Clerk, addressOf("clara"), strings.ToLower(second))
	other.expect("/start", "Mitgliederportal")
}

func TestBVK12_DeactivatingEndsTheSessionsAndReactivatingBringsBack(t *testing.T) {
	p := newTownHall(t)
	clara := p.browser()
	clara.enterAs(account.Clerk, "clara")
	b := p.administrator()
	b.open(claraPage)
	b.follow("Deaktivieren")
	b.expect(claraPage+"/deaktivieren", "clara Beispiel deaktivieren", "sofort abgemeldet")
	b.press("Deaktivieren", nil)
	b.expect(claraPage, "clara Beispiel", "Der Zugang ist deaktiviert.")
	if told := p.post("mail.membership-changed"); len(told) != 1 || told[0]["state"] != "deactivated" || told[0]["to"].(map[string]any)["email"] != addressOf("clara") {
		t.Errorf("the clerk is told %v", told)
	}
	clara.open("/start")
	clara.expect("/anmelden", "Anmelden", "Ihre Sitzung ist abgelaufen")
	clara.enterAs(account.Clerk, "clara")
	clara.expect("/anmelden/code", "Ihr Zugang ist deaktiviert", "Ihr Administrator kann ihn in der Benutzerverwaltung aktivieren")
	b.open(claraPage + "/einmalpasswort")
	if b.page.status != http.StatusConflict {
		t.Errorf("a one-time password for somebody deactivated: status %d", b.page.status)
	}
	b.open(claraPage)
	b.follow("Wieder aktivieren")
	b.press("Wieder aktivieren", nil)
	b.expect(claraPage, "clara Beispiel", "Der Zugang ist wieder aktiv.", "anna Beispiel")
	clara.enterAs(account.Clerk, "clara")
	clara.expect("/start", "Mitgliederportal")
	for kind, actor := range map[audit.Kind]string{audit.ClerkDeactivated: "administrator-anna", audit.ClerkReactivated: "administrator-anna"} {
		if list := p.events(kind); len(list) != 1 || list[0].Actor != actor || list[0].Account != "clerk-clara" {
			t.Errorf("%s: %+v", kind, list)
		}
	}
}

func TestBVK11_AClerkStaysActiveUntilSomebodyDeactivatesThem(t *testing.T) {
	p := newTownHall(t)
	p.Clock.Advance(5 * 366 * 24 * time.Hour)
	b := p.browser()
	b.enterAs(account.Clerk, "clara")
	b.expect("/start", "Mitgliederportal")
}

// closing walks to the page that ends somebody's access for good.
func (b *browser) closing(id, name string) {
	b.t.Helper()
	b.open("/benutzer/" + id)
	b.follow("Zugang endgültig beenden")
	b.expect("/benutzer/"+id+"/beenden", "Zugang von "+name+" beenden", "Das ist endgültig", "neue Registrierung nötig")
}

func TestBVK13_AnotherAdministratorIsClosedWithAFreshProof(t *testing.T) {
	p := newTownHall(t)
	peter := p.browser()
	peter.enterAs(account.Administrator, "peter")
	b := p.administrator()
	p.Clock.Advance(11 * time.Minute)
	b.closing("administrator-peter", "peter Beispiel")
	if b.page.says("sofort gesperrt") {
		t.Error("it is not the last administrator: no clerk is locked")
	}
	b.press("Zugang endgültig beenden", nil)
	if b.page.status != http.StatusUnprocessableEntity || b.page.Find("#code[aria-invalid=true]").Length() != 1 {
		t.Fatalf("without a code: status %d", b.page.status)
	}
	b.press("Code anfordern", nil)
	b.expect("/benutzer/administrator-peter/beenden", "Zugang von peter Beispiel beenden", "ist unterwegs")
	code := p.mailed()
	b.press("Zugang endgültig beenden", fields{"Authentifizierungstoken": other(code)})
	if b.page.status != http.StatusUnprocessableEntity || !p.isActive("administrator-peter") {
		t.Fatalf("with a wrong code: status %d", b.page.status)
	}
	b.press("Zugang endgültig beenden", fields{"Authentifizierungstoken": code})
	b.expect("/benutzer/administrator-peter", "peter Beispiel", "Der Zugang ist beendet.")
	if b.page.says("Wieder aktivieren") || b.page.Find("main .actions a").Length() != 0 {
		t.Error("BVK15: something can be done about it")
	}
	peter.open("/benutzer") // acts for the utility only, from now on
	if peter.page.says("clara") {
		t.Error("who was closed still sees the people")
	}
	if m := p.member("werke", "administrator-peter"); m.State != organisation.Active {
		t.Errorf("in another organisation: %s", m.State)
	}
}

func (p *portal) isActive(id string) bool {
	p.t.Helper()
	return p.member("stadt", id).State == organisation.Active
}

func TestBVK14_TheLastAdministratorLocksTheClerksAndANewOneBringsBackExactlyThose(t *testing.T) {
	p := newTownHall(t)
	clara := p.browser()
	clara.enterAs(account.Clerk, "clara")
	b := p.administrator()
	b.closing("administrator-peter", "peter Beispiel")
	b.press("Zugang endgültig beenden", nil) // the code of the login is fresh
	b.expect("/benutzer/administrator-peter", "peter Beispiel", "Der Zugang ist beendet.")
	b.closing("administrator-anna", "anna Beispiel")
	if !b.page.says("Ein Sachbearbeiter wird sofort gesperrt") {
		t.Errorf("the consequence is not named:\n%s", b.page.Find("main").Text())
	}
	b.press("Zugang endgültig beenden", nil)
	b.expect("/abmelden", "Sie sind abgemeldet", "Ihr Zugang ist beendet.")
	if b.open("/benutzer"); b.page.path != "/anmelden" {
		t.Errorf("after closing oneself: %s", b.page.path)
	}

	clara.open("/start")
	clara.expect("/anmelden", "Anmelden", "Ihre Sitzung ist abgelaufen")
	clara.givePassword(account.Clerk, "clara")
	clara.expect("/anmelden/code", "Authentifizierungstoken eingeben")
	if clara.page.says("gesperrt") {
		t.Error("it is told before the code")
	}
	clara.press("Anmelden", fields{"Authentifizierungstoken": p.mailed()})
	clara.expect("/anmelden/code", "Ihr Zugang ist zurzeit gesperrt", "keinen aktiven Administrator", "Wenden Sie sich an Ihre Leitung")

	p.joins("nina", account.Administrator, organisation.Active, "stadt")
	clara.enterAs(account.Clerk, "clara")
	clara.expect("/start", "Mitgliederportal")
	doris := p.browser()
	doris.enterAs(account.Clerk, "doris")
	doris.expect("/anmelden/code", "Ihr Zugang ist deaktiviert")
	anna := p.browser()
	anna.enterAs(account.Administrator, "anna")
	anna.expect("/anmelden/code", "Ihr Zugang ist deaktiviert", "registrieren Sie sich bitte neu")
}

func TestBVK13_ClosingOneselfLeavesWhatOneDoesForOthers(t *testing.T) {
	p := newTownHall(t)
	b := p.browser()
	b.enterAs(account.Administrator, "peter")
	form := b.hidden()
	form.Set("mitglied", "stadt")
	b.post("/mitglied-waehlen", form)
	b.closing("administrator-peter", "peter Beispiel")
	b.press("Zugang endgültig beenden", nil)
	b.expect("/start", "Mitgliederportal")
	if !strings.Contains(b.page.Find("header").Text(), "Stadtwerke Lindenau · Administrator") {
		t.Errorf("acts for %s", b.page.Find("header .who").Text())
	}
}

// deedsOf lists all that can be asked about somebody.
func deedsOf(id string) (list []struct{ method, path string }) {
	add := func(method, path string) {
		list = append(list, struct{ method, path string }{method, "/benutzer/" + id + path})
	}
	add(http.MethodGet, "")
	for _, deed := range []string{"/einmalpasswort", "/deaktivieren", "/aktivieren", "/beenden"} {
		add(http.MethodGet, deed)
		add(http.MethodPost, deed)
	}
	add(http.MethodPost, "/beenden/code")
	return list
}

func TestAttack_ThePeopleOfAnotherOrganisationByTheirIDs(t *testing.T) {
	p := newTownHall(t)
	p.joins("wanda", account.Administrator, organisation.Active, "werke")
	p.joins("willi", account.Clerk, organisation.Active, "werke")
	b := p.administrator()
	unknown := func(method, path string, form url.Values) (int, string) {
		if method == http.MethodGet {
			b.open(path)
		} else {
			b.post(path, form)
		}
		return b.page.status, strings.Join(strings.Fields(b.page.Find("main").Text()), " ")
	}
	b.open("/benutzer/neu")
	form := b.hidden()
	form.Set("id", "clerk-willi")
	form.Set("organisation", "werke")
	form.Set("mitglied", "werke")
	for i, deed := range deedsOf("nobody") {
		wantStatus, want := unknown(deed.method, deed.path, form)
		for _, id := range []string{"clerk-willi", "administrator-wanda", "clerk-karl", "data-centre-rita", "..", "%00", "clerk-willi%2F.."} {
			other := deedsOf(id)[i]
			status, got := unknown(other.method, other.path, form)
			if status != http.StatusNotFound && id != ".." || wantStatus != http.StatusNotFound || (got != want && !strings.ContainsAny(id, ".%")) {
				t.Errorf("%s %s: status %d, nobody's %d:\n%s\n%s", other.method, other.path, status, wantStatus, got, want)
			}
		}
	}
	for _, m := range []organisation.Membership{p.member("werke", "clerk-willi"), p.member("werke", "administrator-wanda"), p.member("klinik", "clerk-karl")} {
		if m.State != organisation.Active || !m.Asked.IsZero() || len(p.passwordsOf(string(m.Account.ID)).OneTimes) != 0 {
			t.Errorf("%s has changed: %+v", m.Account.ID, m)
		}
	}
	if n := len(p.events(audit.ClerkDeactivated)) + len(p.events(audit.AdministratorClosed)); n != 0 {
		t.Errorf("%d deeds are recorded", n)
	}
}

func TestAttack_AClerkDoesWhatAdministratorsDo(t *testing.T) {
	p := newTownHall(t)
	for role, name := range map[account.Role]string{account.Clerk: "clara", account.DataCentre: "rita"} {
		b := p.browser()
		b.enterAs(role, name)
		form := b.hidden()
		form.Set("email", "eve@lindenau.example")
		form.Set("first-name", "Eve")
		form.Set("last-name", "Böse")
		form.Set("rolle", "administrator")
		form.Set("role", "administrator")
		deeds := append(deedsOf("clerk-clara"), struct{ method, path string }{http.MethodPost, "/benutzer/neu"}, struct{ method, path string }{http.MethodGet, "/benutzer"})
		for _, deed := range deeds {
			if deed.method == http.MethodGet {
				b.open(deed.path)
			} else {
				b.post(deed.path, form)
			}
			if b.page.status != http.StatusForbidden && b.page.status != http.StatusNotFound {
				t.Errorf("%s: %s %s: status %d on %s", name, deed.method, deed.path, b.page.status, b.page.path)
			}
		}
	}
	if !p.isActive("clerk-clara") || len(p.events(audit.ClerkCreated)) != 0 {
		t.Error("something was done")
	}
}

func TestAttack_DoubledFieldsAndASmuggledRole(t *testing.T) {
	p := newTownHall(t)
	b := p.administrator()
	b.open("/benutzer/neu")
	form := b.hidden()
	for field, value := range map[string]string{"first-name": "Nora", "last-name": "Neu", "email": "nora@lindenau.example", "salutation": ""} {
		form.Set(field, value)
	}
	form.Add("email", "eve@example.org")
	if b.post("/benutzer/neu", form).status != http.StatusUnprocessableEntity || len(p.events(audit.ClerkCreated)) != 0 {
		t.Errorf("a doubled address: status %d", b.page.status)
	}
	form.Set("email", "nora@lindenau.example")
	form.Set("role", "administrator")
	form.Set("rolle", "administrator")
	form.Set("state", "active")
	b.post("/benutzer/neu", form)
	b.expect("/benutzer/neu", "Einmalpasswort für Nora Neu")
	team, _, err := p.DB.Team(t.Context(), "stadt")
	if err != nil {
		t.Fatal(err)
	}
	if last := team.People[len(team.People)-1]; last.Account.Role != account.Clerk || last.State != organisation.Invited {
		t.Errorf("made: %+v", last)
	}
}

func TestBVK04_CreationsPerDayAreLimitedOverThePages(t *testing.T) {
	p := newTownHall(t)
	b := p.administrator()
	for n := range 50 {
		b.newClerk("Nora", "Neu", fmt.Sprintf("n%d@lindenau.example", n))
		_ = b.oneTime()
	}
	b.newClerk("Nora", "Neu", "n50@lindenau.example")
	if b.page.status != http.StatusConflict || !b.page.says("höchstens 50 Personen") {
		t.Errorf("the 51st: status %d:\n%s", b.page.status, b.page.Find("main").Text())
	}
}
