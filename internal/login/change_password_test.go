package login_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
)

func TestChangePassword_AsksForTheCurrentOneAndEndsAllOtherSessions(t *testing.T) {
	h := newHouse(t)
	other := h.mustEnter("abeispiel", annasPassword, stranger)
	here := h.mustEnter("abeispiel", annasPassword, practice)
	in, err := h.change(here, login.PasswordForm{Current: annasPassword, New: annasNewPassword})
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]login.Entered{"the other session": other, "the key of before": here} {
		if _, err := h.visit(key.Key); err == nil {
			t.Errorf("%s is live", name)
		}
	}
	if v, err := h.visit(in.Key); err != nil || v.Session.Level != login.Password || !v.Session.Created.Equal(here.Session.Created) {
		t.Errorf("this session goes on as %+v, %v", v.Session, err)
	}
	if n := h.count(`SELECT count(*) FROM session WHERE end_reason = 'password-changed'`); n != 1 {
		t.Errorf("%d sessions ended for it", n)
	}
	if _, err := h.enter("abeispiel", annasPassword, practice); err == nil {
		t.Error("the old password lets in")
	}
	h.mustEnter("abeispiel", annasNewPassword, practice)
	if left := h.work(); !slices.Equal(left, []string{"mail.password-changed"}) {
		t.Errorf("left to do: %v", left)
	}
}

func TestChangePassword_TwoFactorSessionStaysOne(t *testing.T) {
	h := newHouse(t)
	here := h.loggedIn()
	in, err := h.change(here, login.PasswordForm{Current: annasPassword, New: annasNewPassword}) // no code: both factors are proved
	if err != nil {
		t.Fatal(err)
	}
	v, err := h.visit(in.Key)
	if err != nil || v.Session.Level != login.TwoFactor || v.Session.Token != here.Session.Token || v.Session.Previous != here.Session.Previous {
		t.Errorf("session %+v, %v", v.Session, err)
	}
}

func TestKVB07_ChangeInAPasswordSessionTakesACodeWhereATokenIsActive(t *testing.T) {
	h := newHouse(t)
	tok := h.token("anna")
	code, _ := codes(tok)
	in := h.mustEnter("abeispiel", annasPassword, practice)
	for typed, want := range map[string]string{"": "login.fault.code-form", "123": "login.fault.code-form", wrongCode(tok): "login.fault.code-wrong"} {
		f := fault.Of(second(h.change(in, login.PasswordForm{Current: annasPassword, Code: typed, New: annasNewPassword})))
		if f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "code" || f.Fields[0].Message != want {
			t.Errorf("code %q: %v", typed, f)
		}
	}
	if n := h.count(`SELECT count(*) FROM wrong_code`); n != 1 {
		t.Errorf("%d wrong codes counted", n)
	}
	if _, err := h.change(in, login.PasswordForm{Current: annasPassword, Code: code, New: annasNewPassword}); err != nil {
		t.Error(err)
	}
}

func TestAttack_CurrentPasswordGuessedInAnOpenSession(t *testing.T) {
	h := newHouse(t)
	in := h.mustEnter("abeispiel", annasPassword, practice)
	form := login.PasswordForm{Current: "not the password", New: annasNewPassword}
	for i := range 4 {
		f := fault.Of(second(h.change(in, form)))
		if f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "current" {
			t.Fatalf("guess %d: %v", i, f)
		}
	}
	if err := second(h.change(in, form)); !fault.Is(err, fault.Busy) {
		t.Errorf("the fifth guess: %v", err)
	}
	if _, err := h.enter("abeispiel", annasPassword, practice); !fault.Is(err, fault.Busy) {
		t.Errorf("the login does not know of them: %v", err)
	}
	h.Clock.Advance(time.Minute)
	if _, err := h.change(in, login.PasswordForm{Current: annasPassword, New: annasNewPassword}); err != nil {
		t.Errorf("the right one after the pause: %v", err)
	}
}

func TestChangePassword_WeakOneIsRefusedBeforeAnythingIsCounted(t *testing.T) {
	h := newHouse(t)
	in := h.mustEnter("abeispiel", annasPassword, practice)
	for range 10 {
		f := fault.Of(second(h.change(in, login.PasswordForm{Current: "x", New: "Passwort2026!"})))
		if f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "new" || f.Fields[0].Message != "password.fault.common" {
			t.Fatalf("refused with %v", f)
		}
	}
	f := fault.Of(second(h.change(in, login.PasswordForm{Current: annasPassword, New: annasPassword})))
	if f == nil || f.Fields[0].Message != "password.fault.fresh" {
		t.Errorf("the current one as the new one: %v", f)
	}
}

func TestChangePassword_VoidsAOneTimePasswordOnItsWay(t *testing.T) {
	h := newHouse(t)
	oneTime := h.byPost()
	in := h.mustEnter("abeispiel", annasPassword, practice)
	if _, err := h.change(in, login.PasswordForm{Current: annasPassword, New: annasNewPassword}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.enter("abeispiel", oneTime, practice); err == nil {
		t.Error("it lets in")
	}
	if n := h.count(`SELECT count(*) FROM letter WHERE state = 'void' AND sealed IS NULL`); n != 1 {
		t.Errorf("%d letters are not printed", n)
	}
}

func TestAttack_SessionOfTheOldPasswordOpenedWhileItIsChanged(t *testing.T) {
	h := newHouse(t)
	owner := h.mustEnter("abeispiel", annasPassword, practice)
	slow := &slowCompare{Store: h.DB, compared: make(chan struct{}), changed: make(chan struct{})}
	thief := h.serviceOn(h.DB)
	thief.Store = slow
	var wait sync.WaitGroup
	var err error
	wait.Go(func() {
		_, err = thief.EnterPassword(t.Context(), account.Door{Realm: account.Member}, "abeispiel", annasPassword, stranger)
	})
	<-slow.compared // the old password was found to be right
	if _, err := h.change(owner, login.PasswordForm{Current: annasPassword, New: annasNewPassword}); err != nil {
		t.Fatal(err)
	}
	close(slow.changed)
	wait.Wait()
	if err == nil {
		t.Error("the thief has a session")
	}
}

func TestAttack_ChangeInASessionThatHasEnded(t *testing.T) {
	h := newHouse(t)
	in := h.mustEnter("abeispiel", annasPassword, practice)
	if err := h.logins.Leave(t.Context(), in.Session); err != nil {
		t.Fatal(err)
	}
	if _, err := h.change(in, login.PasswordForm{Current: annasPassword, New: annasNewPassword}); err == nil {
		t.Error("changed")
	}
	h.mustEnter("abeispiel", annasPassword, practice)
}

func TestNewPassword_MeetsNoPostRuleByItself(t *testing.T) {
	h := newHouse(t)
	in := h.mustEnter("abeispiel", annasPassword, practice)
	if _, err := h.change(in, login.PasswordForm{Current: annasPassword, New: annasNewPassword}); err != nil {
		t.Fatal(err)
	}
	st, now, err := h.DB.Passwords(t.Context(), "anna")
	if err != nil || !st.ByPost.IsZero() || now.Sub(st.Set) > time.Minute || st.Hash == "" {
		t.Errorf("state %+v at %v, %v", st, calendar.DateOf(now.Time), err)
	}
}

// slowCompare holds a login back between the comparison of the password and the session.
type slowCompare struct {
	login.Store
	compared, changed chan struct{}
}

func (s *slowCompare) ChangeLogin(ctx context.Context, id account.ID, sessions []login.SessionID, deed func(login.State, calendar.Moment) (login.Change, error)) error {
	close(s.compared)
	<-s.changed
	return s.Store.ChangeLogin(ctx, id, sessions, deed)
}
