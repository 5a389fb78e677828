package web_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/desk"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/organisation"
	"torhaus/internal/oversight"
	"torhaus/internal/password"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/staff"
	"torhaus/internal/store/storetest"
	"torhaus/internal/text"
	"torhaus/internal/token"
	"torhaus/internal/upload"
	"torhaus/internal/web"
)

const (
	home     = "http://kvb.test"
	passtext = "Sommer-Regen-42"
)

// portal is a whole portal over a real database, with two members: hannah and max.
type portal struct {
	storetest.World
	t       *testing.T
	tokens  *token.Service
	staff   *staff.Service
	profile *profile.Profile
	hash    password.Hash // of passtext
	server  *httptest.Server
}

func newPortal(t *testing.T) *portal {
	t.Helper()
	p := newPortalOf(t, "kvb")
	for _, name := range []string{"hannah", "max"} {
		if err := p.DB.CreateAccount(t.Context(), member(name), p.hash); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// newPortalOf is a portal of which nobody is a member yet.
func newPortalOf(t *testing.T, key string) *portal {
	t.Helper()
	t.Parallel()
	p := &portal{World: storetest.SQLite(t), t: t}
	var err error
	if p.profile, err = profile.Embedded(key); err != nil {
		t.Fatal(err)
	}
	hasher := password.NewHasher()
	if p.hash, err = hasher.Hash(t.Context(), passtext); err != nil {
		t.Fatal(err)
	}
	p.tokens = &token.Service{
		Store: p.DB, Keys: p.Keys, Rules: token.RulesOf(p.profile), Paper: letter.Setting{Profile: p.profile, Portal: home},
	}
	rules := login.RulesOf(p.profile)
	rules.Login.DelayFirst = profile.Duration(30 * time.Second) // no pause ends by itself while a test runs on a busy machine
	logins := &login.Service{Store: p.DB, Keys: p.Keys, Hasher: hasher, Rules: rules}
	p.server = httptest.NewServer(p.handler(logins))
	t.Cleanup(p.server.Close)
	return p
}

func (p *portal) handler(logins *login.Service) http.Handler {
	p.t.Helper()
	texts, err := text.Load(web.Texts()...)
	if err != nil {
		p.t.Fatal(err)
	}
	base, err := url.Parse(home)
	if err != nil {
		p.t.Fatal(err)
	}
	handler, err := web.Handler(web.Deps{
		Profile: p.profile, Texts: texts, Keys: p.Keys, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Base: base,
		Accounts: &account.Service{Store: p.DB, Keys: p.Keys, Rules: account.RulesOf(p.profile)}, Login: logins, Tokens: p.tokens,
		Staff:    p.staffOf(logins),
		Mailroom: p.mailroom(), Uploads: &upload.Service{Store: p.DB}, Stock: p.cupboard(),
		Oversight: p.oversight(),
		Desk:      &desk.Service{Store: p.DB, Logins: logins, Rules: desk.RulesOf(p.profile)},
		Deeds:     &desk.DeedService{Store: p.DB, Tokens: p.tokens, Rules: desk.RulesOf(p.profile)},
		Imports:   p.imports(),

		Organisations: &organisation.Service{Store: p.DB, Keys: p.Keys, Rules: organisation.RulesOf(p.profile)},
		Directory:     p.DB,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return handler
}

// staffOf is how staff are named.
func (p *portal) staffOf(logins *login.Service) *staff.Service {
	p.staff = &staff.Service{Store: p.DB, Keys: p.Keys, Logins: logins, Tokens: p.tokens, Rules: staff.RulesOf(p.profile)}
	return p.staff
}

// oversight is what supervisors and auditors see.
func (p *portal) oversight() *oversight.Service {
	return &oversight.Service{Store: p.DB, Watch: letter.WatchOf(p.profile), Verify: func(ctx context.Context, seen func(int64)) (v oversight.Verdict, err error) {
		err = p.DB.ReadAudit(ctx, 0, func(list iter.Seq2[audit.Record, error], head audit.Head) (err error) {
			v.Records, err = audit.Verify(list, head)
			return err
		})
		seen(v.Records)
		return v, err
	}}
}

func member(name string) account.Account {
	return account.Account{
		ID: account.ID(name), UserName: name, State: account.Active, Email: name + "@praxis.example",
		Person:  account.Person{Title: "Dr. med.", First: "Hannah", Last: "Brandl"},
		Address: account.Address{Street: "Lindenstraße 12", Postcode: "90402", Town: "Nürnberg"},
	}
}

// holding gives what a member holds.
func (p *portal) holding(name string) token.Holding {
	p.t.Helper()
	h, _, err := p.DB.Holding(p.t.Context(), account.ID(name))
	if err != nil {
		p.t.Fatal(err)
	}
	return h
}

// code reads the activation code of a member's last order out of the letter, which is not handed over yet.
func (p *portal) code(name string) string {
	p.t.Helper()
	l, err := p.DB.Letter(p.t.Context(), p.holding(name).Orders[0].Letter.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	return l.Content.(letter.ActivationCode).Code.Reveal()
}

// handOver gives the letter of a member's last order to the print centre.
func (p *portal) handOver(name string) {
	p.t.Helper()
	if err := p.DB.HandOver(p.t.Context(), p.holding(name).Orders[0].Letter.ID); err != nil {
		p.t.Fatal(err)
	}
}

// browser walks through the portal as a person does: it follows links, fills in forms, and keeps cookies.
type browser struct {
	p      *portal
	t      *testing.T
	client *http.Client
	page   *page
}

// page is what a browser sees.
type page struct {
	*goquery.Document
	path   string
	query  string
	status int
	header http.Header
}

func (p *portal) browser() *browser {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	address := p.server.Listener.Addr().String()
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	client := &http.Client{Jar: jar, Transport: &http.Transport{DialContext: dial}}
	p.t.Cleanup(client.CloseIdleConnections)
	return &browser{p: p, t: p.t, client: client}
}

// open goes to a path and follows redirects.
func (b *browser) open(path string) *page {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, home+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.send(r)
}

// post sends a form to a path.
func (b *browser) post(path string, form url.Values) *page {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, home+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(r)
}

func (b *browser) send(r *http.Request) *page {
	b.t.Helper()
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	doc, err := goquery.NewDocumentFromReader(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	b.page = &page{Document: doc, path: answer.Request.URL.Path, query: answer.Request.URL.RawQuery, status: answer.StatusCode, header: answer.Header}
	b.sound()
	return b.page
}

// sound checks what must be so on every page, whatever it is.
func (b *browser) sound() {
	b.t.Helper()
	p := b.page
	complain := func(format string, args ...any) {
		b.t.Helper()
		b.t.Errorf("%s (%d): %s", p.path, p.status, fmt.Sprintf(format, args...))
	}
	if p.header.Get("Cache-Control") != "no-store" {
		complain("may be cached")
	}
	if n := p.Find("h1").Length(); n != 1 || strings.TrimSpace(p.Find("h1").Text()) == "" {
		complain("%d main headings", n)
	}
	want, failed := "de", "Fehler: "
	if b.cookie("torhaus-language") == "en" {
		want, failed = "en", "Error: "
	}
	if lang, _ := p.Find("html").Attr("lang"); lang != want {
		complain("language %q", lang)
	}
	if all, _ := p.Html(); strings.Contains(all, "⟦") || strings.Contains(all, "ZgotmplZ") || strings.Contains(all, "••") {
		complain("a text is missing or cannot be shown:\n%s", p.Find("main").Text())
	}
	if n := p.Find("[style], style, script:not([src^='/assets/']), [onclick]").Length(); n != 0 {
		complain("%d inline styles or scripts", n)
	}
	ids := map[string]bool{}
	for _, element := range p.Find("[id]").EachIter() {
		id, _ := element.Attr("id")
		if ids[id] {
			complain("id %q twice", id)
		}
		ids[id] = true
	}
	for _, input := range p.Find("input:not([type=hidden]):not([hidden])").EachIter() {
		id, _ := input.Attr("id")
		if p.Find(fmt.Sprintf("label[for=%q]", id)).Length() != 1 {
			complain("field %q without a label", id)
		}
		described, _ := input.Attr("aria-describedby")
		for _, other := range strings.Fields(described) {
			if !ids[other] {
				complain("field %q is described by %q, which is not there", id, other)
			}
		}
	}
	if refused := p.Find("[aria-invalid=true]").Length() > 0 || p.Find("main [role=alert]").Length() > 0; refused != strings.HasPrefix(p.Find("title").Text(), failed) {
		complain("the title %q and the errors on the page disagree", p.Find("title").Text())
	}
}

// fields are what somebody types, by label.
type fields map[string]string

// press fills in the form of a button and sends it.
func (b *browser) press(button string, typed fields) *page {
	b.t.Helper()
	form := b.page.Find("form").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return strings.TrimSpace(s.Find("button").Text()) == button
	})
	if form.Length() != 1 {
		b.t.Fatalf("%s: %d forms with the button %q:\n%s", b.page.path, form.Length(), button, b.page.Find("main").Text())
	}
	values := url.Values{}
	for _, input := range form.Find("input").EachIter() {
		if kind, _ := input.Attr("type"); (kind == "radio" || kind == "checkbox") && input.Filter("[checked]:not([disabled])").Length() == 0 {
			continue
		}
		name, _ := input.Attr("name")
		value, _ := input.Attr("value")
		values.Set(name, value)
	}
	for label, value := range typed {
		name := b.fieldOf(form, label)
		values.Set(name, value)
	}
	action, _ := form.Attr("action")
	if method, _ := form.Attr("method"); method == "get" {
		return b.open(action + "?" + values.Encode())
	}
	return b.post(action, values)
}

func (b *browser) fieldOf(form *goquery.Selection, label string) string {
	b.t.Helper()
	found := form.Find("label").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Text() == label })
	id, ok := found.Attr("for")
	if !ok {
		b.t.Fatalf("%s: no field %q", b.page.path, label)
	}
	return form.Find("#"+id).AttrOr("name", id)
}

// follow goes where a link in the main part leads.
func (b *browser) follow(link string) *page {
	b.t.Helper()
	found := b.page.Find("main a").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.TrimSpace(s.Text()) == link })
	address, ok := found.Attr("href")
	if !ok {
		b.t.Fatalf("%s: no link %q:\n%s", b.page.path, link, b.page.Find("main").Text())
	}
	return b.open(address)
}

// says tells whether the main part has this text, whatever its lines.
func (p *page) says(words string) bool {
	return strings.Contains(strings.Join(strings.Fields(p.Find("main").Text()), " "), words)
}

// heading gives the main heading.
func (p *page) heading() string { return strings.TrimSpace(p.Find("h1").Text()) }

// expect fails the test where the page is not the one that it should be, or does not say what it should.
func (b *browser) expect(path, heading string, words ...string) {
	b.t.Helper()
	if b.page.path != path || b.page.heading() != heading {
		b.t.Fatalf("on %s (%d) „%s“, not on %s „%s“:\n%s", b.page.path, b.page.status, b.page.heading(), path, heading, b.page.Find("main").Text())
	}
	for _, w := range words {
		if !b.page.says(w) {
			b.t.Errorf("%s does not say %q:\n%s", path, w, b.page.Find("main").Text())
		}
	}
}

// enterTokens logs in to the token management with user name and password.
func (b *browser) enterTokens(name string) {
	b.t.Helper()
	b.open("/token")
	b.press("Anmelden", fields{"Benutzername": name, "Kennwort": passtext})
	b.expect("/token", "Token-Verwaltung")
}

// order walks through the steps of an order.
func (b *browser) order() {
	b.t.Helper()
	b.open("/token")
	b.follow("Softtoken bestellen")
	b.press("Nächster Schritt", nil)
	b.press("Nächster Schritt", nil)
	b.press("Bestellung abschließen", nil)
	b.expect("/token/bestellen/bestaetigung", "Ihr Softtoken ist bestellt")
}

// app is an authenticator app that was set up from a page.
type app struct {
	token token.Token
	used  int64
}

// enterCode enters the activation code and scans the QR code that comes.
func (b *browser) enterCode(code string) *app {
	b.t.Helper()
	b.open("/token/aktivieren")
	b.press("Nächster Schritt", fields{"Aktivierungscode": code})
	b.expect("/token/aktivieren/einrichten", "Softtoken einrichten")
	link, _ := b.page.Find("a[href^='otpauth:']").Attr("href")
	return newApp(b.t, link)
}

// next gives a code that this app has not shown yet.
func (a *app) next() string {
	g := a.token.Generator()
	a.used = max(a.used+1, g.Step(time.Now()))
	return g.Code(a.used).Reveal()
}

// again gives the code that was shown last.
func (a *app) again() string { return a.token.Generator().Code(a.used).Reveal() }

// wrong gives a code that is none.
func (a *app) wrong() string {
	g := a.token.Generator()
	for n := range 1_000_000 {
		code := secret.Text(fmt.Sprintf("%06d", n))
		if _, found := g.Find(code, g.Step(time.Now())-3, g.Step(time.Now())+3); !found {
			return code.Reveal()
		}
	}
	return ""
}

// activate orders a token, enters its code and finishes the set-up.
func (b *browser) activate(name string) *app {
	b.t.Helper()
	b.order()
	a := b.enterCode(b.p.code(name))
	b.press("Jetzt aktivieren", fields{"Einmalcode": a.next()})
	b.expect("/token/aktivieren/fertig", "Ihr Softtoken ist aktiviert")
	return a
}
