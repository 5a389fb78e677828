package store_test

import (
	"strings"
	"testing"
	"time"

	"torhaus/internal/login"
	"torhaus/internal/secret"
	"torhaus/internal/store/storetest"
)

func TestWaitingLetters_AreThoseThatNobodyHandedOverOrVoided(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		waiting := func() []time.Time {
			queued, err := h.DB.WaitingLetters(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return queued
		}
		h.order("voided by the next")
		h.Clock.Advance(25 * time.Hour)
		o, _ := h.order("second")
		if got := waiting(); len(got) != 1 || !got[0].Equal(o.Placed) {
			t.Errorf("waiting since %v, want %v", got, o.Placed)
		}
		if err := h.DB.HandOver(t.Context(), o.Letter.ID); err != nil {
			t.Fatal(err)
		}
		if got := waiting(); len(got) != 0 {
			t.Errorf("waiting since %v after the hand-over", got)
		}
	})
}

func TestLiveSessions_AreThoseThatStillOpenDoors(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		tok := h.activeToken()
		live := func(password, twoFactor int) {
			t.Helper()
			got, err := h.DB.LiveSessions(t.Context(), kvb(t).Session)
			if err != nil || got[login.Password] != password || got[login.TwoFactor] != twoFactor {
				t.Errorf("live %v, %v; want %d and %d", got, err, password, twoFactor)
			}
		}
		live(0, 0)
		ended := h.session("")
		h.session("")
		h.session(tok.ID)
		if err := h.logins.Leave(t.Context(), ended); err != nil {
			t.Fatal(err)
		}
		live(1, 1)
		h.Clock.Advance(15 * time.Minute)
		live(0, 1)
		h.Clock.Advance(15 * time.Minute)
		live(0, 0)
	})
}

func TestCheckKeys_KnowsTheKeysOfAnotherPortal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newHouse(t, w)
		mine := h.DB.Keys
		h.DB.Keys = secret.NewKeyset(time.Now())
		if err := h.DB.CheckKeys(t.Context()); err != nil {
			t.Errorf("nothing is sealed yet: %v", err)
		}
		h.DB.Keys = mine
		h.activeToken()
		if err := h.DB.CheckKeys(t.Context()); err != nil {
			t.Error(err)
		}
		h.DB.Keys = secret.NewKeyset(time.Now())
		if err := h.DB.CheckKeys(t.Context()); err == nil || !strings.Contains(err.Error(), "do not open with these keys") {
			t.Errorf("with other keys: %v", err)
		}
	})
}
