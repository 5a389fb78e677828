package page

import (
	"net/http"
	"net/url"
	"path"
	"strings"

	"torhaus/internal/account"
	"torhaus/internal/login"
)

// The paths that the frame, or more than one door, leads to.
const (
	Home     = "/"
	SignIn   = "/anmelden"
	SignCode = "/anmelden/code"
	SignOut  = "/abmelden"
	Portal   = "/start"
	Tokens   = "/token"
	Order    = "/token/bestellen"
	Activate = "/token/aktivieren"
	Help     = "/hilfe"
	Contact  = "/konto/kontakt"
	Logins   = "/konto/anmeldungen"
	Extend   = "/sitzung/verlaengern"
	Password = "/konto/kennwort"
	Forgot   = "/kennwort-vergessen"

	People = "/benutzer" // where administrators look after an organisation's people

	LostToken = "/token/verloren" // where tokens are suspended, behind the public page that asks for the password
)

// Console is the start page of the body's own people. All that is theirs lies below it, and nothing of members does.
const Console = "/verwaltung"

// Where staff find members: persons with their accounts, organisations, and the people of data centres.
const (
	Members       = Console + "/mitglieder"
	Organisations = Console + "/organisationen"
	Centres       = Console + "/rechenzentren"
)

// Paths are what both realms have under addresses of their own.
type Paths struct {
	Start    string // with both factors
	SignIn   string
	SignCode string
	SignOut  string
	Password string
	Logins   string
	Extend   string
}

var paths = map[account.Realm]Paths{
	account.Member: {Start: Portal, SignIn: SignIn, SignCode: SignCode, SignOut: SignOut, Password: Password, Logins: Logins, Extend: Extend},
	account.Staff: {
		Start: Console, SignIn: Console + SignIn, SignCode: Console + SignCode, SignOut: Console + SignOut, Password: Console + Password,
		Logins: Console + Logins, Extend: Console + Extend,
	},
}

// RealmOf tells whose page a path is.
func RealmOf(path string) account.Realm {
	if path == Console || strings.HasPrefix(path, Console+"/") {
		return account.Staff
	}
	return account.Member
}

// Realm tells whose page was asked for.
func (r *Request) Realm() account.Realm { return RealmOf(r.URL.Path) }

// Paths gives the addresses of the realm whose page was asked for.
func (r *Request) Paths() Paths { return paths[r.Realm()] }

// GoalField names the query parameter and the form field that carry where somebody wants to go after logging in.
const GoalField = "ziel"

// SignInTo gives the address of the login that leads to a path afterwards: the one of the path's realm.
func SignInTo(target string) string {
	return paths[RealmOf(target)].SignIn + "?" + url.Values{GoalField: {target}}.Encode()
}

// Target reads where somebody wants to go after logging in: a page of this portal, and of the realm whose login it is, that asks for
// a right. Whatever else was given, an address of another host included, leads to the realm's start page.
func (r *Request) Target(raw string) (target string, goal login.Goal) {
	right, ok := r.house.right(raw)
	if !ok || RealmOf(raw) != r.Realm() {
		return r.Paths().Start, login.ToPortal
	}
	if r.Realm() == account.Staff || r.kit.Profile.HasPeople() {
		return raw, login.ToPortal
	}
	if (login.Session{Level: login.Password}).May(right) == nil {
		return raw, login.ToTokens
	}
	return raw, login.ToPortal
}

// right finds the right that the page under a local path asks for.
func (h *house) right(raw string) (login.Right, bool) {
	if !isLocalPath(raw) {
		return "", false
	}
	_, pattern := h.mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: raw}})
	route, ok := h.routes[pattern][http.MethodGet]
	return route.Right, ok && route.Right != Everybody
}

// isLocalPath tells a plain path of this host from everything that a browser could take for another one: "//host", "/\host",
// "https:host", control characters, dots that climb.
func isLocalPath(raw string) bool {
	if !strings.HasPrefix(raw, "/") || len(raw) > 200 || path.Clean(raw) != raw {
		return false
	}
	return !strings.ContainsFunc(raw, func(c rune) bool { return c == '\\' || c == '?' || c == '#' || c == '%' || c <= ' ' || c >= 0x7f })
}
