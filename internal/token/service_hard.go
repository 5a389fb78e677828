package token

import (
	"context"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/secret"
	"torhaus/internal/token/otp"
)

// errEmptyStock is met by whoever orders a hard token while no device is in stock.
var errEmptyStock = fault.New(fault.Conflict, "token.order.fault.stock-empty")

// picks bounds how often another device is picked because somebody else took the one before.
const picks = 8

// OrderDirect places an order for a soft token that a code of the hard token will activate (KVB06).
func (s *Service) OrderDirect(ctx context.Context, id account.ID, request string, twoFactor bool) (order Order, err error) {
	defer fault.Wrap(&err, "token.OrderDirect(%s)", id)
	n, err := s.newOrder(ctx, request)
	if err != nil {
		return Order{}, err
	}
	n.Direct, n.TwoFactor = true, twoFactor
	err = s.Store.ChangeHolding(ctx, id, func(h Holding, now calendar.Moment) (c Change, err error) {
		order, c, err = h.Place(n, s.Rules, now)
		return c, err
	})
	return order, err
}

// HardWish is an order of a hard token as its member asks for it. Instead and Stop are those of NewDevice.
type HardWish struct {
	Request   string
	TwoFactor bool
	Session   string
	Instead   string
	Stop      bool
}

// OrderHard orders the hard token that goes out next. Whoever is refused anyway takes none.
func (s *Service) OrderHard(ctx context.Context, id account.ID, w HardWish) (order Order, err error) {
	defer fault.Wrap(&err, "token.OrderHard(%s)", id)
	n := NewDevice{
		Request: w.Request, ID: OrderID(secret.NewID()), Token: ID(secret.NewID()), TwoFactor: w.TwoFactor,
		Instead: w.Instead, Stop: w.Stop, Session: w.Session,
	}
	held, now, err := s.Store.Holding(ctx, id)
	if err != nil {
		return Order{}, err
	}
	if order, _, err = held.PlaceHard(n, s.Rules, now); err != nil {
		return Order{}, err
	}
	if done, ok := held.requested(w.Request); ok {
		return done, nil
	}
	lasting := calendar.DateOf(now.Time).AddDays(s.Rules.Token.Hard.BatteryLast)
	for range picks {
		var found bool
		if n.Device, found, err = s.Store.PickDevice(ctx, lasting); err != nil {
			return Order{}, err
		}
		if !found {
			return Order{}, errEmptyStock
		}
		err = s.Store.ChangeHolding(ctx, id, func(h Holding, now calendar.Moment) (c Change, err error) {
			order, c, err = h.PlaceHard(n, s.Rules, now)
			return c, err
		})
		if f := fault.Of(err); f == nil || f.Message != "fault.changed-meanwhile" {
			return order, err
		}
	}
	return Order{}, err
}

// InStock tells whether a hard token could be sent now.
func (s *Service) InStock(ctx context.Context) (bool, error) {
	now, err := s.Store.Now(ctx)
	if err != nil {
		return false, err
	}
	_, found, err := s.Store.PickDevice(ctx, calendar.DateOf(now.Time).AddDays(s.Rules.Token.Hard.BatteryLast))
	return found, err
}

// AssignHard gives a member the device of the stock with this serial number, as typed by one of staff. Request names the form.
func (s *Service) AssignHard(ctx context.Context, id account.ID, serial, request string, by By) (order Order, err error) {
	defer fault.Wrap(&err, "token.AssignHard(%s)", id)
	n := NewDevice{Request: request, ID: OrderID(secret.NewID()), Token: ID(secret.NewID())}
	held, _, err := s.Store.Holding(ctx, id)
	if err != nil {
		return Order{}, err
	}
	if done, ok, err := held.assigned(request, serial); ok {
		return done, err
	}
	var found bool
	if n.Device, found, err = s.Store.DeviceInStock(ctx, serial); err != nil {
		return Order{}, err
	}
	if !found {
		return Order{}, fault.InvalidField("serial", "token.assign.fault.not-in-stock")
	}
	err = s.Store.ChangeHolding(ctx, id, func(h Holding, now calendar.Moment) (c Change, err error) {
		order, c, err = h.AssignHard(n, by, s.Rules, now)
		return c, err
	})
	return order, err
}

// ShippingLetter sets the letter that goes into the envelope with a device.
func (s *Service) ShippingLetter(ctx context.Context, serial string, by By) (paper letter.Paper, err error) {
	defer fault.Wrap(&err, "token.ShippingLetter(%s)", serial)
	var content letter.HardToken
	var order OrderID
	var today calendar.Date
	err = s.changeHolder(ctx, serial, func(h Holding, printed string, now calendar.Moment) (c Change, err error) {
		content, c, err = h.ShippingLetter(printed, by, s.Rules, now)
		if o, ok := h.Open(Hard); ok {
			order, today = o.ID, calendar.DateOf(now.Time)
		}
		return c, err
	})
	if err != nil {
		return letter.Paper{}, err
	}
	return s.Paper.Print(string(order), today, content)
}

// Ship notes that a device was handed to the post.
func (s *Service) Ship(ctx context.Context, serial string, by By) (order Order, err error) {
	defer fault.Wrap(&err, "token.Ship(%s)", serial)
	err = s.changeHolder(ctx, serial, func(h Holding, printed string, now calendar.Moment) (c Change, err error) {
		order, c, err = h.Ship(printed, by, s.Rules, now)
		return c, err
	})
	return order, err
}

// changeHolder changes what the holder of a device has; the serial number is as typed.
func (s *Service) changeHolder(ctx context.Context, serial string, deed func(Holding, string, calendar.Moment) (Change, error)) error {
	id, printed, found, err := s.Store.HolderOf(ctx, serial)
	if err != nil {
		return err
	}
	if !found {
		return fault.New(fault.NotFound, "token.fault.unknown")
	}
	return s.Store.ChangeHolding(ctx, id, func(h Holding, now calendar.Moment) (Change, error) { return deed(h, printed, now) })
}

// Pair is two codes that a device showed one after the other, as typed.
type Pair struct{ First, Second string }

// clean refuses what cannot be two codes that follow one another, at the field; nothing is counted then.
func (p Pair) clean() (first, second secret.Text, err error) {
	first, second = secret.CleanDigits(p.First), secret.CleanDigits(p.Second)
	refused := &fault.Error{Kind: fault.Invalid, Message: "fault.invalid"}
	for _, field := range []struct {
		name string
		code secret.Text
	}{{"first", first}, {"second", second}} {
		if !otp.IsCode(field.code) {
			refused.Fields = append(refused.Fields, fault.Field{Name: field.name, Message: "token.hard.fault.form"})
		}
	}
	if refused.Fields == nil && first == second {
		refused.Fields = []fault.Field{{Name: "second", Message: "token.hard.fault.same"}}
	}
	if refused.Fields != nil {
		return "", "", refused
	}
	return first, second, nil
}

// ActivateHard tries two codes of a device that came by post.
func (s *Service) ActivateHard(ctx context.Context, id account.ID, session, serial string, p Pair) (try Try, err error) {
	defer fault.Wrap(&err, "token.ActivateHard(%s)", id)
	return s.tryPair(ctx, id, p, func(h Holding, first, second secret.Text, now calendar.Moment) (Try, Change, error) {
		return h.ActivateHard(serial, first, second, session, s.Rules, now)
	})
}

// Resync tries two codes of an active device whose codes are not accepted any more.
func (s *Service) Resync(ctx context.Context, id account.ID, session, serial string, p Pair) (try Try, err error) {
	defer fault.Wrap(&err, "token.Resync(%s)", id)
	return s.tryPair(ctx, id, p, func(h Holding, first, second secret.Text, now calendar.Moment) (Try, Change, error) {
		return h.Resync(serial, first, second, session, s.Rules, now)
	})
}

func (s *Service) tryPair(ctx context.Context, id account.ID, p Pair, deed func(h Holding, first, second secret.Text, now calendar.Moment) (Try, Change, error)) (try Try, err error) {
	first, second, err := p.clean()
	if err != nil {
		return Try{}, err
	}
	err = s.Store.ChangeHolding(ctx, id, func(h Holding, now calendar.Moment) (c Change, err error) {
		try, c, err = deed(h, first, second, now)
		return c, err
	})
	return try, err
}

// EnterDirect tries a code of the hard token in the place of the activation code.
func (s *Service) EnterDirect(ctx context.Context, id account.ID, session, typed string) (try Try, err error) {
	defer fault.Wrap(&err, "token.EnterDirect(%s)", id)
	code := secret.CleanDigits(typed)
	if !otp.IsCode(code) {
		return Try{}, fault.InvalidField("code", "token.hard.fault.form")
	}
	fresh := secret.Random(s.Rules.Token.Soft.SecretBytes)
	err = s.Store.ChangeHolding(ctx, id, func(h Holding, now calendar.Moment) (c Change, err error) {
		try, c, err = h.EnterDirect(code, session, fresh, s.Rules, now)
		return c, err
	})
	return try, err
}

// ReturnLabel sets the label with which a member sends a device back.
func (s *Service) ReturnLabel(ctx context.Context, id account.ID, serial string) (pdf []byte, err error) {
	defer fault.Wrap(&err, "token.ReturnLabel(%s)", id)
	h, now, err := s.Store.Holding(ctx, id)
	if err != nil {
		return nil, err
	}
	label, err := h.ReturnLabel(serial)
	if err != nil {
		return nil, err
	}
	return s.Paper.PrintLabel(calendar.DateOf(now.Time), label)
}

// TellBatteries tells all members once whose hard token's battery ends soon. It gives their number.
func (s *Service) TellBatteries(ctx context.Context) (told int, err error) {
	defer fault.Wrap(&err, "token.TellBatteries")
	now, err := s.Store.Now(ctx)
	if err != nil {
		return 0, err
	}
	holders, err := s.Store.BatteriesEnding(ctx, calendar.DateOf(now.Time).AddDays(s.Rules.Token.Hard.BatteryWarn))
	if err != nil {
		return 0, err
	}
	for _, id := range holders {
		err := s.Store.ChangeHolding(ctx, id, func(h Holding, now calendar.Moment) (Change, error) {
			return h.TellBatteries(s.Rules, now), nil
		})
		if err != nil {
			return told, err
		}
		told++
	}
	return told, nil
}
