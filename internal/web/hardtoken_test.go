package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/token"
	"torhaus/internal/token/otp"
)

// gadget is a device that a test holds in its hand.
type gadget struct {
	serial string
	otp.Generator
	mode otp.Mode
	used int64 // step or counter of the code that was shown last
}

// next presses the button.
func (g *gadget) next() string {
	g.used++
	if g.mode == otp.TOTP {
		g.used = max(g.used, g.Step(time.Now())-1)
	}
	return g.Code(g.used).Reveal()
}

var keeper = token.By{Actor: "stock-keeper", Session: "s-staff"}

// stock takes devices into the stock: those with an even number count, the others have a clock.
func (p *portal) stock(numbers ...int) []*gadget {
	p.t.Helper()
	file := "serial;secret;type;digits;interval;counter;manufacturer;model;battery-end\n"
	var list []*gadget
	for _, n := range numbers {
		key := fmt.Sprintf("%020d", n)
		g := &gadget{serial: fmt.Sprintf("HT-%06d", n), mode: otp.HOTP, used: 6}
		g.Generator = otp.Generator{Secret: []byte(key), Algorithm: otp.SHA1, Digits: 6, Period: 30 * time.Second}
		counter := "7"
		if n%2 == 1 {
			g.mode, g.used, counter = otp.TOTP, 0, ""
		}
		file += fmt.Sprintf("%s;%x;%s;6;30;%s;Acme;C 200;2039-12-31\n", g.serial, key, g.mode, counter)
		list = append(list, g)
	}
	stock := &token.StockService{Store: p.DB, Rules: token.RulesOf(p.profile)}
	sum, err := stock.Import(p.t.Context(), strings.NewReader(file), token.StockOptions{
		File: "test.csv", Apply: true, By: keeper, Report: func(token.StockLine) error { return nil },
	})
	if err != nil || !sum.Applied {
		p.t.Fatalf("stock: %+v, %v", sum, err)
	}
	return list
}

// send ships the device of a member's open order and gives it into the test's hand.
func (p *portal) send(name string, from []*gadget) *gadget {
	p.t.Helper()
	o, _ := p.holding(name).Open(token.Hard)
	held, _ := p.holding(name).Token(o.Token)
	for _, g := range from {
		if g.serial != held.Serial {
			continue
		}
		if _, err := p.tokens.Ship(p.t.Context(), g.serial, keeper); err != nil {
			p.t.Fatal(err)
		}
		return g
	}
	p.t.Fatalf("%s has no device of these: %q", name, held.Serial)
	return nil
}

// hardToken gives a member an active device, past the pages.
func (p *portal) hardToken(name string, from []*gadget) *gadget {
	p.t.Helper()
	id := account.ID(name)
	if _, err := p.tokens.OrderHard(p.t.Context(), id, token.HardWish{Request: "form"}); err != nil {
		p.t.Fatal(err)
	}
	g := p.send(name, from)
	first := g.next()
	try, err := p.tokens.ActivateHard(p.t.Context(), id, "s", g.serial, token.Pair{First: first, Second: g.next()})
	if err != nil || try.Outcome != token.Right {
		p.t.Fatalf("activate: %s, %v", try.Outcome, err)
	}
	return g
}

func (p *portal) state(name, serial string) token.Token {
	p.t.Helper()
	held, _ := p.holding(name).BySerial(serial)
	return held
}

func TestKVB19_AHardTokenIsOrderedSentActivatedAndLogsIn(t *testing.T) {
	for kind, n := range map[string]int{"clock": 1, "counter": 2} {
		t.Run(kind, func(t *testing.T) { orderToLogin(t, n) })
	}
}

func orderToLogin(t *testing.T, n int) {
	p := newPortal(t)
	devices := p.stock(n)
	b := p.browser()
	b.enterTokens("hannah")
	b.follow("Hardtoken bestellen")
	b.expect("/token/bestellen", "Token bestellen", "kleines Gerät für den Schlüsselbund")
	b.press("Nächster Schritt", nil)
	b.expect("/token/bestellen/versandweg", "Versandweg", "Gerät per Brief")
	b.press("Nächster Schritt", nil)
	b.expect("/token/bestellen/pruefen", "Bestellung prüfen", "KV-Ident Plus Hardtoken", "Lindenstraße 12")
	b.press("Bestellung abschließen", nil)
	b.expect("/token/bestellen/bestaetigung", "Ihr Hardtoken ist bestellt", devices[0].serial, "zwei Codes")
	b.follow("Zur Übersicht")
	b.expect("/token", "Token-Verwaltung", "Wir bereiten den Brief mit dem Gerät vor", "bestellt")
	if b.open("/token/" + devices[0].serial + "/aktivieren"); b.page.status != http.StatusConflict || !b.page.says("noch nicht verschickt") {
		t.Errorf("activation before the post: %d", b.page.status)
	}
	g := p.send("hannah", devices)
	b.open("/token")
	b.expect("/token", "Token-Verwaltung", "verschickt am", "Zu aktivieren bis")
	b.follow("Hardtoken aktivieren")
	b.expect("/token/"+g.serial+"/aktivieren", "Hardtoken aktivieren", g.serial)
	first := g.next()
	b.press("Jetzt aktivieren", fields{"Erster Code": first, "Nächster Code": first})
	if b.page.status != 422 || !b.page.says("derselbe Code") {
		t.Errorf("twice the same: %d", b.page.status)
	}
	b.press("Jetzt aktivieren", fields{"Erster Code": first, "Nächster Code": g.next()})
	b.expect("/token/aktivieren/fertig", "Ihr Hardtoken ist aktiviert", g.serial)
	b.follow("Zu „Meine KVB“")
	if g.mode == otp.TOTP {
		g.used = max(g.used, g.Step(time.Now())) // the next code, which the window lets in early
	}
	b.press("Anmelden", fields{"Einmalcode": g.next()})
	b.expect("/start", "Meine KVB")
}

func TestKVB06_WithAHardTokenTheDirectRouteIsPresetAndTheLetterCanBeChosen(t *testing.T) {
	p := newPortal(t)
	g := p.hardToken("hannah", p.stock(2))
	b := p.browser()
	b.enterTokens("hannah")
	b.follow("Softtoken bestellen")
	b.press("Nächster Schritt", nil)
	b.expect("/token/bestellen/versandweg", "Versandweg", "Direkte Softtoken-Aktivierung", "Das geht schneller", "Aktivierungscode per Brief anfordern")
	if value, _ := b.page.Find("input[name=weg][checked]").Attr("value"); value != "direkt" {
		t.Errorf("preset is %q", value)
	}
	b.press("Nächster Schritt", fields{"Aktivierungscode per Brief anfordern": "brief"})
	b.expect("/token/bestellen/pruefen", "Bestellung prüfen", "Aktivierungscode per Brief", "Lindenstraße 12")
	b.follow("Zurück")
	if value, _ := b.page.Find("input[name=weg][checked]").Attr("value"); value != "brief" {
		t.Errorf("back again, the choice is %q", value)
	}
	b.press("Nächster Schritt", fields{"Direkte Softtoken-Aktivierung": "direkt"})
	b.expect("/token/bestellen/pruefen", "Bestellung prüfen", "Direkte Softtoken-Aktivierung", "Ein Brief kommt nicht")
	b.press("Bestellung abschließen", nil)
	b.expect("/token/bestellen/bestaetigung", "Ihr Softtoken ist bestellt", "Halten Sie Ihren Hardtoken bereit")
	b.follow("Token aktivieren")
	b.expect("/token/aktivieren", "Token aktivieren", "Einmalcode Ihres Hardtokens")
	b.press("Nächster Schritt", fields{"Einmalcode des Hardtokens": "000000"})
	if b.page.status != 422 || !b.page.says("falsch oder schon benutzt") {
		t.Errorf("a wrong code: %d", b.page.status)
	}
	if held := p.state("hannah", g.serial); held.WrongRow != 1 {
		t.Errorf("the wrong code counts %d on the hard token", held.WrongRow)
	}
	b.press("Nächster Schritt", fields{"Einmalcode des Hardtokens": g.next()})
	b.expect("/token/aktivieren/einrichten", "Softtoken einrichten")
	link, _ := b.page.Find("a[href^='otpauth:']").Attr("href")
	a := newApp(t, link)
	b.press("Jetzt aktivieren", fields{"Einmalcode": a.next()})
	b.expect("/token/aktivieren/fertig", "Ihr Softtoken ist aktiviert")
	if usable := p.holding("hannah").Usable(); len(usable) != 2 {
		t.Errorf("%d tokens work side by side", len(usable))
	}
	if o := p.holding("hannah").Orders[0]; o.Letter.ID != "" {
		t.Error("a letter was written")
	}
}

func TestAttack_ASoftTokensCodeOpensNoDirectRoute(t *testing.T) {
	p := newPortal(t)
	g := p.hardToken("hannah", p.stock(2))
	b := p.browser()
	b.enterTokens("hannah")
	b.open("/token/bestellen/pruefen?art=softtoken&weg=direkt")
	b.press("Bestellung abschließen", nil)
	soft := p.appOf("hannah", token.Soft)
	b.open("/token/aktivieren")
	b.press("Nächster Schritt", fields{"Einmalcode des Hardtokens": soft.next()})
	if b.page.status != 422 || b.page.path != "/token/aktivieren" {
		t.Errorf("status %d at %s", b.page.status, b.page.path)
	}
	b.open("/token/" + g.serial + "/sperren")
	b.press("Jetzt sperren", nil)
	if b.open("/token/aktivieren"); b.page.status != http.StatusConflict || !b.page.says("aktiven Hardtoken") {
		t.Errorf("with a suspended hard token: %d", b.page.status)
	}
}

func TestKVB19_ADeviceIsFoundAgainByTwoNewCodesOnly(t *testing.T) {
	p := newPortal(t)
	g := p.hardToken("hannah", p.stock(2))
	g.used += 30 // pressed in a pocket
	b := p.browser()
	b.open("/start")
	b.press("Anmelden", fields{"Benutzername": "hannah", "Kennwort": passtext})
	b.press("Anmelden", fields{"Einmalcode": g.next()})
	if b.page.status != 422 {
		t.Fatalf("a code far ahead: %d", b.page.status)
	}
	b.open("/token")
	b.follow("Codes abgleichen")
	b.expect("/token/"+g.serial+"/abgleichen", "Codes des Hardtokens abgleichen", g.serial)
	old, older := g.Code(7).Reveal(), g.Code(8).Reveal()
	b.press("Abgleichen", fields{"Erster Code": old, "Nächster Code": older})
	if b.page.status != 422 || !b.page.says("schon benutzt") {
		t.Errorf("old codes: %d", b.page.status)
	}
	first := g.next()
	b.press("Abgleichen", fields{"Erster Code": first, "Nächster Code": g.next()})
	b.expect("/token", "Token-Verwaltung", "Die Codes von "+g.serial+" werden wieder angenommen")
	b.open("/start")
	b.press("Anmelden", fields{"Einmalcode": g.next()})
	b.expect("/start", "Meine KVB")
}

func TestAttack_TheSameTwoCodesOnManyConnectionsSynchroniseOnce(t *testing.T) {
	p := newPortal(t)
	g := p.hardToken("hannah", p.stock(2))
	g.used += 30
	pair := token.Pair{First: g.next(), Second: g.next()}
	var together sync.WaitGroup
	outcomes := make(chan token.Outcome, 8)
	for range 8 {
		together.Go(func() {
			try, err := p.tokens.Resync(t.Context(), "hannah", "s", g.serial, pair)
			if err != nil {
				t.Error(err)
			}
			outcomes <- try.Outcome
		})
	}
	together.Wait()
	close(outcomes)
	right := 0
	for o := range outcomes {
		if o == token.Right {
			right++
		}
	}
	if right != 1 {
		t.Errorf("%d were right", right)
	}
}

func TestKVB19_ADefectiveDeviceIsExchangedAndSentBack(t *testing.T) {
	p := newPortal(t)
	devices := p.stock(2, 4)
	old := p.hardToken("hannah", devices)
	p.Clock.Advance(25 * time.Hour)
	b := p.browser()
	b.enterTokens("hannah")
	b.follow("Token austauschen")
	b.expect("/token/"+old.serial+"/austauschen", "Token austauschen", old.serial, "Es ist Ihr einziger aktiver Token", "Lindenstraße 12")
	b.press("Austausch bestellen", fields{"Den bisherigen Hardtoken " + old.serial + " sofort sperren": "ja"})
	b.expect("/token/bestellen/bestaetigung", "Ihr Hardtoken ist bestellt", "Senden Sie den bisherigen Hardtoken "+old.serial)
	if held := p.state("hannah", old.serial); held.State != token.Suspended {
		t.Errorf("KVB07: a password alone makes it %s", held.State)
	}
	b.label(old.serial, http.StatusOK)
	fresh := p.send("hannah", devices)
	b.open("/token")
	b.follow("Hardtoken aktivieren")
	first := fresh.next()
	b.press("Jetzt aktivieren", fields{"Erster Code": first, "Nächster Code": fresh.next()})
	b.expect("/token/aktivieren/fertig", "Ihr Hardtoken ist aktiviert", "Bitte senden Sie den Hardtoken "+old.serial)
	b.open("/token")
	b.expect("/token", "Token-Verwaltung", "Rücksendung", "ausgetauscht am", "Rücksendung erwartet")
	b.label(old.serial, http.StatusOK)
	if _, err := p.stockService().Find(t.Context(), old.serial); err != nil {
		t.Fatal(err)
	}
	if err := p.stockService().Receive(t.Context(), old.serial, keeper); err != nil {
		t.Fatal(err)
	}
	b.open("/token")
	b.expect("/token", "Token-Verwaltung", "zurückgekommen am")
	b.label(old.serial, http.StatusNotFound)
}

func (p *portal) stockService() *token.StockService {
	return &token.StockService{Store: p.DB, Rules: token.RulesOf(p.profile)}
}

// label asks for a return label.
func (b *browser) label(serial string, status int) {
	b.t.Helper()
	r, err := b.client.Get(home + "/token/" + serial + "/ruecksendung")
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	start := make([]byte, 5)
	_, _ = r.Body.Read(start)
	if r.StatusCode != status || (string(start) == "%PDF-") != (status == http.StatusOK) {
		b.t.Errorf("label of %s: %d %q", serial, r.StatusCode, start)
	}
}

func TestAttack_DevicesOfOthersInPathAndForm(t *testing.T) {
	p := newPortal(t)
	devices := p.stock(2, 4)
	g := p.hardToken("hannah", devices)
	b := p.browser()
	b.enterTokens("max")
	for _, path := range []string{"/aktivieren", "/abgleichen", "/austauschen", "/sperren"} {
		if b.open("/token/" + g.serial + path); b.page.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, b.page.status)
		}
	}
	b.label(g.serial, http.StatusNotFound)
	b.open("/token/verloren")
	form := b.hidden()
	form.Set("formular", b.page.Find("header form input[name=formular]").AttrOr("value", ""))
	form.Set("seriennummer", g.serial)
	if b.post("/token/verloren", form); b.page.status != http.StatusNotFound {
		t.Errorf("suspending it: %d", b.page.status)
	}
	b.open("/token/bestellen/pruefen?art=hardtoken&weg=brief")
	request := b.hidden()
	form = url.Values{"formular": request["formular"], "vorgang": request["vorgang"], "first": {"123456"}, "second": {"654321"}}
	for _, path := range []string{"/aktivieren", "/abgleichen", "/austauschen"} {
		if b.post("/token/"+g.serial+path, form); b.page.status != http.StatusNotFound {
			t.Errorf("form to %s: %d", path, b.page.status)
		}
	}
	if held := p.state("hannah", g.serial); held.State != token.Active || held.WrongRow != 0 {
		t.Errorf("token %+v", held)
	}
	if n := len(p.holding("max").Orders); n != 0 {
		t.Errorf("%d orders", n)
	}
}

func TestAnEmptyStockIsSaidWithWhoHelps(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	b.open("/token/bestellen?art=hardtoken")
	b.expect("/token/bestellen", "Token bestellen", "Zurzeit ist kein Hardtoken vorrätig", "Support")
	if b.page.Find("#art-hard[disabled]").Length() != 1 || b.page.Find("#art-soft[checked]").Length() != 1 {
		t.Error("it can be chosen")
	}
	if b.open("/token/bestellen/versandweg?art=hardtoken"); b.page.status != http.StatusConflict || !b.page.says("kein Hardtoken vorrätig") {
		t.Errorf("next step: %d", b.page.status)
	}
	b.open("/token/bestellen/pruefen?art=softtoken&weg=brief")
	form := b.hidden()
	form.Set("art", "hardtoken")
	if b.post("/token/bestellen/pruefen", form); b.page.status != http.StatusConflict {
		t.Errorf("the form: %d", b.page.status)
	}
	p.unchanged("hannah", token.Holding{})
}

func TestAttack_TheLastDeviceGoesToOneMember(t *testing.T) {
	p := newPortal(t)
	p.stock(2)
	var together sync.WaitGroup
	errs := make(chan error, 2)
	for _, name := range []account.ID{"hannah", "max"} {
		together.Go(func() {
			_, err := p.tokens.OrderHard(t.Context(), name, token.HardWish{Request: "form"})
			errs <- err
		})
	}
	together.Wait()
	if a, b := <-errs, <-errs; (a == nil) == (b == nil) {
		t.Errorf("%v, %v", a, b)
	}
	if n := len(p.holding("hannah").Tokens) + len(p.holding("max").Tokens); n != 1 {
		t.Errorf("%d tokens of one device", n)
	}
}

func TestALostTokenIsSuspendedFromThePublicPageWithAPassword(t *testing.T) {
	p := newPortal(t)
	g := p.hardToken("hannah", p.stock(2))
	soft := p.appOf("hannah", token.Soft)
	for _, from := range []string{"/", "/hilfe", "/anmelden"} {
		b := p.browser()
		b.open(from)
		b.follow("Token verloren? Sofort sperren")
		b.expect("/token-verloren", "Token verloren? Sofort sperren")
	}
	b := p.browser()
	b.open("/token-verloren")
	b.press("Nächster Schritt", fields{"Benutzername": "hannah", "Kennwort": "wrong"})
	if b.page.status != 422 || b.page.path != "/token-verloren" {
		t.Errorf("a wrong password: %d", b.page.status)
	}
	b.press("Nächster Schritt", fields{"Benutzername": "hannah", "Kennwort": passtext})
	b.expect("/token/verloren", "Verlorenen Token sperren", g.serial, soft.token.Serial)
	form := url.Values{"formular": {b.page.Find("main form input[name=formular]").First().AttrOr("value", "")}, "seriennummer": {g.serial}}
	b.post("/token/verloren", form)
	b.expect("/token/verloren", "Verlorenen Token sperren", "Der Token "+g.serial+" ist gesperrt", soft.token.Serial, "So geht es weiter")
	if held := p.state("hannah", g.serial); held.State != token.Suspended {
		t.Errorf("it is %s", held.State)
	}
	if held := p.state("hannah", soft.token.Serial); held.State != token.Active {
		t.Errorf("the other one is %s", held.State)
	}
	b.follow("Token bestellen")
	if b.page.path != "/token/bestellen" {
		t.Errorf("the order is not reached: %s", b.page.path)
	}
}
