package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/token"
)

// unchanged fails the test if what a member holds is not what it was.
func (p *portal) unchanged(name string, before token.Holding) {
	p.t.Helper()
	after := p.holding(name)
	if diff := cmp.Diff(before.Tokens, after.Tokens); diff != "" {
		p.t.Errorf("tokens changed:\n%s", diff)
	}
	if len(after.Orders) != len(before.Orders) {
		p.t.Errorf("%d orders, not %d", len(after.Orders), len(before.Orders))
	}
}

func TestStepsOutOfOrderLeadToTheStepThatIsDue(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	for path, want := range map[string]string{
		"/token/bestellen/versandweg":                       "/token/bestellen",
		"/token/bestellen/versandweg?art=x":                 "/token/bestellen",
		"/token/bestellen/versandweg?art=softtoken&art=x":   "/token/bestellen",
		"/token/bestellen/pruefen":                          "/token/bestellen",
		"/token/bestellen/pruefen?art=softtoken":            "/token/bestellen/versandweg",
		"/token/bestellen/pruefen?art=softtoken&weg=direkt": "/token/bestellen/versandweg",
		"/token/bestellen/bestaetigung":                     "/token",
		"/token/aktivieren/fertig":                          "/token",
		"/anmelden":                                         "/anmelden/code",
		"/anmelden?ziel=/token":                             "/token",
		"/anmelden/code?ziel=/token":                        "/token",
	} {
		if b.open(path); b.page.path != want {
			t.Errorf("%s leads to %s", path, b.page.path)
		}
	}
	for path, next := range map[string]string{"/token/aktivieren": "/token/bestellen", "/token/aktivieren/einrichten": "/token/aktivieren"} {
		b.open(path)
		if link, _ := b.page.Find("main a.kern-btn").Attr("href"); b.page.status != http.StatusConflict || link != next {
			t.Errorf("%s: status %d, leads to %q", path, b.page.status, link)
		}
	}
	p.unchanged("hannah", token.Holding{})
}

// hidden gives the hidden fields of the form on a page.
func (b *browser) hidden() url.Values {
	values := url.Values{}
	for _, input := range b.page.Find("main form input[type=hidden]").EachIter() {
		name, _ := input.Attr("name")
		value, _ := input.Attr("value")
		values.Set(name, value)
	}
	return values
}

func TestHalfAnOrderIsNoOrder(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	for name, change := range map[string]func(url.Values){
		"no kind":           func(v url.Values) { v.Del("art") },
		"another kind":      func(v url.Values) { v.Set("art", "token") },
		"no route":          func(v url.Values) { v.Del("weg") },
		"another route":     func(v url.Values) { v.Set("weg", "taube") },
		"no request":        func(v url.Values) { v.Del("vorgang") },
		"made-up request":   func(v url.Values) { v.Set("vorgang", "1") },
		"doubled kind":      func(v url.Values) { v["art"] = []string{"softtoken", "softtoken"} },
		"foreign form":      func(v url.Values) { v.Set("formular", strings.Repeat("ab", 32)) },
		"nothing but token": func(v url.Values) { clearBut(v, "formular") },
	} {
		b.open("/token/bestellen/pruefen?art=softtoken&weg=brief")
		form := b.hidden()
		change(form)
		if b.post("/token/bestellen/pruefen", form); b.page.status != 422 && b.page.status != 403 {
			t.Errorf("%s: status %d", name, b.page.status)
		}
		if b.page.Find("main a.kern-btn").Length() != 1 {
			t.Errorf("%s: the page leads nowhere", name)
		}
	}
	p.unchanged("hannah", token.Holding{})
}

func clearBut(v url.Values, keep string) {
	for name := range v {
		if name != keep {
			v.Del(name)
		}
	}
}

func TestADoubleClickOrdersOnce(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	b.open("/token/bestellen/pruefen?art=softtoken&weg=brief")
	form := b.hidden()
	for range 2 {
		b.post("/token/bestellen/pruefen", form)
		b.expect("/token/bestellen/bestaetigung", "Ihr Softtoken ist bestellt")
	}
	if n := len(p.holding("hannah").Orders); n != 1 {
		t.Errorf("%d orders", n)
	}
}

func TestKVB07_OneOrderInADay(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	b.open("/token/bestellen/pruefen?art=softtoken&weg=brief")
	second := b.hidden()
	b.order()
	before := p.holding("hannah")
	second.Set("vorgang", "abcdefghijkmnpqrstuvwxyz23")
	if b.post("/token/bestellen/pruefen", second); b.page.status != http.StatusConflict || !b.page.says("Die nächste Bestellung ist ab") {
		t.Errorf("status %d", b.page.status)
	}
	if b.open("/token/bestellen"); b.page.status != http.StatusConflict {
		t.Errorf("the first step: status %d", b.page.status)
	}
	p.unchanged("hannah", before)
}

func TestKVB11_FiveWrongCodesVoidTheOrder(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	b.order()
	right := p.code("hannah")
	wrong := "00000000"
	if right == wrong {
		wrong = "00000001"
	}
	b.open("/token/aktivieren")
	for _, left := range []string{"noch 4 Versuche", "noch 3 Versuche", "noch 2 Versuche", "noch einen Versuch"} {
		b.press("Nächster Schritt", fields{"Aktivierungscode": wrong})
		if b.page.status != 422 || !b.page.says(left) {
			t.Errorf("status %d; the page does not say %q", b.page.status, left)
		}
		if value, _ := b.page.Find("#code").Attr("value"); value != "" {
			t.Error("the code came back")
		}
	}
	b.press("Nächster Schritt", fields{"Aktivierungscode": wrong})
	if b.page.status != http.StatusConflict || !b.page.says("ungültig") {
		t.Errorf("status %d", b.page.status)
	}
	if b.open("/token/aktivieren"); b.page.status != http.StatusConflict {
		t.Errorf("the void order still asks for its code: status %d", b.page.status)
	}
	if p.holding("hannah").Orders[0].State != token.OrderVoided {
		t.Error("the order is not void")
	}
}

func TestWhatCannotBeACodeIsNotCounted(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	b.order()
	b.open("/token/aktivieren")
	for _, typed := range []string{"", "1234567", "123456789", "abcdefgh", "12345678 OR 1=1", strings.Repeat("1", 5000), "１２３４"} {
		if b.press("Nächster Schritt", fields{"Aktivierungscode": typed}); b.page.status != 422 || b.page.Find("#code[aria-invalid=true]").Length() != 1 {
			t.Errorf("%.20q: status %d", typed, b.page.status)
		}
	}
	if n := p.holding("hannah").Orders[0].CodeTries; n != 0 {
		t.Errorf("%d tries were counted", n)
	}
}

func TestCodesOfOthersOldOnesAndSpentOnesActivateNothing(t *testing.T) {
	p := newPortal(t)
	hannah, other := p.browser(), p.browser()
	hannah.enterTokens("hannah")
	other.enterTokens("max")
	hannah.order()
	other.order()
	superseded := p.code("hannah")
	p.Clock.Advance(25 * time.Hour)
	hannah.enterTokens("hannah")
	hannah.order()
	for name, code := range map[string]string{"foreign": p.code("max"), "old": superseded} {
		hannah.open("/token/aktivieren")
		if hannah.press("Nächster Schritt", fields{"Aktivierungscode": code}); hannah.page.status != 422 {
			t.Errorf("%s code: status %d", name, hannah.page.status)
		}
	}
	spent := p.code("hannah")
	a := hannah.enterCode(spent)
	hannah.press("Jetzt aktivieren", fields{"Einmalcode": a.next()})
	hannah.expect("/token/aktivieren/fertig", "Ihr Softtoken ist aktiviert")
	if hannah.open("/token/aktivieren"); hannah.page.status != http.StatusConflict {
		t.Errorf("the spent code can be entered again: status %d", hannah.page.status)
	}
}

func TestKVB14_TenWrongOneTimeCodesVoidTheOrder(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	b.order()
	a := b.enterCode(p.code("hannah"))
	for range 9 {
		if b.press("Jetzt aktivieren", fields{"Einmalcode": a.wrong()}); b.page.status != 422 {
			t.Fatalf("status %d", b.page.status)
		}
	}
	if b.press("Jetzt aktivieren", fields{"Einmalcode": a.wrong()}); b.page.status != http.StatusConflict {
		t.Errorf("status %d", b.page.status)
	}
	if p.holding("hannah").Tokens[0].State != token.Revoked {
		t.Error("the token can still be set up")
	}
}

func TestASetUpThatTookTooLongStartsWithTheCodeAgain(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	b.order()
	code := p.code("hannah")
	p.Clock.Advance(14 * time.Minute)
	a := b.enterCode(code)
	form := b.hidden()
	p.Clock.Advance(14 * time.Minute)
	b.open("/token")
	p.Clock.Advance(2 * time.Minute)
	b.enterTokens("hannah")
	b.open("/token/aktivieren")
	form.Set("formular", b.hidden().Get("formular"))
	form.Set("otp", a.next())
	b.post("/token/aktivieren/einrichten", form)
	if link, _ := b.page.Find("main a.kern-btn").Attr("href"); b.page.status != http.StatusConflict || link != "/token/aktivieren" {
		t.Errorf("status %d, leads to %q", b.page.status, link)
	}
}

func TestOtherMembersTokensDoNotExist(t *testing.T) {
	p := newPortal(t)
	hannah, other := p.browser(), p.browser()
	hannah.enterTokens("hannah")
	a := hannah.activate("hannah")
	other.enterTokens("max")
	path := "/token/" + a.token.Serial + "/sperren"
	if other.open(path); other.page.status != http.StatusNotFound {
		t.Errorf("asking: status %d", other.page.status)
	}
	other.open("/token/bestellen/pruefen?art=softtoken&weg=brief")
	if other.post(path, other.hidden()); other.page.status != http.StatusNotFound {
		t.Errorf("suspending: status %d", other.page.status)
	}
	if other.open("/token?gesperrt=" + a.token.Serial); other.page.says(a.token.Serial) {
		t.Error("the overview knows the token of another member")
	}
	if p.holding("hannah").Tokens[0].State != token.Active {
		t.Error("the token of another member was suspended")
	}
}

func TestWrongPasswordsAndUnknownNamesLookTheSame(t *testing.T) {
	b := newPortal(t).browser()
	var answers []string
	for name, typed := range map[string]string{"hannah": "falsch", "niemand": passtext, "\x00": "x"} {
		b.open("/anmelden?ziel=/token")
		b.press("Anmelden", fields{"Benutzername": name, "Kennwort": typed})
		if b.page.status != 422 || b.page.heading() != "Anmelden" {
			t.Errorf("%q: status %d", name, b.page.status)
		}
		if value, _ := b.page.Find("#password").Attr("value"); value != "" {
			t.Error("the password came back")
		}
		if value, _ := b.page.Find("#user").Attr("value"); name != "\x00" && value != name {
			t.Errorf("the user name did not come back: %q", value)
		}
		answers = append(answers, b.page.Find("main [role=alert]").Text())
	}
	if answers[0] != answers[1] || answers[1] != answers[2] {
		t.Errorf("the answers differ: %q", answers)
	}
}

func TestAnEmptyLoginSaysWhatIsMissing(t *testing.T) {
	b := newPortal(t).browser()
	b.open("/anmelden")
	b.press("Anmelden", nil)
	if b.page.status != 422 || b.page.Find("#user[aria-invalid=true], #password[aria-invalid=true]").Length() != 2 {
		t.Errorf("status %d", b.page.status)
	}
	for _, field := range []string{"#user", "#password"} {
		if b.page.Find("main [role=alert] a[href='"+field+"']").Length() != 1 {
			t.Errorf("the summary does not lead to %s", field)
		}
	}
}

func TestGuessingPasswordsMeetsAGrowingPause(t *testing.T) {
	b := newPortal(t).browser()
	b.open("/anmelden")
	for range 4 {
		b.press("Anmelden", fields{"Benutzername": "hannah", "Kennwort": "falsch"})
	}
	b.press("Anmelden", fields{"Benutzername": "hannah", "Kennwort": passtext})
	if b.page.status != http.StatusTooManyRequests || b.page.header.Get("Retry-After") == "" || b.page.heading() != "Anmelden" {
		t.Errorf("status %d, retry after %q", b.page.status, b.page.header.Get("Retry-After"))
	}
}

func TestTheLoginLeadsToWhereSomebodyWantedToGoAndNowhereElse(t *testing.T) {
	p := newPortal(t)
	for target, want := range map[string]string{
		"/token/bestellen":  "/token/bestellen",
		"//evil.test":       "/anmelden/code", // the portal's start page, on the way to which a code is due
		`/\evil.test`:       "/anmelden/code",
		"https://evil.test": "/anmelden/code",
	} {
		b := p.browser()
		b.open("/anmelden?ziel=" + url.QueryEscape(target))
		form := b.hidden()
		form.Set("ziel", target) // as somebody may who made the form
		form.Set("user", "hannah")
		form.Set("password", passtext)
		if b.post("/anmelden", form); b.page.path != want {
			t.Errorf("%s leads to %s", target, b.page.path)
		}
	}
}

func TestSessionFixation_TheKeyChangesWithEachFactor(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	address, err := url.Parse(home)
	if err != nil {
		t.Fatal(err)
	}
	key := func() string {
		for _, c := range b.client.Jar.Cookies(address) {
			if c.Name == "torhaus" {
				return c.Value
			}
		}
		return ""
	}
	b.client.Jar.SetCookies(address, []*http.Cookie{{Name: "torhaus", Value: "chosen-by-somebody-else"}})
	b.enterTokens("hannah")
	first := key()
	a := b.activate("hannah")
	b.open("/start")
	b.press("Anmelden", fields{"Einmalcode": a.next()})
	second := key()
	if first == "chosen-by-somebody-else" || first == second || len(second) != 64 {
		t.Errorf("keys %q and %q", first, second)
	}
	b.client.Jar.SetCookies(address, []*http.Cookie{{Name: "torhaus", Value: first}})
	b.open("/token")
	b.expect("/anmelden", "Anmelden")
}

func TestASessionThatHasEndedIsToldAtTheLogin(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	p.Clock.Advance(16 * time.Minute)
	b.open("/token/bestellen")
	b.expect("/anmelden", "Anmelden", "Ihre Sitzung ist abgelaufen")
	b.press("Anmelden", fields{"Benutzername": "hannah", "Kennwort": passtext})
	b.expect("/token/bestellen", "Token bestellen")
}

func TestAskingForHeadersDoesNotSpendTheQRCode(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	b.order()
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	b.open("/token/aktivieren")
	form := b.hidden()
	form.Set("code", p.code("hannah"))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, home+"/token/aktivieren", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if answer, err := b.client.Do(r); err != nil || answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("%v, %v", answer, err)
	}
	head, err := http.NewRequestWithContext(t.Context(), http.MethodHead, home+"/token/aktivieren/einrichten", nil)
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := b.client.Do(head); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", answer, err)
	}
	if b.open("/token/aktivieren/einrichten"); b.page.Find("svg").Length() != 1 {
		t.Error("the QR code is spent")
	}
}
