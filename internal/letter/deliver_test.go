package letter

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/secret"
)

// shelf is a store of one letter. Its operations count and fail with those of the file system.
type shelf struct {
	letter Letter
	files  *broken
	handed int
}

func newShelf() *shelf {
	return &shelf{
		letter: Letter{
			ID: testID, Kind: "activation-code", Account: "anna", Order: "order", State: Queued,
			Created: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC), Content: code(),
		},
		files: &broken{},
	}
}

func (s *shelf) Letter(_ context.Context, id string) (l Letter, err error) {
	if id != s.letter.ID {
		return Letter{}, fault.New(fault.NotFound, "letter.fault.unknown")
	}
	return s.letter, s.files.do(func() error { return nil })
}

func (s *shelf) Admit(_ context.Context, _ string, most int) (admitted bool, err error) {
	return most > 0, s.files.do(func() error { return nil })
}

func (s *shelf) HandOver(context.Context, string) error {
	return s.files.do(func() error {
		if s.letter.State == Queued || s.letter.State == Rendered {
			s.letter.State, s.letter.Content = HandedOver, nil
			s.handed++
		}
		return nil
	})
}

// office sets one up over a folder; what it logs goes to log.
func office(t *testing.T, s *shelf, dir string, log *bytes.Buffer) Office {
	t.Helper()
	return Office{
		Setting: Setting{Profile: kvb(t), Portal: testURL},
		Store:   s,
		Way:     Spool{Dir: dir, Envelope: envelope(), files: s.files},
		Log:     slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
}

func deliverJob(t *testing.T) job.Job {
	t.Helper()
	payload, err := Deliver{Letter: testID}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return job.Job{ID: "job", Kind: Deliver{}.JobKind(), Payload: payload, Attempt: 1}
}

func TestKVB10_OrderedLetterIsHandedToPrintAndErased(t *testing.T) {
	s, dir, log := newShelf(), t.TempDir(), &bytes.Buffer{}
	if err := office(t, s, dir, log).Deliver(t.Context(), deliverJob(t)); err != nil {
		t.Fatal(err)
	}
	m, err := collector(t, dir).Manifest(testID)
	if err != nil {
		t.Fatal(err)
	}
	if m.Portal != "kvb" || m.Kind != "activation-code" || m.Pages != 1 || !m.Created.Equal(s.letter.Created) ||
		strings.Join(m.Recipient, "|") != "Frau|Dr. med. Johanna Brandl|Frauenstraße 12|80469 München" {
		t.Errorf("manifest %+v", m)
	}
	pdf, err := collector(t, dir).PDF(testID)
	if err != nil || !strings.Contains(textOf(t, pdf), "4071 8296") {
		t.Errorf("the letter does not bring the code (%v)", err)
	}
	if s.letter.State != HandedOver || s.letter.Content != nil || s.handed != 1 {
		t.Errorf("the letter is %s, its content %v, handed over %d times", s.letter.State, s.letter.Content, s.handed)
	}
	if got := names(t, filepath.Join(dir, ".torhaus")); got != "" {
		t.Errorf("left behind: %s", got)
	}
	if log.Len() > 0 {
		t.Errorf("logged without need: %s", log)
	}
}

// TestLetterAppearsOnceWheneverTheProgramDies lets the program die before, in the middle of and after each operation of the
// file system and the store, with and without a print centre that is quick to collect.
func TestLetterAppearsOnceWheneverTheProgramDies(t *testing.T) {
	paper := printed(t, code())
	for _, after := range []bool{false, true} {
		for _, quick := range []bool{false, true} {
			at := 1
			for dieAndDeliver(t, paper, at, after, quick) {
				at++
			}
			if at < 15 {
				t.Errorf("there were only %d operations to die at", at-1)
			}
		}
	}
}

// dieAndDeliver tells whether there was an operation to die at. That the same letter is always the same paper has a test of its
// own; here it is given, since setting it a hundred times takes long.
func dieAndDeliver(t *testing.T, paper Paper, at int, after, quick bool) bool {
	t.Helper()
	s, dir, log := newShelf(), t.TempDir(), &bytes.Buffer{}
	o := office(t, s, dir, log)
	o.print = func(string, calendar.Date, Content) (Paper, error) { return paper, nil }
	*s.files = broken{at: at, after: after, dead: true}
	err := o.Deliver(t.Context(), deliverJob(t))
	died := s.files.count >= at
	if died != errors.Is(err, errBroken) {
		t.Fatalf("died %v, error %v", died, err)
	}
	seen := 0
	if quick {
		seen = len(collect(t, dir))
	}
	*s.files = broken{} // the next start
	if err := o.Deliver(t.Context(), deliverJob(t)); err != nil {
		t.Fatalf("at %d, after %v: %v", at, after, err)
	}
	if list, err := List(dir); err == nil && len(list) == 1 {
		if pdf, err := collector(t, dir).PDF(list[0].ID); err != nil || !bytes.Equal(pdf, paper.PDF) {
			t.Errorf("at %d, after %v: the letter differs (%v)", at, after, err)
		}
	}
	seen += len(collect(t, dir))
	if seen != 1 || s.handed != 1 || s.letter.Content != nil {
		t.Errorf("at %d, after %v, quick %v: seen %d times, handed over %d times, content %v", at, after, quick, seen, s.handed, s.letter.Content)
	}
	if left := names(t, dir) + names(t, filepath.Join(dir, ".torhaus")); left != ".torhaus" {
		t.Errorf("at %d, after %v, quick %v: left behind: %s", at, after, quick, left)
	}
	if strings.Contains(log.String(), "4071") {
		t.Error("the code was logged")
	}
	return died
}

func TestDeliveredVoidAndReturnedLettersAreLeftAlone(t *testing.T) {
	for _, state := range []State{HandedOver, Posted, Returned, Void} {
		s, dir := newShelf(), t.TempDir()
		s.letter.State = state
		if err := office(t, s, dir, &bytes.Buffer{}).Deliver(t.Context(), deliverJob(t)); err != nil {
			t.Fatal(err)
		}
		if got := names(t, dir) + names(t, filepath.Join(dir, ".torhaus")); got != ".torhaus" || s.handed != 0 {
			t.Errorf("%s: in the folder %q, handed over %d times", state, got, s.handed)
		}
	}
}

func TestLetterThatWasVoidedBeforeItsHandOverWasMarkedIsWithdrawn(t *testing.T) {
	s, dir := newShelf(), t.TempDir()
	o := office(t, s, dir, &bytes.Buffer{})
	for at := 1; len(mustList(t, dir)) == 0; at++ { // die at the first operation after the letter came into sight
		*s.files = broken{at: at, dead: true}
		_ = o.Deliver(t.Context(), deliverJob(t))
	}
	*s.files = broken{}
	s.letter.State, s.letter.Content = Void, nil
	if err := o.Deliver(t.Context(), deliverJob(t)); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir) + names(t, filepath.Join(dir, ".torhaus")); got != ".torhaus" {
		t.Errorf("left behind: %s", got)
	}
}

func mustList(t *testing.T, dir string) []Manifest {
	t.Helper()
	list, err := List(dir)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestTwoRunnersAtOneLetterPrintItOnce(t *testing.T) {
	s, dir := newShelf(), t.TempDir()
	o := office(t, s, dir, &bytes.Buffer{})
	unlock, err := o.Way.lock(testID)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Deliver(t.Context(), deliverJob(t)); !fault.Is(err, fault.Busy) {
		t.Errorf("while another is at it: %v", err)
	}
	unlock()
	if got := mustList(t, dir); len(got) != 0 {
		t.Errorf("%d letters", len(got))
	}
	if err := o.Deliver(t.Context(), deliverJob(t)); err != nil || len(mustList(t, dir)) != 1 {
		t.Errorf("afterwards: %v", err)
	}
}

// TestFailuresNeverTellTheSecretOrTheName makes every kind of failure and reads what it says.
func TestFailuresNeverTellTheSecretOrTheName(t *testing.T) {
	for name, spoil := range map[string]func(*shelf, *Office){
		"code":    func(s *shelf, _ *Office) { c := code(); c.Code += "\u00A0"; s.letter.Content = c },
		"address": func(s *shelf, _ *Office) { s.letter.Content = to("Johanna Brandl") },
		"erased":  func(s *shelf, _ *Office) { s.letter.Content = nil },
		"folder":  func(_ *shelf, o *Office) { o.Way = spoolIn(filepath.Join(o.Way.(Spool).Dir, "missing")) },
		"disk":    func(s *shelf, _ *Office) { s.files.at = 5 },
		"store":   func(s *shelf, _ *Office) { s.files.at = 2; s.files.dead = true },
		"profile": func(_ *shelf, o *Office) { o.Profile.Portal.Colour = "blue" },
		"signs": func(s *shelf, _ *Office) {
			s.letter.Content = to("Johanna Brandl 王", "80469 München")
			s.files.at = 4
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, log := newShelf(), &bytes.Buffer{}
			o := office(t, s, t.TempDir(), log)
			spoil(s, &o)
			err := o.Deliver(t.Context(), deliverJob(t))
			if err == nil {
				t.Fatal("no error")
			}
			for _, private := range []string{"4071", "8296", "Brandl", "Frauenstra"} {
				if strings.Contains(err.Error()+log.String(), private) {
					t.Errorf("%q is told: %v\n%s", private, err, log)
				}
			}
		})
	}
}

func TestSignsThatCannotBePrintedAreLogged(t *testing.T) {
	s, log := newShelf(), &bytes.Buffer{}
	s.letter.Content = to("王 Wei", "80469 München")
	if err := office(t, s, t.TempDir(), log).Deliver(t.Context(), deliverJob(t)); err != nil {
		t.Fatal(err)
	}
	if got := log.String(); !strings.Contains(got, "level=WARN") || !strings.Contains(got, testID) || !strings.Contains(got, "signs=1") || strings.Contains(got, "Wei") {
		t.Errorf("logged: %s", got)
	}
}

func TestJobThatNamesNoLetterIsAnError(t *testing.T) {
	o := office(t, newShelf(), t.TempDir(), &bytes.Buffer{})
	for _, payload := range []string{"", `{"letter":"../x"}`, `{"letter":"unknown"}`} {
		if err := o.Deliver(t.Context(), job.Job{Payload: secret.Bytes(payload)}); err == nil {
			t.Errorf("%q: no error", payload)
		}
	}
}
