// Package desk has the console's pages about members: finding one, the record with its diagnosis, and what the service desk does for
// them. It is a thin face of package desk of the subjects.
package desk

import (
	"embed"
	"slices"

	"torhaus/internal/desk"
	"torhaus/internal/login"
	"torhaus/internal/secret"
	"torhaus/internal/web/page"
)

// Texts are the texts of this door, and of the faults of package desk.
//
//go:embed texts.*.yaml
var Texts embed.FS

//go:embed *.html
var files embed.FS

// Door is the face of the service desk.
type Door struct {
	Desk    *desk.Service
	Deeds   *desk.DeedService
	Imports *desk.ImportService
	Keys    *secret.Keyset
}

// The paths of this door.
const (
	members    = page.Console + "/mitglieder"
	memberPath = members + "/{id}"
)

// Routes are what can be asked of this door, in the order in which the desk meets it.
func (d Door) Routes() []page.Route {
	return slices.Concat(
		[]page.Route{
			page.Get(members, login.SeeMembers, d.Members),
			page.Post(members, login.SeeMembers, d.Search),
			page.Get(memberPath, login.SeeMembers, d.Member),
		},
		d.deedRoutes(),
	)
}
