package desk

import (
	"net/http"
	"strings"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/desk"
	"torhaus/internal/login"
	"torhaus/internal/password"
	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

var memberView = page.NewView[memberPage](files, "member.html")

// memberPage shows all that the portal knows of a member.
type memberPage struct {
	page.Base
	Record    desk.Record
	Diagnosis desk.Diagnosis
	Actions   Actions
}

// Member shows the record of a member, which leaves an event in the audit.
func (d Door) Member(w http.ResponseWriter, r *page.Request) error {
	record, err := d.Desk.Open(r.Context(), r.Visit.Session, account.ID(r.PathValue("id")))
	if err != nil {
		return page.Advise(err, toMembers)
	}
	actions, err := d.actions(r, record.Owner().ID)
	if err != nil {
		return err
	}
	return memberView.Show(w, r, memberPage{Record: record, Diagnosis: desk.Diagnose(record, d.Desk.Rules), Actions: actions})
}

var toMembers = page.Link{Path: members, Text: "desk.to-members"}

// Owner gives the member.
func (p *memberPage) Owner() account.Account { return p.Record.Owner() }

// verdicts say what a login would meet now, each with the mark that it bears.
var verdicts = map[desk.Verdict]struct{ text, mark string }{
	desk.IsDeactivated: {"desk.verdict.deactivated", "danger"},
	desk.NotEntitled:   {"desk.verdict.not-entitled", "danger"},
	desk.HasNoPassword: {"desk.verdict.no-password", "danger"},
	desk.HasOneTime:    {"desk.verdict.one-time", "info"},
	desk.MustWait:      {"desk.verdict.wait", "warning"},
	desk.HasNoToken:    {"desk.verdict.no-token", "danger"},
	desk.TokenIsOff:    {"desk.verdict.token-off", "danger"},
	desk.CodeMustWait:  {"desk.verdict.code-wait", "warning"},
	desk.GetsIn:        {"desk.verdict.gets-in", "success"},
}

// Verdict says what a login would meet now.
func (p *memberPage) Verdict() string {
	return p.T(verdicts[p.Diagnosis.Verdict].text, p.Profile().Portal.Name)
}

// Mark gives the mark of the verdict: success, info, warning or danger.
func (p *memberPage) Mark() string { return verdicts[p.Diagnosis.Verdict].mark }

// Because tells what decides: the first half of the sentence.
func (p *memberPage) Because() string { return strings.Join(p.say(p.Diagnosis.Facts), ", ") }

// Next tells what to do, as the other half; empty where nothing is to be done.
func (p *memberPage) Next() string {
	steps := p.say(p.Diagnosis.NextSteps)
	if len(steps) == 0 {
		return ""
	}
	return p.T("desk.sentence.next", strings.Join(steps, p.T("desk.sentence.or")))
}

// Besides tells what else a caller may ask about.
func (p *memberPage) Besides() []string { return p.say(p.Diagnosis.Besides) }

// say writes parts of a sentence in the reader's language.
func (p *memberPage) say(parts []desk.Said) (words []string) {
	for _, part := range parts {
		args := make([]any, len(part.Args))
		for i, a := range part.Args {
			args[i] = p.word(a)
		}
		words = append(words, p.T(part.Key, args...))
	}
	return words
}

// word writes what the portal has a name of its own for; the catalogue writes all else.
func (p *memberPage) word(arg any) any {
	switch arg := arg.(type) {
	case desk.Word:
		return map[desk.Word]string{
			desk.PasswordWord: p.Profile().Login.PasswordLabel, desk.OneTimeWord: p.Profile().Password.OneTime.Label,
			desk.ActivationWord: p.Profile().Token.Code.Purpose, desk.SoftTokenWord: p.Profile().Token.Soft.Label,
			desk.MailedWord: p.Profile().People.Code.Label,
		}[arg]
	case token.Kind:
		return p.Kind(arg)
	case desk.Who:
		return p.who(arg)
	default:
		return arg
	}
}

// Kind names a kind of token.
func (p *memberPage) Kind(k token.Kind) string {
	if k == token.Hard {
		return p.Profile().Token.Hard.Label
	}
	return p.Profile().Token.Soft.Label
}

func (p *memberPage) who(w desk.Who) string {
	switch {
	case w.Member:
		return p.T("desk.who.member")
	case w.Name != "":
		return w.Name
	case w.System:
		return p.T("desk.who.system")
	default:
		return p.T("desk.who.unknown")
	}
}

// Facts are what the register and the portal know of the member.
func (p *memberPage) Facts() []page.Fact {
	owner := p.Owner()
	if owner.Role != "" {
		return p.roleFacts()
	}
	facts := []page.Fact{
		p.Fact("desk.fact.name", owner.Person.Name()),
		p.Fact("desk.fact.number", p.or(owner.Number, "desk.fact.no-number")),
		{Name: p.Profile().Login.UserNameLabel, Lines: []string{owner.UserName}},
		p.Fact("desk.fact.address", p.changed(owner.Address.Lines(), owner.AddressChanged)...),
		p.Fact("desk.fact.email", p.changed([]string{p.or(owner.Email, "desk.fact.no-email")}, owner.EmailChanged)...),
		p.Fact("desk.fact.origin", p.origin()),
		p.Fact("desk.fact.last-login", p.moment(owner.LastLogin, "desk.fact.no-login")),
	}
	return facts
}

// or gives a word, or a text where there is none.
func (p *memberPage) or(word, instead string) string {
	if word == "" {
		return p.T(instead)
	}
	return word
}

// moment writes a time, or a text where there is none.
func (p *memberPage) moment(t time.Time, instead string) string {
	if t.IsZero() {
		return p.T(instead)
	}
	return p.Time(t)
}

// changed adds when something was replaced, if it was.
func (p *memberPage) changed(lines []string, at time.Time) []string {
	if at.IsZero() {
		return lines
	}
	return append(lines, p.T("desk.fact.changed", p.Date(at)))
}

func (p *memberPage) origin() string {
	if p.Record.Imported.IsZero() {
		return p.T("desk.fact.made", p.Date(p.Owner().Created))
	}
	return p.T("desk.fact.imported", p.Date(p.Record.Imported))
}

// TokenLine is a token in its table.
type TokenLine struct {
	Kind, Serial, State, Activated, Used, Path string
	Off, On                                    bool
}

// tokenStates name the states of a token.
var tokenStates = map[token.State]string{
	token.Pending: "desk.token.pending", token.Active: "desk.token.active", token.Suspended: "desk.token.suspended",
	token.Blocked: "desk.token.blocked", token.Revoked: "desk.token.revoked",
}

// Tokens lists the tokens, newest first.
func (p *memberPage) Tokens() (lines []TokenLine) {
	for _, t := range p.Record.Login.Holding.Tokens {
		state := p.T(tokenStates[t.State])
		switch {
		case t.State == token.Revoked:
			state = p.T("desk.token.revoked-on", p.Date(t.Revoked))
		case t.State == token.Suspended:
			state = p.T("desk.token.suspended-on", p.Date(t.Suspended))
		}
		lines = append(lines, TokenLine{
			Kind: p.Kind(t.Kind), Serial: t.Serial, State: state, Activated: p.day(t.Activated), Used: p.moment(t.LastUsed, "desk.none"),
			On: t.State == token.Active, Off: t.State == token.Suspended || t.State == token.Blocked,
		})
	}
	return lines
}

// day writes the day of a time, or a dash.
func (p *memberPage) day(t time.Time) string {
	if t.IsZero() {
		return p.T("desk.none")
	}
	return p.Date(t)
}

// OrderLine is an order in its table.
type OrderLine struct{ Token, State, Placed, Valid, ID string }

// orderStates name the states of an order.
var orderStates = map[token.OrderState]string{
	token.Placed: "desk.order.placed", token.OrderActivated: "desk.order.activated", token.OrderSuperseded: "desk.order.superseded",
	token.OrderExpired: "desk.order.expired", token.OrderVoided: "desk.order.voided", token.OrderCancelled: "desk.order.cancelled",
	token.OrderUndeliverable: "desk.order.undeliverable",
}

// Orders lists the orders, newest first.
func (p *memberPage) Orders() (lines []OrderLine) {
	for _, o := range p.Record.Login.Holding.Orders {
		t, _ := p.Record.Login.Holding.Token(o.Token)
		state := p.T(orderStates[o.State])
		if o.State == token.Placed && o.ExpiredAt(p.Record.Now) {
			state = p.T(orderStates[token.OrderExpired])
		}
		lines = append(lines, OrderLine{
			Token: p.Kind(o.Kind) + " " + t.Serial, State: state, Placed: p.Time(o.Placed), Valid: p.lastDay(o.LastDay), ID: string(o.ID),
		})
	}
	return lines
}

func (p *memberPage) lastDay(d calendar.Date) string {
	if d.IsZero() {
		return p.T("desk.none")
	}
	return p.T("desk.until-day", d)
}

// LetterLine is a letter in its table.
type LetterLine struct{ Kind, State, Queued, Out, ID string }

// letterKinds name the kinds of letter, letterStates their states.
var (
	letterKinds = map[string]string{
		"activation-code":   "desk.letter.activation-code",
		"one-time-password": "desk.letter.one-time-password",
		"hard-token":        "desk.letter.hard-token",
		"address-changed":   "desk.letter.address-changed",

		"first-password": "desk.letter.one-time-password", "registration-notice": "desk.letter.registration-notice",
	}
	letterStates = map[string]string{
		"queued": "desk.letter.queued", "held": "desk.letter.held", "rendered": "desk.letter.queued", "handed-over": "desk.letter.handed-over",
		"posted": "desk.letter.posted", "returned": "desk.letter.returned", "void": "desk.letter.void",
	}
)

// Letters lists the letters, newest first.
func (p *memberPage) Letters() (lines []LetterLine) {
	for _, l := range p.Record.Letters {
		kind, ok := letterKinds[l.Kind]
		if !ok {
			kind = "desk.letter.other"
		}
		lines = append(lines, LetterLine{
			Kind: p.T(kind), State: p.T(letterStates[string(l.State)]), Queued: p.Time(l.Created), Out: p.moment(l.HandedOver, "desk.none"), ID: l.ID,
		})
	}
	return lines
}

// OneTimeLine is a one-time password in its table.
type OneTimeLine struct{ Way, State, Issued string }

// OneTimes lists the one-time passwords of the last weeks, newest first.
func (p *memberPage) OneTimes() (lines []OneTimeLine) {
	for _, o := range p.Record.Login.Password.OneTimes {
		way := "desk.one-time.by-mail"
		switch o.Way {
		case password.ByLetter:
			way = "desk.one-time.by-letter"
		case password.ByHand:
			way = "desk.one-time.by-hand"
		}
		lines = append(lines, OneTimeLine{Way: p.T(way), State: p.oneTimeState(o), Issued: p.Time(o.Created)})
	}
	return lines
}

func (p *memberPage) oneTimeState(o password.OneTime) string {
	switch {
	case !o.Used.IsZero():
		return p.T("desk.one-time.used", p.Date(o.Used))
	case !o.Voided.IsZero():
		return p.T("desk.one-time.voided", p.Date(o.Voided))
	case !o.ValidAt(p.Record.Now):
		return p.T("desk.one-time.over", p.Time(o.Until))
	default:
		return p.T("desk.one-time.valid", p.Time(o.Until))
	}
}

// SessionLine is a session in its table.
type SessionLine struct{ Device, From, Level, Begun, Seen string }

// Sessions lists the live sessions.
func (p *memberPage) Sessions() (lines []SessionLine) {
	for _, s := range p.Record.Sessions {
		device := login.DeviceOf(s.Agent)
		name := strings.TrimSpace(device.Browser + " " + device.System)
		level := "desk.session.password"
		if s.Level == login.TwoFactor {
			level = "desk.session.two-factor"
		}
		lines = append(lines, SessionLine{
			Device: p.or(name, "desk.session.unknown"), From: p.or(login.NetworkOf(s.Address), "desk.none"), Level: p.T(level),
			Begun: p.Time(s.Created), Seen: p.Time(s.Seen),
		})
	}
	return lines
}

// EmailLine is a change of the e-mail address in its table.
type EmailLine struct{ Email, State, Asked string }

var emailStates = map[account.ChangeState]string{
	account.Open: "desk.email.open", account.Confirmed: "desk.email.confirmed", account.Superseded: "desk.email.superseded",
	account.Expired: "desk.email.expired", account.Voided: "desk.email.voided", account.Cancelled: "desk.email.cancelled",
}

// Emails lists changes of the e-mail address that the member asked for, newest first.
func (p *memberPage) Emails() (lines []EmailLine) {
	for _, e := range p.Record.Emails {
		state := e.State
		if state == account.Open && !p.Record.Now.Before(e.Until) {
			state = account.Expired
		}
		lines = append(lines, EmailLine{Email: e.Email, State: p.T(emailStates[state]), Asked: p.Time(e.Requested)})
	}
	return lines
}

// EventLine is an audit event in its table.
type EventLine struct{ At, What, By string }

// Events lists what happened last.
func (p *memberPage) Events() (lines []EventLine) {
	for _, e := range p.Record.Events {
		what := "records.deed." + strings.ReplaceAll(string(e.Kind), ".", "-")
		if !p.Has(what) {
			what = "desk.event.unknown"
		}
		lines = append(lines, EventLine{At: p.Time(e.Time), What: p.T(what), By: p.who(p.Record.Who(e.Actor))})
	}
	return lines
}
