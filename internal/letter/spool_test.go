package letter

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/fault"
)

// note is what Put is told beside the PDF.
func note() Manifest {
	return Manifest{
		Portal: "kvb", Kind: "activation-code", Recipient: []string{"Dr. Anna May", "80469 München"},
		Created: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC), Pages: 1,
	}
}

var somePDF = []byte("%PDF-1.4 as good as any")

// names lists a folder, one entry a line.
func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return strings.Join(list, " ")
}

func TestPutLaysSealedLetterAndManifestIntoTheFolder(t *testing.T) {
	s := spoolIn(t.TempDir())
	if err := s.Put(t.Context(), testID, somePDF, note()); err != nil {
		t.Fatal(err)
	}
	list, err := collector(t, s.Dir).List()
	if err != nil || len(list) != 1 {
		t.Fatalf("%d letters, %v", len(list), err)
	}
	want := note()
	want.Version, want.ID, want.Form, want.SealedTo = 1, testID, Sealed, testCentre.Fingerprint()
	got := list[0]
	got.Signature, got.SHA256, got.SealedRecipient = "", "", nil // different each time
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if pdf, err := collector(t, s.Dir).PDF(testID); err != nil || string(pdf) != string(somePDF) {
		t.Errorf("%q, %v", pdf, err)
	}
	for _, name := range []string{testID + ".pdf.age", testID + ".json"} {
		if info, err := os.Stat(filepath.Join(s.Dir, name)); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s has mode %v, %v", name, info.Mode(), err)
		}
	}
	if err := s.Forget(testID); err != nil {
		t.Fatal(err)
	}
	if got := names(t, s.Dir) + names(t, filepath.Join(s.Dir, ".torhaus")); got != ".torhaus "+testID+".json "+testID+".pdf.age" {
		t.Errorf("in the folder: %s", got)
	}
}

func TestPutLaysOpenLetterWhereNothingIsToBeSealed(t *testing.T) {
	s := Spool{Dir: t.TempDir(), Envelope: unsealed()}
	if err := s.Put(t.Context(), testID, somePDF, note()); err != nil {
		t.Fatal(err)
	}
	want := note()
	want.Version, want.ID, want.Form, want.SHA256 = 1, testID, Open, hashOf(somePDF)
	got, err := collector(t, s.Dir).Manifest(testID)
	got.Signature = ""
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if pdf, err := os.ReadFile(filepath.Join(s.Dir, testID+".pdf")); err != nil || string(pdf) != string(somePDF) {
		t.Errorf("%q, %v", pdf, err)
	}
}

// TestLetterLiesThereInOneFormOnly changes the configuration between a letter's two tries.
func TestLetterLiesThereInOneFormOnly(t *testing.T) {
	for name, forms := range map[string][2]Envelope{
		"sealed, then open": {envelope(), unsealed()}, "open, then sealed": {unsealed(), envelope()},
	} {
		dir := t.TempDir()
		for at := 1; ; at++ { // die just before the letter is noted
			disk := &broken{at: at, dead: true}
			_ = (Spool{Dir: dir, Envelope: forms[0], files: disk}).Put(t.Context(), testID, somePDF, note())
			if len(names(t, dir)) > len(".torhaus") {
				break
			}
		}
		if err := (Spool{Dir: dir, Envelope: forms[1]}).Put(t.Context(), testID, somePDF, note()); err != nil {
			t.Fatal(name, err)
		}
		if got := strings.Fields(names(t, dir)); len(got) != 3 {
			t.Errorf("%s: in the folder: %v", name, got)
		}
		if ids := collect(t, dir); len(ids) != 1 {
			t.Errorf("%s: collected %v", name, ids)
		}
	}
}

func TestPutAgainDoesNotBringBackWhatThePrintCentreTook(t *testing.T) {
	s := spoolIn(t.TempDir())
	for range 2 {
		if err := s.Put(t.Context(), testID, somePDF, note()); err != nil {
			t.Fatal(err)
		}
		collect(t, s.Dir)
	}
	if got := names(t, s.Dir); got != ".torhaus" {
		t.Errorf("in the folder again: %s", got)
	}
}

func TestWithdrawnLetterIsGone(t *testing.T) {
	s := spoolIn(t.TempDir())
	if err := s.Put(t.Context(), testID, somePDF, note()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Withdraw(t.Context(), testID); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(t, s.Dir) + names(t, filepath.Join(s.Dir, ".torhaus")); got != ".torhaus" {
		t.Errorf("left behind: %s", got)
	}
}

func TestAttack_IDCannotLeaveTheFolder(t *testing.T) {
	outer := t.TempDir()
	s := spoolIn(filepath.Join(outer, "spool"))
	if err := os.Mkdir(s.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(outer, "x.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"../x", "..", "/etc/passwd", "a/b", ".torhaus/x", "", "x\x00"} {
		if err := s.Put(t.Context(), id, somePDF, note()); err == nil {
			t.Errorf("Put took %q", id)
		}
		if err := errors.Join(s.Withdraw(t.Context(), id), s.Forget(id)); err == nil {
			t.Errorf("Withdraw or Forget took %q", id)
		}
		if _, err := s.lock(id); err == nil {
			t.Errorf("lock took %q", id)
		}
		if _, err := ReadManifest(s.Dir, id); !fault.Is(err, fault.NotFound) {
			t.Errorf("ReadManifest(%q): %v", id, err)
		}
		if _, err := collector(t, s.Dir).PDF(id); !fault.Is(err, fault.NotFound) {
			t.Errorf("PDF(%q): %v", id, err)
		}
	}
	if got := names(t, outer); got != "spool x.json" {
		t.Errorf("outside of the folder: %s", got)
	}
}

func TestOnlyOneRunnerIsAtALetter(t *testing.T) {
	s := spoolIn(t.TempDir())
	unlock, err := s.lock(testID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.lock(testID); !fault.Is(err, fault.Busy) {
		t.Errorf("a second runner: %v", err)
	}
	if other, err := s.lock("other"); err != nil {
		t.Errorf("another letter: %v", err)
	} else {
		other()
	}
	unlock()
	again, err := s.lock(testID)
	if err != nil {
		t.Fatalf("after the first was done: %v", err)
	}
	again()
}

// asNobody runs f without the rights of root, which ignores the modes of files. The thread is given up afterwards.
func asNobody(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if os.Geteuid() == 0 {
			_ = syscall.Setfsuid(65534)
		}
		f()
	}()
	<-done
}

func TestPutIntoAFolderThatCannotBeWrittenIsAnError(t *testing.T) {
	readOnly := t.TempDir()
	for _, dir := range []string{filepath.Dir(readOnly), readOnly} {
		if err := os.Chmod(dir, 0o555); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Dir(readOnly), 0o700) })
	asNobody(func() {
		if err := spoolIn(readOnly).Put(t.Context(), testID, somePDF, note()); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("read-only folder: %v", err)
		}
	})
	if got := names(t, readOnly); got != "" {
		t.Errorf("in sight: %s", got)
	}
	if err := spoolIn(filepath.Join(t.TempDir(), "missing")).Put(t.Context(), testID, somePDF, note()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing folder: %v", err)
	}
}

func TestPutStopsWhenItsContextEnds(t *testing.T) {
	s := spoolIn(t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Put(ctx, testID, somePDF, note()); !errors.Is(err, context.Canceled) || names(t, s.Dir) != "" {
		t.Errorf("error %v, folder %q", err, names(t, s.Dir))
	}
}

func TestPutRefusesAManifestThatNobodyCouldRead(t *testing.T) {
	for name, spoil := range map[string]func(*Manifest){
		"no portal":    func(m *Manifest) { m.Portal = "" },
		"no kind":      func(m *Manifest) { m.Kind = "../x" },
		"no recipient": func(m *Manifest) { m.Recipient = nil },
		"no time":      func(m *Manifest) { m.Created = time.Time{} },
		"no pages":     func(m *Manifest) { m.Pages = 0 },
	} {
		s, m := spoolIn(t.TempDir()), note()
		spoil(&m)
		if err := s.Put(t.Context(), testID, somePDF, m); err == nil || names(t, s.Dir) != "" {
			t.Errorf("%s: error %v, folder %q", name, err, names(t, s.Dir))
		}
	}
}

// broken is a file system that fails at one of its operations: before or in the middle of it, or when it is done. With dead
// set, everything after fails too, as if the program had died.
type broken struct {
	disk
	at    int // which operation, from 1
	after bool
	dead  bool
	count int
}

var errBroken = errors.New("no space left on device")

func (b *broken) do(op func() error) error {
	b.count++
	switch {
	case b.count < b.at || b.count > b.at && !b.dead:
		return op()
	case b.count == b.at && b.after:
		return errors.Join(op(), errBroken)
	default:
		return errBroken
	}
}

func (b *broken) mkdir(path string) error { return b.do(func() error { return b.disk.mkdir(path) }) }

func (b *broken) rename(from, to string) error {
	return b.do(func() error { return b.disk.rename(from, to) })
}

func (b *broken) remove(path string) error { return b.do(func() error { return b.disk.remove(path) }) }

func (b *broken) sync(dir string) error { return b.do(func() error { return b.disk.sync(dir) }) }

func (b *broken) exists(path string) (found bool, err error) {
	err = b.do(func() error {
		found, err = b.disk.exists(path)
		return err
	})
	return found, err
}

func (b *broken) write(path string, data []byte) error {
	if b.count+1 == b.at && !b.after {
		_ = b.disk.write(path, data[:len(data)/2]) // the disk is full in the middle of the file
	}
	return b.do(func() error { return b.disk.write(path, data) })
}

// TestFullDiskShowsNothingHalfAndIsSurvived lets each operation of the file system fail once.
func TestFullDiskShowsNothingHalfAndIsSurvived(t *testing.T) {
	for at := 1; ; at++ {
		disk := &broken{at: at}
		s := Spool{Dir: t.TempDir(), Envelope: envelope(), files: disk}
		err := s.Put(t.Context(), testID, somePDF, note())
		if disk.count < at {
			if err != nil {
				t.Fatalf("nothing failed, but %v", err)
			}
			if at < 10 {
				t.Fatalf("only %d operations were tried", at)
			}
			return
		}
		if !errors.Is(err, errBroken) {
			t.Fatalf("operation %d failed, Put says %v", at, err)
		}
		shown, err := List(s.Dir)
		if err != nil {
			t.Fatalf("operation %d failed, the print centre finds %v", at, err)
		}
		for _, m := range shown { // only the last synchronisation fails after the manifest is in sight
			if _, err := collector(t, s.Dir).PDF(m.ID); err != nil {
				t.Errorf("operation %d failed, the print centre finds %v", at, err)
			}
		}
		if err := s.Put(t.Context(), testID, somePDF, note()); err != nil {
			t.Fatalf("again after operation %d: %v", at, err)
		}
		if list := collect(t, s.Dir); len(list) != 1 {
			t.Errorf("again after operation %d: %d letters", at, len(list))
		}
	}
}

// collect plays the print centre: it takes every finished letter away and gives their ids.
func collect(t *testing.T, dir string) []string {
	t.Helper()
	list, err := collector(t, dir).List()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, m := range list {
		if _, err := collector(t, dir).PDF(m.ID); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{nameOf(m.ID, m.Form), m.ID + ".json"} {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		ids = append(ids, m.ID)
	}
	return ids
}
