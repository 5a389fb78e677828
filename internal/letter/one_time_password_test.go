package letter

import (
	"reflect"
	"strings"
	"testing"

	"torhaus/internal/secret"
)

const testOneTime = "CDFGHJKLMNPQRTV"

func oneTime() OneTimePassword {
	return OneTimePassword{To: code().To, Requested: ordered, LastDay: lastDay, Password: testOneTime}
}

func TestLetterBringsTheOneTimePasswordAndSaysWhatToDo(t *testing.T) {
	paper := printed(t, oneTime())
	got := textOf(t, paper.PDF)
	for _, want := range []string{
		"Frau Dr. med. Johanna Brandl Frauenstraße 12 80469 München", "Angefordert am 22. November 2026",
		"Ihr Einmalkennwort für „Meine KVB“", "CDFGH JKLMN PQRTV", "gültig bis einschließlich Sonntag, 6. Dezember 2026, 23:59 Uhr",
		"https://kvb.example und wählen Sie unter „Allgemeines“ die „Token-Verwaltung“", "mit mindestens zwölf Zeichen",
		"Bis dahin gilt Ihr bisheriges Kennwort weiter.", "14 Tage lang keinen Token per Brief", "Sie haben nichts angefordert?",
		"Telefon 0 89 / 5 70 93 – 4 00 40 (eTec Support)",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the letter lacks %q:\n%s", want, got)
		}
	}
	if paper.Pages != 1 || paper.Lost != 0 {
		t.Errorf("%d pages, %d signs lost", paper.Pages, paper.Lost)
	}
}

func TestOneTimePasswordSurvivesItsWireForm(t *testing.T) {
	want := oneTime()
	b, err := Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(want.LetterKind(), b)
	if err != nil || !reflect.DeepEqual(got, Content(want)) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestMalformedOneTimePasswordIsRefusedAndNotQuoted(t *testing.T) {
	b, err := Encode(oneTime())
	if err != nil {
		t.Fatal(err)
	}
	whole := string(b.Reveal())
	for name, bad := range map[string]string{
		"cut":           whole[:60],
		"two values":    whole + whole,
		"unknown field": strings.Replace(whole, `"password"`, `"pass"`, 1),
		"no password":   strings.Replace(whole, testOneTime, "", 1),
		"no day":        strings.Replace(whole, "2026-12-06", "", 1),
		"no request":    strings.Replace(whole, "2026-11-22", "", 1),
		"other kind":    `{"to":{"lines":["a","b"],"greeting":"x"},"serial":"ST1","ordered":"2026-11-22","lastDay":"2026-12-06","code":"40718296"}`,
	} {
		if c, err := Decode("one-time-password", secret.Bytes(bad)); err == nil || strings.Contains(err.Error(), testOneTime) {
			t.Errorf("%s: %+v, error %v", name, c, err)
		}
	}
}
