package page

import (
	"encoding/hex"
	"errors"
	"mime"
	"net/http"
	"net/url"

	"torhaus/internal/fault"
	"torhaus/internal/secret"
)

const (
	maxBody   = 64 << 10 // bytes of a form
	maxFields = 32       // of a form; no form of the portal has half as many
	tokenName = "formular"
)

// Form is a posted form. Each field came once.
type Form struct{ values url.Values }

// Value gives what was typed into a field; a field that did not come is empty.
func (f Form) Value(name string) string { return f.values.Get(name) }

// Has tells whether a field came.
func (f Form) Has(name string) bool { return f.values.Has(name) }

// Secret gives what was typed into a field for a password.
func (f Form) Secret(name string) secret.Text { return secret.Text(f.values.Get(name)) }

// readForm reads the posted form and refuses what is not a form of this portal, shown to this browser.
func (r *Request) readForm(w http.ResponseWriter) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return refusal{status: http.StatusUnsupportedMediaType}
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return refusal{status: http.StatusRequestEntityTooLarge}
		}
		return refusal{status: http.StatusBadRequest, cause: err}
	}
	if len(r.PostForm) > maxFields {
		return refusal{status: http.StatusRequestEntityTooLarge}
	}
	for _, values := range r.PostForm {
		if len(values) > 1 {
			return fault.New(fault.Invalid, "page.fault.doubled")
		}
	}
	r.Form = Form{r.PostForm}
	if !r.formIsOurs() {
		return refusal{status: http.StatusForbidden, cause: errors.New("form token does not fit")}
	}
	return nil
}

// formIsOurs tells whether the form was shown by this portal to this browser, with the session that it has now. It guards
// where browsers do not tell the origin of a request, which http.CrossOriginProtection lets pass.
func (r *Request) formIsOurs() bool {
	sum, err := hex.DecodeString(r.Form.Value(tokenName))
	binding := r.bound()
	return err == nil && binding != "" && r.kit.Keys.CheckMAC(sum, "form", binding.Reveal())
}

// bound gives what forms of this browser are bound to: its session, or a cookie where it has none.
func (r *Request) bound() secret.Text {
	switch {
	case r.entered != "":
		return r.entered
	case r.Visit != nil:
		return read(r.Request, r.kit.cookies.session)
	}
	return read(r.Request, r.kit.cookies.form)
}

// formToken makes the hidden field that shows where a form came from. A visitor without a session gets a cookie to bind it to.
func (r *Request) formToken() string {
	binding := r.bound()
	if binding == "" {
		if r.binding == "" {
			r.binding = secret.Text(secret.NewID())
		}
		binding = r.binding
	}
	return hex.EncodeToString(r.kit.Keys.MAC("form", binding.Reveal()))
}
