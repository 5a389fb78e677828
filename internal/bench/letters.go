package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

// measureLetters takes the figure of letters set on one core, by the benchmark of package letter.
func measureLetters(ctx context.Context, b *bench) error {
	w, err := watchOthers()
	if err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkPrint$", "-cpu", "1", "-benchtime", "3s", "torhaus/internal/letter").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	n := noise{}
	if n.Foreign, err = w.foreign(); err != nil {
		return err
	}
	each, err := perOperation(out)
	if err != nil {
		return err
	}
	b.report.add(figure{
		Name: "Letters on one core", Goal: least(100), Measured: 1e9 / each, Unit: "/s", Quiet: n.quiet(),
		Beside: fmt.Sprintf("%.1f ms a letter; %.2f cores foreign", each/1e6, n.Foreign),
	})
	return nil
}

var nanoseconds = regexp.MustCompile(`(?m)^Benchmark.*?\s([0-9.]+) ns/op`)

// perOperation reads the nanoseconds of one operation from what go test prints.
func perOperation(out []byte) (float64, error) {
	found := nanoseconds.FindSubmatch(out)
	if found == nil {
		return 0, fmt.Errorf("no figure in: %s", out)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}
