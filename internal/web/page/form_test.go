package page_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// sent posts a form with the given session, as its own page would.
func (g *gate) sent(key string, change func(url.Values, *http.Request)) *http.Response {
	g.t.Helper()
	value, _ := g.token(with(key))
	body := url.Values{"formular": {value}}
	probe := &http.Request{Header: http.Header{}}
	change(body, probe)
	return g.ask("POST", "/token", body, func(r *http.Request) {
		with(key)(r)
		for name := range probe.Header {
			r.Header.Set(name, probe.Header.Get(name))
		}
	})
}

func TestFormsThatAreRefusedChangeNothing(t *testing.T) {
	tests := map[string]struct {
		change func(url.Values, *http.Request)
		status int
	}{
		"cross-origin post":      {func(_ url.Values, r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403},
		"post from a sub-domain": {func(_ url.Values, r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, 403},
		"foreign origin": {func(_ url.Values, r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "")
			r.Header.Set("Origin", "https://evil.test")
		}, 403},
		"no form token":      {func(f url.Values, _ *http.Request) { f.Del("formular") }, 403},
		"made-up form token": {func(f url.Values, _ *http.Request) { f.Set("formular", strings.Repeat("0", 64)) }, 403},
		"form token no hex":  {func(f url.Values, _ *http.Request) { f.Set("formular", "ich") }, 403},
		"doubled field":      {func(f url.Values, _ *http.Request) { f["name"] = []string{"a", "b"} }, 422},
		"doubled form token": {func(f url.Values, _ *http.Request) { f["formular"] = append(f["formular"], "x") }, 422},
		"too many fields":    {func(f url.Values, _ *http.Request) { fill(f, 40) }, 413},
		"too long":           {func(f url.Values, _ *http.Request) { f.Set("name", strings.Repeat("x", 70_000)) }, 413},
		"multipart":          {func(_ url.Values, r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; boundary=x") }, 415},
		"JSON":               {func(_ url.Values, r *http.Request) { r.Header.Set("Content-Type", "application/json") }, 415},
		"no content type":    {func(_ url.Values, r *http.Request) { r.Header.Set("Content-Type", ";") }, 415},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := newGate(t, "http://kvb.test")
			r := g.sent("one", test.change)
			if r.StatusCode != test.status || g.posted != 0 {
				t.Errorf("status %d, %d forms came through", r.StatusCode, g.posted)
			}
			doc := document(t, r)
			if doc.Find("main p").Text() == "" {
				t.Error("the page does not say what to do")
			}
			if next, _ := doc.Find("main a.kern-btn").Attr("href"); next != "/token" {
				t.Errorf("the page leads to %q, not back to the form", next)
			}
		})
	}
}

func fill(f url.Values, n int) {
	for i := range n {
		f.Set(fmt.Sprint("x", i), "")
	}
}

func TestAFormOfThisSessionComesThrough(t *testing.T) {
	g := newGate(t, "http://kvb.test")
	r := g.sent("one", func(url.Values, *http.Request) {})
	if r.StatusCode != http.StatusSeeOther || g.posted != 1 {
		t.Errorf("status %d, %d forms came through", r.StatusCode, g.posted)
	}
}

func TestForeignFormTokenOfAnotherSessionIsRefused(t *testing.T) {
	g := newGate(t, "http://kvb.test")
	other, _ := g.token(with("two"))
	r := g.sent("one", func(f url.Values, _ *http.Request) { f.Set("formular", other) })
	if r.StatusCode != http.StatusForbidden || g.posted != 0 {
		t.Errorf("status %d, %d forms came through", r.StatusCode, g.posted)
	}
}

func TestLoginCSRF_AFormOfAnotherBrowserIsRefused(t *testing.T) {
	g := newGate(t, "http://kvb.test")
	mine, cookies := g.token(nil)
	theirs, _ := g.token(nil)
	if len(cookies) != 1 || cookies[0].Name != "torhaus-form" || !cookies[0].HttpOnly {
		t.Fatalf("a visitor's form is bound to %v", cookies)
	}
	for value, status := range map[string]int{mine: 303, theirs: 403} {
		r := g.ask("POST", "/", url.Values{"formular": {value}}, func(r *http.Request) { r.AddCookie(cookies[0]) })
		if r.StatusCode != status {
			t.Errorf("status %d, not %d", r.StatusCode, status)
		}
	}
	if r := g.ask("POST", "/", url.Values{"formular": {mine}}, nil); r.StatusCode != 403 {
		t.Errorf("status %d without the cookie", r.StatusCode)
	}
}

func TestAFormOfAnEndedSessionLeadsToTheLogin(t *testing.T) {
	g := newGate(t, "http://kvb.test")
	value, _ := g.token(with("one"))
	delete(g.sessions, "one")
	for _, path := range []string{"/", "/token"} {
		r := g.ask("POST", path, url.Values{"formular": {value}}, with("one"))
		if !strings.HasPrefix(r.Header.Get("Location"), "/anmelden?") || g.posted != 0 {
			t.Errorf("%s: status %d, %d forms came through", path, r.StatusCode, g.posted)
		}
	}
}

func TestRefusedFormsComeBackWithWhatWasTyped(t *testing.T) {
	g := newGate(t, "http://kvb.test")
	r := g.sent("one", func(f url.Values, _ *http.Request) {
		f.Set("fault", "field")
		f.Set("name", `Brandl "><b>`)
		f.Set("password", "geheim")
	})
	if r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("status %d", r.StatusCode)
	}
	doc := document(t, r)
	name := doc.Find("input#name")
	for attribute, want := range map[string]string{"value": `Brandl "><b>`, "aria-invalid": "true", "aria-describedby": "name-error"} {
		if got, _ := name.Attr(attribute); got != want {
			t.Errorf("%s is %q", attribute, got)
		}
	}
	if got, _ := doc.Find("input#password").Attr("value"); got != "" {
		t.Error("the password came back")
	}
	if doc.Find("#name-error").Text() == "" || doc.Find(`[role=alert] a[href="#name"]`).Text() == "" {
		t.Error("the error does not stand both at the field and in the summary")
	}
	if title := doc.Find("title").Text(); !strings.HasPrefix(title, "Fehler: ") {
		t.Errorf("title %q", title)
	}
}

func TestErrorsGetTheirStatus(t *testing.T) {
	tests := map[string]struct {
		status int
		retry  string
	}{
		"field": {422, ""}, "wait": {429, "2"}, "busy": {503, "5"}, "conflict": {409, ""}, "missing": {404, ""}, "session": {303, ""},
	}
	for name, test := range tests {
		g := newGate(t, "http://kvb.test")
		r := g.sent("one", func(f url.Values, _ *http.Request) { f.Set("fault", name) })
		if r.StatusCode != test.status || r.Header.Get("Retry-After") != test.retry {
			t.Errorf("%s: status %d, retry after %q", name, r.StatusCode, r.Header.Get("Retry-After"))
		}
	}
}
