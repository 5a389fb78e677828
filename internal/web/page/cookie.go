package page

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"torhaus/internal/calendar"
	"torhaus/internal/login"
	"torhaus/internal/secret"
)

// cookies names the cookies of a portal. Under https the prefix __Host- makes browsers refuse one that another host, or a
// page without TLS, has set (RFC 6265bis, 4.1.3.2).
type cookies struct {
	session  string // the key of a session
	device   string // mark of a completed login, see package login
	form     string // binds the forms of visitors without a session
	language string // the language that was chosen
	secure   bool
}

func cookiesFor(base *url.URL) cookies {
	if base.Scheme == "https" {
		return cookies{
			session: "__Host-torhaus", device: "__Host-torhaus-device", form: "__Host-torhaus-form", language: "__Host-torhaus-language", secure: true,
		}
	}
	return cookies{session: "torhaus", device: "torhaus-device", form: "torhaus-form", language: "torhaus-language"}
}

// cookie makes a cookie that ends with the browser's session, or deletes it where the value is empty.
func (c cookies) cookie(name string, value secret.Text) *http.Cookie {
	made := &http.Cookie{Name: name, Value: value.Reveal(), Path: "/", HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode}
	if value == "" {
		made.MaxAge = -1
	}
	return made
}

// Cookie is a cookie as the page on data protection tells of it.
type Cookie struct{ Name, Purpose, Lasts string }

// Cookies lists all cookies that the portal ever sets.
func (b *Base) Cookies() []Cookie {
	names, closing := b.r.kit.cookies, b.T("page.cookie.lasts.browser")
	days := func(d calendar.Days) string { return b.T("page.cookie.lasts.days", int(d)) }
	lasting := b.Profile().Session
	return []Cookie{
		{names.session, b.T("page.cookie.session"), closing},
		{names.form, b.T("page.cookie.form"), closing},
		{names.device, b.T("page.cookie.device"), days(lasting.DeviceDays)},
		{names.language, b.T("page.cookie.language"), days(lasting.LanguageDays)},
	}
}

// read gives the value of a cookie. One that comes twice is none: somebody else may have set the other.
func read(r *http.Request, name string) secret.Text {
	found := r.CookiesNamed(name)
	if len(found) != 1 {
		return ""
	}
	return secret.Text(found[0].Value)
}

// Enter gives the browser the key of a session, and the mark of a completed login where there is one. Forms of a page that is
// shown with the same answer are bound to that session already.
func (r *Request) Enter(w http.ResponseWriter, in login.Entered) {
	r.entered = in.Key
	if r.Visit != nil {
		r.Visit.Session = in.Session
	}
	http.SetCookie(w, r.kit.cookies.cookie(r.kit.cookies.session, in.Key))
	if in.Device == "" {
		return
	}
	mark := r.kit.cookies.cookie(r.kit.cookies.device, in.Device)
	mark.MaxAge = seconds(r.kit.Profile.Session.DeviceDays)
	http.SetCookie(w, mark)
}

// seconds gives the age of a cookie that lasts some days.
func seconds(d calendar.Days) int { return int(d) * 24 * 60 * 60 }

// Leave takes the key of the session from the browser, and has it forget all that it kept of the portal (ASVS 14.3.1). The
// cookies are left out there, which would take the mark of a completed login too: without it a stranger's guesses slow down
// the owner of the browser.
func (r *Request) Leave(w http.ResponseWriter) {
	http.SetCookie(w, r.kit.cookies.cookie(r.kit.cookies.session, ""))
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
}

// Visitor tells who stands at the door.
func (r *Request) Visitor() login.Visitor {
	return login.Visitor{
		Address: r.kit.Address(r.Request),
		Agent:   agent(r.UserAgent()),
		Device:  read(r.Request, r.kit.cookies.device),
		Key:     read(r.Request, r.kit.cookies.session),
	}
}

// agent gives the part of a browser's name that is kept: short, and text that every database takes.
func agent(name string) string {
	const longest = 300 // bytes
	name = name[:min(len(name), longest)]
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return -1
		}
		return c
	}, strings.ToValidUTF8(name, ""))
}
