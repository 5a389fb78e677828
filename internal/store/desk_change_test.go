package store_test

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/secret"
	"torhaus/internal/store"
	"torhaus/internal/store/storetest"
	"torhaus/internal/token"
)

// office is a house with staff.
type office struct {
	house
	deeds      *desk.DeedService
	rita, sven login.Session
}

func newOffice(t *testing.T, w storetest.World) office {
	t.Helper()
	h := newHouse(t, w)
	o := office{house: h, deeds: deedsOn(t, h, h.DB)}
	o.rita = o.clerk("rita", account.ServiceDesk)
	o.sven = o.clerk("sven", account.Supervisor)
	return o
}

func deedsOn(t *testing.T, h house, db *store.DB) *desk.DeedService {
	t.Helper()
	return &desk.DeedService{Store: db, Tokens: h.tokens, Rules: desk.RulesOf(kvb(t))}
}

// clerk adds one of staff, in a session of two factors.
func (o office) clerk(id account.ID, roles ...account.Role) login.Session {
	o.t.Helper()
	a := account.Account{
		ID: id, Realm: account.Staff, UserName: string(id), State: account.Active, Email: string(id) + "@kvb.example",
		Person: account.Person{First: strings.ToUpper(string(id)), Last: "Amt"},
	}
	if err := o.DB.CreateAccount(o.t.Context(), a, anyHash); err != nil {
		o.t.Fatal(err)
	}
	for _, r := range roles {
		o.exec(`INSERT INTO staff_role (account_id, role, granted_at, granted_by, confirmed_at, confirmed_by) VALUES ($1, $2, 1, 'system', 1, 'system')`, id, r)
	}
	o.exec(`INSERT INTO token (id, account_id, kind, serial, state, reason, algorithm, digits, period, last_step, wrong_row, created_at, activated_at)
		VALUES ($1, $2, 'soft', $3, 'active', '', 'SHA1', 6, 30, 0, 0, 1, 1)`, "token-of-"+id, id, "ST-"+id)
	return o.session(id)
}

// session opens another session of one of staff.
func (o office) session(id account.ID) login.Session {
	o.t.Helper()
	now := time.Now().Add(o.Clock.Offset()).UnixMicro()
	s := login.Session{ID: login.SessionID(secret.NewID()), Account: id}
	o.exec(`INSERT INTO session (id, account_id, level, created_at, seen_at, password_at, factor_at, token_id, address, agent, end_reason, refused)
		VALUES ($1, $2, 'two-factor', $3, $3, $3, $3, $4, '', '', '', 0)`, s.ID, id, now, "token-of-"+id)
	return s
}

func (o office) exec(query string, args ...any) {
	o.t.Helper()
	if err := o.DB.Exec(o.t.Context(), query, args...); err != nil {
		o.t.Fatal(err)
	}
}

// identify has one of staff identify anna.
func (o office) identify(by login.Session) {
	o.t.Helper()
	if err := o.deeds.Vouch(o.t.Context(), "anna", by, desk.InPerson); err != nil {
		o.t.Fatal(err)
	}
}

// ask has rita ask for a deed, and gives the request.
func (o office) ask(d desk.Deed) desk.Request {
	o.t.Helper()
	o.identify(o.rita)
	if asked, err := o.deeds.Do(o.t.Context(), "anna", o.rita, d, "form"); err != nil || !asked {
		o.t.Fatalf("asked %v, %v", asked, err)
	}
	return o.waiting()
}

// waiting gives the one request that waits.
func (o office) waiting() desk.Request {
	o.t.Helper()
	list, err := o.DB.Requests(o.t.Context(), desk.Cursor{}, 10)
	if err != nil || len(list) != 1 {
		o.t.Fatalf("%d requests, %v", len(list), err)
	}
	return list[0].Request
}

// decide has somebody decide about a request as it looks now.
func (o office) decide(by login.Session, r desk.Request, state desk.RequestState) error {
	o.t.Helper()
	p, _, _, err := o.deeds.Request(o.t.Context(), by, r.ID)
	if err != nil {
		o.t.Fatal(err)
	}
	return o.deeds.Decide(o.t.Context(), by, desk.Decision{Request: r.ID, State: state, Reason: desk.WrongDetails, Seen: p.Seal()})
}

var moved = account.Address{Street: "Am Anger 3", Postcode: "90402", Town: "Nürnberg"}

// move gives anna another address.
func (o office) move() {
	o.t.Helper()
	if err := o.decide(o.sven, o.ask(desk.Deed{Kind: desk.ChangeAddress, Address: moved}), desk.Approved); err != nil {
		o.t.Fatal(err)
	}
}

func TestNewAddressByTwoStaff_IsDatedAndTheOldOneIsTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newOffice(t, w)
		o.move()
		got := o.holding().Owner
		if got.Address != moved || got.AddressChanged.IsZero() {
			t.Errorf("%+v, changed %v", got.Address, got.AddressChanged)
		}
		if n := o.count(`SELECT count(*) FROM account WHERE address_changed_by = 'rita'`); n != 1 {
			t.Error("who asked for it is not known")
		}
		if n := o.count(`SELECT count(*) FROM letter WHERE kind = 'address-changed' AND state = 'queued' AND held_until IS NULL`); n != 1 {
			t.Errorf("%d letters to the old address", n)
		}
		jobs := o.jobs()
		for _, kind := range []string{"letter.deliver", "mail.address-changed", "request.tell"} {
			if jobs[kind] != 1 {
				t.Errorf("%d jobs %s", jobs[kind], kind)
			}
		}
		for _, kind := range []audit.Kind{audit.RequestAsked, audit.RequestApproved, audit.AddressChanged} {
			if len(o.recorded(kind)) != 1 {
				t.Errorf("%d events %s", len(o.recorded(kind)), kind)
			}
		}
		if n := o.count(`SELECT count(*) FROM desk_request WHERE state = 'approved' AND sealed IS NULL`); n != 1 {
			t.Error("the closed request keeps its details")
		}
		o.verifyAudit()
	})
}

// jobs counts the jobs by their kinds.
func (o office) jobs() map[string]int64 {
	o.t.Helper()
	found := map[string]int64{}
	for _, kind := range []string{"letter.deliver", "mail.address-changed", "request.tell", "mail.decision-waiting", "mail.by-desk"} {
		found[kind] = o.count(`SELECT count(*) FROM job WHERE kind = $1`, kind)
	}
	return found
}

func TestLetterWithASecretToANewAddress_WaitsForASecondPerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newOffice(t, w)
		o.move()
		placed, _ := o.order("form")
		if placed.Letter.State != letter.Held || o.holding().Orders[0].Letter.State != letter.Held {
			t.Errorf("the letter is %s", placed.Letter.State)
		}
		if jobs := o.jobs(); jobs["letter.deliver"] != 1 { // of the one to the old address
			t.Errorf("%d letters are delivered", jobs["letter.deliver"])
		}
		if err := o.DB.HandOver(t.Context(), placed.Letter.ID); err != nil {
			t.Fatal(err)
		}
		if n := o.count(`SELECT count(*) FROM letter WHERE id = $1 AND state = 'queued' AND sealed IS NOT NULL`, placed.Letter.ID); n != 1 {
			t.Error("a letter that waits was handed over")
		}
		r := o.waiting()
		if r.Deed.Kind != desk.ReleaseLetter || r.AskedBy != "rita" || !slices.Contains(r.Deed.To, "Am Anger 3") {
			t.Errorf("%+v", r)
		}
		if err := o.decide(o.rita, r, desk.Approved); !fault.Is(err, fault.NotAllowed) {
			t.Errorf("who changed the address releases the letter: %v", err)
		}
		if err := o.decide(o.sven, r, desk.Approved); err != nil {
			t.Fatal(err)
		}
		if jobs := o.jobs(); jobs["letter.deliver"] != 2 || o.holding().Orders[0].Letter.State != letter.Queued {
			t.Errorf("%d letters, the order's is %s", jobs["letter.deliver"], o.holding().Orders[0].Letter.State)
		}
		if err := o.DB.HandOver(t.Context(), placed.Letter.ID); err != nil || o.holding().Orders[0].Letter.State != letter.HandedOver {
			t.Errorf("%s, %v", o.holding().Orders[0].Letter.State, err)
		}
		o.verifyAudit()
	})
}

func TestAttack_NeitherWhoeverGaveTheAddressNorWhoeverHadTheLetterSentReleasesIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newOffice(t, w)
		o.move() // asked for by rita
		placed, _ := o.order("form")
		o.identify(o.sven)
		if _, err := o.deeds.Do(t.Context(), "anna", o.sven, desk.Deed{Kind: desk.NewLetter, Order: placed.ID}, "again"); err != nil {
			t.Fatal(err)
		}
		r := o.waiting()
		if r.AskedBy != "sven" || r.Gave != "rita" {
			t.Errorf("asked by %s, address of %s", r.AskedBy, r.Gave)
		}
		for _, by := range []login.Session{o.rita, o.sven} {
			for _, state := range []desk.RequestState{desk.Approved, desk.Rejected} {
				if err := o.decide(by, r, state); !fault.Is(err, fault.NotAllowed) {
					t.Errorf("%s by %s: %v", state, by.Account, err)
				}
			}
			if n, err := o.DB.CountRequests(t.Context(), by.Account); n != 0 || err != nil {
				t.Errorf("%d wait for %s, %v", n, by.Account, err)
			}
		}
		if err := o.DB.Exec(t.Context(), `UPDATE desk_request SET state = 'approved', decided_by = 'rita', decided_at = 1 WHERE id = $1`, r.ID); err == nil {
			t.Error("the database takes a release by who gave the address")
		}
		if err := o.decide(o.clerk("tina", account.ServiceDesk), r, desk.Approved); err != nil {
			t.Errorf("a third: %v", err)
		}
	})
}

func TestAttack_WhoAskedAndLostTheRoleSinceGetsNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newOffice(t, w)
		r := o.ask(desk.Deed{Kind: desk.ChangeAddress, Address: moved})
		o.exec(`UPDATE staff_role SET role = 'auditor' WHERE account_id = 'rita'`)
		if err := o.decide(o.sven, r, desk.Approved); !fault.Is(err, fault.Conflict) || o.holding().Owner.Address == moved {
			t.Errorf("the asker has lost the role: %v", err)
		}
		o.exec(`UPDATE staff_role SET role = 'service-desk' WHERE account_id = 'rita'`)
		o.exec(`DELETE FROM staff_role WHERE account_id = 'sven'`)
		if err := o.decide(o.sven, r, desk.Approved); !fault.Is(err, fault.NotAllowed) || o.holding().Owner.Address == moved {
			t.Errorf("the decider has lost the role: %v", err)
		}
	})
}

func TestHeldLetter_ThatIsRejectedOrSupersededOrLapsedNeverGoes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newOffice(t, w)
		o.move()
		first, _ := o.order("first")
		if err := o.decide(o.sven, o.waiting(), desk.Rejected); err != nil {
			t.Fatal(err)
		}
		if got := o.holding().Orders[0]; got.ID != first.ID || got.State != token.OrderCancelled || got.Letter.State != letter.Void {
			t.Errorf("rejected: order %s, letter %s", got.State, got.Letter.State)
		}
		o.Clock.Advance(25 * time.Hour)
		o.order("second")
		r := o.waiting()
		o.Clock.Advance(25 * time.Hour)
		o.order("third")
		if newest := o.waiting(); newest.ID == r.ID {
			t.Error("the request for a superseded letter is still open")
		}
		o.Clock.Advance(20 * day)
		if list, err := o.DB.Requests(t.Context(), desk.Cursor{}, 10); err != nil || len(list) != 0 {
			t.Errorf("%d requests after the code's last day, %v", len(list), err)
		}
		o.forget()
		if n := o.count(`SELECT count(*) FROM letter WHERE kind = 'activation-code' AND sealed IS NOT NULL`); n != 0 {
			t.Errorf("%d codes are kept whose time is over", n)
		}
		o.verifyAudit()
	})
}

func TestHoldingEnds_FourteenDaysAfterTheChange(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newOffice(t, w)
		o.move()
		o.Clock.To(calendar.LastDay(o.holding().Owner.AddressChanged, 14).End().Add(time.Minute))
		placed, _ := o.order("form")
		if placed.Letter.State != letter.Queued {
			t.Errorf("the letter is %s", placed.Letter.State)
		}
	})
}

func TestAttack_TwoWhoApproveAtOnceDoItOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newOffice(t, w)
		tina := o.clerk("tina", account.ServiceDesk)
		r := o.ask(desk.Deed{Kind: desk.ChangeAddress, Address: moved})
		p, _, _, err := o.deeds.Request(t.Context(), o.sven, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		other := deedsOn(t, o.house, w.Again(t))
		var n atomic.Int64
		won := race(24, func() bool {
			service, by, state := o.deeds, o.sven, desk.Approved
			if i := n.Add(1); i%2 == 0 {
				service, by = other, tina
				if i%3 == 0 {
					state = desk.Rejected
				}
			}
			return service.Decide(t.Context(), by, desk.Decision{Request: r.ID, State: state, Reason: desk.Needless, Seen: p.Seal()}) == nil
		})
		if won != 1 {
			t.Errorf("%d decided", won)
		}
		approvals, letters := len(o.recorded(audit.RequestApproved)), o.count(`SELECT count(*) FROM letter`)
		if rejections := len(o.recorded(audit.RequestRejected)); approvals+rejections != 1 || letters != int64(approvals) {
			t.Errorf("%d approvals, %d rejections, %d letters", approvals, rejections, letters)
		}
		o.verifyAudit()
	})
}

func TestDecision_IsMadeOnTheStateOfItsMoment(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newOffice(t, w)
		held := o.activeToken()
		if _, err := o.deeds.Do(t.Context(), "anna", o.rita, desk.Deed{Kind: desk.SuspendToken, Token: held.ID}, ""); err != nil {
			t.Fatal(err)
		}
		r := o.ask(desk.Deed{Kind: desk.LiftToken, Token: held.ID})
		if _, err := o.deeds.Do(t.Context(), "anna", o.sven, desk.Deed{Kind: desk.RevokeToken, Token: held.ID, Reason: token.Stolen}, ""); err != nil {
			t.Fatal(err)
		}
		if err := o.decide(o.sven, r, desk.Approved); !fault.Is(err, fault.Conflict) {
			t.Errorf("a token that was revoked meanwhile: %v", err)
		}
		if got, _ := o.holding().Token(held.ID); got.State != token.Revoked || o.waiting().State != desk.RequestOpen {
			t.Errorf("token %s, request %s", got.State, o.waiting().State)
		}
		o.verifyAudit()
	})
}

func TestLift_ForgetsTheWrongCodesThatBlocked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newOffice(t, w)
		held := o.activeToken()
		o.exec(`UPDATE token SET state = 'blocked', wrong_row = 20 WHERE id = $1`, held.ID)
		o.exec(`INSERT INTO wrong_code (token_id, at) VALUES ($1, $2)`, held.ID, time.Now().UnixMicro())
		if err := o.decide(o.sven, o.ask(desk.Deed{Kind: desk.LiftToken, Token: held.ID}), desk.Approved); err != nil {
			t.Fatal(err)
		}
		got, _ := o.holding().Token(held.ID)
		if n := o.count(`SELECT count(*) FROM wrong_code`); n != 0 || got.State != token.Active || got.WrongRow != 0 {
			t.Errorf("%s, %d in a row, %d wrong codes", got.State, got.WrongRow, n)
		}
	})
}

func TestAttack_AnIdentificationCountsForOneMemberInOneSession(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newOffice(t, w)
		max := anna()
		max.ID, max.UserName = "max", "max"
		if err := o.DB.CreateAccount(t.Context(), max, anyHash); err != nil {
			t.Fatal(err)
		}
		o.identify(o.rita)
		email := desk.Deed{Kind: desk.ChangeEmail, Email: "neu@praxis.example"}
		for name, try := range map[string]func() error{
			"of another member":  func() error { _, err := o.deeds.Do(t.Context(), "max", o.rita, email, ""); return err },
			"in another session": func() error { _, err := o.deeds.Do(t.Context(), "anna", o.session("rita"), email, ""); return err },
			"by somebody else":   func() error { _, err := o.deeds.Do(t.Context(), "anna", o.sven, email, ""); return err },
			"in no session": func() error {
				_, err := o.deeds.Do(t.Context(), "anna", login.Session{ID: "none"}, email, "")
				return err
			},
			"in a session of members": func() error { _, err := o.deeds.Do(t.Context(), "anna", o.membersSession(), email, ""); return err },
		} {
			if err := try(); !fault.Is(err, fault.NotAllowed) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := o.deeds.Do(t.Context(), "sven", o.rita, email, ""); !fault.Is(err, fault.NotFound) {
			t.Errorf("staff as a member: %v", err)
		}
		if asked, err := o.deeds.Do(t.Context(), "anna", o.rita, email, ""); err != nil || !asked {
			t.Errorf("where it counts: %v, %v", asked, err)
		}
	})
}

// membersSession opens a session of anna herself.
func (o office) membersSession() login.Session {
	o.t.Helper()
	now := time.Now().Add(o.Clock.Offset()).UnixMicro()
	s := login.Session{ID: login.SessionID(secret.NewID()), Account: "anna"}
	o.exec(`INSERT INTO session (id, account_id, level, created_at, seen_at, password_at, address, agent, end_reason, refused)
		VALUES ($1, 'anna', 'password', $2, $2, $2, '', '', '', 0)`, s.ID, now)
	return s
}

func TestAttack_DetailsChangedInTheDatabaseAreNotCarriedOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newOffice(t, w)
		r := o.ask(desk.Deed{Kind: desk.ChangeAddress, Address: moved})
		p, _, _, err := o.deeds.Request(t.Context(), o.sven, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		for name, statement := range map[string]string{
			"asked by somebody else": `UPDATE desk_request SET asked_by = 'sven'`,
			"another deed":           `UPDATE desk_request SET asked_by = 'rita', kind = 'mark-left'`,
		} {
			o.exec(statement)
			by := o.sven
			if strings.Contains(statement, "'sven'") {
				by = o.rita
			}
			if err := o.deeds.Decide(t.Context(), by, desk.Decision{Request: r.ID, State: desk.Approved, Seen: p.Seal()}); err == nil {
				t.Errorf("%s: carried out", name)
			}
		}
		if got := o.holding().Owner; got.Address != anna().Address || got.State != account.Active {
			t.Errorf("%+v", got)
		}
	})
}

func TestAttack_RequestIsDecidedOnceAndNotAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newOffice(t, w)
		r := o.ask(desk.Deed{Kind: desk.ChangeEmail, Email: "neu@praxis.example"})
		p, _, _, err := o.deeds.Request(t.Context(), o.sven, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		d := desk.Decision{Request: r.ID, State: desk.Approved, Seen: p.Seal()}
		if err := o.deeds.Decide(t.Context(), o.sven, d); err != nil {
			t.Fatal(err)
		}
		if err := o.deeds.Decide(t.Context(), o.sven, d); !fault.Is(err, fault.Conflict) {
			t.Errorf("replayed: %v", err)
		}
		if got := o.holding().Owner; got.Email != "neu@praxis.example" || got.EmailChanged.IsZero() {
			t.Errorf("%s, changed %v", got.Email, got.EmailChanged)
		}
		again := o.ask(desk.Deed{Kind: desk.ChangeEmail, Email: "dieb@example.org"})
		d.Request = again.ID
		if err := o.deeds.Decide(t.Context(), o.sven, d); !fault.Is(err, fault.Conflict) {
			t.Errorf("with the seal of another request: %v", err)
		}
		o.Clock.Advance(7 * day)
		late := o.session("sven")
		p, _, _, err = o.deeds.Request(t.Context(), late, again.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.deeds.Decide(t.Context(), late, desk.Decision{Request: again.ID, State: desk.Approved, Seen: p.Seal()}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a lapsed one: %v", err)
		}
		if n := o.count(`SELECT count(*) FROM desk_request WHERE state = 'lapsed'`); n != 1 || o.holding().Owner.Email != "neu@praxis.example" {
			t.Errorf("%d lapsed, address %s", n, o.holding().Owner.Email)
		}
		o.verifyAudit()
	})
}

func TestMarkedAsLeft_NobodyLogsInUntilRestored(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newOffice(t, w)
		held := o.activeToken()
		hers := o.membersSession()
		if err := o.decide(o.sven, o.ask(desk.Deed{Kind: desk.MarkLeft}), desk.Approved); err != nil {
			t.Fatal(err)
		}
		owner := o.holding().Owner
		if owner.State != account.Deactivated || owner.Ending != account.Left {
			t.Errorf("%s, %s", owner.State, owner.Ending)
		}
		if n := o.count(`SELECT count(*) FROM session WHERE id = $1 AND end_reason = 'desk'`, hers.ID); n != 1 {
			t.Error("her session goes on")
		}
		ended := o.recorded(audit.SessionRevoked)
		if len(ended) != 1 || ended[0].Actor != "sven" {
			t.Errorf("events of ended sessions: %+v", ended)
		}
		if err := o.decide(o.sven, o.ask(desk.Deed{Kind: desk.Restore}), desk.Approved); err != nil {
			t.Fatal(err)
		}
		if got, _ := o.holding().Token(held.ID); got.State != token.Active || o.holding().Owner.State != account.Active || o.holding().Owner.Ending != "" {
			t.Errorf("token %s, %+v", got.State, o.holding().Owner)
		}
		o.verifyAudit()
	})
}

func TestThoseWhoMayDecideAreToldOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newOffice(t, w)
		o.clerk("tom", account.TokenStock)
		o.clerk("uwe", account.ServiceDesk)
		r := o.ask(desk.Deed{Kind: desk.MarkLeft})
		payload, err := desk.Tell{Request: r.ID}.Encode()
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // done again after a crash
			err := o.deeds.Handlers()[desk.Tell{}.JobKind()].Do(t.Context(), job.Job{ID: "j", Payload: payload})
			if err != nil {
				t.Fatal(err)
			}
		}
		if n := o.jobs()["mail.decision-waiting"]; n != 2 { // sven and uwe
			t.Errorf("%d are told", n)
		}
		for by, want := range map[account.ID]int{"sven": 1, "rita": 0} {
			if n, err := o.DB.CountRequests(t.Context(), by); err != nil || n != want {
				t.Errorf("%s: %d wait, %v", by, n, err)
			}
		}
	})
}

func TestDeskRequest_ImpossibleStatesAreRefusedByTheTable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newOffice(t, w)
		o.ask(desk.Deed{Kind: desk.MarkLeft})
		for name, statement := range map[string]string{
			"approved by who asked": `UPDATE desk_request SET state = 'approved', decided_by = asked_by, decided_at = 1`,
			"rejected by who asked": `UPDATE desk_request SET state = 'rejected', decided_by = asked_by, decided_at = 1`,
			"approved by nobody":    `UPDATE desk_request SET state = 'approved', decided_at = 1`,
			"open and decided":      `UPDATE desk_request SET decided_by = 'sven', decided_at = 1`,
			"unknown state":         `UPDATE desk_request SET state = 'done', decided_by = 'sven', decided_at = 1`,
			"open without details":  `UPDATE desk_request SET sealed = NULL`,
			"asked by nobody":       `UPDATE desk_request SET asked_by = ''`,
			"ends before it begins": `UPDATE desk_request SET until_at = asked_at`,
			"twice at a time":       `INSERT INTO desk_request SELECT 'x', kind, account_id, subject, sealed, asked_by, asked_at, until_at, state, decided_by, decided_at, reason FROM desk_request`,
			"an unknown ending":     `UPDATE account SET ending = 'gone'`,
		} {
			if err := o.DB.Exec(t.Context(), statement); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
	})
}

func TestForget_RequestsAndIdentificationsGoAfterThirtyDays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		o := newOffice(t, w)
		if err := o.decide(o.rita, o.ask(desk.Deed{Kind: desk.MarkLeft}), desk.Withdrawn); err != nil {
			t.Fatal(err)
		}
		o.Clock.Advance(29 * day)
		if o.forget(); o.count(`SELECT count(*) FROM desk_request`) != 1 {
			t.Error("it is forgotten too early")
		}
		o.Clock.Advance(2 * day)
		o.forget()
		if n := o.count(`SELECT (SELECT count(*) FROM desk_request) + (SELECT count(*) FROM desk_identification) + (SELECT count(*) FROM desk_try)`); n != 0 {
			t.Errorf("%d rows are kept", n)
		}
	})
}
