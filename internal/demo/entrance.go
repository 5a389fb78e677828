package demo

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/web/page"
)

//go:embed *.html demo.css
var files embed.FS

// entrance is what answers at the entrance's own host: the pages for visitors and the JSON for scripts.
type entrance struct {
	*house
	shared page.Shared
	pages  map[string]*template.Template
	css    []byte
}

func newEntrance(h *house) (http.Handler, error) {
	shared, err := page.SharedFiles()
	if err != nil {
		return nil, err
	}
	e := &entrance{house: h, shared: shared, pages: map[string]*template.Template{}}
	functions := template.FuncMap{"asset": shared.Asset, "moment": calendar.GermanTime}
	for _, name := range []string{"entrance.html", "post.html", "mail.html", "devices.html"} {
		e.pages[name], err = template.New("frame.html").Funcs(functions).ParseFS(files, "frame.html", name)
		if err != nil {
			return nil, err
		}
	}
	if e.css, err = files.ReadFile("demo.css"); err != nil {
		return nil, err
	}
	return e.routes(), nil
}

func (e *entrance) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", e.showEntrance)
	mux.HandleFunc("GET /demo/post", e.showPost)
	mux.HandleFunc("GET /demo/devices", e.showDevices)
	mux.HandleFunc("GET /demo/devices.json", e.tellDevices)
	mux.HandleFunc("POST /demo/devices/{portal}/{serial}", e.pressButton)
	mux.HandleFunc("GET /demo/mails/{portal}/{id}", e.showMail)
	mux.HandleFunc("GET /demo/letters/{portal}/{file}", e.showLetter)
	mux.HandleFunc("GET /demo/demo.css", func(w http.ResponseWriter, _ *http.Request) { send(w, "text/css; charset=utf-8", e.css) })
	mux.HandleFunc("GET /demo.json", e.tellDemo)
	mux.HandleFunc("GET /demo/post.json", e.tellPost)
	mux.HandleFunc("POST /demo/clock", e.moveClock)
	mux.HandleFunc("GET /assets/", func(w http.ResponseWriter, r *http.Request) {
		if !e.shared.Serve(w, r) {
			http.NotFound(w, r)
		}
	})
	return withHeaders(http.NewCrossOriginProtection().Handler(mux))
}

func withHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// view is the data of the demo's pages.
type view struct {
	Now     time.Time
	Moved   bool // the clock was moved
	Portals []portalView
	Post    post
	Mail    mailView
	Devices []deviceView
}

func (e *entrance) show(w http.ResponseWriter, name string, v view) {
	v.Now, v.Moved = e.clock.Now(), e.clock.Offset() > 0
	var b bytes.Buffer
	if err := e.pages[name].Execute(&b, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	send(w, "text/html; charset=utf-8", b.Bytes())
}

// send answers with content whose length is known. That the visitor is gone meanwhile is no fault of ours.
func send(w http.ResponseWriter, kind string, content []byte) {
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(content)
}

func (e *entrance) showEntrance(w http.ResponseWriter, _ *http.Request) {
	e.show(w, "entrance.html", view{Portals: e.portalViews()})
}

func (e *entrance) showPost(w http.ResponseWriter, _ *http.Request) {
	p, err := e.post.read()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	e.show(w, "post.html", view{Post: p})
}

func (e *entrance) showMail(w http.ResponseWriter, r *http.Request) {
	m, ok := e.post.mail(r.PathValue("portal"), r.PathValue("id"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	e.show(w, "mail.html", view{Mail: mailView{To: strings.Join(m.To, ", "), Subject: m.Subject, Text: m.Text, Received: m.Received}})
}

func (e *entrance) showLetter(w http.ResponseWriter, r *http.Request) {
	id, ok := strings.CutSuffix(r.PathValue("file"), ".pdf")
	pdf, err := e.post.pdf(r.PathValue("portal"), id)
	if !ok || err != nil {
		http.NotFound(w, r)
		return
	}
	send(w, "application/pdf", pdf)
}

func (e *entrance) tellPost(w http.ResponseWriter, _ *http.Request) {
	p, err := e.post.read()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	tell(w, p)
}

func (e *entrance) tellDemo(w http.ResponseWriter, _ *http.Request) {
	tell(w, struct {
		Now     time.Time    `json:"now"`
		Portals []portalView `json:"portals"`
	}{e.clock.Now(), e.portalViews()})
}

func tell(w http.ResponseWriter, v any) {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	send(w, "application/json", append(b, '\n'))
}

// move is what the clock is asked for: one of the two.
type move struct {
	Advance string `json:"advance"` // as in "336h"
	To      string `json:"to"`      // RFC 3339, or "next-quarter"
}

const maxMove = 4 << 10

// moveClock moves the clock. A script sends JSON and gets the new time; a form leads back to the entrance.
func (e *entrance) moveClock(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxMove)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	form := kind == "application/x-www-form-urlencoded"
	m, err := readMove(r, form)
	if err == nil {
		err = e.clock.move(m)
	}
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
	case form:
		http.Redirect(w, r, "/", http.StatusSeeOther)
	default:
		tell(w, map[string]time.Time{"now": e.clock.Now()})
	}
}

func readMove(r *http.Request, form bool) (m move, err error) {
	if form {
		err = r.ParseForm()
		return move{Advance: r.PostForm.Get("advance"), To: r.PostForm.Get("to")}, err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return m, errMove
	}
	return m, nil
}

var errMove = errors.New(`say {"advance":"336h"} or {"to":"2026-12-06T22:59:59Z"}`)

func (c *clock) move(m move) error {
	switch {
	case (m.Advance == "") == (m.To == ""):
		return errMove
	case m.To == "next-quarter":
		return c.to(nextQuarter(c.Now()))
	case m.To != "":
		t, err := time.Parse(time.RFC3339, m.To)
		if err != nil {
			return errMove
		}
		return c.to(t)
	default:
		d, err := time.ParseDuration(m.Advance)
		if err != nil {
			return errMove
		}
		return c.advance(d)
	}
}
