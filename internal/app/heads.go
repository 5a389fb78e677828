package app

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"time"

	"torhaus/internal/audit"
	"torhaus/internal/config"
	"torhaus/internal/fault"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

// openHeads sets up the keeping of signed audit heads. It writes nothing yet.
func (p *Portal) openHeads(log *slog.Logger) error {
	if p.Config.AuditHeads == "" {
		return errors.New("audit-heads names no folder")
	}
	keys, err := p.keys.VerifierKeys(secret.AuditHeads, p.Profile.Key)
	if err != nil {
		return err
	}
	machine, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("name of this machine: %w", err)
	}
	p.heads = &audit.Keeper{
		Source: p.db, Portal: p.Profile.Key, Dir: p.Config.AuditHeads, Replica: machine, Keys: keys, Log: log,
		Sign: func(text string) ([]byte, error) { return p.keys.Sign(secret.AuditHeads, p.Profile.Key, text) },
	}
	return nil
}

// keepHeads keeps the portal's audit heads until the context ends.
func (p *Portal) keepHeads(m limits) func(context.Context) error {
	return func(ctx context.Context) error { return p.heads.Run(ctx, m.heads, m.headsAgain) }
}

// lastHeads signs the heads when all else has ended.
func (a *App) lastHeads(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.options.limits.drain)
	defer cancel()
	var err error
	for _, p := range a.Portals {
		err = errors.Join(err, p.heads.Close(ctx))
	}
	return err
}

// Verdict is what a verification of the audit found sound.
type Verdict struct {
	Records    int64              // in the chain
	Head       audit.Head         // its end
	Signed     []audit.SignedHead // all agree with the chain
	Unfinished []string           // heads that the program had not finished when it died; nothing to worry about
}

// youngest is how old a record may be of which no signed head exists at all: the first is signed within a minute.
const youngest = time.Hour

// VerifyAudit walks the portal's audit chain and compares it with the signed heads: those in the configured folder, and those
// in further files and folders. Further public keys may have signed them. The first broken place is a *audit.BrokenError.
func (p *Portal) VerifyAudit(ctx context.Context, paths, keys []string) (v Verdict, err error) {
	return p.verifyAudit(ctx, paths, keys, func(int64) {})
}

func (p *Portal) verifyAudit(ctx context.Context, paths, keys []string, seen func(records int64)) (v Verdict, err error) {
	defer fault.Wrap(&err, "portal %s", p.Profile.Key)
	own, err := p.keys.VerifierKeys(secret.AuditHeads, p.Profile.Key)
	if err != nil {
		return Verdict{}, err
	}
	// the heads first: what is signed meanwhile would be ahead of the chain as it was read
	books, bookErr := audit.ReadBooks(p.Profile.Key, append(own, keys...), append([]string{p.Config.AuditHeads}, paths...)...)
	v = Verdict{Signed: books.Heads, Unfinished: books.Unfinished}
	var first time.Time
	err = p.db.ReadAudit(ctx, 0, func(records iter.Seq2[audit.Record, error], head audit.Head) (err error) {
		v.Head = head
		v.Records, err = audit.Verify(watched(records, &first, seen), head, books.Heads...)
		return err
	})
	now, clockErr := p.db.Now(ctx)
	if err == nil && clockErr == nil && bookErr == nil && len(books.Heads) == 0 && !first.IsZero() && now.Sub(first) > youngest {
		err = fmt.Errorf("there is no signed head in %s, though records are older than an hour: it may be another folder than the running program's, or somebody removed them", p.Config.AuditHeads)
	}
	return v, errors.Join(err, bookErr, clockErr)
}

// watched notes the time of the first record that passes, and tells of every one.
func watched(records iter.Seq2[audit.Record, error], first *time.Time, seen func(records int64)) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		n := int64(0)
		for r, err := range records {
			if first.IsZero() {
				*first = r.Time
			}
			n++
			seen(n)
			if !yield(r, err) {
				return
			}
		}
	}
}

// SigningKeys gives the name of a portal and its public keys for what it signs, without opening its database.
func SigningKeys(c config.Portal, what secret.Signing) (portal string, keys []string, err error) {
	rules, err := profile.Find(c.Profile)
	if err != nil {
		return "", nil, err
	}
	set, err := secret.LoadKeyset(c.Keys)
	if err != nil {
		return "", nil, fmt.Errorf("portal %s: %w", rules.Key, err)
	}
	keys, err = set.VerifierKeys(what, rules.Key)
	return rules.Key, keys, err
}
