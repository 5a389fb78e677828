package store_test

import (
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/organisation"
	"torhaus/internal/password"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/store/storetest"
)

// peopleLogin is a town hall whose people log in.
type peopleLogin struct {
	townHall
	logins *login.Service
}

func newPeopleLogin(t *testing.T, w storetest.World) peopleLogin {
	t.Helper()
	p, err := profile.Embedded("bvk")
	if err != nil {
		t.Fatal(err)
	}
	h := peopleLogin{townHall: newTownHall(t, w)}
	h.logins = &login.Service{Store: w.DB, Keys: w.Keys, Hasher: password.NewHasher(), Rules: login.RulesOf(p)}
	return h
}

// session writes a session of level password, as the right password does.
func (h peopleLogin) session(id account.ID) login.Session {
	h.t.Helper()
	s := login.Session{ID: login.IDOf(secret.Text(secret.NewID())), Account: id, Level: login.Password}
	err := h.DB.ChangeLogin(h.t.Context(), id, nil, func(_ login.State, now calendar.Moment) (login.Change, error) {
		s.Created, s.Seen, s.PasswordAt = now.Time, now.Time, now.Time
		return login.Change{New: []login.Session{s}}, nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

// enter logs in with both factors.
func (h peopleLogin) enter(id account.ID) (login.Entered, error) {
	h.t.Helper()
	s := h.session(id)
	return h.logins.EnterMailed(h.t.Context(), s, h.code(s), login.Visitor{})
}

// prove notes that an administrator used the one-time password of the letter to the organisation.
func (h peopleLogin) prove(id account.ID) {
	h.t.Helper()
	if err := h.DB.Exec(h.t.Context(), `UPDATE membership SET proved_at = created_at WHERE account_id = $1`, id); err != nil {
		h.t.Fatal(err)
	}
}

// code sends a code to a session and reads it out of its e-mail.
func (h peopleLogin) code(s login.Session) string {
	h.t.Helper()
	if _, err := h.logins.SendCode(h.t.Context(), s, login.Visitor{}); err != nil {
		h.t.Fatal(err)
	}
	jobs, err := h.DB.Claim(h.t.Context(), "test", time.Minute, 100)
	if err != nil {
		h.t.Fatal(err)
	}
	var mailed struct{ Code string }
	for _, j := range jobs {
		if j.Kind == "mail.login-code" {
			if err := json.Unmarshal(j.Payload.Reveal(), &mailed); err != nil {
				h.t.Fatal(err)
			}
		}
		if err := h.DB.Done(h.t.Context(), j); err != nil {
			h.t.Fatal(err)
		}
	}
	return mailed.Code
}

func TestBVK02_OfTwoWhoGiveTheSameMailedCodeOneWins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newPeopleLogin(t, w)
		h.add("adam", account.Administrator, organisation.Active)
		s := h.session("adam")
		code := h.code(s)
		const rivals = 8
		var wg sync.WaitGroup
		errs := make([]error, rivals)
		for n := range rivals {
			wg.Go(func() { _, errs[n] = h.logins.EnterMailed(t.Context(), s, code, login.Visitor{}) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			switch f := fault.Of(err); {
			case err == nil:
				won++
			case f == nil || f.Kind != fault.Conflict && !errors.Is(err, login.ErrNoSession):
				t.Errorf("a rival met %v", err)
			}
		}
		open, err := h.logins.Sessions(t.Context(), "adam")
		if won != 1 || err != nil || len(open) != 1 || open[0].Level != login.TwoFactor || !open[0].Mailed {
			t.Errorf("%d won, %+v, %v", won, open, err)
		}
	})
}

func TestBVK02_WrongTriesInParallelAreAllCounted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newPeopleLogin(t, w)
		h.add("adam", account.Administrator, organisation.Active)
		s := h.session("adam")
		code := h.code(s)
		wrong := "00000000"
		if code == wrong {
			wrong = "11111111"
		}
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() { _, _ = h.logins.EnterMailed(t.Context(), s, wrong, login.Visitor{}) })
		}
		wg.Wait()
		if _, err := h.logins.EnterMailed(t.Context(), s, code, login.Visitor{}); fault.Of(err) == nil || fault.Of(err).Message != "login.fault.mailed-over" {
			t.Errorf("the right code after twelve wrong ones: %v", err)
		}
		if n := len(h.recorded(audit.CodeWrong)); n != 5 {
			t.Errorf("%d wrong tries are recorded: the others were not looked at", n)
		}
	})
}

func TestBVK14_TheFirstLoginOfAnAdministratorBringsTheClerksBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newPeopleLogin(t, w)
		h.add("clara", account.Clerk, organisation.Active)
		h.add("doris", account.Clerk, organisation.Deactivated)
		h.add("adam", account.Administrator, organisation.Invited)
		refused := func(id account.ID, want organisation.Standing) {
			t.Helper()
			_, err := h.enter(id)
			if standing, _ := login.RefusedStanding(err); standing != want {
				t.Errorf("%s: %v, want %s", id, err, want)
			}
		}
		refused("clara", organisation.NoAdministrator)
		refused("adam", organisation.Waits) // nothing but a password proves him
		h.prove("adam")
		refused("clara", organisation.NoAdministrator)
		if _, err := h.enter("adam"); err != nil {
			t.Fatal(err)
		}
		if m, _ := h.team().Find("adam"); m.State != organisation.Active {
			t.Errorf("adam is %s after the first login", m.State)
		}
		in, err := h.enter("clara")
		if err != nil {
			t.Errorf("clara: %v", err)
		}
		refused("doris", organisation.Out)
		h.close("adam")
		if _, err := h.logins.Visit(t.Context(), in.Key); !errors.Is(err, login.ErrNoSession) {
			t.Errorf("clara's session after the last administrator went: %v", err)
		}
		refused("clara", organisation.NoAdministrator)
		refused("adam", organisation.Out)
	})
}

// close ends an administrator's membership by the own deed.
func (h peopleLogin) close(id account.ID) {
	h.t.Helper()
	if err := h.people.Close(h.t.Context(), "stadt", acting(id), id); err != nil {
		h.t.Fatal(err)
	}
}

func TestBVK01_TheMemberChosenIsKeptWithTheSession(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newPeopleLogin(t, w)
		h.add("adam", account.Administrator, organisation.Active)
		in, err := h.enter("adam")
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range map[organisation.ID]organisation.ID{"stadt": "stadt", "fremd": ""} {
			err := h.logins.Choose(t.Context(), in.Session, id)
			if (err == nil) != (want != "") {
				t.Errorf("%s: %v", id, err)
			}
		}
		v, err := h.logins.Visit(t.Context(), in.Key)
		if err != nil || v.Session.Chosen != "stadt" {
			t.Errorf("kept: %q, %v", v.Session.Chosen, err)
		}
		h.Clock.Advance(time.Minute)
		if chosen := h.recorded(audit.OrganisationChosen); len(chosen) != 1 || chosen[0].Reason != "stadt" {
			t.Errorf("recorded: %+v", chosen)
		}
	})
}

func TestForget_MailedCodesGoWhenTheirWrongTriesCountNoMore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newPeopleLogin(t, w)
		h.add("adam", account.Administrator, organisation.Active)
		h.code(h.session("adam"))
		for _, tt := range []struct{ days, left int64 }{{31, 1}, {1, 0}} {
			h.Clock.Advance(time.Duration(tt.days)*24*time.Hour - time.Minute)
			h.forget()
			if n, err := w.DB.Count(t.Context(), `SELECT count(*) FROM mailed_code`); err != nil || n != tt.left {
				t.Errorf("%d days later: %d codes, %v", tt.days, n, err)
			}
		}
	})
}
