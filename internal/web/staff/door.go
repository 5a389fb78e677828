// Package staff has the shell of the console, which is for the body's own people: its start page, the table of rights, their own
// account, and who they are. What they do there has doors of its own, in the folders below.
//
// Signing in is the business of package signin, under the console's addresses.
package staff

import (
	"embed"
	"slices"

	"torhaus/internal/login"
	"torhaus/internal/staff"
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
	Staff   *staff.Service
	Notices []page.NoticeSource // what waits, as the other doors of the console see it
}

// Routes are what can be asked of this door.
func (d Door) Routes() []page.Route {
	return slices.Concat(d.entryRoutes(), []page.Route{
		page.Get("/verwaltung", login.EnterConsole, d.Start),
		page.Get("/verwaltung/rechte", login.SeeRights, d.Rights),

		page.Get("/verwaltung/personal", login.SeeStaff, d.People),
		page.Get("/verwaltung/personal/neu", login.ManageStaff, d.AskNew),
		page.Post("/verwaltung/personal/neu", login.ManageStaff, d.AddNew),
		page.Get("/verwaltung/personal/{id}", login.SeeStaff, d.Person),
		page.Get("/verwaltung/personal/{id}/rollen", login.ManageStaff, d.AskRoles),
		page.Post("/verwaltung/personal/{id}/rollen", login.ManageStaff, d.SetRoles),
		page.Get("/verwaltung/personal/{id}/einladen", login.ManageStaff, d.ask(invite)),
		page.Post("/verwaltung/personal/{id}/einladen", login.ManageStaff, d.do(invite, d.invite)),
		page.Get("/verwaltung/personal/{id}/sperren", login.ManageStaff, d.ask(deactivate)),
		page.Post("/verwaltung/personal/{id}/sperren", login.ManageStaff, d.do(deactivate, d.deactivate)),
		page.Get("/verwaltung/personal/{id}/entsperren", login.ManageStaff, d.ask(reactivate)),
		page.Post("/verwaltung/personal/{id}/entsperren", login.ManageStaff, d.do(reactivate, d.reactivate)),
		page.Get("/verwaltung/personal/{id}/bestaetigen", login.ManageStaff, d.ask(confirm)),
		page.Post("/verwaltung/personal/{id}/bestaetigen", login.ManageStaff, d.do(confirm, d.confirm)),
		page.Get("/verwaltung/personal/{id}/einladung", login.ManageStaff, d.ask(inviteIt)),
		page.Post("/verwaltung/personal/{id}/einladung", login.ManageStaff, d.do(inviteIt, d.decide(staff.InviteAnew))),
		page.Get("/verwaltung/personal/{id}/sperre", login.ManageStaff, d.ask(barIt)),
		page.Post("/verwaltung/personal/{id}/sperre", login.ManageStaff, d.do(barIt, d.decide(staff.DeactivateIt))),
		page.Get("/verwaltung/personal/{id}/leitung", login.ManageStaff, d.ask(takeIt)),
		page.Post("/verwaltung/personal/{id}/leitung", login.ManageStaff, d.do(takeIt, d.decide(staff.TakeSupervisor))),

		page.Get("/verwaltung/konto", login.SeeOwnAccount, d.Own),
		page.Post("/verwaltung/konto/anmeldungen/beenden", login.EndSessions, d.EndSession),
		page.Post("/verwaltung/konto/anmeldungen/andere-beenden", login.EndSessions, d.EndOthers),
	})
}
