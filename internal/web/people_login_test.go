package web_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/organisation"
	"torhaus/internal/password"
	"torhaus/internal/secret"
	"torhaus/internal/web"
	kit "torhaus/internal/web/page"
)

// newTownHall is a portal whose members are organisations: a town with its utility, and a hospital without an administrator. Everybody
// has the same password.
func newTownHall(t *testing.T) *portal {
	t.Helper()
	p := newPortalOf(t, "bvk")
	for id, name := range map[organisation.ID]string{"stadt": "Stadt Lindenau", "werke": "Stadtwerke Lindenau", "klinik": "Klinikum Isartal"} {
		if err := p.DB.CreateOrganisation(t.Context(), organisation.Organisation{ID: id, Number: "2000-" + string(id), Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	p.joins("anna", account.Administrator, organisation.Active, "stadt")
	p.joins("peter", account.Administrator, organisation.Active, "stadt", "werke")
	p.joins("clara", account.Clerk, organisation.Active, "stadt")
	p.joins("doris", account.Clerk, organisation.Deactivated, "stadt")
	p.joins("karl", account.Clerk, organisation.Active, "klinik")
	p.joins("rita", account.DataCentre, organisation.Active)
	return p
}

func addressOf(name string) string { return name + "@lindenau.example" }

// joins adds somebody who acts for organisations.
func (p *portal) joins(name string, role account.Role, s organisation.State, places ...organisation.ID) {
	p.t.Helper()
	who := account.Account{
		ID: account.ID(string(role) + "-" + name), Role: role, UserName: addressOf(name), Email: addressOf(name), State: account.Active,
		Person: account.Person{First: name, Last: "Beispiel"},
	}
	if err := p.DB.CreateAccount(p.t.Context(), who, p.hash); err != nil {
		p.t.Fatal(err)
	}
	if role == account.DataCentre {
		p.centre(who, s)
	}
	for _, place := range places {
		p.changeTeam(place, func(_ organisation.Team, now calendar.Moment) (organisation.Change, error) {
			return organisation.Change{New: []organisation.Membership{{Account: who, State: s, Created: now.Time, Changed: now.Time}}}, nil
		})
	}
}

// centre makes somebody one of a data centre that was released.
func (p *portal) centre(who account.Account, s organisation.State) {
	p.t.Helper()
	now, err := p.DB.Now(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	made := organisation.Centre{Account: who, Name: "Rechenzentrum Süd", Approval: "RZ-" + string(who.ID), State: s, Created: now.Time, Changed: now.Time}
	if s == organisation.Requested {
		made.Approval = ""
	}
	if err := p.DB.CreateCentre(p.t.Context(), made); err != nil {
		p.t.Fatal(err)
	}
}

func (p *portal) changeTeam(id organisation.ID, deed func(organisation.Team, calendar.Moment) (organisation.Change, error)) {
	p.t.Helper()
	if err := p.DB.ChangeTeam(p.t.Context(), id, deed); err != nil {
		p.t.Fatal(err)
	}
}

// mailed reads the code out of the last e-mail that a login sent.
func (p *portal) mailed() string {
	p.t.Helper()
	mails := p.post("mail.login-code")
	if len(mails) == 0 {
		p.t.Fatal("no code was sent")
	}
	return mails[len(mails)-1]["code"].(string)
}

// asRole opens the login in a role.
func (b *browser) asRole(role account.Role) {
	b.t.Helper()
	b.open("/")
	names := map[account.Role]string{account.Administrator: "Administrator", account.Clerk: "Sachbearbeiter", account.DataCentre: "Rechenzentrum"}
	b.follow(names[role])
	b.expect("/anmelden", "Anmelden", names[role])
}

// givePassword gives the address, and the password of everybody.
func (b *browser) givePassword(role account.Role, name string) {
	b.t.Helper()
	b.asRole(role)
	b.press("Anmelden", fields{"Benutzername (= E-Mail-Adresse)": addressOf(name), "Passwort": passtext})
}

// enterAs logs in with password and mailed code.
func (b *browser) enterAs(role account.Role, name string) {
	b.t.Helper()
	b.givePassword(role, name)
	b.expect("/anmelden/code", "Authentifizierungstoken eingeben")
	b.press("Anmelden", fields{"Authentifizierungstoken": b.p.mailed()})
}

func TestBVK19_TheStartPageOffersTheRoles(t *testing.T) {
	b := newTownHall(t).browser()
	b.open("/")
	for _, role := range []string{"Administrator", "Sachbearbeiter", "Rechenzentrum"} {
		link := b.page.Find("main a").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Text() == role })
		if want := "/anmelden?rolle=" + strings.ToLower(role); link.AttrOr("href", "") != want {
			t.Errorf("%s leads to %q, want %q", role, link.AttrOr("href", ""), want)
		}
	}
	for _, role := range []string{"administrator", "rechenzentrum"} {
		if b.page.Find("main a[href='/registrieren?rolle="+role+"']").Length() != 1 {
			t.Errorf("%s cannot register", role)
		}
	}
	if b.page.Find("main a[href*='rolle=sachbearbeiter'][href^='/registrieren']").Length() != 0 {
		t.Error("a clerk can register: the administrator does that")
	}
}

func TestBVK19_WithoutARoleTheLoginAsksForIt(t *testing.T) {
	b := newTownHall(t).browser()
	for _, path := range []string{"/start", "/anmelden", "/anmelden?rolle=", "/anmelden?rolle=clerk", "/anmelden?rolle=administrator&rolle=sachbearbeiter"} {
		b.open(path)
		b.expect("/anmelden", "Anmelden", "In welcher Rolle melden Sie sich an?")
	}
	b.open("/benutzer")
	b.follow("Administrator")
	if b.page.Find("input[name=ziel]").AttrOr("value", "") != "/benutzer" || b.page.Find("input[name=rolle]").AttrOr("value", "") != "administrator" {
		t.Error("the way to the page that was asked for is lost with the choice of the role")
	}
	form := b.hidden()
	form.Del("rolle")
	b.post("/anmelden", form)
	b.expect("/anmelden", "Anmelden", "In welcher Rolle melden Sie sich an?")
}

func TestBVK19_TheRoleSurvivesAnErrorTheLanguageAndTheWayToAForgottenPassword(t *testing.T) {
	b := newTownHall(t).browser()
	b.asRole(account.Clerk)
	b.press("Anmelden", nil)
	if b.page.Find("input[name=rolle]").AttrOr("value", "") != "sachbearbeiter" {
		t.Error("lost by an error")
	}
	english := b.page.Find(".tongues a").AttrOr("href", "")
	b.open(english)
	if b.page.Find("input[name=rolle]").AttrOr("value", "") != "sachbearbeiter" || !b.page.says("clerk") {
		t.Errorf("lost by the language: %s", english)
	}
	if href := b.page.Find("main a[href^='/kennwort-vergessen']").AttrOr("href", ""); href != "/kennwort-vergessen?rolle=sachbearbeiter" {
		t.Errorf("forgotten leads to %q", href)
	}
}

func TestBVK01_AddressPasswordAndMailedCodeOpenThePortalInThatRole(t *testing.T) {
	for role, name := range map[account.Role]string{account.Administrator: "anna", account.Clerk: "clara", account.DataCentre: "rita"} {
		t.Run(string(role), func(t *testing.T) {
			b := newTownHall(t).browser()
			b.enterAs(role, name)
			b.expect("/start", "Mitgliederportal", "Letzte Anmeldung: noch keine")
			head := strings.Join(strings.Fields(b.page.Find("header .who").Text()), " ")
			want := map[account.Role]string{
				account.Administrator: "Stadt Lindenau · Administrator", account.Clerk: "Stadt Lindenau · Sachbearbeiter",
				account.DataCentre: "Rechenzentrum Süd · Rechenzentrum",
			}
			if !strings.Contains(head, want[role]) {
				t.Errorf("the head says %q", head)
			}
			if there := b.page.Find("main a[href='/benutzer']").Length() > 0; there != (role == account.Administrator) {
				t.Errorf("Benutzerverwaltung offered: %v", there)
			}
			for path, want := range map[string]int{
				"/token": http.StatusNotFound, "/konto/kontakt": http.StatusNotFound, "/token-verloren": http.StatusNotFound,
				"/konto/anmeldungen": http.StatusOK, "/konto/kennwort": http.StatusOK,
			} {
				if got := b.open(path).status; got != want {
					t.Errorf("%s: status %d, want %d", path, got, want)
				}
			}
			if status := b.open("/benutzer").status; (status == http.StatusOK) != (role == account.Administrator) {
				t.Errorf("/benutzer: status %d", status)
			}
		})
	}
}

func TestBVK02_BeforeTheMailedCodeNoPageOpens(t *testing.T) {
	p := newTownHall(t)
	b := p.browser()
	b.givePassword(account.Administrator, "anna")
	for _, route := range web.PeopleRoutes() {
		if route.Method != http.MethodGet || route.Right == kit.Everybody || kit.RealmOf(route.Path) == account.Staff {
			continue
		}
		b.open(strings.ReplaceAll(route.Path, "{id}", "clerk-clara"))
		if b.page.path != "/anmelden/code" && b.page.status != http.StatusNotFound {
			t.Errorf("%s shows %s (%d)", route.Path, b.page.path, b.page.status)
		}
	}
	if mails := p.post("mail.login-code"); len(mails) != 1 {
		t.Errorf("%d codes were sent: looking at pages sends none", len(mails))
	}
}

func TestBVK02_WrongCodesResendAndTheEndOfACode(t *testing.T) {
	p := newTownHall(t)
	b := p.browser()
	b.givePassword(account.Clerk, "clara")
	b.expect("/anmelden/code", "Authentifizierungstoken eingeben", "an c…@lindenau.example geschickt", "Die 8 Ziffern aus der E-Mail")
	if b.page.says(addressOf("clara")) {
		t.Error("the page shows the whole address")
	}
	first := p.mailed()
	b.press("Anmelden", fields{"Authentifizierungstoken": "123"})
	b.expect("/anmelden/code", "Authentifizierungstoken eingeben", "Das sind 8 Ziffern.")
	b.press("Anmelden", fields{"Authentifizierungstoken": other(first)})
	b.expect("/anmelden/code", "Authentifizierungstoken eingeben", "4 Versuche bleiben Ihnen noch.")
	b.press("Neu zusenden", nil)
	if b.page.status != http.StatusTooManyRequests || b.page.header.Get("Retry-After") == "" || !b.page.says("Sekunden möglich") {
		t.Errorf("at once: status %d", b.page.status)
	}
	p.Clock.Advance(31 * time.Second)
	b.press("Neu zusenden", nil)
	b.expect("/anmelden/code", "Authentifizierungstoken eingeben", "der vorige gilt nicht mehr")
	second := p.mailed()
	for left := 4; left >= 0; left-- {
		b.press("Anmelden", fields{"Authentifizierungstoken": other(second)})
	}
	b.expect("/anmelden/code", "Authentifizierungstoken eingeben", "Nach zu vielen falschen Eingaben")
	if b.page.Find("#code").Length() != 0 {
		t.Error("a void code is still asked for")
	}
	p.Clock.Advance(31 * time.Second)
	b.press("Neu zusenden", nil)
	spaced := p.mailed()
	b.press("Anmelden", fields{"Authentifizierungstoken": " " + spaced[:4] + "-" + spaced[4:]})
	b.expect("/start", "Mitgliederportal", "Seit Ihrer letzten Anmeldung: 6 Fehlversuche")
	if b.open("/anmelden/code").path != "/start" {
		t.Errorf("back to the code: %s", b.page.path)
	}
}

// other gives eight digits that are not these.
func other(code string) string {
	if code == "00000000" {
		return "11111111"
	}
	return "00000000"
}

func TestBVK02_TooManyWrongCodesBlockUntilTomorrow(t *testing.T) {
	p := newTownHall(t)
	b := p.browser()
	for range 4 {
		b.givePassword(account.Clerk, "clara")
		code := p.mailed()
		for range 5 {
			b.press("Anmelden", fields{"Authentifizierungstoken": other(code)})
		}
		b.press("Abmelden", nil)
	}
	b.givePassword(account.Clerk, "clara")
	b.expect("/anmelden/code", "Authentifizierungstoken eingeben", "Bis morgen gesperrt")
	if b.page.Find("main form").Length() != 0 || len(p.post("mail.login-code")) != 0 {
		t.Error("a code is asked for, or was sent")
	}
	p.Clock.Advance(25 * time.Hour)
	b.enterAs(account.Clerk, "clara")
	b.expect("/start", "Mitgliederportal")
}

func TestBVK02_TheCodeOfAnotherLoginOrAnotherPersonOpensNothing(t *testing.T) {
	p := newTownHall(t)
	owner, thief := p.browser(), p.browser()
	owner.givePassword(account.Clerk, "clara")
	hers := p.mailed()
	thief.givePassword(account.Clerk, "clara")
	_ = p.mailed()
	thief.press("Anmelden", fields{"Authentifizierungstoken": hers})
	thief.expect("/anmelden/code", "Authentifizierungstoken eingeben", "Das sind nicht die Ziffern")
	neighbour := p.browser()
	neighbour.givePassword(account.Administrator, "anna")
	neighbour.press("Anmelden", fields{"Authentifizierungstoken": hers})
	neighbour.expect("/anmelden/code", "Authentifizierungstoken eingeben", "Das sind nicht die Ziffern")
	owner.press("Anmelden", fields{"Authentifizierungstoken": hers})
	owner.expect("/start", "Mitgliederportal")
}

func TestBVK05_TheUserNameIsTheAddressHoweverItIsWritten(t *testing.T) {
	for typed, opens := range map[string]bool{
		"clara@lindenau.example": true, "CLARA@Lindenau.Example": true, "  clara@lindenau.example ": true,
		"clerk clara@lindenau.example": false, "administrator anna@lindenau.example": false, "clara@lindenau.example\r\nBcc: x@y.example": false,
		"clara@@lindenau.example": false, "Clara <clara@lindenau.example>": false, "сlara@lindenau.example": false,
		`"clara"@lindenau.example`: false, "clara@lindenau.example.": false,
	} {
		t.Run(typed, func(t *testing.T) {
			p := newTownHall(t)
			b := p.browser()
			b.asRole(account.Clerk)
			b.press("Anmelden", fields{"Benutzername (= E-Mail-Adresse)": typed, "Passwort": passtext})
			if opens {
				b.expect("/anmelden/code", "Authentifizierungstoken eingeben")
				return
			}
			b.expect("/anmelden", "Anmelden", "Diese Zugangsdaten stimmen nicht")
			if len(p.post("mail.login-code")) != 0 {
				t.Error("a code was sent")
			}
		})
	}
}

func TestBVK07_TheFirstLoginForcesAPersonalPassword(t *testing.T) {
	p := newTownHall(t)
	oneTime := p.handedOut("clara")
	b := p.browser()
	b.asRole(account.Clerk)
	b.press("Anmelden", fields{"Benutzername (= E-Mail-Adresse)": addressOf("clara"), "Passwort": oneTime})
	b.expect("/konto/kennwort", "Neues Passwort wählen")
	for _, path := range []string{"/start", "/benutzer", "/anmelden/code", "/konto/anmeldungen", "/mitglied-waehlen"} {
		b.open(path)
		b.expect("/konto/kennwort", "Neues Passwort wählen")
	}
	if len(p.post("mail.login-code")) != 0 {
		t.Error("a code is sent before the password is changed")
	}
	b.press("Passwort speichern", fields{"Neues Passwort": oneTime})
	b.expect("/konto/kennwort", "Neues Passwort wählen")
	b.press("Passwort speichern", fields{"Neues Passwort": "Ahorn-Blatt-73!"})
	b.expect("/anmelden/code", "Authentifizierungstoken eingeben", "Ihr neues Passwort ist gespeichert")
	b.press("Anmelden", fields{"Authentifizierungstoken": p.mailed()})
	b.expect("/start", "Mitgliederportal")
	again := p.browser()
	again.asRole(account.Clerk)
	again.press("Anmelden", fields{"Benutzername (= E-Mail-Adresse)": addressOf("clara"), "Passwort": oneTime})
	again.expect("/anmelden", "Anmelden", "Diese Zugangsdaten stimmen nicht")
}

// handedOut gives a clerk a one-time password of the administrator, and gives it.
func (p *portal) handedOut(name string) string {
	p.t.Helper()
	text := password.NewOneTimeText(14)
	p.changeTeam("stadt", func(team organisation.Team, now calendar.Moment) (organisation.Change, error) {
		by := organisation.By{Account: "administrator-anna", Session: "s"}
		fresh := organisation.Fresh{ID: password.OneTimeID(secret.NewID()), Hashed: p.Keys.Hash(password.Purpose, text)}
		return team.HandOut(by, account.ID("clerk-"+name), fresh, organisation.RulesOf(p.profile), now)
	})
	return text.Reveal()
}

func TestBVK10_APersonalPasswordIsValidForever(t *testing.T) {
	p := newTownHall(t)
	p.Clock.Advance(3 * 366 * 24 * time.Hour)
	b := p.browser()
	b.enterAs(account.Clerk, "clara")
	b.expect("/start", "Mitgliederportal")
}

func TestBVK01_OneAccountPerRoleAndAddressEachWithItsOwnPassword(t *testing.T) {
	p := newTownHall(t)
	p.joins("clara", account.Administrator, organisation.Active, "werke")
	clerk, administrator := p.browser(), p.browser()
	clerk.enterAs(account.Clerk, "clara")
	administrator.enterAs(account.Administrator, "clara")
	for b, want := range map[*browser]string{clerk: "Stadt Lindenau · Sachbearbeiter", administrator: "Stadtwerke Lindenau · Administrator"} {
		if b.open("/start"); !strings.Contains(b.page.Find("header").Text(), want) {
			t.Errorf("not %q: %s", want, b.page.Find("header").Text())
		}
	}
	clerk.asRole(account.Administrator) // a login in another role takes the place of this one
	if !clerk.page.says("Angemeldet ist hier noch clara Beispiel") {
		t.Error("the login does not say that another one ends")
	}
}

func TestBVK01_TheGuessesOfAnAddressAreSharedByItsRoles(t *testing.T) {
	p := newTownHall(t)
	b := p.browser()
	for _, role := range []account.Role{account.Administrator, account.Clerk, account.DataCentre, account.Administrator} {
		b.asRole(role)
		b.press("Anmelden", fields{"Benutzername (= E-Mail-Adresse)": addressOf("clara"), "Passwort": "Ganz-Falsch-99"})
	}
	b.givePassword(account.Clerk, "clara")
	if b.page.status != http.StatusTooManyRequests {
		t.Errorf("status %d: each role has guesses of its own", b.page.status)
	}
}

func TestBVK01_WithSeveralMembersOneIsChosen(t *testing.T) {
	p := newTownHall(t)
	b := p.browser()
	b.enterAs(account.Administrator, "peter")
	b.expect("/mitglied-waehlen", "Mitglied wählen", "Stadt Lindenau", "Stadtwerke Lindenau")
	b.open("/benutzer")
	b.expect("/mitglied-waehlen", "Mitglied wählen")
	form := b.hidden()
	if form.Get("ziel") != "/benutzer" {
		t.Errorf("leads to %q", form.Get("ziel"))
	}
	form.Set("mitglied", "klinik") // of others
	b.post("/mitglied-waehlen", form)
	if b.page.status != http.StatusNotFound {
		t.Errorf("another's member: status %d", b.page.status)
	}
	form.Set("mitglied", "werke")
	b.post("/mitglied-waehlen", form)
	if b.page.path != "/benutzer" || !strings.Contains(b.page.Find("header").Text(), "Stadtwerke Lindenau · Administrator") {
		t.Fatalf("%s: %s", b.page.path, b.page.Find("header").Text())
	}
	if b.page.says("clara") {
		t.Error("the people of another member are shown")
	}
	b.open("/start")
	b.follow("Anderes Mitglied wählen")
	b.expect("/mitglied-waehlen", "Mitglied wählen", "ausgewählt")
	chosen := p.events(audit.OrganisationChosen)
	if len(chosen) != 1 || chosen[0].Reason != "werke" || chosen[0].Actor != "administrator-peter" {
		t.Errorf("recorded: %+v", chosen)
	}
}

func TestBVK14_WhoMayNotEnterLearnsWhyAfterBothFactorsOnly(t *testing.T) {
	p := newTownHall(t)
	p.joins("walter", account.Administrator, organisation.Requested, "stadt")
	p.joins("zoe", account.Administrator, organisation.Closed, "stadt")
	p.joins("ron", account.DataCentre, organisation.Requested)
	for name, tt := range map[string]struct {
		role           account.Role
		heading, words string
	}{
		"doris":  {account.Clerk, "Ihr Zugang ist deaktiviert", "Ihr Administrator kann ihn in der Benutzerverwaltung aktivieren"},
		"karl":   {account.Clerk, "Ihr Zugang ist zurzeit gesperrt", "Ihr Mitglied hat zurzeit keinen aktiven Administrator"},
		"walter": {account.Administrator, "Ihr Zugang ist noch nicht freigegeben", "muss Ihre Registrierung erst freigeben"},
		"ron":    {account.DataCentre, "Ihr Zugang ist noch nicht freigegeben", "Die BVK muss Ihre Registrierung erst freigeben"},
		"zoe":    {account.Administrator, "Ihr Zugang ist deaktiviert", "registrieren Sie sich bitte neu"},
	} {
		b := p.browser()
		b.givePassword(tt.role, name)
		b.expect("/anmelden/code", "Authentifizierungstoken eingeben") // as for everybody
		b.press("Anmelden", fields{"Authentifizierungstoken": p.mailed()})
		b.expect("/anmelden/code", tt.heading, tt.words)
		if b.page.status != http.StatusForbidden || b.cookie("torhaus") != "" || b.page.Find(".who").Length() != 0 {
			t.Errorf("%s: status %d, or the session goes on", name, b.page.status)
		}
		if register := b.page.Find("main a[href^='/registrieren']").Length() == 1; register != (name == "zoe") {
			t.Errorf("%s: registering anew offered: %v", name, register)
		}
		b.open("/start")
		b.expect("/anmelden", "Anmelden", "In welcher Rolle")
	}
}

func TestBVK12_ADeactivationRefusesTheNextRequest(t *testing.T) {
	p := newTownHall(t)
	b := p.browser()
	b.enterAs(account.Clerk, "clara")
	by := organisation.By{Account: "administrator-anna", Session: "s"}
	p.changeTeam("stadt", func(team organisation.Team, now calendar.Moment) (organisation.Change, error) {
		return team.Deactivate(by, "clerk-clara", now)
	})
	b.open("/start")
	b.expect("/anmelden", "Anmelden", "Ihre Sitzung ist abgelaufen")
}

func TestBVK14_WhenTheLastAdministratorGoesTheClerksAreOutAtOnce(t *testing.T) {
	p := newTownHall(t)
	p.joins("cleo", account.Clerk, organisation.Active, "werke")
	b := p.browser()
	b.enterAs(account.Clerk, "cleo")
	p.changeTeam("werke", func(team organisation.Team, now calendar.Moment) (organisation.Change, error) {
		return team.Close(organisation.By{Account: "administrator-peter", Session: "s"}, "administrator-peter", now)
	})
	if b.open("/start"); b.page.path != "/anmelden" {
		t.Errorf("a clerk without an administrator sees %s", b.page.path)
	}
}

// lookAs sends a login in a role as a stranger would and gives what comes, with the name taken out.
func (b *browser) lookAs(role, name, typed string) seen {
	b.t.Helper()
	b.open("/anmelden?rolle=" + role)
	form := b.hidden()
	form.Set("user", name)
	form.Set("password", typed)
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, home+"/anmelden", strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	header := maps.Clone(answer.Header)
	header.Del("Date")
	header.Del("Content-Length") // the name stands on the page again; without it the pages are compared below
	text := regexp.MustCompile(`\d+ Sekunden?`).ReplaceAllString(string(body), "")
	for _, part := range []string{form.Get("formular"), name, url.QueryEscape(name)} {
		text = strings.ReplaceAll(text, part, "")
	}
	return seen{Status: answer.StatusCode, Header: header, Body: text}
}

func TestAttack_EnumerationOfPeopleByWhatIsAnswered(t *testing.T) {
	p := newTownHall(t)
	gone := account.Account{
		ID: "gone", Role: account.Clerk, UserName: addressOf("gone"), Email: addressOf("gone"), State: account.Deactivated, Person: account.Person{Last: "Beispiel"},
	}
	if err := p.DB.CreateAccount(t.Context(), gone, p.hash); err != nil {
		t.Fatal(err)
	}
	stranger := p.browser()
	unknown := stranger.lookAs("sachbearbeiter", addressOf("nobody"), "Ganz-Falsch-99")
	for what, got := range map[string]seen{
		"wrong password":                                stranger.lookAs("sachbearbeiter", addressOf("clara"), "Ganz-Falsch-99"),
		"deactivated by the administrator":              stranger.lookAs("sachbearbeiter", addressOf("doris"), "Ganz-Falsch-99"),
		"locked, since there is no administrator":       stranger.lookAs("sachbearbeiter", addressOf("karl"), "Ganz-Falsch-99"),
		"wrong role, right password":                    stranger.lookAs("sachbearbeiter", addressOf("anna"), passtext),
		"account deactivated, right password":           stranger.lookAs("sachbearbeiter", addressOf("gone"), passtext),
		"somebody of a data centre, the right password": stranger.lookAs("sachbearbeiter", addressOf("rita"), passtext),
	} {
		if diff := cmp.Diff(unknown, got); diff != "" {
			t.Errorf("%s differs from unknown:\n%s", what, diff)
		}
	}
	if len(p.post("mail.login-code")) != 0 {
		t.Error("a code was sent without the right password")
	}

	// and with the right password nothing tells them apart until the code is right
	var pages []string
	for _, name := range []string{"clara", "doris", "karl"} {
		b := p.browser()
		b.givePassword(account.Clerk, name)
		text := strings.ReplaceAll(b.page.Find("main").Text(), name[:1]+"…", "")
		pages = append(pages, regexp.MustCompile(`\d+ Sekunden?|\d\d:\d\d`).ReplaceAllString(text, ""))
		b.press("Anmelden", fields{"Authentifizierungstoken": other(p.mailed())})
		b.expect("/anmelden/code", "Authentifizierungstoken eingeben", "4 Versuche")
	}
	if len(slices.Compact(pages)) != 1 {
		t.Errorf("the page of the code tells them apart: %s", fmt.Sprint(pages))
	}
}

func TestEnglish_EveryPageOfPeopleIsEnglishOnceItIsChosen(t *testing.T) {
	p := newTownHall(t)
	b := p.browser()
	b.enterAs(account.Administrator, "anna")
	b.open("/hilfe?sprache=en")
	for _, route := range web.PeopleRoutes() {
		if route.Method != http.MethodGet || kit.RealmOf(route.Path) == account.Staff {
			continue
		}
		page := b.open(strings.ReplaceAll(strings.TrimSuffix(route.Path, "{$}"), "{id}", "clerk-clara"))
		page.Find("[lang=de], .facts").Remove()
		if found := germanWords.FindString(page.Find("body").Text()); found != "" {
			t.Errorf("%s says %q:\n%s", route.Path, found, page.Find("main").Text())
		}
	}
	stranger := p.browser()
	for _, path := range []string{"/?sprache=en", "/anmelden", "/anmelden?rolle=rechenzentrum"} {
		page := stranger.open(path)
		page.Find("[lang=de], .facts").Remove()
		if found := germanWords.FindString(page.Find("body").Text()); found != "" {
			t.Errorf("%s says %q:\n%s", path, found, page.Find("main").Text())
		}
	}
}
