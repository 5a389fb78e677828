package demo

import (
	"testing"

	"torhaus/internal/password"
	"torhaus/internal/profile"
)

func TestPasswordsOfTheDemoObeyTheRulesOfItsPortals(t *testing.T) {
	for key, people := range portals() {
		p, err := profile.Embedded(key)
		if err != nil {
			t.Fatal(err)
		}
		rules := password.RulesOf(p)
		for _, person := range people {
			if person.password == "" {
				continue // one with a one-time password
			}
			if err := rules.Refusal("password", rules.Judge(person.password, rules.Own(person.account))); err != nil {
				t.Errorf("%s, %s: %v", key, person.account.UserName, err)
			}
		}
	}
}
