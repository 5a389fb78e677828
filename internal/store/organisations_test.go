package store_test

import (
	"fmt"
	"strings"
	"testing"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/organisation"
	"torhaus/internal/register"
	"torhaus/internal/store/storetest"
)

const rollHeader = "number;name;extra;street;postcode;town;email\n"

// roll imports a list and gives what it came to.
func (h townHall) roll(apply bool, rows ...string) (register.Summary, error) {
	h.t.Helper()
	file := strings.NewReader(rollHeader + strings.Join(rows, "\n"))
	return h.people.Import(h.t.Context(), file, register.Options{
		Format: register.CSV, Apply: apply, Report: func(register.Line) error { return nil },
	})
}

func TestOrganisations_AreImportedAllOrNothingAndOnlyOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newTownHall(t, w) // with an organisation 4711 that has no address
		rows := []string{"4711;Stadt Beispiel;;Rathausplatz 1;80331;München;", "4712;Klinik Süd;;Klinikweg 1;80331;München;leitung@klinik.example"}
		if sum, err := h.roll(false, rows...); err != nil || sum.New != 1 || sum.Changed != 1 || sum.Applied {
			t.Fatalf("dry run: %+v, %v", sum, err)
		}
		if all, err := w.DB.Organisations(t.Context()); err != nil || len(all) != 1 || all[0].Address.Street != "" {
			t.Fatalf("the dry run wrote: %+v, %v", all, err)
		}
		if sum, err := h.roll(true, append(rows, "4713;;;Weg 1;80331;München;")...); err != nil || sum.Refused != 1 || sum.Applied {
			t.Fatalf("with a refused row: %+v, %v", sum, err)
		}
		if sum, err := h.roll(true, rows...); err != nil || sum.New != 1 || sum.Changed != 1 || !sum.Applied {
			t.Fatalf("carried out: %+v, %v", sum, err)
		}
		if sum, err := h.roll(true, rows...); err != nil || sum.Unchanged != 2 || sum.Absent != 0 {
			t.Errorf("again: %+v, %v", sum, err)
		}
		if sum, err := h.roll(true, rows[1]); err != nil || sum.Unchanged != 1 || sum.Absent != 1 {
			t.Errorf("without one: %+v, %v", sum, err)
		}
		if team := h.team(); team.Organisation.Address.Street != "Rathausplatz 1" || team.Organisation.ID != "stadt" {
			t.Errorf("changed: %+v", team.Organisation)
		}
		var kinds []string
		for _, r := range w.Audit(t) {
			if r.Kind == audit.OrganisationImported || r.Kind == audit.OrganisationChanged {
				kinds = append(kinds, string(r.Kind))
			}
		}
		if got := strings.Join(kinds, " "); got != "organisation.changed organisation.imported" && got != "organisation.imported organisation.changed" {
			t.Errorf("recorded: %s", got)
		}
	})
}

func TestOrganisations_AreListedByNamePageByPageWithWhoIsThere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newTownHall(t, w)
		h.add("adam", account.Administrator, organisation.Active)
		h.add("berta", account.Administrator, organisation.Requested)
		h.add("clara", account.Clerk, organisation.Active)
		h.add("doris", account.Clerk, organisation.Deactivated)
		for n := range 7 {
			o := organisation.Organisation{ID: organisation.ID(fmt.Sprint("o", n)), Number: fmt.Sprint("5.00", n), Name: fmt.Sprintf("Ämter-Verbund %d", n), Email: "Amt@verbund.example"}
			if err := w.DB.CreateOrganisation(t.Context(), o); err != nil {
				t.Fatal(err)
			}
		}
		var names []string
		for after, n := (desk.OrganisationPlace{}), 0; n < 5; n++ {
			rows, err := w.DB.ListOrganisations(t.Context(), desk.AllOrganisations, after, 3)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				names, after = append(names, r.Organisation.Name), r.Next
			}
		}
		if len(names) != 8 || names[7] != "Stadt Beispiel" {
			t.Errorf("page by page: %q", names)
		}
		found := func(term desk.Term) []desk.OrganisationRow {
			rows, err := w.DB.FindOrganisations(t.Context(), term, desk.OrganisationPlace{}, 10)
			if err != nil {
				t.Fatal(err)
			}
			return rows
		}
		if rows := found(desk.Term{By: desk.ByName, Value: account.SearchKey("beispiel")}); len(rows) != 1 || rows[0].Administrators != 1 || rows[0].Clerks != 1 || rows[0].Waiting != 1 {
			t.Errorf("by a word of the name: %+v", rows)
		}
		if rows := found(desk.Term{By: desk.ByNumber, Value: "5003"}); len(rows) != 1 || rows[0].Organisation.ID != "o3" {
			t.Errorf("by number: %+v", rows)
		}
		if rows := found(desk.Term{By: desk.ByEmail, Value: "amt@verbund.example"}); len(rows) != 7 {
			t.Errorf("by address: %d", len(rows))
		}
		for filter, want := range map[desk.OrganisationFilter]int{desk.NobodyThere: 7, desk.Releasable: 1} {
			if rows, err := w.DB.ListOrganisations(t.Context(), filter, desk.OrganisationPlace{}, 20); err != nil || len(rows) != want {
				t.Errorf("%s: %d, %v", filter, len(rows), err)
			}
		}
		if _, err := w.DB.ListOrganisations(t.Context(), "no such list", desk.OrganisationPlace{}, 20); !fault.Is(err, fault.NotFound) {
			t.Errorf("a list that there is not: %v", err)
		}
		if n, err := w.DB.CountRegistrations(t.Context()); err != nil || n != 1 {
			t.Errorf("%d registrations wait, %v", n, err)
		}
	})
}

func TestBVK17_TheRecordOfAnOrganisationHasEverybodyAndWhatWasDone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w storetest.World) {
		h := newTownHall(t, w)
		h.add("adam", account.Administrator, organisation.Active)
		h.add("berta", account.Administrator, organisation.Requested)
		h.add("clara", account.Clerk, organisation.Active)
		staff := organisation.By{Account: "adam", Session: "s", Staff: true} // any account that is known
		if err := h.people.Release(t.Context(), "stadt", staff, "berta"); err != nil {
			t.Fatal(err)
		}
		if err := h.people.DeactivateByStaff(t.Context(), "stadt", staff, "clara"); err != nil {
			t.Fatal(err)
		}
		r, err := w.DB.OrganisationRecord(t.Context(), "stadt")
		if err != nil || len(r.Team.People) != 3 || len(r.Letters) != 1 || r.Letters[0].Account != "berta" {
			t.Fatalf("%+v, %v", r, err)
		}
		if r.Events[0].Kind != audit.ClerkDeactivated || r.Events[0].Account != "clara" || r.People["adam"].ID != "adam" {
			t.Errorf("events: %+v", r.Events)
		}
		if _, err := w.DB.OrganisationRecord(t.Context(), "nirgendwo"); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown one: %v", err)
		}
		if err := h.people.CloseByStaff(t.Context(), "stadt", staff, "adam", organisation.OnNotice); !fault.Is(err, fault.Invalid) {
			t.Errorf("the last administrator: %v", err)
		}
		if err := h.people.ReactivateByStaff(t.Context(), "stadt", staff, "clara"); err != nil {
			t.Error(err)
		}
	})
}
