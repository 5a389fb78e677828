package page_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestInternalErrorsAreOneCalmSentenceAndANumber(t *testing.T) {
	for path, cause := range map[string]string{"/fails": "cause for the log", "/panic": "geheim-und-lang"} {
		g := newGate(t, "http://kvb.test")
		r := g.ask("GET", path, nil, nil)
		page := document(t, r).Find("main").Text()
		if r.StatusCode != http.StatusInternalServerError || strings.Contains(page, cause) || strings.Contains(page, "goroutine") {
			t.Errorf("%s: status %d, page %q", path, r.StatusCode, page)
		}
		if !strings.Contains(g.log.String(), cause) {
			t.Errorf("%s: the log does not know the cause", path)
		}
	}
}

func TestABrokenDatabaseIsAnInternalError(t *testing.T) {
	g := newGate(t, "http://kvb.test")
	if r := g.ask("GET", "/", nil, with("broken")); r.StatusCode != http.StatusInternalServerError {
		t.Errorf("status %d", r.StatusCode)
	}
}

func TestTheLogHoldsNoSecret(t *testing.T) {
	g := newGate(t, "http://kvb.test")
	g.sessions["key-of-the-session"] = visit("password")
	g.sent("key-of-the-session", func(f url.Values, _ *http.Request) {
		f.Set("name", "typed-name")
		f.Set("password", "typed-password")
		f.Set("fault", "field")
	})
	g.ask("GET", "/target?ziel=typed-target", nil, with("unknown-key"))
	for _, secret := range []string{"typed-", "key-of-the-session", "unknown-key", "Brandl", "formular"} {
		if strings.Contains(g.log.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, g.log.String())
		}
	}
	if n := strings.Count(g.log.String(), "msg=request "); n != 3 {
		t.Errorf("%d lines for 3 requests:\n%s", n, g.log.String())
	}
}

func TestEveryAnswerTellsBrowsersWhatNeverHappens(t *testing.T) {
	g := newGate(t, "https://kvb.test")
	want := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
			"form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
		"X-Content-Type-Options":     "nosniff",
		"Referrer-Policy":            "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Cache-Control":              "no-store",
		"Strict-Transport-Security":  "max-age=63072000",
	}
	for _, path := range []string{"/", "/token", "/gibt-es-nicht", "/panic"} {
		r := g.ask("GET", path, nil, nil)
		for name, value := range want {
			if got := r.Header.Get(name); got != value {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
	}
}

func TestCookiesUnderHTTPSBelongToThisHostAlone(t *testing.T) {
	g := newGate(t, "https://kvb.test")
	for _, c := range g.ask("GET", "/", nil, nil).Cookies() {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("cookie %v", c)
		}
	}
}

func TestPagesWithoutAFormSetNoCookie(t *testing.T) {
	g := newGate(t, "http://kvb.test")
	if cookies := g.ask("GET", "/gibt-es-nicht", nil, nil).Cookies(); len(cookies) != 0 {
		t.Errorf("cookies %v", cookies)
	}
}

func TestWhoIsLoggedInSeesNameEndAndLogout(t *testing.T) {
	g := newGate(t, "http://kvb.test")
	doc := document(t, g.ask("GET", "/token", nil, with("one")))
	head := doc.Find("header").Text()
	for _, want := range []string{"Hannah Brandl", "Sitzung endet um 14:15 Uhr", "Abmelden"} {
		if !strings.Contains(head, want) {
			t.Errorf("the head lacks %q: %q", want, head)
		}
	}
	if action, _ := doc.Find("header form").Attr("action"); action != "/abmelden" {
		t.Errorf("the logout goes to %q", action)
	}
	if document(t, g.ask("GET", "/", nil, nil)).Find("header form").Length() != 0 {
		t.Error("a visitor is offered the logout")
	}
}

func TestKVB18_SupportStandsInTheSamePlaceOnEveryPage(t *testing.T) {
	g := newGate(t, "http://kvb.test")
	for _, path := range []string{"/", "/token", "/gibt-es-nicht", "/panic"} {
		doc := document(t, g.ask("GET", path, nil, with("one")))
		support := doc.Find("main + section.support")
		if phone, _ := support.Find("a[href^='tel:']").Attr("href"); phone != "tel:+4989570934"+"0040" {
			t.Errorf("%s: telephone %q", path, phone)
		}
		if mail, _ := support.Find("a[href^='mailto:']").Attr("href"); mail != "mailto:Technik@kvb.de" {
			t.Errorf("%s: e-mail %q", path, mail)
		}
		if !strings.Contains(support.Text(), "Freitag von 7.30 bis 16.00 Uhr") {
			t.Errorf("%s: no service hours", path)
		}
	}
}

func TestTheNameOfABrowserIsTextThatEveryDatabaseTakes(t *testing.T) {
	g := newGate(t, "http://kvb.test")
	for name, want := range map[string]string{
		"Mozilla/5.0 (X11)":            "Mozilla/5.0 (X11)",
		"a\x00b\xffc\td\u0085e":        "abcde",
		strings.Repeat("x", 299) + "ä": strings.Repeat("x", 299),
		strings.Repeat("x", 100_000):   strings.Repeat("x", 300),
	} {
		r := g.ask("GET", "/agent", nil, func(r *http.Request) { r.Header.Set("User-Agent", name) })
		if got := document(t, r).Text(); got != want {
			t.Errorf("%.20q is kept as %q", name, got)
		}
	}
}
