package member

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/secret"
	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

// What a member does with a hard token (KVB19): activate it, synchronise it, exchange it.
var (
	pairView     = page.NewView[pairPage](files, "hard_pair.html")
	exchangeView = page.NewView[exchangePage](files, "hard_exchange.html")
)

const (
	firstField, secondField = "first", "second"
	stopField               = "sofort"
	resyncedParam           = "abgeglichen"
)

// refusedDevice gives the error for codes of a device that were not accepted; field is where they were typed.
func refusedDevice(r *page.Request, try token.Try, field string) error {
	switch try.Outcome {
	case token.Right:
		return nil
	case token.Waiting:
		pause := waitFor(try.Wait, r.Visit.Now)
		return fault.BusyFor(pause, "login.fault.wait", pause)
	case token.Stopped:
		return page.Advise(fault.New(fault.Conflict, "token.order.fault.no-hard-token"), toOverview)
	case token.Over:
		return page.Advise(errExpiredDevice, toOrder)
	case token.Void:
		return page.Advise(fault.New(fault.Conflict, "member.hard.fault.void"), toOrder)
	case token.Wrong:
		if try.Left > 0 {
			return fault.InvalidField(field, "member.hard.fault.wrong-left", try.Left)
		}
	}
	if field == secondField {
		return fault.InvalidField(field, "member.hard.fault.wrong-pair")
	}
	return fault.InvalidField(field, "member.hard.fault.wrong")
}

var errExpiredDevice = fault.New(fault.Conflict, "member.hard.fault.expired")

// pairPage asks for two codes that a device shows one after the other.
type pairPage struct {
	page.Base
	Serial string
	Resync bool // the device is active, and its codes are not accepted any more
}

// Action is where the form goes.
func (p *pairPage) Action() string {
	if p.Resync {
		return devicePath(p.Serial, "abgleichen")
	}
	return devicePath(p.Serial, "aktivieren")
}

func devicePath(serial, deed string) string {
	return page.Tokens + "/" + url.PathEscape(serial) + "/" + deed
}

// AskPair asks for the codes that activate a device.
func (d Door) AskPair(w http.ResponseWriter, r *page.Request) error {
	p, err := d.pairPage(r)
	if err != nil {
		return err
	}
	return pairView.Show(w, r, p)
}

// pairPage fills the page, if the device waits for its activation.
func (d Door) pairPage(r *page.Request) (pairPage, error) {
	h, now, err := d.holding(r)
	if err != nil {
		return pairPage{}, err
	}
	t, ok := h.BySerial(r.PathValue("serial"))
	if !ok || t.Kind != token.Hard {
		return pairPage{}, page.Advise(fault.New(fault.NotFound, "token.fault.unknown"), toOverview)
	}
	o, ok := h.Open(token.Hard)
	switch {
	case !ok || o.Token != t.ID:
		return pairPage{}, page.Advise(fault.New(fault.Conflict, "token.hard.fault.no-order"), toOverview)
	case o.Shipped.IsZero():
		return pairPage{}, page.Advise(fault.New(fault.Conflict, "token.hard.fault.not-sent"), toOverview)
	case o.ExpiredAt(now):
		return pairPage{}, page.Advise(errExpiredDevice, toOrder)
	}
	return pairPage{Serial: t.Serial}, nil
}

func pairOf(r *page.Request) token.Pair {
	return token.Pair{First: r.Form.Value(firstField), Second: r.Form.Value(secondField)}
}

// ActivateHard checks the two codes of a device.
func (d Door) ActivateHard(w http.ResponseWriter, r *page.Request) error {
	p, err := d.pairPage(r)
	if err != nil {
		return err
	}
	try, err := d.Tokens.ActivateHard(r.Context(), r.Visit.Account.ID, string(r.Visit.Session.ID), p.Serial, pairOf(r))
	if err == nil {
		err = refusedDevice(r, try, secondField)
	}
	if err != nil {
		return pairView.Refuse(w, r, p, err)
	}
	r.Redirect(w, activatedPath+"?"+url.Values{kindField: {hardToken}}.Encode())
	return nil
}

// AskResync asks for the codes that find a device again.
func (d Door) AskResync(w http.ResponseWriter, r *page.Request) error {
	p, err := d.resyncPage(r)
	if err != nil {
		return err
	}
	return pairView.Show(w, r, p)
}

func (d Door) resyncPage(r *page.Request) (pairPage, error) {
	h, _, err := d.holding(r)
	if err != nil {
		return pairPage{}, err
	}
	t, ok := h.BySerial(r.PathValue("serial"))
	switch {
	case !ok || t.Kind != token.Hard:
		return pairPage{}, page.Advise(fault.New(fault.NotFound, "token.fault.unknown"), toOverview)
	case !t.Usable():
		return pairPage{}, page.Advise(fault.New(fault.Conflict, "token.resync.fault.not-active"), toOverview)
	}
	return pairPage{Serial: t.Serial, Resync: true}, nil
}

// Resync finds a device again whose clock or counter has run away.
func (d Door) Resync(w http.ResponseWriter, r *page.Request) error {
	p, err := d.resyncPage(r)
	if err != nil {
		return err
	}
	try, err := d.Tokens.Resync(r.Context(), r.Visit.Account.ID, string(r.Visit.Session.ID), p.Serial, pairOf(r))
	if err == nil {
		err = refusedDevice(r, try, secondField)
	}
	if err != nil {
		return pairView.Refuse(w, r, p, err)
	}
	r.Redirect(w, page.Tokens+"?"+url.Values{resyncedParam: {p.Serial}}.Encode())
	return nil
}

type exchangePage struct {
	page.Base
	Serial  string
	Usable  bool // it still logs its member in
	Last    bool // no other token would
	Request string
	Arrives calendar.Date
}

// Address gives the lines of the address that the new device goes to.
func (p *exchangePage) Address() []page.Fact {
	return []page.Fact{p.Fact("member.fact.address", p.Visit().Account.LetterTo().Lines...)}
}

// AskExchange tells how a defective device is exchanged.
func (d Door) AskExchange(w http.ResponseWriter, r *page.Request) error {
	h, now, err := d.holding(r)
	if err != nil {
		return err
	}
	t, err := h.MayExchange(r.PathValue("serial"))
	if err == nil {
		err = d.deviceRefused(r, h, now)
	}
	if err != nil {
		return page.Advise(err, toOverview)
	}
	rules := d.Tokens.Rules
	return exchangeView.Show(w, r, exchangePage{
		Serial: t.Serial, Usable: t.Usable(), Last: t.Usable() && len(h.Usable()) == 1, Request: secret.NewID(),
		Arrives: rules.Calendar.AddWerktage(calendar.DateOf(now.Time), rules.Letter.Arrival),
	})
}

// Exchange orders a new device in the place of a defective one.
func (d Door) Exchange(w http.ResponseWriter, r *page.Request) error {
	request := r.Form.Value(requestField)
	if !requestForm.MatchString(request) {
		return page.Advise(errIncomplete, toOverview)
	}
	_, err := d.Tokens.OrderHard(r.Context(), r.Visit.Account.ID, token.HardWish{
		Request: request, TwoFactor: twoFactor(r), Session: string(r.Visit.Session.ID),
		Instead: r.PathValue("serial"), Stop: r.Form.Has(stopField),
	})
	if err != nil {
		return page.Advise(err, toOverview)
	}
	r.Redirect(w, orderDone+"?"+url.Values{kindField: {hardToken}}.Encode())
	return nil
}

// ReturnLabel gives the label with which a device is sent back, to be printed.
func (d Door) ReturnLabel(w http.ResponseWriter, r *page.Request) error {
	pdf, err := d.Tokens.ReturnLabel(r.Context(), r.Visit.Account.ID, r.PathValue("serial"))
	if err != nil {
		return page.Advise(err, toOverview)
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="ruecksendeetikett.pdf"`)
	w.Header().Set("Content-Length", strconv.Itoa(len(pdf)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(pdf) // fails where the browser has gone; nobody is left to tell
	return nil
}

// waitFor gives how long to wait, in whole seconds rounded up.
func waitFor(until time.Time, now calendar.Moment) time.Duration {
	return max((until.Sub(now.Time) + time.Second - time.Nanosecond).Truncate(time.Second), time.Second)
}
