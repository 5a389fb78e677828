package app

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"time"

	"torhaus/internal/config"
	"torhaus/internal/letter"
	"torhaus/internal/letter/ipp"
	"torhaus/internal/secret"
)

// handOver gives the way on which the portal's letters reach the print centre.
func (p *Portal) handOver(log *slog.Logger) (letter.Way, error) {
	if p.Config.Print == config.SpoolFolder || p.Config.Print == "" {
		envelope, err := p.envelope()
		return letter.Spool{Dir: p.Config.Spool, Envelope: envelope}, err
	}
	printer, err := p.printer(log)
	p.print = printer
	return printer, err
}

// envelope closes the portal's letters: sealed to the print centre, unless the configuration says that they lie open.
func (p *Portal) envelope() (e letter.Envelope, err error) {
	e.Sign = func(text string) ([]byte, error) { return p.keys.Sign(secret.Letters, p.Profile.Key, text) }
	if p.Config.PrintCentre != config.OpenLetters {
		if e.To, err = letter.ParsePrintCentre(p.Config.PrintCentre); err != nil {
			err = fmt.Errorf("print-centre-key: %w", err)
		}
	}
	return e, err
}

// How a printer is asked.
const (
	printerTimeout = 20 * time.Second // for one answer
	printerLook    = time.Second      // between two questions what became of a job
	printerWait    = 30 * time.Second // for a job in one try
)

func (p *Portal) printer(log *slog.Logger) (*letter.Printer, error) {
	address, err := url.Parse(p.Config.Print)
	if err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	options := ipp.Options{User: "torhaus", Timeout: printerTimeout}
	if p.Config.PrinterCA != "" {
		if options.CAs, err = certificates(p.Config.PrinterCA); err != nil {
			return nil, fmt.Errorf("printer-ca: %w", err)
		}
	}
	device, err := ipp.New(address, options)
	if err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	return &letter.Printer{Device: device, Log: log, Look: printerLook, Wait: printerWait}, nil
}

// certificates reads a file of certificates that are trusted.
func certificates(path string) (*x509.CertPool, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("%s holds no certificate in PEM", path)
	}
	return pool, nil
}

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
