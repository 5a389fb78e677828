package store_test

import (
	"slices"
	"testing"
	"time"

	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/login"
	"torhaus/internal/secret"
	"torhaus/internal/store/storetest"
	"torhaus/internal/token"
)

// session writes an open session: of level password, or of level two-factor where a token is given.
func (h house) session(with token.ID) login.Session {
	h.t.Helper()
	var s login.Session
	h.changeLogin(func(_ login.State, now calendar.Moment) (login.Change, error) {
		s = login.Session{
			ID: login.IDOf(secret.Text(secret.NewID())), Account: "anna", Level: login.Password,
			Created: now.Time, Seen: now.Time, PasswordAt: now.Time,
		}
		if with != "" {
			s.Level, s.Token, s.FactorAt = login.TwoFactor, with, now.Time
		}
		return login.Change{New: []login.Session{s}}, nil
	})
	return s
}

func (h house) changeLogin(deed func(login.State, calendar.Moment) (login.Change, error)) {
	h.t.Helper()
	if err := h.DB.ChangeLogin(h.t.Context(), "anna", nil, deed); err != nil {
		h.t.Fatal(err)
	}
}

// ended gives why a session ended; empty if it did not.
func (h house) ended(s login.Session) login.EndReason {
	h.t.Helper()
	found, _, _, ok, err := h.DB.Session(h.t.Context(), s.ID)
	if err != nil || !ok {
		h.t.Fatalf("session: found %v, %v", ok, err)
	}
	if found.Ended.IsZero() != (found.EndReason == "") {
		h.t.Errorf("ended %s because of %q", found.Ended, found.EndReason)
	}
	return found.EndReason
}

// recorded gives the events of a kind.
func (h house) recorded(kind audit.Kind) (events []audit.Event) {
	h.t.Helper()
	for _, r := range h.Audit(h.t) {
		if r.Kind == kind {
			events = append(events, r.Event)
		}
	}
	return events
}

func TestEndAll_EndsEveryOpenSessionButOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		tok := h.activeToken()
		forgotten := h.session(tok.ID)
		h.Clock.Advance(3 * time.Hour)
		mine, password, twoFactor := h.session(tok.ID), h.session(""), h.session(tok.ID)
		h.changeLogin(func(login.State, calendar.Moment) (login.Change, error) {
			return login.Change{EndAll: &login.EndAll{Except: mine.ID, Reason: login.PasswordChanged}}, nil
		})
		for s, want := range map[login.SessionID]login.EndReason{
			mine.ID: "", password.ID: login.PasswordChanged, twoFactor.ID: login.PasswordChanged,
			forgotten.ID: "", // over by itself for hours: nobody ended it
		} {
			if got := h.ended(login.Session{ID: s}); got != want {
				t.Errorf("ended because of %q, want %q", got, want)
			}
		}
		var told []string
		for _, e := range h.recorded(audit.SessionRevoked) {
			if e.Reason != "password-changed" || e.Account != "anna" {
				t.Errorf("recorded %+v", e)
			}
			told = append(told, e.Session)
		}
		want := []string{string(password.ID), string(twoFactor.ID)}
		slices.Sort(told)
		slices.Sort(want)
		if !slices.Equal(told, want) {
			t.Errorf("recorded the end of %q, want %q", told, want)
		}
		h.verifyAudit()
	})
}

func TestEndAll_WithoutExceptionLeavesNone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		first, second := h.session(""), h.session("")
		h.changeLogin(func(login.State, calendar.Moment) (login.Change, error) {
			return login.Change{EndAll: &login.EndAll{Reason: login.PasswordChanged}}, nil
		})
		if h.ended(first) == "" || h.ended(second) == "" {
			t.Error("a session goes on")
		}
	})
}

func TestEndAll_OfALevelLeavesTheNewest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		tok := h.activeToken()
		var all []login.Session
		for range 4 {
			all = append(all, h.session(""))
			h.Clock.Advance(time.Second)
		}
		twoFactor := h.session(tok.ID)
		h.changeLogin(func(login.State, calendar.Moment) (login.Change, error) {
			return login.Change{EndAll: &login.EndAll{Level: login.Password, Newest: 2, Reason: login.Crowded}}, nil
		})
		for i, want := range []login.EndReason{login.Crowded, login.Crowded, "", ""} {
			if got := h.ended(all[i]); got != want {
				t.Errorf("session %d ended with %q, want %q", i+1, got, want)
			}
		}
		if got := h.ended(twoFactor); got != "" {
			t.Errorf("the session of two factors ended with %q", got)
		}
	})
}

func TestTokenChange_EndsTheSessionsThatTheTokenOpened(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		for name, bar := range map[string]func(token.Token) token.Token{
			"suspended": func(held token.Token) token.Token { held.State = token.Suspended; return held },
			"blocked":   func(held token.Token) token.Token { held.State = token.Blocked; return held },
			"revoked": func(held token.Token) token.Token {
				held.State, held.Reason = token.Revoked, token.Replaced
				return held
			},
		} {
			h.Clock.Advance(25 * time.Hour) // one order a day
			tok := h.activeToken()
			other := h.otherToken()
			mine, thiefs, password, elsewhere := h.session(tok.ID), h.session(tok.ID), h.session(""), h.session(other.ID)
			err := h.DB.ChangeHolding(t.Context(), "anna", func(held token.Holding, now calendar.Moment) (token.Change, error) {
				barred, _ := held.Token(tok.ID)
				barred = bar(barred)
				barred.Suspended = now.Time
				if barred.State == token.Revoked {
					barred.Revoked = now.Time
				}
				return token.Change{Tokens: []token.Token{barred}, By: string(mine.ID)}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for s, want := range map[login.SessionID]login.EndReason{
				mine.ID: "", thiefs.ID: login.TokenBarred, password.ID: "", elsewhere.ID: "",
			} {
				if got := h.ended(login.Session{ID: s}); got != want {
					t.Errorf("%s: ended because of %q, want %q", name, got, want)
				}
			}
		}
	})
}

// otherToken writes a second active token, past the way of an order.
func (h house) otherToken() token.Token {
	h.t.Helper()
	made := token.Token{
		ID: token.ID(secret.NewID()), Account: "anna", Kind: token.Hard, Serial: "HT" + secret.Digits(8).Reveal(), State: token.Active,
		Mode: "totp", Algorithm: "SHA1", Digits: 6, Period: 30 * time.Second, Secret: secret.Random(20),
	}
	err := h.DB.ChangeHolding(h.t.Context(), "anna", func(_ token.Holding, now calendar.Moment) (token.Change, error) {
		made.Created, made.Activated = now.Time, now.Time
		return token.Change{NewTokens: []token.Token{made}, Secrets: []token.ID{made.ID}}, nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return made
}
