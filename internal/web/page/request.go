package page

import (
	"errors"
	"net/http"
	"net/url"

	"torhaus/internal/account"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/text"
)

// Request is one request, with what the kit found out before the door opens.
type Request struct {
	*http.Request
	ID    string       // names the request in the log and on the page of an internal error
	Visit *login.Visit // nil where nobody is logged in
	Stale bool         // the browser holds the key of a session that has ended
	Form  Form         // what was posted; empty for GET
	File  *File        // what was uploaded with it; nil where nothing was
	Text  text.Printer

	kit     *Kit
	house   *house
	entered secret.Text // key of a session that this answer gives the browser
	binding secret.Text // binds the forms of this page where there is no session; made when the first form is shown
	route   string      // the pattern that the request met, for the log
	upload  *body       // of a request that may carry a file
}

// request begins the work on a request.
func (h *house) request(r *http.Request) *Request {
	return &Request{
		Request: r, ID: secret.NewID()[:12], kit: h.kit, house: h,
		Text: h.kit.Texts.Printer(h.kit.language(r)),
	}
}

// lookUp finds the visit that the browser's cookie belongs to, if any.
func (r *Request) lookUp() error {
	key := read(r.Request, r.kit.cookies.session)
	if key == "" {
		return nil
	}
	visit, err := r.kit.Sessions.Visit(r.Context(), key)
	if errors.Is(err, login.ErrNoSession) {
		r.Stale = true
		return nil
	}
	if err != nil {
		return err
	}
	r.Visit = &visit
	return nil
}

// admit lets the request pass, if the visit is of the realm whose page it is and has the right that the route asks for.
func (r *Request) admit(right login.Right) error {
	if right == Everybody {
		return nil
	}
	if r.Visit == nil {
		return login.ErrNoSession
	}
	if err := r.admitRealm(); err != nil {
		return err
	}
	err := r.Visit.Session.May(right)
	if fault.Is(err, fault.NotAllowed) && r.Visit.Session.Level != login.TwoFactor {
		return login.ErrNoSession // the login picks the step that is missing
	}
	return err
}

// admitRealm refuses members at the doors of staff, and staff at those of members, and tells where to go on.
func (r *Request) admitRealm() error {
	switch {
	case r.OwnRealm():
		return nil
	case r.Realm() == account.Staff:
		return Advise(fault.New(fault.NotAllowed, "page.fault.staff-only"), Link{Path: SignInTo(r.URL.Path), Text: "page.fault.to-staff-login"})
	default:
		return Advise(fault.New(fault.NotAllowed, "page.fault.members-only"), Link{Path: Console, Text: "page.fault.to-console"})
	}
}

// OwnRealm tells whether whoever is logged in is of the realm whose page was asked for.
func (r *Request) OwnRealm() bool { return r.Visit != nil && r.Visit.Realm() == r.Realm() }

// May tells whether whoever is logged in may do something.
func (r *Request) May(right login.Right) bool {
	return r.Visit != nil && r.Visit.Session.May(right) == nil
}

// Param gives a query parameter. One that comes twice is none.
func (r *Request) Param(name string) string {
	values := r.URL.Query()[name]
	if len(values) != 1 {
		return ""
	}
	return values[0]
}

// Redirect sends the browser to another page of this portal, which it gets with GET.
func (r *Request) Redirect(w http.ResponseWriter, local string) {
	w.Header().Set("Location", local)
	w.WriteHeader(http.StatusSeeOther)
}

// Absolute gives the whole address of a page, for people to hand on.
func (r *Request) Absolute(local string) string {
	return (&url.URL{Scheme: r.kit.Base.Scheme, Host: r.kit.Base.Host, Path: local}).String()
}

// Profile gives the rules of the portal, with its words in the reader's language.
func (r *Request) Profile() *profile.Profile { return r.kit.profiles[r.Text.Lang()] }
