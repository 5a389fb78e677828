package stock

import (
	"net/http"
	"net/url"
	"strconv"

	"torhaus/internal/fault"
	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

var (
	shipView   = page.NewView[shipPage](files, "ship.html")
	parcelView = page.NewView[parcelPage](files, "parcel.html")
	returnView = page.NewView[returnPage](files, "returns.html")
)

const (
	serialField = "seriennummer"
	shownWork   = 200 // lines of a work list; the next ones follow when these are done
)

// shipPage lists devices that wait to be sent.
type shipPage struct {
	page.Base
	Rows []token.Listed
	Done string // serial number of the device that was just sent
}

// ToShip lists devices that wait to be sent, those first that were ordered first.
func (d Door) ToShip(w http.ResponseWriter, r *page.Request) error {
	rows, err := d.Stock.Store.ToShip(r.Context(), shownWork)
	if err != nil {
		return err
	}
	return shipView.Show(w, r, shipPage{Rows: rows, Done: short(r.Param(doneParam))})
}

// Path gives the parcel of a device.
func (p *shipPage) Path(d token.Listed) string { return shipPath + "/" + token.SerialKey(d.Serial) }

// Model names the model of a device.
func (p *shipPage) Model(d token.Listed) string { return modelOf(&p.Base, d.Device) }

// parcelPage sends one device: print its letter, put both into the envelope, and type the number of what is in it.
type parcelPage struct {
	page.Base
	Device token.Listed
}

// Parcel shows what is to be done to send a device.
func (d Door) Parcel(w http.ResponseWriter, r *page.Request) error {
	p, err := d.parcel(r)
	if err != nil {
		return err
	}
	return parcelView.Show(w, r, p)
}

func (d Door) parcel(r *page.Request) (p parcelPage, err error) {
	if p.Device, err = d.device(r); err != nil {
		return p, err
	}
	if p.Device.State != token.Assigned {
		return p, page.Advise(fault.New(fault.Conflict, "stock.fault.not-to-ship"), toShip)
	}
	return p, nil
}

// Letter gives the letter that goes with the device.
func (d Door) Letter(w http.ResponseWriter, r *page.Request) error {
	p, err := d.parcel(r)
	if err != nil {
		return err
	}
	paper, err := d.Tokens.ShippingLetter(r.Context(), p.Device.Serial, by(r))
	if err != nil {
		return page.Advise(err, toShip)
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="versandbrief-`+token.SerialKey(p.Device.Serial)+`.pdf"`)
	w.Header().Set("Content-Length", strconv.Itoa(len(paper.PDF)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(paper.PDF) // fails where the browser has gone; nobody is left to tell
	return nil
}

// Ship notes that the device was sent, if the number of what is in the envelope is its own.
func (d Door) Ship(w http.ResponseWriter, r *page.Request) error {
	p, err := d.parcel(r)
	if err != nil {
		return err
	}
	switch typed := token.SerialKey(r.Form.Value(serialField)); typed {
	case token.SerialKey(p.Device.Serial):
	case "":
		return parcelView.Refuse(w, r, p, fault.InvalidField(serialField, "stock.fault.no-serial"))
	default:
		return parcelView.Refuse(w, r, p, fault.InvalidField(serialField, "stock.fault.other-serial", p.Device.Serial))
	}
	if _, err := d.Tokens.Ship(r.Context(), p.Device.Serial, by(r)); err != nil {
		return page.Advise(err, toShip)
	}
	r.Redirect(w, shipPath+"?"+url.Values{doneParam: {p.Device.Serial}}.Encode())
	return nil
}

// Path gives the address of the page.
func (p *parcelPage) Path() string { return shipPath + "/" + token.SerialKey(p.Device.Serial) }

// MemberPath gives the record of the member.
func (p *parcelPage) MemberPath() string { return memberPath + string(p.Device.Holder.ID) }

// SerialInput is the field for the number of what is in the envelope.
func (p *parcelPage) SerialInput() page.Input {
	return p.TextInput(serialField, p.T("stock.serial"), p.T("stock.parcel.serial-hint"), "", 60)
}

// Facts tells what goes to whom.
func (p *parcelPage) Facts() []page.Fact {
	return []page.Fact{
		p.Fact("stock.serial", p.Device.Serial),
		p.Fact("stock.fact.model", modelOf(&p.Base, p.Device.Device)),
		p.Fact("stock.fact.holder", p.Device.Holder.Person.Name(), p.T("stock.number", p.Device.Holder.Number)),
		p.Fact("stock.fact.ordered", p.Time(p.Device.Ordered)),
	}
}

// returnPage lists devices that are to come back.
type returnPage struct {
	page.Base
	Rows  []token.Listed
	Typed string
	Done  string // serial number of the device that just came back
}

// ToReturn lists devices that are to come back.
func (d Door) ToReturn(w http.ResponseWriter, r *page.Request) error {
	rows, err := d.Stock.ToReturn(r.Context(), shownWork)
	if err != nil {
		return err
	}
	return returnView.Show(w, r, returnPage{Rows: rows, Done: short(r.Param(doneParam))})
}

// Receive takes a device back, by the number typed or scanned.
func (d Door) Receive(w http.ResponseWriter, r *page.Request) error {
	p := returnPage{Typed: r.Form.Value(serialField)}
	rows, err := d.Stock.ToReturn(r.Context(), shownWork)
	if err != nil {
		return err
	}
	p.Rows = rows
	found, listed, err := d.Stock.Store.FindDevice(r.Context(), p.Typed)
	switch {
	case err != nil:
		return err
	case token.SerialKey(p.Typed) == "":
		return returnView.Refuse(w, r, p, fault.InvalidField(serialField, "stock.fault.no-serial"))
	case !listed:
		return returnView.Refuse(w, r, p, fault.InvalidField(serialField, "stock.fault.unknown-serial"))
	case found.State == token.Returned:
		return returnView.Refuse(w, r, p, fault.InvalidField(serialField, "stock.fault.already-back"))
	case found.State != token.Awaited:
		return returnView.Refuse(w, r, p, fault.InvalidField(serialField, "stock.fault.not-awaited", r.Text.T("stock.state."+string(found.State))))
	}
	if err := d.Stock.Receive(r.Context(), found.Serial, by(r)); err != nil {
		return err
	}
	r.Redirect(w, returnPath+"?"+url.Values{doneParam: {found.Serial}}.Encode())
	return nil
}

// Path gives the page of a device.
func (p *returnPage) Path(d token.Listed) string { return pathOf(d.Device) }

// SerialInput is the field for the number of what came back.
func (p *returnPage) SerialInput() page.Input {
	return p.TextInput(serialField, p.T("stock.serial"), p.T("stock.returns.serial-hint"), p.Typed, 60)
}
