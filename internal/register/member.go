package register

import (
	"slices"
	"strings"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/mail"
)

// Column is a column of the register's export: the name in the header of a CSV file, the key in a JSON object.
type Column string

// The columns. All of them must be there, in any order; some may be empty (rules).
const (
	Number     Column = "number"     // in the register; decides who is meant
	UserName   Column = "user-name"  // what the member types at the login
	Salutation Column = "salutation" // Frau, Herr or empty
	Title      Column = "title"
	FirstName  Column = "first-name"
	LastName   Column = "last-name"
	Extra      Column = "extra" // a line between name and street
	Street     Column = "street"
	Postcode   Column = "postcode"
	Town       Column = "town"
	Email      Column = "email"

	Name Column = "name" // of an organisation; it stands in a Sheet only
)

// Columns lists all columns, in the order in which values stand in memory.
var Columns = []Column{Number, UserName, Salutation, Title, FirstName, LastName, Extra, Street, Postcode, Town, Email}

// addressColumns are those whose change dates the address.
var addressColumns = []Column{Extra, Street, Postcode, Town}

// Member is a member as the register has them.
type Member struct {
	Number   string
	UserName string
	Person   account.Person
	Address  account.Address
	Email    string
}

// memberOf reads the values of a row, in the order of Columns.
func memberOf(v []string) Member {
	return Member{
		Number:   v[0],
		UserName: v[1],
		Person:   account.Person{Salutation: account.Salutation(v[2]), Title: v[3], First: v[4], Last: v[5]},
		Address:  account.Address{Extra: v[6], Street: v[7], Postcode: v[8], Town: v[9]},
		Email:    v[10],
	}
}

// values is the reverse of memberOf.
func (m Member) values() []string {
	p, a := m.Person, m.Address
	return []string{m.Number, m.UserName, string(p.Salutation), p.Title, p.First, p.Last, a.Extra, a.Street, a.Postcode, a.Town, m.Email}
}

// Known is an account as an import finds it.
type Known struct {
	Account  account.Account
	NameKey  string // the user name in its canonical form
	Register string // the e-mail address that the register last gave; empty for an account without a number
	Version  string // differs whenever anything differs that an import writes
}

// Change is what an import does to one account, as it is staged.
type Change struct {
	By       string // who imports: an account, or the system
	Line     int    // of the file
	Account  account.ID
	Member   Member // as the register has them
	NameKey  string
	Email    string          // the account's address afterwards: the register's, or the one that the member has chosen
	OldEmail string          // the account's address before; empty for a new account, or if it had none
	OldHome  account.Address // the postal address before; empty likewise
	Columns  []Column        // that differ; empty for a new account
	Version  string          // of the account that was compared; empty for a new account
}

// New tells whether the account is to be made.
func (c Change) New() bool { return c.Version == "" }

// NewEmail tells whether an account gets another e-mail address.
func (c Change) NewEmail() bool { return slices.Contains(c.Columns, Email) }

// NewAddress tells whether an account gets another postal address. Another spelling of the same place is none: a letter arrives, and
// nobody has moved.
func (c Change) NewAddress() bool {
	return slices.ContainsFunc(c.Columns, func(column Column) bool { return slices.Contains(addressColumns, column) }) &&
		!c.Member.Address.SamePlace(c.OldHome)
}

// Follows tells what follows from a change: a record in the audit, which is empty for changes that nobody sees, and a message to
// the e-mail address that is no longer the member's, or about the postal address that is not, or nil.
func (c Change) Follows(now calendar.Moment) (e audit.Event, told job.Work) {
	e = audit.Event{Kind: audit.AccountChanged, Actor: c.By, Account: string(c.Account), Reason: joined(c.Columns)}
	switch {
	case c.New():
		e.Kind = audit.AccountImported
	case len(c.Columns) == 0:
		return audit.Event{}, nil
	}
	if c.NewEmail() && c.OldEmail != "" {
		to := mail.Address{Name: c.Member.Person.Name(), Email: c.OldEmail}
		told = mail.EmailChanged{To: to, Greeting: c.Member.Person.Greeting(), At: now.Time}
	} else if c.NewAddress() && c.OldHome != (account.Address{}) && c.Email != "" {
		to := mail.Address{Name: c.Member.Person.Name(), Email: c.Email}
		told = mail.AddressChanged{To: to, Greeting: c.Member.Person.Greeting(), At: now.Time}
	}
	return e, told
}

// Posted gives the letter that tells the postal address which is no longer the member's, or nil.
func (c Change) Posted(now calendar.Moment) letter.Content {
	if c.New() || !c.NewAddress() || c.OldHome == (account.Address{}) {
		return nil
	}
	before := account.Account{Person: c.Member.Person, Address: c.OldHome}
	return letter.AddressChanged{To: before.LetterTo(), Changed: calendar.DateOf(now.Time)}
}

// joined names columns with commas between them.
func joined(columns []Column) string {
	words := make([]string, len(columns))
	for i, c := range columns {
		words[i] = string(c)
	}
	return strings.Join(words, ",")
}

// create gives the change that makes an account.
func create(line int, id account.ID, m Member, nameKey string) Change {
	return Change{Line: line, Account: id, Member: m, NameKey: nameKey, Email: m.Email}
}

// compare gives the change that makes an account what the register says. It is false where nothing is to be written. A change
// without columns writes only what the register last said.
func compare(line int, known Known, m Member, nameKey string) (Change, bool) {
	a := known.Account
	c := Change{Line: line, Account: a.ID, Member: m, NameKey: nameKey, Email: m.Email, OldEmail: a.Email, OldHome: a.Address, Version: known.Version}
	if m.Email == known.Register {
		c.Email = a.Email
	}
	before := Member{Number: a.Number, UserName: a.UserName, Person: a.Person, Address: a.Address, Email: a.Email}.values()
	after := m
	after.Email = c.Email
	for i, v := range after.values() {
		if v != before[i] {
			c.Columns = append(c.Columns, Columns[i])
		}
	}
	return c, len(c.Columns) > 0 || m.Email != known.Register
}
