package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"math"
	"net/http"
	"strconv"
	"sync"

	"torhaus/internal/fault"
)

//go:embed *.html
var frameFiles embed.FS

// View is one page: its template, and the type that fills it, which embeds Base. The template is read when the page is shown first:
// there are more than a hundred, and a program that starts shows none of them.
type View[P any] struct{ template func() *template.Template }

type based interface{ base() *Base }

// A page that loading again does not bring back says so by a method SeenOnce; the frame then offers no link that loads it.

// frame is the template around all pages.
var frame = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(frameFiles, "layout.html", "parts.html"))
})

// NewView makes a page of a template. Where template or type are wrong, it panics, or the first showing does, which any test of the page
// meets.
func NewView[P any](files fs.FS, name string) *View[P] {
	if _, ok := any(new(P)).(based); !ok {
		panic(fmt.Sprintf("%T does not embed page.Base", *new(P)))
	}
	return &View[P]{sync.OnceValue(func() *template.Template {
		t := template.Must(frame().Clone())
		return template.Must(t.ParseFS(files, name)).Lookup("layout.html")
	})}
}

// Show answers with the page.
func (v *View[P]) Show(w http.ResponseWriter, r *Request, page P) error {
	return v.show(w, r, http.StatusOK, page)
}

// ShowAs answers with the page and another status than OK: the page itself is the answer to what went wrong.
func (v *View[P]) ShowAs(w http.ResponseWriter, r *Request, status int, page P) error {
	return v.show(w, r, status, page)
}

// Refuse shows a form again with what was wrong with it. An error that its reader cannot mend by typing comes back.
func (v *View[P]) Refuse(w http.ResponseWriter, r *Request, page P, err error) error {
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Busy {
		return err
	}
	any(&page).(based).base().wrong = f
	if f.Retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.Retry.Seconds()))))
	}
	return v.show(w, r, statusOf(f), page)
}

// show renders into memory first: whatever goes wrong, nobody sees half a page.
func (v *View[P]) show(w http.ResponseWriter, r *Request, status int, page P) error {
	base := any(&page).(based).base()
	base.r = r
	if fleeting, ok := any(&page).(interface{ SeenOnce() bool }); ok {
		base.once = fleeting.SeenOnce()
	}
	t, err := r.kit.settled(v.template(), r.Text)
	if err != nil {
		return fmt.Errorf("page.Show(%T): %w", page, err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, &page); err != nil {
		return fmt.Errorf("page.Show(%T): %w", page, err)
	}
	if r.binding != "" {
		http.SetCookie(w, r.kit.cookies.cookie(r.kit.cookies.form, r.binding))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	_, _ = b.WriteTo(w) // fails where the browser has gone; nobody is left to tell
	return nil
}
