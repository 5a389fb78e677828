package account_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/account"
	"torhaus/internal/letter"
	"torhaus/internal/mail"
)

func TestPerson_NameAndGreeting(t *testing.T) {
	for _, c := range []struct {
		person         account.Person
		name, greeting string
	}{
		{account.Person{Salutation: account.Frau, First: "Anna", Last: "Beispiel"}, "Anna Beispiel", "Sehr geehrte Frau Beispiel"},
		{account.Person{Salutation: account.Herr, First: "Jakob", Last: "Sommer"}, "Jakob Sommer", "Sehr geehrter Herr Sommer"},
		{
			account.Person{Salutation: account.Frau, Title: "Dr. med.", First: "Anna", Last: "Beispiel"},
			"Dr. med. Anna Beispiel", "Sehr geehrte Frau Dr. Beispiel",
		},
		{
			account.Person{Salutation: account.Frau, Title: "Prof. Dr. med.", First: "Ayşe", Last: "Öztürk"},
			"Prof. Dr. med. Ayşe Öztürk", "Sehr geehrte Frau Prof. Dr. Öztürk",
		},
		{
			account.Person{Salutation: account.Herr, Title: "Prof. Dr. Dr. h. c. mult.", First: "Karl", Last: "von der Heide"},
			"Prof. Dr. Dr. h. c. mult. Karl von der Heide", "Sehr geehrter Herr Prof. Dr. von der Heide",
		},
		{
			account.Person{Salutation: account.Herr, Title: "Dr. med. Dr. med. dent.", First: "Max", Last: "Huber"},
			"Dr. med. Dr. med. dent. Max Huber", "Sehr geehrter Herr Dr. Huber",
		},
		{
			account.Person{Salutation: account.Herr, Title: "PD Dr. med.", First: "Max", Last: "Huber"},
			"PD Dr. med. Max Huber", "Sehr geehrter Herr Dr. Huber",
		},
		{
			account.Person{Salutation: account.Frau, Title: "Dipl.-Psych.", First: "Eva", Last: "Klein-Groß"},
			"Dipl.-Psych. Eva Klein-Groß", "Sehr geehrte Frau Klein-Groß",
		},
		{account.Person{First: "Kim", Last: "Weber"}, "Kim Weber", "Guten Tag Kim Weber"},
		{account.Person{Title: "Dr. phil.", First: "Kim", Last: "Weber"}, "Dr. phil. Kim Weber", "Guten Tag Dr. phil. Kim Weber"},
		{account.Person{Salutation: "Divers", First: "Kim", Last: "Weber"}, "Kim Weber", "Guten Tag Kim Weber"},
		{account.Person{Salutation: account.Frau, Last: "Beispiel"}, "Beispiel", "Sehr geehrte Frau Beispiel"},
		{
			account.Person{Salutation: account.Frau, Title: " Dr.  med. ", First: " Anna\tMaria ", Last: "Beispiel\n"},
			"Dr. med. Anna Maria Beispiel", "Sehr geehrte Frau Dr. Beispiel",
		},
	} {
		if got := c.person.Name(); got != c.name {
			t.Errorf("%+v is called %q, want %q", c.person, got, c.name)
		}
		if got := c.person.Greeting(); got != c.greeting {
			t.Errorf("%+v is greeted %q, want %q", c.person, got, c.greeting)
		}
	}
}

func TestLetterTo_GivesTheAddressWindowAndTheGreeting(t *testing.T) {
	street := account.Address{Street: "Marienplatz 1", Postcode: "80331", Town: "München"}
	practice := street
	practice.Extra = "Praxis am Markt"
	for _, c := range []struct {
		name    string
		person  account.Person
		address account.Address
		want    letter.Recipient
	}{
		{
			"a woman at her practice",
			account.Person{Salutation: account.Frau, Title: "Dr. med.", First: "Anna", Last: "Beispiel"},
			practice,
			letter.Recipient{
				Lines:    []string{"Frau", "Dr. med. Anna Beispiel", "Praxis am Markt", "Marienplatz 1", "80331 München"},
				Greeting: "Sehr geehrte Frau Dr. Beispiel",
			},
		},
		{
			"a man: Herrn in the address, Herr in the greeting",
			account.Person{Salutation: account.Herr, First: "Jakob", Last: "Sommer"},
			street,
			letter.Recipient{Lines: []string{"Herrn", "Jakob Sommer", "Marienplatz 1", "80331 München"}, Greeting: "Sehr geehrter Herr Sommer"},
		},
		{
			"without a salutation",
			account.Person{Title: "Dr.", First: "Kim", Last: "Weber"},
			street,
			letter.Recipient{Lines: []string{"Dr. Kim Weber", "Marienplatz 1", "80331 München"}, Greeting: "Guten Tag Dr. Kim Weber"},
		},
		{
			"fields of blanks only leave no empty line",
			account.Person{First: "Kim", Last: "Weber"},
			account.Address{Extra: " \u00a0", Street: " Marienplatz  1 ", Postcode: " 80331", Town: "München "},
			letter.Recipient{Lines: []string{"Kim Weber", "Marienplatz 1", "80331 München"}, Greeting: "Guten Tag Kim Weber"},
		},
	} {
		a := account.Account{Person: c.person, Address: c.address}
		if diff := cmp.Diff(c.want, a.LetterTo()); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestAttack_LineBreakInAnAddressAddsNoLine(t *testing.T) {
	a := account.Account{
		Person:  account.Person{First: "Kim\nc/o Dieb", Last: "Weber"},
		Address: account.Address{Extra: "Praxis\r\nc/o Dieb", Street: "Marienplatz 1\nHintergasse 9", Postcode: "80331\n", Town: "München\u2028Wien"},
	}
	want := []string{"Kim c/o Dieb Weber", "Praxis c/o Dieb", "Marienplatz 1 Hintergasse 9", "80331 München Wien"}
	if diff := cmp.Diff(want, a.LetterTo().Lines); diff != "" {
		t.Error(diff)
	}
}

func TestMailTo_NamesThePerson(t *testing.T) {
	a := account.Account{
		Email:  "anna@praxis.example",
		Person: account.Person{Salutation: account.Frau, Title: "Dr. med.", First: "Anna", Last: "Beispiel"},
	}
	if diff := cmp.Diff(mail.Address{Name: "Dr. med. Anna Beispiel", Email: "anna@praxis.example"}, a.MailTo()); diff != "" {
		t.Error(diff)
	}
}
