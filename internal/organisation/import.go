package organisation

import (
	"context"
	"errors"
	"io"
	"strings"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/letter"
	"torhaus/internal/register"
	"torhaus/internal/secret"
)

// sheet is the body's list of the organisations that are its members. An organisation's number decides which one is meant and never
// changes; its management may have no e-mail address.
var sheet = register.Sheet{
	Columns: []register.Column{
		register.Number, register.Name, register.Extra, register.Street, register.Postcode, register.Town, register.Email,
	},
	Optional: []register.Column{register.Email},
}

// values gives what the list says of an organisation, in the order of its columns.
func (o Organisation) values() []string {
	a := o.Address
	return []string{o.Number, o.Name, a.Extra, a.Street, a.Postcode, a.Town, o.Email}
}

// with gives the organisation as the list has it.
func (o Organisation) with(v []string) Organisation {
	o.Number, o.Name, o.Email = v[0], v[1], v[6]
	o.Address = account.Address{Extra: v[2], Street: v[3], Postcode: v[4], Town: v[5]}
	return o
}

// Rolled is what an import changes. The store writes it with its events in one transaction, or not at all.
type Rolled struct {
	New, Changed []Organisation
	Events       []audit.Event
}

// Bounds of a list. A body has a few thousand members that are organisations.
const (
	MaxOrganisations = 20_000
	maxRefused       = 1000 // rows; after as many the rest is not looked at
)

// Import reads the body's list of organisations, tells of every row what it comes to, and carries it out if that is asked for and no
// row is refused, as register.Import does for members who are persons. Organisations that are not in the list stay as they are.
func (s *Service) Import(ctx context.Context, f io.ReadSeeker, o register.Options) (sum register.Summary, err error) {
	defer fault.Wrap(&err, "organisation.Import")
	list, sum, err := readRoll(f, o)
	if err != nil {
		return sum, err
	}
	known, err := s.Store.Organisations(ctx)
	if err != nil {
		return sum, err
	}
	lines, _ := list.decide(known, o.By, s.id)
	for _, l := range lines {
		count(&sum, l)
		if err := o.Report(l); err != nil {
			return sum, err
		}
	}
	sum.Absent = len(known) - sum.Changed - sum.Unchanged
	if !o.Apply || sum.Refused > 0 {
		return sum, nil
	}
	err = s.Store.ChangeOrganisations(ctx, func(now []Organisation, _ calendar.Moment) (Rolled, error) {
		again, rolled := list.decide(now, o.By, s.id)
		if !sameOutcomes(lines, again) {
			return Rolled{}, fault.New(fault.Conflict, "fault.changed-meanwhile")
		}
		return rolled, nil
	})
	sum.Applied = err == nil
	return sum, err
}

// id names a new organisation.
func (s *Service) id() ID { return ID(secret.NewID()) }

// roll is a list as it was read and held against the rules.
type roll []register.Row

// readRoll reads the whole list. What cannot be read at all is a refused row of its own.
func readRoll(f io.ReadSeeker, o register.Options) (list roll, sum register.Summary, err error) {
	sum.Format = o.Format
	rows, refused, err := sheet.Open(f, o.Format)
	if err != nil {
		return nil, sum, err
	}
	sum.Charset = rows.Charset
	if len(refused) > 0 {
		return roll{{Line: refused[0].Line, Refused: refused}}, sum, nil
	}
	sum.Separator = rows.Separator()
	numbers, broken := map[string]int{}, 0
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return list, sum, nil
		}
		if err != nil {
			return nil, sum, err
		}
		sum.Rows++
		if row = checked(row, numbers); len(row.Refused) > 0 {
			broken++
		}
		stop := tooMany(&row, sum.Rows, broken)
		if list = append(list, row); stop {
			return list, sum, nil
		}
	}
}

// checked refuses an address that no letter can show, and a number that an earlier row has.
func checked(row register.Row, numbers map[string]int) register.Row {
	if len(row.Refused) > 0 {
		return row
	}
	if email, ok := account.CheckEmail(row.Values[6]); ok {
		row.Values[6] = email
	}
	o := Organisation{}.with(row.Values)
	if !letter.Fits(o.LetterTo()) {
		row.Refused = append(row.Refused, register.Refusal{Line: row.Line, Reason: register.NoWindow})
	}
	if first, twice := numbers[o.Number]; twice {
		row.Refused = append(row.Refused, register.Refusal{
			Line: row.Line, Column: register.Number, Reason: register.NumberTwice, Args: []any{o.Number, first},
		})
	} else {
		numbers[o.Number] = row.Line
	}
	return row
}

// tooMany refuses a row behind which nothing is looked at, for that.
func tooMany(row *register.Row, rows, broken int) bool {
	switch {
	case rows > MaxOrganisations:
		row.Refused = []register.Refusal{{Line: row.Line, Reason: register.TooManyRows, Args: []any{MaxOrganisations}}}
	case broken > maxRefused:
		row.Refused = []register.Refusal{{Line: row.Line, Reason: register.TooManyRefused, Args: []any{maxRefused}}}
	default:
		return false
	}
	return true
}

// decide compares the list with the organisations that there are.
func (list roll) decide(known []Organisation, by string, fresh func() ID) (lines []register.Line, c Rolled) {
	if by == "" {
		by = audit.System
	}
	byNumber := make(map[string]Organisation, len(known))
	for _, o := range known {
		byNumber[o.Number] = o
	}
	for _, row := range list {
		line := register.Line{Line: row.Line, Outcome: register.Refused, Refused: row.Refused}
		if len(row.Refused) > 0 {
			lines = append(lines, line)
			continue
		}
		line.Number = row.Values[0]
		old, there := byNumber[line.Number]
		if !there {
			line.Outcome = register.New
			o := Organisation{ID: fresh()}.with(row.Values)
			c.New = append(c.New, o)
			c.Events = append(c.Events, audit.Event{Kind: audit.OrganisationImported, Actor: by, Reason: string(o.ID)})
		} else if line.Columns = differing(old, row.Values); len(line.Columns) > 0 {
			line.Outcome = register.Changed
			c.Changed = append(c.Changed, old.with(row.Values))
			c.Events = append(c.Events, audit.Event{Kind: audit.OrganisationChanged, Actor: by, Reason: string(old.ID) + " " + named(line.Columns)})
		} else {
			line.Outcome = register.Unchanged
		}
		lines = append(lines, line)
	}
	return lines, c
}

// differing names the columns in which the list says something new.
func differing(old Organisation, values []string) (columns []register.Column) {
	for i, v := range old.values() {
		if v != values[i] {
			columns = append(columns, sheet.Columns[i])
		}
	}
	return columns
}

func named(columns []register.Column) string {
	words := make([]string, len(columns))
	for i, c := range columns {
		words[i] = string(c)
	}
	return strings.Join(words, ",")
}

func count(sum *register.Summary, l register.Line) {
	switch l.Outcome {
	case register.New:
		sum.New++
	case register.Changed:
		sum.Changed++
	case register.Unchanged:
		sum.Unchanged++
	case register.Refused:
		sum.Refused++
	}
}

// sameOutcomes tells whether nothing else happened to the organisations since the report was made.
func sameOutcomes(a, b []register.Line) bool {
	for i := range a {
		if a[i].Outcome != b[i].Outcome || named(a[i].Columns) != named(b[i].Columns) {
			return false
		}
	}
	return true
}
