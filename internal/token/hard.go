package token

import (
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/mail"
	"torhaus/internal/secret"
	"torhaus/internal/token/otp"
)

// NewDevice is what an order of a hard token needs from outside the rules: identifiers, the device, and how its orderer proved to
// be the member.
type NewDevice struct {
	Request   string
	ID        OrderID
	Token     ID
	Device    Device // in stock, with its secret
	TwoFactor bool
	Instead   string // serial number of the defective device that it is exchanged for; empty for a plain order
	Stop      bool   // the defective one logs nobody in from now on
	Session   string // in which it is ordered
}

// PlaceHard orders a hard token (KVB19): the device is the member's from now on, and waits to be sent. The same request placed twice
// gives the order that exists.
func (h Holding) PlaceHard(n NewDevice, rules Rules, now calendar.Moment) (Order, Change, error) {
	if o, ok := h.requested(n.Request); ok {
		return o, Change{}, nil
	}
	if refused := h.MayOrder(Wish{Kind: Hard, Route: ByLetter, TwoFactor: n.TwoFactor}, rules, now); refused != nil {
		return Order{}, Change{}, refused
	}
	told := mail.HardTokenOrdered{}
	var c Change
	instead, err := h.giveBack(&c, n, &told, now)
	if err != nil {
		return Order{}, Change{}, err
	}
	return h.assign(c, n, instead, told, rules, now)
}

// AssignHard gives a member a certain device of the stock, as staff do. The members' limits of orders do not count, but password
// and device still never both come by post alone.
func (h Holding) AssignHard(n NewDevice, by By, rules Rules, now calendar.Moment) (Order, Change, error) {
	if o, done, err := h.assigned(n.Request, n.Device.Serial); done {
		return o, Change{}, err
	}
	if err := h.memberStays(); err != nil {
		return Order{}, Change{}, err
	}
	rules.Token.Order.PerDay, rules.Token.Order.PerMonth, rules.Token.Hard.AwaitedMost = unlimited, unlimited, unlimited
	if refused := h.MayOrder(Wish{Kind: Hard, Route: ByLetter, TwoFactor: true}, rules, now); refused != nil {
		return Order{}, Change{}, refused
	}
	if refused := h.postedTwice(Wish{Kind: Hard, Route: ByLetter}, rules, now); refused != nil {
		return Order{}, Change{}, refused
	}
	o, c, err := h.assign(Change{}, n, "", mail.HardTokenOrdered{ByDesk: true}, rules, now)
	by.as(&c)
	return o, c, err
}

// requested finds the order that a form placed.
func (h Holding) requested(request string) (Order, bool) {
	for _, o := range h.Orders {
		if o.Request == request {
			return o, true
		}
	}
	return Order{}, false
}

// assigned finds the order that a form of staff placed. A form that gave another device is not used again: whoever sent it would
// believe that the member gets this one.
func (h Holding) assigned(request, serial string) (o Order, done bool, err error) {
	if o, done = h.requested(request); !done {
		return Order{}, false, nil
	}
	if t, ok := h.Token(o.Token); !ok || SerialKey(t.Serial) != SerialKey(serial) {
		return Order{}, true, fault.New(fault.Conflict, "token.assign.fault.form-used")
	}
	return o, true, nil
}

// memberStays refuses to send a device to a member who has left or died: nobody could activate it, and somebody else opens the envelope.
func (h Holding) memberStays() error {
	if h.Owner.State != account.Active {
		return fault.New(fault.Conflict, "token.assign.fault.member-gone")
	}
	return nil
}

func (h Holding) assign(c Change, n NewDevice, instead ID, told mail.HardTokenOrdered, rules Rules, now calendar.Moment) (Order, Change, error) {
	if open, ok := h.Open(Hard); ok {
		h.closeOpen(&c, open, now)
	}
	d := n.Device
	t := Token{
		ID: n.Token, Account: h.Owner.ID, Kind: Hard, Serial: d.Serial, State: Pending, Mode: d.Mode, Algorithm: d.Algorithm, Digits: d.Digits,
		Period: d.Period, BatteryEnd: d.BatteryEnd, Created: now.Time, Secret: d.Secret,
	}
	if d.Mode == otp.HOTP {
		t.LastStep = d.Counter - 1
	}
	o := Order{
		ID: n.ID, Request: n.Request, Account: h.Owner.ID, Token: t.ID, Kind: Hard, Route: ByLetter, State: Placed, Placed: now.Time,
		LastDay: calendar.LastDay(now.Time, rules.Token.Hard.Days), Instead: instead,
	}
	c.NewTokens, c.NewOrders, c.Secrets = []Token{t}, []Order{o}, []ID{t.ID}
	c.Devices = append(c.Devices, DeviceMove{Serial: d.Serial, From: InStock, To: Assigned, Token: t.ID})
	c.note(h.Owner, audit.Event{Kind: audit.TokenOrdered, Token: string(t.ID), Order: string(o.ID)})
	told.To, told.Greeting, told.Serial = h.Owner.MailTo(), h.Owner.Person.Greeting(), t.Serial
	told.Arrives = rules.Calendar.AddWerktage(calendar.DateOf(now.Time), rules.Letter.Arrival)
	c.mail(told)
	return o, c, nil
}

// device finds the open order of a hard token by its serial number.
func (h Holding) device(serial string) (Order, Token, error) {
	t, ok := h.BySerial(serial)
	if !ok || t.Kind != Hard {
		return Order{}, Token{}, fault.New(fault.NotFound, "token.fault.unknown")
	}
	o, ok := h.Open(Hard)
	if !ok || o.Token != t.ID || t.State != Pending {
		return Order{}, Token{}, fault.New(fault.Conflict, "token.hard.fault.no-order")
	}
	return o, t, nil
}

// parcel finds the open order of a hard token that may be sent.
func (h Holding) parcel(serial string) (Order, Token, error) {
	o, t, err := h.device(serial)
	if err == nil {
		err = h.memberStays()
	}
	return o, t, err
}

// ShippingLetter gives the letter that goes into the envelope with the device. It may be printed again.
func (h Holding) ShippingLetter(serial string, by By, rules Rules, now calendar.Moment) (letter.HardToken, Change, error) {
	o, t, err := h.parcel(serial)
	if err != nil {
		return letter.HardToken{}, Change{}, err
	}
	c := Change{Events: []audit.Event{{Kind: audit.ShippingPrinted, Account: string(h.Owner.ID), Token: string(t.ID), Order: string(o.ID)}}}
	by.as(&c)
	lastDay := o.LastDay
	if o.Shipped.IsZero() {
		lastDay = calendar.LastDay(now.Time, rules.Token.Hard.Days)
	}
	return letter.HardToken{To: h.Owner.LetterTo(), Serial: t.Serial, Ordered: calendar.DateOf(o.Placed), LastDay: lastDay}, c, nil
}

// Ship notes that a device was handed to the post; its member can activate it from now on. To an address that was replaced a short
// while ago, no device goes.
func (h Holding) Ship(serial string, by By, rules Rules, now calendar.Moment) (Order, Change, error) {
	o, t, err := h.parcel(serial)
	if err != nil {
		return Order{}, Change{}, err
	}
	if !o.Shipped.IsZero() {
		return o, Change{}, nil
	}
	o.Shipped, o.LastDay = now.Time, calendar.LastDay(now.Time, rules.Token.Hard.Days)
	if hold := h.Owner.HoldUntil(o.LastDay, rules.Letter.HoldMoved, now); !hold.IsZero() {
		from := calendar.LastDay(h.Owner.AddressChanged, rules.Letter.HoldMoved).AddDays(1)
		return Order{}, Change{}, fault.New(fault.Conflict, "token.ship.fault.address-moved", from)
	}
	c := Change{Orders: []Order{o}, Devices: []DeviceMove{{Serial: t.Serial, From: Assigned, To: Shipped, Token: t.ID}}}
	c.note(h.Owner, audit.Event{Kind: audit.TokenShipped, Token: string(t.ID), Order: string(o.ID)})
	by.as(&c)
	c.mail(mail.HardTokenShipped{
		To: h.Owner.MailTo(), Greeting: h.Owner.Person.Greeting(), Serial: t.Serial, LastDay: o.LastDay,
		Arrives: rules.Calendar.AddWerktage(calendar.DateOf(now.Time), rules.Letter.Arrival),
	})
	return o, c, nil
}

// ActivateHard checks two codes that the device showed one after the other, in a wide window, since nobody knows how far it has
// counted or what its clock says. They make the token active and are spent; the hard token before it is revoked.
func (h Holding) ActivateHard(serial string, first, second secret.Text, session string, rules Rules, now calendar.Moment) (Try, Change, error) {
	o, t, err := h.device(serial)
	if err != nil {
		return Try{}, Change{}, err
	}
	if o.Shipped.IsZero() {
		return Try{}, Change{}, fault.New(fault.Conflict, "token.hard.fault.not-sent")
	}
	if o.ExpiredAt(now) {
		return h.overdue(o, now)
	}
	step, found := twoCodes(first, second, rules, now)(t)
	if !found {
		o.Setup.Tries++
		return h.wrongTry(o, audit.SetupWrong, WrongPairs, rules.Token.Hard.Tries-o.Setup.Tries, now)
	}
	c := Change{By: session}
	h.replace(&c, o, now)
	t = t.used(step, now)
	t.State, t.Activated, t.LastUsed = Active, now.Time, time.Time{}
	o.State, o.Closed = OrderActivated, now.Time
	c.Tokens, c.Orders = append(c.Tokens, t), []Order{o}
	c.Spend = []Spend{{Token: t.ID, Step: step}}
	c.Devices = append(c.Devices, DeviceMove{Serial: t.Serial, From: Shipped, To: InUse, Token: t.ID})
	c.note(h.Owner, audit.Event{Kind: audit.TokenActivated, Token: string(t.ID), Order: string(o.ID), Session: session})
	told := mail.HardTokenActivated{To: h.Owner.MailTo(), Greeting: h.Owner.Person.Greeting(), Serial: t.Serial, At: now.Time}
	if old, ok := h.Token(o.Instead); ok {
		told.Return = old.Serial
	}
	c.mail(told)
	return Try{Outcome: Right, Order: o, Token: t}, c, nil
}

// BatteryEnds tells whether the battery of a token that its member still uses ends soon.
func (t Token) BatteryEnds(rules Rules, now calendar.Moment) bool {
	if t.Kind != Hard || t.State != Active || t.BatteryEnd.IsZero() {
		return false
	}
	return !calendar.DateOf(now.Time).Before(t.BatteryEnd.AddDays(-rules.Token.Hard.BatteryWarn))
}

// TellBatteries tells the member once that the battery of a hard token ends.
func (h Holding) TellBatteries(rules Rules, now calendar.Moment) Change {
	var c Change
	for _, t := range h.Tokens {
		if !t.BatteryEnds(rules, now) || !t.BatteryTold.IsZero() {
			continue
		}
		t.BatteryTold = now.Time
		c.Tokens = append(c.Tokens, t)
		c.mail(mail.BatteryEnding{To: h.Owner.MailTo(), Greeting: h.Owner.Person.Greeting(), Serial: t.Serial, End: t.BatteryEnd})
	}
	return c
}
