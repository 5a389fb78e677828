package profile

import (
	"reflect"
	"strings"
	"testing"
)

func TestEnglishPagesHaveEnglishWords(t *testing.T) {
	p, err := Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	if p.In("de") != p || p.In("fr") != p {
		t.Error("only English has words of its own")
	}
	in := p.In("en")
	if in.Login.PasswordLabel != "password" || in.Support.Hours[0] != "Monday to Thursday, 7.30 am to 5.30 pm" {
		t.Errorf("password: %q, hours: %q", in.Login.PasswordLabel, in.Support.Hours)
	}
	if in.Portal.Name != "Meine KVB" || in.Portal.TokenManagement != "Token-Verwaltung" || in.Token.Soft.Label != "Softtoken" {
		t.Error("names that members know have changed")
	}
	if p.Login.PasswordLabel != "Kennwort" {
		t.Error("the German words have changed")
	}
	if p.English = (English{}); !reflect.DeepEqual(p.In("en"), p) {
		t.Error("what has no English word does not stay German")
	}
}

func TestEveryEnglishWordOfOursIsThere(t *testing.T) {
	for _, name := range Names() {
		p, err := Embedded(name)
		if err != nil {
			t.Fatal(err)
		}
		words := reflect.ValueOf(p.English)
		for i := range words.NumField() {
			tag := words.Type().Field(i).Tag
			needed := p.HasPeople() || !strings.HasPrefix(tag.Get("doc"), "people.")
			if words.Field(i).IsZero() == needed {
				t.Errorf("%s.yaml: english.%s is missing, or idle", name, tag.Get("yaml"))
			}
		}
		if len(p.English.Hours) != len(p.Support.Hours) || len(p.English.Gaps) != len(p.Legal.Accessibility.Gaps) {
			t.Errorf("%s.yaml: an English list has another length than the German one", name)
		}
	}
}
