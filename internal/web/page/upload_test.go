package page_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"torhaus/internal/login"
	"torhaus/internal/web/page"
)

const uploadMost = 100_000 // bytes that the upload of these tests takes

// dock is a gate with an upload, which keeps what came.
type dock struct {
	*gate
	served int
	name   string
	file   string
	note   string
	taken  int64 // bytes of the file that were read
}

func newDock(t *testing.T) *dock {
	t.Helper()
	d := &dock{gate: newGate(t, "http://kvb.test")}
	d.handler = d.kit.Handler([]page.Route{
		page.Get("/{$}", page.Everybody, func(w http.ResponseWriter, r *page.Request) error { return formView.Show(w, r, formPage{}) }),
		page.Upload("/token", login.SeeTokens, uploadMost, d.take),
	})
	return d
}

func (d *dock) take(w http.ResponseWriter, r *page.Request) error {
	d.served++
	d.note = r.Form.Value("notiz")
	if r.File != nil {
		var b strings.Builder
		var err error
		if d.taken, err = io.Copy(&b, r.File); err != nil {
			return err
		}
		d.name, d.file = r.File.Name, b.String()
	}
	r.Redirect(w, "/token")
	return nil
}

// parts writes a multipart body.
func parts(write func(*multipart.Writer)) (io.Reader, string) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	write(m)
	_ = m.Close() // of a buffer
	return &b, m.FormDataContentType()
}

func field(m *multipart.Writer, name, value string) { _ = m.WriteField(name, value) }

func file(m *multipart.Writer, name, content string) {
	w, _ := m.CreateFormFile("datei", name)
	_, _ = io.WriteString(w, content)
}

func (d *dock) upload(body io.Reader, kind string, change func(*http.Request)) *http.Response {
	d.t.Helper()
	r := httptest.NewRequestWithContext(d.t.Context(), "POST", "http://kvb.test/token", body)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	with("one")(r)
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w.Result()
}

func TestUpload_AFileComesThroughWithTheFieldsBeforeIt(t *testing.T) {
	d := newDock(t)
	token, _ := d.token(with("one"))
	content := strings.Repeat("Schlüssel\n", uploadMost/11)
	body, kind := parts(func(m *multipart.Writer) {
		field(m, "formular", token)
		field(m, "notiz", "Lieferung vom Montag")
		file(m, `C:\Ordner\Lieferung ä`+"\u202e"+`.xml`, content)
		field(m, "spaeter", "zählt nicht")
	})
	r := d.upload(body, kind, nil)
	if r.StatusCode != http.StatusSeeOther || d.file != content || d.note != "Lieferung vom Montag" {
		t.Errorf("status %d, %d bytes, note %q", r.StatusCode, len(d.file), d.note)
	}
	if d.name != "Lieferung ä.xml" {
		t.Errorf("the file is called %q", d.name)
	}
}

func TestUpload_WithoutAFileTheFormIsAskedAgainByItsHandler(t *testing.T) {
	d := newDock(t)
	token, _ := d.token(with("one"))
	body, kind := parts(func(m *multipart.Writer) { field(m, "formular", token); file(m, "", "") })
	if r := d.upload(body, kind, nil); r.StatusCode != http.StatusSeeOther || d.served != 1 || d.file != "" {
		t.Errorf("status %d, served %d times", r.StatusCode, d.served)
	}
}

func TestUpload_WhatIsRefusedReachesNoHandler(t *testing.T) {
	type form = func(m *multipart.Writer, token string)
	tests := map[string]struct {
		form   form
		change func(*http.Request)
		status int
	}{
		"no form token": {form: func(m *multipart.Writer, _ string) { file(m, "a.xml", "x") }, status: 403},
		"made-up form token": {form: func(m *multipart.Writer, _ string) {
			field(m, "formular", strings.Repeat("0", 64))
			file(m, "a.xml", "x")
		}, status: 403},
		"form token too late": {form: func(m *multipart.Writer, token string) { file(m, "a.xml", "x"); field(m, "formular", token) }, status: 403},
		"form token as file":  {form: func(m *multipart.Writer, token string) { file(m, "formular", token) }, status: 403},
		"doubled form token": {form: func(m *multipart.Writer, token string) {
			field(m, "formular", token)
			field(m, "formular", token)
			file(m, "a.xml", "x")
		}, status: 422},
		"cross-origin post": {
			form:   func(m *multipart.Writer, token string) { field(m, "formular", token); file(m, "a.xml", "x") },
			change: func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, status: 403,
		},
		"a thousand parts": {form: func(m *multipart.Writer, token string) {
			field(m, "formular", token)
			for i := range 1000 {
				field(m, fmt.Sprint("feld", i), "")
			}
		}, status: 413},
		"a long field": {form: func(m *multipart.Writer, token string) {
			field(m, "formular", token)
			field(m, "notiz", strings.Repeat("x", 70_000))
			file(m, "a.xml", "x")
		}, status: 413},
		"announced too long": {
			form:   func(m *multipart.Writer, token string) { field(m, "formular", token); file(m, "a.xml", "x") },
			change: func(r *http.Request) { r.ContentLength = 10 * uploadMost }, status: 413,
		},
		"a plain form": {
			form:   func(*multipart.Writer, string) {},
			change: func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, status: 415,
		},
		"JSON": {
			form:   func(*multipart.Writer, string) {},
			change: func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, status: 415,
		},
		"multipart without its boundary": {
			form:   func(*multipart.Writer, string) {},
			change: func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data") }, status: 415,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDock(t)
			token, _ := d.token(with("one"))
			body, kind := parts(func(m *multipart.Writer) { test.form(m, token) })
			r := d.upload(body, kind, test.change)
			if r.StatusCode != test.status || d.served != 0 {
				t.Errorf("status %d, not %d; served %d times", r.StatusCode, test.status, d.served)
			}
		})
	}
}

func TestUpload_OfAnEndedSessionLeadsToTheLogin(t *testing.T) {
	d := newDock(t)
	token, _ := d.token(with("one"))
	delete(d.sessions, "one")
	body, kind := parts(func(m *multipart.Writer) { field(m, "formular", token); file(m, "a.xml", "x") })
	if r := d.upload(body, kind, nil); !strings.HasPrefix(r.Header.Get("Location"), "/anmelden?") || d.served != 0 {
		t.Errorf("status %d, served %d times", r.StatusCode, d.served)
	}
}

func TestUpload_AFileThatIsTooLongIsToldAndNotKept(t *testing.T) {
	for name, size := range map[string]int{"by one byte": uploadMost + 1, "by a lot": 40 * uploadMost} {
		t.Run(name, func(t *testing.T) {
			d := newDock(t)
			token, _ := d.token(with("one"))
			body, kind := parts(func(m *multipart.Writer) { field(m, "formular", token); file(m, "a.xml", strings.Repeat("x", size)) })
			r := d.upload(body, kind, func(r *http.Request) { r.ContentLength = -1 }) // in chunks, without saying how long it gets
			if r.StatusCode != http.StatusRequestEntityTooLarge || d.file != "" || document(t, r).Find("main p").Text() == "" {
				t.Errorf("status %d, %d bytes kept", r.StatusCode, len(d.file))
			}
		})
	}
	d := newDock(t)
	token, _ := d.token(with("one"))
	body, kind := parts(func(m *multipart.Writer) {
		field(m, "formular", token)
		file(m, "a.xml", strings.Repeat("x", uploadMost))
	})
	if r := d.upload(body, kind, nil); r.StatusCode != http.StatusSeeOther || d.taken != uploadMost {
		t.Errorf("the longest file that fits: status %d, %d bytes", r.StatusCode, d.taken)
	}
}

func TestUpload_ABrowserThatSendsTooMuchReadsTheAnswer(t *testing.T) {
	d := newDock(t)
	server := httptest.NewServer(d.handler)
	t.Cleanup(server.Close)
	token, _ := d.token(with("one"))
	body, kind := parts(func(m *multipart.Writer) { field(m, "formular", token); file(m, "a.xml", strings.Repeat("x", 20<<20)) })
	r := d.sendTo(server, body, kind)
	if r.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", r.StatusCode)
	}
}

// sendTo uploads over a real connection.
func (d *dock) sendTo(server *httptest.Server, body io.Reader, kind string) *http.Response {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), "POST", server.URL+"/token", body)
	if err != nil {
		d.t.Fatal(err)
	}
	r.Host = "kvb.test"
	r.Header.Set("Content-Type", kind)
	with("one")(r)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = answer.Body.Close() })
	return answer
}

func TestUpload_SlowBodyIsCutOffAfterAPause(t *testing.T) {
	d := newDock(t)
	d.kit.SetUploadPause(50 * time.Millisecond)
	server := httptest.NewServer(d.handler)
	t.Cleanup(server.Close)
	token, _ := d.token(with("one"))
	body, kind := parts(func(m *multipart.Writer) { field(m, "formular", token); file(m, "a.xml", strings.Repeat("x", 1000)) })
	half, err := io.ReadAll(io.LimitReader(body, 900))
	if err != nil {
		t.Fatal(err)
	}
	stalled, stop := io.Pipe() // gives nothing more
	t.Cleanup(func() { _ = stop.CloseWithError(errors.New("over")) })
	r := d.sendTo(server, io.MultiReader(bytes.NewReader(half), stalled), kind)
	if r.StatusCode != http.StatusRequestTimeout || d.file != "" {
		t.Errorf("status %d, %d bytes kept", r.StatusCode, len(d.file))
	}
}

func TestUpload_ABrokenConnectionLeavesNothing(t *testing.T) {
	d := newDock(t)
	token, _ := d.token(with("one"))
	body, kind := parts(func(m *multipart.Writer) { field(m, "formular", token); file(m, "a.xml", strings.Repeat("x", 1000)) })
	whole, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int{len(whole) - 600, len(whole) - 5} {
		r := d.upload(bytes.NewReader(whole[:cut]), kind, nil)
		if r.StatusCode != http.StatusBadRequest || d.file != "" {
			t.Errorf("cut at %d: status %d, %d bytes kept", cut, r.StatusCode, len(d.file))
		}
	}
	conn := &net.OpError{Op: "read", Err: errors.New("reset by peer")}
	r := d.upload(io.MultiReader(bytes.NewReader(whole[:len(whole)-600]), failing{conn}), kind, nil)
	if r.StatusCode != http.StatusBadRequest || d.file != "" {
		t.Errorf("reset: status %d, %d bytes kept", r.StatusCode, len(d.file))
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestAPlainFormStillTakesNoFile(t *testing.T) {
	g := newGate(t, "http://kvb.test")
	token, _ := g.token(with("one"))
	r := g.ask("POST", "/token", url.Values{"formular": {token}}, func(r *http.Request) {
		with("one")(r)
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	})
	if r.StatusCode != http.StatusUnsupportedMediaType || g.posted != 0 {
		t.Errorf("status %d", r.StatusCode)
	}
}
