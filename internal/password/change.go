package password

import (
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
)

// Change is what a deed changes. The store writes it with its consequences in one transaction, or not at all.
type Change struct {
	Set         *Set // a new personal password
	New         []OneTime
	Use         []OneTimeID // spent by this deed; whoever comes second fails
	Void        []OneTimeID
	Wrong       bool // a wrong one-time code was given where the password is forgotten
	Letters     []letter.Draft
	VoidLetters []string
	Jobs        []job.Request
	Events      []audit.Event
}

// Set puts a new personal password in the place of the one that the deed was decided on.
type Set struct {
	Old, New Hash
	ByPost   time.Time // see State
}

// Proof says how somebody who sets a new password has proved to be the member.
type Proof struct {
	OneTime OneTimeID // the one-time password that was given; empty where the current password was
	Token   bool      // and a one-time code of a token
}

// errOver is met by whoever sets a password with a one-time password that was used, voided or has run out meanwhile.
var errOver = fault.New(fault.Conflict, "password.fault.one-time-over")

// Replace sets a new personal password. It spends the one-time password that opened the way, and voids one that is still on its
// way. That the one-time password came by post is remembered until the person proves a token.
func (s State) Replace(hash Hash, proof Proof, owner account.Account, now calendar.Moment) (Change, error) {
	c := Change{Set: &Set{Old: s.Hash, New: hash, ByPost: s.ByPost}}
	kind := audit.PasswordChanged
	if proof.OneTime != "" {
		used, ok := s.OneTime(proof.OneTime)
		if !ok || !used.ValidAt(now) {
			return Change{}, errOver
		}
		c.Use, kind = []OneTimeID{used.ID}, audit.PasswordRenewed
		if used.Way == ByLetter {
			c.Set.ByPost = now.Time
		} else {
			proof.Token = true // it was given for a code of a token
		}
	}
	if proof.Token {
		c.Set.ByPost = time.Time{}
	}
	if open, ok := s.Open(); ok && open.ID != proof.OneTime {
		c.void(open, string(owner.ID), owner)
	}
	c.note(audit.Event{Kind: kind, Actor: string(owner.ID)}, owner)
	return c, nil
}

// void ends a one-time password that is not used any more, with its letter if that is still here.
func (c *Change) void(o OneTime, actor string, owner account.Account) {
	c.Void = append(c.Void, o.ID)
	c.note(audit.Event{Kind: audit.OneTimeVoided, Actor: actor, Letter: o.Letter.ID, Reason: string(o.Way)}, owner)
	if o.Letter.ID != "" && o.Letter.HandedOver.IsZero() {
		c.VoidLetters = append(c.VoidLetters, o.Letter.ID)
		c.note(audit.Event{Kind: audit.LetterVoided, Actor: actor, Letter: o.Letter.ID}, owner)
	}
}

func (c *Change) note(e audit.Event, owner account.Account) {
	e.Account = string(owner.ID)
	c.Events = append(c.Events, e)
}
