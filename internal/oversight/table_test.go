package oversight

import (
	"bufio"
	"strings"
	"testing"
)

func TestAttack_NoCellBeginsAFormula(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "plain": "plain", "Müller, Anna": `"Müller, Anna"`, `she said "no"`: `"she said ""no"""`, "a;b": `"a;b"`, "two\nlines": "\"two\nlines\"",
		"=1+1": "'=1+1", "+49 89": "'+49 89", "-": "'-", "@SUM(A1)": "'@SUM(A1)", "\t=1": "\"'\t=1\"", "\r=1": "\"'\r=1\"",
		"  =1": "'  =1", "\u00a0=1": "'\u00a0=1", "\ufeff=1": "'\ufeff=1", "\n=1": "\"'\n=1\"", "＝1": "'＝1", `=cmd|"/c calc"!A0`: `"'=cmd|""/c calc""!A0"`,
		"a=1": "a=1", "0": "0", "2026-11-22": "2026-11-22",
	} {
		if got := quoted(harmless(cell)); got != want {
			t.Errorf("%q is written as %q, want %q", cell, got, want)
		}
	}
}

func TestWriteCSV_IsReadByTableProgramsInGermany(t *testing.T) {
	var b strings.Builder
	out := bufio.NewWriter(&b)
	WriteCSV(out, []string{"Tag", "Anzahl"}, []string{"2026-11-22", "3"})
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if want := "\ufeffTag;Anzahl\r\n2026-11-22;3\r\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

func TestFilter_IsNamedInTheAuditByWordsOfTheCode(t *testing.T) {
	for want, f := range map[string]Filter{
		"all":                 {},
		"login.*":             {Deeds: "login.*", Before: 7},
		"all from 2026-11-01": {From: day("2026-11-01")},
		"token.lifted from 2026-11-01 until 2026-11-22": {Deeds: "token.lifted", From: day("2026-11-01"), Until: day("2026-11-22")},
	} {
		if f.String() != want {
			t.Errorf("%q, want %q", f, want)
		}
	}
}
