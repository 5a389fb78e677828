package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/staff"
)

// invite has the console invite somebody new and gives the path of the link.
func (p *portal) invite(name string, roles ...account.Role) string {
	p.t.Helper()
	_, link, err := p.staff.Add(p.t.Context(), staff.Newcomer{
		UserName: name, Email: name + "@kvb.example", Person: account.Person{First: "Dora", Last: "Amsel"}, Roles: roles,
	}, staff.By{})
	if err != nil {
		p.t.Fatal(err)
	}
	return "/verwaltung/einladung/" + link.Reveal()
}

// accept goes the way of an invitation up to the QR code.
func (b *browser) accept(path string) *app {
	b.t.Helper()
	b.open(path)
	b.press("Nächster Schritt", fields{"Neues Kennwort": staffPassword})
	b.expect("/verwaltung/einrichten", "Softtoken einrichten")
	return b.scan()
}

// scan reads the QR code of the page.
func (b *browser) scan() *app {
	b.t.Helper()
	link, _ := b.page.Find("a[href^='otpauth:']").Attr("href")
	return newApp(b.t, link)
}

// idOf gives the account of one of staff.
func (p *portal) idOf(name string) account.ID {
	p.t.Helper()
	id, err := p.staff.ByName(p.t.Context(), name)
	if err != nil {
		p.t.Fatal(err)
	}
	return id
}

func TestInvitation_LinkThenPasswordThenTokenAndOneIsIn(t *testing.T) {
	p := newPortal(t)
	path := p.invite("damsel", account.Supervisor)
	b := p.browser()
	for range 2 { // looking at the link spends nothing
		b.open(path)
		b.expect(path, "Willkommen in der Verwaltung", "Dora Amsel", "damsel")
	}
	b.press("Nächster Schritt", fields{"Neues Kennwort": "Amsel-Garten27"})
	if b.page.status != http.StatusUnprocessableEntity || !b.page.says("mindestens 15 Zeichen") {
		t.Fatalf("14 signs: %d\n%s", b.page.status, b.page.Find("main").Text())
	}
	a := b.accept(path)
	if b.open("/verwaltung/einrichten"); b.page.Find(".qr").Length() != 0 || !b.page.says("Der QR-Code wird nur einmal gezeigt") {
		t.Error("the QR code is shown twice")
	}
	if b.open("/verwaltung"); b.page.path != "/verwaltung/einrichten" {
		t.Errorf("with the password only, the console leads to %s", b.page.path)
	}
	b.press("Einrichten und anmelden", fields{"Einmalcode": a.wrong()})
	if b.page.status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong code: %d", b.page.status)
	}
	b.press("Einrichten und anmelden", fields{"Einmalcode": a.next()})
	b.expect("/verwaltung", "Verwaltung")
	if b.open(path); b.page.status != http.StatusNotFound || !b.page.says("Diese Einladung gilt nicht mehr.") {
		t.Errorf("the link again: %d", b.page.status)
	}
	other := p.browser()
	other.open("/verwaltung")
	other.press("Anmelden", fields{"Benutzername": "damsel", "Kennwort": staffPassword})
	other.press("Anmelden", fields{"Einmalcode": a.next()})
	other.expect("/verwaltung", "Verwaltung")
}

func TestInvitation_ANewQRCodeTakesThePlaceOfOneThatWasNotScanned(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	old := b.accept(p.invite("damsel", account.Auditor))
	b.open("/verwaltung/einrichten")
	b.press("Neuen QR-Code anzeigen", nil)
	b.expect("/verwaltung/einrichten", "Softtoken einrichten")
	fresh := b.scan()
	b.press("Einrichten und anmelden", fields{"Einmalcode": old.next()})
	if b.page.status != http.StatusUnprocessableEntity {
		t.Errorf("a code of the old QR code: %d", b.page.status)
	}
	later := p.browser() // who had to stop goes on with the password, as long as the invitation would have worked
	later.open("/verwaltung")
	later.press("Anmelden", fields{"Benutzername": "damsel", "Kennwort": staffPassword})
	later.expect("/verwaltung/einrichten", "Softtoken einrichten", "Einrichtung fortsetzen")
	b.press("Einrichten und anmelden", fields{"Einmalcode": fresh.next()})
	b.expect("/verwaltung", "Verwaltung")
}

func TestInvitation_APasswordAloneSetsNothingUpOnceATokenIsThereOrTheTimeIsOver(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	a := b.accept(p.invite("damsel", account.Auditor))
	b.press("Einrichten und anmelden", fields{"Einmalcode": a.next()})
	thief := p.browser()
	thief.open("/verwaltung")
	thief.press("Anmelden", fields{"Benutzername": "damsel", "Kennwort": staffPassword})
	if thief.open("/verwaltung/einrichten"); thief.page.Find(".qr").Length() != 0 || !thief.page.says("Bitten Sie eine Leitung") {
		t.Errorf("with an active token: %s", thief.page.Find("main").Text())
	}
	form := thief.hidden()
	if thief.post("/verwaltung/einrichten/neu", form); thief.page.status != http.StatusForbidden {
		t.Errorf("a new QR code with an active token: %d", thief.page.status)
	}
	late := p.browser()
	late.accept(p.invite("late", account.Auditor))
	p.Clock.Advance(25 * time.Hour)
	late.open("/verwaltung")
	late.press("Anmelden", fields{"Benutzername": "late", "Kennwort": staffPassword})
	late.expect("/verwaltung/einrichten", "Sie brauchen einen Softtoken")
}

func TestAttack_AnInvitationUsedTwiceAtOnceAdmitsOne(t *testing.T) {
	p := newPortal(t)
	path := p.invite("damsel", account.ServiceDesk)
	browsers := []*browser{p.browser(), p.browser(), p.browser()}
	forms := make([]url.Values, len(browsers))
	for i, b := range browsers {
		b.open(path)
		forms[i] = b.hidden()
		forms[i].Set("new", staffPassword)
	}
	var group sync.WaitGroup
	for i, b := range browsers {
		group.Go(func() { b.post(path, forms[i]) })
	}
	group.Wait()
	in := 0
	for _, b := range browsers {
		if b.page.path == "/verwaltung/einrichten" && b.page.Find(".qr").Length() == 1 {
			in++
		}
	}
	used := 0
	for _, r := range p.Audit(t) {
		if r.Kind == audit.StaffInvitationUsed {
			used++
		}
	}
	if in != 1 || used != 1 {
		t.Errorf("%d came in, %d times recorded", in, used)
	}
}

func TestAttack_LinksThatOpenNothing(t *testing.T) {
	p := newPortal(t)
	path := p.invite("damsel", account.ServiceDesk)
	other := p.invite("other", account.ServiceDesk)
	id, code, _ := strings.Cut(strings.TrimPrefix(path, "/verwaltung/einladung/"), "-")
	foreign, _, _ := strings.Cut(strings.TrimPrefix(other, "/verwaltung/einladung/"), "-")
	for name, link := range map[string]string{
		"without the code":      id,
		"an empty code":         id + "-",
		"the code of another":   foreign + "-" + code,
		"capitals":              strings.ToUpper(id + "-" + code),
		"a made-up id":          "abcdefghijkmnpqrstuvwxyz23-" + code,
		"the account":           string(p.idOf("damsel")) + "-" + code,
		"something more behind": id + "-" + code + "-x",
	} {
		b := p.browser()
		if b.open("/verwaltung/einladung/" + link); b.page.status != http.StatusNotFound || b.page.Find("#new").Length() != 0 {
			t.Errorf("%s: %d", name, b.page.status)
		}
	}
	p.Clock.Advance(24 * time.Hour)
	b := p.browser()
	if b.open(path); b.page.status != http.StatusNotFound {
		t.Errorf("after its time: %d", b.page.status)
	}
}

func TestAttack_SessionFixationBeforeAnInvitationIsAccepted(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah") // whoever prepares the browser knows this key
	planted := b.cookie("torhaus")
	a := b.accept(p.invite("damsel", account.ServiceDesk))
	middle := b.cookie("torhaus")
	b.press("Einrichten und anmelden", fields{"Einmalcode": a.next()})
	if last := b.cookie("torhaus"); planted == middle || middle == last {
		t.Error("a key outlives a step of the login")
	}
	for _, key := range []string{planted, middle} {
		thief := p.browser()
		thief.hold(key)
		if thief.open("/verwaltung"); thief.page.path != "/verwaltung/anmelden" {
			t.Errorf("an old key leads to %s", thief.page.path)
		}
		if thief.open("/token"); thief.page.path != "/anmelden" {
			t.Errorf("an old key leads to %s", thief.page.path)
		}
	}
}

// hold gives a browser the key of a session.
func (b *browser) hold(key string) {
	b.t.Helper()
	address, err := url.Parse(home)
	if err != nil {
		b.t.Fatal(err)
	}
	b.client.Jar.SetCookies(address, []*http.Cookie{{Name: "torhaus", Value: key, Path: "/"}})
}

func TestRoles_WhatIsTakenIsGoneAtTheNextRequest(t *testing.T) {
	p := newPortal(t)
	b := p.console("dora", account.Supervisor, account.Auditor)
	if b.open("/verwaltung/personal"); b.page.status != http.StatusOK {
		t.Fatalf("a supervisor on the list: %d", b.page.status)
	}
	if _, err := p.staff.SetRoles(t.Context(), "dora", []account.Role{account.ServiceDesk}, staff.By{}); err != nil {
		t.Fatal(err)
	}
	if b.open("/verwaltung/personal"); b.page.status != http.StatusForbidden || !b.page.says("Ihre Rolle sieht das nicht vor.") {
		t.Errorf("without the role: %d", b.page.status)
	}
}

func TestDeactivated_StaffAreOutAtOnce(t *testing.T) {
	p := newPortal(t)
	p.employ("ute", account.Supervisor)
	b := p.console("dora", account.ServiceDesk)
	if _, err := p.staff.Deactivate(t.Context(), "dora", staff.By{ID: "ute"}); err != nil {
		t.Fatal(err)
	}
	if b.open("/verwaltung"); b.page.path != "/verwaltung/anmelden" {
		t.Errorf("still on %s", b.page.path)
	}
	b.press("Anmelden", fields{"Benutzername": "dora", "Kennwort": staffPassword})
	if b.page.status != http.StatusUnprocessableEntity {
		t.Errorf("the login: %d", b.page.status)
	}
}

func TestPersonnel_ASupervisorNamesAnotherAndAThirdConfirms(t *testing.T) {
	p := newPortal(t)
	ute, ida := p.console("ute", account.Supervisor), p.console("ida", account.Supervisor)
	ute.open("/verwaltung/personal")
	ute.follow("Person einladen")
	ute.choose("Einladung ausstellen", fields{"Vorname": "Dora"})
	if ute.page.status != http.StatusUnprocessableEntity || ute.page.Find("#last[aria-invalid=true], #email[aria-invalid=true], #user[aria-invalid=true], #rollen-error").Length() != 4 {
		t.Fatalf("an empty form: %d\n%s", ute.page.status, ute.page.Find("main").Text())
	}
	ute.choose("Einladung ausstellen", fields{"Vorname": "Dora", "Nachname": "Amsel", "E-Mail-Adresse": "d.amsel@kvb.example", "Benutzername": "damsel"}, "rolle-supervisor", "rolle-service-desk")
	ute.expect("/verwaltung/personal/neu", "Einladung für Dora Amsel", "nur einmal")
	link := strings.TrimPrefix(strings.TrimSpace(ute.page.Find("[data-testid=link]").Text()), home)
	person := "/verwaltung/personal/" + string(p.idOf("damsel"))

	ida.open(person + "/bestaetigen")
	ida.choose("Bestätigen", nil, "antwort")
	if ida.page.status != http.StatusConflict || !ida.page.says("Bestätigen können Sie erst, wenn die Person ihren Softtoken eingerichtet hat.") {
		t.Errorf("confirmed before anybody has used the link: %d", ida.page.status)
	}
	dora := p.browser()
	a := dora.accept(link)
	dora.press("Einrichten und anmelden", fields{"Einmalcode": a.next()})
	if dora.open("/verwaltung/mitglieder"); dora.page.status != http.StatusForbidden {
		t.Errorf("an unconfirmed role of the service desk: %d", dora.page.status)
	}
	if dora.open("/verwaltung/personal"); dora.page.status != http.StatusForbidden {
		t.Errorf("an unconfirmed supervisor on the list: %d", dora.page.status)
	}
	ute.open(person + "/bestaetigen")
	ute.choose("Bestätigen", nil, "antwort")
	if ute.page.status != http.StatusForbidden || !ute.page.says("Ihre Rollen bestätigt eine andere Leitung.") {
		t.Errorf("who named confirms: %d", ute.page.status)
	}
	if ida.open("/verwaltung"); !ida.page.says("Als zweite Leitung bestätigen oder ablehnen.") {
		t.Error("the start page does not tell")
	}
	ida.open(person)
	ida.follow("Über die Rollen entscheiden")
	ida.expect(person+"/bestaetigen", "Rollen von Dora Amsel bestätigen", "Leitung", "Servicestelle")
	ida.choose("Bestätigen", nil, "antwort")
	ida.expect(person, "Dora Amsel", "Das ist bestätigt")
	if dora.open("/verwaltung/personal"); dora.page.status != http.StatusOK {
		t.Errorf("a confirmed supervisor on the list: %d", dora.page.status)
	}
	told := 0
	for _, mail := range p.post("mail.staff-changed") {
		if mail["deed"] == "confirmed" {
			told++
		}
	}
	if told != 3 {
		t.Errorf("%d supervisors were told of the confirmation", told)
	}
}

// choose presses a button of a form that has more of them, with boxes checked and the button's own value sent.
func (b *browser) choose(button string, typed fields, checked ...string) {
	b.t.Helper()
	form := b.page.Find("main form[action]").First()
	values := url.Values{}
	for _, input := range form.Find("input").EachIter() {
		if kind := input.AttrOr("type", ""); kind != "checkbox" && kind != "radio" {
			values.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
		}
	}
	for label, value := range typed {
		values.Set(b.fieldOf(form, label), value)
	}
	for _, name := range checked {
		values.Set(name, "ja")
	}
	if !strings.Contains(form.Text(), button) {
		b.t.Fatalf("%s has no button %q", b.page.path, button)
	}
	b.post(form.AttrOr("action", ""), values)
}

func TestPersonnel_ALostPhoneIsAnsweredByANewInvitation(t *testing.T) {
	p := newPortal(t)
	ute, ida := p.console("ute", account.Supervisor), p.console("ida", account.Supervisor)
	dora := p.console("dora", account.ServiceDesk)
	ute.open("/verwaltung/personal/dora/einladen")
	ute.choose("Neu einladen", nil)
	ute.expect("/verwaltung/personal/dora", "Dora Amsel", "Das wartet auf eine zweite Leitung")
	if dora.open("/verwaltung"); dora.page.path != "/verwaltung" {
		t.Errorf("before a second supervisor decides: %s", dora.page.path)
	}
	ida.open("/verwaltung/personal/dora")
	ida.follow("Über die Einladung entscheiden")
	ida.choose("Bestätigen", nil, "antwort")
	ida.expect("/verwaltung/personal/dora/einladung", "Einladung für Dora Amsel")
	if dora.open("/verwaltung"); dora.page.path != "/verwaltung/anmelden" {
		t.Errorf("the lost phone is still on %s", dora.page.path)
	}
	dora.press("Anmelden", fields{"Benutzername": "dora", "Kennwort": staffPassword})
	if dora.page.status != http.StatusUnprocessableEntity {
		t.Errorf("the old password: %d", dora.page.status)
	}
	if h := p.holding("dora"); h.HasToken() {
		t.Error("the old token is still there")
	}
	p.employ("eva", account.Supervisor)
	eva := "/verwaltung/personal/eva"
	ute.open(eva + "/einladen")
	ute.choose("Neu einladen", nil)
	ute.expect(eva, "Dora Amsel", "Das wartet auf eine zweite Leitung")
	ute.open(eva + "/einladung")
	ute.choose("Bestätigen", nil, "antwort")
	if ute.page.status != http.StatusForbidden {
		t.Errorf("who asked decides: %d", ute.page.status)
	}
	ida.open(eva + "/einladung")
	ida.choose("Bestätigen", nil, "antwort")
	ida.expect(eva+"/einladung", "Einladung für Dora Amsel")
	invited := p.post("mail.staff-invited")
	if len(invited) != 2 {
		t.Errorf("%d people were told that they are invited", len(invited))
	}
}

func TestPersonnel_NobodyDecidesAboutThemselves(t *testing.T) {
	p := newPortal(t)
	ute := p.console("ute", account.Supervisor)
	p.employ("ida", account.Supervisor)
	for _, deed := range []string{"einladen", "sperren", "entsperren", "bestaetigen", "einladung", "sperre", "leitung", "rollen"} {
		path := "/verwaltung/personal/ute/" + deed
		ute.open(path)
		ute.choose("", nil, "rolle-auditor", "antwort")
		if ute.page.status != http.StatusForbidden || !ute.page.says("Über das eigene Konto entscheidet eine andere Person.") {
			t.Errorf("%s: %d", deed, ute.page.status)
		}
	}
}

func TestASVS751_DeedsAboutStaffTakeAFreshCode(t *testing.T) {
	p := newPortal(t)
	p.employ("ute", account.Supervisor)
	p.employ("dora", account.ServiceDesk)
	b := p.browser()
	a := b.enterConsole("ute")
	p.Clock.Advance(11 * time.Minute)
	b.open("/verwaltung/personal/dora/sperren")
	b.choose("Jetzt sperren", nil)
	if b.page.status != http.StatusUnprocessableEntity || b.page.Find("#code[aria-invalid=true]").Length() != 1 {
		t.Errorf("without a code: %d", b.page.status)
	}
	b.choose("Jetzt sperren", fields{"Einmalcode": a.next()})
	b.expect("/verwaltung/personal/dora", "Dora Amsel", "Das Konto ist gesperrt")
}

func TestAttack_TwoSupervisorsWhoDeactivateEachOtherLeaveOne(t *testing.T) {
	p := newPortal(t)
	p.console("ute", account.Supervisor)
	p.console("ida", account.Supervisor)
	p.employ("eva", account.Supervisor)
	pairs := [][2]account.ID{{"ute", "ida"}, {"ida", "ute"}}
	for _, pair := range pairs {
		if asked, err := p.staff.Deactivate(t.Context(), pair[1], staff.By{ID: pair[0]}); err != nil || !asked {
			t.Fatalf("%t, %v", asked, err)
		}
	}
	errs := make([]error, 2)
	var group sync.WaitGroup
	for i, pair := range pairs {
		group.Go(func() {
			_, errs[i] = p.staff.Decide(t.Context(), pair[1], staff.DeactivateIt, true, staff.By{ID: "eva"})
		})
	}
	group.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("%v, %v", errs[0], errs[1])
	}
}

func TestAttack_OneSupervisorDoesNotRemoveTheOthersFromThePages(t *testing.T) {
	p := newPortal(t)
	ute, ida := p.console("ute", account.Supervisor), p.console("ida", account.Supervisor)
	p.employ("eva", account.Supervisor)
	for _, name := range []string{"ida", "eva"} {
		ute.open("/verwaltung/personal/" + name + "/sperren")
		ute.choose("Jetzt sperren", nil)
		ute.expect("/verwaltung/personal/"+name, "Dora Amsel", "Das wartet auf eine zweite Leitung")
		ute.open("/verwaltung/personal/" + name + "/rollen")
		ute.choose("Rollen speichern", nil, "rolle-auditor")
		ute.expect("/verwaltung/personal/"+name, "Dora Amsel", "Das wartet auf eine zweite Leitung")
		for _, deed := range []string{"sperre", "leitung"} {
			ute.open("/verwaltung/personal/" + name + "/" + deed)
			if ute.choose("Bestätigen", nil, "antwort"); ute.page.status != http.StatusForbidden {
				t.Errorf("who asked decides: %d", ute.page.status)
			}
		}
	}
	if ida.open("/verwaltung/personal"); ida.page.status != http.StatusOK {
		t.Errorf("a supervisor whom one other wants to be out: %d", ida.page.status)
	}
	ida.open("/verwaltung/personal/eva")
	ida.follow("Über die Rolle „Leitung“ entscheiden")
	ida.choose("Bestätigen", nil, "antwort")
	ida.open("/verwaltung/personal/eva")
	ida.follow("Über die Sperre entscheiden")
	ida.choose("Bestätigen", nil, "antwort")
	ida.expect("/verwaltung/personal/eva", "Dora Amsel", "gesperrt")
}

func TestAttack_APuppetThatOneSupervisorInvitedDecidesNothing(t *testing.T) {
	p := newPortal(t)
	ute := p.console("ute", account.Supervisor)
	ute.open("/verwaltung/personal/neu")
	if !ute.page.says("Außer Ihnen gibt es keine Leitung") {
		t.Error("the only supervisor is not told that roles are confirmed at the console")
	}
	ute.choose("Einladung ausstellen", fields{"Vorname": "Pia", "Nachname": "Puppe", "E-Mail-Adresse": "pia@kvb.example", "Benutzername": "puppe"},
		"rolle-service-desk", "rolle-token-stock", "rolle-auditor")
	link := strings.TrimPrefix(strings.TrimSpace(ute.page.Find("[data-testid=link]").Text()), home)
	puppet := p.browser()
	a := puppet.accept(link)
	puppet.press("Einrichten und anmelden", fields{"Einmalcode": a.next()})
	puppet.expect("/verwaltung", "Verwaltung", "Ihre Rolle muss noch von einer zweiten Leitung bestätigt werden.")
	for _, path := range []string{"/verwaltung/freigaben", "/verwaltung/mitglieder", "/verwaltung/briefe/stapel", "/verwaltung/token", "/verwaltung/protokoll"} {
		if puppet.open(path); puppet.page.status != http.StatusForbidden {
			t.Errorf("%s: %d", path, puppet.page.status)
		}
	}
	if _, err := p.staff.SetRoles(t.Context(), p.idOf("puppe"), []account.Role{account.ServiceDesk}, staff.By{}); err != nil {
		t.Fatal(err)
	}
	if puppet.open("/verwaltung/mitglieder"); puppet.page.status != http.StatusOK {
		t.Errorf("after the console confirmed it: %d", puppet.page.status)
	}
}

func TestOwnAccount_ShowsWhereOneIsLoggedInAndEndsIt(t *testing.T) {
	p := newPortal(t)
	b := p.console("dora", account.TokenStock)
	other := p.browser()
	other.enterConsole("dora")
	b.open("/verwaltung/konto")
	b.expect("/verwaltung/konto", "Mein Konto", "Tokenlager", "dora@kvb.example")
	b.press("Überall sonst abmelden", nil)
	b.expect("/verwaltung/konto", "Mein Konto", "Alle anderen Anmeldungen sind beendet")
	if other.open("/verwaltung"); other.page.path != "/verwaltung/anmelden" {
		t.Errorf("the other is still on %s", other.page.path)
	}
	b.follow("Kennwort ändern")
	fresh := "Ein Fenster zum Garten"
	b.press("Kennwort speichern", fields{"Bisheriges Kennwort": staffPassword, "Neues Kennwort": fresh})
	b.expect("/verwaltung/konto/kennwort/geaendert", "Ihr Kennwort ist geändert")
}

func TestAttack_AMemberAndOneOfStaffWithTheSameNameAreTwo(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	a := b.accept(p.invite("Hannah", account.Auditor))
	b.press("Einrichten und anmelden", fields{"Einmalcode": a.next()})
	b.expect("/verwaltung", "Verwaltung", "Dora Amsel")
	stranger := p.browser()
	for range 5 { // guesses at the members' door cost staff no pause
		stranger.open("/anmelden?ziel=/token")
		stranger.press("Anmelden", fields{"Benutzername": "hannah", "Kennwort": "geraten-und-falsch"})
	}
	stranger.open("/verwaltung")
	stranger.press("Anmelden", fields{"Benutzername": "HANNAH", "Kennwort": staffPassword})
	stranger.expect("/verwaltung/anmelden/code", "Einmalcode eingeben")
	m := p.browser()
	m.enterTokens("max")
	if h := p.holding("hannah"); len(h.Tokens) != 0 || h.Owner.Realm != account.Member {
		t.Errorf("the member holds %d tokens", len(h.Tokens))
	}
	m.open("/kennwort-vergessen")
	m.choose("Einmalkennwort anfordern", fields{"Benutzername": "staff hannah"})
	for _, mail := range p.post("mail.password-requested") {
		t.Errorf("a forgotten password of staff: %v", mail)
	}
}
