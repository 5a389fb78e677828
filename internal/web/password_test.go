package web_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/password"
	"torhaus/internal/web"
	kit "torhaus/internal/web/page"
)

const newPasstext = "vier graue Esel tanzen"

// work does what requests for one-time passwords left behind.
func (p *portal) work() {
	p.t.Helper()
	logins := &login.Service{Store: p.DB, Keys: p.Keys, Rules: login.RulesOf(p.profile)}
	jobs, err := p.DB.Claim(p.t.Context(), "test", time.Minute, 1000)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, j := range jobs {
		if handler, ours := logins.Handlers()[j.Kind]; ours {
			if err := handler.Do(p.t.Context(), j); err != nil {
				p.t.Fatal(err)
			}
		}
		if err := p.DB.Done(p.t.Context(), j); err != nil {
			p.t.Fatal(err)
		}
	}
}

// forget asks for a one-time password on the page for it.
func (b *browser) forget(name, way, code string) *page {
	b.t.Helper()
	b.open("/kennwort-vergessen")
	form := b.hidden()
	for field, value := range map[string]string{"user": name, "weg": way, "code": code} {
		form.Set(field, value)
	}
	return b.post("/kennwort-vergessen", form)
}

// posted gives the one-time password in a member's letter.
func (p *portal) posted(name string) string {
	p.t.Helper()
	p.work()
	st, _, err := p.DB.Passwords(p.t.Context(), account.ID(name))
	if err != nil {
		p.t.Fatal(err)
	}
	open, ok := st.Open()
	if !ok {
		p.t.Fatalf("no one-time password for %s", name)
	}
	l, err := p.DB.Letter(p.t.Context(), open.Letter.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	return l.Content.(letter.OneTimePassword).Password.Reveal()
}

// enterOneTime logs in with a one-time password on the way to a page.
func (b *browser) enterOneTime(name, oneTime, target string) {
	b.t.Helper()
	b.open(target)
	b.press("Anmelden", fields{"Benutzername": name, "Kennwort": oneTime})
	b.expect("/konto/kennwort", "Neues Kennwort wählen")
}

func TestForgottenPassword_ByLetterFromTheLoginToANewPassword(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.open("/anmelden?ziel=/token")
	b.follow("Kennwort vergessen?")
	b.expect("/kennwort-vergessen", "Kennwort vergessen", "Bis dahin gilt Ihr bisheriges weiter.", "14 Tage lang keinen Token per Brief")
	b.forget("hannah", "brief", "")
	b.expect("/kennwort-vergessen/angefordert", "Ihre Anforderung ist eingegangen", "Wenn der Benutzername stimmt")
	oneTime := p.posted("hannah")

	b.enterOneTime("hannah", strings.ToLower(oneTime[:5]+"-"+oneTime[5:]), "/token")
	until := calendar.LastDay(time.Now(), 14).AddDays(1).German()
	if !b.page.says("erst ab "+until) || b.page.Find("#current, #code").Length() != 0 {
		t.Errorf("the page asks for too much or tells too little:\n%s", b.page.Find("main").Text())
	}
	b.press("Kennwort speichern", fields{"Neues Kennwort": newPasstext})
	b.expect("/konto/kennwort/geaendert", "Ihr Kennwort ist geändert", "hannah@praxis.example", "erst ab "+until)
	b.follow("Weiter")
	b.expect("/token", "Token-Verwaltung", "Ihr Kennwort kam mit der Post.", "erst ab "+until)
	if b.open("/token/bestellen"); b.page.status != http.StatusConflict || !b.page.says("erst ab "+until) {
		t.Errorf("a token can be ordered: %d", b.page.status)
	}

	again := p.browser()
	for what, typed := range map[string]string{"the old password after use of the new": passtext, "the one-time password used again": oneTime} {
		again.open("/token")
		if again.press("Anmelden", fields{"Benutzername": "hannah", "Kennwort": typed}); again.page.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", what, again.page.status)
		}
	}
	again.open("/token")
	again.press("Anmelden", fields{"Benutzername": "hannah", "Kennwort": newPasstext})
	again.expect("/token", "Token-Verwaltung")
}

func TestForgottenPassword_OpenOrderEndsWithAPasswordFromALetterAndThePageSaysSoBefore(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	b.order()
	serial := p.holding("hannah").Tokens[0].Serial
	other := p.browser()
	other.forget("hannah", "brief", "")
	other.enterOneTime("hannah", p.posted("hannah"), "/token")
	if !other.page.says("Ihre offene Bestellung " + serial + " wird ungültig") {
		t.Errorf("the page does not warn:\n%s", other.page.Find("main").Text())
	}
	other.press("Kennwort speichern", fields{"Neues Kennwort": newPasstext})
	other.open("/token")
	other.expect("/token", "Token-Verwaltung", serial+": ungültig, weil auch ein neues Kennwort mit der Post kam")
	if b.isIn() {
		t.Error("the session of before goes on")
	}
}

func TestForgottenPassword_ByMailWithACodeOfTheToken(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	a := p.app("hannah")
	b.forget("hannah", "e-mail", a.next())
	b.expect("/kennwort-vergessen/angefordert", "Ihre Anforderung ist eingegangen", "Es gilt 2 Stunden.")
	p.work()
	st, _, err := p.DB.Passwords(t.Context(), "hannah")
	if err != nil {
		t.Fatal(err)
	}
	if open, ok := st.Open(); !ok || open.Way != password.ByMail {
		t.Errorf("open: %+v", open)
	}
}

func TestForgottenPassword_FormSaysWhatIsMissing(t *testing.T) {
	b := newPortal(t).browser()
	for _, c := range []struct {
		name, way, code string
		wrong           []string
	}{
		{"", "", "", []string{"Bitte füllen Sie das Feld „Benutzername“ aus.", "Bitte wählen Sie, ob Sie eine E-Mail oder einen Brief bekommen möchten."}},
		{"hannah", "taube", "", []string{"Bitte wählen Sie, ob Sie eine E-Mail oder einen Brief bekommen möchten."}},
		{"hannah", "e-mail", "", []string{"Bitte füllen Sie das Feld „Einmalcode“ aus."}},
		{"hannah", "e-mail", "12345", []string{"Ein Einmalcode hat sechs bis acht Ziffern."}},
	} {
		b.forget(c.name, c.way, c.code)
		if b.page.status != http.StatusUnprocessableEntity || b.page.Find("main [role=alert] li").Length() != len(c.wrong) {
			t.Errorf("%+v: %d:\n%s", c, b.page.status, b.page.Find("main [role=alert]").Text())
		}
		for _, words := range c.wrong {
			if !b.page.says(words) {
				t.Errorf("%+v: not said: %s", c, words)
			}
		}
		if kept, _ := b.page.Find("#user").Attr("value"); kept != c.name {
			t.Errorf("%+v: the user name did not come back: %q", c, kept)
		}
	}
	if b.open("/kennwort-vergessen/angefordert"); b.page.path != "/kennwort-vergessen" {
		t.Errorf("nothing was asked for, and the page is %s", b.page.path)
	}
}

// answerTo gives everything that a stranger sees of a request for a one-time password.
func (p *portal) answerTo(name, way, code string) string {
	p.t.Helper()
	b := p.browser()
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	b.open("/kennwort-vergessen")
	form := b.hidden()
	form.Set("user", name)
	form.Set("weg", way)
	form.Set("code", code)
	var all strings.Builder
	for _, step := range []struct{ method, path string }{{http.MethodPost, "/kennwort-vergessen"}, {http.MethodGet, "/kennwort-vergessen/angefordert?weg=" + way}} {
		r, err := http.NewRequestWithContext(p.t.Context(), step.method, home+step.path, strings.NewReader(form.Encode()))
		if err != nil {
			p.t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := b.client.Do(r)
		if err != nil {
			p.t.Fatal(err)
		}
		answer.Header.Del("Date")
		fmt.Fprintln(&all, answer.StatusCode, answer.Header)
		if _, err := io.Copy(&all, answer.Body); err != nil {
			p.t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
	return all.String()
}

func TestAttack_EnumerationByTheForgottenPassword(t *testing.T) {
	p := newPortal(t)
	closed := member("closed")
	closed.State = account.Deactivated
	if err := p.DB.CreateAccount(t.Context(), closed, "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2E$a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2U"); err != nil {
		t.Fatal(err)
	}
	right := p.app("hannah").next()
	for _, way := range []string{"brief", "e-mail"} {
		want := p.answerTo("nobody", way, "123456")
		if !strings.Contains(want, "303") || !strings.Contains(want, "Ihre Anforderung ist eingegangen") {
			t.Fatalf("%s", want)
		}
		for _, c := range []struct{ name, code string }{{"hannah", right}, {"hannah", "000000"}, {"max", "123456"}, {"closed", "123456"}, {"\x00", "123456"}, {"hannah", right}} {
			if got := p.answerTo(c.name, way, c.code); got != want {
				t.Errorf("%s, %q:\n%s\nwant\n%s", way, c.name, got, want)
			}
			p.work() // what came of it changes nothing about the next answer
		}
		p.Clock.Advance(25 * time.Hour) // so that no name has to wait
	}
}

// A session of a one-time password is led to the new password whatever it asks for, and changes nothing.
func TestAttack_ForcedChangeBypassedOnEveryRoute(t *testing.T) {
	p := newPortal(t)
	a := p.app("hannah")
	b := p.browser()
	b.forget("hannah", "brief", "")
	b.enterOneTime("hannah", p.posted("hannah"), "/start")
	before := p.holding("hannah")
	form := b.hidden()
	for field, value := range map[string]string{"code": a.next(), "otp": "123456", "art": "softtoken", "weg": "brief", "vorgang": "abcdefghijkmnpqrstuvwxyz22", "email": "thief@evil.example"} {
		form.Set(field, value)
	}
	tried := 0
	for _, route := range web.Routes() {
		if route.Right == kit.Everybody || route.Right == login.ChangePassword || route.Right == login.StayLoggedIn {
			continue
		}
		tried++
		path := strings.ReplaceAll(route.Path, "{serial}", a.token.Serial)
		if route.Method == http.MethodGet {
			b.open(path)
		} else {
			b.post(path, form)
		}
		if kit.RealmOf(path) == account.Staff {
			if b.page.status != http.StatusForbidden {
				t.Errorf("%s %s: %d for a member", route.Method, path, b.page.status)
			}
			continue
		}
		if b.page.path != "/konto/kennwort" || b.page.heading() != "Neues Kennwort wählen" {
			t.Errorf("%s %s answers with %s „%s“", route.Method, path, b.page.path, b.page.heading())
		}
	}
	if tried < 15 {
		t.Errorf("%d routes were tried", tried)
	}
	// the login's own pages, which anybody may ask for, go no further
	for _, path := range []string{"/anmelden", "/anmelden?ziel=/start", "/anmelden/code", "/anmelden/code?ziel=/start"} {
		if b.open(path); b.page.path != "/konto/kennwort" {
			t.Errorf("%s leads to %s", path, b.page.path)
		}
	}
	form.Set("code", a.next())
	if b.post("/anmelden/code", form); b.page.path != "/konto/kennwort" {
		t.Errorf("a code of the token leads to %s", b.page.path)
	}
	p.unchanged("hannah", before)
	if len(p.holding("hannah").Tokens) != len(before.Tokens) {
		t.Error("a token was ordered")
	}
}

func TestChangePassword_InAPasswordSessionWithTheTokensCode(t *testing.T) {
	p := newPortal(t)
	a := p.app("hannah")
	other := p.browser()
	other.enterTokens("hannah")
	b := p.browser()
	b.enterTokens("hannah")
	b.follow("Kennwort ändern")
	b.expect("/konto/kennwort", "Kennwort ändern", "mindestens 12 Zeichen")
	key := b.cookie("torhaus")
	b.press("Kennwort speichern", fields{"Bisheriges Kennwort": passtext, "Einmalcode": a.next(), "Neues Kennwort": newPasstext})
	b.expect("/konto/kennwort/geaendert", "Ihr Kennwort ist geändert", "Auf allen anderen Geräten sind Sie jetzt abgemeldet.")
	if b.cookie("torhaus") == key || other.isIn() || !b.isIn() {
		t.Error("the key is the same, the other session goes on, or this one does not")
	}
	b.open("/konto/kennwort/geaendert")
	b.expect("/konto/kennwort/geaendert", "Ihr Kennwort ist geändert")
}

func TestChangePassword_InsideThePortalFromTheStartPage(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterPortal("hannah")
	b.follow("Kennwort ändern")
	if b.page.Find("#code").Length() != 0 {
		t.Error("a code is asked for although both factors are proved")
	}
	b.press("Kennwort speichern", fields{"Bisheriges Kennwort": passtext, "Neues Kennwort": newPasstext})
	b.expect("/konto/kennwort/geaendert", "Ihr Kennwort ist geändert")
	b.follow("Weiter")
	b.expect("/start", "Meine KVB")
}

func TestChangePassword_SaysWhatIsWrongAndKeepsNothingTyped(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	for _, c := range []struct {
		current, typed string
		wrong          []string
		states         map[string]bool // of the rules in the list: kept or broken
	}{
		{"", "", []string{"Bitte füllen Sie das Feld „Bisheriges Kennwort“ aus.", "Bitte füllen Sie das Feld „Neues Kennwort“ aus."}, nil},
		{passtext, "kurz", []string{"Das ist zu kurz; nötig sind mindestens 12 Zeichen."}, map[string]bool{"length": false, "own": true}},
		{passtext, "Hannah-Brandl-1", []string{"Das besteht fast nur aus Ihrem Namen"}, map[string]bool{"length": true, "own": false}},
		{passtext, "Sommer2025!!!", []string{"Das ist ein häufiges Wort"}, map[string]bool{"common": false, "pattern": true}},
		{passtext, "aaaaaaaaaaaaaaaa", []string{"Wiederholungen oder Reihen"}, map[string]bool{"pattern": false}},
		{passtext, strings.Repeat("Kieselsteine-", 79), []string{"Das ist zu lang; möglich sind höchstens 1.024 Zeichen."}, map[string]bool{"length": true}},
		{passtext, passtext, []string{"Bitte wählen Sie etwas Neues"}, map[string]bool{"length": true}},
		{"falsch", newPasstext, []string{"Das stimmt nicht. Bitte geben Sie ein, womit Sie sich bisher angemeldet haben."}, map[string]bool{"length": true, "common": true}},
	} {
		b.open("/konto/kennwort")
		b.press("Kennwort speichern", fields{"Bisheriges Kennwort": c.current, "Neues Kennwort": c.typed})
		if b.page.status != http.StatusUnprocessableEntity {
			t.Fatalf("%.20q: %d %s", c.typed, b.page.status, b.page.heading())
		}
		for _, words := range c.wrong {
			if !b.page.says(words) {
				t.Errorf("%.20q: not said: %s\n%s", c.typed, words, b.page.Find("main [role=alert]").Text())
			}
		}
		for rule, kept := range c.states {
			class, _ := b.page.Find(".rule[data-rule=" + rule + "]").Attr("class")
			if want := map[bool]string{true: "rule rule--kept", false: "rule rule--broken"}[kept]; class != want {
				t.Errorf("%.20q: the rule %s looks like %q", c.typed, rule, class)
			}
		}
		for _, input := range b.page.Find("input[type=password]").EachIter() {
			if value, _ := input.Attr("value"); value != "" {
				t.Errorf("%.20q: a password came back", c.typed)
			}
		}
	}
}

func TestChangePassword_WithoutScriptsTheNewOneIsTypedTwice(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	b.open("/konto/kennwort")
	if html, _ := b.page.Find("noscript").Html(); !strings.Contains(html, "again") {
		t.Errorf("no second field:\n%s", html)
	}
	form := b.hidden()
	for field, value := range map[string]string{"current": passtext, "new": newPasstext, "again": newPasstext + "!"} {
		form.Set(field, value)
	}
	if b.post("/konto/kennwort", form); b.page.status != http.StatusUnprocessableEntity || !b.page.says("Beide Eingaben müssen gleich sein.") {
		t.Errorf("two that differ: %d", b.page.status)
	}
	b.open("/konto/kennwort")
	form = b.hidden()
	for field, value := range map[string]string{"current": passtext, "new": newPasstext, "again": newPasstext} {
		form.Set(field, value)
	}
	b.post("/konto/kennwort", form)
	b.expect("/konto/kennwort/geaendert", "Ihr Kennwort ist geändert")
}

func TestChangePassword_TellsOfAOneTimePasswordThatSomebodyAskedFor(t *testing.T) {
	p := newPortal(t)
	p.browser().forget("hannah", "brief", "")
	p.work()
	b := p.browser()
	b.enterTokens("hannah")
	b.open("/konto/kennwort")
	b.expect("/konto/kennwort", "Kennwort ändern", "Ein Einmalkennwort ist unterwegs", "Waren Sie das nicht?")
}

func TestAttack_GuessingTheCurrentPasswordMeetsAPause(t *testing.T) {
	p := newPortal(t)
	b := p.browser()
	b.enterTokens("hannah")
	for range 4 {
		b.open("/konto/kennwort")
		b.press("Kennwort speichern", fields{"Bisheriges Kennwort": "falsch", "Neues Kennwort": newPasstext})
	}
	b.open("/konto/kennwort")
	b.press("Kennwort speichern", fields{"Bisheriges Kennwort": passtext, "Neues Kennwort": newPasstext})
	if b.page.status != http.StatusTooManyRequests || b.page.header.Get("Retry-After") == "" {
		t.Errorf("the fifth: %d", b.page.status)
	}
}

func TestAttack_OneTimePasswordRacedInTwoBrowsers(t *testing.T) {
	p := newPortal(t)
	p.browser().forget("hannah", "brief", "")
	oneTime := p.posted("hannah")
	first, second := p.browser(), p.browser()
	first.enterOneTime("hannah", oneTime, "/token")
	second.enterOneTime("hannah", oneTime, "/token")
	first.press("Kennwort speichern", fields{"Neues Kennwort": newPasstext})
	second.press("Kennwort speichern", fields{"Neues Kennwort": "noch ein Satz zum Merken"})
	second.expect("/anmelden", "Anmelden", "Ihre Sitzung ist abgelaufen")
	if !first.isIn() {
		t.Error("the first one is out")
	}
}

func TestForgottenPassword_WhatWasTypedAsANameIsNotKept(t *testing.T) {
	p := newPortal(t)
	p.browser().forget("my secret instead of my name", "brief", "")
	jobs, err := p.DB.Claim(t.Context(), "test", time.Minute, 10)
	if err != nil || len(jobs) != 1 {
		t.Fatalf("%d jobs, %v", len(jobs), err)
	}
	if got := string(jobs[0].Payload.Reveal()); strings.Contains(got, "secret") || !strings.Contains(got, "letter") {
		t.Errorf("the job holds %s", got)
	}
}
