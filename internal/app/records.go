package app

import (
	"context"
	"time"

	"torhaus/internal/audit"
	"torhaus/internal/letter"
	"torhaus/internal/oversight"
)

// openOversight sets up what supervisors and auditors see.
func (p *Portal) openOversight() {
	p.Oversight = &oversight.Service{Store: p.db, Watch: letter.WatchOf(p.Profile), Verify: p.verifyForPage}
}

// verifyForPage verifies the chain as `torhaus audit verify` does, and tells how far it is. What keeps it from an answer stands in the log.
func (p *Portal) verifyForPage(ctx context.Context, seen func(int64)) (oversight.Verdict, error) {
	v, err := p.verifyAudit(ctx, nil, nil, seen)
	verdict := oversight.Verdict{Records: v.Records, Vouched: vouchedFor(v.Signed)}
	if err != nil && ctx.Err() == nil {
		p.jobs.Log.ErrorContext(ctx, "the audit does not hold, or cannot be verified", "records", v.Records, "cause", err.Error())
	}
	return verdict, err
}

// vouchedFor gives the last record that a signed head is of.
func vouchedFor(signed []audit.SignedHead) int64 {
	if len(signed) == 0 {
		return 0
	}
	return signed[len(signed)-1].Seq
}

// countEvery is how often figures are brought up to date.
const countEvery = time.Minute

// countFigures keeps the figures up to date until the context ends.
func (p *Portal) countFigures(ctx context.Context) {
	tick := time.NewTicker(countEvery)
	defer tick.Stop()
	for {
		if err := p.Oversight.Count(ctx); err != nil && ctx.Err() == nil {
			p.jobs.Log.Error("figures cannot be counted", "cause", err.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
