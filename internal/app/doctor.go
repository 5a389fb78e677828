package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"torhaus/internal/audit"
)

// Finding is what the doctor says about one part: nil Fault means it is well.
type Finding struct {
	Part  string
	Fault error
	Mend  string // what to do, if there is a fault
	Note  string // what was seen, if there is none
}

// Examine looks at the parts of a portal that can fail: database, audit chain, mail server, spool folder, jobs.
func (p *Portal) Examine(ctx context.Context) []Finding {
	return []Finding{p.examineDatabase(ctx), p.examineAudit(ctx), p.examineMail(ctx), p.examineSpool(), p.examineJobs(ctx)}
}

func (p *Portal) examineDatabase(ctx context.Context) Finding {
	return Finding{
		Part: "database", Fault: p.db.Check(ctx), Note: p.db.Engine() + " answers and can be written",
		Mend: "check that the database of this portal runs, has room, and may be written by the user that runs Torhaus",
	}
}

func (p *Portal) examineAudit(ctx context.Context) Finding {
	f := Finding{Part: "audit", Mend: "keep the database as it is and compare it with a backup: `torhaus audit verify` names the place"}
	records, head, err := p.Audit(ctx)
	if err != nil {
		f.Fault = err
		return f
	}
	n, err := audit.Verify(records, head)
	f.Fault, f.Note = err, fmt.Sprintf("the chain of %d records is whole", n)
	return f
}

func (p *Portal) examineMail(ctx context.Context) Finding {
	s := p.Config.SMTP
	return Finding{
		Part: "mail", Fault: p.courier.Check(ctx), Note: fmt.Sprintf("%s:%d takes our e-mails", s.Host, s.Port),
		Mend: "check smtp in the configuration (host, port, tls, user, and the password in the environment), and that the mail server is reached from here",
	}
}

func (p *Portal) examineSpool() Finding {
	return Finding{
		Part: "spool", Fault: writable(p.Config.Spool), Note: p.Config.Spool + " can be written",
		Mend: "make the folder, or let the user that runs Torhaus write into it; letters wait until then",
	}
}

func writable(dir string) error {
	probe, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(filepath.Clean(probe.Name())))
}

func (p *Portal) examineJobs(ctx context.Context) Finding {
	f := Finding{Part: "jobs", Mend: "see what the other findings say and the log lines of the failed jobs"}
	q, err := p.db.Jobs(ctx)
	if err != nil {
		f.Fault = err
		return f
	}
	now, err := p.db.Now(ctx)
	if err != nil {
		f.Fault = err
		return f
	}
	f.Note = fmt.Sprintf("%d waiting, none given up", q.Waiting)
	switch late := now.Sub(q.Oldest); {
	case q.Dead > 0:
		f.Fault = fmt.Errorf("%d letters or e-mails were given up after many tries", q.Dead)
	case !q.Oldest.IsZero() && late > time.Hour:
		f.Fault = fmt.Errorf("the oldest job waits for %s", late.Round(time.Minute))
	}
	return f
}
