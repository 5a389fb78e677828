// Package public has the pages that anybody may see: the start page, and questions and answers.
package public

import (
	"embed"
	"net/http"
	"strings"

	"torhaus/internal/account"
	"torhaus/internal/web/page"
)

// Texts are the texts of this door.
//
//go:embed texts.*.yaml
var Texts embed.FS

//go:embed *.html
var files embed.FS

var (
	startView = page.NewView[startPage](files, "start.html")
	helpView  = page.NewView[helpPage](files, "help.html")

	rolesView      = page.NewView[rolesPage](files, "roles.html")
	peopleHelpView = page.NewView[helpPage](files, "people_help.html")
)

type startPage struct{ page.Base }

// Start shows what the portal offers: the entrance to the portal behind both factors, and the categories (KVB07).
func Start(w http.ResponseWriter, r *page.Request) error {
	if r.Profile().HasPeople() {
		return rolesView.Show(w, r, rolesPage{})
	}
	return startView.Show(w, r, startPage{})
}

// rolesPage is the start page of a portal whose members are organisations: it offers the roles (BVK19).
type rolesPage struct{ page.Base }

// AsAdministrator is where an administrator registers. Clerks do not: their administrator creates them.
func (p *rolesPage) AsAdministrator() string {
	return page.InRole(page.Register, account.Administrator)
}

// AsDataCentre is where somebody of a data centre registers.
func (p *rolesPage) AsDataCentre() string { return page.InRole(page.Register, account.DataCentre) }

type helpPage struct{ page.Base }

// answer is a question with its answer. ID lets other pages lead to it.
type answer struct{ ID, Question, Text string }

// Answer finds a question and its answer in the catalogue.
func (p *helpPage) Answer(key string, args ...any) answer {
	return answer{ID: strings.ReplaceAll(strings.TrimPrefix(key, "public.help."), ".", "-"), Question: p.T(key+".question", args...), Text: p.T(key+".answer", args...)}
}

// AppWords joins the words to search for in an app store: „Authentifizierungs-App“ oder „2FA“.
func (p *helpPage) AppWords() string { return p.Quoted(p.Profile().Token.Soft.AppWords) }

// Help shows questions and answers on the way from the order to the login.
func Help(w http.ResponseWriter, r *page.Request) error {
	if r.Profile().HasPeople() {
		return peopleHelpView.Show(w, r, helpPage{})
	}
	return helpView.Show(w, r, helpPage{})
}
