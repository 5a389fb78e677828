package account

import (
	"context"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/secret"
)

// Store keeps contact data.
type Store interface {
	// Contact reads an account with its open change, without locking anything.
	Contact(ctx context.Context, id ID) (Contact, calendar.Moment, error)
	// ChangeContact loads the same, locked, lets the deed decide, and writes the change in the same transaction. An error of the
	// deed leaves nothing.
	ChangeContact(ctx context.Context, id ID, deed func(Contact, calendar.Moment) (ContactChange, error)) error
}

// Service carries out what members change of their contact data.
type Service struct {
	Store Store
	Keys  *secret.Keyset
	Rules Rules
}

// Contact reads a member's contact data, with the moment at which they were so.
func (s *Service) Contact(ctx context.Context, id ID) (Contact, calendar.Moment, error) {
	return s.Store.Contact(ctx, id)
}

// CheckNewEmail gives a typed address in the form that is stored, or tells at the field why a code cannot be sent there now.
func (s *Service) CheckNewEmail(ctx context.Context, id ID, typed string) (email string, err error) {
	defer fault.Wrap(&err, "account.CheckNewEmail(%s)", id)
	email, ok := CheckEmail(typed)
	if !ok {
		return "", fault.InvalidField("email", "account.fault.email-form")
	}
	c, now, err := s.Store.Contact(ctx, id)
	if err != nil {
		return "", err
	}
	return email, c.MayAsk(email, s.Rules, now)
}

// AskForEmail sends a code to a new address, given in the form of CheckNewEmail.
func (s *Service) AskForEmail(ctx context.Context, id ID, email string, by Proof) (err error) {
	defer fault.Wrap(&err, "account.AskForEmail(%s)", id)
	code := secret.Digits(s.Rules.Contact.CodeDigits)
	n := NewEmail{ID: secret.NewID(), Email: email, Code: code, Hashed: s.Keys.Hash(EmailCodePurpose, code)}
	return s.Store.ChangeContact(ctx, id, func(c Contact, now calendar.Moment) (ContactChange, error) {
		return c.AskFor(n, by, s.Rules, now)
	})
}

// ConfirmEmail tries a code as typed. What cannot be a code is refused at the field and not counted.
func (s *Service) ConfirmEmail(ctx context.Context, id ID, typed string, by Proof) (o Outcome, left int, err error) {
	defer fault.Wrap(&err, "account.ConfirmEmail(%s)", id)
	code := secret.CleanDigits(typed)
	if len(code) != s.Rules.Contact.CodeDigits {
		return "", 0, fault.InvalidField("code", "account.fault.code-form", s.Rules.Contact.CodeLabel, s.Rules.Contact.CodeDigits)
	}
	err = s.Store.ChangeContact(ctx, id, func(c Contact, now calendar.Moment) (change ContactChange, err error) {
		matches := func(stored secret.Hashed) bool { return s.Keys.Matches(stored, EmailCodePurpose, code) }
		o, left, change, err = c.Confirm(matches, by, s.Rules, now)
		return change, err
	})
	return o, left, err
}

// CancelEmail ends an open change, if there is one.
func (s *Service) CancelEmail(ctx context.Context, id ID, by Proof) (err error) {
	defer fault.Wrap(&err, "account.CancelEmail(%s)", id)
	return s.Store.ChangeContact(ctx, id, func(c Contact, now calendar.Moment) (ContactChange, error) {
		return c.Cancel(by, now), nil
	})
}
