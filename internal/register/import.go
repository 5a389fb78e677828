package register

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/fault"
	"torhaus/internal/secret"
)

// Service imports the register.
type Service struct {
	Store Store
}

// Options say what an import does and who hears of it.
type Options struct {
	Format   Format
	Apply    bool             // carry it out; otherwise nothing is written
	By       string           // who imports, as the audit names them; the system if empty
	Report   func(Line) error // hears of every row, in order; an error ends the import
	Progress func(rows int)   // hears of the rows read so far, every now and then; may be nil
}

// Outcome is what a row comes to.
type Outcome string

// The outcomes.
const (
	New       Outcome = "new"
	Changed   Outcome = "changed"
	Unchanged Outcome = "unchanged"
	Refused   Outcome = "refused"
)

// Line is what is reported of a row.
type Line struct {
	Line    int
	Outcome Outcome
	Number  string    // of the member; empty where it cannot be read
	Columns []Column  // that differ, of a changed account
	Refused []Refusal // why, of a refused row
}

// Summary is what an import comes to.
type Summary struct {
	Format    Format
	Charset   Charset
	Separator string // of a CSV file

	Rows                             int
	New, Changed, Unchanged, Refused int
	Absent                           int  // accounts with a number that is not in the file; they stay as they are
	Applied                          bool // everything was carried out
}

// Bounds of a file.
const (
	MaxRows    = 100_000 // the changes of as many are carried out in one transaction
	maxRefused = 1000    // rows; after as many the rest is not looked at
)

// batch is how many rows are compared, and staged, at a time: so few that nobody who logs in meanwhile waits for it.
const batch = 500

// progressEvery is after how many rows Progress hears of them.
const progressEvery = 10_000

// Import reads a file of the register, tells of every row what it comes to, and carries it out if that is asked for and no row
// is refused. It gives fault.Conflict if something else changed the same accounts meanwhile; nothing is written then. The file
// is read twice: once for its encoding.
func (s *Service) Import(ctx context.Context, f io.ReadSeeker, o Options) (sum Summary, err error) {
	defer fault.Wrap(&err, "register.Import")
	r := &run{Service: s, Options: o, numbers: map[string]int{}, names: map[string]int{}}
	r.sum.Format = o.Format
	defer func() { err = errors.Join(err, r.end(ctx)) }()
	if err := r.readAll(ctx, f); err != nil {
		return r.sum, err
	}
	err = r.finish(ctx)
	return r.sum, err
}

// run is one import.
type run struct {
	*Service
	Options
	sum     Summary
	found   int            // accounts that rows belong to
	broken  int            // rows that break a rule
	numbers map[string]int // line of each number in the file
	names   map[string]int // line of each user name in the file, in canonical form
	staged  ImportID       // empty as long as nothing is
}

func (r *run) readAll(ctx context.Context, f io.ReadSeeker) error {
	rows, charset, refused, err := open(f, r.Format, Columns)
	r.sum.Charset = charset
	if err != nil {
		return err
	}
	if len(refused) > 0 {
		return r.refuse(refused...)
	}
	r.sum.Separator = rows.separator()
	for {
		list, last, err := r.read(rows)
		if err != nil {
			return err
		}
		if err := r.take(ctx, list); err != nil || last {
			return err
		}
	}
}

// refuse tells why the file is refused, apart from any row.
func (r *run) refuse(refused ...Refusal) error {
	r.sum.Refused++
	return r.Report(Line{Line: refused[0].Line, Outcome: Refused, Refused: refused})
}

// candidate is a row on its way: read, held against the rules, compared.
type candidate struct {
	line    int
	member  Member
	nameKey string
	refused []Refusal
}

// read reads the next rows and holds them against the rules and against one another. Last tells that no more are to be read.
func (r *run) read(rows reader) (list []candidate, last bool, err error) {
	for len(list) < batch {
		e, err := rows.next()
		if errors.Is(err, io.EOF) {
			return list, true, nil
		}
		if err != nil {
			return nil, false, err
		}
		c := candidate{line: e.line, refused: e.refused}
		if len(c.refused) == 0 {
			c.member, c.nameKey, c.refused = checkRow(e.line, e.values)
		}
		if len(c.refused) == 0 {
			c.refused = r.twice(c)
		}
		if stop := r.count(&c); stop {
			return append(list, c), true, nil
		}
		list = append(list, c)
	}
	return list, false, nil
}

// count counts a row that was read, and tells whether it is the last that is looked at: it is then refused for that.
func (r *run) count(c *candidate) (stop bool) {
	if r.sum.Rows++; r.Progress != nil && r.sum.Rows%progressEvery == 0 {
		r.Progress(r.sum.Rows)
	}
	if len(c.refused) > 0 {
		r.broken++
	}
	switch {
	case r.sum.Rows > MaxRows:
		c.refused = []Refusal{{Line: c.line, Reason: TooManyRows, Args: []any{MaxRows}}}
	case r.broken > maxRefused:
		c.refused = []Refusal{{Line: c.line, Reason: TooManyRefused, Args: []any{maxRefused}}}
	default:
		return false
	}
	return true
}

// twice refuses what an earlier row has already.
func (r *run) twice(c candidate) (refused []Refusal) {
	if first, ok := r.numbers[c.member.Number]; ok {
		refused = append(refused, Refusal{Line: c.line, Column: Number, Reason: NumberTwice, Args: []any{c.member.Number, first}})
	} else {
		r.numbers[c.member.Number] = c.line
	}
	if first, ok := r.names[c.nameKey]; ok {
		refused = append(refused, Refusal{Line: c.line, Column: UserName, Reason: NameTwice, Args: []any{c.member.UserName, first}})
	} else {
		r.names[c.nameKey] = c.line
	}
	return refused
}

// take compares rows with the accounts, tells what they come to, and stages what they change.
func (r *run) take(ctx context.Context, list []candidate) error {
	known, err := r.look(ctx, list)
	if err != nil {
		return err
	}
	var changes []Change
	for _, c := range list {
		line, change := known.decide(c)
		if change != nil {
			change.By = cmp.Or(r.By, audit.System)
			changes = append(changes, *change)
		}
		if err := r.tell(line); err != nil {
			return err
		}
	}
	if !r.Apply || r.sum.Refused > 0 || len(changes) == 0 {
		return nil
	}
	return r.stage(ctx, changes)
}

// accounts are those that a batch of rows has to do with.
type accounts struct {
	byNumber, byName map[string]Known
}

func (r *run) look(ctx context.Context, list []candidate) (accounts, error) {
	found := accounts{byNumber: map[string]Known{}, byName: map[string]Known{}}
	var numbers, names []string
	for _, c := range list {
		if len(c.refused) == 0 {
			numbers, names = append(numbers, c.member.Number), append(names, c.nameKey)
		}
	}
	if len(numbers) == 0 {
		return found, nil
	}
	all, err := r.Store.Registered(ctx, numbers, names)
	for _, k := range all {
		found.byName[k.NameKey] = k
		if k.Account.Number != "" {
			found.byNumber[k.Account.Number] = k
		}
	}
	return found, err
}

// decide tells what a row comes to, and what it changes, if anything. A user name is taken as long as somebody else has it, be
// it that the same file gives that member another one: whoever knows the old owner's password would meet a new owner.
func (a accounts) decide(c candidate) (Line, *Change) {
	line := Line{Line: c.line, Number: c.member.Number, Refused: c.refused}
	owner, taken := a.byName[c.nameKey]
	if len(c.refused) == 0 && taken && owner.Account.Number != c.member.Number {
		line.Refused = []Refusal{{
			Line: c.line, Column: UserName, Reason: NameTaken, Args: []any{c.member.UserName, owner.Account.Number},
		}}
	}
	if len(line.Refused) > 0 {
		line.Outcome = Refused
		return line, nil
	}
	known, there := a.byNumber[c.member.Number]
	if !there {
		change := create(c.line, account.ID(secret.NewID()), c.member, c.nameKey)
		line.Outcome = New
		return line, &change
	}
	change, differs := compare(c.line, known, c.member, c.nameKey)
	line.Outcome, line.Columns = Unchanged, change.Columns
	if len(change.Columns) > 0 {
		line.Outcome = Changed
	}
	if !differs {
		return line, nil
	}
	return line, &change
}

// tell counts a row and reports it.
func (r *run) tell(line Line) error {
	switch line.Outcome {
	case New:
		r.sum.New++
	case Changed:
		r.sum.Changed++
		r.found++
	case Unchanged:
		r.sum.Unchanged++
		r.found++
	case Refused:
		r.sum.Refused++
	}
	return r.Report(line)
}

func (r *run) stage(ctx context.Context, changes []Change) (err error) {
	if r.staged == "" {
		if r.staged, err = r.Store.BeginImport(ctx); err != nil {
			return err
		}
	}
	return r.Store.StageImport(ctx, r.staged, changes)
}

// finish carries out what is staged, if all rows may be.
func (r *run) finish(ctx context.Context) error {
	registered, err := r.Store.CountRegistered(ctx)
	if err != nil {
		return err
	}
	r.sum.Absent = max(0, registered-r.found)
	if !r.Apply || r.sum.Refused > 0 {
		return nil
	}
	if r.staged != "" {
		if err := r.Store.CarryOut(ctx, r.staged); err != nil {
			return err
		}
	}
	r.sum.Applied = true
	return nil
}

// endWithin is how long the deletion of what was staged may take when the import was interrupted; the next import deletes what
// is left.
const endWithin = 10 * time.Second

func (r *run) end(ctx context.Context) error {
	if r.staged == "" {
		return nil
	}
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), endWithin)
		defer cancel()
	}
	if err := r.Store.EndImport(ctx, r.staged); err != nil {
		return fmt.Errorf("what was staged is not deleted (the next import does it): %w", err)
	}
	return nil
}
