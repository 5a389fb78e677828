package letter

import (
	"testing"
	"time"

	"torhaus/internal/calendar"
)

// berlin reads a moment of the clock in Berlin.
func berlin(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", s, calendar.Berlin())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestKVB10_LetterThatIsNotHandedOverIsLateThenOverdue(t *testing.T) {
	for _, c := range []struct {
		name, queued, now string
		want              Delay
	}{
		// Monday 2 March 2026: one working day is Tuesday, three Werktage are Thursday
		{"just ordered", "2026-03-02 10:00:00", "2026-03-02 10:00:01", InTime},
		{"last moment of the next working day", "2026-03-02 10:00:00", "2026-03-03 23:59:59", InTime},
		{"midnight after it", "2026-03-02 10:00:00", "2026-03-04 00:00:00", Late},
		{"ordered at the last moment of the day", "2026-03-02 23:59:59", "2026-03-04 00:00:00", Late},
		{"last moment of the third Werktag", "2026-03-02 10:00:00", "2026-03-05 23:59:59", Late},
		{"midnight after it", "2026-03-02 10:00:00", "2026-03-06 00:00:00", Overdue},
		{"weeks later", "2026-03-02 10:00:00", "2026-04-02 00:00:00", Overdue},

		// Friday 6 March: the next working day is Monday; Saturday is a Werktag, so three of them are Tuesday
		{"Friday's, over the weekend", "2026-03-06 16:00:00", "2026-03-08 12:00:00", InTime},
		{"Friday's, on Monday", "2026-03-06 16:00:00", "2026-03-09 23:59:59", InTime},
		{"Friday's, on Tuesday", "2026-03-06 16:00:00", "2026-03-10 12:00:00", Late},
		{"Friday's, on Wednesday", "2026-03-06 16:00:00", "2026-03-11 00:00:00", Overdue},
		{"Saturday's, on Monday", "2026-03-07 16:00:00", "2026-03-09 23:59:59", InTime},
		{"Sunday's, on Tuesday", "2026-03-08 16:00:00", "2026-03-10 00:00:00", Late},

		// Maundy Thursday 2 April: Friday, Sunday and Monday are no Werktage; Saturday, Tuesday, Wednesday are
		{"before Easter, on Easter Monday", "2026-04-02 16:00:00", "2026-04-06 23:59:59", InTime},
		{"before Easter, on Tuesday", "2026-04-02 16:00:00", "2026-04-07 23:59:59", InTime},
		{"before Easter, on Wednesday", "2026-04-02 16:00:00", "2026-04-08 12:00:00", Late},
		{"before Easter, on Thursday", "2026-04-02 16:00:00", "2026-04-09 00:00:00", Overdue},

		// Bavaria's own holidays: Epiphany on Tuesday 6 January, and 15 August, a Saturday in 2026, in Munich
		{"before Epiphany", "2026-01-05 10:00:00", "2026-01-07 23:59:59", InTime},
		{"before Epiphany, two days after", "2026-01-05 10:00:00", "2026-01-08 00:00:00", Late},
		{"before Epiphany, four Werktage on", "2026-01-05 10:00:00", "2026-01-10 00:00:00", Overdue},
		{"before Assumption, three Werktage on", "2026-08-14 10:00:00", "2026-08-19 23:59:59", Late},
		{"before Assumption, four Werktage on", "2026-08-14 10:00:00", "2026-08-20 00:00:00", Overdue},

		// Christmas Eve 2026 is a Thursday; Friday and Saturday are holidays, so what comes next is Monday
		{"Christmas Eve's, on Monday", "2026-12-24 10:00:00", "2026-12-28 23:59:59", InTime},
		{"Christmas Eve's, on Tuesday", "2026-12-24 10:00:00", "2026-12-29 00:00:00", Late},
		{"Christmas Eve's, on Thursday", "2026-12-24 10:00:00", "2026-12-31 00:00:00", Overdue},

		// the nights in which clocks change, and a clock that was set back
		{"summer time begins", "2026-03-27 23:30:00", "2026-03-30 23:59:59", InTime},
		{"winter time begins", "2026-10-23 23:30:00", "2026-10-27 00:00:00", Late},
		{"before it was ordered", "2026-03-02 10:00:00", "2026-02-01 10:00:00", InTime},
	} {
		w := WatchOf(kvb(t))
		if got := w.Judge(berlin(t, c.queued).UTC(), berlin(t, c.now).UTC()); got != c.want {
			t.Errorf("%s: queued %s, now %s: %s, want %s", c.name, c.queued, c.now, got, c.want)
		}
	}
}

func TestKVB10_FiguresAreTheProfiles(t *testing.T) {
	w := Watch{Calendar: calendar.Calendar{Land: "SN"}, HandOver: 3, Arrival: 5}
	queued := berlin(t, "2026-03-02 10:00:00")
	for now, want := range map[string]Delay{"2026-03-05 12:00:00": InTime, "2026-03-06 12:00:00": Late, "2026-03-09 12:00:00": Overdue} {
		if got := w.Judge(queued, berlin(t, now)); got != want {
			t.Errorf("on %s: %s, want %s", now, got, want)
		}
	}
}

func TestWaitingLettersAreCountedByTheirDelay(t *testing.T) {
	var queued []time.Time
	for _, day := range []string{"2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"} {
		queued = append(queued, berlin(t, day+" 12:00:00"))
	}
	got := WatchOf(kvb(t)).Count(queued, berlin(t, "2026-03-06 13:00:00"))
	if want := (Waiting{All: 5, Late: 2, Overdue: 1}); got != want {
		t.Errorf("counted %+v, want %+v", got, want)
	}
}
