package token

import (
	"slices"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/token/otp"
)

// ID identifies a token for good.
type ID string

// Kind is what a token is made of.
type Kind string

// The kinds of token.
const (
	Soft Kind = "soft"
	Hard Kind = "hard"
)

// State is how far a token is in its life.
type State string

// The states of a token.
const (
	Pending   State = "pending"   // ordered, not yet set up
	Active    State = "active"    // logs its holder in
	Suspended State = "suspended" // stopped by the holder or the desk, reversible
	Blocked   State = "blocked"   // stopped by too many wrong codes, reversible
	Revoked   State = "revoked"   // over for good
)

// Reason says why a token was revoked or an order closed.
type Reason string

// The reasons.
const (
	Replaced      Reason = "replaced"    // by a newly activated token
	Superseded    Reason = "superseded"  // by a newer order
	Expired       Reason = "expired"     // the code's last day is over
	WrongCodes    Reason = "tries"       // too many wrong activation codes
	WrongOTPCodes Reason = "setup-tries" // too many wrong one-time codes during set-up
	WrongPairs    Reason = "pairs"       // too many wrong codes at the activation of a hard token
	PostedTwice   Reason = "posted"      // the password came by post, so the token must not
	Defective     Reason = "defective"   // exchanged for another device
	CameBack      Reason = "returned"    // the letter with the code could not be delivered
	NotPrinted    Reason = "discarded"   // the letter with the code was kept from being printed
)

// Token is one key of one account.
type Token struct {
	ID        ID
	Account   account.ID
	Kind      Kind
	Serial    string
	State     State
	Reason    Reason // set when revoked
	Mode      otp.Mode
	Algorithm otp.Algorithm
	Digits    int
	Period    time.Duration
	LastStep  int64 // highest time step, or counter, that is spent; codes up to it are dead
	Drift     int64 // time steps by which a hard token's clock was ahead of ours when its last code came
	WrongRow  int   // wrong codes since the last right one
	Created   time.Time
	Activated time.Time
	Suspended time.Time
	Revoked   time.Time
	LastUsed  time.Time

	BatteryEnd  calendar.Date // of a hard token; zero where the maker names none
	BatteryTold time.Time     // when its holder was told that the battery ends
	Device      DeviceState   // where the thing is; empty for a soft token
	DeviceSince time.Time

	Secret secret.Bytes // only where a code is to be checked or a secret was just made
	Wrong  []time.Time  // recent wrong codes, oldest first; only where a code is to be checked
}

// Usable tells whether the token would log its holder in.
func (t Token) Usable() bool { return t.State == Active }

// Generator gives the codes of the token.
func (t Token) Generator() otp.Generator {
	return otp.Generator{Secret: t.Secret, Algorithm: t.Algorithm, Digits: t.Digits, Period: t.Period}
}

// span is where a code may lie: time steps, or counters.
type span struct{ from, to int64 }

// near is where a code of the token is looked for at a login. Codes that are spent lie before it.
func (t Token) near(rules profile.Token, now calendar.Moment) span {
	switch {
	case t.Mode == otp.HOTP:
		return span{t.LastStep + 1, t.LastStep + int64(rules.Hard.LookAhead)}
	case t.Kind == Hard:
		return t.around(rules.Hard.Window, now)
	default:
		return t.around(rules.Soft.Window, now)
	}
}

// wide is where the first of two codes is looked for that follow one another (RFC 4226, 7.4; RFC 6238, 6).
func (t Token) wide(rules profile.Token, now calendar.Moment) span {
	if t.Mode == otp.HOTP {
		return span{t.LastStep + 1, t.LastStep + int64(rules.Hard.WideCounters)}
	}
	return t.around(rules.Hard.WideSteps, now)
}

func (t Token) around(window int, now calendar.Moment) span {
	expected := t.Generator().Step(now.Wall) + t.Drift
	return span{max(expected-int64(window), t.LastStep+1), expected + int64(window)}
}

// used gives the token after a right code: of a device with a clock, the step tells how far that clock is off (RFC 6238, 6).
func (t Token) used(step int64, now calendar.Moment) Token {
	t.WrongRow, t.LastUsed = 0, now.Time
	if t.Kind == Hard && t.Mode == otp.TOTP {
		t.Drift = step - t.Generator().Step(now.Wall)
	}
	return t
}

func (t Token) revoke(reason Reason, now time.Time) Token {
	t.State, t.Reason, t.Revoked = Revoked, reason, now
	return t
}

// Holding is all that one account holds, newest first. Every deed of this package is decided on it.
type Holding struct {
	Owner  account.Account
	Tokens []Token
	Orders []Order

	PasswordByPost time.Time // when a password was set that came by post; zero if none was, or the owner has proved a token since
}

// Token finds a token by its id.
func (h Holding) Token(id ID) (Token, bool) {
	i := slices.IndexFunc(h.Tokens, func(t Token) bool { return t.ID == id })
	if i < 0 {
		return Token{}, false
	}
	return h.Tokens[i], true
}

// BySerial finds a token by the serial number that its holder knows.
func (h Holding) BySerial(serial string) (Token, bool) {
	i := slices.IndexFunc(h.Tokens, func(t Token) bool { return t.Serial == serial })
	if i < 0 {
		return Token{}, false
	}
	return h.Tokens[i], true
}

// Usable gives the tokens that would log the account in.
func (h Holding) Usable() []Token {
	var usable []Token
	for _, t := range h.Tokens {
		if t.Usable() {
			usable = append(usable, t)
		}
	}
	return usable
}

// HasToken tells whether the account has a token that was activated and is not revoked, be it stopped or not.
func (h Holding) HasToken() bool {
	return slices.ContainsFunc(h.Tokens, func(t Token) bool { return t.State == Active || t.State == Suspended || t.State == Blocked })
}

// WithoutSecrets gives the holding without the tokens' secrets and the orders' codes.
func (h Holding) WithoutSecrets() Holding {
	h.Tokens, h.Orders = slices.Clone(h.Tokens), slices.Clone(h.Orders)
	for i := range h.Tokens {
		h.Tokens[i].Secret = nil
	}
	for i := range h.Orders {
		h.Orders[i].Code = secret.Hashed{}
	}
	return h
}

// Rules are the profile's figures that this package obeys, with the calendar of the body's seat.
type Rules struct {
	Token    profile.Token
	Letter   profile.Letter
	Login    profile.Login
	Password profile.OneTimePassword
	Calendar calendar.Calendar
}

// Change is what a deed changes. The store writes it with its consequences in one transaction, or not at all.
type Change struct {
	NewTokens   []Token
	NewOrders   []Order
	Tokens      []Token // existing ones, in their new state
	Orders      []Order
	Secrets     []ID           // tokens whose Secret is new and to be kept, replacing what was there
	Forget      []ID           // tokens whose secret is to be erased
	Spend       []Spend        // one-time codes used up by this deed
	WrongCodes  []ID           // tokens that met a wrong code now
	Devices     []DeviceMove   // devices that go into another state
	By          string         // the session in which the deed was done, where it goes on whatever becomes of its token
	Letters     []letter.Draft // letters to queue
	VoidLetters []string       // letters that must not be printed any more
	Jobs        []job.Request
	Events      []audit.Event
}

// Spend uses up all codes of a token up to a time step. Whoever comes second fails.
type Spend struct {
	Token ID
	Step  int64
}

// Barred gives the tokens of a change that log nobody in: suspended, blocked, revoked. The sessions that they opened end with
// the change, whichever deed made it; only the session By goes on, in which the owner did it.
func (c Change) Barred() []ID {
	var barred []ID
	for _, t := range c.Tokens {
		if !t.Usable() && t.State != Pending {
			barred = append(barred, t.ID)
		}
	}
	return barred
}

func (c *Change) note(owner account.Account, e audit.Event) {
	e.Actor, e.Account = string(owner.ID), string(owner.ID)
	c.Events = append(c.Events, e)
}

func (c *Change) mail(w job.Work) { c.Jobs = append(c.Jobs, job.Request{Work: w}) }
