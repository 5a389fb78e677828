package register

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/mail"
)

func TestImport_EndsBehindTheMostRowsAndTheMostRefusedOnes(t *testing.T) {
	refused := []Refusal{{Line: 5, Reason: NoWindow}}
	for name, c := range map[string]struct {
		run  run
		row  candidate
		want []Refusal // nil where it goes on
	}{
		"the last row":         {run{sum: Summary{Rows: MaxRows - 1}}, candidate{line: 5}, nil},
		"one more":             {run{sum: Summary{Rows: MaxRows}}, candidate{line: 5}, []Refusal{{Line: 5, Reason: TooManyRows, Args: []any{MaxRows}}}},
		"the last refused row": {run{broken: maxRefused - 1}, candidate{line: 5, refused: refused}, nil},
		"one refused more":     {run{broken: maxRefused}, candidate{line: 5, refused: refused}, []Refusal{{Line: 5, Reason: TooManyRefused, Args: []any{maxRefused}}}},
		"a sound row":          {run{broken: maxRefused}, candidate{line: 5}, nil},
	} {
		stop := c.run.count(&c.row)
		if stop != (c.want != nil) || stop && !cmp.Equal(c.want, c.row.refused) {
			t.Errorf("%s: stop %v, %v", name, stop, c.row.refused)
		}
	}
}

func TestImport_TellsItsProgressEveryTenThousandRows(t *testing.T) {
	var told []int
	r := run{Options: Options{Progress: func(rows int) { told = append(told, rows) }}}
	for range 25_000 {
		r.count(&candidate{})
	}
	if !slices.Equal(told, []int{10_000, 20_000}) {
		t.Error(told)
	}
}

func TestFollows_ARecordAndAMessageToTheAddressBefore(t *testing.T) {
	var now calendar.Moment
	changed := Change{By: "clerk", Account: "anna", Member: anna(), OldEmail: "old@praxis.example", Version: "v"}
	for name, c := range map[string]struct {
		change Change
		event  audit.Event
		told   bool
	}{
		"a new account": {Change{By: "clerk", Account: "anna", Member: anna()}, audit.Event{Kind: audit.AccountImported, Actor: "clerk", Account: "anna"}, false},
		"another name":  {with(changed, LastName), audit.Event{Kind: audit.AccountChanged, Actor: "clerk", Account: "anna", Reason: "last-name"}, false},
		"another e-mail address": {
			with(changed, Street, Email), audit.Event{Kind: audit.AccountChanged, Actor: "clerk", Account: "anna", Reason: "street,email"}, true,
		},
		"what nobody sees": {changed, audit.Event{}, false},
	} {
		event, told := c.change.Follows(now)
		if diff := cmp.Diff(c.event, event); diff != "" || (told != nil) != c.told {
			t.Errorf("%s: told %v %s", name, told, diff)
		}
		if !c.told {
			continue
		}
		want := mail.EmailChanged{To: mail.Address{Name: "Dr. med. Anna Beispiel", Email: "old@praxis.example"}, Greeting: "Sehr geehrte Frau Dr. Beispiel"}
		if told != want {
			t.Errorf("%s: %+v", name, told)
		}
	}
	first := with(changed, Email)
	first.OldEmail = ""
	if _, told := first.Follows(now); told != nil {
		t.Errorf("nobody was there before, and is told %+v", told)
	}
}

func with(c Change, columns ...Column) Change {
	c.Columns = columns
	return c
}

func TestDecide_AUserNameIsItsOwnersUntilAnImportTookItAway(t *testing.T) {
	anna := known(anna())
	stranger := known(memberOf(annas(map[Column]string{Number: "100002", UserName: "kweber"})))
	demo := known(memberOf(annas(map[Column]string{Number: "", UserName: "hbrandl"})))
	all := accounts{
		byNumber: map[string]Known{"100001": anna, "100002": stranger},
		byName:   map[string]Known{"abeispiel": anna, "kweber": stranger, "hbrandl": demo},
	}
	for name, c := range map[string]struct {
		number, userName string
		outcome          Outcome
		owner            string
	}{
		"the member's own":                  {"100001", "abeispiel", Unchanged, ""},
		"nobody's, of a new member":         {"100003", "neu", New, ""},
		"nobody's, of an old one":           {"100001", "neu", Changed, ""},
		"another member's":                  {"100001", "kweber", Refused, "100002"},
		"another member's, of a new one":    {"100003", "kweber", Refused, "100002"},
		"of somebody not from the register": {"100003", "hbrandl", Refused, ""},
	} {
		m := memberOf(annas(map[Column]string{Number: c.number, UserName: c.userName}))
		line, change := all.decide(candidate{line: 9, member: m, nameKey: c.userName})
		if line.Outcome != c.outcome || (change != nil) != (c.outcome == New || c.outcome == Changed) {
			t.Errorf("%s: %+v, change %v", name, line, change)
		}
		if c.outcome == Refused && !cmp.Equal(line.Refused, []Refusal{{Line: 9, Column: UserName, Reason: NameTaken, Args: []any{c.userName, c.owner}}}) {
			t.Errorf("%s: %v", name, line.Refused)
		}
		if c.outcome == New && (change.Account == "" || change.Account == account.ID(c.number)) {
			t.Errorf("%s: account %q", name, change.Account)
		}
	}
}
