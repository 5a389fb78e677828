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
	"torhaus/internal/desk"
	"torhaus/internal/register"
	"torhaus/internal/upload"
)

const importing = "/verwaltung/mitglieder/einspielen"

// imports is how files of the register are taken in.
func (p *portal) imports() *desk.ImportService {
	return &desk.ImportService{Store: p.DB, Members: &register.Service{Store: p.DB}, Uploads: &upload.Service{Store: p.DB}}
}

// doImports carries out the imports that are due.
func (p *portal) doImports() {
	p.t.Helper()
	jobs, err := p.DB.Claim(p.t.Context(), "imports", time.Minute, 1000)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, j := range jobs {
		if do, ok := p.imports().Handlers()[j.Kind]; ok {
			if err := do.Do(p.t.Context(), j); err != nil {
				p.t.Error(err)
			}
		}
		if err := p.DB.Done(p.t.Context(), j); err != nil {
			p.t.Fatal(err)
		}
	}
}

// upload hands in a file, as the form of the page does.
func (b *browser) upload(name, content string) *page {
	b.t.Helper()
	b.open(importing)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for field, values := range b.hidden() {
		if err := form.WriteField(field, values[0]); err != nil {
			b.t.Fatal(err)
		}
	}
	if name != "" {
		part, err := form.CreateFormFile("datei", name)
		if err != nil {
			b.t.Fatal(err)
		}
		if _, err := part.Write([]byte(content)); err != nil {
			b.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		b.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, home+importing, &body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	return b.send(r)
}

const registerHeader = "number,user-name,salutation,title,first-name,last-name,extra,street,postcode,town,email\n"

func registerRows(from, to int) string {
	var s strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&s, "77%04d,praxis%d,Frau,,Eva,Muster,,Hauptstraße %d,80331,München,praxis%d@aerzte.example\n", i, i, i+1, i)
	}
	return s.String()
}

func (p *portal) registered() int {
	p.t.Helper()
	n, err := p.DB.CountRegistered(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

func TestImportPage_LooksFirstAndCarriesOutTheSameFile(t *testing.T) {
	p := newPortal(t)
	b := p.console("ute", account.Supervisor)
	b.open("/verwaltung/mitglieder")
	b.follow("Mitglieder einspielen")
	b.expect(importing, "Mitglieder einspielen", "number", "user-name")
	b.upload("auszug.csv", registerHeader+registerRows(0, 250))
	b.expect(importing, "Mitglieder einspielen", "Die Datei wird geprüft", "Gelesene Zeilen: 0")
	if b.page.header.Get("Refresh") == "" {
		t.Error("the page does not renew itself")
	}
	p.doImports()
	b.open(b.page.full())
	b.expect(importing, "Mitglieder einspielen", "Die Datei ist in Ordnung. Noch ist nichts geändert.", "250", "UTF-8")
	if p.registered() != 0 || b.page.Find("table tbody tr").Length() != 100 {
		t.Errorf("%d members, %d lines", p.registered(), b.page.Find("table tbody tr").Length())
	}
	b.press("Alles übernehmen", nil)
	b.expect(importing, "Mitglieder einspielen", "Die Datei wird übernommen")
	p.doImports()
	b.open(b.page.full())
	b.expect(importing, "Mitglieder einspielen", "Die Datei ist übernommen")
	if p.registered() != 250 {
		t.Errorf("%d members", p.registered())
	}
	b.upload("auszug.csv", registerHeader+registerRows(0, 250))
	p.doImports()
	b.open(b.page.full())
	b.expect(importing, "Mitglieder einspielen", "Es ist nichts zu tun")
	for _, r := range p.Audit(t) {
		if r.Kind == "account.imported" && r.Actor != "ute" {
			t.Fatalf("the audit names %s", r.Actor)
		}
	}
}

func TestImportPage_SaysWhereAndWhatIsWrong(t *testing.T) {
	p := newPortal(t)
	b := p.console("ute", account.Supervisor)
	b.upload("auszug.csv", registerHeader+registerRows(0, 3)+"770009,praxis 9,Dr.,,Eva,,,Weg 1,1234,München\u0007,keine\n")
	p.doImports()
	b.open(b.page.full())
	b.expect(importing, "Mitglieder einspielen", "So kann die Datei nicht übernommen werden", "last-name: ist leer", "postcode: „1234“ ist keine Postleitzahl",
		"email: „keine“ ist keine E-Mail-Adresse", "salutation: „Dr.“ ist keine Anrede", "town: enthält das Steuerzeichen U+0007")
	if b.page.Find("form[action$='/uebernehmen']").Length() != 0 {
		t.Error("it can be carried out")
	}
	for name, want := range map[string]string{"auszug.xlsx": "muss auf .csv oder .json enden", "": "Bitte wählen Sie eine Datei"} {
		if b.upload(name, "x"); b.page.status != 422 || !b.page.says(want) {
			t.Errorf("%q: status %d", name, b.page.status)
		}
	}
	b.upload("leer.json", "")
	p.doImports()
	if b.open(b.page.full()); !b.page.says("Die Datei ist leer") {
		t.Errorf("an empty file:\n%s", b.page.Find("main").Text())
	}
}

func TestAttack_ImportsAreForSupervisorsAndEachForItsOwn(t *testing.T) {
	p := newPortal(t)
	ute, ingo := p.console("ute", account.Supervisor), p.console("ingo", account.Supervisor)
	ute.upload("auszug.csv", registerHeader+registerRows(0, 3))
	p.doImports()
	address := ute.page.full()
	ute.open(address)
	form := ute.hidden()
	if ingo.open(address); ingo.page.status != http.StatusNotFound {
		t.Errorf("another supervisor sees it: %d", ingo.page.status)
	}
	stolen := ingo.hiddenOf(ingo.open(importing))
	stolen.Set("vorgang", form.Get("vorgang"))
	if ingo.post(importing+"/uebernehmen", stolen); ingo.page.status != http.StatusNotFound {
		t.Errorf("another supervisor carries it out: %d", ingo.page.status)
	}
	for name, role := range map[string]account.Role{"dora": account.ServiceDesk, "ben": account.TokenStock, "rosa": account.Auditor} {
		b := p.console(name, role)
		if b.open(importing); b.page.status != http.StatusForbidden {
			t.Errorf("%s: %d", role, b.page.status)
		}
	}
	ute.post(importing+"/uebernehmen", form)
	if ute.post(importing+"/uebernehmen", form); ute.page.status != http.StatusConflict {
		t.Errorf("twice at a time: %d", ute.page.status)
	}
	p.doImports()
	if ute.post(importing+"/uebernehmen", form); ute.page.status != http.StatusNotFound || p.registered() != 3 {
		t.Errorf("once more: %d, %d members", ute.page.status, p.registered())
	}
}

// full gives the address of the page with its parameters.
func (p *page) full() string { return p.path + "?" + p.query }
