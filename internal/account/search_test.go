package account_test

import (
	"strings"
	"testing"

	"torhaus/internal/account"
)

func TestSearchKey_FindsANameHoweverItIsTyped(t *testing.T) {
	for want, spellings := range map[string][]string{
		"muller":          {"Müller", "Mueller", "Muller", "MÜLLER", "Mu\u0308ller", " müller "},
		"gross":           {"Groß", "Gross", "GROẞ", "groß"},
		"klein gross":     {"Klein-Groß", "klein gross", "Klein–Gross", "Klein  Groß"},
		"ozturk":          {"Öztürk", "Oeztuerk", "ozturk"},
		"obrien":          {"O'Brien", "O’Brien", "OBrien"},
		"von der heide":   {"von der Heide", "VON DER HEIDE"},
		"yildiz":          {"Yıldız", "Yildiz"},
		"lukasz":          {"Łukasz", "Lukasz"},
		"soren":           {"Søren", "Sören", "Soeren"},
		"vasquz de avila": {"Vásquez de Ávila", "Vasquez, de Avila"},
		"hannah m":        {"Hannah M.", "Hannah M"},
		"":                {"", " ", "’", "–"},
	} {
		for _, typed := range spellings {
			if got := account.SearchKey(typed); got != want {
				t.Errorf("%q is looked for as %q, want %q", typed, got, want)
			}
		}
	}
}

func TestSearchKey_OfABeginningIsABeginning(t *testing.T) {
	for _, name := range []string{"Bauer", "Goethe", "Mueller-Lüdenscheidt", "Großmann", "Maué", "Sueß", "Æther", "Haeuee", "Łukasiewicz"} {
		key := account.SearchKey(name)
		for i := range name {
			if begun := account.SearchKey(name[:i]); !strings.HasPrefix(key, begun) {
				t.Errorf("%q of %q is looked for as %q, which is no beginning of %q", name[:i], name, begun, key)
			}
		}
	}
}

func TestSearchName_BeginsWithTheLastName(t *testing.T) {
	p := account.Person{Title: "Prof. Dr. med.", First: "Ayşe Nur", Last: "Öztürk"}
	if got := p.SearchName(); got != "ozturk ayse nur" {
		t.Errorf("listed under %q", got)
	}
}
