package stock

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"torhaus/internal/fault"
	"torhaus/internal/token"
	"torhaus/internal/token/otp"
	"torhaus/internal/web/page"
)

var (
	listView   = page.NewView[listPage](files, "devices.html")
	deviceView = page.NewView[devicePage](files, "device.html")
	scrapView  = page.NewView[scrapPage](files, "scrap.html")
)

// The parameters of the list. No address holds whom somebody looked for.
const (
	stateParam  = "zustand"
	batchParam  = "lieferung"
	serialParam = "nummer"
	afterParam  = "nach"
	doneParam   = "getan"
	searchField = "suche"
	reasonField = "grund"
)

const pageSize = 25

// listPage lists devices.
type listPage struct {
	page.Base
	State  token.DeviceState
	Batch  token.BatchID
	Serial string
	Typed  string
	Rows   []token.Listed
	Inside bool   // not the first page
	Next   string // address of the next page
	Held   bool   // the rows are the devices of members that were looked for
}

// List shows devices in the order of their serial numbers.
func (d Door) List(w http.ResponseWriter, r *page.Request) error {
	p := listPage{Batch: token.BatchID(short(r.Param(batchParam))), Serial: short(r.Param(serialParam))}
	if s := token.DeviceState(r.Param(stateParam)); slices.Contains(token.DeviceStates, s) {
		p.State = s
	}
	after := short(r.Param(afterParam))
	rows, err := d.Stock.Store.Devices(r.Context(), token.StockQuery{State: p.State, Batch: p.Batch, Serial: p.Serial, After: after, Most: pageSize + 1})
	if err != nil {
		return err
	}
	p.Typed, p.Inside, p.Rows = p.Serial, after != "", rows
	if len(rows) > pageSize {
		p.Rows = rows[:pageSize]
		v := p.values(p.State)
		v.Set(afterParam, p.Rows[pageSize-1].Serial)
		p.Next = devicesPath + "?" + v.Encode()
	}
	return listView.Show(w, r, p)
}

// short drops what is longer than any parameter.
func short(s string) string {
	if len(s) > 64 {
		return ""
	}
	return s
}

// Search finds devices by the beginning of a serial number, or by whose they are.
func (d Door) Search(w http.ResponseWriter, r *page.Request) error {
	p := listPage{Typed: strings.TrimSpace(r.Form.Value(searchField))}
	if p.Typed == "" || len(p.Typed) > 120 {
		return listView.Refuse(w, r, p, fault.InvalidField(searchField, "stock.fault.search"))
	}
	found, err := d.Stock.Store.Devices(r.Context(), token.StockQuery{Serial: p.Typed, Most: 2})
	switch {
	case err != nil:
		return err
	case len(found) == 1:
		r.Redirect(w, pathOf(found[0].Device))
		return nil
	case len(found) > 1:
		r.Redirect(w, devicesPath+"?"+url.Values{serialParam: {token.SerialKey(p.Typed)}}.Encode())
		return nil
	}
	p.Held = true
	if p.Rows, err = d.Stock.Store.DevicesOf(r.Context(), p.Typed, pageSize); err != nil {
		return err
	}
	for _, row := range p.Rows {
		if err := d.Desk.Look(r.Context(), r.Visit.Session, row.Holder.ID); err != nil {
			return err
		}
	}
	return listView.Show(w, r, p)
}

func (p *listPage) values(s token.DeviceState) url.Values {
	v := url.Values{}
	for name, value := range map[string]string{stateParam: string(s), batchParam: string(p.Batch), serialParam: p.Serial} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

// tab is one of the lists.
type tab struct {
	Name, Path string
	Current    bool
}

// Tabs gives the lists by state.
func (p *listPage) Tabs() []tab {
	tabs := []tab{{p.T("stock.list.all"), p.pathTo(""), !p.Held && p.State == ""}}
	for _, s := range token.DeviceStates {
		tabs = append(tabs, tab{p.T("stock.state." + string(s)), p.pathTo(s), !p.Held && p.State == s})
	}
	return tabs
}

func (p *listPage) pathTo(s token.DeviceState) string {
	if v := p.values(s); len(v) > 0 {
		return devicesPath + "?" + v.Encode()
	}
	return devicesPath
}

// First gives the address of the first page.
func (p *listPage) First() string { return p.pathTo(p.State) }

// Narrowed tells whether there is a choice to be undone.
func (p *listPage) Narrowed() bool { return p.Serial != "" || p.Batch != "" || p.Held }

// SearchInput is the field for what is looked for.
func (p *listPage) SearchInput() page.Input {
	return p.TextInput(searchField, p.T("stock.list.search"), p.T("stock.list.search-hint"), p.Typed, 120)
}

// Path gives the page of a device.
func (p *listPage) Path(d token.Listed) string { return pathOf(d.Device) }

// StateOf names the state of a device.
func (p *listPage) StateOf(d token.Listed) string { return p.T("stock.state." + string(d.State)) }

// Model names the model of a device.
func (p *listPage) Model(d token.Listed) string { return modelOf(&p.Base, d.Device) }

func modelOf(b *page.Base, d token.Device) string {
	if name := strings.TrimSpace(d.Manufacturer + " " + d.Model); name != "" {
		return name
	}
	return b.T("stock.no-model")
}

// devicePage shows one device and what became of it.
type devicePage struct {
	page.Base
	Device  token.Listed
	History []token.Happened
	Done    string
}

const shownEvents = 50

// Device shows one device. Whose it is, is a look at the member.
func (d Door) Device(w http.ResponseWriter, r *page.Request) (err error) {
	p := devicePage{Done: r.Param(doneParam)}
	if p.Device, err = d.device(r); err != nil {
		return err
	}
	if p.History, err = d.Stock.Store.DeviceEvents(r.Context(), p.Device.Device, shownEvents); err != nil {
		return err
	}
	return deviceView.Show(w, r, p)
}

// device finds the device of the address, and notes the look at its holder.
func (d Door) device(r *page.Request) (token.Listed, error) {
	found, err := d.Stock.Find(r.Context(), r.PathValue("serial"))
	if err != nil {
		return found, page.Advise(err, toDevices)
	}
	if found.Held() {
		err = d.Desk.Look(r.Context(), r.Visit.Session, found.Holder.ID)
	}
	return found, err
}

// Facts tells of the device.
func (p *devicePage) Facts() []page.Fact {
	d := p.Device
	list := []page.Fact{
		p.Fact("stock.fact.state", p.T("stock.state."+string(d.State)), p.T("stock.fact.since", p.Date(d.Since))),
		p.Fact("stock.fact.model", modelOf(&p.Base, d.Device)),
		p.Fact("stock.fact.codes", codesOf(&p.Base, d.Mode, d.Algorithm, d.Digits, d.Period)),
	}
	if !d.BatteryEnd.IsZero() {
		list = append(list, p.Fact("stock.fact.battery", p.Day(d.BatteryEnd)))
	}
	if !d.Shipped.IsZero() {
		list = append(list, p.Fact("stock.fact.shipped", p.Time(d.Shipped)))
	}
	return list
}

// codesOf describes the codes of a device: TOTP mit SHA1, 6 Stellen, alle 30 Sekunden.
func codesOf(b *page.Base, mode otp.Mode, algorithm otp.Algorithm, digits int, period time.Duration) string {
	if mode == otp.HOTP {
		return b.T("stock.codes.hotp", string(algorithm), digits)
	}
	return b.T("stock.codes.totp", string(algorithm), digits, int(period/time.Second))
}

// MemberPath gives the record of the holder.
func (p *devicePage) MemberPath() string { return memberPath + string(p.Device.Holder.ID) }

// BatchPath gives the list of the devices of the same delivery.
func (p *devicePage) BatchPath() string {
	return devicesPath + "?" + url.Values{batchParam: {string(p.Device.Batch)}}.Encode()
}

// Deed names what an event was.
func (p *devicePage) Deed(e token.Happened) string {
	return p.T("records.deed." + strings.ReplaceAll(string(e.Kind), ".", "-"))
}

// Path gives an address below the device's.
func (p *devicePage) Path() string { return pathOf(p.Device.Device) }

// Scrappable tells whether the device can be written off here.
func (p *devicePage) Scrappable() bool {
	switch p.Device.State {
	case token.InStock, token.Awaited, token.Returned:
		return true
	}
	return false
}

// AssignPath leads to a member for a device in stock.
func (p *devicePage) AssignPath() string {
	return assignPath + "?" + url.Values{deviceParam: {token.SerialKey(p.Device.Serial)}}.Encode()
}

// ShipPath leads to the parcel of a device that waits for it.
func (p *devicePage) ShipPath() string { return shipPath + "/" + token.SerialKey(p.Device.Serial) }

// scrapPage asks why a device is written off.
type scrapPage struct {
	page.Base
	Device token.Listed
	Reason token.ScrapReason
}

// AskScrap asks why.
func (d Door) AskScrap(w http.ResponseWriter, r *page.Request) (err error) {
	var p scrapPage
	if p.Device, err = d.device(r); err != nil {
		return err
	}
	return scrapView.Show(w, r, p)
}

// Scrap writes the device off.
func (d Door) Scrap(w http.ResponseWriter, r *page.Request) (err error) {
	p := scrapPage{Reason: token.ScrapReason(r.Form.Value(reasonField))}
	if p.Device, err = d.device(r); err != nil {
		return err
	}
	if !slices.Contains(token.ScrapReasons, p.Reason) {
		return scrapView.Refuse(w, r, p, fault.InvalidField(reasonField, "stock.fault.reason"))
	}
	back := page.Link{Path: pathOf(p.Device.Device), Text: "stock.to-device", Args: []any{p.Device.Serial}}
	if err := d.Stock.Scrap(r.Context(), p.Device.Serial, p.Reason, by(r)); err != nil {
		return page.Advise(err, back)
	}
	r.Redirect(w, back.Path+"?"+doneParam+"=ausgesondert")
	return nil
}

// Reasons lists the reasons to choose from.
func (p *scrapPage) Reasons() []token.ScrapReason { return token.ScrapReasons }

// Why names a reason.
func (p *scrapPage) Why(reason token.ScrapReason) string { return p.T("stock.scrap." + string(reason)) }

// Path gives the page of the device.
func (p *scrapPage) Path() string { return pathOf(p.Device.Device) }

// ReasonError gives what is wrong with the choice.
func (p *scrapPage) ReasonError() string { return errorAt(&p.Base, reasonField) }

func errorAt(b *page.Base, field string) string {
	for _, w := range b.Wrongs() {
		if w.Field == field {
			return w.Text
		}
	}
	return ""
}
