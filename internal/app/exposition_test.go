package app

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExpositionIsWhatPrometheusReads(t *testing.T) {
	e := &exposition{}
	e.family("torhaus_b_total", counter, "Lines\nand \\ signs.").sample(3, "portal", `a"b\c`+"\n", "kind", "x")
	e.family("torhaus_a", gauge, "A figure.").sample(0.5)
	e.family("torhaus_b_total", counter, "not read").sample(1e9, "portal", "a", "kind", "x")
	want := `# HELP torhaus_a A figure.
# TYPE torhaus_a gauge
torhaus_a 0.5
# HELP torhaus_b_total Lines\nand \\ signs.
# TYPE torhaus_b_total counter
torhaus_b_total{portal="a",kind="x"} 1e+09
torhaus_b_total{portal="a\"b\\c\n",kind="x"} 3
`
	if diff := cmp.Diff(want, string(e.text())); diff != "" {
		t.Error(diff)
	}
}
