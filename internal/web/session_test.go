package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/secret"
	"torhaus/internal/token"
	"torhaus/internal/token/otp"
	"torhaus/internal/web"
)

const (
	firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
	safari  = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
	curl    = "curl/8.14.1"
)

// as lets a browser call itself something.
func (b *browser) as(agent string) *browser {
	b.client.Transport = agentTransport{agent, b.client.Transport}
	return b
}

type agentTransport struct {
	agent string
	http.RoundTripper
}

func (a agentTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("User-Agent", a.agent)
	return a.RoundTripper.RoundTrip(r)
}

// app gives a member one more active token, past the way of an order.
func (p *portal) app(name string) *app { return p.appOf(name, token.Hard) }

func (p *portal) appOf(name string, kind token.Kind) *app {
	p.t.Helper()
	made := token.Token{
		ID: token.ID(secret.NewID()), Account: account.ID(name), Kind: kind, Serial: "HT" + secret.Digits(8).Reveal(), State: token.Active,
		Mode: otp.TOTP, Algorithm: otp.SHA1, Digits: 6, Period: 30 * time.Second, Secret: secret.Random(20),
	}
	err := p.DB.ChangeHolding(p.t.Context(), account.ID(name), func(_ token.Holding, now calendar.Moment) (token.Change, error) {
		made.Created, made.Activated = now.Time, now.Time
		return token.Change{NewTokens: []token.Token{made}, Secrets: []token.ID{made.ID}}, nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return &app{token: made}
}

// enterPortal logs in with both factors, each time with a token of its own.
func (b *browser) enterPortal(name string) *app {
	b.t.Helper()
	a := b.p.app(name)
	b.open("/start")
	b.press("Anmelden", fields{"Benutzername": name, "Kennwort": passtext})
	b.press("Anmelden", fields{"Einmalcode": a.next()})
	b.expect("/start", "Meine KVB")
	return a
}

// isIn tells whether a browser is still logged in.
func (b *browser) isIn() bool {
	b.t.Helper()
	return b.open("/token").path == "/token"
}

// cookie gives the value of a cookie that a browser holds.
func (b *browser) cookie(name string) string {
	b.t.Helper()
	address, err := url.Parse(home)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(address) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func TestSessions_TheListNamesDeviceTimeNetworkAndProof(t *testing.T) {
	p := newPortal(t)
	desk, phone, unknown := p.browser().as(firefox), p.browser().as(safari), p.browser().as(curl)
	phone.enterPortal("hannah")
	unknown.enterTokens("hannah")
	p.Clock.Advance(5 * time.Minute)
	desk.enterPortal("hannah")
	desk.follow("Wo bin ich angemeldet?")
	desk.expect("/konto/anmeldungen", "Wo bin ich angemeldet?", "Firefox auf Windows", "dieses Gerät", "Safari auf iPhone", "Unbekannter Browser",
		"127.0.0.x (wie dieses Gerät)", "nur Kennwort", "Kennwort und Einmalcode", calendar.DateOf(time.Now()).German())
	if main := desk.page.Find("main").Text(); strings.Contains(main, "127.0.0.1") || strings.Contains(main, "curl") || strings.Contains(main, "Mozilla") {
		t.Errorf("the list tells more than it should:\n%s", main)
	}
	if n := desk.page.Find("main .tile").Length(); n != 3 {
		t.Errorf("%d sessions, want 3", n)
	}
}

func TestSessions_OneIsEndedFromElsewhereAtOnce(t *testing.T) {
	p := newPortal(t)
	desk, phone, third := p.browser().as(firefox), p.browser().as(safari), p.browser()
	phone.enterPortal("hannah")
	desk.enterPortal("hannah")
	desk.open("/konto/anmeldungen")
	desk.press("Dort abmelden", nil)
	desk.expect("/konto/anmeldungen", "Wo bin ich angemeldet?", "Die Anmeldung ist beendet", "Sie sind nur an diesem Gerät angemeldet")
	if desk.page.Find("main [role=status]").Length() != 1 {
		t.Error("what was done is not announced")
	}
	if phone.isIn() || !desk.isIn() {
		t.Error("the wrong session was ended")
	}
	third.enterTokens("max")
	if !third.isIn() {
		t.Error("another member was logged out")
	}
}

func TestSessions_AllOthersAreEndedAtOnce(t *testing.T) {
	p := newPortal(t)
	desk, phone, tablet, max := p.browser(), p.browser(), p.browser(), p.browser()
	phone.enterPortal("hannah")
	tablet.enterTokens("hannah")
	max.enterTokens("max")
	desk.enterPortal("hannah")
	desk.open("/konto/anmeldungen")
	desk.press("Überall sonst abmelden", nil)
	desk.expect("/konto/anmeldungen", "Wo bin ich angemeldet?", "Alle anderen Anmeldungen sind beendet")
	if phone.isIn() || tablet.isIn() || !desk.isIn() || !max.isIn() {
		t.Error("not exactly the other sessions of this member were ended")
	}
}

func TestSessions_TheOneInUseIsNotEndedFromTheList(t *testing.T) {
	p := newPortal(t)
	desk, phone := p.browser(), p.browser()
	phone.enterPortal("hannah")
	desk.enterPortal("hannah")
	desk.open("/konto/anmeldungen")
	form := desk.hidden()
	phone.open("/konto/anmeldungen")
	form.Set("sitzung", phone.hidden().Get("sitzung")) // the desk's own
	desk.post("/konto/anmeldungen/beenden", form)
	if !desk.isIn() || !phone.isIn() {
		t.Error("a session was ended that was not asked for")
	}
}

func TestKVB07_PasswordAloneNeitherSeesNorEndsOtherSessions(t *testing.T) {
	p := newPortal(t)
	owner, thief := p.browser(), p.browser()
	owner.enterPortal("hannah")
	thief.enterTokens("hannah")
	if thief.open("/konto/anmeldungen"); thief.page.path != "/anmelden/code" {
		t.Errorf("the list leads to %s", thief.page.path)
	}
	thief.open("/token/bestellen/pruefen?art=softtoken&weg=brief")
	form := thief.hidden()
	for _, path := range []string{"/konto/anmeldungen/beenden", "/konto/anmeldungen/andere-beenden"} {
		if thief.post(path, form); thief.page.path != "/anmelden/code" {
			t.Errorf("%s leads to %s", path, thief.page.path)
		}
	}
	if !owner.isIn() {
		t.Error("the owner was thrown out")
	}
}

func TestAttack_SessionsOfOthersAreNotEnded(t *testing.T) {
	p := newPortal(t)
	hannah, other, max := p.browser(), p.browser(), p.browser()
	hannah.enterPortal("hannah")
	other.enterPortal("hannah")
	other.open("/konto/anmeldungen")
	theirs := other.hidden().Get("sitzung")
	max.enterPortal("max")
	max.open("/token/bestellen/pruefen?art=softtoken&weg=brief")
	form := max.hidden()
	for _, id := range []string{theirs, "", "%", "' OR 1=1 --", strings.Repeat("0", 64)} {
		form.Set("sitzung", id)
		if max.post("/konto/anmeldungen/beenden", form); max.page.status != http.StatusOK {
			t.Errorf("%.20q: status %d", id, max.page.status)
		}
	}
	if !hannah.isIn() || !other.isIn() || !max.isIn() {
		t.Error("a session was ended by somebody else")
	}
}

func TestSuspendingATokenEndsTheSessionsThatItOpenedElsewhere(t *testing.T) {
	p := newPortal(t)
	desk, lost, other := p.browser(), p.browser(), p.browser()
	stolen := lost.enterPortal("hannah")
	other.enterPortal("hannah")
	desk.enterTokens("hannah")
	desk.open("/token/" + stolen.token.Serial + "/sperren")
	desk.press("Jetzt sperren", nil)
	if lost.isIn() {
		t.Error("whoever holds the lost token is still in")
	}
	if !desk.isIn() || !other.isIn() {
		t.Error("a session was ended that the token did not open")
	}
}

func TestWhoSuspendsTheirOwnTokenStaysIn(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	mine := b.enterPortal("hannah")
	b.open("/token/" + mine.token.Serial + "/sperren")
	b.press("Jetzt sperren", nil)
	b.expect("/token", "Token-Verwaltung", "Der Token "+mine.token.Serial+" ist gesperrt")
}

func TestLoggingOut_ForgetsAllButTheMarkOfTheBrowser(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterPortal("hannah")
	mark, key := b.cookie("torhaus-device"), b.cookie("torhaus")
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	form := url.Values{}
	field := b.page.Find("header form input[name=formular]")
	form.Set("formular", field.AttrOr("value", ""))
	answer := b.raw(http.MethodPost, "/abmelden", form)
	if got := answer.Header.Get("Clear-Site-Data"); got != `"cache", "storage"` {
		t.Errorf("Clear-Site-Data: %s", got)
	}
	if b.cookie("torhaus") != "" || key == "" {
		t.Error("the key of the session is still in the browser")
	}
	if b.cookie("torhaus-device") != mark || mark == "" {
		t.Error("the mark of the browser is gone")
	}
}

// raw sends a request as it is and does not look at what comes.
func (b *browser) raw(method, path string, form url.Values) *http.Response {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, home+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer
}

func TestNothingButFilesMayBeCached(t *testing.T) {
	p := newPortal(t)
	password, both, nobody := p.browser(), p.browser(), p.browser()
	password.enterTokens("hannah")
	a := both.enterPortal("hannah")
	for who, b := range map[string]*browser{"nobody": nobody, "password": password, "two factors": both} {
		b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		for _, route := range web.Routes() {
			path := strings.NewReplacer("{$}", "", "{serial}", a.token.Serial).Replace(route.Path)
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodDelete} {
				answer := b.raw(method, path, nil)
				if got := answer.Header.Get("Cache-Control"); got != "no-store" {
					t.Errorf("%s: %s %s (%d) has Cache-Control %q", who, method, path, answer.StatusCode, got)
				}
				if route.Right != "" && who == "nobody" && answer.StatusCode < 300 {
					t.Errorf("nobody gets %s %s: %d", method, path, answer.StatusCode)
				}
			}
		}
	}
}
