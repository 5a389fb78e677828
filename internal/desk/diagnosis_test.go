package desk_test

import (
	"slices"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/desk"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/password"
	"torhaus/internal/profile"
	"torhaus/internal/token"
)

// noon is the moment of the records in this file: a Wednesday.
var noon = time.Date(2026, 3, 11, 12, 0, 0, 0, calendar.Berlin())

func rules(t *testing.T) desk.Rules {
	t.Helper()
	p, err := profile.Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	return desk.RulesOf(p)
}

// record is a member with a password and an active soft token, after changes.
func record(changes ...func(*desk.Record)) desk.Record {
	r := desk.Record{Now: calendar.Moment{Time: noon, Wall: noon}, Stops: map[token.ID]audit.Record{}, Pauses: []login.Pause{{}}}
	r.Login.Holding.Owner = account.Account{ID: "anna", Realm: account.Member, State: account.Active}
	r.Login.Password = password.State{Hash: "set", Set: noon.AddDate(0, 0, -30)}
	r.Login.Holding.Tokens = []token.Token{{ID: "t1", Kind: token.Soft, Serial: "ST00000012", State: token.Active, Activated: noon.AddDate(0, 0, -20)}}
	for _, change := range changes {
		change(&r)
	}
	return r
}

func holding(r *desk.Record) *token.Holding { return &r.Login.Holding }

func deactivated(r *desk.Record)     { holding(r).Owner.State = account.Deactivated }
func withoutToken(r *desk.Record)    { holding(r).Tokens = nil }
func withoutPassword(r *desk.Record) { r.Login.Password.Hash = "" }

func in(state token.State) func(*desk.Record) {
	return func(r *desk.Record) { holding(r).Tokens[0].State = state }
}

func stoppedBy(actor string) func(*desk.Record) {
	return func(r *desk.Record) {
		r.Stops["t1"] = audit.Record{Time: noon.AddDate(0, 0, -1), Event: audit.Event{Kind: audit.TokenSuspended, Actor: actor}}
		r.People = map[string]account.Account{"sabine": {Person: account.Person{First: "Sabine", Last: "Service"}}}
	}
}

// ordered adds an order of a soft token, after changes.
func ordered(changes ...func(*token.Order)) func(*desk.Record) {
	return func(r *desk.Record) {
		o := token.Order{
			ID: "o1", Kind: token.Soft, Route: token.ByLetter, State: token.Placed, Token: "t2", Placed: noon.Add(-time.Hour),
			LastDay: calendar.LastDay(noon, 14), Letter: token.LetterStatus{ID: "l1", State: letter.Queued},
		}
		for _, change := range changes {
			change(&o)
		}
		holding(r).Orders = append(holding(r).Orders, o)
		holding(r).Tokens = append(holding(r).Tokens, token.Token{ID: "t2", Kind: o.Kind, Serial: "ST00000013", State: token.Pending})
	}
}

func placed(ago time.Duration) func(*token.Order) {
	return func(o *token.Order) {
		o.Placed = noon.Add(-ago)
		o.LastDay = calendar.LastDay(o.Placed, 14)
	}
}

func posted(o *token.Order) {
	o.Letter.State, o.Letter.HandedOver = letter.HandedOver, o.Placed.Add(time.Hour)
}

func returned(o *token.Order) {
	o.Letter.State, o.Letter.HandedOver = letter.Returned, o.Placed.Add(time.Hour)
}
func closed(o *token.Order)  { o.State = token.OrderSuperseded }
func hard(o *token.Order)    { o.Kind = token.Hard }
func shipped(o *token.Order) { o.Shipped = o.Placed.Add(time.Hour) }

func oneTime(change func(*password.OneTime)) func(*desk.Record) {
	return func(r *desk.Record) {
		o := password.OneTime{ID: "p1", Way: password.ByLetter, Created: noon.AddDate(0, 0, -2), Until: noon.AddDate(0, 0, 12), Letter: password.LetterStatus{ID: "l2"}}
		change(&o)
		r.Login.Password.OneTimes = append(r.Login.Password.OneTimes, o)
	}
}

func paused(everywhere time.Duration) func(*desk.Record) {
	return func(r *desk.Record) { r.Pauses[0].Until = noon.Add(everywhere) }
}

func wrongCodes(n int) func(*desk.Record) {
	return func(r *desk.Record) {
		for i := range n {
			holding(r).Tokens[0].Wrong = append(holding(r).Tokens[0].Wrong, noon.Add(time.Duration(i-n)*time.Minute))
		}
		holding(r).Tokens[0].WrongRow = n
	}
}

func TestDiagnose_SaysWhatALoginWouldMeetAndWhatToDo(t *testing.T) {
	issued := func(*password.OneTime) {}
	for _, c := range []struct {
		name    string
		record  desk.Record
		verdict desk.Verdict
		fact    string // one of those that decide
		next    string // one of the next steps; empty where there is none
	}{
		{"all is well", record(), desk.GetsIn, "desk.diagnosis.token.active", ""},
		{"a hard and a soft token, one of them suspended", record(func(r *desk.Record) {
			holding(r).Tokens = append(holding(r).Tokens, token.Token{ID: "t9", Kind: token.Hard, Serial: "HT1", State: token.Suspended})
		}), desk.GetsIn, "desk.diagnosis.token.suspended", ""},
		{"deactivated", record(deactivated), desk.IsDeactivated, "desk.diagnosis.account.deactivated", "desk.next.reactivate"},
		{"deactivated, by whom is known", record(deactivated, func(r *desk.Record) {
			r.Closed = &audit.Record{Time: noon, Event: audit.Event{Actor: "sabine"}}
		}), desk.IsDeactivated, "desk.diagnosis.account.closed", "desk.next.reactivate"},
		{"deactivated without a password", record(deactivated, withoutPassword), desk.IsDeactivated, "desk.diagnosis.account.deactivated", "desk.next.reactivate"},
		{"from the register, nothing done yet", record(withoutPassword, withoutToken), desk.HasNoPassword, "desk.diagnosis.password.none", "desk.next.one-time-by-letter"},
		{"the letters of the day are used up", record(withoutPassword, oneTime(func(o *password.OneTime) {
			o.Created, o.Voided = noon.Add(-time.Hour), noon
		})), desk.HasNoPassword, "desk.diagnosis.password.none", "desk.next.letters-used-up"},
		{
			"a one-time password that has run out", record(withoutPassword, oneTime(func(o *password.OneTime) { o.Until = noon })),
			desk.HasNoPassword, "desk.diagnosis.one-time.over", "desk.next.one-time-by-letter",
		},
		{"a one-time password whose letter waits", record(withoutPassword, oneTime(issued)), desk.HasOneTime, "desk.diagnosis.one-time.waiting", "desk.next.choose-password"},
		{
			"a one-time password on its way", record(withoutPassword, oneTime(func(o *password.OneTime) { o.Letter.HandedOver = noon })),
			desk.HasOneTime, "desk.diagnosis.one-time.by-letter", "desk.next.choose-password",
		},
		{
			"a one-time password by e-mail", record(withoutPassword, oneTime(func(o *password.OneTime) { o.Way = password.ByMail })),
			desk.HasOneTime, "desk.diagnosis.one-time.by-mail", "desk.next.choose-password",
		},
		{"a one-time password beside a personal one", record(oneTime(issued)), desk.GetsIn, "desk.diagnosis.password.set", ""},
		{"too many wrong passwords", record(paused(10 * time.Minute)), desk.MustWait, "desk.diagnosis.pause.everywhere", "desk.next.known-browser"},
		{"no token at all", record(withoutToken), desk.HasNoToken, "desk.diagnosis.token.none", "desk.next.order"},
		{"suspended by the member", record(in(token.Suspended), stoppedBy("anna")), desk.TokenIsOff, "desk.diagnosis.token.suspended-by", "desk.next.lift"},
		{"suspended, the record is gone", record(in(token.Suspended)), desk.TokenIsOff, "desk.diagnosis.token.suspended", "desk.next.order"},
		{"blocked", record(in(token.Blocked)), desk.TokenIsOff, "desk.diagnosis.token.blocked", "desk.next.lift"},
		{"blocked, a new one ordered", record(in(token.Blocked), ordered()), desk.TokenIsOff, "desk.diagnosis.order.waiting", "desk.next.await-letter"},
		{"revoked", record(in(token.Revoked)), desk.HasNoToken, "desk.diagnosis.token.none", "desk.next.order"},
		{"too many wrong codes", record(wrongCodes(5)), desk.CodeMustWait, "desk.diagnosis.code.wait", "desk.next.wait-code"},
		{"a few wrong codes", record(wrongCodes(4)), desk.GetsIn, "desk.diagnosis.token.active", ""},
		{"ordered an hour ago", record(withoutToken, ordered()), desk.HasNoToken, "desk.diagnosis.order.waiting", "desk.next.await-letter"},
		{"ordered four days ago, not printed", record(withoutToken, ordered(placed(96*time.Hour))), desk.HasNoToken, "desk.diagnosis.order.late", "desk.next.late-letter"},
		{
			"the letter waits for a second person", record(withoutToken, ordered(func(o *token.Order) { o.Letter.State = letter.Held })),
			desk.HasNoToken, "desk.diagnosis.order.held", "desk.next.release-letter",
		},
		{"the letter is on its way", record(withoutToken, ordered(placed(48*time.Hour), posted)), desk.HasNoToken, "desk.diagnosis.order.sent", "desk.next.enter-code"},
		{"the code has run out", record(withoutToken, ordered(placed(20*24*time.Hour), posted)), desk.HasNoToken, "desk.diagnosis.order.over", "desk.next.order"},
		{"the letter came back", record(withoutToken, ordered(placed(9*24*time.Hour), returned)), desk.HasNoToken, "desk.diagnosis.order.returned", "desk.next.order"},
		{"an order was just replaced", record(withoutToken, ordered(closed)), desk.HasNoToken, "desk.diagnosis.token.none", "desk.next.order-too-many"},
		{
			"the password came by post a while ago", record(withoutToken, func(r *desk.Record) { holding(r).PasswordByPost = noon.AddDate(0, 0, -3) }),
			desk.HasNoToken, "desk.diagnosis.token.none", "desk.next.order-after-password",
		},
		{"a hard token that is packed", record(withoutToken, ordered(hard)), desk.HasNoToken, "desk.diagnosis.order.packed", "desk.next.await-device"},
		{"a hard token on its way", record(withoutToken, ordered(hard, shipped)), desk.HasNoToken, "desk.diagnosis.order.shipped", "desk.next.activate-device"},
		{
			"direct activation begun", record(withoutToken, ordered(func(o *token.Order) { o.Route = token.Direct })),
			desk.HasNoToken, "desk.diagnosis.order.open", "desk.next.activate",
		},
	} {
		d := desk.Diagnose(c.record, rules(t))
		if d.Verdict != c.verdict {
			t.Errorf("%s: %q, want %q", c.name, d.Verdict, c.verdict)
		}
		if !says(d.Facts, c.fact) {
			t.Errorf("%s: %v does not say %s", c.name, d.Facts, c.fact)
		}
		if c.next == "" && len(d.NextSteps) > 0 || c.next != "" && !says(d.NextSteps, c.next) {
			t.Errorf("%s: to be done is %v, want %q", c.name, d.NextSteps, c.next)
		}
	}
}

func says(parts []desk.Said, key string) bool {
	return slices.ContainsFunc(parts, func(s desk.Said) bool { return s.Key == key })
}

func TestDiagnose_TellsBesidesWhatDoesNotDecide(t *testing.T) {
	d := desk.Diagnose(record(wrongCodes(2), oneTime(func(*password.OneTime) {}), func(r *desk.Record) {
		r.Login.Refusals.Count = 3
		r.Pauses = append(r.Pauses, login.Pause{Network: "192.0.2.x", Until: noon.Add(time.Minute)})
	}), rules(t))
	for _, key := range []string{"desk.diagnosis.refused", "desk.diagnosis.code.wrong", "desk.diagnosis.one-time.waiting", "desk.diagnosis.pause.network"} {
		if !says(d.Besides, key) {
			t.Errorf("%v does not say %s", d.Besides, key)
		}
	}
	if d.Verdict != desk.GetsIn {
		t.Errorf("verdict %q", d.Verdict)
	}
}

func TestDiagnose_NamesWhoSuspendedAToken(t *testing.T) {
	for actor, want := range map[string]desk.Who{
		"anna": {Member: true}, "sabine": {Name: "Sabine Service"}, audit.System: {System: true}, audit.Anonymous: {}, "gone": {},
	} {
		d := desk.Diagnose(record(in(token.Suspended), stoppedBy(actor)), rules(t))
		i := slices.IndexFunc(d.Facts, func(s desk.Said) bool { return s.Key == "desk.diagnosis.token.suspended-by" })
		if i < 0 || d.Facts[i].Args[3] != want {
			t.Errorf("%s: %+v, want %+v", actor, d.Facts, want)
		}
	}
}
