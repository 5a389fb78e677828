package store_test

import (
	"fmt"
	"testing"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/organisation"
	"torhaus/internal/store/storetest"
)

// employed is how many clerks the largest organisation has.
const employed = 5000

// BenchmarkPeople takes the time of the pages of the user administration at the database, in an organisation as large, beside others.
func BenchmarkPeople(b *testing.B) {
	w := storetest.SQLite(b)
	for _, id := range []organisation.ID{"others", "stadt", "more"} {
		err := w.DB.CreateOrganisation(b.Context(), organisation.Organisation{ID: id, Number: string(id), Name: string(id)})
		if err != nil {
			b.Fatal(err)
		}
		if err := w.DB.ChangeTeam(b.Context(), id, staffed(id)); err != nil {
			b.Fatal(err)
		}
	}
	for name, search := range map[string]organisation.Search{
		"first-page":   {Most: 100},
		"last-page":    {Most: 100, Behind: "stadt-4890"},
		"search":       {Most: 100, Sought: "muster 49"},
		"found-nobody": {Most: 100, Sought: "niemand"},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := w.DB.PeopleOf(b.Context(), "stadt", search); err != nil {
					b.Fatal(err)
				}
			}
			each := b.Elapsed() / time.Duration(b.N)
			b.ReportMetric(float64(each)/float64(time.Millisecond), "ms/page")
			b.ReportMetric(float64(each)/float64(listLimit), "of-50-ms")
			if each > listLimit {
				b.Errorf("the page takes %s", each)
			}
		})
	}
}

// staffed fills an organisation with clerks.
func staffed(id organisation.ID) func(organisation.Team, calendar.Moment) (organisation.Change, error) {
	return func(_ organisation.Team, now calendar.Moment) (c organisation.Change, err error) {
		for n := range employed {
			email := fmt.Sprintf("clerk-%04d@%s.example", n, id)
			created := now.Add(-time.Duration(n) * time.Minute)
			c.New = append(c.New, organisation.Membership{State: organisation.Active, Created: created, Changed: created, Account: account.Account{
				ID: account.ID(fmt.Sprintf("%s-%04d", id, employed-n)), Role: account.Clerk, UserName: email, Email: email, State: account.Active,
				Person: account.Person{Salutation: account.Frau, First: "Erika", Last: fmt.Sprintf("Muster %d", n)},
			}})
		}
		return c, nil
	}
}
