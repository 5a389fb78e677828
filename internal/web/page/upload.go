package page

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"time"
	"unicode"

	"torhaus/internal/fault"
	"torhaus/internal/login"
)

// How long an upload may take.
const (
	uploadPause  = 30 * time.Second // without a byte
	uploadWithin = 15 * time.Minute // in all
	uploadAnswer = time.Minute      // for what becomes of it
)

const (
	maxFileName = 120     // signs of a file's name that are kept
	maxDrain    = 1 << 30 // bytes that are read and forgotten, so that the browser hears why they are too many
)

// Upload makes the route of a form that carries a file of at most so many bytes (enctype multipart/form-data). The handler
// reads Request.File as it comes; it is never in memory or on the disk as a whole.
//
// The fields of the form come before the file, as they stand in the template: the form is known to be ours before the first byte of
// the file is read. Fields behind the file do not count.
func Upload(path string, right login.Right, most int64, serve Handler) Route {
	return Route{Method: http.MethodPost, Path: path, Right: right, Most: most, Serve: serve}
}

// workWithin is how long a page may work on a large file before it answers.
const workWithin = 5 * time.Minute

// TakeTime lets a page work longer than others before it answers, as reading a large file does.
func TakeTime(w http.ResponseWriter) error {
	err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(workWithin))
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// File is what was uploaded, read once.
type File struct {
	Name string // as its owner calls it, for people to read; no path
	from io.Reader
	left int64
}

// Read gives the next bytes. Of a file that is too long it gives an error that handlers give back.
func (f *File) Read(p []byte) (int, error) {
	n, err := f.from.Read(p)
	if f.left -= int64(n); f.left < 0 {
		return 0, refusal{status: http.StatusRequestEntityTooLarge, cause: errors.New("the file is too long")}
	}
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	return n, uploadRefused(err)
}

// uploadRefused tells what an upload that breaks off is refused with.
func uploadRefused(err error) error {
	if _, known := errors.AsType[refusal](err); known {
		return err
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return refusal{status: http.StatusRequestTimeout, cause: err}
	}
	return refusal{status: http.StatusBadRequest, cause: err}
}

// body is the body of an upload: it may come slowly, but it has to come.
type body struct {
	io.Reader
	wait  *http.ResponseController
	pause time.Duration
	until time.Time
	left  int64
}

func (b *body) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, refusal{status: http.StatusRequestEntityTooLarge, cause: errors.New("the upload is too long")}
	}
	deadline := time.Now().Add(b.pause)
	if b.until.Before(deadline) {
		deadline = b.until
	}
	if err := b.wait.SetReadDeadline(deadline); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	n, err := b.Reader.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// serveUpload carries out a route that takes a file.
func (h *house) serveUpload(w http.ResponseWriter, r *Request, route Route) error {
	err := r.readUpload(w, route.Most)
	if err == nil {
		err = route.Serve(w, r)
	}
	r.drain(err)
	return err
}

// readUpload reads the fields of the form up to the file, refuses what is not a form of this portal, and lays the file ready.
func (r *Request) readUpload(w http.ResponseWriter, most int64) error {
	wait := http.NewResponseController(w)
	until := time.Now().Add(uploadWithin)
	if err := wait.SetWriteDeadline(until.Add(uploadAnswer)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	content := &body{Reader: r.Body, wait: wait, pause: r.kit.pause, until: until, left: maxBody}
	r.Body, r.upload = io.NopCloser(content), content
	parts, err := r.MultipartReader()
	if err != nil {
		return refusal{status: http.StatusUnsupportedMediaType, cause: err}
	}
	values := url.Values{}
	part, err := readFields(parts, values)
	if err != nil {
		return err
	}
	r.Form = Form{values}
	if !r.formIsOurs() {
		return refusal{status: http.StatusForbidden, cause: errors.New("form token does not fit")}
	}
	if part == nil {
		return nil
	}
	if r.ContentLength > most+maxBody {
		return refusal{status: http.StatusRequestEntityTooLarge, cause: fmt.Errorf("%d bytes were announced", r.ContentLength)}
	}
	content.left = most + maxBody
	r.File = &File{Name: fileName(part.FileName()), from: part, left: most}
	return nil
}

// readFields reads the parts of a form up to the first that is a file, or to its end.
func readFields(parts *multipart.Reader, values url.Values) (*multipart.Part, error) {
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, uploadRefused(err)
		}
		if part.FileName() != "" {
			return part, nil
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, uploadRefused(err)
		}
		if values.Has(part.FormName()) {
			return nil, fault.New(fault.Invalid, "page.fault.doubled")
		}
		if values.Set(part.FormName(), string(value)); len(values) > maxFields {
			return nil, refusal{status: http.StatusRequestEntityTooLarge}
		}
	}
}

// fileName gives what is shown of a file's name: no folders, no signs that nobody sees, and not too long.
func fileName(raw string) string {
	name := []rune(strings.Map(func(c rune) rune {
		if unicode.IsPrint(c) {
			return c
		}
		return -1
	}, path.Base(strings.ReplaceAll(strings.ToValidUTF8(raw, ""), `\`, "/"))))
	return string(name[:min(len(name), maxFileName)])
}

// drain takes what a browser still sends of an upload that is refused: it reads no answer before it has sent all.
func (r *Request) drain(err error) {
	if r.upload == nil || !isStatus(err, http.StatusRequestEntityTooLarge) {
		return
	}
	r.upload.left = maxDrain
	_, _ = io.Copy(io.Discard, r.upload) // whoever does not stop sending hears nothing
}
