package web_test

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// extend asks for more time, as the script does, and gives the lines of the answer.
func (b *browser) extend() (lines []string, status int) {
	b.t.Helper()
	form := url.Values{"formular": {b.page.Find("dialog input[name=formular]").AttrOr("value", "")}}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, home+"/sitzung/verlaengern", strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/plain")
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	defer func() { b.client.CheckRedirect = nil }()
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if answer.StatusCode == http.StatusOK && (answer.Header.Get("Content-Type") != "text/plain; charset=utf-8" || answer.Header.Get("Cache-Control") != "no-store") {
		b.t.Errorf("answered with %v", answer.Header)
	}
	return strings.Split(string(text), "\n"), answer.StatusCode
}

func about(t *testing.T, seconds string, want time.Duration) {
	t.Helper()
	n, err := strconv.Atoi(seconds)
	if left := time.Duration(n) * time.Second; err != nil || left > want || left < want-10*time.Second {
		t.Errorf("%q seconds are left, want %s", seconds, want)
	}
}

func TestSessionEnd_IsAnnouncedAndMovedOnDemandUpToTheTotalLimit(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah") // 15 minutes of rest, 30 in all
	dialog := b.page.Find("dialog")
	about(t, dialog.AttrOr("data-left", ""), 15*time.Minute)
	if final := dialog.AttrOr("data-final", ""); final != "false" {
		t.Errorf("final %q", final)
	}
	if again := dialog.AttrOr("data-again", ""); again != "/anmelden?ziel=%2Ftoken" {
		t.Errorf("the way back is %s", again)
	}
	p.Clock.Advance(13 * time.Minute)
	lines, status := b.extend()
	if status != http.StatusOK || len(lines) != 4 {
		t.Fatalf("status %d, lines %q", status, lines)
	}
	about(t, lines[0], 15*time.Minute)
	if lines[1] != "false" || !strings.HasSuffix(lines[2], " Uhr") || lines[3] == "" {
		t.Errorf("lines %q", lines)
	}
	p.Clock.Advance(13 * time.Minute)
	lines, _ = b.extend()
	about(t, lines[0], 4*time.Minute)
	if lines[1] != "true" {
		t.Errorf("the total limit is not told: %q", lines)
	}
	if b.open("/token"); b.page.Find("dialog").AttrOr("data-final", "") != "true" {
		t.Error("the page does not know that its end is final")
	}
	p.Clock.Advance(5 * time.Minute)
	if _, status := b.extend(); status != http.StatusSeeOther {
		t.Errorf("after the total limit: status %d", status)
	}
	b.open("/token")
	b.expect("/anmelden", "Anmelden", "Ihre Sitzung ist abgelaufen")
}

func TestSessionEnd_WithoutScriptTheButtonLeadsToTheStart(t *testing.T) {
	p := newPortal(t)
	for name, start := range map[string]string{"hannah": "/token", "max": "/start"} {
		b := p.browser()
		if name == "max" {
			b.enterPortal(name)
		} else {
			b.enterTokens(name)
		}
		if b.press("Angemeldet bleiben", nil); b.page.path != start {
			t.Errorf("leads to %s", b.page.path)
		}
	}
}

func TestSessionEnd_NobodyHasNoDialogAndNoScript(t *testing.T) {
	b := newPortal(t).browser()
	for _, path := range []string{"/", "/hilfe", "/anmelden"} {
		if b.open(path); b.page.Find("dialog, script[src*=session]").Length() != 0 {
			t.Errorf("%s has a dialog or its script", path)
		}
	}
}

func TestAttack_ForeignPageDoesNotKeepASessionOpen(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, home+"/sitzung/verlaengern", strings.NewReader("formular="+strings.Repeat("ab", 32)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if b.send(r); b.page.status != http.StatusForbidden {
		t.Errorf("status %d", b.page.status)
	}
}
