package letter

import (
	"strings"
	"testing"

	"torhaus/internal/calendar"
)

var anna = Recipient{Lines: []string{"Frau", "Dr. med. Johanna Brandl", "Frauenstraße 12", "80469 München"}, Greeting: "Sehr geehrte Frau Dr. Brandl"}

func hardToken() HardToken {
	return HardToken{
		To: anna, Serial: "91-0042371", Ordered: calendar.Date{Year: 2026, Month: 11, Day: 21}, LastDay: calendar.Date{Year: 2026, Month: 12, Day: 13},
	}
}

func TestKVB19_TheLetterBesideTheDeviceSaysHowItIsActivatedAndHasNoSecret(t *testing.T) {
	paper := printed(t, hardToken())
	got := textOf(t, paper.PDF)
	for _, want := range []string{
		"Frau Dr. med. Johanna Brandl Frauenstraße 12 80469 München", "Ihr KV-Ident Plus Hardtoken", "91-0042371",
		"zu aktivieren bis einschließlich Sonntag, 13. Dezember 2026, 23:59 Uhr", "„Hardtoken aktivieren“", "auch den nächsten Code ein",
		"„Token verloren?“", "lag kein Gerät",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the letter lacks %q:\n%s", want, got)
		}
	}
	if paper.Pages != 1 {
		t.Errorf("%d pages", paper.Pages)
	}
}

func TestKVB19_TheReturnLabelNamesSenderAndReceiverAndNotWhatIsInside(t *testing.T) {
	s := Setting{Profile: kvb(t), Portal: "https://kvb.example"}
	pdf, err := s.PrintLabel(calendar.Date{Year: 2026, Month: 11, Day: 22}, ReturnLabel{
		From: Recipient{Lines: []string{"Dr. med. Johanna Brandl", "Frauenstraße 12", "80469 München"}}, Serial: "91-0042371",
	})
	if err != nil {
		t.Fatal(err)
	}
	got := textOf(t, pdf)
	for _, want := range []string{
		"Absender Dr. med. Johanna Brandl Frauenstraße 12 80469 München", "Entgelt zahlt Empfänger",
		"Kassenärztliche Vereinigung Bayerns KV-Ident Plus, Rücksendungen Elsenheimerstraße 39 80687 München", "Rücksendung 91-0042371",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the label lacks %q:\n%s", want, got)
		}
	}
	onIt := spots(t, pdf)
	for _, words := range []string{"Absender", "Entgelt zahlt", "KV-Ident Plus, Rücksendungen"} {
		if a := area(t, onIt, words); a.left < labelLeft || a.right > labelLeft+labelWidth || a.top < labelTop || a.bottom > labelTop+labelHeight {
			t.Errorf("%q stands beside the label: %+v", words, a)
		}
	}
	if a := area(t, onIt, "Schneiden Sie das Etikett aus"); a.top < labelTop+labelHeight {
		t.Errorf("the steps stand on the label: %+v", a)
	}
	for _, address := range [][]string{{"A"}, strings.Split(strings.Repeat("Eine sehr lange Zeile mit vielen Wörtern, die nicht endet|", 6), "|")} {
		if _, err := s.PrintLabel(calendar.Date{Year: 2026, Month: 11, Day: 22}, ReturnLabel{From: Recipient{Lines: address}, Serial: strings.Repeat("9", 40)}); err != nil {
			t.Errorf("%v: %v", address, err)
		}
	}
}
