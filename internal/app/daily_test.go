package app_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"torhaus/internal/config"
)

func TestTidy_IsDoneOnTheFirstDayOfTheProgramToo(t *testing.T) {
	i := start(t, func(*config.Portal) {})
	db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(i.config.Database, "sqlite:")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var state string
		var due int64
		if err := db.QueryRowContext(ctx, `SELECT state, due_at FROM job WHERE kind = 'house.tidy'`).Scan(&state, &due); err != nil && ctx.Err() != nil {
			t.Fatalf("the day's job was not asked for: %v", err)
		}
		if state == "done" || state != "" && due > time.Now().UnixMicro() { // before three o'clock it waits
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the day's job is %q", state)
		case <-tick.C:
		}
	}
}
