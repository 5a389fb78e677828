package page

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"
)

// ServeHTTP answers every request with a page, a redirect or a file, and writes one line about it.
func (h *house) ServeHTTP(w http.ResponseWriter, plain *http.Request) {
	letOthers()
	started := time.Now()
	answer := &answer{ResponseWriter: w}
	h.kit.setHeaders(answer.Header())
	if h.kit.assets.serve(answer, plain) {
		return
	}
	r := h.request(plain)
	defer func() { r.log(answer, time.Since(started)) }()
	if err := h.caught(answer, r); err != nil {
		r.fail(answer, err)
	}
}

// letOthers lets whoever waits for a core go first. A browser that sends its next request at once would otherwise keep the core for
// the whole 10 ms of a time slice while all others wait, each the more the faster a page is.
func letOthers() { runtime.Gosched() }

// caught turns a panic into an error, so that one page cannot take the portal down.
func (h *house) caught(w http.ResponseWriter, r *Request) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return h.serve(w, r)
}

// answer remembers what was answered, for the log.
type answer struct {
	http.ResponseWriter
	status, size int
}

func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.size += n
	return n, err
}

// Unwrap lets http.ResponseController reach the writer below.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// log writes the one line about a request. It has the pattern, not what was asked for in detail: no query, no form, no name.
func (r *Request) log(a *answer, took time.Duration) {
	attributes := []slog.Attr{
		slog.String("request", r.ID), slog.String("method", r.Method), slog.String("route", r.route),
		slog.Int("status", a.status), slog.Int("bytes", a.size), slog.Duration("took", took.Round(time.Microsecond)),
	}
	if r.Visit != nil {
		attributes = append(attributes, slog.String("account", string(r.Visit.Account.ID)))
	}
	r.kit.Log.LogAttrs(r.Context(), slog.LevelInfo, "request", attributes...)
}

// setHeaders tells browsers what pages of this portal never do: load from elsewhere, run scripts that stand in a page, stand in
// a frame.
func (k *Kit) setHeaders(header http.Header) {
	header.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "+
		"form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "same-origin") // no-referrer would make browsers hide the origin of our own forms
	header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cache-Control", "no-store")
	if len(k.Texts.Languages()) > 1 {
		header.Set("Vary", "Accept-Language, Cookie")
	}
	if k.https() {
		header.Set("Strict-Transport-Security", "max-age=63072000")
	}
}
