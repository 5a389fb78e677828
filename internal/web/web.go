// Package web mounts the doors of one portal.
package web

import (
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"slices"

	"torhaus/internal/account"
	"torhaus/internal/desk"
	"torhaus/internal/login"
	"torhaus/internal/mailroom"
	"torhaus/internal/organisation"
	"torhaus/internal/oversight"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	personnel "torhaus/internal/staff"
	"torhaus/internal/text"
	"torhaus/internal/token"
	"torhaus/internal/upload"
	"torhaus/internal/web/member"
	"torhaus/internal/web/page"
	"torhaus/internal/web/people"
	"torhaus/internal/web/public"
	"torhaus/internal/web/registration"
	"torhaus/internal/web/signin"
	"torhaus/internal/web/staff"
	staffdesk "torhaus/internal/web/staff/desk"
	"torhaus/internal/web/staff/letters"
	"torhaus/internal/web/staff/organisations"
	"torhaus/internal/web/staff/records"
	"torhaus/internal/web/staff/stock"
)

// Deps are what the doors of a portal stand on.
type Deps struct {
	Profile  *profile.Profile
	Texts    *text.Catalogue // made of Texts, and of whatever else speaks
	Keys     *secret.Keyset
	Log      *slog.Logger
	Base     *url.URL                   // where browsers reach the portal: scheme and host
	Address  func(*http.Request) string // network address of a visitor; nil takes the peer's
	Accounts *account.Service
	Login    *login.Service
	Tokens   *token.Service
	Staff    *personnel.Service

	Organisations *organisation.Service
	Directory     desk.OrganisationStore // what staff see of organisations

	Oversight *oversight.Service
	Mailroom  *mailroom.Service
	Uploads   *upload.Service
	Stock     *token.StockService
	Desk      *desk.Service
	Deeds     *desk.DeedService
	Imports   *desk.ImportService
}

// Texts are the sources of all that doors say.
func Texts() []fs.FS {
	return []fs.FS{page.Texts, public.Texts, signin.Texts, member.Texts, staff.Texts, staffdesk.Texts, records.Texts, letters.Texts, stock.Texts, people.Texts, registration.Texts, organisations.Texts}
}

// Handler serves one portal.
func Handler(d Deps) (http.Handler, error) {
	kit, err := page.New(page.Deps{
		Profile: d.Profile, Texts: d.Texts, Keys: d.Keys, Sessions: d.Login, Log: d.Log, Base: d.Base, Address: d.Address,
	})
	if err != nil {
		return nil, err
	}
	books := records.Door{Oversight: d.Oversight}
	post := letters.Door{Mailroom: d.Mailroom, Uploads: d.Uploads, Desk: d.Desk}
	var ofPeople *people.Door
	if d.Profile.HasPeople() {
		ofPeople = &people.Door{People: d.Organisations, Login: d.Login}
	}
	cupboard := stock.Door{Stock: d.Stock, Tokens: d.Tokens, Uploads: d.Uploads, Desk: d.Desk}
	counter := staffdesk.Door{Desk: d.Desk, Deeds: d.Deeds, Imports: d.Imports, Keys: d.Keys}
	notices := []page.NoticeSource{counter.RequestNotices, post.Notices, books.Notices, cupboard.Notices}
	ofOrganisations := organisations.Door{
		Desk: &desk.OrganisationService{Store: d.Directory, Rules: desk.RulesOf(d.Profile)}, Members: d.Desk, People: d.Organisations, Keys: d.Keys,
	}
	if ofPeople != nil {
		notices = append(notices, ofOrganisations.Notices)
	}
	return kit.Handler(routes(doors{
		people: ofPeople,
		sign:   signin.Door{Login: d.Login, Tokens: d.Tokens},
		member: member.Door{Accounts: d.Accounts, Tokens: d.Tokens, Login: d.Login},
		staff:  staff.Door{Login: d.Login, Staff: d.Staff, Notices: notices},

		letters: post,
		records: books,
		desk:    counter,
		stock:   cupboard,

		organisations: ofOrganisations,
	})), nil
}

// doors are all doors of a portal.
type doors struct {
	sign   signin.Door
	member member.Door
	staff  staff.Door
	people *people.Door // nil where members are persons

	letters letters.Door
	records records.Door
	desk    staffdesk.Door
	stock   stock.Door

	organisations organisations.Door // of portals whose members are organisations
}

// routes are all that can be asked of a portal, in the order in which a person meets it: members first, then the body's own people.
func routes(d doors) []page.Route {
	ofMembers := personRoutes(d.sign, d.member)
	ofRegister := d.desk.ImportRoutes()
	if d.people != nil {
		ofRegister = d.organisations.Routes()
		ofMembers = slices.Concat(registration.Door{Login: d.sign.Login}.Routes(), peopleRoutes(d.sign), d.people.Routes())
	}
	return slices.Concat(
		memberRoutes(d.sign, d.member),
		ofMembers,
		consoleRoutes(d.sign),
		d.staff.Routes(),
		d.desk.Routes(),
		ofRegister,
		d.stock.Routes(),
		d.letters.Routes(),
		d.records.Routes(),
	)
}

// consoleRoutes are the login of the body's own people.
func consoleRoutes(sign signin.Door) []page.Route {
	return []page.Route{
		page.Get("/verwaltung/anmelden", page.Everybody, sign.AskPassword),
		page.Post("/verwaltung/anmelden", page.Everybody, sign.EnterPassword),
		page.Get("/verwaltung/anmelden/code", page.Everybody, sign.AskCode),
		page.Post("/verwaltung/anmelden/code", page.Everybody, sign.EnterCode),
		page.Post("/verwaltung/sitzung/verlaengern", login.StayLoggedIn, sign.Extend),
		page.Post("/verwaltung/abmelden", page.Everybody, sign.Leave),
		page.Get("/verwaltung/abmelden", page.Everybody, sign.Left),

		page.Get("/verwaltung/konto/kennwort", login.ChangePassword, sign.AskNewPassword),
		page.Post("/verwaltung/konto/kennwort", login.ChangePassword, sign.ChangePassword),
		page.Get("/verwaltung/konto/kennwort/geaendert", login.ChangePassword, sign.PasswordChanged),
	}
}

// memberRoutes are those of every portal.
func memberRoutes(sign signin.Door, m member.Door) []page.Route {
	return []page.Route{
		page.Get("/{$}", page.Everybody, public.Start),
		page.Get("/hilfe", page.Everybody, public.Help),
		page.Get("/impressum", page.Everybody, public.Imprint),
		page.Get("/datenschutz", page.Everybody, public.Privacy),
		page.Get("/barrierefreiheit", page.Everybody, public.Accessibility),

		page.Get("/anmelden", page.Everybody, sign.AskPassword),
		page.Post("/anmelden", page.Everybody, sign.EnterPassword),
		page.Get("/anmelden/code", page.Everybody, sign.AskCode),
		page.Post("/anmelden/code", page.Everybody, sign.EnterCode),
		page.Get("/kennwort-vergessen", page.Everybody, sign.AskForgotten),
		page.Post("/kennwort-vergessen", page.Everybody, sign.SendOneTime),
		page.Get("/kennwort-vergessen/angefordert", page.Everybody, sign.OneTimeSent),

		page.Get("/start", login.EnterPortal, m.Start),

		page.Get("/konto/kennwort", login.ChangePassword, sign.AskNewPassword),
		page.Post("/konto/kennwort", login.ChangePassword, sign.ChangePassword),
		page.Get("/konto/kennwort/geaendert", login.ChangePassword, sign.PasswordChanged),

		page.Get("/konto/anmeldungen", login.SeeSessions, m.Sessions),
		page.Post("/konto/anmeldungen/beenden", login.EndSessions, m.EndSession),
		page.Post("/konto/anmeldungen/andere-beenden", login.EndSessions, m.EndOtherSessions),

		page.Post("/sitzung/verlaengern", login.StayLoggedIn, sign.Extend),
		page.Post("/abmelden", page.Everybody, sign.Leave),
		page.Get("/abmelden", page.Everybody, sign.Left),
	}
}

// personRoutes are those of portals whose members are persons: the token management, and contact data.
func personRoutes(sign signin.Door, m member.Door) []page.Route {
	return []page.Route{
		page.Get("/token-verloren", page.Everybody, sign.AskLost),
		page.Post("/token-verloren", page.Everybody, sign.EnterLost),

		page.Get("/token", login.SeeTokens, m.Overview),

		page.Get("/token/bestellen", login.OrderToken, m.OrderToken),
		page.Get("/token/bestellen/versandweg", login.OrderToken, m.OrderRoute),
		page.Get("/token/bestellen/pruefen", login.OrderToken, m.OrderCheck),
		page.Post("/token/bestellen/pruefen", login.OrderToken, m.PlaceOrder),
		page.Get("/token/bestellen/bestaetigung", login.OrderToken, m.OrderDone),

		page.Get("/token/aktivieren", login.ActivateToken, m.AskCode),
		page.Post("/token/aktivieren", login.ActivateToken, m.EnterCode),
		page.Get("/token/aktivieren/einrichten", login.ActivateToken, m.ShowSetup),
		page.Post("/token/aktivieren/einrichten", login.ActivateToken, m.Finish),
		page.Get("/token/aktivieren/fertig", login.ActivateToken, m.Activated),

		page.Get("/token/{serial}/sperren", login.SuspendToken, m.AskSuspend),
		page.Post("/token/{serial}/sperren", login.SuspendToken, m.Suspend),
		page.Get("/token/verloren", login.SuspendToken, m.Lost),
		page.Post("/token/verloren", login.SuspendToken, m.SuspendLost),

		page.Get("/token/{serial}/aktivieren", login.ActivateToken, m.AskPair),
		page.Post("/token/{serial}/aktivieren", login.ActivateToken, m.ActivateHard),
		page.Get("/token/{serial}/abgleichen", login.SynchroniseToken, m.AskResync),
		page.Post("/token/{serial}/abgleichen", login.SynchroniseToken, m.Resync),
		page.Get("/token/{serial}/austauschen", login.OrderToken, m.AskExchange),
		page.Post("/token/{serial}/austauschen", login.OrderToken, m.Exchange),
		page.Get("/token/{serial}/ruecksendung", login.SeeTokens, m.ReturnLabel),

		page.Get("/konto/kontakt", login.SeeContact, m.Contact),
		page.Get("/konto/kontakt/email", login.ChangeContact, m.AskNewEmail),
		page.Post("/konto/kontakt/email", login.ChangeContact, m.SendEmailCode),
		page.Get("/konto/kontakt/bestaetigen", login.ChangeContact, m.AskEmailCode),
		page.Post("/konto/kontakt/bestaetigen", login.ChangeContact, m.ConfirmEmail),
		page.Post("/konto/kontakt/abbrechen", login.ChangeContact, m.CancelEmail),
	}
}

// peopleRoutes are those of portals whose members are organisations: the mailed code, and whom somebody acts for.
func peopleRoutes(sign signin.Door) []page.Route {
	return []page.Route{
		page.Post(page.CodeAgain, page.Everybody, sign.SendAnother),
		page.Get(page.ChooseMember, login.ChooseMember, sign.AskMember),
		page.Post(page.ChooseMember, login.ChooseMember, sign.ChooseMember),
	}
}
