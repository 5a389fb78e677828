package account

import (
	"strings"
	"time"

	"golang.org/x/net/idna"

	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/mail"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

// EmailChange is a new e-mail address that waits for the code which was sent there.
type EmailChange struct {
	ID        string
	Session   string // the session that asked for it; no other may confirm it
	Email     string // the new address
	Code      secret.Hashed
	Tries     int // wrong codes so far
	State     ChangeState
	Requested time.Time
	Until     time.Time // the code works before this
	Closed    time.Time
}

// WithoutCode gives the change without what is compared with what people type.
func (e EmailChange) WithoutCode() EmailChange {
	e.Code = secret.Hashed{}
	return e
}

// ChangeState is how far a change of the e-mail address is.
type ChangeState string

// The states of a change.
const (
	Open       ChangeState = "open"
	Confirmed  ChangeState = "confirmed"
	Superseded ChangeState = "superseded" // by a newer one
	Expired    ChangeState = "expired"
	Voided     ChangeState = "voided" // too many wrong codes
	Cancelled  ChangeState = "cancelled"
)

// EmailCodePurpose is what the code for a new address is hashed for.
const EmailCodePurpose = "e-mail address"

// Contact is all that a change of an account's contact data is decided on.
type Contact struct {
	Owner   Account
	Pending *EmailChange // the open change, if there is one
	Codes   []time.Time  // when codes were asked for within the last 24 hours, newest first
}

// Waiting tells whether a new address still waits for its code.
func (c Contact) Waiting(now calendar.Moment) bool {
	return c.Pending != nil && now.Before(c.Pending.Until)
}

// ContactChange is what a deed changes. The store writes it with its consequences in one transaction, or not at all.
type ContactChange struct {
	Email  string        // the account's new address; empty if it stays
	New    *EmailChange  // a change that was asked for now
	Old    []EmailChange // existing ones, in their new state
	Jobs   []job.Request
	Events []audit.Event
}

// Proof says how the member who does a sensitive deed has proved to be it.
type Proof struct {
	Session string
	CodeAt  time.Time // when a one-time code of a token was given in this session; zero if none was
}

// Fresh tells whether the proof is young enough for a sensitive deed (ASVS 7.5.1).
func (p Proof) Fresh(rules profile.Session, now calendar.Moment) bool {
	return !p.CodeAt.IsZero() && now.Sub(p.CodeAt) < rules.Fresh.D()
}

// Rules are the profile's figures that contact data obey.
type Rules struct {
	Contact profile.Contact
	Session profile.Session
}

// RulesOf collects the figures of a profile that contact data obey.
func RulesOf(p *profile.Profile) Rules { return Rules{Contact: p.Contact, Session: p.Session} }

var errNotFresh = fault.New(fault.NotAllowed, "account.fault.not-fresh")

// MayAsk tells why no code for this address can be asked for now, or gives nil.
func (c Contact) MayAsk(email string, rules Rules, now calendar.Moment) error {
	if strings.EqualFold(email, c.Owner.Email) {
		return fault.InvalidField("email", "account.fault.email-same")
	}
	if most := rules.Contact.CodesPerDay; len(c.Codes) >= most {
		if again := c.Codes[most-1].Add(24 * time.Hour); again.After(now.Time) {
			return fault.New(fault.Conflict, "account.fault.too-many-codes", again)
		}
	}
	return nil
}

// NewEmail is what a new address needs from outside the rules: the address, an identifier and the code.
type NewEmail struct {
	ID     string
	Email  string // as CheckEmail gave it
	Code   secret.Text
	Hashed secret.Hashed
}

// AskFor sends a code to a new address. It takes the place of one that was asked for before.
func (c Contact) AskFor(n NewEmail, by Proof, rules Rules, now calendar.Moment) (ContactChange, error) {
	if !by.Fresh(rules.Session, now) {
		return ContactChange{}, errNotFresh
	}
	if err := c.MayAsk(n.Email, rules, now); err != nil {
		return ContactChange{}, err
	}
	var change ContactChange
	if c.Pending != nil {
		state := Superseded
		if !c.Waiting(now) {
			state = Expired
		}
		c.close(&change, state, by, now)
	}
	change.New = &EmailChange{
		ID: n.ID, Session: by.Session, Email: n.Email, Code: n.Hashed, State: Open,
		Requested: now.Time, Until: now.Add(rules.Contact.CodeWithin.D()),
	}
	change.note(c.Owner, audit.EmailAsked, by, "")
	change.Jobs = []job.Request{{Work: mail.EmailCode{
		To: mail.Address{Email: n.Email}, Code: n.Code, Group: rules.Contact.CodeGroup, Until: change.New.Until,
	}}}
	return change, nil
}

// Outcome is how a try with a code ended. A wrong code is an outcome, not an error: the counted try is kept.
type Outcome string

// The outcomes of a try.
const (
	Right Outcome = "right"
	Wrong Outcome = "wrong" // counted; more tries are left
	Void  Outcome = "void"  // the last allowed try was wrong too
	Over  Outcome = "over"  // the code's time is over
)

var (
	errNothingPending = fault.New(fault.Conflict, "account.fault.nothing-pending")
	errOtherSession   = fault.New(fault.Conflict, "account.fault.other-session")
)

// Confirm tries the code that was sent to the new address. The right one puts that address into the place of the old one, which
// is told. Left is how many tries remain after a wrong one.
func (c Contact) Confirm(matches func(secret.Hashed) bool, by Proof, rules Rules, now calendar.Moment) (o Outcome, left int, change ContactChange, err error) {
	switch {
	case c.Pending == nil:
		return "", 0, change, errNothingPending
	case c.Pending.Session != by.Session || by.CodeAt.IsZero():
		return "", 0, change, errOtherSession
	case !c.Waiting(now):
		c.close(&change, Expired, by, now)
		return Over, 0, change, nil
	case !matches(c.Pending.Code):
		o, left, change = c.wrong(by, rules, now)
		return o, left, change, nil
	}
	c.close(&change, Confirmed, by, now)
	change.Email = c.Pending.Email
	if c.Owner.Email != "" {
		change.Jobs = []job.Request{{Work: mail.EmailChanged{To: c.Owner.MailTo(), Greeting: c.Owner.Person.Greeting(), At: now.Time}}}
	}
	return Right, 0, change, nil
}

// wrong counts a wrong code. After the last allowed one the change is void.
func (c Contact) wrong(by Proof, rules Rules, now calendar.Moment) (o Outcome, left int, change ContactChange) {
	tried := *c.Pending
	tried.Tries++
	c.Pending = &tried
	change.note(c.Owner, audit.EmailCodeWrong, by, "")
	if left = rules.Contact.CodeTries - tried.Tries; left > 0 {
		change.Old = []EmailChange{tried}
		return Wrong, left, change
	}
	c.close(&change, Voided, by, now)
	return Void, 0, change
}

// Cancel ends an open change. Any session of the member may: whoever did not ask for it stops it.
func (c Contact) Cancel(by Proof, now calendar.Moment) ContactChange {
	var change ContactChange
	if c.Pending != nil {
		c.close(&change, Cancelled, by, now)
	}
	return change
}

// close ends the open change.
func (c Contact) close(change *ContactChange, state ChangeState, by Proof, now calendar.Moment) {
	closed := *c.Pending
	closed.State, closed.Closed = state, now.Time
	change.Old = append(change.Old, closed)
	kind := audit.EmailClosed
	if state == Confirmed {
		kind = audit.EmailChanged
	}
	change.note(c.Owner, kind, by, string(state))
}

func (c *ContactChange) note(owner Account, kind audit.Kind, by Proof, reason string) {
	c.Events = append(c.Events, audit.Event{
		Kind: kind, Actor: string(owner.ID), Account: string(owner.ID), Session: by.Session, Reason: reason,
	})
}

// Longest parts of an e-mail address (RFC 5321, 4.5.3.1).
const (
	longestEmail = 254
	longestLocal = 64
)

// domains reads names as a mail server looks them up, with the lengths that the domain name system allows.
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// CheckEmail brings a typed e-mail address into the form that is stored, or reports false for what is none: one mailbox of
// plain signs at a domain that a mail server can be looked for under (RFC 5321, 4.1.2, without quoted mailboxes, which hardly
// any server has; domains with umlauts by RFC 5891).
func CheckEmail(typed string) (string, bool) {
	typed = strings.TrimSpace(typed)
	local, domain, found := strings.Cut(typed, "@")
	if !found || len(typed) > longestEmail || len(local) > longestLocal || !isDotAtom(local) {
		return "", false
	}
	ascii, err := domains.ToASCII(domain)
	if err != nil || !isDomain(ascii) || len(local)+1+len(ascii) > longestEmail {
		return "", false
	}
	shown, err := domains.ToUnicode(ascii)
	return local + "@" + shown, err == nil
}

// isDotAtom tells whether a mailbox is made of plain signs, with dots between them.
func isDotAtom(local string) bool {
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" || strings.ContainsFunc(atom, isNoAtom) {
			return false
		}
	}
	return true
}

func isNoAtom(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return !letter && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

// isDomain tells whether a name has a top-level domain that is none of an address in figures.
func isDomain(ascii string) bool {
	i := strings.LastIndexByte(ascii, '.')
	return i > 0 && i < len(ascii)-1 && strings.ContainsFunc(ascii[i+1:], func(r rune) bool { return r < '0' || '9' < r })
}
