package password

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"torhaus/internal/account"
	"torhaus/internal/fault"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

// verdictCases are what Judge and the script in the browser (e2e/password.test.js) must agree on.
type verdictCases struct {
	Own    []string
	Folded []string // Own as the script gets it
	Groups []struct {
		Name     string
		Min, Max int
		Classes  []string
		Cases    []struct {
			Typed  string
			Times  int
			Broken []Rule
		}
	}
}

func TestJudge_GivesEachRuleItsOwnVerdict(t *testing.T) {
	data, err := os.ReadFile("testdata/verdicts.json")
	if err != nil {
		t.Fatal(err)
	}
	var all verdictCases
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	own := ownWords(all.Own...)
	if !slices.Equal(own, all.Folded) {
		t.Errorf("folded %q", own)
	}
	for _, g := range all.Groups {
		rules := Rules{Password: profile.Password{MinLength: g.Min, MaxLength: g.Max, Classes: g.Classes}}
		for _, c := range g.Cases {
			typed := strings.Repeat(c.Typed, max(1, c.Times))
			if got := broken(rules.Judge(secret.Text(typed), own)); !slices.Equal(got, c.Broken) {
				t.Errorf("%s: %.60q breaks %v, want %v", g.Name, typed, got, c.Broken)
			}
		}
	}
}

func broken(verdicts []Verdict) []Rule {
	list := []Rule{}
	for _, v := range verdicts {
		if !v.Kept {
			list = append(list, v.Rule)
		}
	}
	return list
}

func kvb(t testing.TB) Rules {
	t.Helper()
	p, err := profile.Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	return RulesOf(p)
}

func hannah() account.Account {
	return account.Account{
		UserName: "hbrandl", Email: "praxis.brandl@aerzte.example", Person: account.Person{Title: "Dr. med.", First: "Hannah", Last: "Brändl"},
		Address: account.Address{Extra: "Praxis am Sendlinger Tor"},
	}
}

func TestOwn_NamesOfPersonAndPortalInEverySpelling(t *testing.T) {
	own := kvb(t).Own(hannah())
	for _, word := range []string{
		"kassenarztliche", "kassenaerztliche", "vereinigung", "kvb", "meinekvb", "tokenverwaltung", "identplus", "kennwort", "einmalkennwort",
		"hbrandl", "hannah", "brandl", "braendl", "sendlinger", "praxis",
	} {
		if !slices.ContainsFunc(own, func(w string) bool { return strings.Contains(w, word) }) {
			t.Errorf("%q is not among %q", word, own)
		}
	}
	for i, word := range own {
		if utf8.RuneCountInString(word) < shortestOwn || i > 0 && len(own[i-1]) < len(word) {
			t.Errorf("%q is too short or out of order", word)
		}
	}
	if slices.Contains(own, "aerzte") || slices.Contains(own, "med") {
		t.Error("the domain of the address or a title is among them")
	}
}

func TestRefusal_NamesEveryBrokenRuleAtTheField(t *testing.T) {
	rules := kvb(t)
	if err := rules.Refusal("new", rules.Judge("Amsel-Garten-27!", nil)); err != nil {
		t.Error(err)
	}
	f := fault.Of(rules.Refusal("new", rules.Judge("aaa", nil)))
	if f == nil || f.Kind != fault.Invalid || len(f.Fields) != 2 {
		t.Fatalf("refused with %v", f)
	}
	if f.Fields[0].Name != "new" || f.Fields[0].Message != "password.fault.length" || f.Fields[0].Args[0] != 12 || f.Fields[1].Message != "password.fault.pattern" {
		t.Errorf("fields %+v", f.Fields)
	}
}

func TestBlockList_IsFoldedInOrderAndLong(t *testing.T) {
	list := words()
	if len(list) < 10_000 {
		t.Errorf("%d words", len(list))
	}
	for i, w := range list {
		if plain(fold(w)) != w || utf8.RuneCountInString(w) < 4 || i > 0 && list[i-1] >= w {
			t.Errorf("%q is not folded, too short or out of order", w)
		}
	}
	if n := len(WordHashes()); n%4 != 0 || n > 4*len(list) || n < 4*len(list)-40 {
		t.Errorf("%d bytes of hashes for %d words", n, len(list))
	}
}

// ASVS 5.0, 6.2.4: the passwords that people use most are refused, whatever stands around them.
func TestBlockList_CommonestPasswordsAreRefusedHoweverDressedUp(t *testing.T) {
	rules := Rules{Password: profile.Password{MinLength: 8, MaxLength: 1024}}
	for _, word := range []string{
		"password", "letmein", "football", "monkey", "dragon", "baseball", "sunshine", "princess", "iloveyou", "superman", "passwort",
		"hallo", "schatz", "schalke04", "fcbayern", "geheim", "sommer", "qwertz", "michael", "thomas", "ficken", "arschloch", "berlin",
	} {
		for _, dress := range []string{"%!", "%1234!", "%2026", "!%!", "2026%", "#%#1", " % 99 "} {
			typed := strings.ReplaceAll(dress, "%", strings.ToUpper(word[:1])+word[1:])
			for len(typed) < rules.MinLength {
				typed += "1"
			}
			if !slices.Contains(broken(rules.Judge(secret.Text(typed), nil)), NotCommon) {
				t.Errorf("%q is accepted", typed)
			}
		}
	}
}

func TestAttack_MegabytesAreJudgedAtOnce(t *testing.T) {
	rules := kvb(t)
	own := rules.Own(hannah())
	for _, sign := range []string{"a", "ä\u0308", "1!4@", "\x00", "\xff", "🦔", "hbrandl"} {
		verdicts := rules.Judge(secret.Text(strings.Repeat(sign, 1<<20/len(sign))), own)
		if !slices.Contains(broken(verdicts), NotTooLong) {
			t.Errorf("%q, a megabyte of it: breaks %v", sign, broken(verdicts))
		}
	}
}

func FuzzJudge(f *testing.F) {
	rules := kvb(f)
	own := rules.Own(hannah())
	for _, typed := range []string{"", "Amsel-Garten-27!", "P4$$w0rt!2025", "aaaaaaaaaaaa", "hbrandl1", "\xff\xfe", "ß\u0308İıſK", "ﬃ①⒛", strings.Repeat("ab", 600)} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		verdicts := rules.Judge(secret.Text(typed), own)
		if len(verdicts) != 6 {
			t.Errorf("%d verdicts", len(verdicts))
		}
		if len(broken(verdicts)) == 0 && !utf8.ValidString(typed) {
			t.Errorf("%q is accepted, but is no text", typed)
		}
		for _, reading := range readings(typed) {
			if again := plain(reading); again != reading {
				t.Errorf("%q reads %q, and that %q", typed, reading, again)
			}
		}
		if n := surprise(typed); n > utf8.RuneCountInString(typed) || n == 0 && typed != "" {
			t.Errorf("%q has %d signs of surprise", typed, n)
		}
	})
}
