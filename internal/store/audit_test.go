package store_test

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"strings"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/secret"
	"torhaus/internal/store"
	"torhaus/internal/store/storetest"
)

// vouched is a house whose audit head was signed after each deed.
type vouched struct {
	house
	keeper *audit.Keeper
}

func newVouched(t *testing.T, w storetest.World) vouched {
	t.Helper()
	keys, err := w.Keys.VerifierKeys(secret.AuditHeads, "kvb")
	if err != nil {
		t.Fatal(err)
	}
	v := vouched{house: newHouse(t, w), keeper: &audit.Keeper{
		Source: w.DB, Portal: "kvb", Dir: t.TempDir(), Replica: "host", Keys: keys, Log: slog.New(slog.DiscardHandler),
		Sign: func(text string) ([]byte, error) { return w.Keys.Sign(secret.AuditHeads, "kvb", text) },
	}}
	t.Cleanup(func() { _ = v.keeper.Close(context.Background()) })
	v.keep() // the account was created
	v.order("first")
	v.keep()
	v.tokenADayLater()
	v.keep()
	return v
}

// tokenADayLater orders and activates a token when the pause between two orders is over.
func (v vouched) tokenADayLater() {
	v.t.Helper()
	v.Clock.Advance(25 * time.Hour)
	v.activeToken()
}

func (v vouched) keep() {
	v.t.Helper()
	if err := v.keeper.Keep(v.t.Context()); err != nil {
		v.t.Fatal(err)
	}
}

// verify compares the chain with the signed heads, as `torhaus audit verify` does.
func (v vouched) verify() error {
	v.t.Helper()
	books, err := audit.ReadBooks("kvb", v.keeper.Keys, v.keeper.Dir)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.DB.ReadAudit(v.t.Context(), 0, func(records iter.Seq2[audit.Record, error], head audit.Head) error {
		_, err := audit.Verify(records, head, books.Heads...)
		return err
	})
}

func (v vouched) exec(statement string, args ...any) {
	v.t.Helper()
	if err := v.DB.Exec(v.t.Context(), statement, args...); err != nil {
		v.t.Fatal(err)
	}
}

// rewrite replaces the chain from a record on with other records whose hashes fit, head included, as somebody with all rights
// in the database would.
func (v vouched) rewrite(from int, length int) {
	v.t.Helper()
	var head audit.Head
	if from > 1 {
		before := v.Audit(v.t)[from-2]
		head = audit.Head{Seq: before.Seq, Hash: before.Hash}
	}
	v.exec(`DELETE FROM audit_event WHERE seq >= $1`, from)
	for range length {
		var r audit.Record
		r, head = head.Append(time.UnixMicro(1), audit.Event{Kind: audit.LoggedOut, Actor: "anna"})
		v.exec(`INSERT INTO audit_event (seq, at, kind, actor, account_id, token_id, order_id, letter_id, session_id, reason, hash)
			VALUES ($1, $2, $3, $4, '', '', '', '', '', '', $5)`, r.Seq, r.Time.UnixMicro(), string(r.Kind), r.Actor, r.Hash[:])
	}
	v.setHead(head)
}

func (v vouched) setHead(head audit.Head) {
	v.t.Helper()
	v.exec(`UPDATE audit_head SET seq = $1, hash = $2 WHERE id = 1`, head.Seq, head.Hash[:])
}

func TestAttack_AuditVerificationNamesTheFirstBrokenPlace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		v := newVouched(t, w)
		if err := v.verify(); err != nil {
			t.Fatal("sound chain: ", err)
		}
		sound := v.Audit(t)
		last := len(sound)
		restore := func() {
			v.exec(`DELETE FROM audit_event`)
			for _, r := range sound {
				v.exec(`INSERT INTO audit_event (seq, at, kind, actor, account_id, token_id, order_id, letter_id, session_id, reason, hash)
					VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, r.Seq, r.Time.UnixMicro(), string(r.Kind), r.Actor, r.Account,
					r.Token, r.Order, r.Letter, r.Session, r.Reason, r.Hash[:])
			}
			v.setHead(audit.Head{Seq: sound[last-1].Seq, Hash: sound[last-1].Hash})
		}
		for _, c := range []struct {
			name   string
			tamper func()
			place  int
		}{
			{"first row removed", func() { v.exec(`DELETE FROM audit_event WHERE seq = 1`) }, 1},
			{"first rows removed", func() { v.exec(`DELETE FROM audit_event WHERE seq <= 3`) }, 1},
			{"middle row removed", func() { v.exec(`DELETE FROM audit_event WHERE seq = 4`) }, 4},
			{"last row removed", func() { v.exec(`DELETE FROM audit_event WHERE seq = $1`, last) }, last},
			{"last rows removed", func() { v.exec(`DELETE FROM audit_event WHERE seq >= 5`) }, 5},
			{"head row set back", func() { v.setHead(audit.Head{Seq: sound[4].Seq, Hash: sound[4].Hash}) }, 6},
			{"end cut off together with the head row", func() { v.rewrite(6, 0) }, 6},
			{"all removed together with the head row", func() { v.rewrite(1, 0) }, 1},
			{"whole chain replaced by a fitting one", func() { v.rewrite(1, last) }, 1},
			{"whole chain replaced by a longer fitting one", func() { v.rewrite(1, 2*last) }, 1},
			{"end replaced by a fitting one", func() { v.rewrite(last, 1) }, int(v.before(int64(last))) + 1},
			{"row altered", func() { v.exec(`UPDATE audit_event SET reason = 'forged' WHERE seq = 3`) }, 3},
			{"row moved to another day", func() { v.exec(`UPDATE audit_event SET at = at - 86400000000 WHERE seq = 2`) }, 2},
			{"row inserted in front", func() {
				v.exec(`INSERT INTO audit_event (seq, at, kind, actor, account_id, token_id, order_id, letter_id, session_id, reason, hash)
					SELECT 0, at, kind, actor, account_id, token_id, order_id, letter_id, session_id, reason, hash FROM audit_event WHERE seq = 1`)
			}, 1},
		} {
			c.tamper()
			broken, ok := errors.AsType[*audit.BrokenError](v.verify())
			if !ok || int(broken.Seq) != c.place {
				t.Errorf("%s: %v, want record %d named", c.name, broken, c.place)
			}
			restore()
		}
		v.exec(`DELETE FROM audit_head`)
		if err := v.verify(); err == nil || !strings.Contains(err.Error(), "is gone") {
			t.Errorf("head row removed: %v", err)
		}
	})
}

// before gives the number of the last record that a signed head earlier than the given record vouches for.
func (v vouched) before(seq int64) (number int64) {
	v.t.Helper()
	books, err := audit.ReadBooks("kvb", v.keeper.Keys, v.keeper.Dir)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, h := range books.Heads {
		if h.Seq < seq {
			number = h.Seq
		}
	}
	return number
}

func TestReadAudit_SeesOneMomentWhileOthersWrite(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		err := h.DB.ReadAudit(t.Context(), 0, func(records iter.Seq2[audit.Record, error], head audit.Head) error {
			h.order("meanwhile")
			_, err := audit.Verify(records, head)
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// denyAudit lets every insert into the audit fail, as a full disk or a fault would. It gives the way back.
func denyAudit(t *testing.T, db *store.DB) (allow func()) {
	t.Helper()
	deny := []string{`CREATE TRIGGER no_audit BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'no audit'); END`}
	drop := `DROP TRIGGER no_audit`
	if db.Engine() == "postgres" {
		deny = []string{
			`CREATE FUNCTION no_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no audit'; END $$`,
			`CREATE TRIGGER no_audit BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION no_audit()`,
		}
		drop += ` ON audit_event`
	}
	for _, s := range deny {
		if err := db.Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		t.Helper()
		if err := db.Exec(t.Context(), drop); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAttack_DeedThatCannotBeAuditedLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		tok := h.activeToken()
		h.Clock.Advance(25 * time.Hour)
		waiting, code := h.order("waiting")
		h.Clock.Advance(25 * time.Hour)
		session, elsewhere := h.session(""), h.session("")
		deeds := []struct {
			name string
			do   func(context.Context) error
		}{
			{"account", func(ctx context.Context) error {
				other := anna()
				other.ID, other.UserName = "other", "other"
				return h.DB.CreateAccount(ctx, other, anyHash)
			}},
			{"order", func(ctx context.Context) error { _, err := h.tokens.Order(ctx, "anna", "new", false); return err }},
			{"wrong activation code", func(ctx context.Context) error {
				_, err := h.tokens.EnterCode(ctx, "anna", "s", wrong(code.Reveal()))
				return err
			}},
			{"right activation code", func(ctx context.Context) error {
				_, err := h.tokens.EnterCode(ctx, "anna", "s", code.Reveal())
				return err
			}},
			{"hand-over of a letter", func(ctx context.Context) error { return h.DB.HandOver(ctx, waiting.Letter.ID) }},
			{"wrong password", func(ctx context.Context) error {
				_, err := h.logins.EnterPassword(ctx, account.Door{Realm: account.Member}, "abeispiel", "wrong", login.Visitor{Address: "192.0.2.1"})
				return err
			}},
			{"wrong one-time code", func(ctx context.Context) error {
				_, err := h.logins.EnterCode(ctx, session, wrong(codeAt(tok, time.Now())), login.Visitor{})
				return err
			}},
			{"right one-time code", func(ctx context.Context) error {
				_, err := h.logins.EnterCode(ctx, session, codeAt(tok, time.Now().Add(30*time.Second)), login.Visitor{})
				return err
			}},
			{"suspension", func(ctx context.Context) error {
				_, err := h.tokens.Suspend(ctx, "anna", "", tok.Serial)
				return err
			}},
			{"new e-mail address", func(ctx context.Context) error {
				return h.DB.ChangeContact(ctx, "anna", func(account.Contact, calendar.Moment) (account.ContactChange, error) {
					return account.ContactChange{Email: "new@praxis.example", Events: []audit.Event{{Kind: audit.EmailChanged, Account: "anna"}}}, nil
				})
			}},
			{"end of the other sessions", func(ctx context.Context) error { return h.logins.EndOthers(ctx, elsewhere) }},
			{"logout", func(ctx context.Context) error { return h.logins.Leave(ctx, session) }},
		}
		before := h.dump()
		allow := denyAudit(t, h.DB)
		for _, d := range deeds {
			err := d.do(t.Context())
			if err == nil || fault.Of(err) != nil || !strings.Contains(err.Error(), "no audit") {
				t.Errorf("%s: %v", d.name, err)
			}
			if after := h.dump(); after != before {
				t.Errorf("%s left something:\n%s", d.name, changed(before, after))
			}
		}
		allow()
		if err := deeds[len(deeds)-1].do(t.Context()); err != nil {
			t.Error("afterwards: ", err)
		}
		h.verifyAudit()
	})
}

// dump gives what a deed could have left. The counts of guesses and the serial numbers are no deeds: they are taken before one,
// in transactions of their own.
func (h house) dump() string {
	h.t.Helper()
	all, err := h.DB.Dump(h.t.Context(), "guess", "serial")
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

// changed gives the lines that are new.
func changed(before, after string) string {
	had := map[string]bool{}
	for line := range strings.Lines(before + "\n") {
		had[strings.TrimSpace(line)] = true
	}
	var fresh []string
	for line := range strings.Lines(after) {
		if !had[strings.TrimSpace(line)] {
			fresh = append(fresh, line)
		}
	}
	return strings.Join(fresh, "")
}

// wrong gives another code of as many digits.
func wrong(code string) string {
	if code[0] == '9' {
		return "0" + code[1:]
	}
	return string(code[0]+1) + code[1:]
}

func TestAuditHoldsNoNameNoAddressNoEmail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		person := anna()
		person.ID, person.UserName = account.ID(secret.NewID()), "Erika.Mustermann"
		person.Person = account.Person{Salutation: account.Frau, Title: "Prof. Dr.", First: "Erika", Last: "Mustermann"}
		person.Address = account.Address{Extra: "Praxis Nord", Street: "Hauptweg 9", Postcode: "90402", Town: "Nürnberg"}
		person.Email = "erika@praxis.example"
		if err := h.DB.CreateAccount(t.Context(), person, anyHash); err != nil {
			t.Fatal(err)
		}
		h.live(person.ID)
		all, err := h.DB.Dump(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		records := 0
		for line := range strings.Lines(all) {
			if !strings.HasPrefix(line, "audit_") {
				continue
			}
			records++
			for _, private := range []string{
				"Erika", "Mustermann", "Prof", "Frau", "Praxis", "Hauptweg", "90402", "Nürnberg", "praxis.example", "192.0.2.7", "Firefox", "geheim",
			} {
				if strings.Contains(strings.ToLower(line), strings.ToLower(private)) {
					t.Errorf("the audit holds %q: %s", private, line)
				}
			}
		}
		if records < 8 {
			t.Errorf("only %d rows were looked at", records)
		}
	})
}

// live lets an account do what there is to do.
func (h house) live(id account.ID) {
	h.t.Helper()
	ctx, from := h.t.Context(), login.Visitor{Address: "192.0.2.7", Agent: "Firefox on erika's computer"}
	_, _ = h.logins.EnterPassword(ctx, account.Door{Realm: account.Member}, "erika.mustermann", "geheim", from)
	_, _ = h.logins.EnterPassword(ctx, account.Door{Realm: account.Member}, "erika.mustermann geheim", "geheim", from)
	o, err := h.tokens.Order(ctx, id, "form", false)
	if err != nil {
		h.t.Fatal(err)
	}
	_, _ = h.tokens.EnterCode(ctx, id, "s", "00000000")
	if err := h.DB.HandOver(ctx, o.Letter.ID); err != nil {
		h.t.Fatal(err)
	}
}
