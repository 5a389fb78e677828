package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"torhaus/internal/account"
	"torhaus/internal/login"
	"torhaus/internal/web"
	kit "torhaus/internal/web/page"
)

// caller is somebody who asks for every page.
type caller struct {
	name    string
	realm   account.Realm // empty for nobody
	level   login.Level
	roles   []account.Role
	browser *browser
	form    string // what proves that a form is ours
}

// forAll is what one of staff may do who waits for a role to be confirmed.
var forAll = []login.Right{
	login.EnterConsole, login.SeeOwnAccount, login.SeeRights, login.StayLoggedIn, login.ChangePassword, login.EndSessions,
}

// may is what the tables of rights say: nothing that they do not name is reachable.
func (c caller) may(r kit.Route) bool {
	if r.Right == kit.Everybody {
		return true
	}
	if c.realm != kit.RealmOf(r.Path) {
		return false
	}
	if c.realm == account.Member {
		return (login.Session{Level: c.level}).May(r.Right) == nil
	}
	if c.level == login.Password {
		return r.Right == login.SetUpToken || r.Right == login.StayLoggedIn
	}
	if slices.Contains(forAll, r.Right) {
		return true
	}
	return slices.ContainsFunc(login.StaffRights(), func(row login.StaffRight) bool {
		return row.Right == r.Right && slices.ContainsFunc(row.Roles, func(role account.Role) bool { return slices.Contains(c.roles, role) })
	})
}

// callers are all sorts of people who can hold a session, or none.
func callers(p *portal) []caller {
	p.t.Helper()
	nobody, password, member := p.browser(), p.browser(), p.browser()
	password.enterTokens("max")
	member.enterPortal("hannah")
	p.employ("half", account.Supervisor, account.ServiceDesk, account.TokenStock, account.Auditor)
	p.app("half")
	half := p.browser()
	half.open("/verwaltung")
	half.press("Anmelden", fields{"Benutzername": "half", "Kennwort": staffPassword})
	list := []caller{
		{name: "nobody", browser: nobody},
		{name: "a member with the password", realm: account.Member, level: login.Password, browser: password},
		{name: "a member with two factors", realm: account.Member, level: login.TwoFactor, browser: member},
		{name: "staff of every role with the password", realm: account.Staff, level: login.Password, browser: half},
	}
	list = append(list, caller{name: "staff without a role", realm: account.Staff, level: login.TwoFactor, browser: p.console("none")})
	for _, role := range account.Roles {
		list = append(list, caller{
			name: string(role), realm: account.Staff, level: login.TwoFactor, roles: []account.Role{role}, browser: p.console(string(role), role),
		})
	}
	return list
}

// reached tells whether a request came through to the page that was asked for: it was neither sent to a login nor refused for want
// of a right. What the page then says of an empty form, or of somebody who is not there, does not matter.
func reached(route kit.Route, answer *page) bool {
	where := answer.header.Get("Location")
	toLogin := strings.HasPrefix(where, "/anmelden?ziel=") || strings.HasPrefix(where, "/verwaltung/anmelden?ziel=")
	if route.Right != kit.Everybody && answer.status == http.StatusSeeOther && toLogin {
		return false
	}
	if answer.status != http.StatusForbidden {
		return true
	}
	return !slices.ContainsFunc([]string{
		"Ihre Rolle sieht das nicht vor.", "Dieser Bereich ist für Beschäftigte.", "Diese Seite ist für Mitglieder.",
		"Dafür müssen Sie sich mit einem Einmalcode angemeldet haben.", "Das Formular ist nicht mehr gültig",
	}, func(refusal string) bool { return answer.says(refusal) })
}

// once sends a request and follows nothing.
func (b *browser) once(r *http.Request) *page {
	b.t.Helper()
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	defer func() { b.client.CheckRedirect = nil }()
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	doc, err := goquery.NewDocumentFromReader(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return &page{Document: doc, path: answer.Request.URL.Path, status: answer.StatusCode, header: answer.Header}
}

func TestMatrix_EveryRouteIsReachedByThoseWhomTheTableOfRightsNamesAndByNobodyElse(t *testing.T) {
	p := newPortal(t)
	tried, let := 0, 0
	for _, c := range callers(p) {
		c.form = c.browser.open("/kennwort-vergessen").Find("input[name=formular]").AttrOr("value", "")
		key := c.browser.cookie("torhaus")
		for _, route := range web.Routes() {
			if route.Method == http.MethodPost && strings.HasSuffix(route.Path, kit.SignOut) {
				continue // open to everybody, and it would end the session that the others need
			}
			tried++
			status, through := c.ask(t, route, key)
			if through {
				let++
			}
			if want := c.may(route); through != want {
				t.Errorf("%s: %s %s is reached: %t; the table says %t (status %d)", c.name, route.Method, route.Path, through, want, status)
			}
		}
	}
	t.Logf("%d requests, %d of them let through", tried, let)
	if tried < 9*80 {
		t.Errorf("%d requests are too few", tried)
	}
}

// ask sends one request with the key of a session and follows nothing. A form carries what proves that it is ours, but nothing else:
// it does nothing, whoever sends it.
func (c caller) ask(t *testing.T, route kit.Route, key string) (status int, through bool) {
	t.Helper()
	path := matrixPath(route.Path)
	form := url.Values{"formular": {c.form}}
	r, err := http.NewRequestWithContext(t.Context(), route.Method, home+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if route.Method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	answer := c.browser.once(r)
	if after := c.browser.cookie("torhaus"); after != key {
		t.Errorf("%s: %s %s changes the session", c.name, route.Method, path)
	}
	return answer.status, reached(route, answer)
}

// matrixPath fills the wildcards of a route with somebody and something that do not exist.
func matrixPath(pattern string) string {
	parts := strings.Split(strings.TrimSuffix(pattern, "{$}"), "/")
	for i, part := range parts {
		if strings.HasPrefix(part, "{") {
			parts[i] = "gibtesnicht"
		}
	}
	return strings.Join(parts, "/")
}

func TestMatrix_ConsoleAndMembersPagesAskForRightsOfTheirOwn(t *testing.T) {
	staffRights := map[login.Right]bool{login.SetUpToken: true}
	for _, row := range login.StaffRights() {
		staffRights[row.Right] = true
	}
	shared := []login.Right{login.StayLoggedIn, login.ChangePassword, login.EndSessions}
	open := []string{"/verwaltung/anmelden", "/verwaltung/anmelden/code", "/verwaltung/abmelden", "/verwaltung/einladung/{link}"}
	for _, route := range web.Routes() {
		where := fmt.Sprintf("%s %s asks for %q", route.Method, route.Path, route.Right)
		console := kit.RealmOf(route.Path) == account.Staff
		switch {
		case console && route.Right == kit.Everybody && !slices.Contains(open, route.Path):
			t.Errorf("%s: anybody may see it", where)
		case console && route.Right != kit.Everybody && !staffRights[route.Right]:
			t.Errorf("%s, which no role has", where)
		case !console && staffRights[route.Right] && !slices.Contains(shared, route.Right):
			t.Errorf("%s, which is one of staff", where)
		}
	}
}
