package letters

import (
	"net/http"
	"strconv"

	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/mailroom"
	"torhaus/internal/text"
	"torhaus/internal/web/page"
)

var (
	batchesView = page.NewView[batchesPage](files, "batches.html")
	batchView   = page.NewView[batchPage](files, "batch.html")
	discardView = page.NewView[batchPage](files, "discard.html")
)

// batchesPage lists print batches, newest first.
type batchesPage struct {
	page.Base
	Batches []mailroom.Batch
	Inside  bool
	Next    int64 // the next page has the batches below; 0 if there are none
}

// Batches lists print batches.
func (d Door) Batches(w http.ResponseWriter, r *page.Request) error {
	below, err := strconv.ParseInt(r.Param("vor"), 10, 64)
	if err != nil || below < 0 {
		below = 0
	}
	list, next, err := d.Mailroom.Batches(r.Context(), below)
	if err != nil {
		return err
	}
	return batchesView.Show(w, r, batchesPage{Batches: list, Inside: below > 0, Next: next})
}

// State names the state of a batch.
func (p *batchesPage) State(b mailroom.Batch) string { return stateOf(p.Words(), b) }

func stateOf(words text.Printer, b mailroom.Batch) string {
	if b.Held && b.State == mailroom.Open {
		return words.T("letters.batch.state.gathers")
	}
	return named(words, batchNames, b.State)
}

// Waits tells whether somebody has to do something about the batch.
func (p *batchesPage) Waits(b mailroom.Batch) bool {
	return b.State == mailroom.Awaiting || b.Held && b.State == mailroom.Open
}

// batchPage shows one batch.
type batchPage struct {
	page.Base
	Batch mailroom.Batch
	Done  string
}

// Batch shows one batch.
func (d Door) Batch(w http.ResponseWriter, r *page.Request) error {
	b, err := d.batch(r)
	if err != nil {
		return err
	}
	return batchView.Show(w, r, batchPage{Batch: b, Done: r.Param(doneParam)})
}

func (d Door) batch(r *page.Request) (mailroom.Batch, error) {
	b, err := d.Mailroom.Batch(r.Context(), number(r))
	if fault.Is(err, fault.NotFound) {
		err = page.Advise(err, toBatches)
	}
	return b, err
}

// number reads the number of the batch that a page is about; what is none is 0, which no batch has.
func number(r *page.Request) int64 {
	n, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Close ends the gathering of a held batch.
func (d Door) Close(w http.ResponseWriter, r *page.Request) error {
	return d.decided(w, r, "geschlossen", d.Mailroom.Close(r.Context(), number(r), by(r)))
}

// Release lets a batch be printed, as the second person.
func (d Door) Release(w http.ResponseWriter, r *page.Request) error {
	return d.decided(w, r, "freigegeben", d.Mailroom.Release(r.Context(), number(r), by(r)))
}

// AskDiscard says what discarding a batch does.
func (d Door) AskDiscard(w http.ResponseWriter, r *page.Request) error {
	b, err := d.batch(r)
	if err != nil {
		return err
	}
	if _, err := b.Discard(by(r)); err != nil {
		return page.Advise(err, toBatches)
	}
	return discardView.Show(w, r, batchPage{Batch: b})
}

// Discard keeps a batch from being printed, as the second person.
func (d Door) Discard(w http.ResponseWriter, r *page.Request) error {
	return d.decided(w, r, "verworfen", d.Mailroom.Discard(r.Context(), number(r), by(r)))
}

// decided leads back to the batch.
func (d Door) decided(w http.ResponseWriter, r *page.Request, what string, err error) error {
	path := batchesPath + "/" + strconv.FormatInt(number(r), 10)
	if err != nil {
		return page.Advise(err, page.Link{Path: path, Text: "letters.to-batch"})
	}
	r.Redirect(w, path+"?"+doneParam+"="+what)
	return nil
}

// Path gives the address of the batch.
func (p *batchPage) Path() string { return batchesPath + "/" + strconv.FormatInt(p.Batch.Number, 10) }

// State names the state of the batch.
func (p *batchPage) State() string { return stateOf(p.Words(), p.Batch) }

// Facts lists what is known of the batch.
func (p *batchPage) Facts() []page.Fact {
	b := p.Batch
	list := []page.Fact{
		p.Fact("letters.column.state", p.State()),
		p.Fact("letters.batch.opened", p.Time(b.Opened)),
		p.Fact("letters.batch.letters", p.T("letters.batch.letters-of", b.All(), b.People)),
	}
	if !b.Closed.IsZero() {
		list = append(list, p.Fact("letters.batch.closed", p.person(b.ClosedBy, b.Closer), p.Time(b.Closed)))
	}
	if !b.Decided.IsZero() {
		list = append(list, p.Fact("letters.batch.decided", p.person(b.DecidedBy, b.Decider), p.Time(b.Decided)))
	}
	return list
}

func (p *batchPage) person(id, name string) string {
	if p.Batch.Automatic(id) {
		return p.T("letters.batch.by-itself")
	}
	return name
}

// count is one line of a table of numbers.
type count struct {
	Name string
	N    int
}

// ByState counts the letters by state, in the order of the states.
func (p *batchPage) ByState() (list []count) {
	for _, s := range mailroom.States {
		if n := p.Batch.Letters[s]; n > 0 {
			list = append(list, count{named(p.Words(), stateNames, string(s)), n})
		}
	}
	return list
}

// ByKind counts the letters by kind.
func (p *batchPage) ByKind() (list []count) {
	for _, k := range mailroom.Kinds {
		if n := p.Batch.Kinds[k]; n > 0 {
			list = append(list, count{named(p.Words(), kindNames, k), n})
		}
	}
	return list
}

// Closable tells whether the reader may close the batch.
func (p *batchPage) Closable() bool {
	return p.Batch.Held && p.Batch.State == mailroom.Open && p.Batch.All() > 0 && p.May(login.PrintLetters)
}

// Decidable tells whether the reader may release or discard the batch.
func (p *batchPage) Decidable() bool {
	return p.May(login.ReleaseLetters) && p.Batch.MayDecide(p.Visit().Account.ID)
}

// Own tells whether the reader has closed the batch, so that somebody else must decide.
func (p *batchPage) Own() bool {
	return p.Batch.State == mailroom.Awaiting && p.Batch.ClosedBy == string(p.Visit().Account.ID)
}

// counts is what a table of numbers is filled with.
type counts struct {
	Caption, Of, Letters string
	Rows                 []count
}

// States is the table of the letters by state.
func (p *batchPage) States() counts {
	return counts{p.T("letters.batch.by-state"), p.T("letters.column.state"), p.T("letters.batch.letters"), p.ByState()}
}

// Kinds is the table of the letters by kind.
func (p *batchPage) Kinds() counts {
	return counts{p.T("letters.batch.by-kind"), p.T("letters.column.kind"), p.T("letters.batch.letters"), p.ByKind()}
}
