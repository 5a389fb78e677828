package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

const coldStarts = 5

// idleFor is how long a portal is left alone before its memory is read.
const idleFor = 2 * time.Second

// measureStarts takes the figures of a start with an existing database, of a portal that nobody uses, and of the program.
func measureStarts(ctx context.Context, b *bench) error {
	var colds []float64
	var idle float64
	w, err := watchOthers()
	if err != nil {
		return err
	}
	for i := range coldStarts {
		portal, err := b.startPortal(ctx, "")
		if err != nil {
			return err
		}
		colds = append(colds, ms(portal.cold))
		if i == coldStarts-1 {
			idle, err = idleMemory(ctx, portal)
		}
		if err := errors.Join(err, portal.stop()); err != nil {
			return err
		}
	}
	n := noise{}
	if n.Foreign, err = w.foreign(); err != nil {
		return err
	}
	program, err := os.Stat(b.binary)
	if err != nil {
		return err
	}
	b.report.add(
		figure{Name: "Cold start to the first answer", Goal: most(300), Measured: median(colds...), Unit: "ms", Quiet: n.quiet(), Beside: fmt.Sprintf("median of %.0f; %d members", slices.Sorted(slices.Values(colds)), b.users)},
		figure{Name: "Resident memory, idle", Goal: most(60), Measured: idle, Unit: "MiB", Quiet: true},
		figure{Name: "Program", Goal: most(45), Measured: float64(program.Size()) / (1 << 20), Unit: "MiB", Quiet: true},
	)
	return nil
}

func idleMemory(ctx context.Context, portal *server) (float64, error) {
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-time.After(idleFor):
		return memoryOf(portal.pid, "VmRSS")
	}
}
