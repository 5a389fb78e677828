// Package stock has the console's pages about hard tokens as things: what lies in the cupboard, deliveries that come in, devices that
// are sent to members, and devices that come back. It is a thin face of package token. No page shows a secret.
package stock

import (
	"context"
	"embed"

	"torhaus/internal/desk"
	"torhaus/internal/login"
	"torhaus/internal/token"
	"torhaus/internal/upload"
	"torhaus/internal/web/page"
)

// Texts are the texts of this door, and of the faults of the stock in package token.
//
//go:embed texts.*.yaml
var Texts embed.FS

//go:embed *.html
var files embed.FS

// Door is the face of the stock.
type Door struct {
	Stock   *token.StockService
	Tokens  *token.Service
	Uploads *upload.Service
	Desk    *desk.Service // finds members, and notes who looked at whom
}

// The addresses of this door.
const (
	stockPath   = page.Console + "/token"
	devicesPath = stockPath + "/geraete"
	importPath  = stockPath + "/einspielen"
	shipPath    = stockPath + "/versand"
	returnPath  = stockPath + "/ruecksendungen"
	assignPath  = stockPath + "/zuordnen"
	memberPath  = page.Console + "/mitglieder/"
)

// maxFile bounds a file of devices, in bytes: a hundred thousand of them in PSKC with all that makers add.
const maxFile = 256 << 20

// Routes are what can be asked of this door.
func (d Door) Routes() []page.Route {
	const device, parcel = devicesPath + "/{serial}", shipPath + "/{serial}"
	return []page.Route{
		page.Get(stockPath, login.SeeStock, d.Overview),

		page.Get(devicesPath, login.SeeStock, d.List),
		page.Post(devicesPath, login.SeeStock, d.Search),
		page.Get(device, login.SeeStock, d.Device),
		page.Get(device+"/aussondern", login.ShipToken, d.AskScrap),
		page.Post(device+"/aussondern", login.ShipToken, d.Scrap),

		page.Get(importPath, login.ImportStock, d.AskFile),
		page.Upload(importPath, login.ImportStock, maxFile, d.TakeFile),
		page.Get(importPath+"/{upload}", login.ImportStock, d.Check),
		page.Post(importPath+"/{upload}", login.ImportStock, d.Import),

		page.Get(assignPath, login.AssignToken, d.AskAssign),
		page.Post(assignPath, login.AssignToken, d.FindHolder),
		page.Get(assignPath+"/pruefen", login.AssignToken, d.CheckAssign),
		page.Post(assignPath+"/pruefen", login.AssignToken, d.Assign),

		page.Get(shipPath, login.ShipToken, d.ToShip),
		page.Get(parcel, login.ShipToken, d.Parcel),
		page.Post(parcel, login.ShipToken, d.Ship),
		page.Post(parcel+"/brief", login.ShipToken, d.Letter),

		page.Get(returnPath, login.ShipToken, d.ToReturn),
		page.Post(returnPath, login.ShipToken, d.Receive),
	}
}

// Notices tells of devices to be sent, of those that should be back, and of a stock that runs low.
func (d Door) Notices(ctx context.Context, r *page.Request) (list []page.Notice, err error) {
	if !r.May(login.SeeStock) {
		return nil, nil
	}
	s, err := d.Stock.Overview(ctx)
	if err != nil {
		return nil, err
	}
	add := func(key string, count int, path string, urgent bool) {
		list = append(list, page.Notice{
			Title: r.Text.T("stock.notice." + key + ".title"), Text: r.Text.T("stock.notice." + key + ".text"), Count: count, Path: path, Urgent: urgent,
		})
	}
	if r.May(login.ShipToken) {
		add("ship", s.Total[token.Assigned], shipPath, false)
		add("overdue", s.Overdue, returnPath, false)
	}
	if s.Low && r.May(login.ImportStock) {
		add("low", max(1, s.Usable), stockPath, true)
	}
	return list, nil
}

// by names who does something.
func by(r *page.Request) token.By {
	return token.By{Actor: r.Visit.Account.ID, Session: string(r.Visit.Session.ID)}
}

// The pages that errors of this door lead on to.
var (
	toImport  = page.Link{Path: importPath, Text: "stock.to-import"}
	toShip    = page.Link{Path: shipPath, Text: "stock.to-ship"}
	toDevices = page.Link{Path: devicesPath, Text: "stock.to-devices"}
)

// pathOf gives the page of a device.
func pathOf(d token.Device) string { return devicesPath + "/" + token.SerialKey(d.Serial) }
