package records

import (
	"slices"
	"strings"
	"testing"

	"torhaus/internal/oversight"
	"torhaus/internal/text"
)

func TestEveryKindOfRecordHasANameAndAGroup(t *testing.T) {
	texts, err := text.Load(Texts)
	if err != nil {
		t.Fatal(err)
	}
	var offered []oversight.Kind
	for _, g := range groups {
		of := kindsOf(g.word + all)
		if offered = append(offered, of...); len(of) != len(g.deeds) {
			t.Errorf("the group %s offers %d kinds of %d", g.word, len(of), len(g.deeds))
		}
		for _, k := range of {
			if word, _, _ := strings.Cut(string(k), "."); word != g.word {
				t.Errorf("%s stands in the group %s", k, g.word)
			}
		}
	}
	for _, k := range oversight.Kinds() {
		if !slices.Contains(offered, k) {
			t.Errorf("%s cannot be looked for: add %s to a group", k, deedKey(k))
		}
		if got := kindsOf(string(k)); !slices.Equal(got, []oversight.Kind{k}) {
			t.Errorf("%s stands for %v", k, got)
		}
		for _, language := range texts.Languages() {
			if !texts.Printer(language).Has(deedKey(k)) {
				t.Errorf("%s has no name in %s", k, language)
			}
		}
	}
	if len(offered) != len(oversight.Kinds()) {
		t.Errorf("%d kinds are offered of %d", len(offered), len(oversight.Kinds()))
	}
}

func TestKindsOf_WhatIsNoKindIsNothing(t *testing.T) {
	for _, word := range []string{"", ".*", "login", "login.", "login-code-right", "Login.*", "' OR 1=1"} {
		if got := kindsOf(word); len(got) != 0 {
			t.Errorf("%q stands for %v", word, got)
		}
	}
}
