package page

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"torhaus/internal/fault"
	"torhaus/internal/login"
)

// refusal is a request that HTTP itself refuses, before any subject is asked.
type refusal struct {
	status int
	allow  string // methods that would do, for 405
	cause  error  // for the log
}

func (f refusal) Error() string { return fmt.Sprintf("%s: %v", http.StatusText(f.status), f.cause) }

// advised is an error with the page that leads on from it.
type advised struct {
	error
	link Link
}

func (a advised) Unwrap() error { return a.error }

// Link leads to a page; Text is a key of the catalogue.
type Link struct {
	Path, Text string
	Args       []any
}

// Advise adds to an error where to go on. The page of the error offers it as its main button.
func Advise(err error, next Link) error { return advised{err, next} }

var failureView = NewView[failurePage](frameFiles, "failure.html")

type failurePage struct {
	Base
	Title, Sentence string
	Next            string // where to go on
	NextText        string
	ID              string // shown where the support may ask for it
}

// fail turns an error into a page, or into the login where that is what is missing.
func (r *Request) fail(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, login.ErrNoSession), r.Stale && isStatus(err, http.StatusForbidden):
		r.Redirect(w, SignInTo(r.URL.Path))
		return
	case errors.Is(err, login.ErrChoose):
		r.Redirect(w, ChooseMember+"?"+url.Values{GoalField: {r.URL.Path}}.Encode())
		return
	case errors.Is(err, context.Canceled) && r.Context().Err() != nil:
		return // the browser has gone
	}
	status, page := r.failure(err)
	r.note(status, err)
	f := fault.Of(err)
	if f != nil && f.Retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.Retry.Seconds()))))
	}
	if refused, ok := errors.AsType[refusal](err); ok && refused.allow != "" {
		w.Header().Set("Allow", refused.allow)
	}
	if err := failureView.show(w, r, status, page); err != nil {
		r.kit.Log.Error("the page of an error failed", "request", r.ID, "error", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}

func isStatus(err error, status int) bool {
	refused, ok := errors.AsType[refusal](err)
	return ok && refused.status == status
}

// failure finds status and words for an error.
func (r *Request) failure(err error) (int, failurePage) {
	base := Base{r: r}
	page := failurePage{Next: base.Start(), NextText: r.Text.T("page.failure.start")}
	if _, form := r.house.routes[r.route][http.MethodGet]; form && r.Method == http.MethodPost {
		page.Next, page.NextText = r.URL.Path, r.Text.T("page.failure.again")
	}
	status := http.StatusInternalServerError
	if refused, ok := errors.AsType[refusal](err); ok {
		status = refused.status
		page.Title, page.Sentence = r.refusedWords(status)
	} else if f := fault.Of(err); f != nil && f.Kind != fault.Internal {
		status = statusOf(f)
		page.Title, page.Sentence = r.faultWords(f)
	} else {
		page.Title, page.Sentence, page.ID = r.Text.T("page.failure.internal.title"), r.Text.T("page.failure.internal.text"), r.ID
	}
	if advice, ok := errors.AsType[advised](err); ok {
		page.Next, page.NextText = advice.link.Path, r.Text.T(advice.link.Text, advice.link.Args...)
	}
	return status, page
}

// refusedWords gives title and sentence for what HTTP refuses.
func (r *Request) refusedWords(status int) (title, sentence string) {
	switch status {
	case http.StatusNotFound:
		return r.Text.T("page.failure.not-found.title"), r.Text.T("page.failure.not-found.text")
	case http.StatusMethodNotAllowed:
		return r.Text.T("page.failure.method.title"), r.Text.T("page.failure.method.text")
	case http.StatusForbidden:
		return r.Text.T("page.failure.form.title"), r.Text.T("page.failure.form.text")
	case http.StatusRequestEntityTooLarge:
		return r.Text.T("page.failure.large.title"), r.Text.T("page.failure.large.text")
	case http.StatusMisdirectedRequest:
		return r.Text.T("page.failure.host.title"), r.Text.T("page.failure.host.text")
	default:
		return r.Text.T("page.failure.request.title"), r.Text.T("page.failure.request.text")
	}
}

// faultWords gives title and sentence for a fault.
func (r *Request) faultWords(f *fault.Error) (title, sentence string) {
	sentence = r.Text.T(f.Message, f.Args...)
	for _, field := range f.Fields {
		sentence = r.Text.T(field.Message, field.Args...)
	}
	switch f.Kind {
	case fault.NotFound:
		return r.Text.T("page.failure.not-found.title"), sentence
	case fault.NotAllowed:
		return r.Text.T("page.failure.not-allowed.title"), sentence
	case fault.Busy:
		return r.Text.T("page.failure.busy.title"), sentence
	case fault.Invalid:
		return r.Text.T("page.failure.invalid.title"), sentence
	default:
		return r.Text.T("page.failure.conflict.title"), sentence
	}
}

// busyMessage is the one reason to wait that is the portal's own; every other one is something that the visitor did.
const busyMessage = "fault.busy"

// statusOf gives the status of a fault.
func statusOf(f *fault.Error) int {
	switch f.Kind {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.NotAllowed:
		return http.StatusForbidden
	case fault.Conflict:
		return http.StatusConflict
	case fault.Busy:
		if f.Message == busyMessage {
			return http.StatusServiceUnavailable
		}
		return http.StatusTooManyRequests
	default:
		return http.StatusInternalServerError
	}
}

// note writes the cause of a refused request into the log: in full where the portal failed, as a short hint elsewhere.
func (r *Request) note(status int, err error) {
	level := slog.LevelDebug
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	r.kit.Log.Log(r.Context(), level, "request refused", "request", r.ID, "status", status, "error", err.Error())
}
