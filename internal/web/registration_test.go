package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/organisation"
)

// registers fills in the form of an administrator. More fields take the place of those.
func (b *browser) registers(number, email string, more fields) *page {
	b.t.Helper()
	b.open("/registrieren?rolle=administrator")
	typed := fields{
		"Mitgliedsnummer": number, "Vorname": "Eve", "Nachname": "Neu", "E-Mail-Adresse": email,
		"Ich stimme den Nutzungsbedingungen (Fassung 2026-11) zu.": b.p.profile.People.Terms,
	}
	for label, value := range more {
		typed[label] = value
	}
	return b.press("Registrieren", typed)
}

const registered = "Registrierung eingegangen"

// decide does the jobs of registrations, and gives the e-mails that they leave by their kind.
func (p *portal) decide() map[string][]string {
	p.t.Helper()
	people := &organisation.Service{Store: p.DB, Keys: p.Keys, Rules: organisation.RulesOf(p.profile)}
	mails := map[string][]string{}
	for range 2 { // the jobs, and what they leave
		jobs, err := p.DB.Claim(p.t.Context(), "test", time.Minute, 1000)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, j := range jobs {
			if handler, ours := people.Handlers()[j.Kind]; ours {
				p.do(handler, j)
			} else if kind, isMail := strings.CutPrefix(j.Kind, "mail."); isMail {
				mails[kind] = append(mails[kind], string(j.Payload.Reveal()))
			}
			if err := p.DB.Done(p.t.Context(), j); err != nil {
				p.t.Fatal(err)
			}
		}
	}
	return mails
}

func (p *portal) do(handler job.Handler, j job.Job) {
	p.t.Helper()
	if err := handler.Do(p.t.Context(), j); err != nil {
		p.t.Fatal(err)
	}
}

// accountAt finds an account by its address in a role; empty if there is none.
func (p *portal) accountAt(role account.Role, email string) account.ID {
	p.t.Helper()
	id, err := p.DB.AccountOf(p.t.Context(), account.Door{Realm: account.Member, Role: role}.NameKey(email))
	if err != nil {
		p.t.Fatal(err)
	}
	return id
}

// firstLetter reads the letter with the one-time password of somebody who registered.
func (p *portal) firstLetter(id account.ID) letter.FirstPassword {
	p.t.Helper()
	open, ok := p.passwordsOf(string(id)).Open()
	if !ok {
		p.t.Fatalf("no one-time password for %q", id)
	}
	l, err := p.DB.Letter(p.t.Context(), open.Letter.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	return l.Content.(letter.FirstPassword)
}

func TestBVK03_AnAdministratorRegistersAndComesInWithTheLetter(t *testing.T) {
	p := newTownHall(t)
	b := p.browser()
	b.open("/")
	b.follow("Als Administrator registrieren")
	b.registers("2000-klinik", "eve@klinik.example", nil)
	b.expect("/registrieren/eingegangen", registered, "per Brief an die Anschrift, die wir zu dieser Mitgliedsnummer haben")
	if mails := p.decide(); len(mails["registration-received"]) != 1 {
		t.Errorf("e-mails: %v", mails)
	}
	eve := p.accountAt(account.Administrator, "eve@klinik.example")
	paper := p.firstLetter(eve)
	if lines := paper.To.Lines; lines[0] != "Klinikum Isartal" || !slices.Contains(lines, "z. Hd. Eve Neu") {
		t.Errorf("the letter goes to %q", lines)
	}
	if p.member("klinik", "clerk-karl").State != organisation.Active || p.member("klinik", string(eve)).State != organisation.Invited {
		t.Error("states before the first login")
	}
	b.firstLogin(account.Administrator, "eve@klinik.example", paper.Password.Reveal())
	b.open("/benutzer")
	b.expect("/benutzer", "Benutzerverwaltung", "Klinikum Isartal")
	if p.member("klinik", string(eve)).State != organisation.Active {
		t.Error("the first completed login does not make her one (BVK14)")
	}
}

func TestBVK03_WhereAnAdministratorIsThereOneOfThemReleases(t *testing.T) {
	p := newTownHall(t)
	b := p.browser()
	b.registers("2000-stadt", "eve@lindenau.example", nil)
	mails := p.decide()
	if told := strings.Join(mails["registration-waits"], " "); len(mails["registration-waits"]) != 2 || !strings.Contains(told, addressOf("anna")) || !strings.Contains(told, addressOf("peter")) {
		t.Errorf("told: %s", told)
	}
	eve := p.accountAt(account.Administrator, "eve@lindenau.example")
	if _, ok := p.passwordsOf(string(eve)).Open(); ok {
		t.Fatal("a one-time password before the release")
	}
	anna := p.administrator()
	anna.open("/benutzer")
	anna.expect("/benutzer", "Benutzerverwaltung", "Registrierungen warten auf Ihre Entscheidung", "eve@lindenau.example")
	anna.follow("Eve Neu")
	anna.follow("Freigeben")
	anna.press("Freigeben", nil)
	anna.expect("/benutzer/"+string(eve), "Eve Neu", "Die Registrierung ist freigegeben")
	if mails := p.decide(); len(mails["registration-decided"]) != 1 {
		t.Errorf("e-mails: %v", mails)
	}
	b.firstLogin(account.Administrator, "eve@lindenau.example", p.firstLetter(eve).Password.Reveal())
	if p.member("stadt", string(eve)).State != organisation.Active {
		t.Error("released, and not in")
	}
}

func TestBVK03_AnAdministratorRefuses(t *testing.T) {
	p := newTownHall(t)
	p.browser().registers("2000-stadt", "eve@lindenau.example", nil)
	p.decide()
	eve := string(p.accountAt(account.Administrator, "eve@lindenau.example"))
	anna := p.administrator()
	anna.open("/benutzer/" + eve)
	anna.follow("Ablehnen")
	anna.press("Ablehnen", nil)
	anna.expect("/benutzer/"+eve, "Eve Neu", "Die Registrierung ist abgelehnt.")
	if p.member("stadt", eve).State != organisation.Refused {
		t.Errorf("she is %s", p.member("stadt", eve).State)
	}
	anna.open("/benutzer/" + eve + "/freigeben")
	if anna.page.status != http.StatusConflict {
		t.Errorf("released after that: status %d", anna.page.status)
	}
}

// A session that is older than the last proof asks for another code before it lets somebody in or keeps them out.
func TestBVK03_AReleaseTakesAFreshProof(t *testing.T) {
	p := newTownHall(t)
	p.browser().registers("2000-stadt", "eve@lindenau.example", nil)
	p.decide()
	eve := string(p.accountAt(account.Administrator, "eve@lindenau.example"))
	anna := p.administrator()
	p.Clock.Advance(11 * time.Minute)
	anna.open("/benutzer/" + eve + "/freigeben")
	anna.press("Freigeben", nil)
	if p.member("stadt", eve).State != organisation.Requested {
		t.Fatal("released without a proof")
	}
	anna.open("/benutzer/" + eve + "/freigeben")
	anna.press("Code anfordern", nil)
	anna.press("Freigeben", fields{"Authentifizierungstoken": p.mailed()})
	if p.member("stadt", eve).State != organisation.Invited {
		t.Errorf("she is %s", p.member("stadt", eve).State)
	}
}

func TestBVK03_ADataCentreRegistersWithoutANumber(t *testing.T) {
	p := newTownHall(t)
	b := p.browser()
	b.open("/registrieren?rolle=rechenzentrum")
	if b.page.Find("input[name=number]").Length() != 0 {
		t.Error("the form of a data centre asks for a number")
	}
	b.press("Registrieren", fields{
		"Name des Rechenzentrums": "Rechenzentrum Nord", "Straße und Hausnummer": "Serverweg 1", "Postleitzahl": "80331", "Ort": "München",
		"Vorname": "Nora", "Nachname": "Nord", "E-Mail-Adresse": "nora@rz-nord.example",
		"Ich stimme den Nutzungsbedingungen (Fassung 2026-11) zu.": "2026-11",
	})
	b.expect("/registrieren/eingegangen", registered, "Wir prüfen Ihre Angaben.")
	p.decide()
	nora := p.accountAt(account.DataCentre, "nora@rz-nord.example")
	people := &organisation.Service{Store: p.DB, Keys: p.Keys, Rules: organisation.RulesOf(p.profile)}
	if ce, _, err := people.Centre(t.Context(), nora); err != nil || ce.State != organisation.Requested || ce.Name != "Rechenzentrum Nord" {
		t.Fatalf("%+v, %v", ce, err)
	}
	if err := people.ReleaseCentre(t.Context(), organisation.By{Account: "lena", Staff: true}, nora); err != nil {
		t.Fatal(err)
	}
	p.decide()
	b.firstLogin(account.DataCentre, "nora@rz-nord.example", p.firstLetter(nora).Password.Reveal())
	b.open("/start")
	b.expect("/start", "Mitgliederportal")
	if ce, _, err := people.Centre(t.Context(), nora); err != nil || ce.State != organisation.Active {
		t.Errorf("after the first login: %+v, %v", ce, err)
	}
}

func TestBVK05_TheTypedAddressIsTheUserName(t *testing.T) {
	p := newTownHall(t)
	for typed, name := range map[string]string{"Eve.Neu@Klinik.example": "eve.neu@klinik.example", "ｆｒｅｄ@klinik.example": ""} {
		page := p.browser().registers("2000-klinik", typed, nil)
		p.decide()
		if name == "" {
			if page.path != "/registrieren" || page.status != http.StatusUnprocessableEntity {
				t.Errorf("%q: %s, status %d", typed, page.path, page.status)
			}
			continue
		}
		if p.accountAt(account.Administrator, name) == "" {
			t.Errorf("%q is not %q", typed, name)
		}
	}
}

func TestBVK06_AGeneralAddressIsWarnedOfAndCanBeUsed(t *testing.T) {
	p := newTownHall(t)
	b := p.browser()
	b.registers("2000-klinik", "info@klinik.example", nil)
	b.expect("/registrieren", "Als Administrator registrieren", "allgemeinen Adresse aus, die mehrere Personen lesen")
	p.decide()
	if p.accountAt(account.Administrator, "info@klinik.example") != "" {
		t.Error("registered without the confirmation")
	}
	b.press("Registrieren", fields{"Trotzdem diese Adresse verwenden": "ja"})
	b.expect("/registrieren/eingegangen", registered)
	p.decide()
	if p.accountAt(account.Administrator, "info@klinik.example") == "" {
		t.Error("the confirmation changes nothing")
	}
}

func TestBVK03_WithoutConsentToTheTermsNobodyRegisters(t *testing.T) {
	b := newTownHall(t).browser()
	b.registers("2000-klinik", "eve@klinik.example", fields{"Ich stimme den Nutzungsbedingungen (Fassung 2026-11) zu.": "2025-01"})
	b.expect("/registrieren", "Als Administrator registrieren", "stimmen Sie ihnen zu")
	b.open("/nutzungsbedingungen")
	b.expect("/nutzungsbedingungen", "Nutzungsbedingungen", "Fassung 2026-11")
}

// answer is all of a page that a stranger sees, without what differs on every page.
func (b *browser) answer() string {
	b.page.Find("input[name=formular], script, style, link").Remove()
	html, err := b.page.Find("body").Html()
	if err != nil {
		b.t.Fatal(err)
	}
	return b.page.path + "?" + b.page.query + " " + html
}

// Unknown and known numbers and addresses, whatever stands behind them, are answered alike.
func TestAttack_EnumerationByRegistering(t *testing.T) {
	p := newTownHall(t)
	p.joins("zoe", account.Administrator, organisation.Closed, "stadt")
	first := ""
	for _, who := range []struct{ number, email string }{
		{"999", "nobody@nowhere.example"},
		{"2000-stadt", "eve@lindenau.example"},
		{"2000-klinik", "eve2@lindenau.example"},
		{"2000-stadt", addressOf("anna")},
		{"2000-klinik", addressOf("anna")},
		{"2000-stadt", addressOf("clara")},
		{"2000-stadt", addressOf("zoe")},
		{"999", addressOf("anna")},
	} {
		b := p.browser()
		b.registers(who.number, who.email, nil)
		p.decide()
		if got := b.answer(); first == "" {
			first = got
		} else if got != first {
			t.Errorf("%v is answered otherwise:\n%s\n%s", who, got, first)
		}
	}
}

// Whoever has an account for one organisation registers for another one and logs in with the own password: nothing of the other one opens
// until the letter to it is proved. The letter alone does not open the account.
func TestAttack_ForAForeignOrganisationWithAnOwnAccount(t *testing.T) {
	p := newTownHall(t)
	b := p.browser()
	b.registers("2000-klinik", addressOf("anna"), nil)
	p.decide()
	oneTime := p.firstLetter("administrator-anna").Password.Reveal()

	thief := p.browser()
	thief.asRole(account.Administrator)
	thief.press("Anmelden", fields{"Benutzername (= E-Mail-Adresse)": addressOf("anna"), "Passwort": oneTime})
	if thief.page.status != http.StatusUnprocessableEntity {
		t.Errorf("the letter to the hospital opens the town's account: %s, status %d", thief.page.path, thief.page.status)
	}

	b.enterAs(account.Administrator, "anna")
	b.open("/benutzer")
	b.expect("/benutzer", "Benutzerverwaltung", "Stadt Lindenau")
	if b.page.says("karl") {
		t.Error("the hospital's people without the letter")
	}
	b.open("/mitglied-waehlen")
	b.post("/mitglied-waehlen", b.with(url.Values{"mitglied": {"klinik"}}))
	if b.page.says("Klinikum Isartal · Administrator") || p.member("klinik", "administrator-anna").State != organisation.Invited {
		t.Error("chosen without the letter")
	}

	b.open("/mitglied-bestaetigen")
	b.expect("/mitglied-bestaetigen", "Mitglied bestätigen", "Klinikum Isartal")
	b.press("Bestätigen", fields{"Einmalpasswort": "CDFGH JKLMN PQRT"})
	b.expect("/mitglied-bestaetigen", "Mitglied bestätigen", "Dieses Einmalpasswort gilt nicht.")
	b.press("Bestätigen", fields{"Einmalpasswort": oneTime})
	b.expect("/mitglied-bestaetigen", "Mitglied bestätigen", "Bestätigt.")
	if p.member("klinik", "administrator-anna").State != organisation.Active {
		t.Error("proved, and not in")
	}
	b.open("/mitglied-waehlen")
	b.expect("/mitglied-waehlen", "Mitglied wählen", "Klinikum Isartal", "Stadt Lindenau")
}

// with gives a form of this browser with the token of the page that it shows.
func (b *browser) with(values url.Values) url.Values {
	values.Set("formular", b.page.Find("input[name=formular]").AttrOr("value", ""))
	return values
}

func TestAttack_ARoleSmuggledIntoTheForm(t *testing.T) {
	p := newTownHall(t)
	for _, role := range []string{"", "sachbearbeiter", "clerk", "supervisor", "staff", "ADMINISTRATOR"} {
		b := p.browser()
		b.open("/registrieren?rolle=administrator")
		form := b.hidden()
		for field, value := range map[string]string{
			"rolle": role, "role": "supervisor", "number": "2000-klinik", "first-name": "Eve", "last-name": "Neu", "email": "eve@klinik.example",
			"terms": "2026-11", "state": "active", "organisation": "stadt",
		} {
			form.Set(field, value)
		}
		b.post("/registrieren", form)
		if b.page.path != "/" {
			t.Errorf("%q leads to %s", role, b.page.path)
		}
	}
	p.decide()
	for _, role := range []account.Role{account.Administrator, account.Clerk, account.DataCentre, ""} {
		if p.accountAt(role, "eve@klinik.example") != "" {
			t.Errorf("registered as %q", role)
		}
	}
}

func TestAttack_AddressesThatAreNone(t *testing.T) {
	p := newTownHall(t)
	for name, email := range map[string]string{
		"CR LF": "eve@klinik.example\r\nBcc: alle@klinik.example", "two @": "eve@klinik.example@boese.example", "quotes": `"eve neu"@klinik.example`,
		"display name": "Eve <eve@klinik.example>", "none": "eve", "a list": "eve@klinik.example,adam@klinik.example", "zero": "eve\x00@klinik.example",
		"invisible sign": "eve\u200b@klinik.example",
	} {
		b := p.browser()
		b.registers("2000-klinik", email, nil)
		if b.page.path != "/registrieren" || b.page.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %s, status %d", name, b.page.path, b.page.status)
		}
	}
	if mails := p.decide(); len(mails) != 0 {
		t.Errorf("e-mails: %v", mails)
	}
}

// A letter that looks like another one makes another address, and never the account of the one that it looks like.
func TestAttack_ALookAlikeAddressIsSomebodyElse(t *testing.T) {
	p := newTownHall(t)
	p.browser().registers("2000-klinik", "аnna@lindenau.example", nil) // the first letter is Cyrillic
	p.decide()
	if m := p.member("klinik", "administrator-anna"); m.State != "" {
		t.Errorf("the look-alike is Anna: %s", m.State)
	}
}

func TestAttack_FloodOfRegistrations(t *testing.T) {
	p := newTownHall(t)
	free := p.profile.Login
	b := p.browser()
	for n := range free.DelayAfter + 2 {
		b.registers("2000-klinik", "eve@klinik.example", nil)
		if waits := b.page.status == http.StatusTooManyRequests; waits != (n > free.DelayAfter) {
			t.Errorf("one address, time %d: status %d", n+1, b.page.status)
		}
	}
	if b.page.says("eve@klinik.example wird") || !b.page.says("Es kamen schon mehrere Registrierungen.") {
		t.Error("the refusal says something else")
	}
	p.decide()
	if n := p.letters("klinik"); n != 1 {
		t.Errorf("%d letters for one number", n)
	}
}

// letters counts the one-time passwords on their way to an organisation.
func (p *portal) letters(of organisation.ID) (n int) {
	p.t.Helper()
	team, _, err := p.DB.Team(p.t.Context(), of)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, m := range team.People {
		for _, o := range p.passwordsOf(string(m.Account.ID)).OneTimes {
			if o.For == string(of) {
				n++
			}
		}
	}
	return n
}

func TestAttack_AFloodFromOneNetworkUnderManyNames(t *testing.T) {
	p := newTownHall(t)
	b := p.browser()
	most := p.profile.Login.AddressDelayAfter
	b.open("/registrieren?rolle=administrator")
	form := b.hidden()
	for field, value := range map[string]string{"number": "999", "first-name": "Eve", "last-name": "Neu", "terms": "2026-11"} {
		form.Set(field, value)
	}
	for n := range most + 2 {
		form.Set("email", "eve"+strings.Repeat("x", n)+"@klinik.example")
		b.open("/registrieren?rolle=administrator")
		form.Set("formular", b.hidden().Get("formular"))
		b.post("/registrieren", form)
	}
	if b.page.status != http.StatusTooManyRequests {
		t.Errorf("status %d", b.page.status)
	}
}

// An IDN address is taken in its form of letters and digits, or refused; it never is two addresses.
func TestAttack_AnIDNAddressIsOneAddress(t *testing.T) {
	p := newTownHall(t)
	for _, email := range []string{"eve@bücher.example", "eve@xn--bcher-kva.example"} {
		p.browser().registers("2000-klinik", email, nil)
		p.decide()
	}
	team, _, err := p.DB.Team(t.Context(), "klinik")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(team.People); n > 2 { // karl, and one
		t.Errorf("%d people", n)
	}
}
