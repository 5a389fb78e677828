package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/login"
	"torhaus/internal/organisation"
	"torhaus/internal/web"
	kit "torhaus/internal/web/page"
)

// stateOf gives the state of somebody in an organisation.
func (p *portal) stateOf(id organisation.ID, who account.ID) organisation.State {
	p.t.Helper()
	t, _, err := p.DB.Team(p.t.Context(), id)
	if err != nil {
		p.t.Fatal(err)
	}
	m, _ := t.Find(who)
	return m.State
}

// did gives what one of staff has done, in order, as kind, whom it was about and why.
func (p *portal) did(who string) (list []string) {
	p.t.Helper()
	for _, r := range p.Audit(p.t) {
		if r.Actor == who && r.Session != "" && (strings.HasPrefix(string(r.Kind), "organisation.") || r.Kind == audit.MemberSeen) {
			list = append(list, strings.Join(strings.Fields(string(r.Kind)+" "+r.Account+" "+r.Reason), " "))
		}
	}
	return list
}

// seek types into the search for organisations and people.
func (b *browser) seek(typed string) *page {
	b.t.Helper()
	b.open("/verwaltung/organisationen")
	return b.press("Suchen", fields{"Mitglied oder Person suchen": typed})
}

func TestOrganisations_AreFoundByNumberNameAndAddressOfWhoeverActsForThem(t *testing.T) {
	p := newTownHall(t)
	b := p.console("dora", account.ServiceDesk)
	for typed, want := range map[string]string{
		"2000 stadt": "Stadt Lindenau", "2000-KLINIK": "Klinikum Isartal", "isartal": "Klinikum Isartal", "klinikum": "Klinikum Isartal",
		"clara@lindenau.example": "clara Beispiel", "Stadtwerke": "Stadtwerke Lindenau",
	} {
		if b.seek(typed); b.page.heading() != want {
			t.Errorf("%q leads to %q, want %q", typed, b.page.heading(), want)
		}
	}
	if b.seek("lindenau"); b.page.Find("table.members tbody tr").Length() != 2 {
		t.Errorf("two members have the name: %s", b.page.Find("main").Text())
	}
	if address := b.page.query; strings.Contains(strings.ToLower(address), "lindenau") {
		t.Errorf("what was typed stands in the address: %s", address)
	}
	if b.seek("Beispiel"); b.page.Find(".links li").Length() != 6 {
		t.Errorf("people are not found by name: %s", b.page.Find("main").Text())
	}
	if b.seek("Nirgendwo"); !b.page.says("Kein Mitglied und keine Person gefunden.") {
		t.Error("nothing found is not told")
	}
	if b.seek(" "); b.page.status != http.StatusUnprocessableEntity {
		t.Errorf("nothing typed: %d", b.page.status)
	}
	b.open("/verwaltung/organisationen?liste=ohne-administrator")
	if b.page.Find("table.members tbody tr").Length() != 1 || !b.page.says("Klinikum Isartal") {
		t.Errorf("the list of those without an administrator: %s", b.page.Find("main").Text())
	}
}

func TestBVK17_StaffSeeEverybodyOfAMemberWithRoleAndStandingWhichIsRecorded(t *testing.T) {
	p := newTownHall(t)
	b := p.console("dora", account.ServiceDesk)
	for range 2 {
		b.open("/verwaltung/organisationen/stadt")
		b.expect("/verwaltung/organisationen/stadt", "Stadt Lindenau", "2000-stadt", "anna Beispiel", "peter Beispiel", "clara Beispiel", "doris Beispiel",
			"Administrator", "Sachbearbeiter", "deaktiviert", "2 Personen verwalten die Zugänge dieses Mitglieds.")
	}
	b.open("/verwaltung/organisationen/klinik")
	b.expect("/verwaltung/organisationen/klinik", "Klinikum Isartal", "gesperrt: kein Administrator", "Eine Person der Sachbearbeitung ist gesperrt")
	if did := p.did("dora"); !slices.Equal(did, []string{"organisation.seen stadt", "organisation.seen klinik"}) {
		t.Errorf("recorded: %q", did)
	}
	for _, path := range []string{"/verwaltung/organisationen/nirgendwo", "/verwaltung/organisationen/klinik/clerk-clara", "/verwaltung/rechenzentren/clerk-clara"} {
		if b.open(path); b.page.status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, b.page.status)
		}
	}
	if b.open("/verwaltung"); b.page.Find(`nav a[href="/verwaltung/organisationen"]`).Length() == 0 || b.page.Find(`nav a[href="/verwaltung/mitglieder"]`).Length() > 0 {
		t.Error("the navigation does not lead to the members")
	}
	p.breakAudit()
	if b.open("/verwaltung/organisationen/werke"); b.page.status != http.StatusInternalServerError || b.page.says("peter Beispiel") {
		t.Error("people are shown though the look cannot be recorded")
	}
}

func TestBVK03_StaffReleaseOrRefuseARegistration(t *testing.T) {
	p := newTownHall(t)
	p.joins("neue", account.Administrator, organisation.Requested, "stadt")
	p.joins("fremde", account.Administrator, organisation.Requested, "stadt")
	b := p.console("dora", account.ServiceDesk)
	if b.page.Find(`a[href="/verwaltung/organisationen"]`).Length() == 0 || !b.page.says("Registrierungen warten") {
		t.Error("the start page does not tell of the registrations")
	}
	b.open("/verwaltung/organisationen")
	b.expect("/verwaltung/organisationen", "Mitglieder", "Stadt Lindenau", "2 Registrierungen warten")
	b.open("/verwaltung/organisationen/stadt")
	b.follow("neue Beispiel")
	b.follow("Registrierung freigeben")
	b.expect("/verwaltung/organisationen/stadt/administrator-neue/freigeben", "Registrierung von neue Beispiel freigeben", "Der Brief geht an:", "z. Hd. neue Beispiel")
	b.press("Registrierung freigeben", nil)
	b.expect("/verwaltung/organisationen/stadt/administrator-neue", "neue Beispiel", "Die Registrierung ist freigegeben.", "eingeladen",
		"erst mit dem Einmalpasswort aus dem Brief")
	b.open("/verwaltung/organisationen/stadt/administrator-fremde/ablehnen")
	b.press("Registrierung ablehnen", nil)
	b.expect("/verwaltung/organisationen/stadt/administrator-fremde", "fremde Beispiel", "Die Registrierung ist abgelehnt.")
	if got := p.stateOf("stadt", "administrator-neue"); got != organisation.Invited {
		t.Errorf("the released one is %s", got)
	}
	if got := p.stateOf("stadt", "administrator-fremde"); got != organisation.Refused {
		t.Errorf("the refused one is %s", got)
	}
	if b.open("/verwaltung/organisationen/stadt/administrator-fremde/freigeben"); b.page.status != http.StatusConflict {
		t.Errorf("releasing what was refused answers %d", b.page.status)
	}
	b.open("/verwaltung/organisationen/stadt")
	b.expect("/verwaltung/organisationen/stadt", "Stadt Lindenau", "Einmalpasswort nach der Registrierung", "wartet auf den Druck")
}

func TestBVK11_StaffDeactivateAClerkAndGiveTheAccessBack(t *testing.T) {
	p := newTownHall(t)
	b := p.console("dora", account.ServiceDesk)
	b.open("/verwaltung/organisationen/stadt/clerk-clara/deaktivieren")
	b.press("Zugang deaktivieren", nil)
	b.expect("/verwaltung/organisationen/stadt/clerk-clara", "clara Beispiel", "Der Zugang ist deaktiviert.")
	if got := p.stateOf("stadt", "clerk-clara"); got != organisation.Deactivated {
		t.Fatalf("the clerk is %s", got)
	}
	b.follow("Zugang wieder aktivieren")
	b.press("Zugang wieder aktivieren", nil)
	if got := p.stateOf("stadt", "clerk-clara"); got == organisation.Deactivated {
		t.Errorf("the clerk is %s", got)
	}
	if did := p.did("dora"); !slices.Contains(did, "organisation.clerk.deactivated clerk-clara") || !slices.Contains(did, "organisation.clerk.reactivated clerk-clara") {
		t.Errorf("recorded: %q", did)
	}
}

func TestBVK14_StaffEndTheLastAdministratorOnlyIfNobodyIsThereAnyMore(t *testing.T) {
	p := newTownHall(t)
	b := p.console("dora", account.ServiceDesk)
	const peter = "/verwaltung/organisationen/werke/administrator-peter"
	b.open(peter + "/beenden")
	b.expect(peter+"/beenden", "Zugang von peter Beispiel beenden", "Danach gibt es hier keinen Administrator mehr")
	if b.press("Zugang endgültig beenden", nil); b.page.status != http.StatusUnprocessableEntity || !b.page.says("Bitte wählen Sie, warum der Zugang endet.") {
		t.Errorf("without a reason: %d", b.page.status)
	}
	b.open(peter + "/beenden")
	if b.pressWith("Zugang endgültig beenden", map[string]string{"reason": "notice"}); b.page.status != http.StatusUnprocessableEntity || !b.page.says("Das ist der letzte Administrator des Mitglieds.") {
		t.Errorf("on notice: %d", b.page.status)
	}
	if got := p.stateOf("werke", "administrator-peter"); got != organisation.Active {
		t.Fatalf("the last administrator is %s", got)
	}
	b.pressWith("Zugang endgültig beenden", map[string]string{"reason": "left"})
	b.expect(peter, "peter Beispiel", "Der Zugang ist beendet.", "beendet")
	if !slices.Contains(p.did("dora"), "organisation.administrator.closed administrator-peter left") {
		t.Errorf("recorded: %q", p.did("dora"))
	}
	if got := p.stateOf("stadt", "administrator-peter"); got != organisation.Active {
		t.Errorf("at the other member he is %s", got)
	}
	b.open("/verwaltung/organisationen/stadt/administrator-anna/beenden")
	b.pressWith("Zugang endgültig beenden", map[string]string{"reason": "misuse"})
	b.expect("/verwaltung/organisationen/stadt/administrator-anna", "anna Beispiel", "Der Zugang ist beendet.")
}

func TestBVK16_StaffDeactivateSomebodyOfADataCentreOnANotice(t *testing.T) {
	p := newTownHall(t)
	who := account.Account{
		ID: "centre-rolf", Realm: account.Member, Role: account.DataCentre, UserName: "rolf@rz.example", Email: "rolf@rz.example", State: account.Active,
		Person:  account.Person{First: "Rolf", Last: "Rechner"},
		Address: account.Address{Street: "Serverweg 1", Postcode: "80331", Town: "München"},
	}
	p.changeTeam("stadt", func(_ organisation.Team, now calendar.Moment) (organisation.Change, error) {
		return organisation.Change{Centres: []organisation.Centre{{Account: who, Name: "RZ Nord", State: organisation.Requested, Created: now.Time, Changed: now.Time}}}, nil
	})
	b := p.console("dora", account.ServiceDesk)
	b.open("/verwaltung/organisationen")
	b.expect("/verwaltung/organisationen", "Mitglieder", "Außerdem wartet die Registrierung einer Person aus einem Rechenzentrum.")
	b.follow("Rechenzentren")
	b.follow("Rolf Rechner")
	b.follow("Registrierung freigeben")
	b.press("Registrierung freigeben", nil)
	const rolf = "/verwaltung/rechenzentren/centre-rolf"
	b.expect(rolf, "Rolf Rechner", "Die Registrierung ist freigegeben.", "Freigabenummer", "RZ-000", "RZ Nord")
	b.open(rolf + "/deaktivieren")
	if b.press("Zugang endgültig deaktivieren", fields{"Datum der Mitteilung": "gestern"}); b.page.status != http.StatusUnprocessableEntity {
		t.Errorf("without a kind: %d", b.page.status)
	}
	if b.pressWith("Zugang endgültig deaktivieren", map[string]string{"kind": "written", "on": "gestern"}); b.page.status != http.StatusUnprocessableEntity {
		t.Errorf("without a day: %d", b.page.status)
	}
	b.pressWith("Zugang endgültig deaktivieren", map[string]string{"kind": "written", "on": "2.1.2026"})
	b.expect(rolf, "Rolf Rechner", "Der Zugang ist deaktiviert.", "schriftlich, vom 2. Januar 2026")
	if !slices.Contains(p.did("dora"), "organisation.data-centre.deactivated centre-rolf written") {
		t.Errorf("recorded: %q", p.did("dora"))
	}
}

func TestDesk_TheDiagnosisOfPeopleSaysHowTheyStandAtTheirMembers(t *testing.T) {
	p := newTownHall(t)
	p.joins("neue", account.Administrator, organisation.Requested, "stadt")
	b := p.console("dora", account.ServiceDesk, account.Supervisor)
	for id, says := range map[string][]string{
		"administrator-peter": {"Anmeldung möglich", "Authentifizierungstoken kommt per E-Mail", "darf für Stadt Lindenau handeln", "Stadtwerke Lindenau: aktiv"},
		"clerk-karl":          {"Anmeldung nicht möglich", "gesperrt, denn Klinikum Isartal hat keinen Administrator", "muss sich jemand als Administrator registrieren"},
		"clerk-doris":         {"Anmeldung nicht möglich", "kein Zugang mehr bei Stadt Lindenau", "wieder aktivieren lassen", "Sachbearbeiter"},
		"administrator-neue":  {"Anmeldung nicht möglich", "wartet auf Freigabe", "die Registrierung beim Mitglied freigeben oder ablehnen"},
		"data-centre-rita":    {"Anmeldung möglich", "Rechenzentrum"},
	} {
		b.open("/verwaltung/mitglieder/" + id)
		for _, words := range says {
			if !b.page.says(words) {
				t.Errorf("%s: the page does not say %q:\n%s", id, words, b.page.Find("main").Text())
			}
		}
		if b.page.says("ausgeschieden") || b.page.says("Anschrift ändern") {
			t.Errorf("%s: what somebody is to a member is offered to be changed as for persons", id)
		}
		if b.open("/verwaltung/mitglieder/" + id + "/ausgeschieden"); b.page.status != http.StatusConflict {
			t.Errorf("%s: marking as left answers %d", id, b.page.status)
		}
	}
	if b.open("/verwaltung/mitglieder/einspielen"); b.page.status != http.StatusNotFound {
		t.Errorf("members who are persons are imported: %d", b.page.status)
	}
}

func TestMatrix_ConsolePagesOfOrganisationsOpenToTheRolesThatTheTableNamesAndToNobodyElse(t *testing.T) {
	p := newTownHall(t)
	member := p.browser()
	member.enterAs(account.Administrator, "anna")
	list := []caller{
		{name: "nobody", browser: p.browser()},
		{name: "an administrator of a member", realm: account.Member, level: login.TwoFactor, browser: member},
		{name: "staff without a role", realm: account.Staff, level: login.TwoFactor, browser: p.console("none")},
	}
	for _, role := range account.Roles {
		list = append(list, caller{
			name: string(role), realm: account.Staff, level: login.TwoFactor, roles: []account.Role{role}, browser: p.console(string(role), role),
		})
	}
	tried, let := 0, 0
	for _, c := range list {
		c.form = c.browser.open("/kennwort-vergessen?rolle=administrator").Find("input[name=formular]").AttrOr("value", "")
		key := c.browser.cookie("torhaus")
		for _, route := range web.PeopleRoutes() {
			if !strings.HasPrefix(route.Path, kit.Organisations) && !strings.HasPrefix(route.Path, kit.Centres) {
				continue
			}
			tried++
			status, through := c.ask(t, route, key)
			if through {
				let++
			}
			if want := c.may(route); through != want {
				t.Errorf("%s: %s %s is reached: %t; the table says %t (status %d)", c.name, route.Method, route.Path, through, want, status)
			}
		}
	}
	t.Logf("%d requests, %d of them let through", tried, let)
	if tried < 7*20 {
		t.Errorf("%d requests are too few", tried)
	}
	for _, route := range web.Routes() {
		if strings.HasPrefix(route.Path, kit.Organisations) || strings.HasPrefix(route.Path, kit.Centres) {
			t.Errorf("%s is served where members are persons", route.Path)
		}
	}
}
