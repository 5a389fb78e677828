// Package staff has the shell of the console, which is for the body's own people: its start page, the table of rights, their own
// account, and who they are. What they do there has doors of its own, in the folders below.
//
// Signing in is the business of package signin, under the console's addresses.
package staff

import (
	"embed"

	"torhaus/internal/login"
	"torhaus/internal/web/page"
)

// Texts are the texts of this door.
//
//go:embed texts.*.yaml
var Texts embed.FS

//go:embed *.html
var files embed.FS

// Door is the shell of the console.
type Door struct {
	Login   *login.Service
	Notices []page.NoticeSource // what waits, as the other doors of the console see it
}

// Routes are what can be asked of this door.
func (d Door) Routes() []page.Route {
	return []page.Route{
		page.Get("/verwaltung", login.EnterConsole, d.Start),
		page.Get("/verwaltung/rechte", login.SeeRights, d.Rights),
	}
}
