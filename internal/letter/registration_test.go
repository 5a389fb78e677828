package letter

import (
	"reflect"
	"strings"
	"testing"

	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

func bvk(t testing.TB) *profile.Profile {
	t.Helper()
	p, err := profile.Embedded("bvk")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func firstPassword() FirstPassword {
	return FirstPassword{
		To: Recipient{
			Lines:    []string{"Stadt Lindenau", "z. Hd. Frau Dr. Anna Berger", "Rathausplatz 1", "86699 Lindenau"},
			Greeting: "Sehr geehrte Frau Dr. Berger",
		},
		Role: "administrator", Organisation: "Stadt Lindenau", Number: "2000145", Registered: ordered, LastDay: lastDay, Password: "CDFGHJKLMNPQRT",
	}
}

func registrationNotice() RegistrationNotice {
	return RegistrationNotice{
		To:           Recipient{Lines: []string{"Stadt Lindenau", "Geschäftsleitung", "Rathausplatz 1", "86699 Lindenau"}},
		Organisation: "Stadt Lindenau", Number: "2000145", Name: "Eva Fremd", Email: "eva.fremd@lindenau.example", Registered: ordered,
	}
}

func printedBVK(t testing.TB, c Content) Paper {
	t.Helper()
	paper, err := Setting{Profile: bvk(t), Portal: "https://portal.bvk.example"}.Print(testID, ordered, c)
	if err != nil {
		t.Fatal(err)
	}
	return paper
}

func TestBVK03_LettersOfARegistration(t *testing.T) {
	ofCentre := firstPassword()
	ofCentre.To.Lines[0], ofCentre.Organisation, ofCentre.Role, ofCentre.Number = "Rechenzentrum Süd GmbH", "Rechenzentrum Süd GmbH", "data-centre", "RZ-0007"
	for _, test := range []struct {
		name    string
		letter  Content
		says    []string
		saysNot []string
	}{
		{
			"a one-time password to an organisation names the person, and not the user name", firstPassword(),
			[]string{
				"Stadt Lindenau z. Hd. Frau Dr. Anna Berger Rathausplatz 1 86699 Lindenau", "Mitgliedsnummer 2000145", "CDFGH JKLMN PQRT",
				"wählen Sie die Rolle „Administrator“", "als Administrator registriert (Stadt Lindenau)", "gültig bis einschließlich Sonntag, 6. Dezember 2026",
				"„Mitglied bestätigen“", "Niemand aus Ihrem Haus hat sich registriert?",
			},
			[]string{"lindenau.example"},
		},
		{
			"a one-time password to a data centre has its approval number", ofCentre,
			[]string{"Zulassungsnummer RZ-0007", "als Rechenzentrum registriert (Rechenzentrum Süd GmbH)", "die Rolle „Rechenzentrum“"},
			[]string{"Mitglied bestätigen"},
		},
		{
			"the management learns who wants to act for it and how to object", registrationNotice(),
			[]string{
				"Stadt Lindenau Geschäftsleitung Rathausplatz 1", "Eva Fremd mit der E-Mail-Adresse eva.fremd@lindenau.example", "So widersprechen Sie",
				"„Benutzerverwaltung“", "0 89 / 9 99 98 – 1 00", "nach 28 Tagen",
			},
			nil,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			paper := printedBVK(t, test.letter)
			got := textOf(t, paper.PDF)
			for _, want := range test.says {
				if !strings.Contains(got, want) {
					t.Errorf("the letter lacks %q:\n%s", want, got)
				}
			}
			for _, not := range test.saysNot {
				if strings.Contains(got, not) {
					t.Errorf("the letter says %q:\n%s", not, got)
				}
			}
			if paper.Pages != 1 || paper.Lost != 0 {
				t.Errorf("%d pages, %d signs lost", paper.Pages, paper.Lost)
			}
		})
	}
}

func TestLettersOfARegistrationSurviveTheirWireForm(t *testing.T) {
	for _, c := range []Content{firstPassword(), registrationNotice()} {
		b, err := Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(c.LetterKind(), b)
		if err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("got %+v, %v", got, err)
		}
		for _, bad := range []string{"", "{}", strings.Replace(string(b.Reveal()), "{", `{"more":1,`, 1), strings.Replace(string(b.Reveal()), ordered.String(), "", 1)} {
			if _, err := Decode(c.LetterKind(), secret.Bytes(bad)); err == nil {
				t.Errorf("%q was read", bad)
			}
		}
	}
}
