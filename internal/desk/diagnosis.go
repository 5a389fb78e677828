package desk

import (
	"cmp"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/password"
	"torhaus/internal/token"
)

// Verdict is what a login of a member who knows the password and has the tokens at hand would meet right now.
type Verdict string

// The verdicts, in the order in which a login would meet them.
const (
	IsDeactivated Verdict = "deactivated" // whatever is typed is wrong
	HasNoPassword Verdict = "no-password" // and no one-time password that is valid
	HasOneTime    Verdict = "one-time"    // no personal password, but a valid one-time password: it leads to choosing one
	MustWait      Verdict = "wait"        // too many wrong passwords were given
	HasNoToken    Verdict = "no-token"    // the password opens the token management only
	TokenIsOff    Verdict = "token-off"   // likewise: every token is suspended or blocked
	CodeMustWait  Verdict = "code-wait"   // too many wrong one-time codes were given
	GetsIn        Verdict = "gets-in"
)

// Verdicts lists them.
var Verdicts = []Verdict{IsDeactivated, HasNoPassword, HasOneTime, MustWait, HasNoToken, TokenIsOff, CodeMustWait, GetsIn}

// Said is a part of a sentence: a key of the catalogue and its arguments. Beside what the catalogue can write,
// arguments are a token.Kind, a Word and a Who, which a door writes as its portal calls them.
type Said struct {
	Key  string
	Args []any
}

// Word is something that each portal has a name of its own for.
type Word string

// The words.
const (
	PasswordWord   Word = "password"
	OneTimeWord    Word = "one-time-password"
	ActivationWord Word = "activation-code"
	SoftTokenWord  Word = "soft-token"
)

// Who is somebody who did something. The zero value is somebody who had not proved anything.
type Who struct {
	Member bool
	Name   string // of one of staff
	System bool   // the portal did it by itself, or an operator on its console
}

// Who tells who an actor of an audit event is.
func (r Record) Who(actor string) Who {
	known, ok := r.People[actor]
	switch {
	case actor == string(r.Owner().ID):
		return Who{Member: true}
	case ok:
		return Who{Name: known.Person.Name()}
	default:
		return Who{System: actor == audit.System}
	}
}

// Diagnosis says what a login would meet, why, and what to do about it.
type Diagnosis struct {
	Verdict   Verdict
	Facts     []Said // that decide; they make one sentence with the next steps
	Besides   []Said // what else a caller may ask about
	NextSteps []Said // any of them helps; none where nothing is to be done
}

// Diagnose tells what a login of the member would meet at the moment of the record. It asks package login and package token what they
// would do; it decides nothing itself.
func Diagnose(r Record, rules Rules) Diagnosis {
	d := diagnosis{Record: r, rules: rules, outlook: r.Login.Outlook(rules.Login, r.Now)}
	d.Verdict = d.verdict()
	d.account()
	d.password()
	d.pauses()
	d.tokens()
	d.orders()
	d.refusals()
	d.next()
	return d.Diagnosis
}

// diagnosis is a diagnosis while it is made.
type diagnosis struct {
	Diagnosis
	Record
	rules   Rules
	outlook login.Outlook
}

func (d *diagnosis) verdict() Verdict {
	o := d.outlook
	switch {
	case o.Opening == login.Opening{} && d.Owner().State != account.Active:
		return IsDeactivated
	case o.Opening == login.Opening{}:
		return HasNoPassword
	case !o.Opening.Password:
		return HasOneTime
	case !d.pause().IsZero():
		return MustWait
	case o.Code.NoToken && len(d.off()) > 0:
		return TokenIsOff
	case o.Code.NoToken:
		return HasNoToken
	case !o.Code.Wait.IsZero():
		return CodeMustWait
	default:
		return GetsIn
	}
}

// pause gives until when no password of the member is looked at, wherever it is typed.
func (d *diagnosis) pause() time.Time {
	if len(d.Pauses) == 0 {
		return time.Time{}
	}
	return d.Pauses[0].Until
}

// off gives the tokens that were activated and do not log in now.
func (d *diagnosis) off() (list []token.Token) {
	for _, t := range d.Login.Holding.Tokens {
		if t.State == token.Suspended || t.State == token.Blocked {
			list = append(list, t)
		}
	}
	return list
}

func (d *diagnosis) fact(key string, args ...any)   { d.Facts = append(d.Facts, Said{key, args}) }
func (d *diagnosis) beside(key string, args ...any) { d.Besides = append(d.Besides, Said{key, args}) }

func (d *diagnosis) step(key string, args ...any) {
	d.NextSteps = append(d.NextSteps, Said{key, args})
}

// say tells a fact, which decides or stands beside.
func (d *diagnosis) say(decides bool, key string, args ...any) {
	if decides {
		d.fact(key, args...)
		return
	}
	d.beside(key, args...)
}

func (d *diagnosis) account() {
	owner := d.Owner()
	if owner.State == account.Active {
		return
	}
	if d.Closed != nil {
		d.fact("desk.diagnosis.account.closed", d.Closed.Time, d.Who(d.Closed.Actor))
		return
	}
	d.fact("desk.diagnosis.account.deactivated")
}

func (d *diagnosis) password() {
	st := d.Login.Password
	decides := d.Verdict != IsDeactivated
	if st.Hash != "" {
		d.say(decides, "desk.diagnosis.password.set", PasswordWord, calendar.DateOf(st.Set))
	} else {
		d.say(decides, "desk.diagnosis.password.none", PasswordWord)
	}
	open, ok := st.Open()
	if !ok {
		return
	}
	decides = decides && st.Hash == ""
	switch {
	case !open.ValidAt(d.Now):
		d.say(decides, "desk.diagnosis.one-time.over", OneTimeWord, calendar.DateOf(open.Until.Add(-time.Second)))
	case open.Way == password.ByMail:
		d.say(decides, "desk.diagnosis.one-time.by-mail", OneTimeWord, open.Created, open.Until)
	case open.Letter.HandedOver.IsZero():
		d.say(decides, "desk.diagnosis.one-time.waiting", OneTimeWord, calendar.DateOf(open.Created), calendar.DateOf(open.Until.Add(-time.Second)))
	default:
		d.say(decides, "desk.diagnosis.one-time.by-letter", OneTimeWord, calendar.DateOf(open.Letter.HandedOver), calendar.DateOf(open.Until.Add(-time.Second)))
	}
}

func (d *diagnosis) pauses() {
	for _, p := range d.Pauses {
		switch {
		case p.Until.IsZero():
		case p.Network == "":
			d.say(d.Verdict == MustWait, "desk.diagnosis.pause.everywhere", p.Until)
		default:
			d.beside("desk.diagnosis.pause.network", p.Network, p.Until)
		}
	}
}

// tokens tells of every token that was activated and is not over, and of none.
func (d *diagnosis) tokens() {
	decides := d.Verdict != IsDeactivated && d.Verdict != HasNoPassword && d.Verdict != HasOneTime
	none := true
	for _, t := range d.Login.Holding.Tokens {
		switch t.State {
		case token.Active:
			d.say(decides, "desk.diagnosis.token.active", t.Kind, t.Serial)
		case token.Suspended, token.Blocked:
			d.stopped(decides, t)
		default:
			continue
		}
		none = false
	}
	if none {
		d.say(decides, "desk.diagnosis.token.none")
	}
	if !d.outlook.Code.Wait.IsZero() {
		d.say(d.Verdict == CodeMustWait, "desk.diagnosis.code.wait", d.outlook.Code.Wait)
	}
}

// stopped tells how a token came to log nobody in.
func (d *diagnosis) stopped(decides bool, t token.Token) {
	stop, known := d.Stops[t.ID]
	switch {
	case !known && t.State == token.Blocked:
		d.say(decides, "desk.diagnosis.token.blocked", t.Kind, t.Serial)
	case !known:
		d.say(decides, "desk.diagnosis.token.suspended", t.Kind, t.Serial)
	case t.State == token.Blocked:
		d.say(decides, "desk.diagnosis.token.blocked-at", t.Kind, t.Serial, stop.Time)
	default:
		d.say(decides, "desk.diagnosis.token.suspended-by", t.Kind, t.Serial, stop.Time, d.Who(stop.Actor))
	}
}

// orders tells of each open order how far it is.
func (d *diagnosis) orders() {
	decides := d.Verdict == HasNoToken || d.Verdict == TokenIsOff
	for _, o := range d.Login.Holding.Orders {
		if o.State != token.Placed {
			continue
		}
		t, _ := d.Login.Holding.Token(o.Token)
		key, args := d.order(o)
		d.say(decides, key, append([]any{o.Kind, t.Serial, calendar.DateOf(o.Placed)}, args...)...)
	}
}

// The states of an open order, as the key that tells of each.
const (
	orderOver     = "desk.diagnosis.order.over"
	orderOpen     = "desk.diagnosis.order.open"
	orderReturned = "desk.diagnosis.order.returned"
	orderLate     = "desk.diagnosis.order.late"
	orderWaiting  = "desk.diagnosis.order.waiting"
	orderSent     = "desk.diagnosis.order.sent"
	orderHeld     = "desk.diagnosis.order.held"
	orderPacked   = "desk.diagnosis.order.packed"
	orderShipped  = "desk.diagnosis.order.shipped"
)

// order tells how far an open order is, and the days that go with it.
func (d *diagnosis) order(o token.Order) (key string, args []any) {
	switch {
	case o.ExpiredAt(d.Now):
		return orderOver, []any{o.LastDay}
	case o.Route != token.ByLetter:
		return orderOpen, nil
	case o.Letter.State == letter.Returned:
		return orderReturned, nil
	case o.Kind == token.Hard && o.Shipped.IsZero():
		return orderPacked, nil
	case o.Kind == token.Hard:
		return orderShipped, []any{calendar.DateOf(o.Shipped), o.LastDay}
	case o.Letter.State == letter.Held:
		return orderHeld, nil
	case o.Letter.HandedOver.IsZero() && d.rules.Letter.Judge(o.Placed, d.Now.Time) != letter.InTime:
		return orderLate, nil
	case o.Letter.HandedOver.IsZero():
		return orderWaiting, nil
	default:
		return orderSent, []any{calendar.DateOf(o.Letter.HandedOver), o.LastDay}
	}
}

// refusals tells of tries that failed: the caller may have made them, or somebody else.
func (d *diagnosis) refusals() {
	if n := d.Login.Refusals.Count; n > 0 {
		d.beside("desk.diagnosis.refused", n)
	}
	for _, t := range d.Login.Holding.Usable() {
		if t.WrongRow > 0 {
			d.beside("desk.diagnosis.code.wrong", t.WrongRow, t.Kind, t.Serial, d.rules.Login.Login.BlockInRow)
		}
	}
}

func (d *diagnosis) next() {
	switch d.Verdict {
	case IsDeactivated:
		d.step("desk.next.reactivate")
	case HasNoPassword:
		d.askForPassword()
	case HasOneTime:
		d.step("desk.next.choose-password", OneTimeWord, PasswordWord)
	case MustWait:
		d.step("desk.next.wait", d.pause())
		d.step("desk.next.known-browser")
	case TokenIsOff:
		d.step("desk.next.lift")
		d.getToken()
	case HasNoToken:
		d.getToken()
	case CodeMustWait:
		d.step("desk.next.wait-code", d.outlook.Code.Wait)
	case GetsIn:
	}
}

// askForPassword tells how the member comes to a first password, or to another one.
func (d *diagnosis) askForPassword() {
	st := d.Login.Password
	if open, ok := st.Open(); ok && open.ValidAt(d.Now) {
		d.step("desk.next.choose-password", OneTimeWord, PasswordWord)
		return
	}
	if st.MayPost(d.rules.Login.Password, d.Now) {
		d.step("desk.next.one-time-by-letter", OneTimeWord)
		return
	}
	d.step("desk.next.letters-used-up", OneTimeWord)
}

// orderLater tells staff why a member cannot order a token now, which package token tells the member.
var orderLater = map[string]string{
	"token.order.fault.password-by-post":         "desk.next.order-after-password",
	"token.order.fault.password-by-post-or-code": "desk.next.order-after-password",
	"token.order.fault.letter-on-its-way":        "desk.next.order-after-letter",
	"token.order.fault.too-many":                 "desk.next.order-too-many",
}

// getToken tells how the member comes to a token that logs in.
func (d *diagnosis) getToken() {
	h := d.Login.Holding
	for _, o := range h.Orders {
		if o.State != token.Placed || o.ExpiredAt(d.Now) {
			continue
		}
		switch key, _ := d.order(o); key {
		case orderSent:
			d.step("desk.next.enter-code", ActivationWord, o.LastDay)
			return
		case orderWaiting:
			d.step("desk.next.await-letter")
			return
		case orderHeld:
			d.step("desk.next.release-letter")
			return
		case orderPacked:
			d.step("desk.next.await-device", o.Kind)
			return
		case orderShipped:
			d.step("desk.next.activate-device", o.Kind, o.LastDay)
			return
		case orderLate:
			d.step("desk.next.late-letter")
			return
		case orderOpen:
			d.step("desk.next.activate", o.Kind)
			return
		}
	}
	if refused := h.MayOrder(token.Wish{Kind: token.Soft, Route: token.ByLetter}, d.rules.Login.Token, d.Now); refused != nil {
		d.step(cmp.Or(orderLater[refused.Message], "desk.next.order-later"), refused.Args...)
		return
	}
	d.step("desk.next.order", SoftTokenWord)
}
