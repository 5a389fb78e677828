package page_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestARouteLetsNobodyPassWithoutItsRight(t *testing.T) {
	tests := map[string]struct {
		method, path, key string
		status            int
		location          string
	}{
		"anybody sees a public page":                {"GET", "/", "", 200, ""},
		"nobody is logged in":                       {"GET", "/token", "", 303, "/anmelden?ziel=%2Ftoken"},
		"the session has ended":                     {"GET", "/token", "gone", 303, "/anmelden?ziel=%2Ftoken"},
		"a password opens the token management":     {"GET", "/token", "one", 200, ""},
		"KVB01 a password does not open the portal": {"GET", "/start", "one", 303, "/anmelden?ziel=%2Fstart"},
		"two factors open the portal":               {"GET", "/start", "two", 200, ""},
		"a form without a session":                  {"POST", "/token", "", 303, "/anmelden?ziel=%2Ftoken"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := newGate(t, "http://kvb.test")
			var body url.Values
			if test.method == http.MethodPost {
				body = url.Values{}
			}
			r := g.ask(test.method, test.path, body, func(r *http.Request) {
				if test.key != "" {
					with(test.key)(r)
				}
			})
			if r.StatusCode != test.status || r.Header.Get("Location") != test.location {
				t.Errorf("%d, to %q", r.StatusCode, r.Header.Get("Location"))
			}
			if g.posted != 0 {
				t.Error("the form came through")
			}
		})
	}
}

func TestADoubledSessionCookieIsNoSession(t *testing.T) {
	g := newGate(t, "http://kvb.test")
	r := g.ask("GET", "/token", nil, func(r *http.Request) { with("one")(r); with("two")(r) })
	if r.StatusCode != http.StatusSeeOther {
		t.Errorf("status %d", r.StatusCode)
	}
}

func TestUnknownHostsPathsAndMethodsGetAPage(t *testing.T) {
	tests := map[string]struct {
		method, path, host string
		status             int
		allow              string
	}{
		"path":                  {"GET", "/gibt-es-nicht", "kvb.test", 404, ""},
		"path that climbs":      {"GET", "/token/../start", "kvb.test", 404, ""},
		"path with two slashes": {"GET", "//token", "kvb.test", 404, ""},
		"path with a slash":     {"GET", "/token/", "kvb.test", 404, ""},
		"encoded path":          {"GET", "/%74oken%2Fx", "kvb.test", 404, ""},
		"control character":     {"GET", "/token%0d%0aX", "kvb.test", 404, ""},
		"asset":                 {"GET", "/assets/nothing.css", "kvb.test", 404, ""},
		"folder of assets":      {"GET", "/assets/", "kvb.test", 404, ""},
		"method":                {"DELETE", "/token", "kvb.test", 405, "GET, HEAD, POST"},
		"form where none is":    {"POST", "/start", "kvb.test", 405, "GET, HEAD"},
		"host":                  {"GET", "/", "evil.test", 421, ""},
		"host with a port":      {"GET", "/", "kvb.test:81", 421, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := newGate(t, "http://kvb.test")
			r := g.ask(test.method, test.path, nil, func(r *http.Request) { r.Host = test.host; with("two")(r) })
			if r.StatusCode != test.status || r.Header.Get("Allow") != test.allow {
				t.Errorf("status %d, allow %q", r.StatusCode, r.Header.Get("Allow"))
			}
			doc := document(t, r)
			if doc.Find("h1").Text() == "" || doc.Find("main a.kern-btn").Length() != 1 {
				t.Error("no page that says what to do")
			}
		})
	}
}

func TestHEADTellsThatADoorIsOpenAndOpensNothing(t *testing.T) {
	g := newGate(t, "http://kvb.test")
	if r := g.ask("HEAD", "/token", nil, with("one")); r.StatusCode != 200 {
		t.Errorf("status %d", r.StatusCode)
	}
	if r := g.ask("HEAD", "/token", nil, nil); r.StatusCode != http.StatusSeeOther {
		t.Errorf("status %d without a session", r.StatusCode)
	}
}

func TestOpenRedirectAfterTheLoginLeadsNowhereElse(t *testing.T) {
	g := newGate(t, "http://kvb.test")
	tests := map[string]string{
		"/token":                        "/token tokens",
		"/start":                        "/start portal",
		"":                              "/start portal",
		"/":                             "/start portal", // asks for no right: nothing to log in for
		"/gibt-es-nicht":                "/start portal",
		"//evil.test":                   "/start portal",
		"//evil.test/token":             "/start portal",
		`/\evil.test`:                   "/start portal",
		`\\evil.test`:                   "/start portal",
		"/token\\..\\..\\evil.test":     "/start portal",
		"https://evil.test/token":       "/start portal",
		"https:/token":                  "/start portal",
		"javascript:alert(1)":           "/start portal",
		"/token?x=//evil.test":          "/start portal",
		"/token#//evil.test":            "/start portal",
		"/token\r\nSet-Cookie: a=b":     "/start portal",
		"/\t/evil.test":                 "/start portal",
		"/token/../../evil":             "/start portal",
		"/%2f/evil.test":                "/start portal",
		"/." + strings.Repeat("a", 300): "/start portal",
	}
	for raw, want := range tests {
		r := g.ask("GET", "/target?ziel="+url.QueryEscape(raw), nil, nil)
		if got := document(t, r).Text(); got != want {
			t.Errorf("%q leads to %q", raw, got)
		}
	}
}
