package login

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/organisation"
	"torhaus/internal/password"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/token"
)

// SessionID identifies a session. It is the SHA-256 of the session's key, in hex: the database and the audit know it, the key
// itself only the browser.
type SessionID string

// keyBytes is the length of a session key: 256 bits.
const keyBytes = 32

// IDOf gives the session that a key opens.
func IDOf(key secret.Text) SessionID {
	sum := sha256.Sum256([]byte(key.Reveal()))
	return SessionID(hex.EncodeToString(sum[:]))
}

func newKey() secret.Text { return secret.Text(hex.EncodeToString(secret.Random(keyBytes).Reveal())) }

// Level says what a session has proved.
type Level string

// The levels of a session.
const (
	Password  Level = "password"
	TwoFactor Level = "two-factor"
)

// Session is one browser that proved something.
type Session struct {
	ID         SessionID
	Account    account.ID
	Realm      account.Realm
	Role       account.Role         // of a person who acts for organisations
	Roles      []account.Role       // of staff, as of now
	Places     []organisation.Place // of a person who acts for organisations, as of now
	Chosen     organisation.ID      // of several, the one that the person acts for in this session
	Mailed     bool                 // the second factor was a code by e-mail
	Level      Level
	Created    time.Time
	Seen       time.Time
	PasswordAt time.Time
	FactorAt   time.Time
	Token      token.ID           // the token whose code was given
	OneTime    password.OneTimeID // the one-time password that opened it instead of the personal one
	Previous   time.Time          // the account's completed login before this one; zero if none
	Refused    int                // refused logins between that one and this one
	Address    string             // network address, for its owner to recognise
	Agent      string             // browser, likewise
	Ended      time.Time
	EndReason  EndReason
}

// EndReason says why a session ended.
type EndReason string

// The reasons for which sessions end.
const (
	ByLogout  EndReason = "logout"
	SteppedUp EndReason = "stepped-up" // a session of a higher level took its place
	Replaced  EndReason = "replaced"   // by a new login in the same browser

	Crowded         EndReason = "crowded"          // by a newer one, of more than the profile allows
	FromElsewhere   EndReason = "from-elsewhere"   // by the owner, in another session
	OneTimeOver     EndReason = "one-time-over"    // the one-time password that opened it was voided or has run out
	PasswordChanged EndReason = "password-changed" // whoever knew the old one is out
	EndedByDesk     EndReason = "desk"             // by the body's staff
	NotEntitled     EndReason = "not-entitled"     // nobody whom the account acts for lets it enter
	TokenBarred     EndReason = "token-barred"     // the token that opened it logs nobody in any more
)

// Until gives the instant at which the session ends if nothing more is asked of it.
func (s Session) Until(rules profile.Session) time.Time {
	idle := rules.PasswordIdle
	switch {
	case s.Level != TwoFactor:
	case s.Realm == account.Staff:
		idle = rules.StaffIdle
	default:
		idle = rules.TwoFactorIdle
	}
	quiet, last := s.Seen.Add(idle.D()), s.Last(rules)
	if quiet.After(last) {
		return last
	}
	return quiet
}

// Last gives the instant at which the session ends in any case.
func (s Session) Last(rules profile.Session) time.Time {
	total := rules.PasswordTotal
	switch {
	case s.Level != TwoFactor:
	case s.Realm == account.Staff:
		total = rules.StaffTotal
	default:
		total = rules.TwoFactorTotal
	}
	return s.Created.Add(total.D())
}

// Live tells whether the session still opens doors.
func (s Session) Live(rules profile.Session, now calendar.Moment) bool {
	return s.Ended.IsZero() && now.Before(s.Until(rules))
}

// entitled tells whether a session of two factors still opens doors: one of the organisations that its owner acts for lets it (BVK12).
func (s Session) entitled(owner account.Account) bool {
	return s.Level != TwoFactor || Standing(owner, s.Places) == organisation.MayEnter
}

// Open gives the organisations that the session's owner may act for now.
func (s Session) Open() (open []organisation.Organisation) {
	for _, p := range s.Places {
		if p.Standing == organisation.MayEnter {
			open = append(open, p.Organisation)
		}
	}
	return open
}

// ActsFor gives the organisation that the session's owner acts for: the chosen one, or the only one. False where one has to be chosen.
func (s Session) ActsFor() (organisation.Organisation, bool) {
	open := s.Open()
	for _, o := range open {
		if o.ID == s.Chosen || len(open) == 1 {
			return o, true
		}
	}
	return organisation.Organisation{}, false
}

// mustChoose tells whether the session's owner may act for several organisations and has chosen none of them.
func (s Session) mustChoose() bool {
	_, ok := s.ActsFor()
	return !ok && len(s.Open()) > 1
}

// Goal is where somebody who logs in wants to go.
type Goal string

// The goals of a login.
const (
	ToPortal Goal = "portal" // the portal behind both factors
	ToTokens Goal = "tokens" // the token management, which a password opens
)

// Step is what is to be done next.
type Step string

// The steps of a login.
const (
	AskPassword Step = "password"
	SetPassword Step = "set-password" // a one-time password was given: a personal one comes first
	AskCode     Step = "code"
	AskMailed   Step = "mailed-code"         // a code that was sent by e-mail
	OfferToken  Step = "offer-token"         // no token would log in: one must be ordered or activated first
	Choose      Step = "choose-organisation" // that the session acts for
	Done        Step = "done"
)

// Next picks the next step on the way to a goal. Steps never call each other.
func Next(s *Session, goal Goal, hasToken bool) Step {
	switch {
	case s == nil:
		return AskPassword
	case s.OneTime != "":
		return SetPassword
	case s.Level == TwoFactor && s.mustChoose():
		return Choose
	case goal == ToTokens, s.Level == TwoFactor:
		return Done
	case !hasToken && s.Role != "":
		return AskMailed
	case !hasToken:
		return OfferToken
	default:
		return AskCode
	}
}
