package login_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/password"
	"torhaus/internal/secret"
	"torhaus/internal/token"
)

const annasNewPassword = secret.Text("vier graue Esel tanzen")

// work does the jobs of package login that are due, and gives the kinds of all others that were left behind.
func (h house) work() (left []string) {
	h.t.Helper()
	jobs, err := h.DB.Claim(h.t.Context(), "test", time.Minute, 100)
	if err != nil {
		h.t.Fatal(err)
	}
	handlers := h.logins.Handlers()
	for _, j := range jobs {
		handler, ours := handlers[j.Kind]
		if !ours {
			left = append(left, j.Kind)
			continue
		}
		if err := handler.Do(h.t.Context(), j); err != nil {
			h.t.Fatal(err)
		}
	}
	for _, j := range jobs {
		if err := h.DB.Done(h.t.Context(), j); err != nil {
			h.t.Fatal(err)
		}
	}
	slices.Sort(left)
	return left
}

// forgot asks for a one-time password and does what the request left behind.
func (h house) forgot(name string, way password.Way, code string) {
	h.t.Helper()
	if err := h.logins.Forgot(h.t.Context(), atMembers, name, way, code, practice); err != nil {
		h.t.Fatal(err)
	}
	h.work()
}

// posted gives the one-time password in the newest letter.
func (h house) posted() secret.Text {
	h.t.Helper()
	var id string
	err := h.raw.QueryRowContext(h.t.Context(), `SELECT id FROM letter WHERE kind = 'one-time-password' ORDER BY created_at DESC LIMIT 1`).Scan(&id)
	if err != nil {
		h.t.Fatal(err)
	}
	l, err := h.DB.Letter(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return l.Content.(letter.OneTimePassword).Password
}

// byPost lets Anna forget her password and gives what comes by letter.
func (h house) byPost() secret.Text {
	h.t.Helper()
	h.forgot("abeispiel", password.ByLetter, "")
	return h.posted()
}

func (h house) owner() account.Account {
	h.t.Helper()
	held, _, err := h.DB.Holding(h.t.Context(), "anna")
	if err != nil {
		h.t.Fatal(err)
	}
	return held.Owner
}

func (h house) change(in login.Entered, form login.PasswordForm) (login.Entered, error) {
	h.t.Helper()
	return h.logins.ChangePassword(h.t.Context(), in.Session, h.owner(), form, practice)
}

// renew sets the new password in a session that was opened with a one-time one.
func (h house) renew(oneTime secret.Text) login.Entered {
	h.t.Helper()
	in, err := h.change(h.mustEnter("abeispiel", oneTime, practice), login.PasswordForm{New: annasNewPassword})
	if err != nil {
		h.t.Fatal(err)
	}
	return in
}

func (h house) mayOrder(twoFactor bool) error {
	h.t.Helper()
	held, now, err := h.DB.Holding(h.t.Context(), "anna")
	if err != nil {
		h.t.Fatal(err)
	}
	if refused := held.MayOrder(token.Wish{Kind: token.Soft, Route: token.ByLetter, TwoFactor: twoFactor}, h.logins.Rules.Token, now); refused != nil {
		return refused
	}
	return nil
}

func TestForgotten_WithoutATokenALetterComesAndAMailTellsOfIt(t *testing.T) {
	h := newHouse(t)
	if err := h.logins.Forgot(t.Context(), atMembers, " ABEISPIEL ", password.ByLetter, "", practice); err != nil {
		t.Fatal(err)
	}
	h.work()
	if left := h.work(); !slices.Equal(left, []string{"letter.deliver", "mail.password-requested"}) {
		t.Errorf("left to do: %v", left)
	}
	oneTime := h.posted()
	if len(oneTime) != 15 || password.CleanOneTime(oneTime) != oneTime {
		t.Errorf("a one-time password of %d signs", len(oneTime))
	}
	st, now, err := h.DB.Passwords(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	open, ok := st.Open()
	if lastDay := calendar.LastDay(now.Time, 14); !ok || open.Way != password.ByLetter || !open.Until.Equal(lastDay.End()) {
		t.Errorf("open %v until %s, want the end of %s", ok, open.Until, lastDay)
	}
}

func TestForgotten_WithACodeOfATokenAMailComesAndTheCodeIsSpent(t *testing.T) {
	h := newHouse(t)
	code, _ := codes(h.token("anna"))
	h.forgot("abeispiel", password.ByMail, code)
	if left := h.work(); !slices.Equal(left, []string{"mail.one-time-password"}) {
		t.Errorf("left to do: %v", left)
	}
	h.forgot("abeispiel", password.ByMail, code)
	if left := h.work(); left != nil {
		t.Errorf("the spent code brings %v", left)
	}
	in := h.mustEnter("abeispiel", annasPassword, practice)
	if _, err := h.logins.EnterCode(t.Context(), in.Session, code, practice); err == nil {
		t.Error("the spent code logs in")
	}
	st, now, err := h.DB.Passwords(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	if open, ok := st.Open(); !ok || open.Way != password.ByMail || open.Until.Sub(now.Time) > 2*time.Hour || len(st.Wrong) != 1 {
		t.Errorf("open %+v, %d wrong codes", open, len(st.Wrong))
	}
}

// steps counts what a deed asks of the store.
type steps struct {
	login.Store
	calls []string
}

func (s *steps) ChangeGuesses(ctx context.Context, g []login.Guess, decide func([]login.Guess, calendar.Moment) []login.Guess) error {
	s.calls = append(s.calls, "ChangeGuesses")
	return s.Store.ChangeGuesses(ctx, g, decide)
}

func (s *steps) ChangeLogin(ctx context.Context, id account.ID, sessions []login.SessionID, deed func(login.State, calendar.Moment) (login.Change, error)) error {
	s.calls = append(s.calls, "ChangeLogin")
	return s.Store.ChangeLogin(ctx, id, sessions, deed)
}

func (s *steps) Queue(ctx context.Context, work job.Work) error {
	s.calls = append(s.calls, "Queue")
	return s.Store.Queue(ctx, work)
}

func TestAttack_NamesCannotBeToldApartByForgettingTheirPassword(t *testing.T) {
	h := newHouse(t)
	h.member("carl", "carl", cheapHash(bertsPassword))
	h.deactivate("carl")
	code, _ := codes(h.token("bert"))
	seen := &steps{Store: h.DB}
	h.logins.Store = seen
	for _, name := range []string{"abeispiel", "bberger", "carl", "nobody", "\x00", "hunter2 is my password"} {
		for _, way := range []password.Way{password.ByLetter, password.ByMail} {
			seen.calls = nil
			if err := h.logins.Forgot(t.Context(), atMembers, name, way, code, practice); err != nil {
				t.Fatalf("%.20q, %s: %v", name, way, err)
			}
			if !slices.Equal(seen.calls, []string{"ChangeGuesses", "Queue"}) {
				t.Errorf("%.20q, %s costs %v", name, way, seen.calls)
			}
		}
	}
	if n := h.count(`SELECT count(*) FROM job WHERE kind = 'password.forgotten'`); n != 12 {
		t.Errorf("%d jobs, want one for each request", n)
	}
	h.work()
	if n := h.count(`SELECT count(*) FROM one_time_password WHERE account_id NOT IN ('anna', 'bert')`); n != 0 {
		t.Errorf("%d one-time passwords for who must not have one", n)
	}
}

func TestAttack_FloodOfLetters(t *testing.T) {
	h := newHouse(t)
	letters := func() int { return h.count(`SELECT count(*) FROM letter WHERE kind = 'one-time-password'`) }
	ask := func() {
		if err := h.logins.Forgot(t.Context(), atMembers, "abeispiel", password.ByLetter, "", login.Visitor{Address: "203.0.113." + secret.Digits(2).Reveal()}); err != nil && !fault.Is(err, fault.Busy) {
			t.Fatal(err)
		}
		h.work()
	}
	for day, want := range []int{1, 2, 3, 3, 3} {
		for range 6 {
			ask()
			h.Clock.Advance(time.Hour)
		}
		if got := letters(); got != want {
			t.Errorf("day %d: %d letters, want %d", day, got, want)
		}
		h.Clock.Advance(18 * time.Hour)
	}
	if n := h.count(`SELECT count(*) FROM one_time_password WHERE used_at IS NULL AND voided_at IS NULL`); n != 1 {
		t.Errorf("%d valid, want the newest", n)
	}
	h.Clock.Advance(26 * 24 * time.Hour)
	if ask(); letters() != 4 {
		t.Errorf("after 30 days %d letters", letters())
	}
}

func TestAttack_StrangerBlocksNoTokenWithWrongCodes(t *testing.T) {
	h := newHouse(t)
	tok := h.token("anna")
	wrong := wrongCode(tok)
	for range 60 {
		if err := h.logins.Forgot(t.Context(), atMembers, "abeispiel", password.ByMail, wrong, stranger); err != nil && !fault.Is(err, fault.Busy) {
			t.Fatal(err)
		}
		h.work()
		h.Clock.Advance(16 * time.Minute)
	}
	if n := h.count(`SELECT count(*) FROM forgotten_wrong_code`); n != 50 {
		t.Errorf("%d codes were looked at, want 50 in 30 days", n)
	}
	current, next := codes(tok)
	h.forgot("abeispiel", password.ByMail, current)
	if left := h.work(); left != nil {
		t.Errorf("the right code after 50 wrong ones brings %v", left)
	}
	h.mustCode(h.mustEnter("abeispiel", annasPassword, practice), next, practice) // the token is as it was
}

func TestForgotten_CodeGoesByTheClockOfItsRequest(t *testing.T) {
	h := newHouse(t)
	tok := h.token("anna")
	g := tok.Generator()
	request := login.Forgotten{Account: "anna", Way: password.ByMail, At: time.Now().Add(-5 * time.Minute)}
	request.Code = g.Code(g.Step(request.At))
	if err := h.DB.Queue(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	h.work()
	if left := h.work(); !slices.Equal(left, []string{"mail.one-time-password"}) {
		t.Errorf("a code that waited in the queue brings %v", left)
	}
}

func TestForgotten_JobDoneTwiceIssuesOnce(t *testing.T) {
	h := newHouse(t)
	payload, err := login.Forgotten{Account: "anna", Way: password.ByLetter}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	do := h.logins.Handlers()["password.forgotten"].Do
	for range 2 {
		if err := do(t.Context(), job.Job{ID: "twice", Kind: "password.forgotten", Payload: payload}); err != nil {
			t.Fatal(err)
		}
	}
	if n := h.count(`SELECT count(*) FROM one_time_password WHERE voided_at IS NULL`); n != 1 || h.count(`SELECT count(*) FROM letter`) != 1 {
		t.Errorf("%d one-time passwords", n)
	}
	if err := do(t.Context(), job.Job{ID: "bad", Payload: secret.Bytes(`{"way":"pigeon","code":"123456"}`)}); err == nil || strings.Contains(err.Error(), "123456") {
		t.Errorf("a payload that is none: %v", err)
	}
}

func TestForgotten_AskedTooOftenWaitsAndSaysSo(t *testing.T) {
	h := newHouse(t)
	for _, name := range []string{"abeispiel", "nobody"} {
		for range 4 {
			if err := h.logins.Forgot(t.Context(), atMembers, name, password.ByLetter, "", practice); err != nil {
				t.Fatal(err)
			}
		}
		f := fault.Of(h.logins.Forgot(t.Context(), atMembers, name, password.ByLetter, "", practice))
		if f == nil || f.Kind != fault.Busy || f.Message != "login.fault.forgotten-wait" || f.Retry != 2*time.Second {
			t.Errorf("%s: %v", name, f)
		}
	}
	h.mustEnter("abeispiel", annasPassword, practice) // and keeps nobody from logging in
	if err := h.logins.Forgot(t.Context(), atMembers, "abeispiel", password.ByMail, "12345", practice); !fault.Is(err, fault.Invalid) {
		t.Errorf("half a code: %v", err)
	}
}

func TestOneTimePassword_OpensASessionThatSetsAPasswordAndDoesNothingElse(t *testing.T) {
	h := newHouse(t)
	oneTime := h.byPost()
	g := oneTime.Reveal()
	for name, typed := range map[string]string{
		"as printed": g[:5] + " " + g[5:10] + " " + g[10:], "in one": g, "in small letters": strings.ToLower(g),
		"with hyphens": " " + g[:5] + "-" + g[5:10] + "–" + g[10:] + "\u00a0",
	} {
		in := h.mustEnter("abeispiel", secret.Text(typed), practice)
		if in.Session.OneTime == "" || in.Session.Level != login.Password || login.Next(&in.Session, login.ToTokens, true) != login.SetPassword {
			t.Errorf("%s: %+v", name, in.Session)
		}
		for _, right := range []login.Right{
			login.SeeTokens, login.OrderToken, login.ActivateToken, login.SuspendToken, login.EnterPortal, login.SeeSessions, login.EndSessions, "",
		} {
			if in.Session.May(right) == nil {
				t.Errorf("%s: may %q", name, right)
			}
		}
		v, err := h.visit(in.Key)
		if err != nil || v.Session.OneTime != in.Session.OneTime || v.Session.May(login.ChangePassword) != nil {
			t.Errorf("%s: visit %+v, %v", name, v.Session, err)
		}
	}
	if _, err := h.enter("abeispiel", secret.Text(g[:14]), practice); err == nil {
		t.Error("fourteen of fifteen signs let in")
	}
	if _, err := h.enter("bberger", oneTime, practice); err == nil {
		t.Error("it opens the account of another")
	}
}

func TestAttack_TokensCodeLeadsAroundTheForcedChange(t *testing.T) {
	h := newHouse(t)
	code, _ := codes(h.token("anna"))
	in := h.mustEnter("abeispiel", h.byPost(), practice)
	if _, err := h.logins.EnterCode(t.Context(), in.Session, code, practice); !fault.Is(err, fault.NotAllowed) {
		t.Errorf("a code in a session of a one-time password: %v", err)
	}
	if n := h.count(`SELECT count(*) FROM session WHERE level = 'two-factor'`); n != 0 {
		t.Errorf("%d sessions of two factors", n)
	}
}

func TestForgotten_OldPasswordIsValidUntilTheNewOneIsSet(t *testing.T) {
	h := newHouse(t)
	oneTime := h.byPost()
	h.mustEnter("abeispiel", annasPassword, practice)
	in := h.renew(oneTime)
	if in.Session.OneTime != "" || in.Session.Level != login.Password || in.Session.May(login.OrderToken) != nil {
		t.Errorf("session %+v", in.Session)
	}
	if v, err := h.visit(in.Key); err != nil || v.Session.ID != in.Session.ID {
		t.Errorf("the new key opens %+v, %v", v.Session, err)
	}
	for name, typed := range map[string]secret.Text{"old password after use of the new": annasPassword, "one-time password used again": oneTime} {
		if _, err := h.enter("abeispiel", typed, practice); err == nil {
			t.Errorf("%s: let in", name)
		}
	}
	h.mustEnter("abeispiel", annasNewPassword, practice)
	if left := h.work(); !slices.Contains(left, "mail.password-changed") {
		t.Errorf("left to do: %v", left)
	}
}

func TestAttack_OneTimePasswordAfterItsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		way   password.Way
		after time.Duration
	}{"letter": {password.ByLetter, 15 * 24 * time.Hour}, "mail": {password.ByMail, 2 * time.Hour}} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			code, _ := codes(h.token("anna"))
			h.forgot("abeispiel", c.way, code)
			stored := h.stored()
			early := h.mustEnter("abeispiel", stored, practice)
			h.Clock.Advance(c.after)
			if _, err := h.enter("abeispiel", stored, practice); err == nil {
				t.Error("let in")
			}
			if _, err := h.change(early, login.PasswordForm{New: annasNewPassword}); err == nil {
				t.Error("an earlier session sets a password")
			}
		})
	}
}

// stored puts a known one-time password in the place of the one that was issued, since that of an e-mail is sealed in its job.
func (h house) stored() secret.Text {
	h.t.Helper()
	known := password.NewOneTimeText(15)
	hashed := h.Keys.Hash(password.Purpose, known)
	h.exec(`UPDATE one_time_password SET code_key = ?, code_salt = ?, code_mac = ?`, hashed.KeyID, hashed.Salt, hashed.MAC)
	return known
}

func TestForgotten_NewerOneTimePasswordVoidsTheOlder(t *testing.T) {
	h := newHouse(t)
	code, _ := codes(h.token("anna"))
	first := h.byPost()
	opened := h.mustEnter("abeispiel", first, practice)
	h.forgot("abeispiel", password.ByMail, code)
	if _, err := h.enter("abeispiel", first, practice); err == nil {
		t.Error("the older one lets in")
	}
	if _, err := h.change(opened, login.PasswordForm{New: annasNewPassword}); !fault.Is(err, fault.Conflict) {
		t.Errorf("a session that the older one opened sets a password: %v", err)
	}
	if _, err := h.visit(opened.Key); err == nil {
		t.Error("that session goes on, and its owner is led to the same page for ever")
	}
	if n := h.count(`SELECT count(*) FROM letter WHERE state = 'void'`); n != 1 {
		t.Errorf("%d letters are not printed, want the older one", n)
	}
	h.renew(h.stored())
}

func TestForgotten_OneTimePasswordIsNoPersonalPassword(t *testing.T) {
	h := newHouse(t)
	oneTime := h.byPost()
	in := h.mustEnter("abeispiel", oneTime, practice)
	for _, typed := range []secret.Text{oneTime, secret.Text(strings.ToLower(oneTime.Reveal())), oneTime[:5] + " " + oneTime[5:]} {
		f := fault.Of(second(h.change(in, login.PasswordForm{New: typed})))
		if f == nil || len(f.Fields) == 0 || f.Fields[len(f.Fields)-1].Message != "password.fault.fresh" {
			t.Errorf("refused with %v", f)
		}
	}
}

func second[A any](_ A, err error) error { return err }

// Password and token never both come by post alone (requirements, below KVB19).
func TestAttack_ThiefEmptiesTheLetterBox_TokenAfterThePassword(t *testing.T) {
	h := newHouse(t)
	in := h.renew(h.byPost())
	if err := h.mayOrder(false); !fault.Is(err, fault.Conflict) {
		t.Errorf("a token by letter after a password by letter: %v", err)
	}
	if err := h.mayOrder(true); err != nil {
		t.Errorf("with the old token's code: %v", err)
	}
	if _, err := h.change(in, login.PasswordForm{Current: annasNewPassword, New: "noch ein Satz zum Merken"}); err != nil {
		t.Fatal(err)
	}
	if err := h.mayOrder(false); err == nil {
		t.Error("changing the password once more lifts the rule")
	}
	set := time.Now()
	h.Clock.To(calendar.LastDay(set, 14).End().Add(-time.Minute))
	if err := h.mayOrder(false); err == nil {
		t.Error("ordered on the fourteenth day")
	}
	h.Clock.To(calendar.LastDay(set, 14).End().Add(time.Minute))
	if err := h.mayOrder(false); err != nil {
		t.Errorf("on the fifteenth day: %v", err)
	}
}

func TestAttack_ThiefEmptiesTheLetterBox_TokenBeforeThePassword(t *testing.T) {
	h := newHouse(t)
	tokens := &token.Service{Store: h.DB, Keys: h.Keys, Rules: h.logins.Rules.Token}
	order, err := tokens.Order(t.Context(), "anna", "form", false)
	if err != nil {
		t.Fatal(err)
	}
	l, err := h.DB.Letter(t.Context(), order.Letter.ID)
	if err != nil {
		t.Fatal(err)
	}
	stolen := l.Content.(letter.ActivationCode).Code
	if err := h.DB.HandOver(t.Context(), order.Letter.ID); err != nil {
		t.Fatal(err)
	}
	in := h.renew(h.byPost())
	if try, err := tokens.EnterCode(t.Context(), "anna", string(in.Session.ID), stolen.Reveal()); !fault.Is(err, fault.Conflict) {
		t.Errorf("the stolen activation code: %v, %v", try.Outcome, err)
	}
	if n := h.count(`SELECT count(*) FROM token_order WHERE state = 'cancelled' AND reason = 'posted'`); n != 1 {
		t.Errorf("%d orders cancelled", n)
	}
}

func TestForgotten_TokensCodeLiftsWhatTheLetterBrought(t *testing.T) {
	h := newHouse(t)
	tok := h.token("anna")
	in := h.renew(h.byPost())
	if h.mayOrder(false) == nil {
		t.Fatal("a token by letter after a password by letter")
	}
	code, _ := codes(tok)
	if _, err := h.change(in, login.PasswordForm{Current: annasNewPassword, Code: code, New: "noch ein Satz zum Merken"}); err != nil {
		t.Fatal(err)
	}
	if err := h.mayOrder(false); err != nil {
		t.Errorf("after a change with the token's code: %v", err)
	}
}

func TestForgotten_PasswordByMailStopsNoToken(t *testing.T) {
	h := newHouse(t)
	code, _ := codes(h.token("anna"))
	h.forgot("abeispiel", password.ByMail, code)
	h.renew(h.stored())
	if err := h.mayOrder(false); err != nil {
		t.Error(err)
	}
}
