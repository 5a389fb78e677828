package register

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/account"
)

func anna() Member {
	return memberOf(annas(nil))
}

// known gives an account as the register left it.
func known(m Member) Known {
	return Known{
		Account: account.Account{
			ID: "anna", Number: m.Number, UserName: m.UserName, State: account.Active, Person: m.Person, Address: m.Address, Email: m.Email,
		},
		NameKey: m.UserName, Register: m.Email, Version: "v",
	}
}

func TestCompare_NamesTheColumnsThatDiffer(t *testing.T) {
	for name, c := range map[string]struct {
		change              func(*Member)
		columns             []Column
		newEmail, newAdress bool
	}{
		"nothing":            {change: func(*Member) {}},
		"the user name":      {change: func(m *Member) { m.UserName = "anna" }, columns: []Column{UserName}},
		"its capitals":       {change: func(m *Member) { m.UserName = "ABeispiel" }, columns: []Column{UserName}},
		"the name":           {change: func(m *Member) { m.Person.Last, m.Person.Title = "Groß", "" }, columns: []Column{Title, LastName}},
		"the salutation":     {change: func(m *Member) { m.Person.Salutation = "" }, columns: []Column{Salutation}},
		"the first name":     {change: func(m *Member) { m.Person.First = "Annabel" }, columns: []Column{FirstName}},
		"the line before it": {change: func(m *Member) { m.Address.Extra = "" }, columns: []Column{Extra}, newAdress: true},
		"the street":         {change: func(m *Member) { m.Address.Street = "Markt 2" }, columns: []Column{Street}, newAdress: true},
		"the whole address": {
			change:  func(m *Member) { m.Address = account.Address{Street: "Markt 2", Postcode: "01067", Town: "Dresden"} },
			columns: []Column{Extra, Street, Postcode, Town}, newAdress: true,
		},
		"the e-mail address": {change: func(m *Member) { m.Email = "a@b.example" }, columns: []Column{Email}, newEmail: true},
	} {
		m := anna()
		c.change(&m)
		got, differs := compare(2, known(anna()), m, "key")
		if diff := cmp.Diff(c.columns, got.Columns); diff != "" || differs != (c.columns != nil) {
			t.Errorf("%s: %v %s", name, differs, diff)
		}
		if got.NewEmail() != c.newEmail || got.NewAddress() != c.newAdress || got.New() {
			t.Errorf("%s: new e-mail %v, new address %v, new %v", name, got.NewEmail(), got.NewAddress(), got.New())
		}
		if got.Account != "anna" || got.Member != m || got.Email != m.Email || got.OldEmail != "anna@praxis.example" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestCompare_AnAddressThatTheMemberHasChosenStandsUntilTheRegisterSaysSomethingNew(t *testing.T) {
	chosen := known(anna())
	chosen.Account.Email = "mine@home.example"
	for name, c := range map[string]struct {
		says    string
		differs bool
		becomes string
		columns []Column
	}{
		"the same as last time": {says: "anna@praxis.example", becomes: "mine@home.example"},
		"something new":         {says: "praxis@new.example", differs: true, becomes: "praxis@new.example", columns: []Column{Email}},
		"what the member chose": {says: "mine@home.example", differs: true, becomes: "mine@home.example"},
	} {
		m := anna()
		m.Email = c.says
		got, differs := compare(2, chosen, m, "abeispiel")
		if differs != c.differs || got.Email != c.becomes || !cmp.Equal(got.Columns, c.columns) {
			t.Errorf("%s: %v, becomes %s, %v", name, differs, got.Email, got.Columns)
		}
	}
}

func TestCompare_ANewAccountIsCreatedAsTheRegisterSays(t *testing.T) {
	c := create(2, "id", anna(), "abeispiel")
	if !c.New() || c.NewEmail() || c.NewAddress() || c.Email != anna().Email || c.OldEmail != "" {
		t.Errorf("%+v", c)
	}
}
