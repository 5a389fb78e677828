package staff

import (
	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/password"
	"torhaus/internal/secret"
	"torhaus/internal/token"
)

// Entry is all that the steps of an invitation are decided on.
type Entry struct {
	Login      login.State
	Invitation Invitation // the newest one of the account; its zero value if there never was one
}

// EntryChange is what such a step changes.
type EntryChange struct {
	Login login.Change
	Use   string // the invitation that is spent; whoever comes second fails
}

// errGone is met by whoever comes with a link that works no more, or never did.
var errGone = fault.New(fault.NotFound, "staff.invitation.fault.gone")

// accept spends the link: the password that was chosen is set, every other session ends, a new one of level password opens, and the
// set-up of a token begins in it.
func (e Entry) accept(a acceptance, rules Rules, now calendar.Moment) (login.Entered, EntryChange, error) {
	owner := e.Login.Holding.Owner
	if e.Invitation.ID != a.invitation || !e.Invitation.ValidAt(now) || owner.State != account.Active || owner.Realm != account.Staff {
		return login.Entered{}, EntryChange{}, errGone
	}
	in, c := e.Login.Admit(a.key, a.from, now)
	c.Password = password.Change{Set: &password.Set{Old: e.Login.Password.Hash, New: a.hash}}
	c.Token = e.Login.Holding.Enrol(a.order, string(in.Session.ID), a.secret, rules.Token, now)
	c.Events = append(c.Events, audit.Event{
		Kind: audit.StaffInvitationUsed, Actor: string(owner.ID), Account: string(owner.ID), Session: string(in.Session.ID),
	})
	return in, EntryChange{Login: c, Use: a.invitation}, nil
}

// acceptance is a chosen password on its way to the store.
type acceptance struct {
	invitation string
	hash       password.Hash
	key        secret.Text
	from       login.Visitor
	order      token.NewOrder
	secret     secret.Bytes
}

// MaySetUp tells whether a session of one of staff may set up a token: it has proved the password that came of the newest invitation,
// within the time of that, and there is no token yet.
func (e Entry) MaySetUp(s login.Session, now calendar.Moment) bool {
	i := e.Invitation
	return s.Realm == account.Staff && s.Level == login.Password && s.OneTime == "" && !i.Used.IsZero() && now.Before(i.Until) &&
		!e.Login.Holding.HasToken()
}

// errNoSetUp is met by whoever has proved a password only, and not been invited.
var errNoSetUp = fault.New(fault.NotAllowed, "staff.set-up.fault.not-invited")

// again begins the set-up anew: the QR code is shown once, and was not scanned.
func (e Entry) again(s login.Session, n token.NewOrder, fresh secret.Bytes, rules Rules, now calendar.Moment) (EntryChange, error) {
	if !e.MaySetUp(s, now) {
		return EntryChange{}, errNoSetUp
	}
	return EntryChange{Login: login.Change{Token: e.Login.Holding.Enrol(n, string(s.ID), fresh, rules.Token, now)}}, nil
}
