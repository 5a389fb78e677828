package web_test

import (
	"strings"
	"testing"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/token"
)

func lastDay() string { return calendar.LastDay(time.Now(), 14).GermanLong() }

func TestKVB07_TheTokenManagementIsReachedFromThePublicSiteWithAPassword(t *testing.T) {
	b := newPortal(t).browser()
	b.open("/")
	if category := b.page.Find("section[aria-labelledby] > h2:contains('Allgemeines')").Parent(); category.Find("a[href='/token']").Text() != "Token-Verwaltung" {
		t.Error("„Allgemeines“ does not lead to „Token-Verwaltung“")
	}
	b.follow("Token-Verwaltung")
	b.expect("/anmelden", "Anmelden", "Token-Verwaltung")
	for selector, autocomplete := range map[string]string{"#user": "username", "#password": "current-password"} {
		if got, _ := b.page.Find(selector).Attr("autocomplete"); got != autocomplete {
			t.Errorf("%s: autocomplete %q", selector, got)
		}
	}
	b.press("Anmelden", fields{"Benutzername": "HANNAH ", "Kennwort": passtext})
	b.expect("/token", "Token-Verwaltung", "Sie haben noch keinen Token")
}

func TestKVB08_OrderingLeadsThroughFourStepsToAConfirmation(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	step := func(name string) {
		t.Helper()
		if current := b.page.Find("[aria-current=step]"); current.Length() != 1 || !strings.HasSuffix(current.Text(), name) {
			t.Errorf("the step is %q, not %q", current.Text(), name)
		}
	}
	b.follow("Softtoken bestellen")
	step("Token")
	b.press("Nächster Schritt", nil)
	step("Versandweg")
	b.press("Nächster Schritt", nil)
	step("Prüfen")
	b.expect("/token/bestellen/pruefen", "Bestellung prüfen", "Lindenstraße 12", "90402 Nürnberg", "hannah@praxis.example", lastDay())
	if len(p.holding("hannah").Orders) != 0 {
		t.Error("something was ordered before the order was completed")
	}
	b.press("Bestellung abschließen", nil)
	step("Bestätigung")
	b.expect("/token/bestellen/bestaetigung", "Ihr Softtoken ist bestellt", lastDay(), "hannah@praxis.example", p.holding("hannah").Tokens[0].Serial)
}

func TestKVB05_WithoutAHardTokenTheLetterIsPresetAndTheStepSaysWhy(t *testing.T) {
	b := newPortal(t).browser()
	b.enterTokens("hannah")
	b.follow("Softtoken bestellen")
	b.press("Nächster Schritt", nil)
	b.expect("/token/bestellen/versandweg", "Versandweg", "Aktivierungscode per Brief", "weil Sie keinen aktiven Hardtoken haben")
	if b.page.Find("main input:not([type=hidden]), main select").Length() != 0 {
		t.Error("there is a choice")
	}
}

func TestKVB09_TheOverviewShowsTheOrderedToken(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	b.order()
	b.follow("Zur Übersicht")
	today := calendar.DateOf(time.Now()).German()
	b.expect("/token", "Token-Verwaltung", "Softtoken", p.holding("hannah").Tokens[0].Serial, "bestellt", today, "wird vorbereitet", lastDay(), "Token aktivieren")
	p.handOver("hannah")
	b.open("/token")
	b.expect("/token", "Token-Verwaltung", "zum Versand übergeben am "+today, "Ein Brief mit Ihrem Aktivierungscode ist unterwegs")
	if b.page.Find("main a[href='/token/bestellen']").Length() != 0 {
		t.Error("KVB07: a new order is offered although the letter is on its way")
	}
}

func TestKVB12_TheCodeOfTheLetterOpensTheSetUpPage(t *testing.T) {
	for name, typed := range map[string]func(string) string{
		"as it is":   func(c string) string { return c },
		"blanks":     func(c string) string { return " " + c[:4] + " " + c[4:] + " " },
		"hyphens":    func(c string) string { return c[:2] + "-" + c[2:4] + "–" + c[4:] },
		"full width": func(c string) string { return fullWidth(c) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPortal(t)
			b := p.browser()
			b.enterTokens("hannah")
			b.order()
			b.open("/token")
			b.follow("Token aktivieren")
			b.press("Nächster Schritt", fields{"Aktivierungscode": typed(p.code("hannah"))})
			b.expect("/token/aktivieren/einrichten", "Softtoken einrichten")
		})
	}
}

func fullWidth(digits string) string {
	return strings.Map(func(c rune) rune { return c - '0' + '０' }, digits)
}

func TestKVB02_TheSetUpPageSaysWhereToFindAnAppAndRecommendsNone(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	b.order()
	a := b.enterCode(p.code("hannah"))
	b.expect("/token/aktivieren/einrichten", "Softtoken einrichten", "„Authentifizierungs-App“ oder „2FA“", "„KV Bayerns“", a.token.Serial)
	for _, maker := range []string{"Google", "Microsoft", "Apple", "FreeOTP"} {
		if b.page.says(maker) {
			t.Errorf("the page recommends %s", maker)
		}
	}
}

func TestKVB03_TheQRCodeIsShownOnceForEachEntryOfTheCode(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	b.order()
	code := p.code("hannah")
	first := b.enterCode(code)
	if n := b.page.Find("[role=img] svg path").Length(); n != 2 {
		t.Fatalf("%d paths in the QR code", n)
	}
	if shown := strings.ReplaceAll(b.page.Find(".secret").Text(), " ", ""); shown != first.token.Generator().Text().Reveal() {
		t.Errorf("the secret as text is %q", shown)
	}
	b.open("/token/aktivieren/einrichten")
	b.expect("/token/aktivieren/einrichten", "Softtoken einrichten", "Der QR-Code wird nur einmal gezeigt")
	if b.page.Find("svg, .secret, a[href^='otpauth:']").Length() != 0 {
		t.Error("the secret is shown again after a reload")
	}
	second := b.enterCode(code)
	if string(second.token.Secret.Reveal()) == string(first.token.Secret.Reveal()) {
		t.Error("the code entered again makes no new secret")
	}
	b.press("Jetzt aktivieren", fields{"Einmalcode": first.next()})
	if b.page.status != 422 || b.page.Find("#otp[aria-invalid=true]").Length() != 1 || b.page.Find("svg").Length() != 0 {
		t.Errorf("KVB12: the first secret still works, or the QR code came back: status %d", b.page.status)
	}
	b.press("Jetzt aktivieren", fields{"Einmalcode": second.next()})
	b.expect("/token/aktivieren/fertig", "Ihr Softtoken ist aktiviert")
}

func TestKVB03_AnotherSessionDoesNotSeeTheSetUp(t *testing.T) {
	p := newPortal(t)
	b, other := p.browser(), p.browser()
	b.enterTokens("hannah")
	b.order()
	other.enterTokens("hannah")
	b.enterCode(p.code("hannah"))
	other.open("/token/aktivieren/einrichten")
	if other.page.status != 409 || other.page.Find("svg, .secret").Length() != 0 {
		t.Errorf("status %d", other.page.status)
	}
	if link, _ := other.page.Find("main a.kern-btn").Attr("href"); link != "/token/aktivieren" {
		t.Errorf("the page leads to %q", link)
	}
}

func TestKVB14_TheCodeOfTheActivationCannotLogIn(t *testing.T) {
	b := newPortal(t).browser()
	b.enterTokens("hannah")
	a := b.activate("hannah")
	b.follow("Zu „Meine KVB“")
	b.expect("/anmelden/code", "Einmalcode eingeben")
	b.press("Anmelden", fields{"Einmalcode": a.again()})
	if b.page.status != 422 || b.page.Find("#code[aria-invalid=true]").Length() != 1 {
		t.Fatalf("status %d", b.page.status)
	}
	b.press("Anmelden", fields{"Einmalcode": a.next()})
	b.expect("/start", "Meine KVB")
}

func TestKVB17_UserNamePasswordAndACodeOpenThePortal(t *testing.T) {
	p := newPortal(t)
	first := p.browser()
	first.enterTokens("hannah")
	a := first.activate("hannah")
	first.follow("Zu „Meine KVB“")
	first.press("Anmelden", fields{"Einmalcode": a.next()})
	first.expect("/start", "Meine KVB", "Letzte Anmeldung: noch keine")
	if link := first.page.Find("section > h2:contains('Persönliche Daten')").Parent().Find("a[href='/token']"); link.Text() != "Token-Verwaltung" {
		t.Error("KVB07: „Persönliche Daten“ does not lead to „Token-Verwaltung“")
	}
	first.follow("Token-Verwaltung")
	first.expect("/token", "Token-Verwaltung", "aktiv", a.token.Serial)
	first.press("Abmelden", nil)
	first.expect("/abmelden", "Sie sind abgemeldet")
	first.open("/token")
	first.expect("/anmelden", "Anmelden")
}

func TestKVB01_APasswordAloneOpensNoPageOfThePortal(t *testing.T) {
	b := newPortal(t).browser()
	b.open("/start")
	b.expect("/anmelden", "Anmelden", "Meine KVB", "Schritt 1 von 2")
	b.press("Anmelden", fields{"Benutzername": "hannah", "Kennwort": passtext})
	b.expect("/anmelden/code", "Sie haben noch keinen aktiven Token", "Bestellen Sie in der Token-Verwaltung")
	b.open("/start")
	b.expect("/anmelden/code", "Sie haben noch keinen aktiven Token")
	b.follow("Zur Token-Verwaltung")
	b.activate("hannah")
	b.open("/start")
	b.expect("/anmelden/code", "Einmalcode eingeben", "Meine KVB", "Schritt 2 von 2")
}

func TestKVB16_ActivationReplacesThePreviousToken(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	old := b.activate("hannah")
	p.Clock.Advance(25 * time.Hour)
	b.enterTokens("hannah")
	b.follow("Softtoken bestellen")
	b.expect("/token/bestellen", "Token bestellen", "Ihr bisheriger Softtoken "+old.token.Serial+" gilt weiter")
	b.activate("hannah")
	b.open("/token")
	b.expect("/token", "Token-Verwaltung", old.token.Serial+": ersetzt am "+calendar.DateOf(time.Now().Add(25*time.Hour)).German())
	if cards := b.page.Find(".tile"); cards.Length() != 1 || cards.Find(".kern-badge--success").Text() != "aktiv" {
		t.Errorf("%d tokens are shown as usable", cards.Length())
	}
}

func TestKVB07_APasswordIsEnoughToSuspendAToken(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	a := b.activate("hannah")
	b.open("/token")
	b.follow("Token sperren")
	b.expect("/token/"+a.token.Serial+"/sperren", "Token "+a.token.Serial+" sperren", "Es ist Ihr einziger aktiver Token")
	b.press("Jetzt sperren", nil)
	b.expect("/token", "Token-Verwaltung", "Der Token "+a.token.Serial+" ist gesperrt")
	if p.holding("hannah").Tokens[0].State != token.Suspended {
		t.Error("the token still logs in")
	}
	b.open("/start")
	b.expect("/anmelden/code", "Sie haben noch keinen aktiven Token")
}

func TestKVB11_TheCodeIsRefusedAfterItsLastDayAndANewOrderHelps(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	b.order()
	p.Clock.To(calendar.LastDay(time.Now(), 14).End())
	b.enterTokens("hannah")
	b.expect("/token", "Token-Verwaltung", "abgelaufen")
	if b.page.Find("a[href='/token/aktivieren']").Length() != 0 {
		t.Error("the activation is still offered")
	}
	b.open("/token/aktivieren")
	if b.page.status != 409 || !b.page.says("abgelaufen") {
		t.Errorf("status %d", b.page.status)
	}
	b.follow("Neu bestellen")
	b.expect("/token/bestellen", "Token bestellen")
	b.order()
}

func TestKVB18_SupportStandsOnEveryPage(t *testing.T) {
	b := newPortal(t).browser()
	for _, path := range []string{"/", "/hilfe", "/anmelden", "/abmelden", "/gibt-es-nicht"} {
		if b.open(path).Find("main + .support a[href='mailto:Technik@kvb.de']").Length() != 1 {
			t.Errorf("%s: no support", path)
		}
	}
	b.enterTokens("hannah")
	for _, path := range []string{"/token", "/token/bestellen", "/token/aktivieren"} {
		if b.open(path).Find("main + .support a[href='mailto:Technik@kvb.de']").Length() != 1 {
			t.Errorf("%s: no support", path)
		}
	}
}
