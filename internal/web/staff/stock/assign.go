package stock

import (
	"net/http"
	"net/url"

	"torhaus/internal/account"
	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/secret"
	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

var (
	assignView = page.NewView[assignPage](files, "assign.html")
	checkView  = page.NewView[checkPage](files, "assign_check.html")
)

const (
	deviceParam  = "geraet"
	memberParam  = "mitglied"
	requestField = "vorgang"
)

// assignPage asks which device goes to which member.
type assignPage struct {
	page.Base
	Member, Serial string     // as typed
	Found          []desk.Row // members that may be meant, if several
}

// AskAssign asks for member and device; where the page is come from a device or a member, that is filled in.
func (d Door) AskAssign(w http.ResponseWriter, r *page.Request) error {
	p := assignPage{Serial: short(r.Param(deviceParam))}
	if id := short(r.Param(memberParam)); id != "" {
		member, err := d.member(r, id)
		if err != nil {
			return err
		}
		p.Member = member.Number
	}
	return assignView.Show(w, r, p)
}

// FindHolder finds the member and the device, and leads to the page that shows both.
func (d Door) FindHolder(w http.ResponseWriter, r *page.Request) error {
	p := assignPage{Member: r.Form.Value(memberParam), Serial: r.Form.Value(serialField)}
	device, err := d.inStock(r, p.Serial)
	if fault.Is(err, fault.Conflict) {
		return assignView.Refuse(w, r, p, fault.InvalidField(serialField, "stock.fault.not-in-stock"))
	}
	if err != nil {
		return err
	}
	found, err := d.Desk.Search(r.Context(), p.Member, desk.Cursor{})
	if err != nil {
		return err
	}
	switch len(found.Rows) {
	case 0:
		return assignView.Refuse(w, r, p, fault.InvalidField(memberParam, "stock.fault.no-member"))
	case 1:
		r.Redirect(w, checkPath(string(found.Rows[0].ID), device.Serial))
		return nil
	}
	p.Found = found.Rows
	return assignView.Show(w, r, p)
}

func checkPath(member, serial string) string {
	return assignPath + "/pruefen?" + url.Values{memberParam: {member}, deviceParam: {token.SerialKey(serial)}}.Encode()
}

// Path leads on with one of several members.
func (p *assignPage) Path(row desk.Row) string { return checkPath(string(row.ID), p.Serial) }

// MemberInput is the field for the member.
func (p *assignPage) MemberInput() page.Input {
	return p.TextInput(memberParam, p.T("stock.assign.member"), p.T("stock.assign.member-hint"), p.Member, desk.LongestTyped)
}

// SerialInput is the field for the device.
func (p *assignPage) SerialInput() page.Input {
	return p.TextInput(serialField, p.T("stock.serial"), p.T("stock.assign.serial-hint"), p.Serial, 60)
}

// member gives a member, and notes the look. No account of staff is one.
func (d Door) member(r *page.Request, id string) (account.Account, error) {
	record, err := d.Desk.Open(r.Context(), r.Visit.Session, account.ID(id))
	if err != nil {
		return account.Account{}, page.Advise(err, page.Link{Path: assignPath, Text: "stock.to-assign"})
	}
	return record.Owner(), nil
}

// checkPage shows which device goes to whom, before it does.
type checkPage struct {
	page.Base
	Member  account.Account
	Device  token.Device
	Request string // names the form, so that sending it twice assigns once
}

// CheckAssign shows member and device.
func (d Door) CheckAssign(w http.ResponseWriter, r *page.Request) (err error) {
	p := checkPage{Request: secret.NewID()}
	if p.Member, err = d.member(r, short(r.Param(memberParam))); err != nil {
		return err
	}
	if p.Device, err = d.inStock(r, r.Param(deviceParam)); err != nil {
		return err
	}
	return checkView.Show(w, r, p)
}

// inStock gives a device of the stock, without its secret.
func (d Door) inStock(r *page.Request, serial string) (token.Device, error) {
	device, found, err := d.Tokens.Store.DeviceInStock(r.Context(), serial)
	device.Secret.Wipe()
	device.Secret = nil
	if err == nil && !found {
		err = page.Advise(fault.New(fault.Conflict, "stock.fault.not-in-stock"), page.Link{Path: assignPath, Text: "stock.to-assign"})
	}
	return device, err
}

// Assign gives the device to the member.
func (d Door) Assign(w http.ResponseWriter, r *page.Request) error {
	member, err := d.member(r, r.Form.Value(memberParam))
	if err != nil {
		return err
	}
	serial := r.Form.Value(deviceParam)
	if _, err := d.Tokens.AssignHard(r.Context(), member.ID, serial, r.Form.Value(requestField), by(r)); err != nil {
		return page.Advise(err, page.Link{Path: assignPath, Text: "stock.to-assign"})
	}
	if r.May(login.SeeStock) {
		r.Redirect(w, devicesPath+"/"+token.SerialKey(serial)+"?"+doneParam+"=zugeordnet")
		return nil
	}
	r.Redirect(w, memberPath+string(member.ID))
	return nil
}

// Facts tells what goes to whom.
func (p *checkPage) Facts() []page.Fact {
	a := p.Member
	return []page.Fact{
		p.Fact("stock.fact.holder", a.Person.Name(), p.T("stock.number", a.Number)),
		p.Fact("stock.fact.address", a.Address.Street, a.Address.Postcode+" "+a.Address.Town),
		p.Fact("stock.serial", p.Device.Serial),
		p.Fact("stock.fact.model", modelOf(&p.Base, p.Device)),
		p.Fact("stock.fact.codes", codesOf(&p.Base, p.Device.Mode, p.Device.Algorithm, p.Device.Digits, p.Device.Period)),
	}
}
