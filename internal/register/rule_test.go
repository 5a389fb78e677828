package register

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"torhaus/internal/account"
)

// annas gives a row in the order of Columns, with some values replaced.
func annas(with map[Column]string) []string {
	row := []string{
		"100001", "abeispiel", "Frau", "Dr. med.", "Anna", "Beispiel", "Praxis am Markt", "Marienplatz 1", "80331", "München",
		"anna@praxis.example",
	}
	for i, c := range Columns {
		if v, ok := with[c]; ok {
			row[i] = v
		}
	}
	return row
}

func TestRow_IsKeptAsOneLineOfText(t *testing.T) {
	m, key, refused := checkRow(2, annas(map[Column]string{
		UserName: "  ABeispiel ", FirstName: " Anna\u00a0 Maria ", Town: "Mu\u0308nchen", Email: "Anna@PRAXIS.Example", Title: "",
	}))
	if len(refused) > 0 {
		t.Fatal(refused)
	}
	want := Member{
		Number: "100001", UserName: "ABeispiel", Email: "Anna@praxis.example",
		Person:  account.Person{Salutation: account.Frau, First: "Anna Maria", Last: "Beispiel"},
		Address: account.Address{Extra: "Praxis am Markt", Street: "Marienplatz 1", Postcode: "80331", Town: "M\u00fcnchen"},
	}
	if diff := cmp.Diff(want, m); diff != "" || key != "abeispiel" {
		t.Errorf("%q %s", key, diff)
	}
	if diff := cmp.Diff(m, memberOf(m.values())); diff != "" {
		t.Error("values and memberOf do not agree: " + diff)
	}
}

func TestRow_AcceptsWhatRegistersHold(t *testing.T) {
	for column, values := range map[Column][]string{
		Number:     {"1", "000017", "7/0815-2", "A.12", strings.Repeat("9", 32)},
		UserName:   {"abeispiel", "anna@praxis.example", "müller-lüdenscheidt", "o'brien", strings.Repeat("a", 100)},
		Salutation: {"", "Frau", "Herr", " Frau "},
		Title:      {"", "Prof. Dr. med. Dr. h. c. mult.", "Dipl.-Psych."},
		FirstName:  {"", "Ayşe", "Zoë", "Đorđe", "X Æ"},
		LastName:   {"Ó Súilleabháin", "D’Angelo", "Müller (geb. Maier)", "S\u030c\u0301"},
		Extra:      {"", "MVZ „Am Markt“ & Partner – Haus 3"},
		Street:     {"Postfach 12 34", "Straße des 17. Juni 135", "Kö 7"},
		Postcode:   {"01067", "80331", "99998"},
		Town:       {"Bad Tölz", "Halle (Saale)", "Oy-Mittelberg"},
		Email:      {"a@b.example", "praxis@müller.example", "o'brien+kv@x.example"},
	} {
		for _, value := range values {
			if _, _, refused := checkRow(2, annas(map[Column]string{column: value})); len(refused) > 0 {
				t.Errorf("%s %q is refused: %v", column, value, refused)
			}
		}
	}
}

func TestRow_IsRefusedWithColumnAndReason(t *testing.T) {
	for _, c := range []struct {
		column Column
		values []string
		reason Reason
	}{
		{Number, []string{"", " ", "\u00a0"}, Missing},
		{Number, []string{"100 001", "-1", "1-", "1--2", "10€", "１２３", "№1"}, BadNumber},
		{Number, []string{strings.Repeat("1", 33)}, TooLong},
		{UserName, []string{""}, Missing},
		{UserName, []string{"anna beispiel", "anna👤"}, BadUserName},
		{Salutation, []string{"Herrn", "frau", "Fr.", "Divers", "Firma"}, BadSalutation},
		{LastName, []string{""}, Missing},
		{LastName, []string{strings.Repeat("ü", 81)}, TooLong},
		{LastName, []string{"Bei\tspiel", "Bei\nspiel", "Bei\x00spiel", "Bei\x1b[2Jspiel", "Bei\u2028spiel", "Bei\u0085spiel"}, ControlSign},
		{LastName, []string{"Bei\u200bspiel", "Bei\u00adspiel", "\ufeffBeispiel", "Bei\u202espiel", "Bei\ue000spiel", "Bei\U0010ffffspiel"}, InvisibleSign},
		{LastName, []string{"M\ufffdller", "M\xfcller"}, BrokenSign},
		{LastName, []string{"MÃ¼ller", "BrÃ¤u", "Å\u00a0ahin", "WeiÃŸ â€“ GroÃŸ"}, ConvertedTwice},
		{LastName, []string{"王", "שרה", "👤"}, Unprintable},
		{Street, []string{""}, Missing},
		{Postcode, []string{"1067", "D-80331", "803 31", "00123", "803311", "８０３３１", "A-1010"}, BadPostcode},
		{Town, []string{""}, Missing},
		{Email, []string{""}, Missing},
		{Email, []string{"anna", "anna@localhost", "a@b.example, c@d.example", "Anna <a@b.example>", "a@b.example\u00a0c@d.example"}, BadEmail},
		{Email, []string{"a@b.example\r\nBcc: dieb@evil.example"}, ControlSign},
	} {
		for _, value := range c.values {
			_, _, refused := checkRow(7, annas(map[Column]string{c.column: value}))
			if len(refused) != 1 || refused[0].Line != 7 || refused[0].Column != c.column || refused[0].Reason != c.reason {
				t.Errorf("%s %+q: %v, want %s", c.column, value, refused, c.reason)
			}
		}
	}
}

func TestRow_TellsEverythingThatIsWrong(t *testing.T) {
	_, _, refused := checkRow(3, make([]string, len(Columns)))
	var missing []Column
	for _, r := range refused {
		if r.Reason == Missing {
			missing = append(missing, r.Column)
		}
	}
	if diff := cmp.Diff([]Column{Number, UserName, LastName, Street, Postcode, Town, Email}, missing); diff != "" {
		t.Error(diff)
	}
}

func TestRow_WhoseAddressNoWindowTakesIsRefused(t *testing.T) {
	long := strings.Repeat("Wagnerwiesenweg ", 6)
	_, _, refused := checkRow(4, annas(map[Column]string{Title: long[:60], FirstName: long[:80], LastName: long[:80], Extra: long, Street: long}))
	if diff := cmp.Diff([]Refusal{{Line: 4, Reason: NoWindow}}, refused); diff != "" {
		t.Error(diff)
	}
}

func TestRow_ConvertedTwiceSaysWhatItWas(t *testing.T) {
	_, _, refused := checkRow(4, annas(map[Column]string{Town: "MÃ¼nchen"}))
	if len(refused) != 1 || refused[0].Args[0] != "München" {
		t.Error(refused)
	}
}
