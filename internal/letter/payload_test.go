package letter

import (
	"reflect"
	"strings"
	"testing"

	"torhaus/internal/secret"
)

func TestContentSurvivesItsWireForm(t *testing.T) {
	want := code()
	b, err := Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(want.LetterKind(), b)
	if err != nil || !reflect.DeepEqual(got, Content(want)) {
		t.Errorf("got %+v, %v", got, err)
	}
	if got.(ActivationCode).Code.Reveal() != testCode {
		t.Error("the code does not arrive")
	}
}

func TestMalformedContentIsRefusedAndNotQuoted(t *testing.T) {
	whole := `{"to":{"lines":["a","b"],"greeting":"x"},"serial":"ST1","ordered":"2026-11-22","lastDay":"2026-12-06","code":"40718296"}`
	if _, err := Decode("activation-code", secret.Bytes(whole)); err != nil {
		t.Fatalf("the sound one is refused: %v", err)
	}
	cases := map[string]string{
		"empty":         "",
		"not JSON":      "40718296",
		"cut":           whole[:60],
		"two values":    whole + whole,
		"unknown field": strings.Replace(whole, `"serial"`, `"seriell"`, 1),
		"no code":       strings.Replace(whole, `"40718296"`, `""`, 1),
		"code a number": strings.Replace(whole, `"40718296"`, `40718296`, 1),
		"no address":    strings.Replace(whole, `["a","b"]`, `[]`, 1),
		"no last day":   strings.Replace(whole, `"2026-12-06"`, `""`, 1),
		"no date":       strings.Replace(whole, `"2026-12-06"`, `"40718296"`, 1),
		"no serial":     strings.Replace(whole, `"ST1"`, `""`, 1),
	}
	for name, b := range cases {
		if c, err := Decode("activation-code", secret.Bytes(b)); err == nil || strings.Contains(err.Error(), "40718296") {
			t.Errorf("%s: %+v, error %v", name, c, err)
		}
	}
	if _, err := Decode("leaflet", secret.Bytes(whole)); err == nil {
		t.Error("an unknown kind was read")
	}
}

type unknownContent struct{ ActivationCode }

func TestUnknownContentHasNoWireForm(t *testing.T) {
	if b, err := Encode(unknownContent{code()}); err == nil || strings.Contains(err.Error(), testCode) {
		t.Errorf("got %v, %v", b, err)
	}
	if _, err := Encode(nil); err == nil {
		t.Error("nothing was encoded")
	}
}

func TestDeliverJobSurvivesItsWireForm(t *testing.T) {
	b, err := Deliver{Letter: testID}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := DecodeDeliver(b); err != nil || got.Letter != testID {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, bad := range []string{"", "{}", `{"letter":"../x"}`, `{"letter":"a","more":1}`, `{"letter":"a"} x`} {
		if _, err := DecodeDeliver(secret.Bytes(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestIDNamesAFileAndNothingElse(t *testing.T) {
	for id, want := range map[string]bool{
		testID: true, "a": true, "activation-code": true, strings.Repeat("a", 64): true,
		"": false, strings.Repeat("a", 65): false, "-a": false, "a-": false, "..": false, "a/b": false, `a\b`: false, "a.b": false,
		"A": false, "ä": false, "a\x00": false, "a b": false, "a\n": false,
	} {
		if validID(id) != want {
			t.Errorf("validID(%q) = %v", id, !want)
		}
	}
}
