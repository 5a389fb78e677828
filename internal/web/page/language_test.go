package page_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestThePageSpeaksTheLanguageThatWasChosenOrTheBrowsers(t *testing.T) {
	chosen := func(values ...string) []string { return values }
	tests := map[string]struct {
		accepts string
		cookies []string
		want    string
	}{
		"nothing known":                    {"", nil, "de"},
		"German browser":                   {"de-DE,de;q=0.9,en;q=0.8", nil, "de"},
		"English browser":                  {"en-GB,en;q=0.9", nil, "en"},
		"neither":                          {"fr", nil, "de"},
		"English chosen in a German one":   {"de", chosen("en"), "en"},
		"German chosen in an English one":  {"en", chosen("de"), "de"},
		"a language that nobody speaks":    {"en", chosen("tlh"), "en"},
		"two choices, one of them foreign": {"de", chosen("en", "de"), "de"},
		"a choice that is no name":         {"de", chosen("../en"), "de"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := newGate(t, "http://kvb.test")
			r := g.ask("GET", "/", nil, func(r *http.Request) {
				r.Header.Set("Accept-Language", test.accepts)
				for _, value := range test.cookies {
					r.AddCookie(&http.Cookie{Name: "torhaus-language", Value: value})
				}
			})
			if got, _ := document(t, r).Find("html").Attr("lang"); got != test.want {
				t.Errorf("%q", got)
			}
			if r.Header.Get("Vary") != "Accept-Language, Cookie" {
				t.Errorf("Vary: %q", r.Header.Get("Vary"))
			}
		})
	}
}

func TestALinkOnEachPageChoosesTheLanguageAndKeepsThePage(t *testing.T) {
	for from, back := range map[string]string{
		"/":                     "/",
		"/target?ziel=/token":   "/target?ziel=%2Ftoken",
		"/gibt-es-nicht":        "/gibt-es-nicht",
		"/fails?a=1&b=2":        "/fails?a=1&b=2",
		"/token?a=%0d%0ab&c=//": "/token?a=%0D%0Ab&c=%2F%2F",
	} {
		g := newGate(t, "https://kvb.test")
		glue := "?"
		if strings.Contains(from, "?") {
			glue = "&"
		}
		r := g.ask("GET", from+glue+"sprache=en", nil, nil)
		if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != back {
			t.Errorf("%s: %d, to %q", from, r.StatusCode, r.Header.Get("Location"))
		}
		cookies := r.Cookies()
		if len(cookies) != 1 {
			t.Fatalf("%s: %d cookies", from, len(cookies))
		}
		c := cookies[0]
		if c.Name != "__Host-torhaus-language" || c.Value != "en" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.MaxAge != 365*24*3600 {
			t.Errorf("%s: %v", from, c)
		}
	}
}

func TestThePageLinksToItselfInTheOtherLanguage(t *testing.T) {
	tests := map[string]struct {
		method, path string
		form         url.Values
		want         string
	}{
		"a page":                          {"GET", "/", nil, "/?sprache=en"},
		"a page with a parameter":         {"GET", "/token?a=1", nil, "/token?a=1&sprache=en"},
		"a page that does not exist":      {"GET", "/gibt-es-nicht", nil, "/gibt-es-nicht?sprache=en"},
		"a path that is none":             {"GET", "//evil.test/", nil, "/?sprache=en"},
		"a form that was refused":         {"POST", "/token", url.Values{"fault": {"field"}}, "/token?sprache=en"},
		"a form that leads somewhere":     {"POST", "/token", url.Values{"fault": {"field"}, "ziel": {"/start"}}, "/token?sprache=en&ziel=%2Fstart"},
		"a form that no page of ours has": {"POST", "/nur-formular", url.Values{}, "/token?sprache=en"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := newGate(t, "http://kvb.test")
			if test.form != nil {
				value, _ := g.token(with("one"))
				test.form.Set("formular", value)
			}
			link := document(t, g.ask(test.method, test.path, test.form, with("one"))).Find("a[hreflang]")
			if href, _ := link.Attr("href"); href != test.want || link.Length() != 1 {
				t.Errorf("%d links, to %q", link.Length(), href)
			}
			if lang, _ := link.Attr("lang"); lang != "en" || link.Text() != "English" {
				t.Errorf("%q in %q", link.Text(), lang)
			}
		})
	}
}

func TestOpenRedirectAndForeignValuesByTheChoiceOfALanguage(t *testing.T) {
	for _, target := range []string{
		"//evil.test/?sprache=en", "//evil.test?sprache=en", `/\evil.test?sprache=en`, "/%2fevil.test?sprache=en", "/%5cevil.test?sprache=en",
		"/..//evil.test?sprache=en", "/token%0d%0aX:y?sprache=en",
		"/?sprache=fr", "/?sprache=en%0d%0aSet-Cookie:a=b", "/?sprache=", "/?sprache=EN;Domain=evil.test",
	} {
		g := newGate(t, "http://kvb.test")
		r := g.ask("GET", target, nil, nil)
		if r.Header.Get("Location") != "" {
			t.Errorf("%s leads to %s", target, r.Header.Get("Location"))
		}
		for _, c := range r.Cookies() {
			if c.Name == "torhaus-language" {
				t.Errorf("%s sets %v", target, c)
			}
		}
	}
	g := newGate(t, "http://kvb.test")
	if r := g.ask("POST", "/token?sprache=en", url.Values{}, with("one")); r.Header.Get("Location") != "" {
		t.Error("a form chose a language")
	}
	if r := g.ask("GET", "/?sprache=en", nil, func(r *http.Request) { r.Host = "evil.test" }); r.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("another host: %d", r.StatusCode)
	}
}
