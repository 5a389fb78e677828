package token

import (
	"time"

	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/mail"
	"torhaus/internal/secret"
)

// Outcome is how a try with a code ended. A wrong code is an outcome, not an error: the counted try is kept.
type Outcome string

// The outcomes of a try.
const (
	Right Outcome = "right"
	Wrong Outcome = "wrong" // counted; more tries are left
	Void  Outcome = "void"  // the last allowed try was wrong too
	Over  Outcome = "over"  // the code's last day is over

	Waiting Outcome = "waiting" // not looked at: too many wrong ones of a token before
	Stopped Outcome = "stopped" // the token whose code it would be logs nobody in
)

// Try is the outcome of entering a code, and how many tries are left.
type Try struct {
	Outcome Outcome
	Left    int
	Wait    time.Time // when the next one is looked at, where the outcome is Waiting
	Order   Order
	Token   Token
}

// errNoOrder is met by whoever enters a code without an open order.
var errNoOrder = fault.New(fault.Conflict, "token.activate.fault.no-order")

// EnterCode checks the activation code from the letter (KVB12). The right one opens a set-up bound to the session, with a
// new secret that kills the one before; the code itself is spent when the activation succeeds. After the last allowed wrong
// one the order is void (KVB11).
func (h Holding) EnterCode(matches func(secret.Hashed) bool, session string, fresh secret.Bytes, rules Rules, now calendar.Moment) (Try, Change, error) {
	o, ok := h.Open(Soft)
	if !ok || o.Route != ByLetter {
		return Try{}, Change{}, errNoOrder
	}
	if calendar.DateOf(now.Time).After(o.LastDay) {
		return h.overdue(o, now)
	}
	if !matches(o.Code) {
		o.CodeTries++
		return h.wrongTry(o, audit.ActivationWrong, WrongCodes, rules.Token.Code.Tries-o.CodeTries, now)
	}
	return h.openSetup(o, session, "", fresh, rules, now)
}

// overdue is the outcome of a try after the code's last day, which closes the order unless its set-up is still under way.
func (h Holding) overdue(o Order, now calendar.Moment) (Try, Change, error) {
	var c Change
	if o.ExpiredAt(now) {
		h.close(&c, o, OrderExpired, Expired, now)
	}
	return Try{Outcome: Over, Order: o}, c, nil
}

// openSetup opens the set-up page of an order for one session, with a new secret that kills the one before. Proof is the token whose
// code did so on the direct route (KVB04); empty if it was another proof.
func (h Holding) openSetup(o Order, session string, proof ID, fresh secret.Bytes, rules Rules, now calendar.Moment) (Try, Change, error) {
	t, ok := h.Token(o.Token)
	if !ok || t.State != Pending {
		return Try{}, Change{}, errNoOrder
	}
	t.Secret = fresh
	o.Setup = Setup{Session: session, Proof: proof, Until: now.Add(rules.Token.Setup.Within.D()), Tries: o.Setup.Tries}
	c := Change{Orders: []Order{o}, Tokens: []Token{t}, Secrets: []ID{t.ID}}
	c.note(h.Owner, audit.Event{Kind: audit.ActivationRight, Order: string(o.ID), Token: string(t.ID), Session: session})
	return Try{Outcome: Right, Order: o, Token: t}, c, nil
}

// wrongTry keeps a counted try, or voids the order when none is left.
func (h Holding) wrongTry(o Order, kind audit.Kind, reason Reason, left int, now calendar.Moment) (Try, Change, error) {
	var c Change
	c.note(h.Owner, audit.Event{Kind: kind, Order: string(o.ID), Token: string(o.Token)})
	if left > 0 {
		c.Orders = []Order{o}
		return Try{Outcome: Wrong, Left: left, Order: o}, c, nil
	}
	h.close(&c, o, OrderVoided, reason, now)
	t, _ := h.Token(o.Token)
	c.mail(mail.OrderVoided{
		To: h.Owner.MailTo(), Greeting: h.Owner.Person.Greeting(), Serial: t.Serial, Reason: string(reason), At: now.Time,
	})
	return Try{Outcome: Void, Order: o}, c, nil
}

// SetupOf gives the order that this session is setting up, if its time is not over.
func (h Holding) SetupOf(session string, now calendar.Moment) (Order, Token, bool) {
	o, ok := h.Open(Soft)
	if !ok || session == "" || o.Setup.Session != session || !now.Before(o.Setup.Until) {
		return Order{}, Token{}, false
	}
	if o.Setup.Proof != "" {
		if proof, ok := h.Token(o.Setup.Proof); !ok || !proof.Usable() {
			return Order{}, Token{}, false // the hard token was stopped meanwhile: what it proved is worth nothing any more
		}
	}
	t, ok := h.Token(o.Token)
	return o, t, ok && t.State == Pending
}

// errSetupGone is met by whoever comes to the set-up page without having entered the code in this session, or too late.
var errSetupGone = fault.New(fault.Conflict, "token.setup.fault.gone")

// ShowSetup gives the token with its secret the first time, and without it afterwards (KVB03).
func (h Holding) ShowSetup(session string, now calendar.Moment) (Order, Token, Change, error) {
	o, t, ok := h.SetupOf(session, now)
	if !ok {
		return Order{}, Token{}, Change{}, errSetupGone
	}
	if !o.Setup.Shown.IsZero() {
		t.Secret = nil
		return o, t, Change{}, nil
	}
	o.Setup.Shown = now.Time
	c := Change{Orders: []Order{o}}
	c.note(h.Owner, audit.Event{Kind: audit.SetupShown, Order: string(o.ID), Token: string(t.ID), Session: session})
	return o, t, c, nil
}

// Activate checks the first one-time code from the app (KVB14). The right one makes the token active, spends the activation
// code and this one-time code, and revokes the soft token that the account had before (KVB16).
func (h Holding) Activate(session string, code secret.Text, rules Rules, now calendar.Moment) (Try, Change, error) {
	o, t, ok := h.SetupOf(session, now)
	if !ok {
		return Try{}, Change{}, errSetupGone
	}
	step, found := oneCode(code, rules, now)(t)
	if !found {
		o.Setup.Tries++
		return h.wrongTry(o, audit.SetupWrong, WrongOTPCodes, rules.Token.Setup.Tries-o.Setup.Tries, now)
	}
	c := Change{By: session}
	h.replace(&c, o, now)
	t.State, t.Activated = Active, now.Time
	o.State, o.Closed, o.Setup.Session = OrderActivated, now.Time, ""
	c.Tokens, c.Orders = append(c.Tokens, t), []Order{o}
	c.Spend = []Spend{{Token: t.ID, Step: step}}
	c.note(h.Owner, audit.Event{Kind: audit.TokenActivated, Token: string(t.ID), Order: string(o.ID), Session: session})
	c.mail(mail.TokenActivated{To: h.Owner.MailTo(), Greeting: h.Owner.Person.Greeting(), Serial: t.Serial, At: now.Time})
	return Try{Outcome: Right, Order: o, Token: t}, c, nil
}

// replace revokes the tokens that the one of an order takes the place of: those of its kind (KVB16).
func (h Holding) replace(c *Change, o Order, now calendar.Moment) {
	for _, old := range h.Tokens {
		if old.Kind != o.Kind || old.ID == o.Token || old.State == Pending || old.State == Revoked {
			continue
		}
		reason := Replaced
		if old.ID == o.Instead {
			reason = Defective
		}
		c.end(old, reason, now)
		c.note(h.Owner, audit.Event{Kind: audit.TokenReplaced, Token: string(old.ID), Order: string(o.ID), Reason: string(reason)})
	}
}
