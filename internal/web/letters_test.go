package web_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/letter"
	"torhaus/internal/mailroom"
	"torhaus/internal/token"
)

func (p *portal) mailroom() *mailroom.Service {
	return &mailroom.Service{Store: p.DB, Watch: letter.WatchOf(p.profile)}
}

// ordered has a member order a soft token, and gives the letter.
func (p *portal) ordered(name string) string {
	p.t.Helper()
	o, err := p.tokens.Order(p.t.Context(), account.ID(name), "form "+name, true)
	if err != nil {
		p.t.Fatal(err)
	}
	return o.Letter.ID
}

// admit takes letters into today's batch, of at most so many, and hands over those that may be.
func (p *portal) admit(most int, ids ...string) {
	p.t.Helper()
	for _, id := range ids {
		ok, err := p.DB.Admit(p.t.Context(), id, most)
		if err != nil {
			p.t.Fatal(err)
		}
		if !ok {
			continue
		}
		if err := p.DB.HandOver(p.t.Context(), id); err != nil {
			p.t.Fatal(err)
		}
	}
}

func TestKVB10_LateLettersAreInViewOnTheStartPage(t *testing.T) {
	p := newPortal(t)
	p.ordered("hannah")
	p.Clock.Advance(10 * 24 * time.Hour)
	p.ordered("max")
	b := p.console("dora", account.ServiceDesk)
	b.expect("/verwaltung", "Verwaltung", "Verspätete Briefe eilig 1")
	b.open("/verwaltung/briefe?nur=spaet")
	b.expect("/verwaltung/briefe", "Briefe", "Hannah Brandl", "Aktivierungscode", "bestellt", "zu spät")
	if b.page.says("Max") {
		t.Error("a letter of today is among the late ones")
	}
	b.follow(shownFirst(b))
	if !b.page.says("müsste schon angekommen sein") || !b.page.says("Zum Mitglied") {
		t.Errorf("the letter's page says: %s", b.page.Find("main").Text())
	}
}

// shownFirst gives the number of the first letter of a list.
func shownFirst(b *browser) string {
	return strings.TrimSpace(b.page.Find("table.letters tbody a").First().Text())
}

func TestListOfLettersIsFiltered(t *testing.T) {
	p := newPortal(t)
	first, second := p.ordered("hannah"), p.ordered("max")
	p.admit(9, first)
	b := p.console("dora", account.TokenStock)
	for query, want := range map[string]int{
		"": 2, "?zustand=handed-over": 1, "?zustand=void": 0, "?art=activation-code": 2, "?art=hard-token": 0, "?mitglied=max": 1,
		"?von=2099-01-01": 0, "?nur=haengt": 0, "?nur=wartet": 0, "?zustand=%3Cscript%3E&art=x&von=y&nach=z&mitglied=": 2,
	} {
		b.open("/verwaltung/briefe" + query)
		if got := b.page.Find("table.letters tbody tr").Length(); got != want || b.page.status != http.StatusOK {
			t.Errorf("%s: %d letters, %d", query, got, b.page.status)
		}
		if want == 0 && !b.page.says("Zu dieser Auswahl gibt es keine Briefe.") {
			t.Errorf("%s: says nothing", query)
		}
	}
	b.open("/verwaltung/briefe")
	b.press("Anzeigen", fields{"Brief- oder Mitgliedsnummer": strings.ToUpper(letter.Number(second))})
	b.expect("/verwaltung/briefe/brief/"+second, "Brief "+letter.Number(second))
	for _, c := range []fields{{"Brief- oder Mitgliedsnummer": "Müller"}, {"Brief- oder Mitgliedsnummer": "aaaaaaaaaa"}, {"Bestellt von": "heute"}, {"Bestellt von": "2026-02-02", "Bestellt bis": "2026-01-01"}} {
		b.open("/verwaltung/briefe")
		if b.press("Anzeigen", c); b.page.status != http.StatusUnprocessableEntity || b.page.Find("[aria-invalid=true]").Length() != 1 {
			t.Errorf("%v: %d", c, b.page.status)
		}
	}
	if b.open("/verwaltung/briefe/brief/unknown"); b.page.status != http.StatusNotFound {
		t.Errorf("an unknown letter: %d", b.page.status)
	}
}

func TestReturnedLetterIsEnteredOnceWhoseItIsWasSeen(t *testing.T) {
	p := newPortal(t)
	id := p.ordered("hannah")
	b := p.console("dora", account.TokenStock)
	b.open("/verwaltung/briefe/rueckgabe")
	b.press("Brief suchen", fields{"Briefnummer": id})
	if !b.page.says("nie hinausgegangen") {
		t.Errorf("a letter that never left: %s", b.page.Find("main").Text())
	}
	p.admit(9, id)
	b.open("/verwaltung/briefe/rueckgabe")
	b.press("Brief suchen", fields{"Briefnummer": " " + strings.ToUpper(id) + " "}) // as a scanner types it
	b.expect("/verwaltung/briefe/brief/"+id+"/rueckgabe", "Brief "+letter.Number(id)+" ist zurückgekommen", "Dr. med. Hannah Brandl",
		"lässt sich nicht rückgängig machen", "der Code im Brief gilt nicht mehr")
	if p.holding("hannah").Orders[0].State != token.Placed {
		t.Error("the order ended before anybody confirmed")
	}
	b.press("Als zurückgekommen erfassen", nil)
	b.expect("/verwaltung/briefe/brief/"+id, "Brief "+letter.Number(id), "als zurückgekommen erfasst", "Erfragen Sie beim Mitglied die richtige Anschrift")
	if state := p.holding("hannah").Orders[0].State; state != token.OrderUndeliverable {
		t.Errorf("the order is %s", state)
	}
	b.open("/verwaltung/briefe")
	b.post("/verwaltung/briefe/brief/"+id+"/rueckgabe", b.hidden())
	if b.page.status != http.StatusConflict || !b.page.says("schon als zurückgekommen erfasst") {
		t.Errorf("a second time: %d", b.page.status)
	}
	looked := 0
	for _, r := range p.Audit(t) {
		if r.Kind == "member.seen" && r.Actor == "dora" && r.Account == "hannah" {
			looked++
		}
	}
	if looked != 1 {
		t.Errorf("the look at the member is recorded %d times", looked)
	}
}

func TestBatchIsReleasedByASecondPerson(t *testing.T) {
	p := newPortal(t)
	p.admit(1, p.ordered("hannah"), p.ordered("max"))
	clerk := p.console("dora", account.TokenStock)
	clerk.expect("/verwaltung", "Verwaltung", "Ungewöhnlich viele Briefe 1")
	clerk.open("/verwaltung/briefe/stapel")
	clerk.follow("Druckstapel 2")
	clerk.press("Stapel schließen", nil)
	clerk.expect("/verwaltung/briefe/stapel/2", "Druckstapel 2", "wartet auf Freigabe", "1 Brief an 1 Empfänger", "Über die Freigabe entscheidet eine andere Person")
	clerk.open("/verwaltung/briefe")
	clerk.post("/verwaltung/briefe/stapel/2/freigeben", clerk.hidden())
	if clerk.page.status != http.StatusConflict || !clerk.page.says("braucht zwei Personen") {
		t.Errorf("released by who closed it: %d", clerk.page.status)
	}
	if clerk.open("/verwaltung/briefe/stapel/2/verwerfen"); clerk.page.status != http.StatusConflict {
		t.Errorf("discarded by who closed it: %d", clerk.page.status)
	}
	chief := p.console("chief", account.Supervisor)
	chief.expect("/verwaltung", "Verwaltung", "Druckstapel zur Freigabe eilig 1")
	chief.open("/verwaltung/briefe/stapel/2")
	chief.follow("Stapel verwerfen …")
	chief.expect("/verwaltung/briefe/stapel/2/verwerfen", "Druckstapel 2 verwerfen", "Ein Brief wird nicht gedruckt")
	chief.open("/verwaltung/briefe/stapel/2")
	chief.press("1 Brief freigeben", nil)
	chief.expect("/verwaltung/briefe/stapel/2", "Druckstapel 2", "wird übergeben", "Dora Amsel")
	if chief.open("/verwaltung/briefe/stapel/99"); chief.page.status != http.StatusNotFound {
		t.Errorf("an unknown batch: %d", chief.page.status)
	}
}

// hand uploads a file by the form on the page.
func (b *browser) hand(path, field, name, content string) *page {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for key, values := range b.hidden() {
		if err := form.WriteField(key, values[0]); err != nil {
			b.t.Fatal(err)
		}
	}
	file, err := form.CreateFormFile(field, name)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := fmt.Fprint(file, content); err != nil {
		b.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		b.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, home+path, &body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(r)
}

func TestConfirmationIsSeenBeforeItIsCarriedOut(t *testing.T) {
	p := newPortal(t)
	first, second := p.ordered("hannah"), p.ordered("max")
	p.admit(9, first, second)
	today := calendar.DateOf(time.Now()).String()
	b := p.console("dora", account.TokenStock)
	const path = "/verwaltung/briefe/bestaetigung"
	b.open(path)
	b.hand(path, "datei", "versand.csv", "letter;posted\n"+first+";"+today+"\nzzzzzzzzzzzzzzzzzzzzzzzzzz;"+today+"\n=1+1;gestern\n")
	if b.page.heading() != "Datei geprüft" || !b.page.says("Mit 2 Zeilen stimmt etwas nicht") || !b.page.says("„=1+1“ ist keine Briefnummer") ||
		!b.page.says("Geändert wird nichts") || b.page.Find("main form").Length() != 0 {
		t.Errorf("a bad file: %s", b.page.Find("main").Text())
	}
	b.open(path)
	b.hand(path, "datei", "versand.csv", "\ufeffletter;posted\r\n"+first+";"+today+"\r\n"+second+";"+today+"\r\n")
	if b.page.heading() != "Datei geprüft" || !b.page.says("2 Briefe werden als zur Post gegeben vermerkt") || !b.page.says("UTF-8 with BOM") {
		t.Errorf("a good file: %s", b.page.Find("main").Text())
	}
	if l, _, _ := p.DB.Parcel(t.Context(), first); l.Letter.State != letter.HandedOver {
		t.Errorf("it was carried out unasked: %s", l.Letter.State)
	}
	kept := b.page.path
	b.press("Versand bestätigen", nil)
	if b.page.heading() != "Versand bestätigt" || !b.page.says("2 Briefe sind als zur Post gegeben vermerkt") {
		t.Errorf("carried out: %s", b.page.Find("main").Text())
	}
	if l, _, _ := p.DB.Parcel(t.Context(), first); l.Letter.State != letter.Posted {
		t.Errorf("the letter is %s", l.Letter.State)
	}
	if b.open(kept); b.page.status != http.StatusNotFound {
		t.Errorf("the file is still there: %d", b.page.status)
	}
	other := p.console("otto", account.TokenStock)
	other.open(path)
	other.hand(path, "datei", "versand.csv", "letter;posted\n")
	if b.open(other.page.path); b.page.status != http.StatusNotFound {
		t.Errorf("somebody else's file: %d", b.page.status)
	}
}

func TestHandOverThatWasGivenUpIsTriedAgainByThoseWhoMay(t *testing.T) {
	p := newPortal(t)
	id := p.ordered("hannah")
	jobs, err := p.DB.Claim(t.Context(), "test", time.Minute, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		if err := p.DB.Dead(t.Context(), j, "there is no paper"); err != nil {
			t.Fatal(err)
		}
	}
	desk := p.console("desk", account.ServiceDesk)
	desk.open("/verwaltung/briefe/brief/" + id)
	if !desk.page.says("there is no paper") || desk.page.Find("main form").Length() != 0 {
		t.Errorf("the desk sees: %s", desk.page.Find("main").Text())
	}
	desk.open("/verwaltung/briefe")
	desk.post("/verwaltung/briefe/brief/"+id+"/erneut", desk.hidden())
	if desk.page.status != http.StatusForbidden {
		t.Errorf("the desk tries again: %d", desk.page.status)
	}
	b := p.console("dora", account.TokenStock)
	b.expect("/verwaltung", "Verwaltung", "Gescheiterte Übergaben eilig 1")
	b.open("/verwaltung/briefe/brief/" + id)
	b.press("Erneut versuchen", nil)
	b.expect("/verwaltung/briefe/brief/"+id, "Brief "+letter.Number(id), "wird noch einmal versucht")
	if b.page.Find("main form").Length() != 0 {
		t.Error("it can be tried again twice")
	}
}

// TestPagesOfLettersAskForTheRightRole goes through the roles.
func TestPagesOfLettersAskForTheRightRole(t *testing.T) {
	p := newPortal(t)
	id := p.ordered("hannah")
	p.admit(9, id)
	const yes, no = http.StatusOK, http.StatusForbidden
	for role, want := range map[account.Role][4]int{ // list, returned, batches, confirmation
		account.ServiceDesk: {yes, yes, yes, no}, account.TokenStock: {yes, yes, yes, yes},
		account.Supervisor: {yes, no, yes, yes}, account.Auditor: {yes, no, yes, no},
	} {
		b := p.console(string(role), role)
		for i, path := range []string{"", "/rueckgabe", "/stapel", "/bestaetigung"} {
			if b.open("/verwaltung/briefe" + path); b.page.status != want[i] {
				t.Errorf("%s at %s: %d", role, path, b.page.status)
			}
		}
		b.open("/verwaltung/briefe/brief/" + id)
		if got := b.page.says("Als zurückgekommen erfassen"); got != (want[1] == yes) {
			t.Errorf("%s is offered to enter a return: %v", role, got)
		}
	}
	for name, b := range map[string]*browser{"nobody": p.browser()} {
		if b.open("/verwaltung/briefe/brief/" + id); !strings.HasPrefix(b.page.path, "/verwaltung/anmelden") {
			t.Errorf("%s stands at %s", name, b.page.path)
		}
	}
}
