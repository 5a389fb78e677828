package desk_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/mail"
	"torhaus/internal/password"
	"torhaus/internal/secret"
	"torhaus/internal/token"
)

// at gives a moment after noon.
func at(later time.Duration) calendar.Moment {
	return calendar.Moment{Time: noon.Add(later), Wall: noon.Add(later)}
}

// clerk is one of staff in a session of two factors.
func clerk(id account.ID, roles ...account.Role) desk.Clerk {
	return desk.Clerk{
		Account: account.Account{ID: id, Realm: account.Staff, State: account.Active, Person: account.Person{First: "Rita", Last: string(id)}},
		Session: login.Session{
			ID: login.SessionID("session-of-" + id), Account: id, Realm: account.Staff, Roles: roles, Level: login.TwoFactor, Created: noon, Seen: noon,
		},
	}
}

// annas is the case of a member before one of the service desk, after changes.
func annas(changes ...func(*desk.Case)) desk.Case {
	c := desk.Case{Clerk: clerk("rita", account.ServiceDesk)}
	c.Holding = token.Holding{
		Owner: account.Account{
			ID: "anna", Realm: account.Member, State: account.Active, Number: "BY-10 4711", Email: "anna@praxis.example",
			Person:  account.Person{Salutation: account.Frau, First: "Anna", Last: "Beispiel"},
			Address: account.Address{Street: "Lindenstraße 12 a", Postcode: "80331", Town: "München"}, LastLogin: noon.AddDate(0, 0, -3),
		},
		Tokens: []token.Token{
			{ID: "t1", Account: "anna", Kind: token.Soft, Serial: "ST00000012", State: token.Active, Activated: noon.AddDate(0, 0, -20)},
			{ID: "t2", Account: "anna", Kind: token.Soft, Serial: "ST00000013", State: token.Suspended, Suspended: noon, Activated: noon, WrongRow: 7},
			{ID: "t3", Account: "anna", Kind: token.Soft, Serial: "ST00000014", State: token.Pending},
			{ID: "t4", Account: "anna", Kind: token.Soft, Serial: "ST00000015", State: token.Revoked, Reason: token.Replaced, Revoked: noon},
		},
		Orders: []token.Order{{
			ID: "o1", Account: "anna", Token: "t3", Kind: token.Soft, Route: token.ByLetter, State: token.Placed, Placed: noon.AddDate(0, 0, -2),
			LastDay: calendar.DateOf(noon).AddDays(12), Letter: token.LetterStatus{ID: "l1", State: letter.HandedOver, HandedOver: noon},
		}},
	}
	c.Contact.Owner = c.Holding.Owner
	c.Sessions = []login.Session{{ID: "hers", Account: "anna", Level: login.Password, Created: noon, Seen: noon}}
	for _, change := range changes {
		change(&c)
	}
	return c
}

func identified(c *desk.Case) {
	c.Identified = desk.Identification{Way: desk.ByFacts, At: noon, Until: noon.Add(30 * time.Minute)}
}

func by(k desk.Clerk) func(*desk.Case) { return func(c *desk.Case) { c.Clerk = k } }

// fresh is what deeds draw.
var fresh = desk.Fresh{Request: "request-1", Letter: "letter-1", Order: token.NewOrder{
	Request: "form", ID: "o2", Token: "t9", Letter: "l9", Serial: "ST00000099", Code: "12345678", Hashed: secret.Hashed{KeyID: "k"},
}}

var newHome = account.Address{Street: "Am Anger 3", Postcode: "90402", Town: "Nürnberg"}

// deeds are one of each that staff can do or ask for on annas case.
var deeds = []desk.Deed{
	{Kind: desk.SuspendToken, Token: "t1"},
	{Kind: desk.RevokeToken, Token: "t1", Reason: token.Lost},
	{Kind: desk.LiftToken, Token: "t2"},
	{Kind: desk.VoidOrder, Order: "o1"},
	{Kind: desk.NewLetter, Order: "o1"},
	{Kind: desk.EndSession, Session: "hers"},
	{Kind: desk.EndSessions},
	{Kind: desk.AllowPost},
	{Kind: desk.ChangeAddress, Address: newHome},
	{Kind: desk.ChangeEmail, Email: "neu@praxis.example"},
	{Kind: desk.MarkLeft},
	{Kind: desk.MarkDeceased},
	{Kind: desk.Restore},
}

// possible brings annas case into the state that a deed needs.
func possible(d desk.Deed) func(*desk.Case) {
	return func(c *desk.Case) {
		switch d.Kind {
		case desk.AllowPost:
			c.Holding.PasswordByPost = noon.AddDate(0, 0, -1)
		case desk.Restore:
			c.Holding.Owner.State, c.Holding.Owner.Ending = account.Deactivated, account.Left
		}
	}
}

func TestDeeds_TakeIdentificationAndASecondPersonAsTheTableSays(t *testing.T) {
	for _, d := range deeds {
		manner, ok := desk.MannerOf(d.Kind)
		if !ok {
			t.Fatalf("%s is in no table", d.Kind)
		}
		_, err := annas(possible(d)).Do(d, fresh, rules(t), at(0))
		if manner.Identified != fault.Is(err, fault.NotAllowed) {
			t.Errorf("%s without identification: %v", d.Kind, err)
		}
		change, err := annas(possible(d), identified).Do(d, fresh, rules(t), at(0))
		if err != nil {
			t.Fatalf("%s: %v", d.Kind, err)
		}
		if manner.Second != (change.New != nil) {
			t.Errorf("%s asks for %v", d.Kind, change.New)
		}
		if change.New != nil && (len(change.Token.Tokens) > 0 || change.Address != nil || change.State != nil || change.Contact.Email != "") {
			t.Errorf("%s is done before a second person has decided", d.Kind)
		}
		late := annas(possible(d), identified)
		late.Clerk.Session.Seen = noon.Add(31 * time.Minute)
		late.Clerk.Session.Created = late.Clerk.Session.Seen
		if _, err := late.Do(d, fresh, rules(t), at(31*time.Minute)); manner.Identified != fault.Is(err, fault.NotAllowed) {
			t.Errorf("%s half an hour after the identification: %v", d.Kind, err)
		}
	}
}

func TestDeeds_AreRefusedToOtherRolesAndInSessionsThatAreOver(t *testing.T) {
	for _, d := range deeds {
		for name, who := range map[string]desk.Clerk{
			"token stock": clerk("tom", account.TokenStock), "auditor": clerk("ada", account.Auditor), "no role": clerk("nora"), "nobody": {},
		} {
			if _, err := annas(possible(d), identified, by(who)).Do(d, fresh, rules(t), at(0)); !fault.Is(err, fault.NotAllowed) {
				t.Errorf("%s by %s: %v", d.Kind, name, err)
			}
		}
		over := annas(possible(d), identified)
		over.Clerk.Session.Ended = noon
		gone := annas(possible(d), identified)
		gone.Clerk.Account.State = account.Deactivated
		weak := annas(possible(d), identified)
		weak.Clerk.Session.Level = login.Password
		member := annas(possible(d), identified)
		member.Clerk.Account.Realm, member.Clerk.Session.Realm = account.Member, account.Member
		for name, c := range map[string]desk.Case{"ended": over, "deactivated": gone, "one factor": weak, "member": member} {
			if _, err := c.Do(d, fresh, rules(t), at(0)); !fault.Is(err, fault.NotAllowed) {
				t.Errorf("%s, %s: %v", d.Kind, name, err)
			}
		}
	}
}

func TestDeeds_NameWhoDidThemAndToWhom(t *testing.T) {
	for _, d := range deeds {
		change, err := annas(possible(d), identified).Do(d, fresh, rules(t), at(0))
		if err != nil {
			t.Fatalf("%s: %v", d.Kind, err)
		}
		all := slices.Concat(change.Events, change.Token.Events, change.Password.Events, change.Contact.Events)
		if len(all) == 0 && d.Kind != desk.EndSession && d.Kind != desk.EndSessions { // each session has an event of its own
			t.Errorf("%s leaves no event", d.Kind)
		}
		for _, e := range all {
			if e.Actor != "rita" || e.Account != "anna" || e.Session != "session-of-rita" && e.Kind != audit.OneTimeVoided {
				t.Errorf("%s: %+v", d.Kind, e)
			}
		}
	}
}

// approved carries out a deed by two people.
func approved(t *testing.T, d desk.Deed, changes ...func(*desk.Case)) desk.Change {
	t.Helper()
	c := annas(append([]func(*desk.Case){possible(d), identified}, changes...)...)
	asked, err := c.Do(d, fresh, rules(t), at(0))
	if err != nil || asked.New == nil {
		t.Fatalf("%s: asked %v, %v", d.Kind, asked.New, err)
	}
	c.Requests = []desk.Request{*asked.New}
	c.Requests[0].Asker.State, c.Requests[0].AskerRoles = account.Active, []account.Role{account.ServiceDesk}
	c.Clerk, c.Identified = clerk("sven", account.Supervisor), desk.Identification{}
	change, err := c.Decide(desk.Decision{Request: "request-1", State: desk.Approved, Seen: c.Picture(c.Requests[0]).Seal()}, fresh, rules(t), at(time.Minute))
	if err != nil {
		t.Fatalf("%s: %v", d.Kind, err)
	}
	return change
}

func TestLift_BringsTheTokenBackWithNothingHeldAgainstIt(t *testing.T) {
	change := approved(t, desk.Deed{Kind: desk.LiftToken, Token: "t2"})
	lifted := change.Token.Tokens[0]
	if lifted.ID != "t2" || lifted.State != token.Active || lifted.WrongRow != 0 || !slices.Equal(change.Forgive, []token.ID{"t2"}) {
		t.Errorf("%+v, forgiven %v", lifted, change.Forgive)
	}
	told(t, change, mail.ByDesk{}.JobKind())
	for _, id := range []token.ID{"t1", "t3", "t4", "of-somebody-else"} {
		if _, err := annas(identified).Do(desk.Deed{Kind: desk.LiftToken, Token: id}, fresh, rules(t), at(0)); err == nil {
			t.Errorf("%s is asked for", id)
		}
	}
}

func TestRevoke_ErasesTheSecretAndAsksForTheDevice(t *testing.T) {
	hard := func(c *desk.Case) {
		c.Holding.Tokens[0].Kind, c.Holding.Tokens[0].Serial, c.Holding.Tokens[0].Device = token.Hard, "HT-1", token.InUse
	}
	for reason, want := range map[token.Reason]token.DeviceState{
		token.Defective: token.Awaited, token.NotNeeded: token.Awaited, token.Lost: token.Scrapped, token.Stolen: token.Scrapped,
	} {
		change, err := annas(hard).Do(desk.Deed{Kind: desk.RevokeToken, Token: "t1", Reason: reason}, fresh, rules(t), at(0))
		if err != nil || !slices.Equal(change.Token.Forget, []token.ID{"t1"}) || change.Token.Tokens[0].State != token.Revoked {
			t.Fatalf("%s: %+v, %v", reason, change.Token, err)
		}
		if len(change.Token.Devices) != 1 || change.Token.Devices[0].To != want {
			t.Errorf("%s: %+v, want %s", reason, change.Token.Devices, want)
		}
	}
	for _, reason := range []token.Reason{"", token.Replaced, "because"} {
		if _, err := annas().Do(desk.Deed{Kind: desk.RevokeToken, Token: "t1", Reason: reason}, fresh, rules(t), at(0)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", reason, err)
		}
	}
}

// told checks that an e-mail of one kind goes out.
func told(t *testing.T, change desk.Change, kind string) {
	t.Helper()
	jobs := slices.Concat(change.Jobs, change.Token.Jobs, change.Contact.Jobs, change.Password.Jobs)
	for _, j := range jobs {
		if j.Work.JobKind() == kind {
			return
		}
	}
	t.Errorf("no %s among %d jobs", kind, len(jobs))
}

func TestNewAddress_TellsTheOldOneByLetterAndTheMemberByMail(t *testing.T) {
	change := approved(t, desk.Deed{Kind: desk.ChangeAddress, Address: newHome})
	if diff := cmp.Diff(&newHome, change.Address); diff != "" {
		t.Error(diff)
	}
	if len(change.Letters) != 1 {
		t.Fatalf("%d letters", len(change.Letters))
	}
	content, ok := change.Letters[0].Content.(letter.AddressChanged)
	if !ok || !slices.Contains(content.To.Lines, "Lindenstraße 12 a") || slices.Contains(content.To.Lines, newHome.Street) || !change.Letters[0].Hold.IsZero() {
		t.Errorf("%+v", change.Letters[0])
	}
	told(t, change, mail.AddressChanged{}.JobKind())
}

func TestNewAddress_VoidsWhatALetterBringsThatIsStillHere(t *testing.T) {
	waiting := func(c *desk.Case) { c.Holding.Orders[0].Letter.HandedOver = time.Time{} }
	change := approved(t, desk.Deed{Kind: desk.ChangeAddress, Address: newHome}, waiting, func(c *desk.Case) {
		c.Password.OneTimes = []password.OneTime{{ID: "p1", Way: password.ByLetter, Until: noon.AddDate(0, 0, 9), Letter: password.LetterStatus{ID: "l2"}}}
	})
	if !slices.Equal(change.Token.VoidLetters, []string{"l1"}) || change.Token.Orders[0].State != token.OrderCancelled {
		t.Errorf("letters %v, orders %v", change.Token.VoidLetters, change.Token.Orders)
	}
	if !slices.Equal(change.Password.Void, []password.OneTimeID{"p1"}) || !slices.Equal(change.Password.VoidLetters, []string{"l2"}) {
		t.Errorf("one-time passwords %v, letters %v", change.Password.Void, change.Password.VoidLetters)
	}
	if kept := approved(t, desk.Deed{Kind: desk.ChangeAddress, Address: newHome}); len(kept.Token.Orders) != 0 {
		t.Error("an order is void whose letter is on its way")
	}
}

func TestNewAddress_IsCheckedFieldByField(t *testing.T) {
	for field, a := range map[string]account.Address{
		"street":   {Postcode: "90402", Town: "Nürnberg"},
		"postcode": {Street: "Am Anger 3", Postcode: "9040", Town: "Nürnberg"},
		"town":     {Street: "Am Anger 3", Postcode: "90402"},
		"extra":    {Extra: "Praxis\u202e", Street: "Am Anger 3", Postcode: "90402", Town: "Nürnberg"},
	} {
		_, err := annas(identified).Do(desk.Deed{Kind: desk.ChangeAddress, Address: a}, fresh, rules(t), at(0))
		if f := fault.Of(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	same := annas().Member().Address
	same.Street = "  Lindenstraße   12 a "
	if _, err := annas(identified).Do(desk.Deed{Kind: desk.ChangeAddress, Address: same}, fresh, rules(t), at(0)); !fault.Is(err, fault.Invalid) {
		t.Errorf("the same address: %v", err)
	}
}

func TestNewEmail_TellsTheOldAddressAndDropsWhatWaitsForItsCode(t *testing.T) {
	change := approved(t, desk.Deed{Kind: desk.ChangeEmail, Email: "neu@praxis.example"}, func(c *desk.Case) {
		c.Contact.Pending = &account.EmailChange{ID: "e1", State: account.Open, Email: "dieb@example.org", Until: noon.Add(time.Hour)}
	})
	if change.Contact.Email != "neu@praxis.example" || len(change.Contact.Old) != 1 || change.Contact.Old[0].State != account.Cancelled {
		t.Errorf("%+v", change.Contact)
	}
	told(t, change, mail.EmailChanged{}.JobKind())
}

func TestMarking_ClosesTheAccountAndVoidsWhatIsOnItsWay(t *testing.T) {
	for kind, want := range map[desk.DeedKind]account.Ending{desk.MarkLeft: account.Left, desk.MarkDeceased: account.Deceased} {
		change := approved(t, desk.Deed{Kind: kind}, func(c *desk.Case) {
			c.Password.OneTimes = []password.OneTime{{ID: "p1", Way: password.ByLetter, Until: noon.AddDate(0, 0, 9), Letter: password.LetterStatus{ID: "l2"}}}
		})
		if diff := cmp.Diff(&desk.AccountState{State: account.Deactivated, Ending: want}, change.State); diff != "" || !change.EndAll {
			t.Errorf("%s: sessions end %v, %s", kind, change.EndAll, diff)
		}
		if len(change.Token.Orders) != 1 || change.Token.Orders[0].State != token.OrderCancelled || len(change.Password.Void) != 1 {
			t.Errorf("%s: orders %v, one-time passwords %v", kind, change.Token.Orders, change.Password.Void)
		}
		for _, held := range change.Token.Tokens {
			if held.ID == "t1" {
				t.Errorf("%s: the token goes, so that nothing can be undone", kind)
			}
		}
	}
	if change := approved(t, desk.Deed{Kind: desk.MarkDeceased}); len(change.Jobs) != 0 {
		t.Error("the dead are written to")
	}
	if change := approved(t, desk.Deed{Kind: desk.Restore}); change.State.State != account.Active || change.State.Ending != "" {
		t.Errorf("restored: %+v", change.State)
	}
}

func TestAttack_NobodyApprovesTheirOwnRequest(t *testing.T) {
	for _, d := range deeds {
		if manner, _ := desk.MannerOf(d.Kind); !manner.Second {
			continue
		}
		c := annas(possible(d), identified)
		asked, err := c.Do(d, fresh, rules(t), at(0))
		if err != nil {
			t.Fatal(err)
		}
		c.Requests = []desk.Request{*asked.New}
		c.Requests[0].Asker.State, c.Requests[0].AskerRoles = account.Active, []account.Role{account.ServiceDesk}
		seen := c.Picture(c.Requests[0]).Seal()
		same := clerk("rita", account.ServiceDesk, account.Supervisor) // another session, with one more role
		same.Session.ID = "another-session"
		c.Clerk = same
		for _, state := range []desk.RequestState{desk.Approved, desk.Rejected} {
			_, err := c.Decide(desk.Decision{Request: "request-1", State: state, Reason: desk.Needless, Seen: seen}, fresh, rules(t), at(time.Minute))
			if !fault.Is(err, fault.NotAllowed) {
				t.Errorf("%s, %s: %v", d.Kind, state, err)
			}
		}
		withdrawn, err := c.Decide(desk.Decision{Request: "request-1", State: desk.Withdrawn}, fresh, rules(t), at(time.Minute))
		if err != nil || len(withdrawn.Closed) != 1 || withdrawn.Closed[0].State != desk.Withdrawn || len(withdrawn.Token.Tokens) != 0 {
			t.Errorf("%s withdrawn: %+v, %v", d.Kind, withdrawn.Closed, err)
		}
	}
}

func TestDecision_IsMadeOnWhatWasSeenAndWhatIs(t *testing.T) {
	waiting := func(d desk.Deed) desk.Case {
		c := annas(possible(d), by(clerk("sven", account.Supervisor)))
		c.Requests = []desk.Request{{
			ID: "request-1", Deed: d, Member: "anna", AskedBy: "rita", AskedAt: noon, Until: noon.AddDate(0, 0, 5), State: desk.RequestOpen,
			Asker: account.Account{State: account.Active}, AskerRoles: []account.Role{account.ServiceDesk},
		}}
		return c
	}
	lift, move := desk.Deed{Kind: desk.LiftToken, Token: "t2"}, desk.Deed{Kind: desk.ChangeAddress, Address: newHome}
	approve := func(c desk.Case) desk.Decision {
		return desk.Decision{Request: "request-1", State: desk.Approved, Seen: c.Picture(c.Requests[0]).Seal()}
	}
	for name, test := range map[string]struct {
		c      desk.Case
		change func(*desk.Case, *desk.Decision)
		kind   fault.Kind
	}{
		"the token was revoked meanwhile": {waiting(lift), func(c *desk.Case, d *desk.Decision) {
			c.Holding.Tokens[1].State = token.Revoked
			*d = approve(*c)
		}, fault.Conflict},
		"the address was changed after it was seen": {waiting(move), func(c *desk.Case, _ *desk.Decision) { c.Holding.Owner.Address.Street = "Elsewhere 1" }, fault.Conflict},
		"another deed than the one that was seen":   {waiting(move), func(c *desk.Case, _ *desk.Decision) { c.Requests[0].Deed.Address.Street = "Diebsgasse 1" }, fault.Conflict},
		"nothing was seen":                          {waiting(lift), func(_ *desk.Case, d *desk.Decision) { d.Seen = "" }, fault.Conflict},
		"another request":                           {waiting(lift), func(_ *desk.Case, d *desk.Decision) { d.Request = "request-2" }, fault.NotFound},
		"who asked is gone":                         {waiting(lift), func(c *desk.Case, _ *desk.Decision) { c.Requests[0].Asker.State = account.Deactivated }, fault.Conflict},
		"who asked has lost the role":               {waiting(lift), func(c *desk.Case, _ *desk.Decision) { c.Requests[0].AskerRoles = nil }, fault.Conflict},
		"who asked reads the audit now":             {waiting(lift), func(c *desk.Case, _ *desk.Decision) { c.Requests[0].AskerRoles = []account.Role{account.Auditor} }, fault.Conflict},
		"the role is gone":                          {waiting(lift), func(c *desk.Case, _ *desk.Decision) { c.Clerk.Session.Roles = nil }, fault.NotAllowed},
		"an auditor":                                {waiting(lift), func(c *desk.Case, _ *desk.Decision) { c.Clerk.Session.Roles = []account.Role{account.Auditor} }, fault.NotAllowed},
		"a rejection without a reason":              {waiting(lift), func(_ *desk.Case, d *desk.Decision) { d.State = desk.Rejected }, fault.Invalid},
		"another state":                             {waiting(lift), func(_ *desk.Case, d *desk.Decision) { d.State = desk.RequestOpen }, fault.Invalid},
		"withdrawn by somebody else":                {waiting(lift), func(_ *desk.Case, d *desk.Decision) { d.State = desk.Withdrawn }, fault.NotAllowed},
	} {
		c := test.c
		d := approve(c)
		test.change(&c, &d)
		if change, err := c.Decide(d, fresh, rules(t), at(time.Minute)); !fault.Is(err, test.kind) || len(change.Closed) != 0 {
			t.Errorf("%s: closed %v, %v", name, change.Closed, err)
		}
	}
}

func TestAttack_ALapsedRequestIsWrittenDownAsSuchAndDoesNothing(t *testing.T) {
	c := annas(by(clerk("sven", account.Supervisor)))
	c.Requests = []desk.Request{{
		ID: "request-1", Deed: desk.Deed{Kind: desk.LiftToken, Token: "t2"}, Member: "anna", AskedBy: "rita", AskedAt: noon.AddDate(0, 0, -5), Until: noon,
		State: desk.RequestOpen, Asker: account.Account{State: account.Active},
	}}
	change, err := c.Decide(desk.Decision{Request: "request-1", State: desk.Approved, Seen: c.Picture(c.Requests[0]).Seal()}, fresh, rules(t), at(0))
	if !fault.Is(err, fault.Conflict) || len(change.Closed) != 1 || change.Closed[0].State != desk.Lapsed || len(change.Token.Tokens) != 0 {
		t.Errorf("%+v, %v", change.Closed, err)
	}
	again, err := func() (desk.Change, error) {
		c.Clerk = clerk("rita", account.ServiceDesk)
		identified(&c)
		return c.Do(desk.Deed{Kind: desk.LiftToken, Token: "t2"}, fresh, rules(t), at(0))
	}()
	if err != nil || again.New == nil || len(again.Closed) != 1 {
		t.Errorf("asked anew: %v, closed %v, %v", again.New, again.Closed, err)
	}
}

func TestRequest_IsNotMadeTwiceAtATime(t *testing.T) {
	c := annas(identified)
	c.Requests = []desk.Request{{ID: "r", Deed: desk.Deed{Kind: desk.ChangeEmail, Email: "a@b.example"}, State: desk.RequestOpen, AskedBy: "sven", Until: noon.AddDate(0, 0, 1)}}
	if _, err := c.Do(desk.Deed{Kind: desk.ChangeEmail, Email: "c@d.example"}, fresh, rules(t), at(0)); !fault.Is(err, fault.Conflict) {
		t.Errorf("%v", err)
	}
	if _, err := c.Do(desk.Deed{Kind: desk.ReleaseLetter, Letter: "l1"}, fresh, rules(t), at(0)); !fault.Is(err, fault.NotFound) {
		t.Errorf("a release is asked for: %v", err)
	}
}

func TestHeldLetter_GoesOrEndsByTheSecondPerson(t *testing.T) {
	c := annas(by(clerk("sven", account.Supervisor)))
	c.Holding.Orders[0].Letter = token.LetterStatus{ID: "l1", State: letter.Held}
	c.Requests = []desk.Request{{
		ID: "l1", Deed: desk.Deed{Kind: desk.ReleaseLetter, Letter: "l1", To: c.Member().LetterTo().Lines}, Member: "anna", AskedBy: audit.System,
		Until: noon.AddDate(0, 0, 9), State: desk.RequestOpen,
	}}
	seen := c.Picture(c.Requests[0]).Seal()
	change, err := c.Decide(desk.Decision{Request: "l1", State: desk.Approved, Seen: seen}, fresh, rules(t), at(0))
	if err != nil || !slices.Equal(change.Release, []string{"l1"}) {
		t.Errorf("released %v, %v", change.Release, err)
	}
	change, err = c.Decide(desk.Decision{Request: "l1", State: desk.Rejected, Reason: desk.WrongDetails, Seen: seen}, fresh, rules(t), at(0))
	if err != nil || !slices.Equal(change.Token.VoidLetters, []string{"l1"}) || len(change.Release) != 0 {
		t.Errorf("void %v, %v", change.Token.VoidLetters, err)
	}
	c.Holding.Owner.Address = newHome
	if _, err = c.Decide(desk.Decision{Request: "l1", State: desk.Approved, Seen: seen}, fresh, rules(t), at(0)); !fault.Is(err, fault.Conflict) {
		t.Errorf("to an address that is not the member's any more: %v", err)
	}
}

func TestIdentify_ComparesWhateverTheSpelling(t *testing.T) {
	for _, test := range []struct {
		said   desk.Answers
		right  int
		wrong  int
		enough bool
	}{
		{desk.Answers{desk.FactNumber: "by 104711", desk.FactStreet: "LINDENSTR. 12A", desk.FactPostcode: "80 331"}, 3, 0, true},
		{desk.Answers{desk.FactNumber: "BY-10/4711", desk.FactStreet: "Lindenstrasse 12 a", desk.FactDomain: "Praxis.Example"}, 3, 0, true},
		{desk.Answers{desk.FactSerial: "st 0000-0013", desk.FactDomain: "anna@praxis.example", desk.FactLastLogin: "8.3.2026"}, 3, 0, true},
		{desk.Answers{desk.FactSerial: "ST00000012", desk.FactLastOrder: "09.03.26", desk.FactLastLogin: "2026-03-08"}, 3, 0, true},
		{desk.Answers{desk.FactSerial: "ST00000012", desk.FactLastOrder: "09.03.26", desk.FactLastLogin: "2026-03-08", desk.FactStreet: "Anger 3"}, 3, 1, true},
		{desk.Answers{desk.FactSerial: "ST00000012", desk.FactLastOrder: "09.03.26", desk.FactLastLogin: "2026-03-08", desk.FactStreet: "x", desk.FactNumber: "x"}, 3, 2, false},
		{desk.Answers{desk.FactStreet: "Lindenstr. 12a", desk.FactPostcode: "80331", desk.FactDomain: "praxis.example"}, 3, 0, false}, // all in directories
		{desk.Answers{desk.FactSerial: "ST00000015", desk.FactStreet: "Lindenstr. 12a", desk.FactPostcode: "80331"}, 2, 1, false},     // a token that is revoked
		{desk.Answers{desk.FactLastLogin: "gestern", desk.FactNumber: "4711"}, 0, 2, false},
		{desk.Answers{desk.FactTown: "München", desk.FactNumber: "  ", desk.FactStreet: ""}, 0, 0, false}, // not asked by the profile
	} {
		got := annas().Check(test.said, rules(t).Desk.Identification)
		if len(got.Right) != test.right || len(got.Wrong) != test.wrong || got.Enough != test.enough {
			t.Errorf("%v: right %v, wrong %v, enough %v", test.said, got.Right, got.Wrong, got.Enough)
		}
	}
}

func TestIdentify_WhatIsUnknownIsNotAsked(t *testing.T) {
	bare := annas(func(c *desk.Case) {
		c.Holding.Owner.Number, c.Holding.Owner.LastLogin = "", time.Time{}
		c.Holding.Tokens, c.Holding.Orders = nil, nil
	})
	ask := rules(t).Desk.Identification
	if got := bare.Askable(ask); !slices.Equal(got, []desk.Fact{desk.FactStreet, desk.FactPostcode, desk.FactDomain}) || bare.CanSuffice(ask) {
		t.Errorf("asked %v", got)
	}
	said := desk.Answers{desk.FactNumber: "", desk.FactSerial: "", desk.FactLastLogin: " "}
	if _, _, err := bare.Identify(said, rules(t), at(0)); !fault.Is(err, fault.Invalid) {
		t.Errorf("empty answers: %v", err)
	}
}

func TestAttack_GuessingFactsSlowsDown(t *testing.T) {
	c, wrong := annas(), desk.Answers{desk.FactNumber: "4712"}
	now := time.Duration(0)
	var pauses []time.Duration
	for range 12 {
		_, change, err := c.Identify(wrong, rules(t), at(now))
		if f := fault.Of(err); f != nil && f.Kind == fault.Busy {
			pauses = append(pauses, f.Retry)
			right := desk.Answers{desk.FactNumber: "BY-10 4711", desk.FactStreet: "Lindenstr. 12a", desk.FactPostcode: "80331"}
			if _, _, err := c.Identify(right, rules(t), at(now)); !fault.Is(err, fault.Busy) {
				t.Error("the right answers are looked at within the pause")
			}
			now += f.Retry
			c.Clerk.Session.Created, c.Clerk.Session.Seen = noon.Add(now), noon.Add(now)
			_, change, err = c.Identify(wrong, rules(t), at(now))
		}
		if err != nil || change.Identified != nil || change.Tries == nil {
			t.Fatalf("%+v, %v", change, err)
		}
		c.Tries = *change.Tries
	}
	if want := []time.Duration{1, 2, 4, 8, 16, 32, 64, 128}; len(pauses) != len(want) || pauses[0] != time.Minute || pauses[7] != 128*time.Minute {
		t.Errorf("pauses %v", pauses)
	}
}

func TestIdentify_IsRecordedByTheNamesOfFactsAndCountsForAWhile(t *testing.T) {
	said := desk.Answers{desk.FactNumber: "BY-10 4711", desk.FactStreet: "Anger 3", desk.FactPostcode: "80331", desk.FactDomain: "praxis.example"}
	done, change, err := annas().Identify(said, rules(t), at(0))
	if err != nil || !done.Enough || change.Identified == nil || !change.Identified.Until.Equal(noon.Add(30*time.Minute)) {
		t.Fatalf("%+v, %+v, %v", done, change.Identified, err)
	}
	if diff := cmp.Diff([]audit.Event{{
		Kind: audit.Identified, Actor: "rita", Account: "anna", Session: "session-of-rita", Reason: "right: number, postcode, email-domain; wrong: street",
	}}, change.Events); diff != "" {
		t.Error(diff)
	}
	if _, _, err := annas(by(clerk("tom", account.TokenStock))).Identify(said, rules(t), at(0)); !fault.Is(err, fault.NotAllowed) {
		t.Errorf("by another role: %v", err)
	}
	vouched, err := annas().Vouch(desk.CallBack, rules(t), at(0))
	if err != nil || vouched.Identified == nil || vouched.Events[0].Reason != "call-back" {
		t.Errorf("%+v, %v", vouched, err)
	}
	for _, way := range []desk.Way{desk.ByFacts, "by-voice", ""} {
		if _, err := annas().Vouch(way, rules(t), at(0)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", way, err)
		}
	}
}

func TestOffers_AreWhatTheStateAdmitsAndWhoLooksMay(t *testing.T) {
	kinds := func(c desk.Case) (list []desk.DeedKind) {
		for _, o := range c.Offers(rules(t), at(0)) {
			list = append(list, o.Deed.Kind)
		}
		return list
	}
	want := []desk.DeedKind{
		desk.SuspendToken, desk.RevokeToken, desk.LiftToken, desk.RevokeToken, desk.NewLetter, desk.VoidOrder, desk.EndSessions,
		desk.ChangeAddress, desk.ChangeEmail, desk.MarkLeft, desk.MarkDeceased,
	}
	if diff := cmp.Diff(want, kinds(annas())); diff != "" {
		t.Error(diff)
	}
	closed := kinds(annas(possible(desk.Deed{Kind: desk.Restore})))
	if !slices.Contains(closed, desk.Restore) || slices.Contains(closed, desk.MarkLeft) || slices.Contains(closed, desk.ChangeAddress) {
		t.Errorf("of a closed account: %v", closed)
	}
	for _, o := range annas().Offers(rules(t), at(0)) {
		if manner, _ := desk.MannerOf(o.Deed.Kind); o.Refused != nil || o.Identify != manner.Identified {
			t.Errorf("%s: refused %v, identify %v", o.Deed.Kind, o.Refused, o.Identify)
		}
		if _, err := annas(identified, possible(o.Deed)).Do(reasoned(o.Deed), fresh, rules(t), at(0)); err != nil && fault.Of(err).Kind != fault.Invalid {
			t.Errorf("%s is offered and refused: %v", o.Deed.Kind, err)
		}
	}
	for _, o := range annas(by(clerk("ada", account.Auditor))).Offers(rules(t), at(0)) {
		if o.Refused == nil {
			t.Errorf("an auditor is offered %s", o.Deed.Kind)
		}
	}
}

func reasoned(d desk.Deed) desk.Deed {
	d.Reason = token.Lost
	return d
}
