package app_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"torhaus/internal/account"
	"torhaus/internal/app"
	"torhaus/internal/config"
	"torhaus/internal/letter"
	"torhaus/internal/mail/mailsink"
	"torhaus/internal/secret"
	"torhaus/internal/store/storetest"
)

const typedPassword = secret.Text("Amsel-Garten-27!")

// installation is a running program with one portal, as `torhaus serve` would run it.
type installation struct {
	t      *testing.T
	config config.Portal
	app    *app.App
	clock  *storetest.Clock
	browse *browser
	stop   func() // ends the program as SIGTERM would
}

// change lets a test break a part before the start.
func start(t *testing.T, change func(*config.Portal)) *installation {
	t.Helper()
	return startWith(t, func(c *config.Config, _ *app.Options) { change(&c.Portals[0]) })
}

func startWith(t *testing.T, change func(*config.Config, *app.Options)) *installation {
	t.Helper()
	dir := t.TempDir()
	keys := filepath.Join(dir, "keys.json")
	if err := secret.NewKeyset(time.Now()).Save(keys); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := &url.URL{Scheme: "http", Host: "kvb.localhost:" + portOf(t, l.Addr().String())}
	c := &config.Config{Portals: []config.Portal{{
		Profile: "kvb", URL: base, Database: "sqlite:" + filepath.Join(dir, "portal.db"), Keys: keys, Spool: filepath.Join(dir, "spool"),
		AuditHeads: filepath.Join(dir, "audit-heads"), PrintCentre: config.OpenLetters,
		SMTP: config.SMTP{Host: "127.0.0.1", Port: 1, TLS: config.TLSNone, Timeout: time.Second},
	}}}
	if err := errors.Join(os.Mkdir(c.Portals[0].Spool, 0o700), os.Mkdir(c.Portals[0].AuditHeads, 0o700)); err != nil {
		t.Fatal(err)
	}
	storetest.Lay(t, filepath.Join(dir, "portal.db"))
	i := &installation{t: t, clock: &storetest.Clock{}, browse: newBrowser(t, l.Addr().String(), base)}
	options := app.Options{Log: discard(), Offset: i.clock.Offset}
	change(c, &options)
	i.config = c.Portals[0]
	if i.app, err = app.Open(t.Context(), c, options); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- i.app.Run(ctx, l, i.app.Handler()) }()
	i.stop = sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-ended, i.app.Close()); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(i.stop)
	err = i.app.Portals[0].CreateMember(t.Context(), account.Account{
		ID: "anna", UserName: "abeispiel", State: account.Active, Email: "anna@praxis.example",
		Person:  account.Person{First: "Anna", Last: "Beispiel"},
		Address: account.Address{Street: "Marienplatz 1", Postcode: "80331", Town: "München"},
	}, typedPassword)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func portOf(t *testing.T, address string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// browser keeps cookies and sends the forms that it sees.
type browser struct {
	t         *testing.T
	base      *url.URL
	http      *http.Client
	forwarded []string // lines of X-Forwarded-For
}

func newBrowser(t *testing.T, address string, base *url.URL) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address) // *.localhost is no name that every resolver knows
	}}
	t.Cleanup(transport.CloseIdleConnections)
	b := &browser{t: t, base: base}
	b.http = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if b.forwarded != nil {
			r.Header["X-Forwarded-For"] = b.forwarded
		}
		return transport.RoundTrip(r)
	}), Jar: jar, Timeout: 20 * time.Second}
	return b
}

// roundTrip is a function that carries out requests.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// sql opens the portal's database beside the program, as somebody with all rights in it would.
func (i *installation) sql() *sql.DB {
	i.t.Helper()
	driver, address := "pgx", i.config.Database
	if file, ok := strings.CutPrefix(address, "sqlite:"); ok {
		driver, address = "sqlite", "file:"+file+"?_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		i.t.Fatal(err)
	}
	i.t.Cleanup(func() { _ = db.Close() })
	return db
}

func (b *browser) get(path string) (*http.Response, *goquery.Document) {
	b.t.Helper()
	r, err := b.http.Get(b.base.String() + path)
	return b.read(r, err)
}

// submit fills the form on the page at path and sends it.
func (b *browser) submit(path string, typed map[string]string) (*http.Response, *goquery.Document) {
	b.t.Helper()
	_, page := b.get(path)
	values := url.Values{}
	page.Find("main form input[name]").Each(func(_ int, input *goquery.Selection) {
		values.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	for name, value := range typed {
		values.Set(name, value)
	}
	r, err := b.http.PostForm(b.base.String()+page.Find("main form").AttrOr("action", ""), values)
	return b.read(r, err)
}

func (b *browser) read(r *http.Response, err error) (*http.Response, *goquery.Document) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	page, err := goquery.NewDocumentFromReader(r.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := r.Body.Close(); err != nil {
		b.t.Fatal(err)
	}
	return r, page
}

// orderForm is the form that places the order of a soft token by letter.
const orderForm = "/token/bestellen/pruefen?art=softtoken&weg=brief"

// order logs in with the password and orders a soft token.
func (i *installation) order() *goquery.Document {
	i.t.Helper()
	i.browse.submit("/anmelden", map[string]string{"user": "abeispiel", "password": typedPassword.Reveal()})
	r, page := i.browse.submit(orderForm, nil)
	if r.StatusCode != http.StatusOK || r.Request.URL.Path != "/token/bestellen/bestaetigung" {
		i.t.Fatalf("order: %d at %s: %s", r.StatusCode, r.Request.URL.Path, page.Find("main").Text())
	}
	return page
}

func TestOrderStandsThoughMailServerAndSpoolAreDown_AndHealsWithoutRestart(t *testing.T) {
	port := freePort(t)
	i := start(t, func(c *config.Portal) {
		c.SMTP.Port = port
		c.Spool += "/not/there"
	})
	begun := time.Now()
	i.order()
	t.Logf("ordered in %s", time.Since(begun).Round(time.Millisecond))
	_, overview := i.browse.get("/token")
	if !strings.Contains(overview.Find("main").Text(), "ST00000001") {
		t.Error("the overview does not show the order")
	}
	faults := map[string]bool{}
	for _, f := range i.app.Portals[0].Examine(t.Context()) {
		faults[f.Part] = f.Fault != nil
	}
	if !faults["mail"] || !faults["spool"] || faults["database"] {
		t.Errorf("the doctor says %v", faults)
	}

	// both come back
	if err := os.MkdirAll(i.config.Spool, 0o700); err != nil {
		t.Fatal(err)
	}
	sink, err := mailsink.Start(net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sink.Close() })
	i.clock.Advance(time.Hour) // the pause before the next try
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := sink.Wait(ctx, func(m mailsink.Mail) bool { return strings.HasPrefix(m.Subject, "Bestellung") }); err != nil {
		t.Error(err)
	}
	waitForLetter(ctx, t, i.config.Spool)
}

func waitForLetter(ctx context.Context, t *testing.T, spool string) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if found, err := letter.List(spool); err == nil && len(found) == 1 {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal("the letter did not come")
		case <-tick.C:
		}
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

func TestServe_KnowsNothingOfTheDemo(t *testing.T) {
	i := start(t, func(*config.Portal) {})
	for _, path := range []string{"/demo.json", "/demo/post.json", "/demo/clock", "/demo/post"} {
		if r, _ := i.browse.get(path); r.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, r.StatusCode)
		}
	}
	r, err := i.browse.http.Post(i.browse.base.JoinPath("/demo/clock").String(), "application/json", strings.NewReader(`{"advance":"24h"}`))
	if r, _ := i.browse.read(r, err); r.StatusCode != http.StatusNotFound {
		t.Errorf("POST /demo/clock: %d", r.StatusCode)
	}
}

func TestForeignHostNameIsToldNothing(t *testing.T) {
	i := start(t, func(*config.Portal) {})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, i.browse.base.JoinPath("/anmelden").String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "evil.example"
	r, err := i.browse.http.Do(request)
	r, page := i.browse.read(r, err)
	if r.StatusCode != http.StatusMisdirectedRequest || strings.Contains(page.Text(), "Kassenärztliche") {
		t.Errorf("%d %s", r.StatusCode, page.Text())
	}
}
