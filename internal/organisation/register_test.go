package organisation

import (
	"strings"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/mail"
	"torhaus/internal/profile"
)

var registerRules = Rules{
	People:   profile.People{Registration: 28, Terms: "2026-11"},
	Password: profile.OneTimePassword{LetterDays: 28, LettersPerDay: 1, LettersPerMonth: 3, Signs: 14},
}

// right is the fault of a deed that goes.
const right fault.Kind = -1

// eve is who registers.
func eve() Registration {
	return Registration{
		Role: account.Administrator, Number: "2000145", Person: account.Person{Salutation: account.Frau, First: "Eve", Last: "Neu"},
		Email: "eve@stadt.example", Terms: "2026-11", Accepted: noon.Time,
	}
}

func drawn() Draw {
	return Draw{Registration: "registration", Account: "eve", OneTime: "one-time", Letter: "letter", Password: "CDFGHJKLMNPQRT"}
}

// known gives an account that is something in organisations.
func known(places ...Place) *Known {
	return &Known{Account: account.Account{ID: "old", Role: account.Administrator, State: account.Active, Email: "eve@stadt.example"}, Places: places}
}

func in(id ID, s State) Place { return Place{Organisation: Organisation{ID: id}, State: s} }

// works lists the kinds of jobs that a change leaves.
func works(jobs []job.Request) (kinds []string) {
	for _, r := range jobs {
		kinds = append(kinds, strings.TrimPrefix(r.Work.JobKind(), "mail.registration-"))
	}
	return kinds
}

func TestBVK03_WhatComesOfARegistration(t *testing.T) {
	empty, led := teamOf(), teamOf(person("adam", account.Administrator, Active), person("ada", account.Administrator, Active),
		person("gone", account.Administrator, Closed), person("clara", account.Clerk, Active))
	hour := func(n int) time.Time { return noon.Add(time.Duration(-n) * time.Hour) }
	for _, test := range []struct {
		name    string
		entry   Entry
		become  State      // of the membership; empty if there is none
		account account.ID // whose
		letter  string     // kind of the letter; empty if none goes
		mails   string
		ignored string // why it comes to nothing
		retired bool
	}{
		{"nobody is there who could release it: invited, by letter to the organisation", Entry{Team: empty}, Invited, "eve", "first-password", "received", "", false},
		{"an administrator who closed is none", Entry{Team: teamOf(person("gone", account.Administrator, Closed))}, Invited, "eve", "first-password", "received", "", false},
		{"one who was invited and never came is none", Entry{Team: teamOf(person("new", account.Administrator, Invited))}, Invited, "eve", "first-password", "received", "", false},
		{"somebody is there: it waits, all of them are told, and the management", Entry{Team: led}, Requested, "eve", "registration-notice", "received waits waits", "", false},
		{"an unknown number", Entry{}, "", "", "", "received", "number", false},
		{"the second one in a day", Entry{Team: empty, Registered: []time.Time{hour(23)}}, "", "", "", "received", "letters", false},
		{"the first one after a day", Entry{Team: empty, Registered: []time.Time{hour(24)}}, Invited, "eve", "first-password", "received", "", false},
		{"the fourth one in 30 days", Entry{Team: led, Registered: []time.Time{hour(719), hour(400), hour(100)}}, "", "", "", "received", "letters", false},
		{"the same one again, after a crash", Entry{Team: empty, Done: true}, "", "", "", "", "", false},
		{"an administrator of it already", Entry{Team: led, Known: known(in("stadt", Active))}, "", "", "", "known", "known", false},
		{"one who waits already", Entry{Team: led, Known: known(in("stadt", Requested))}, "", "", "", "known", "known", false},
		{"one whose letter is on its way", Entry{Team: empty, Known: known(in("stadt", Invited))}, "", "", "", "known", "known", false},
		{"an administrator of another one: the same account, which waits for the letter", Entry{Team: empty, Known: known(in("werke", Active))}, Invited, "old", "first-password", "received", "", false},
		{"closed here, and nothing else: a new account (BVK15)", Entry{Team: empty, Known: known(in("stadt", Closed))}, Invited, "eve", "first-password", "received", "", true},
		{"refused here and lapsed there: a new account", Entry{Team: empty, Known: known(in("stadt", Refused), in("werke", Lapsed))}, Invited, "eve", "first-password", "received", "", true},
		{"closed here for good, an administrator elsewhere (BVK15)", Entry{Team: empty, Known: known(in("stadt", Closed), in("werke", Active))}, "", "", "", "known", "known", false},
		{"refused here, an administrator elsewhere: asked again", Entry{Team: led, Known: known(in("stadt", Refused), in("werke", Active))}, Requested, "old", "registration-notice", "received waits waits", "", false},
		{
			"one whose one-time password is on its way is not robbed of it",
			Entry{Team: empty, Known: &Known{Account: known().Account, Places: []Place{in("werke", Active)}, OnItsWay: true}},
			"", "", "", "known", "known", false,
		},
		{"an unknown number with a known address", Entry{Known: known(in("werke", Active))}, "", "", "", "known", "known", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := test.entry.Register(eve(), drawn(), registerRules, noon)
			made := append(append([]Membership{}, c.New...), c.Again...)
			if (len(made) == 1) != (test.become != "") || len(made) == 1 && (made[0].State != test.become || made[0].Account.ID != test.account) {
				t.Errorf("membership: %+v", made)
			}
			if got := strings.Join(works(c.Jobs), " "); got != test.mails {
				t.Errorf("mails: %s", got)
			}
			if (len(c.Letters) == 1) != (test.letter != "") || len(c.Letters) == 1 && c.Letters[0].Content.LetterKind() != test.letter {
				t.Errorf("letters: %v", c.Letters)
			}
			if (len(c.OneTimes) == 1) != (test.become == Invited) || (len(c.Consents) == 1) != (test.become != "") || (len(c.Retire) == 1) != test.retired {
				t.Errorf("one-time passwords %v, consents %v, retired %v", c.OneTimes, c.Consents, c.Retire)
			}
			for _, e := range c.Events {
				if (e.Kind == audit.RegistrationIgnored) != (test.ignored != "") || e.Kind == audit.RegistrationIgnored && e.Reason != test.ignored {
					t.Errorf("record: %+v", e)
				}
			}
		})
	}
}

func TestBVK03_TheOneTimePasswordGoesToTheAddressOnFileForThePerson(t *testing.T) {
	team := teamOf()
	team.Organisation.Address = account.Address{Extra: "Rathaus", Street: "Rathausplatz 1", Postcode: "86699", Town: "Lindenau"}
	r := eve()
	r.Address = account.Address{Street: "Gaunergasse 3", Postcode: "80331", Town: "München"} // smuggled in
	c := Entry{Team: team}.Register(r, drawn(), registerRules, noon)
	to := c.Letters[0].Content.Recipient()
	if got := strings.Join(to.Lines, "|"); got != "Stadt Beispiel|Rathaus|z. Hd. Frau Eve Neu|Rathausplatz 1|86699 Lindenau" {
		t.Errorf("to %s", got)
	}
	if a := c.New[0].Account.Address; a != (account.Address{}) {
		t.Errorf("the account has the address %v", a)
	}
	o := c.OneTimes[0].OneTime
	if last := (calendar.Date{Year: 2026, Month: 12, Day: 21}); !o.Until.Equal(last.End()) || o.For != "stadt" || o.Letter.ID != "letter" {
		t.Errorf("one-time password %+v", o)
	}
}

// What a stranger types is not mailed to other people in our name: the first e-mail has nothing of it.
func TestAttack_TheFirstMailHasNothingThatWasTyped(t *testing.T) {
	for name, e := range map[string]Entry{"nobody's": {}, "known": {Known: known(in("werke", Active))}} {
		r := eve()
		r.Person.First = "Gewinnen Sie jetzt"
		for _, j := range e.Register(r, drawn(), registerRules, noon).Jobs {
			b, err := j.Work.Encode()
			if err != nil || strings.Contains(string(b), "Gewinnen") {
				t.Errorf("%s: %s, %v", name, b, err)
			}
		}
	}
}

// An unknown number and a known one leave the same e-mail to the address.
func TestAttack_TheMailDoesNotTellWhichOrganisationsThereAre(t *testing.T) {
	mailOf := func(e Entry) string {
		b, err := e.Register(eve(), drawn(), registerRules, noon).Jobs[0].Work.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for name, e := range map[string]Entry{
		"known": {Team: teamOf()}, "led": {Team: teamOf(person("adam", account.Administrator, Active))}, "too many": {Team: teamOf(), Registered: []time.Time{noon.Time}},
	} {
		if mailOf(e) != mailOf(Entry{}) {
			t.Errorf("%s: another e-mail", name)
		}
	}
}

func TestBVK03_ARegistrationIsReleasedOrRefused(t *testing.T) {
	team := teamOf(person("adam", account.Administrator, Active), person("gone", account.Administrator, Closed),
		person("eve", account.Administrator, Requested), person("new", account.Administrator, Invited), person("clara", account.Clerk, Active))
	staff := By{Account: "lena", Session: "session of lena", Staff: true}
	release := func(b By, id account.ID) (Change, error) { return team.Release(b, id, drawn(), registerRules, noon) }
	reject := func(b By, id account.ID) (Change, error) { return team.Reject(b, id, noon) }
	for _, test := range []struct {
		name string
		deed func(By, account.ID) (Change, error)
		by   By
		whom account.ID
		want State
		kind fault.Kind
	}{
		{"an administrator releases", release, by("adam"), "eve", Invited, right},
		{"staff release", release, staff, "eve", Invited, right},
		{"an administrator refuses", reject, by("adam"), "eve", Refused, right},
		{"staff refuse", reject, staff, "eve", Refused, right},
		{"a clerk releases", release, by("clara"), "eve", "", fault.NotFound},
		{"who registered releases", release, by("eve"), "eve", "", fault.NotFound},
		{"one who was invited and not proved releases", release, by("new"), "eve", "", fault.NotFound},
		{"a closed administrator releases", release, by("gone"), "eve", "", fault.NotFound},
		{"an administrator of elsewhere refuses", reject, by("eva"), "eve", "", fault.NotFound},
		{"nobody releases", release, By{}, "eve", "", fault.NotFound},
		{"of somebody of elsewhere", release, by("adam"), "eva", "", fault.NotFound},
		{"of a clerk", release, by("adam"), "clara", "", fault.NotFound},
		{"twice", release, by("adam"), "new", "", fault.Conflict},
		{"of one who was closed", reject, staff, "gone", "", fault.Conflict},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := test.deed(test.by, test.whom)
			if test.want == "" {
				if !fault.Is(err, test.kind) || len(c.States)+len(c.Letters)+len(c.OneTimes) > 0 {
					t.Errorf("%+v, %v", c, err)
				}
				return
			}
			if err != nil || len(c.States) != 1 || c.States[0].State != test.want || c.States[0].Changer != test.by.Account {
				t.Fatalf("%+v, %v", c.States, err)
			}
			if len(c.Letters) != len(c.OneTimes) || (len(c.Letters) == 1) != (test.want == Invited) {
				t.Errorf("%d letters, %d one-time passwords", len(c.Letters), len(c.OneTimes))
			}
			if told, ok := c.Jobs[0].Work.(mail.RegistrationDecided); !ok || told.To.Email != "eve@stadt.example" {
				t.Errorf("told: %v", c.Jobs)
			}
			if c.Events[0].Actor != string(test.by.Account) || c.Events[0].Session == "" {
				t.Errorf("record: %+v", c.Events[0])
			}
		})
	}
}

func TestBVK03_ARegistrationThatNobodyFinishedLapses(t *testing.T) {
	on := func(id account.ID, role account.Role, s State, days int) Membership {
		m := person(id, role, s)
		m.Created, m.Changed = noon.AddDate(0, 0, -60), noon.AddDate(0, 0, -days)
		return m
	}
	team := teamOf(on("early", account.Administrator, Requested, 28), on("waits", account.Administrator, Requested, 29),
		on("invited", account.Administrator, Invited, 29), on("released", account.Administrator, Invited, 10), on("active", account.Administrator, Active, 90),
		on("closed", account.Administrator, Closed, 90), on("clerk", account.Clerk, Invited, 90))
	c := team.Lapse(registerRules, noon)
	var lapsed []string
	for _, m := range c.States {
		lapsed = append(lapsed, string(m.Account.ID)+" "+string(m.State))
	}
	if got := strings.Join(lapsed, ", "); got != "waits lapsed, invited lapsed" || len(c.Jobs) != 2 || len(c.Events) != 2 || c.Events[0].Actor != audit.System {
		t.Errorf("%s; %v", got, c.Events)
	}
}

func TestBVK03_ADataCentreIsReleasedByStaffWithAnApprovalNumber(t *testing.T) {
	r := eve()
	r.Role, r.Number, r.Centre = account.DataCentre, "", "Rechenzentrum Süd"
	r.Address = account.Address{Street: "Serverweg 1", Postcode: "80331", Town: "München"}
	c := Entry{}.Register(r, drawn(), registerRules, noon)
	if len(c.Centres) != 1 || c.Centres[0].State != Requested || len(c.Letters)+len(c.OneTimes)+len(c.New) != 0 || len(c.Consents) != 1 {
		t.Fatalf("%+v", c)
	}
	ce, staff := c.Centres[0], By{Account: "lena", Staff: true}
	if _, err := ce.Release(by("adam"), "RZ-0001", drawn(), registerRules, noon); !fault.Is(err, fault.NotFound) {
		t.Errorf("an administrator releases a data centre: %v", err)
	}
	c, err := ce.Release(staff, "RZ-0001", drawn(), registerRules, noon)
	if err != nil || c.Centres[0].State != Invited || c.Centres[0].Approval != "RZ-0001" || len(c.OneTimes) != 1 {
		t.Fatalf("%+v, %v", c.Centres, err)
	}
	paper, ok := c.Letters[0].Content.(letter.FirstPassword)
	if got := strings.Join(paper.To.Lines, "|"); !ok || paper.Number != "RZ-0001" || got != "Rechenzentrum Süd|z. Hd. Frau Eve Neu|Serverweg 1|80331 München" {
		t.Errorf("the letter: %+v", paper)
	}
	if _, err := c.Centres[0].Release(staff, "RZ-0002", drawn(), registerRules, noon); !fault.Is(err, fault.Conflict) {
		t.Errorf("released twice: %v", err)
	}
	if again := (Entry{Known: &Known{Places: []Place{ce.Place()}}}).Register(r, drawn(), registerRules, noon); len(again.Centres) != 0 {
		t.Errorf("registered twice: %+v", again.Centres)
	}
}

func TestBVK16_ADataCentreIsDeactivatedByStaffOnItsNotice(t *testing.T) {
	ce, staff := Centre{Account: account.Account{ID: "rita"}, Name: "Rechenzentrum Süd", State: Active}, By{Account: "lena", Staff: true}
	today := calendar.DateOf(noon.Time)
	for _, test := range []struct {
		name   string
		by     By
		state  State
		notice Notice
		kind   fault.Kind // empty if it goes
	}{
		{"in writing", staff, Active, Notice{Written, today}, right},
		{"by e-mail, before the first login", staff, Invited, Notice{ByEmail, today.AddDays(-30)}, right},
		{"by an administrator", by("adam"), Active, Notice{Written, today}, fault.NotFound},
		{"by telephone", staff, Active, Notice{"telephone", today}, fault.Invalid},
		{"without a notice", staff, Active, Notice{}, fault.Invalid},
		{"without its day", staff, Active, Notice{Kind: Written}, fault.Invalid},
		{"with a day to come", staff, Active, Notice{Written, today.AddDays(1)}, fault.Invalid},
		{"twice", staff, Deactivated, Notice{Written, today}, fault.Conflict},
		{"before its release", staff, Requested, Notice{Written, today}, fault.Conflict},
	} {
		ce.State = test.state
		c, err := ce.Deactivate(test.by, test.notice, noon)
		if test.kind != right {
			if !fault.Is(err, test.kind) || len(c.Centres) > 0 {
				t.Errorf("%s: %v, %v", test.name, c.Centres, err)
			}
			continue
		}
		if err != nil || c.Centres[0].State != Deactivated || c.Centres[0].Notice != test.notice || c.Centres[0].Place().Standing != Out {
			t.Errorf("%s: %+v, %v", test.name, c.Centres, err)
		}
	}
}

func TestBVK05_WhatIsTypedAtARegistrationIsCheckedBeforeAnythingIsLookedUp(t *testing.T) {
	centre := func(r *Registration) {
		r.Role, r.Centre = account.DataCentre, "Rechenzentrum Süd"
		r.Address = account.Address{Street: "Serverweg 1", Postcode: "80331", Town: "München"}
	}
	for _, test := range []struct {
		name   string
		change func(*Registration)
		wrong  string // field; empty if all is right
	}{
		{"as it should be", func(*Registration) {}, ""},
		{"number with blanks", func(r *Registration) { r.Number = " 2000 145 " }, ""},
		{"number missing", func(r *Registration) { r.Number = " " }, "number"},
		{"number with a sign", func(r *Registration) { r.Number = "2000145'--" }, "number"},
		{"number too long", func(r *Registration) { r.Number = strings.Repeat("1", 33) }, "number"},
		{"two @", func(r *Registration) { r.Email = "eve@stadt.example@boese.example" }, "email"},
		{"CR LF", func(r *Registration) { r.Email = "eve@stadt.example\r\nBcc: alle@stadt.example" }, "email"},
		{"quotes", func(r *Registration) { r.Email = `"eve x"@stadt.example` }, "email"},
		{"display name", func(r *Registration) { r.Email = "Eve <eve@stadt.example>" }, "email"},
		{"a blank inside", func(r *Registration) { r.Email = "eve @stadt.example" }, "email"},
		{"empty", func(r *Registration) { r.Email = "" }, "email"},
		{"a name that is an advertisement", func(r *Registration) { r.Person.Last = "http://boese.example" }, "last-name"},
		{"a name with an address", func(r *Registration) { r.Person.First = "a@b.example" }, "first-name"},
		{"a name that turns its direction", func(r *Registration) { r.Person.Last = "Neu\u202e" }, "last-name"},
		{"no consent", func(r *Registration) { r.Terms = "" }, "terms"},
		{"consent to what was the terms before", func(r *Registration) { r.Terms = "2025-01" }, "terms"},
		{"data centre", centre, ""},
		{"data centre without a name", func(r *Registration) { centre(r); r.Centre = "" }, "centre"},
		{"data centre with a postcode abroad", func(r *Registration) { centre(r); r.Address.Postcode = "1010" }, "postcode"},
		{"data centre without a town", func(r *Registration) { centre(r); r.Address.Town = "" }, "town"},
		{"data centre with a line end", func(r *Registration) { centre(r); r.Address.Street = "Serverweg 1\x00" }, "street"},
	} {
		r := eve()
		test.change(&r)
		got, err := r.Check(registerRules)
		f := fault.Of(err)
		if test.wrong == "" {
			if err != nil {
				t.Errorf("%s: %v, %+v", test.name, err, f.Fields)
			}
			if r.Role == account.Administrator && got.Number != "2000145" {
				t.Errorf("%s: number %q", test.name, got.Number)
			}
			continue
		}
		if f == nil || len(f.Fields) == 0 || f.Fields[0].Name != test.wrong {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// The role comes from a field of the form. Whoever smuggles in another one gets nothing.
func TestAttack_OnlyAdministratorsAndDataCentresRegister(t *testing.T) {
	for _, role := range []account.Role{"", account.Clerk, account.Supervisor, account.ServiceDesk, "root"} {
		r := eve()
		if r.Role = role; true {
			if _, err := r.Check(registerRules); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: %v", role, err)
			}
		}
	}
}

func TestARegistrationSurvivesItsWireForm(t *testing.T) {
	r := eve()
	r.Centre, r.Address = "Rechenzentrum Süd", account.Address{Street: "Serverweg 1", Postcode: "80331", Town: "München"}
	b, err := Registering{r}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := decodeRegistering(b); err != nil || got.Registration != r {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{"", "{}", `{"role":"clerk","email":"a@b.example"}`} {
		if _, err := decodeRegistering([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
