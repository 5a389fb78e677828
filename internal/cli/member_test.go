package cli

import (
	"os"
	"strings"
	"testing"

	"torhaus/internal/register"
)

func TestRefusals_EveryReasonHasASentenceThatTakesItsArguments(t *testing.T) {
	args := map[register.Reason][]any{
		register.TooLong:        {80},
		register.ControlSign:    {'\n'},
		register.InvisibleSign:  {'\u202e'},
		register.ConvertedTwice: {"München"},
		register.Unprintable:    {'王'},
		register.BadNumber:      {"1 2"},
		register.BadUserName:    {"a b"},
		register.BadSalutation:  {"Herrn"},
		register.BadPostcode:    {"1067"},
		register.BadEmail:       {"anna"},
		register.NumberTwice:    {"1", 2},
		register.NameTwice:      {"anna", 2},
		register.NameTaken:      {"anna", "1"},
		register.MixedEncodings: {byte(0xfc)},
		register.NoEncoding:     {byte(0x81)},
		register.TooManyRows:    {100_000},
		register.TooManyRefused: {1000},
		register.RowTooLong:     {65536},
		register.UnknownColumn:  {"name"},
		register.FieldCount:     {3, 11},
		register.BadQuotes:      {4},
	}
	for _, reason := range register.Reasons {
		text := sentence(register.Refusal{Line: 2, Reason: reason, Args: args[reason]})
		if text == "" || strings.Contains(text, "%!") {
			t.Errorf("%s: %q", reason, text)
		}
	}
	if len(sentences) != len(register.Reasons) {
		t.Errorf("%d sentences for %d reasons", len(sentences), len(register.Reasons))
	}
	for want, r := range map[string]register.Refusal{
		`user-name: "anna" is the user name of member "7" until now`:                         {Column: register.UserName, Reason: register.NameTaken, Args: []any{"anna", "7"}},
		`user-name: "anna" is the user name of an account that has no number`:                {Column: register.UserName, Reason: register.NameTaken, Args: []any{"anna", ""}},
		`there are more than 100,000 members; split the file`:                                {Reason: register.TooManyRows, Args: []any{100_000}},
		`town: holds the control sign U+000A, such as a line break; remove it`:               {Column: register.Town, Reason: register.ControlSign, Args: []any{'\n'}},
		`first-name: holds the sign '王' (U+738B), which letters cannot show`:                 {Column: register.FirstName, Reason: register.Unprintable, Args: []any{'王'}},
		`the byte 0xfc is not UTF-8, though the file is otherwise; export it again in one e`: {Reason: register.MixedEncodings, Args: []any{byte(0xfc)}},
	} {
		if got := sentence(r); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAttack_ValuesOfAFileDoNotReachTheTerminalRaw(t *testing.T) {
	for _, r := range []register.Refusal{
		{Reason: register.UnknownColumn, Args: []any{"\x1b[2Jname\r\n"}},
		{Reason: register.BadEmail, Args: []any{"a\x1b]0;x\x07@b"}},
		{Reason: register.Unprintable, Args: []any{'\u202e'}},
	} {
		if text := sentence(r); strings.ContainsAny(text, "\x1b\x07\r\n\u202e") {
			t.Errorf("%q", text)
		}
	}
}

func TestImport_EveryColumnIsExplainedToOperators(t *testing.T) {
	manual, err := os.ReadFile("../../docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range register.Columns {
		if !strings.Contains(importHelp, "\n  "+string(c)+" ") && !strings.Contains(importHelp, "\n  "+string(c)+"\n") {
			t.Errorf("the help does not explain %s", c)
		}
		if !strings.Contains(string(manual), "`"+string(c)+"`") {
			t.Errorf("docs/operate.md does not explain %s", c)
		}
	}
}
