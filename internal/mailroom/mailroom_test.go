package mailroom

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/textfile"
	"torhaus/internal/token"
)

const (
	one = "k3vqz7m2xw9abcdefghijkmnpq"
	two = "a3vqz7m2xw9abcdefghijkmnpq"
)

func day(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestConfirmationFileIsReadStrictly(t *testing.T) {
	for _, c := range []struct {
		name, file string
		charset    textfile.Charset
		rows       int
		refused    []Refusal
	}{
		{"semicolons", "letter;posted\n" + one + ";2026-11-24\n" + two + ";24.11.2026\n", textfile.UTF8, 2, nil},
		{"commas, quotes, CR LF", "\"letter\",\"posted\"\r\n\"" + one + "\",\"2026-11-24\"\r\n", textfile.UTF8, 1, nil},
		{"as Excel writes it", "\ufeffLetter;Posted\r\n" + strings.ToUpper(one) + ";24.11.2026\r\n;\r\n", textfile.UTF8WithBOM, 1, nil},
		{"header only", "letter;posted\n", textfile.UTF8, 0, nil},
		{"empty", "", "", 0, []Refusal{{1, "empty-file", nil}}},
		{"a workbook", "PK\x03\x04…", "", 0, []Refusal{{1, "workbook", nil}}},
		{"UTF-16", "\xff\xfel\x00e\x00", "", 0, []Refusal{{1, "utf-16", nil}}},
		{"another header", "Brief;Versandt\n", textfile.UTF8, 0, []Refusal{{1, BadHeader, []any{"Brief;Versandt", "letter;posted"}}}},
		{"a header of Windows", "letter;gepr\xfcft\n", textfile.Windows1252, 0, []Refusal{{1, BadHeader, []any{"letter;geprüft", "letter;posted"}}}},
		{"three columns", "letter;posted\n" + one + ";2026-11-24;x\n", textfile.UTF8, 0, []Refusal{{2, "field-count", []any{3, 2}}}},
		{"a formula", "letter;posted\n=HYPERLINK(\"x\");2026-11-24\n", textfile.UTF8, 0, []Refusal{{2, "bad-quotes", []any{12}}}},
		{"another formula", "letter;posted\n@SUM(1+1)*2;2026-11-24\n", textfile.UTF8, 0, []Refusal{{2, BadLetter, []any{"@SUM(1+1)*2"}}}},
		{"a day that is none", "letter;posted\n" + one + ";2026-02-30\n" + two + ";31.4.2026\n", textfile.UTF8, 0, []Refusal{{2, BadDate, []any{"2026-02-30"}}, {3, BadDate, []any{"31.4.2026"}}}},
		{"one twice", "letter;posted\n" + one + ";2026-11-24\n" + one + ";2026-11-25\n", textfile.UTF8, 1, []Refusal{{3, Doubled, []any{2}}}},
		{"quotes that never end", "letter;posted\n\"" + one + ";2026-11-24\n" + two + ";2026-11-24\n", textfile.UTF8, 0, []Refusal{{2, "open-quotes", nil}}},
		{"the printed beginning of a number", "letter;posted\nK3VQZ-7M2XW;2026-11-24\n", textfile.UTF8, 0, []Refusal{{2, BadLetter, []any{"K3VQZ-7M2XW"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ReadConfirmation(strings.NewReader(c.file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.refused, got.Refused); diff != "" || len(got.Rows) != c.rows || got.Charset != c.charset {
				t.Errorf("%d rows, %s\n%s", len(got.Rows), got.Charset, diff)
			}
		})
	}
}

func TestConfirmationIsHeldAgainstWhatIsKnown(t *testing.T) {
	handed, posted, today := day(t, "2026-11-23"), day(t, "2026-11-24"), day(t, "2026-11-26")
	for _, c := range []struct {
		name    string
		sent    *Sent
		on      string
		problem Problem
		posts   bool
	}{
		{"handed over", &Sent{State: letter.HandedOver, HandedOver: handed}, "2026-11-24", "", true},
		{"on the day of the hand-over", &Sent{State: letter.HandedOver, HandedOver: handed}, "2026-11-23", "", true},
		{"posted before, on the same day", &Sent{State: letter.Posted, HandedOver: handed, Posted: posted}, "2026-11-24", "", false},
		{"posted before, on another day", &Sent{State: letter.Posted, HandedOver: handed, Posted: posted}, "2026-11-25", OtherDay, false},
		{"came back meanwhile", &Sent{State: letter.Returned, HandedOver: handed}, "2026-11-24", "", false},
		{"unknown", nil, "2026-11-24", UnknownLetter, false},
		{"still here", &Sent{State: letter.Queued}, "2026-11-24", NotHandedOver, false},
		{"void", &Sent{State: letter.Void}, "2026-11-24", WasVoid, false},
		{"tomorrow", &Sent{State: letter.HandedOver, HandedOver: handed}, "2026-11-27", InFuture, false},
		{"before it was handed over", &Sent{State: letter.HandedOver, HandedOver: handed}, "2026-11-22", BeforeHanded, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			known := map[string]Sent{}
			if c.sent != nil {
				known[one] = *c.sent
			}
			file := Confirmation{Rows: []Posted{{Line: 2, Letter: one, On: day(t, c.on)}}}
			post, _, refused := file.Decide(known, today)
			if (len(post) == 1) != c.posts || (len(refused) == 1) != (c.problem != "") || len(refused) == 1 && refused[0].Problem != c.problem {
				t.Errorf("posts %v, refused %v", post, refused)
			}
		})
	}
}

func FuzzReadConfirmation(f *testing.F) {
	f.Add([]byte("letter;posted\n" + one + ";2026-11-24\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ReadConfirmation(strings.NewReader(string(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range c.Rows {
			if id, ok := CleanID(row.Letter); !ok || id != row.Letter || row.On.IsZero() {
				t.Errorf("took %+v", row)
			}
		}
	})
}

func TestNumberOfALetterAsTypedOrScanned(t *testing.T) {
	for typed, want := range map[string]string{
		"K3VQZ-7M2XW": "k3vqz7m2xw", " k3vqz 7m2xw ": "k3vqz7m2xw", one: one, "k3vqz–7m2xw": "k3vqz7m2xw",
		"k3vqz7": "", "": "", "Müller": "", "k3vqz7m2;x": "", strings.Repeat("a", 300): "",
	} {
		if got, ok := CleanID(typed); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", typed, got, ok)
		}
	}
}

func TestTwoPeopleReleaseABatch(t *testing.T) {
	clerk, chief := token.By{Actor: "clerk", Session: "c1"}, token.By{Actor: "chief", Session: "c2"}
	with := func(held bool, state BatchState, closer string) Batch {
		return Batch{ID: "b", Number: 7, Held: held, State: state, ClosedBy: closer, Letters: map[letter.State]int{letter.Queued: 2}}
	}
	for _, c := range []struct {
		name string
		do   func() (BatchChange, error)
		want BatchState
	}{
		{"close", func() (BatchChange, error) { return with(true, Open, "").Close(clerk) }, Awaiting},
		{"close a day's", func() (BatchChange, error) { return with(false, Open, "").Close(clerk) }, ""},
		{"close twice", func() (BatchChange, error) { return with(true, Awaiting, "clerk").Close(chief) }, ""},
		{"close an empty one", func() (BatchChange, error) { return Batch{Held: true, State: Open}.Close(clerk) }, ""},
		{"release", func() (BatchChange, error) { return with(true, Awaiting, "clerk").Release(chief) }, Released},
		{"release alone", func() (BatchChange, error) { return with(true, Awaiting, "clerk").Release(clerk) }, ""},
		{"release in another session", func() (BatchChange, error) {
			return with(true, Awaiting, "clerk").Release(token.By{Actor: "clerk", Session: "other"})
		}, ""},
		{"release an open one", func() (BatchChange, error) { return with(true, Open, "").Release(chief) }, ""},
		{"release twice", func() (BatchChange, error) { return with(true, Released, "clerk").Release(chief) }, ""},
		{"discard", func() (BatchChange, error) { return with(true, Awaiting, "clerk").Discard(chief) }, Discarded},
		{"discard alone", func() (BatchChange, error) { return with(true, Awaiting, "clerk").Discard(clerk) }, ""},
		{"discard what is released", func() (BatchChange, error) { return with(true, HandedOver, "clerk").Discard(chief) }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.do()
			if got.State != c.want || (c.want == "") != fault.Is(err, fault.Conflict) {
				t.Errorf("becomes %q, %v", got.State, err)
			}
			if c.want != "" && (len(got.Events) != 1 || got.Events[0].Reason != "b") {
				t.Errorf("recorded %+v", got.Events)
			}
		})
	}
}

// TestReturn goes through the states of a letter.
func TestReturnOfALetterInEveryState(t *testing.T) {
	now := calendar.Moment{Time: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	open := token.Order{ID: "o", Kind: token.Soft, Route: token.ByLetter, State: token.Placed, Placed: now.Time, LastDay: day(t, "2026-12-06"), Letter: token.LetterStatus{ID: one, HandedOver: now.Time}}
	over := open
	over.State = token.OrderActivated
	for _, c := range []struct {
		name  string
		state letter.State
		order token.Order
		want  What
	}{
		{"handed over", letter.HandedOver, open, AnOrder},
		{"posted", letter.Posted, open, AnOrder},
		{"its code was used", letter.Posted, over, Nothing},
		{"it is another's", letter.Posted, token.Order{State: token.Placed, Letter: token.LetterStatus{ID: two}}, Nothing},
		{"queued", letter.Queued, open, ""},
		{"rendered", letter.Rendered, open, ""},
		{"held", letter.Held, open, ""},
		{"void", letter.Void, open, ""},
		{"returned", letter.Returned, open, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Parcel{Letter: Letter{ID: one, State: c.state, Account: "anna"}, Holding: token.Holding{Owner: account.Account{ID: "anna"}, Orders: []token.Order{c.order}}}
			what, change, err := p.Return(token.By{Actor: "clerk", Session: "s"}, now)
			if what != c.want || (c.want == "") != fault.Is(err, fault.Conflict) {
				t.Fatalf("voided %q, %v", what, err)
			}
			if c.want == "" {
				return
			}
			last := change.Events[len(change.Events)-1]
			if last.Kind != audit.LetterReturned || last.Actor != "clerk" || last.Account != "anna" || last.Reason != string(c.want) {
				t.Errorf("recorded %+v", last)
			}
			if (len(change.Jobs) == 1) != (c.want != Nothing) {
				t.Errorf("%d e-mails", len(change.Jobs))
			}
		})
	}
}

func TestAttack_NoBatchAboveTheLimitIsReleasedByOnePerson(t *testing.T) {
	by := func(id account.ID) token.By { return token.By{Actor: id, Session: "s"} }
	full := map[letter.State]int{letter.Queued: 3}
	for name, c := range map[string]struct {
		closer, decider account.ID
		ok              bool
	}{
		"two people":                         {"dora", "ute", true},
		"one person":                         {"dora", "dora", false},
		"one person, and the end of a day":   {audit.System, "dora", false},
		"one person, and nobody":             {"", "dora", false},
		"a person, and the portal by itself": {"dora", audit.System, false},
	} {
		b := Batch{Number: 2, Held: true, State: Awaiting, ClosedBy: string(c.closer), Letters: full}
		if _, err := b.Release(by(c.decider)); (err == nil) != c.ok {
			t.Errorf("released by %s: %v", name, err)
		}
		if _, err := b.Discard(by(c.decider)); (err == nil) != c.ok {
			t.Errorf("discarded by %s: %v", name, err)
		}
		if b.MayDecide(c.decider) != c.ok {
			t.Errorf("offered to %s", name)
		}
	}
	gathers := Batch{Number: 2, Held: true, State: Open, Letters: full}
	for _, id := range []account.ID{audit.System, ""} {
		if _, err := gathers.Close(by(id)); !fault.Is(err, fault.Conflict) {
			t.Errorf("closed by %q: %v", id, err)
		}
	}
}
