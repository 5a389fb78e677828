package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/mailroom"
	"torhaus/internal/password"
	"torhaus/internal/store/storetest"
	"torhaus/internal/token"
)

func mailroomOf(h house) *mailroom.Service {
	return &mailroom.Service{Store: h.DB, Watch: letter.WatchOf(kvb(h.t))}
}

// clerk and chief are two of staff.
var (
	clerk = token.By{Actor: "clerk", Session: "c1"}
	chief = token.By{Actor: "chief", Session: "c2"}
)

// letters has so many members order, each one, and gives their letters.
func (h house) letters(n int) (ids []string) {
	h.t.Helper()
	for range n {
		a := anna()
		a.ID = account.ID(fmt.Sprintf("member-%d", h.count(`SELECT count(*) FROM account`)))
		a.UserName = string(a.ID)
		if err := h.DB.CreateAccount(h.t.Context(), a, anyHash); err != nil {
			h.t.Fatal(err)
		}
		o, err := h.tokens.Order(h.t.Context(), a.ID, "form", false)
		if err != nil {
			h.t.Fatal(err)
		}
		ids = append(ids, o.Letter.ID)
	}
	return ids
}

// admit tells how many of the letters may be handed over today, and hands those over.
func (h house) admit(most int, ids ...string) (admitted int) {
	h.t.Helper()
	for _, id := range ids {
		ok, err := h.DB.Admit(h.t.Context(), id, most)
		if err != nil {
			h.t.Fatal(err)
		}
		if !ok {
			continue
		}
		admitted++
		if err := h.DB.HandOver(h.t.Context(), id); err != nil {
			h.t.Fatal(err)
		}
	}
	return admitted
}

func (h house) batch(number int64) mailroom.Batch {
	h.t.Helper()
	b, err := h.DB.Batch(h.t.Context(), number)
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

func (h house) mail(id string) mailroom.Letter {
	h.t.Helper()
	p, _, err := h.DB.Parcel(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return p.Letter
}

func TestLettersAboveADaysNumberWaitForTheirRelease(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		ids := h.letters(5)
		if got := h.admit(3, ids...); got != 3 {
			t.Errorf("%d were handed over, want 3", got)
		}
		if got := h.admit(3, ids[3:]...); got != 0 {
			t.Errorf("asked again, %d more were handed over", got)
		}
		if ok, err := h.DB.Admit(t.Context(), ids[0], 3); !ok || err != nil {
			t.Errorf("one that was admitted before: %v, %v", ok, err)
		}
		day, held := h.batch(1), h.batch(2)
		if day.Held || day.State != mailroom.Open || day.All() != 3 || !held.Held || held.State != mailroom.Open || held.Waiting() != 2 {
			t.Errorf("batches %+v and %+v", day, held)
		}
		if l := h.mail(ids[4]); l.Waits != mailroom.ForRelease || l.Batch != 2 || l.State != letter.Queued {
			t.Errorf("the letter is %+v", l)
		}

		h.Clock.Advance(24 * time.Hour) // a normal day goes on, whatever waits
		next := h.letters(2)
		if got := h.admit(3, next...); got != 2 {
			t.Errorf("the next day: %d were handed over, want 2", got)
		}
		if day := h.batch(1); day.State != mailroom.HandedOver || day.ClosedBy != audit.System {
			t.Errorf("the day before is %+v", day)
		}
	})
}

func TestLettersOfOneDayAreCountedOnceHoweverManyAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		ids := h.letters(12)
		next := make(chan string, len(ids))
		for _, id := range ids {
			next <- id
		}
		other := w.Again(t)
		admitted := race(len(ids), func() bool {
			id := <-next
			db := h.DB
			if id[0]%2 == 0 {
				db = other
			}
			for {
				ok, err := db.Admit(context.WithoutCancel(t.Context()), id, 5)
				if err == nil || !fault.Is(err, fault.Conflict) && !strings.Contains(err.Error(), "locked") {
					return err == nil && ok
				}
			}
		})
		if admitted != 5 || h.batch(1).All() != 5 || h.batch(2).All() != 7 || h.count(`SELECT count(*) FROM letter_batch`) != 2 {
			t.Errorf("%d were admitted; batches of %d and %d", admitted, h.batch(1).All(), h.batch(2).All())
		}
	})
}

func TestBatchIsReleasedBySomebodyElseThanWhoeverClosedIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		ids := h.letters(3)
		h.admit(1, ids...)
		s, ctx := mailroomOf(h), t.Context()
		if err := s.Release(ctx, 2, chief); !fault.Is(err, fault.Conflict) {
			t.Errorf("released while it gathers: %v", err)
		}
		if err := s.Close(ctx, 2, clerk); err != nil {
			t.Fatal(err)
		}
		if err := s.Release(ctx, 2, clerk); !fault.Is(err, fault.Conflict) {
			t.Errorf("released by who closed it: %v", err)
		}
		if late := h.letters(1); h.admit(1, late...) != 0 || h.batch(2).All() != 2 || h.batch(3).All() != 1 {
			t.Error("a letter came into the closed batch, or was handed over")
		}
		before := h.count(`SELECT count(*) FROM job WHERE kind = 'letter.deliver'`)
		if err := s.Release(ctx, 2, chief); err != nil {
			t.Fatal(err)
		}
		if got := h.count(`SELECT count(*) FROM job WHERE kind = 'letter.deliver'`) - before; got != 2 {
			t.Errorf("%d jobs, want 2", got)
		}
		if err := s.Release(ctx, 2, chief); !fault.Is(err, fault.Conflict) {
			t.Errorf("released twice: %v", err)
		}
		if got := h.admit(1, ids[1:]...); got != 2 {
			t.Errorf("%d were handed over", got)
		}
		if b := h.batch(2); b.State != mailroom.HandedOver || b.ClosedBy != "clerk" || b.DecidedBy != "chief" {
			t.Errorf("the batch is %+v", b)
		}
		if len(h.recorded(audit.BatchClosed)) != 1 || len(h.recorded(audit.BatchReleased)) != 1 {
			t.Error("not recorded")
		}
		h.verifyAudit()
	})
}

func TestAttack_TheEndOfADayIsNoPersonWhoReleasesABatch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		h.admit(1, h.letters(3)...)
		h.Clock.Advance(24 * time.Hour)
		h.admit(1, h.letters(1)...) // ends the day before
		s, ctx := mailroomOf(h), t.Context()
		if b := h.batch(2); !b.Held || b.State != mailroom.Open || b.ClosedBy != "" {
			t.Errorf("the held batch of the day before is %+v", b)
		}
		for _, err := range []error{s.Release(ctx, 2, clerk), s.Close(ctx, 2, mailroom.Console)} {
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("by one person: %v", err)
			}
		}
		if err := h.DB.Exec(ctx, `UPDATE letter_batch SET state = 'awaiting', closed_at = 1, closed_by = 'system' WHERE number = 2`); err != nil {
			t.Fatal(err)
		}
		if err := s.Release(ctx, 2, clerk); !fault.Is(err, fault.Conflict) || h.batch(2).State != mailroom.Awaiting {
			t.Errorf("closed by the portal, released by one person: %v", err)
		}
	})
}

// doJobs carries out the jobs of a kind that are due.
func (h house) doJobs(kind string, do func(context.Context, job.Job) error) (done int) {
	h.t.Helper()
	jobs, err := h.DB.Claim(h.t.Context(), "test", time.Minute, 100)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, j := range jobs {
		if j.Kind != kind {
			continue
		}
		if err := errors.Join(do(h.t.Context(), j), h.DB.Done(h.t.Context(), j)); err != nil {
			h.t.Fatal(err)
		}
		done++
	}
	return done
}

func TestMassOrdersByABrokenScriptAreDiscarded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		ids := h.letters(3)
		h.admit(1, ids...)
		s, ctx := mailroomOf(h), t.Context()
		if err := errors.Join(s.Close(ctx, 2, clerk), s.Discard(ctx, 2, chief)); err != nil {
			t.Fatal(err)
		}
		if got := h.admit(1, ids[1:]...); got != 0 {
			t.Errorf("%d were handed over", got)
		}
		discard := s.Handlers()["letter.discard"].Do
		if n := h.doJobs("letter.discard", discard); n != 2 {
			t.Errorf("%d jobs", n)
		}
		for _, id := range ids[1:] {
			l := h.mail(id)
			held, _, err := h.DB.Holding(ctx, l.Account)
			if err != nil || l.State != letter.Void || held.Orders[0].State != token.OrderCancelled || held.Tokens[0].State != token.Revoked {
				t.Errorf("letter %s, order %s, token %s, %v", l.State, held.Orders[0].State, held.Tokens[0].State, err)
			}
		}
		if b := h.batch(2); b.State != mailroom.Discarded || b.Letters[letter.Void] != 2 {
			t.Errorf("the batch is %+v", b)
		}
		h.verifyAudit()
	})
}

func TestReturnedLetterVoidsItsOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		o, code := h.order("form")
		s, ctx := mailroomOf(h), t.Context()
		if _, err := s.Return(ctx, o.Letter.ID, clerk); !fault.Is(err, fault.Conflict) {
			t.Errorf("a letter that never left came back: %v", err)
		}
		h.admit(5, o.Letter.ID)
		what, err := s.Return(ctx, o.Letter.ID, clerk)
		if err != nil || what != mailroom.AnOrder {
			t.Fatalf("voided %q, %v", what, err)
		}
		held := h.holding()
		if held.Orders[0].State != token.OrderUndeliverable || held.Tokens[0].State != token.Revoked {
			t.Errorf("order %s, token %s", held.Orders[0].State, held.Tokens[0].State)
		}
		if _, err := h.tokens.EnterCode(ctx, "anna", "thief", code.Reveal()); !fault.Is(err, fault.Conflict) {
			t.Errorf("the code still works: %v", err)
		}
		if l := h.mail(o.Letter.ID); l.State != letter.Returned || l.Returned.IsZero() || l.Voided != mailroom.AnOrder {
			t.Errorf("the letter is %+v", l)
		}
		if _, err := s.Return(ctx, o.Letter.ID, chief); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second time: %v", err)
		}
		if n := h.count(`SELECT count(*) FROM job WHERE kind = 'mail.letter-returned'`); n != 1 {
			t.Errorf("%d e-mails", n)
		}
		if e := h.recorded(audit.LetterReturned); len(e) != 1 || e[0].Actor != "clerk" || e[0].Session != "c1" || e[0].Account != "anna" {
			t.Errorf("recorded %+v", e)
		}
		if e := h.recorded(audit.OrderUndeliverable); len(e) != 1 || e[0].Actor != "clerk" {
			t.Errorf("recorded %+v", e)
		}
		h.verifyAudit()
	})
}

func TestLetterThatComesBackAfterItsCodeWasUsedIsOnlyNoted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		o, code := h.order("form")
		h.admit(5, o.Letter.ID)
		try, err := h.tokens.EnterCode(t.Context(), "anna", "session", code.Reveal())
		if err != nil || try.Outcome != token.Right {
			t.Fatalf("%s, %v", try.Outcome, err)
		}
		if _, err := h.tokens.Activate(t.Context(), "anna", "session", codeAt(try.Token, time.Now())); err != nil {
			t.Fatal(err)
		}
		what, err := mailroomOf(h).Return(t.Context(), o.Letter.ID, clerk)
		if err != nil || what != mailroom.Nothing {
			t.Errorf("voided %q, %v", what, err)
		}
		if held := h.holding(); held.Tokens[0].State != token.Active || held.Orders[0].State != token.OrderActivated {
			t.Errorf("order %s, token %s", held.Orders[0].State, held.Tokens[0].State)
		}
		if n := h.count(`SELECT count(*) FROM job WHERE kind = 'mail.letter-returned'`); n != 0 {
			t.Errorf("%d e-mails", n)
		}
	})
}

func TestReturnedLetterVoidsItsOneTimePassword(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		n := password.NewOneTime{ID: "one-time", Letter: "letterwithapassword", Password: "CDFGHJKLMNPQRTV"}
		n.Hashed = h.Keys.Hash(password.Purpose, n.Password)
		err := h.DB.ChangeLogin(t.Context(), "anna", nil, func(st login.State, now calendar.Moment) (login.Change, error) {
			return login.Change{Password: st.Password.Issue(password.ByLetter, n, st.Holding.Owner, login.RulesOf(kvb(t)).Password, now)}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		h.admit(5, n.Letter)
		what, err := mailroomOf(h).Return(t.Context(), n.Letter, clerk)
		if err != nil || what != mailroom.Password {
			t.Fatalf("voided %q, %v", what, err)
		}
		st, _, err := h.DB.Passwords(t.Context(), "anna")
		if _, open := st.Open(); open || err != nil {
			t.Errorf("it is still open, %v", err)
		}
		if e := h.recorded(audit.OneTimeVoided); len(e) != 1 || e[0].Actor != "clerk" {
			t.Errorf("recorded %+v", e)
		}
		h.verifyAudit()
	})
}

func TestKVB11_ReissuedLetterHasANewCodeAndTheOldOneIsVoid(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		o, code := h.order("form")
		h.admit(5, o.Letter.ID)
		h.Clock.Advance(6 * 24 * time.Hour)
		n, err := h.tokens.Reissue(t.Context(), "anna", o.ID, "desk-form", clerk)
		if err != nil {
			t.Fatal(err)
		}
		again, err := h.tokens.Reissue(t.Context(), "anna", o.ID, "desk-form", clerk)
		if err != nil || again.ID != n.ID || n.ID == o.ID {
			t.Errorf("the same form twice: %s and %s, %v", n.ID, again.ID, err)
		}
		l, err := h.DB.Letter(t.Context(), n.Letter.ID)
		if err != nil {
			t.Fatal(err)
		}
		fresh := l.Content.(letter.ActivationCode)
		if fresh.Code == code || fresh.LastDay != o.LastDay.AddDays(6) {
			t.Errorf("the same code: %v; last day %v, was %v", fresh.Code == code, fresh.LastDay, o.LastDay)
		}
		if held := h.holding(); held.Orders[1].State != token.OrderSuperseded {
			t.Errorf("the old order is %s", held.Orders[1].State)
		}
		if try, _ := h.tokens.EnterCode(t.Context(), "anna", "s", code.Reveal()); try.Outcome == token.Right {
			t.Error("the old code works")
		}
		if try, err := h.tokens.EnterCode(t.Context(), "anna", "s", fresh.Code.Reveal()); err != nil || try.Outcome != token.Right {
			t.Errorf("the new code: %s, %v", try.Outcome, err)
		}
		for _, e := range h.recorded(audit.OrderSuperseded) {
			if e.Actor != "clerk" || e.Session != "c1" {
				t.Errorf("recorded %+v", e)
			}
		}
	})
}

func TestConfirmationIsAllOrNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		ids := h.letters(3)
		h.admit(5, ids[:2]...)
		h.Clock.Advance(24 * time.Hour)
		s, ctx := mailroomOf(h), t.Context()
		today := h.today()
		file := func(ids ...string) *strings.Reader {
			return strings.NewReader("letter;posted\r\n" + strings.Join(ids, ";"+today+"\r\n") + ";" + today + "\r\n")
		}
		r, err := s.Confirm(ctx, file(ids...), false, clerk)
		if err != nil || r.Done || r.AllWrong != 1 || r.Refused[0].Problem != mailroom.NotHandedOver || r.Refused[0].Line != 4 {
			t.Errorf("with one that is still here: %+v, %v", r, err)
		}
		r, err = s.Confirm(ctx, file(ids[:2]...), true, clerk)
		if err != nil || r.Done || r.Posted != 2 {
			t.Errorf("dry: %+v, %v", r, err)
		}
		if n := h.count(`SELECT count(*) FROM letter WHERE state = 'posted'`); n != 0 {
			t.Errorf("%d are posted", n)
		}
		h.admit(5, ids[2]) // opens the batch of the next day, and closes the one before
		r, err = s.Confirm(ctx, file(ids[:2]...), false, clerk)
		if err != nil || !r.Done || r.Posted != 2 || !slices.Equal(r.Batches, []int64{1}) {
			t.Errorf("done: %+v, %v", r, err)
		}
		if l := h.mail(ids[0]); l.State != letter.Posted || l.Posted.String() != today {
			t.Errorf("the letter is %+v", l)
		}
		if b := h.batch(1); b.State != mailroom.Confirmed {
			t.Errorf("the batch is %s", b.State)
		}
		r, err = s.Confirm(ctx, file(ids[:2]...), false, clerk)
		if err != nil || !r.Done || r.Posted != 0 || r.Unchanged != 2 {
			t.Errorf("a second time: %+v, %v", r, err)
		}
		if len(h.recorded(audit.LetterPosted)) != 2 {
			t.Error("not recorded, or twice")
		}
		h.verifyAudit()
	})
}

func (h house) today() string {
	h.t.Helper()
	now, err := h.DB.Now(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return calendar.DateOf(now.Time).String()
}

func TestHandOverThatWasGivenUpIsSeenAndTriedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		id := h.letters(1)[0]
		jobs, err := h.DB.Claim(t.Context(), "test", time.Minute, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range jobs {
			if err := h.DB.Dead(t.Context(), j, "the printer has no paper"); err != nil {
				t.Fatal(err)
			}
		}
		s := mailroomOf(h)
		p, err := s.List(t.Context(), mailroom.Filter{Only: mailroom.Stuck}, nil)
		if err != nil || len(p.Letters) != 1 || p.Letters[0].Dead == "" || p.Letters[0].Cause != "the printer has no paper" {
			t.Fatalf("stuck: %+v, %v", p.Letters, err)
		}
		if err := s.Retry(t.Context(), id, clerk); err != nil {
			t.Fatal(err)
		}
		if l := h.mail(id); l.Dead != "" {
			t.Errorf("it is still stuck: %+v", l)
		}
		if n := h.doJobs("letter.deliver", func(context.Context, job.Job) error { return nil }); n != 1 {
			t.Errorf("%d jobs", n)
		}
		if err := s.Retry(t.Context(), id, clerk); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second time: %v", err)
		}
	})
}

func TestKVB10_ListOfLettersIsFilteredAndPaged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		s, ctx := mailroomOf(h), t.Context()
		old := h.letters(30)
		h.Clock.Advance(9 * 24 * time.Hour)
		fresh := h.letters(2)
		first, err := s.List(ctx, mailroom.Filter{}, nil)
		if err != nil || len(first.Letters) != mailroom.PageSize || first.Next == nil || first.Letters[0].ID != fresh[1] {
			t.Fatalf("%d letters, next %v, %v", len(first.Letters), first.Next, err)
		}
		second, err := s.List(ctx, mailroom.Filter{}, first.Next)
		if err != nil || len(second.Letters) != 7 || second.Next != nil || second.Letters[6].ID != old[0] {
			t.Errorf("%d letters, next %v, %v", len(second.Letters), second.Next, err)
		}
		for name, c := range map[string]struct {
			f    mailroom.Filter
			want int
		}{
			"late":         {mailroom.Filter{Only: mailroom.Late}, 25},
			"state":        {mailroom.Filter{State: letter.Posted}, 0},
			"kind":         {mailroom.Filter{Kind: "activation-code"}, 25},
			"another kind": {mailroom.Filter{Kind: "one-time-password"}, 0},
			"period":       {mailroom.Filter{From: calendar.DateOf(first.Letters[0].Created)}, 2},
			"until":        {mailroom.Filter{To: calendar.DateOf(first.Letters[0].Created).AddDays(-2)}, 25},
			"held":         {mailroom.Filter{Only: mailroom.Held}, 0},
			"nobody":       {mailroom.Filter{Member: "nobody"}, 0},
			"recipient":    {mailroom.Filter{Member: first.Letters[0].Account}, 1},
		} {
			if p, err := s.List(ctx, c.f, nil); err != nil || len(p.Letters) != c.want {
				t.Errorf("%s: %d letters, %v", name, len(p.Letters), err)
			}
		}
		if a, err := s.Attention(ctx); err != nil || a.All != 32 || a.Late+a.Overdue != 30 {
			t.Errorf("%+v, %v", a, err)
		}
		found, err := s.Find(ctx, letter.Number(old[3]))
		if err != nil || len(found) != 1 || found[0].ID != old[3] {
			t.Errorf("found %v, %v", found, err)
		}
		if found, err = s.Find(ctx, strings.ToUpper(mailroom.Swapped(old[3]))); err != nil || found[0].ID != old[3] {
			t.Errorf("by a scanner that speaks American: %v, %v", found, err)
		}
		if _, err = s.Find(ctx, "aaaaaaaaaa"); !fault.Is(err, fault.Invalid) {
			t.Errorf("unknown: %v", err)
		}
	})
}
