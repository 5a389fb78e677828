package page

import (
	"context"
	"net/http"
	"strings"

	"torhaus/internal/account"
	"torhaus/internal/login"
)

// Entry is a line of the console's navigation.
type Entry struct {
	Path, Name string
	Current    bool
}

// entries are all entries of the console's navigation, each with the right that its page asks for.
var entries = []struct {
	path, name string
	right      login.Right
}{
	{Console, "page.console.start", login.EnterConsole},
	{Members, "page.console.members", login.SeeMembers},
	{Organisations, "page.console.members", login.SeeMembers},
	{Console + "/freigaben", "page.console.decisions", login.Decide},
	{Console + "/token", "page.console.tokens", login.SeeStock},
	{Console + "/briefe", "page.console.letters", login.SeeLetters},
	{Console + "/protokoll", "page.console.audit", login.SeeAudit},
	{Console + "/zahlen", "page.console.figures", login.SeeFigures},
	{Console + "/personal", "page.console.staff", login.SeeStaff},
	{Console + "/rechte", "page.console.rights", login.SeeRights},
	{Console + "/konto", "page.console.account", login.SeeOwnAccount},
}

// Navigation gives the entries of the console that whoever is logged in may open; none for members.
func (b *Base) Navigation() []Entry {
	if b.r.Visit == nil || b.r.Visit.Realm() != account.Staff {
		return nil
	}
	var list []Entry
	for _, e := range entries {
		if !b.served(e.path) || !b.May(e.right) || e.path == Members && b.served(Organisations) {
			continue
		}
		list = append(list, Entry{Path: e.path, Name: b.T(e.name), Current: b.at(e.path) || e.path == Organisations && (b.at(Members) || b.at(Centres))})
	}
	return list
}

// served tells whether this portal has a page.
func (b *Base) served(path string) bool {
	_, there := b.r.house.routes[path][http.MethodGet]
	return there
}

// at tells whether the page is this one or lies below it.
func (b *Base) at(path string) bool {
	here := b.r.URL.Path
	return here == path || path != Console && strings.HasPrefix(here, path+"/")
}

// SetUp is where one of staff sets up a token, and Invitation where the link of an invitation leads, with its secret behind it.
const (
	SetUp      = Console + "/einrichten"
	Invitation = Console + "/einladung"
)

// Notice is a card on the console's start page: something waits. Doors make them, in the reader's language.
type Notice struct {
	Title  string // what it is: „Späte Briefe“
	Count  int    // how many; a notice of nothing is not shown
	Text   string // what to do, in one sentence
	Path   string // where that is done
	Urgent bool   // stands first and says so
}

// NoticeSource gives what waits for whoever is logged in, as a door sees it: nothing where they may do nothing about it. It is asked
// on every visit of the start page, so it counts and lists nothing.
type NoticeSource func(context.Context, *Request) ([]Notice, error)
