package letter

import (
	"reflect"
	"strings"
	"testing"

	"torhaus/internal/secret"
)

func addressChanged() AddressChanged { return AddressChanged{To: code().To, Changed: ordered} }

func TestLetterTellsTheFormerAddressAndNotTheNewOne(t *testing.T) {
	paper := printed(t, addressChanged())
	got := textOf(t, paper.PDF)
	for _, want := range []string{
		"Frau Dr. med. Johanna Brandl Frauenstraße 12 80469 München", "Geändert am 22. November 2026",
		"Ihre Anschrift bei uns wurde geändert", "seit dem Sonntag, 22. November 2026 eine andere Anschrift", "Die neue nennen wir hier nicht.",
		"in den ersten 14 Tagen", "Sie wissen nichts von einer Änderung?", "Telefon 0 89 / 5 70 93 – 4 00 40 (eTec Support)",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the letter lacks %q:\n%s", want, got)
		}
	}
	if paper.Pages != 1 || paper.Lost != 0 {
		t.Errorf("%d pages, %d signs lost", paper.Pages, paper.Lost)
	}
}

func TestAddressChangedSurvivesItsWireForm(t *testing.T) {
	b, err := Encode(addressChanged())
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(addressChanged().LetterKind(), b)
	if err != nil || !reflect.DeepEqual(got, Content(addressChanged())) {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, bad := range []string{"", "{}", `{"to":{"lines":["a"]},"changed":"2026-11-22","more":1}`, strings.Replace(string(b.Reveal()), "2026-11-22", "", 1)} {
		if _, err := Decode(addressChanged().LetterKind(), secret.Bytes(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
