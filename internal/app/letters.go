package app

import (
	"context"
	"log/slog"
	"time"

	"torhaus/internal/letter"
)

// waiting counts the letters that are not handed over to print (KVB10).
func (p *Portal) waiting(ctx context.Context) (letter.Waiting, error) {
	queued, err := p.db.WaitingLetters(ctx)
	if err != nil {
		return letter.Waiting{}, err
	}
	now, err := p.db.Now(ctx)
	return letter.WatchOf(p.Profile).Count(queued, now.Time), err
}

// lookEvery is how often late letters are looked for: they are late by days.
const lookEvery = 10 * time.Minute

// watchLetters logs it when letters are late, and again when their number changes, until the context ends.
func (p *Portal) watchLetters(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var told letter.Waiting
	for {
		if w, err := p.waiting(ctx); err == nil && (w.Late != told.Late || w.Overdue != told.Overdue) {
			p.tellLate(ctx, w)
			told = w
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (p *Portal) tellLate(ctx context.Context, w letter.Waiting) {
	level, word := slog.LevelWarn, "letters are late"
	switch {
	case w.Overdue > 0:
		level, word = slog.LevelError, "letters should have arrived and are not handed over to print"
	case w.Late == 0:
		level, word = slog.LevelInfo, "no letter is late any more"
	}
	p.jobs.Log.Log(ctx, level, word, "waiting", w.All, "late", w.Late, "overdue", w.Overdue)
}
