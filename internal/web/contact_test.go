package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// post gives the payloads of all e-mails of a kind that were not read yet, and carries out what else is due.
func (p *portal) post(kind string) []map[string]any {
	p.t.Helper()
	jobs, err := p.DB.Claim(p.t.Context(), "post", time.Minute, 1000)
	if err != nil {
		p.t.Fatal(err)
	}
	var found []map[string]any
	for _, j := range jobs {
		if j.Kind == kind {
			var payload map[string]any
			if err := json.Unmarshal(j.Payload.Reveal(), &payload); err != nil {
				p.t.Fatal(err)
			}
			found = append(found, payload)
		}
		if err := p.DB.Done(p.t.Context(), j); err != nil {
			p.t.Fatal(err)
		}
	}
	return found
}

// emailCode reads the code out of the one e-mail to a new address.
func (p *portal) emailCode(to string) string {
	p.t.Helper()
	mails := p.post("mail.email-code")
	if len(mails) != 1 {
		p.t.Fatalf("%d e-mails with a code", len(mails))
	}
	if address := mails[0]["to"].(map[string]any)["email"]; address != to {
		p.t.Errorf("the code goes to %s", address)
	}
	return mails[0]["code"].(string)
}

func (p *portal) email(name string) string {
	p.t.Helper()
	return p.holding(name).Owner.Email
}

// askForEmail asks for a code to a new address in a fresh session.
func (b *browser) askForEmail(email string) {
	b.t.Helper()
	b.open("/konto/kontakt/email")
	b.press("Bestätigungscode anfordern", fields{"Neue E-Mail-Adresse": email})
	b.expect("/konto/kontakt/bestaetigen", "Neue E-Mail-Adresse bestätigen", email)
}

func TestContact_APageShowsWhatIsStoredAndSaysWhoChangesIt(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterPortal("hannah")
	b.follow("Kontaktdaten")
	b.expect("/konto/kontakt", "Kontaktdaten", "Dr. med. Hannah Brandl", "Lindenstraße 12", "90402 Nürnberg", "hannah@praxis.example",
		"Mitgliederverzeichnis der KVB")
}

func TestNewEmail_IsProvedByACodeAndTheOldAddressIsTold(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterPortal("hannah")
	b.open("/konto/kontakt")
	b.follow("E-Mail-Adresse ändern")
	if b.page.Find("#code").Length() != 0 {
		t.Error("a one-time code is asked for right after one was given")
	}
	b.askForEmail("neu@praxis.example")
	if p.email("hannah") != "hannah@praxis.example" {
		t.Error("the address is changed before the code is given")
	}
	b.open("/konto/kontakt")
	b.expect("/konto/kontakt", "Kontaktdaten", "noch nicht bestätigt", "neu@praxis.example")
	b.follow("Code eingeben")
	b.press("Adresse bestätigen", fields{"Bestätigungscode": p.emailCode("neu@praxis.example")})
	b.expect("/konto/kontakt", "Kontaktdaten", "Ihre E-Mail-Adresse ist geändert", "neu@praxis.example")
	if b.page.says("noch nicht bestätigt") || b.page.says("hannah@praxis.example") {
		t.Error("the old address is still there")
	}
	notices := p.post("mail.email-changed")
	if len(notices) != 1 || notices[0]["to"].(map[string]any)["email"] != "hannah@praxis.example" {
		t.Errorf("the old address is told %v", notices)
	}
}

func TestASVS751_AnOldSessionGivesAnotherOneTimeCodeFirst(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	a := b.enterPortal("hannah")
	before := b.cookie("torhaus")
	p.Clock.Advance(11 * time.Minute)
	b.open("/konto/kontakt/email")
	const ask = "Bestätigungscode anfordern"
	b.press(ask, fields{"Neue E-Mail-Adresse": "neu@praxis.example"})
	if b.page.status != 422 || b.page.Find("#code[aria-invalid=true]").Length() != 1 || b.page.Find("#email").AttrOr("value", "") != "neu@praxis.example" {
		t.Errorf("without a code: status %d", b.page.status)
	}
	b.press(ask, fields{"Neue E-Mail-Adresse": "neu@praxis.example", "Einmalcode": a.wrong()})
	if b.page.status != 422 || b.page.Find("#code[aria-invalid=true]").Length() != 1 {
		t.Errorf("with a wrong code: status %d", b.page.status)
	}
	b.press(ask, fields{"Neue E-Mail-Adresse": "neu@praxis.example", "Einmalcode": a.again()})
	if b.page.status != 422 {
		t.Errorf("with the code of the login: status %d", b.page.status)
	}
	b.press(ask, fields{"Neue E-Mail-Adresse": "kein a@praxis", "Einmalcode": a.next()})
	if b.page.status != 422 || b.page.Find("#email[aria-invalid=true]").Length() != 1 {
		t.Errorf("with no address: status %d", b.page.status)
	}
	a.used-- // what was typed beside the wrong address was not looked at, and is not spent
	b.press(ask, fields{"Neue E-Mail-Adresse": "neu@praxis.example", "Einmalcode": a.next()})
	b.expect("/konto/kontakt/bestaetigen", "Neue E-Mail-Adresse bestätigen")
	if after := b.cookie("torhaus"); after == before || len(after) != 64 {
		t.Error("ASVS 7.2.4: the key stays after a fresh proof")
	}
	b.press("Adresse bestätigen", fields{"Bestätigungscode": p.emailCode("neu@praxis.example")})
	b.expect("/konto/kontakt", "Kontaktdaten", "Ihre E-Mail-Adresse ist geändert")
}

func TestKVB07_PasswordAloneNeitherSeesNorChangesContactData(t *testing.T) {
	p := newPortal(t)
	p.app("hannah")
	b := p.browser()
	b.enterTokens("hannah")
	b.open("/token/bestellen/pruefen?art=softtoken&weg=brief")
	form := b.hidden()
	form.Set("email", "dieb@example.org")
	for _, path := range []string{"/konto/kontakt", "/konto/kontakt/email", "/konto/kontakt/bestaetigen"} {
		if b.open(path); b.page.path != "/anmelden/code" {
			t.Errorf("GET %s leads to %s", path, b.page.path)
		}
	}
	for _, path := range []string{"/konto/kontakt/email", "/konto/kontakt/bestaetigen", "/konto/kontakt/abbrechen"} {
		if b.post(path, form); b.page.path != "/anmelden/code" {
			t.Errorf("POST %s leads to %s", path, b.page.path)
		}
	}
	if n := len(p.post("mail.email-code")); n != 0 {
		t.Errorf("%d codes were sent", n)
	}
}

func TestNewEmail_FiveWrongCodesVoidIt(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterPortal("hannah")
	b.askForEmail("neu@praxis.example")
	right := p.emailCode("neu@praxis.example")
	wrong := "00000000"
	if right == wrong {
		wrong = "00000001"
	}
	for _, left := range []string{"noch 4 Versuche", "noch 3 Versuche", "noch 2 Versuche", "noch einen Versuch"} {
		b.press("Adresse bestätigen", fields{"Bestätigungscode": wrong})
		if b.page.status != 422 || !b.page.says(left) || b.page.Find("#code").AttrOr("value", "") != "" {
			t.Errorf("status %d; does not say %q", b.page.status, left)
		}
	}
	form := b.hidden()
	b.press("Adresse bestätigen", fields{"Bestätigungscode": wrong})
	if b.page.status != http.StatusConflict || !b.page.says("Ihre bisherige Adresse bleibt") {
		t.Errorf("status %d", b.page.status)
	}
	form.Set("code", right)
	if b.post("/konto/kontakt/bestaetigen", form); b.page.status != http.StatusConflict || p.email("hannah") != "hannah@praxis.example" {
		t.Errorf("the right code afterwards: status %d, address %s", b.page.status, p.email("hannah"))
	}
}

func TestNewEmail_TheCodeEndsAfterHalfAnHour(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterPortal("hannah")
	b.askForEmail("neu@praxis.example")
	form := b.hidden()
	form.Set("code", p.emailCode("neu@praxis.example"))
	p.Clock.Advance(29 * time.Minute)
	b.open("/konto/kontakt/bestaetigen") // the session lives on
	p.Clock.Advance(2 * time.Minute)
	if b.post("/konto/kontakt/bestaetigen", form); b.page.status != http.StatusConflict {
		t.Errorf("status %d", b.page.status)
	}
	b.open("/konto/kontakt")
	b.expect("/konto/kontakt", "Kontaktdaten", "hannah@praxis.example")
	if b.page.says("noch nicht bestätigt") {
		t.Error("the page still waits for the code")
	}
}

func TestAttack_AStolenCodeIsOfNoUseInAnotherSession(t *testing.T) {
	p := newPortal(t)
	owner, thief := p.browser(), p.browser()
	thief.enterPortal("hannah")
	thief.askForEmail("dieb@example.org")
	code := p.emailCode("dieb@example.org")
	owner.enterPortal("hannah")
	owner.open("/konto/kontakt")
	owner.expect("/konto/kontakt", "Kontaktdaten", "dieb@example.org", "in einer anderen Anmeldung")
	form := owner.hidden()
	form.Set("code", code)
	if owner.post("/konto/kontakt/bestaetigen", form); owner.page.status != http.StatusConflict {
		t.Errorf("in another session: status %d", owner.page.status)
	}
	owner.open("/konto/kontakt")
	owner.press("Änderung abbrechen", nil)
	owner.expect("/konto/kontakt", "Kontaktdaten", "Die Änderung ist abgebrochen")
	if thief.press("Adresse bestätigen", fields{"Bestätigungscode": code}); thief.page.status != http.StatusConflict || p.email("hannah") != "hannah@praxis.example" {
		t.Errorf("the thief: status %d, address %s", thief.page.status, p.email("hannah"))
	}
}

func TestAttack_AddressesThatAreNoneAndCodesOfOthers(t *testing.T) {
	p := newPortal(t)
	b, max := p.browser(), p.browser()
	b.enterPortal("hannah")
	b.open("/konto/kontakt/email")
	for _, typed := range []string{
		"", "a@b.example,c@d.example", "x@y.example\r\nBcc: z@y.example", "<script>alert(1)</script>@x.example", "a@[127.0.0.1]", "hannah@praxis.example",
		strings.Repeat("a", 5000) + "@x.example", "{{.}}", "a@b.example\x00",
	} {
		b.press("Bestätigungscode anfordern", fields{"Neue E-Mail-Adresse": typed})
		if b.page.status != 422 || b.page.Find("#email[aria-invalid=true]").Length() != 1 {
			t.Errorf("%.30q: status %d", typed, b.page.status)
		}
	}
	if n := len(p.post("mail.email-code")); n != 0 {
		t.Errorf("%d codes were sent", n)
	}
	b.askForEmail("neu@praxis.example")
	hers := p.emailCode("neu@praxis.example")
	max.enterPortal("max")
	max.askForEmail("max-neu@praxis.example")
	p.post("")
	if max.press("Adresse bestätigen", fields{"Bestätigungscode": hers}); max.page.status != 422 {
		t.Errorf("the code of another member: status %d", max.page.status)
	}
	if p.email("max") != "max@praxis.example" || p.email("hannah") != "hannah@praxis.example" {
		t.Error("an address was changed")
	}
}

func TestAttack_MailsToStrangersAreLimited(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterPortal("hannah")
	for range 5 {
		b.askForEmail("opfer@example.org")
	}
	b.open("/konto/kontakt/email")
	b.press("Bestätigungscode anfordern", fields{"Neue E-Mail-Adresse": "opfer@example.org"})
	if b.page.status != http.StatusConflict || !b.page.says("Der nächste ist ab") {
		t.Errorf("the sixth: status %d", b.page.status)
	}
	if n := len(p.post("mail.email-code")); n != 5 {
		t.Errorf("%d codes were sent", n)
	}
}
