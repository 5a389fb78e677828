package page_test

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/text"
	"torhaus/internal/web/page"
)

//go:embed testdata
var files embed.FS

type formPage struct {
	page.Base
	Name string
}

var formView = page.NewView[formPage](files, "testdata/form.html")

// gate is a portal with one page of each sort, whose sessions are a map.
type gate struct {
	t        *testing.T
	kit      *page.Kit
	handler  http.Handler
	sessions map[secret.Text]login.Visit
	log      bytes.Buffer
	posted   int // forms that came through
}

func (g *gate) Visit(_ context.Context, key secret.Text) (login.Visit, error) {
	if key == "broken" {
		return login.Visit{}, errors.New("the database is on fire")
	}
	v, ok := g.sessions[key]
	if !ok {
		return login.Visit{}, login.ErrNoSession
	}
	return v, nil
}

func newGate(t *testing.T, base string) *gate {
	t.Helper()
	g := &gate{t: t, sessions: map[secret.Text]login.Visit{"one": visit(login.Password), "two": visit(login.TwoFactor)}}
	rules, err := profile.Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := text.Load(page.Texts)
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	g.kit, err = page.New(page.Deps{
		Profile: rules, Texts: texts, Keys: secret.NewKeyset(time.Now()), Sessions: g, Base: address,
		Log: slog.New(slog.NewTextHandler(&g.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	show := func(w http.ResponseWriter, r *page.Request) error { return formView.Show(w, r, formPage{}) }
	g.handler = g.kit.Handler([]page.Route{
		page.Get("/{$}", page.Everybody, show),
		page.Post("/{$}", page.Everybody, g.post),
		page.Get("/token", login.SeeTokens, show),
		page.Post("/token", login.SeeTokens, g.post),
		page.Get("/start", login.EnterPortal, show),
		page.Post("/nur-formular", login.SeeTokens, func(http.ResponseWriter, *page.Request) error { return errors.New("cause for the log") }),
		page.Get("/panic", page.Everybody, func(http.ResponseWriter, *page.Request) error { panic("Kennwort: geheim-und-lang") }),
		page.Get("/fails", page.Everybody, func(http.ResponseWriter, *page.Request) error { return errors.New("cause for the log") }),
		page.Get("/agent", page.Everybody, func(w http.ResponseWriter, r *page.Request) error {
			_, err := io.WriteString(w, r.Visitor().Agent)
			return err
		}),
		page.Get("/target", page.Everybody, func(w http.ResponseWriter, r *page.Request) error {
			target, goal := r.Target(r.Param("ziel"))
			_, err := io.WriteString(w, target+" "+string(goal))
			return err
		}),
	})
	return g
}

func visit(level login.Level) login.Visit {
	now := time.Date(2026, 11, 22, 13, 0, 0, 0, time.UTC)
	return login.Visit{
		Session: login.Session{Level: level}, Account: account.Account{ID: "a1", Person: account.Person{First: "Hannah", Last: "Brandl"}},
		Now: calendar.Moment{Time: now, Wall: now}, Until: now.Add(15 * time.Minute),
	}
}

// post stands for a deed: it counts, and refuses what the field "fault" names.
func (g *gate) post(w http.ResponseWriter, r *page.Request) error {
	g.posted++
	p := formPage{Name: r.Form.Value("name")}
	switch r.Form.Value("fault") {
	case "field":
		return formView.Refuse(w, r, p, fault.InvalidField("name", "fault.invalid"))
	case "wait":
		return formView.Refuse(w, r, p, fault.BusyFor(1500*time.Millisecond, "page.failure.busy.title"))
	case "busy":
		return fault.BusyFor(5*time.Second, "fault.busy")
	case "conflict":
		return formView.Refuse(w, r, p, fault.New(fault.Conflict, "fault.invalid"))
	case "missing":
		return fault.New(fault.NotFound, "fault.invalid")
	case "session":
		return login.ErrNoSession
	}
	r.Redirect(w, "/token")
	return nil
}

// ask sends one request as a browser with these cookies would.
func (g *gate) ask(method, target string, body url.Values, change func(*http.Request)) *http.Response {
	g.t.Helper()
	r := httptest.NewRequestWithContext(g.t.Context(), method, "http://kvb.test"+target, strings.NewReader(body.Encode()))
	if body != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	g.handler.ServeHTTP(w, r)
	return w.Result()
}

func with(key string) func(*http.Request) {
	return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "torhaus", Value: key}) }
}

func document(t *testing.T, r *http.Response) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// token reads the hidden field that a page's form carries.
func (g *gate) token(change func(*http.Request)) (string, []*http.Cookie) {
	g.t.Helper()
	r := g.ask(http.MethodGet, "/", nil, change)
	value, _ := document(g.t, r).Find("main form input[name=formular]").Attr("value")
	return value, r.Cookies()
}
