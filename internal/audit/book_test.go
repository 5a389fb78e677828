package audit

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/secret"
)

// memory is a chain that a test writes and forges.
type memory struct {
	records []Record
	head    Head
	now     time.Time
	fault   error
}

func newMemory(n int) *memory {
	m := &memory{now: time.Date(2026, 11, 22, 9, 31, 0, 0, time.UTC)}
	m.grow(n)
	return m
}

func (m *memory) grow(n int) {
	for range n {
		var r Record
		r, m.head = m.head.Append(m.now, Event{Kind: TokenOrdered, Actor: "a", Account: "a"})
		m.records = append(m.records, r)
	}
}

func (m *memory) ReadAudit(_ context.Context, after int64, read func(iter.Seq2[Record, error], Head) error) error {
	if m.fault != nil {
		return m.fault
	}
	behind := slices.DeleteFunc(slices.Clone(m.records), func(r Record) bool { return r.Seq <= after })
	return read(each(behind), m.head)
}

func (m *memory) Now(context.Context) (calendar.Moment, error) {
	return calendar.Moment{Time: m.now, Wall: m.now}, nil
}

// portal has a keeper and what it needs.
type portal struct {
	*Keeper
	chain *memory
	log   *strings.Builder
}

func newPortal(t *testing.T, n int) portal {
	t.Helper()
	set := secret.NewKeyset(time.Now())
	keys, err := set.VerifierKeys(secret.AuditHeads, "kvb")
	if err != nil {
		t.Fatal(err)
	}
	p := portal{chain: newMemory(n), log: &strings.Builder{}}
	p.Keeper = &Keeper{
		Source: p.chain, Portal: "kvb", Dir: t.TempDir(), Replica: "Host.Example", Keys: keys,
		Sign: func(text string) ([]byte, error) { return set.Sign(secret.AuditHeads, "kvb", text) },
		Log:  slog.New(slog.NewTextHandler(p.log, nil)),
	}
	t.Cleanup(func() { p.stop(t) })
	return p
}

// stop lets the program die: the book is closed and nothing more is written.
func (p portal) stop(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.book != nil {
		if err := p.book.close(); err != nil {
			t.Error(err)
		}
		p.book = nil
	}
}

func (p portal) keep(t *testing.T) {
	t.Helper()
	if err := p.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (p portal) path() string { return filepath.Join(p.Dir, "kvb.host-example.heads") }

func (p portal) written(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(p.path())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (p portal) write(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(p.path(), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p portal) read(t *testing.T) Books {
	t.Helper()
	b, err := ReadBooks("kvb", p.Keys, p.Dir)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func numbers(b Books) (list []int64) {
	for _, h := range b.Heads {
		list = append(list, h.Seq)
	}
	return list
}

func TestKeeper_SignsTheHeadWhenItMoved(t *testing.T) {
	p := newPortal(t, 3)
	p.keep(t)
	p.keep(t) // nothing moved
	p.chain.grow(2)
	p.keep(t)
	if got := numbers(p.read(t)); !slices.Equal(got, []int64{3, 5}) {
		t.Errorf("heads %v", got)
	}
	if s := p.Status(); s.Fault != nil || s.Signed.Head != p.chain.head || !s.Signed.Time.Equal(p.chain.now) {
		t.Errorf("status %+v", s)
	}
	want := "torhaus audit head v1\nportal kvb\nrecords 3\nhash "
	if got := p.written(t); !strings.HasPrefix(got, want) || !strings.Contains(got, "\ntime 2026-11-22T09:31:00Z\n\n— kvb/audit ") {
		t.Errorf("the book reads\n%s", got)
	}
}

func TestKeeper_SignsTheLastHeadWhenItCloses(t *testing.T) {
	p := newPortal(t, 3)
	p.keep(t)
	p.chain.grow(1)
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := numbers(p.read(t)); !slices.Equal(got, []int64{3, 4}) {
		t.Errorf("heads %v", got)
	}
}

func TestKeeper_NeverVouchesForAChainThatDoesNotHold(t *testing.T) {
	for name, tamper := range map[string]func(*memory){
		"a record altered":         func(m *memory) { m.records[4].Reason = "forged" },
		"a record removed":         func(m *memory) { m.records = slices.Delete(m.records, 4, 5) },
		"the end cut off":          func(m *memory) { m.records = m.records[:5] },
		"end and head set back":    func(m *memory) { m.records = m.records[:2]; m.head = Head{Seq: 2, Hash: m.records[1].Hash} },
		"head set back":            func(m *memory) { m.head = Head{Seq: 5, Hash: m.records[4].Hash} },
		"head altered":             func(m *memory) { m.head.Hash[0]++ },
		"all replaced by as many":  func(m *memory) { *m = *newMemory(0); m.now = m.now.Add(time.Hour); m.grow(6) },
		"all replaced by what was": func(m *memory) { *m = *newMemory(0); m.now = m.now.Add(time.Hour); m.grow(3) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPortal(t, 3)
			p.keep(t)
			p.chain.grow(3)
			tamper(p.chain)
			for range 2 {
				if _, broken := errors.AsType[*BrokenError](p.Keep(t.Context())); !broken {
					t.Errorf("kept with %v", p.Status())
				}
			}
			if got := numbers(p.read(t)); !slices.Equal(got, []int64{3}) {
				t.Errorf("heads %v", got)
			}
			if n := strings.Count(p.log.String(), "level=ERROR"); n != 1 {
				t.Errorf("logged %d times: %s", n, p.log)
			}
		})
	}
}

func TestKeeper_HealsWithoutRestart(t *testing.T) {
	p := newPortal(t, 3)
	folder := p.Dir
	p.Dir = filepath.Join(folder, "later")
	if err := p.Keep(t.Context()); err == nil || p.Status().Fault == nil {
		t.Errorf("kept in a folder that is not there: %v", err)
	}
	if err := os.Mkdir(p.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	p.chain.fault = errors.New("database is away")
	if err := p.Keep(t.Context()); err == nil {
		t.Error("kept without a database")
	}
	p.chain.fault = nil
	p.keep(t)
	if p.Status().Fault != nil || !strings.Contains(p.log.String(), "signed again") {
		t.Errorf("status %+v, log %s", p.Status(), p.log)
	}
}

func TestKeeper_GoesOnWhereItsBookEnds(t *testing.T) {
	p := newPortal(t, 3)
	for range 100 { // more than is read of the end
		p.chain.grow(1)
		p.keep(t)
	}
	p.stop(t)
	p.status = Status{}
	p.keep(t)
	if got := p.read(t).Heads; len(got) != 100 || p.Status().Signed.Head != p.chain.head {
		t.Errorf("%d heads, the newest %d", len(got), p.Status().Signed.Seq)
	}
	p.stop(t)
	p.chain.records, p.chain.head = nil, Head{} // while the program stood still
	if _, broken := errors.AsType[*BrokenError](p.Keep(t.Context())); !broken {
		t.Error("an emptied chain was kept")
	}
}

// TestBook_IsReadWhereverTheProgramDied cuts the book off after each byte of its second head.
func TestBook_IsReadWhereverTheProgramDied(t *testing.T) {
	p := newPortal(t, 3)
	p.keep(t)
	first := len(p.written(t))
	p.chain.grow(1)
	p.keep(t)
	whole := p.written(t)
	p.stop(t)
	p.chain.grow(1)
	for cut := first; cut <= len(whole); cut++ {
		p.write(t, whole[:cut])
		p.Keeper.status = Status{}
		p.keep(t)
		p.stop(t)
		b := p.read(t)
		finished := cut >= len(whole)-2 // the line feeds at the end
		want := []int64{3, 5}
		if finished {
			want = []int64{3, 4, 5}
		}
		if got := numbers(b); !slices.Equal(got, want) {
			t.Errorf("cut after %d of %d bytes: heads %v", cut, len(whole), got)
		}
		if (len(b.Unfinished) == 1) != (cut > first && !finished) {
			t.Errorf("cut after %d of %d bytes: unfinished %v", cut, len(whole), b.Unfinished)
		}
	}
}

func TestBook_FullDiskIsSurvived(t *testing.T) {
	p := newPortal(t, 3)
	p.keep(t)
	p.book.torn = true // what a write that failed in its middle leaves
	if _, err := p.book.file.WriteString("torhaus audit head v1\nport"); err != nil {
		t.Fatal(err)
	}
	p.chain.grow(1)
	p.keep(t)
	if b := p.read(t); !slices.Equal(numbers(b), []int64{3, 4}) || len(b.Unfinished) != 1 {
		t.Errorf("books %+v", b)
	}
}

func TestBook_OfEachReplicaIsAFileOfItsOwn(t *testing.T) {
	p := newPortal(t, 3)
	twin := newPortal(t, 0) // on the same machine
	twin.Dir, twin.Source, twin.Keys, twin.Sign = p.Dir, p.chain, p.Keys, p.Sign
	other := newPortal(t, 0)
	other.Dir, other.Source, other.Replica, other.Keys, other.Sign = p.Dir, p.chain, "второй/../x", p.Keys, p.Sign
	foreign := newPortal(t, 3)
	foreign.Dir, foreign.Portal = p.Dir, "kvb-test"
	for _, k := range []portal{p, twin, other} {
		k.keep(t)
	}
	_ = foreign.Keep(t.Context())
	entries, err := os.ReadDir(p.Dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	want := []string{"kvb-test.host-example.heads", "kvb.----------x.heads", "kvb.host-example-2.heads", "kvb.host-example.heads"}
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("files %q", names)
	}
	if got := numbers(p.read(t)); !slices.Equal(got, []int64{3, 3, 3}) {
		t.Errorf("heads %v", got)
	}
}

func TestAttack_ForgedHeadIsNamedWithItsPlace(t *testing.T) {
	p, stranger := newPortal(t, 3), newPortal(t, 9)
	p.keep(t)
	p.chain.grow(1)
	p.keep(t)
	stranger.keep(t)
	good := p.written(t)
	for name, c := range map[string]struct {
		text string
		line string
		kept int
	}{
		"number altered":          {strings.Replace(good, "records 4", "records 5", 1), ":9:", 1},
		"another key's head":      {good + stranger.written(t), ":17:", 2},
		"something else":          {good + "records 7\n\n", ":17:", 2},
		"a signature alone":       {good + strings.Join(strings.Split(good, "\n")[6:7], "") + "\n\n", ":17:", 2},
		"signature of another":    {strings.Replace(good, "hash ", "hash 00", 1), ":1:", 1},
		"a line that never ends":  {good + strings.Repeat("x", 2*maxLine), "too long", 2},
		"a text in front of both": {"forged\n\n" + good, ":1:", 2},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "copy.heads")
			if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			b, err := ReadBooks("kvb", p.Keys, file)
			if err == nil || !strings.Contains(err.Error(), c.line) || len(b.Heads) != c.kept {
				t.Errorf("%d heads, %v", len(b.Heads), err)
			}
		})
	}
}

func TestReadBooks_SaysWhatIsNotThere(t *testing.T) {
	if _, err := ReadBooks("kvb", nil, filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if b, err := ReadBooks("kvb", nil, t.TempDir()); err != nil || len(b.Heads) != 0 {
		t.Errorf("an empty folder: %+v, %v", b, err)
	}
}

func TestVerify_SignedHeadsShowWhatTheChainAloneCannot(t *testing.T) {
	rewrite := func(m *memory, from, to int) { // with fitting hashes
		m.head = Head{}
		if from > 1 {
			m.head = Head{Seq: int64(from - 1), Hash: m.records[from-2].Hash}
		}
		m.records = m.records[:from-1]
		m.now = m.now.Add(time.Hour)
		m.grow(to - from + 1)
	}
	for _, c := range []struct {
		name   string
		tamper func(*memory)
		place  int64
	}{
		{"end and head set back", func(m *memory) { m.records = m.records[:9]; m.head = Head{Seq: 9, Hash: m.records[8].Hash} }, 10},
		{"all and head removed", func(m *memory) { m.records, m.head = nil, Head{} }, 1},
		{"rewritten from the start", func(m *memory) { rewrite(m, 1, 10) }, 1},
		{"rewritten from the start, and longer", func(m *memory) { rewrite(m, 1, 20) }, 1},
		{"rewritten from the middle", func(m *memory) { rewrite(m, 6, 10) }, 6},
		{"rewritten from the middle, and shorter", func(m *memory) { rewrite(m, 6, 7) }, 6},
		{"last rewritten", func(m *memory) { rewrite(m, 10, 10) }, 10},
		{"middle row altered", func(m *memory) { m.records[4].Reason = "forged" }, 5},
		{"rows beyond the head", func(m *memory) { m.head = Head{Seq: 9, Hash: m.records[8].Hash} }, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPortal(t, 0)
			for range 10 {
				p.chain.grow(1)
				p.keep(t)
			}
			heads := p.read(t).Heads
			c.tamper(p.chain)
			sound, err := Verify(each(p.chain.records), p.chain.head, heads...)
			broken, ok := errors.AsType[*BrokenError](err)
			if !ok || broken.Seq != c.place {
				t.Errorf("verify: %d sound, %v, want record %d named", sound, err, c.place)
			}
		})
	}
}

func TestVerify_AcceptsAChainThatGrewSinceItWasSigned(t *testing.T) {
	p := newPortal(t, 3)
	p.keep(t)
	p.chain.grow(4)
	if sound, err := Verify(each(p.chain.records), p.chain.head, p.read(t).Heads...); err != nil || sound != 7 {
		t.Errorf("%d sound, %v", sound, err)
	}
}

func FuzzBook(f *testing.F) {
	set := secret.NewKeyset(time.Now())
	keys, err := set.VerifierKeys(secret.AuditHeads, "kvb")
	if err != nil {
		f.Fatal(err)
	}
	signed, err := set.Sign(secret.AuditHeads, "kvb", headText("kvb", Head{Seq: 7}, time.Unix(0, 0)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(signed)+"\n", "")
	f.Add("torhaus audit head v1\n\n", "— kvb/audit A\n\n")
	f.Fuzz(func(t *testing.T, before, after string) {
		r := reader{name: "book", portal: "kvb", keys: keys}
		_ = r.read(strings.NewReader(before + "\n\n" + string(signed) + "\n" + after))
		for _, h := range r.heads {
			if h.Seq != 7 || h.Hash != (Hash{}) {
				t.Errorf("read a head that nobody signed: %+v", h)
			}
		}
	})
}
