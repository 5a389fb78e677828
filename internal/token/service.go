package token

import (
	"context"
	"fmt"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

// Service carries the deeds out: it brings the secrets, the store and the rules together.
type Service struct {
	Store Store
	Keys  *secret.Keyset
	Rules Rules
	Paper letter.Setting // what surrounds the letters that are printed here
}

// RulesOf collects the figures of a profile that tokens obey.
func RulesOf(p *profile.Profile) Rules {
	return Rules{Token: p.Token, Letter: p.Letter, Login: p.Login, Password: p.Password.OneTime, Calendar: p.Days()}
}

// Overview reads what an account holds, with the moment at which it was so.
func (s *Service) Overview(ctx context.Context, id account.ID) (Holding, calendar.Moment, error) {
	return s.Store.Holding(ctx, id)
}

// Order places an order for a soft token. Request names the form, so that sending it twice orders once.
func (s *Service) Order(ctx context.Context, id account.ID, request string, twoFactor bool) (order Order, err error) {
	defer fault.Wrap(&err, "token.Order(%s)", id)
	n, err := s.newOrder(ctx, request)
	if err != nil {
		return Order{}, err
	}
	n.TwoFactor = twoFactor
	err = s.Store.ChangeHolding(ctx, id, func(h Holding, now calendar.Moment) (c Change, err error) {
		order, c, err = h.Place(n, s.Rules, now)
		return c, err
	})
	return order, err
}

// newOrder draws the identifiers, the serial number and the code of an order for a soft token.
func (s *Service) newOrder(ctx context.Context, request string) (NewOrder, error) {
	soft := s.Rules.Token.Soft
	number, err := s.Store.NextSerial(ctx, soft.SerialPrefix)
	if err != nil {
		return NewOrder{}, err
	}
	code := secret.Digits(s.Rules.Token.Code.Digits)
	return NewOrder{
		Request: request, ID: OrderID(secret.NewID()), Token: ID(secret.NewID()), Letter: secret.NewID(),
		Serial: fmt.Sprintf("%s%0*d", soft.SerialPrefix, soft.SerialDigits, number),
		Code:   code, Hashed: s.Keys.Hash(CodePurpose, code),
	}, nil
}

// EnterCode tries an activation code as typed. What cannot be a code is refused at the field and not counted.
func (s *Service) EnterCode(ctx context.Context, id account.ID, session, typed string) (try Try, err error) {
	defer fault.Wrap(&err, "token.EnterCode(%s)", id)
	code := secret.CleanDigits(typed)
	if len(code) != s.Rules.Token.Code.Digits {
		return Try{}, fault.InvalidField("code", "token.activate.fault.form", s.Rules.Token.Code.Digits)
	}
	fresh := secret.Random(s.Rules.Token.Soft.SecretBytes)
	err = s.Store.ChangeHolding(ctx, id, func(h Holding, now calendar.Moment) (c Change, err error) {
		matches := func(stored secret.Hashed) bool { return s.Keys.Matches(stored, CodePurpose, code) }
		try, c, err = h.EnterCode(matches, session, fresh, s.Rules, now)
		return c, err
	})
	return try, err
}

// ShowSetup gives the order under set-up and its token, with the secret the first time only.
func (s *Service) ShowSetup(ctx context.Context, id account.ID, session string) (o Order, t Token, err error) {
	defer fault.Wrap(&err, "token.ShowSetup(%s)", id)
	err = s.Store.ChangeHolding(ctx, id, func(h Holding, now calendar.Moment) (c Change, err error) {
		o, t, c, err = h.ShowSetup(session, now)
		return c, err
	})
	return o, t, err
}

// Activate tries the first one-time code as typed.
func (s *Service) Activate(ctx context.Context, id account.ID, session, typed string) (try Try, err error) {
	defer fault.Wrap(&err, "token.Activate(%s)", id)
	code := secret.CleanDigits(typed)
	if len(code) != s.Rules.Token.Soft.Digits {
		return Try{}, fault.InvalidField("otp", "token.setup.fault.form", s.Rules.Token.Soft.Digits)
	}
	err = s.Store.ChangeHolding(ctx, id, func(h Holding, now calendar.Moment) (c Change, err error) {
		try, c, err = h.Activate(session, code, s.Rules, now)
		return c, err
	})
	return try, err
}

// Suspend stops one of the account's tokens at once, and ends the sessions that it opened, but for the one in which this is done.
func (s *Service) Suspend(ctx context.Context, id account.ID, session, serial string) (t Token, err error) {
	defer fault.Wrap(&err, "token.Suspend(%s)", id)
	err = s.Store.ChangeHolding(ctx, id, func(h Holding, now calendar.Moment) (c Change, err error) {
		t, c, err = h.Suspend(serial, session, now)
		return c, err
	})
	return t, err
}
