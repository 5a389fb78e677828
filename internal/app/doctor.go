package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"torhaus/internal/letter"
)

// Finding is what the doctor says about one part: nil Fault means it is well.
type Finding struct {
	Part  string
	Fault error
	Mend  string // what to do, if there is a fault
	Note  string // what was seen, if there is none
}

// Examine looks at the parts of a portal that can fail.
func (p *Portal) Examine(ctx context.Context) []Finding {
	return []Finding{
		p.examineDatabase(ctx), p.examineClock(ctx), p.examineKeys(ctx), p.examineAudit(ctx), p.examineHeads(), p.examineMail(ctx), p.examineHandOver(ctx),
		p.examineLetters(ctx), p.examineJobs(ctx),
	}
}

func (p *Portal) examineDatabase(ctx context.Context) Finding {
	return Finding{
		Part: "database", Fault: p.db.Check(ctx), Note: p.db.Engine() + " answers and can be written",
		Mend: "check that the database of this portal runs, has room, and may be written by the user that runs Torhaus",
	}
}

// clocksApart is how far this machine's clock and the database's may differ; one-time codes are valid for thirty seconds and
// their neighbours.
const clocksApart = 5 * time.Second

func (p *Portal) examineClock(ctx context.Context) Finding {
	f := Finding{Part: "clock", Mend: "let both machines follow a time server (chrony, systemd-timesyncd); one-time codes depend on it"}
	now, err := p.db.Now(ctx)
	if err != nil {
		f.Fault = err
		return f
	}
	apart := time.Until(now.Wall).Abs()
	f.Note = now.Wall.Format(time.RFC3339) + "; compare it with a radio clock: one-time codes depend on it"
	if apart > clocksApart {
		f.Fault = fmt.Errorf("the clocks of this machine and of the database differ by %s", apart.Round(time.Second))
	}
	return f
}

func (p *Portal) examineKeys(ctx context.Context) Finding {
	return Finding{
		Part: "keys", Fault: p.db.CheckKeys(ctx), Note: "the keys open what lies in the database",
		Mend: "name the keys that belong to this database; after a restore, take keys and database from backups that belong together",
	}
}

func (p *Portal) examineAudit(ctx context.Context) Finding {
	v, err := p.VerifyAudit(ctx, nil, nil)
	return Finding{
		Part: "audit", Fault: err, Note: fmt.Sprintf("the chain of %d records is whole and agrees with %d signed heads", v.Records, len(v.Signed)),
		Mend: "keep the database and the signed heads as they are and compare them with backups: `torhaus audit verify` names the place",
	}
}

func (p *Portal) examineHeads() Finding {
	return Finding{
		Part: "heads", Fault: writable(p.Config.AuditHeads), Note: p.Config.AuditHeads + " can be written",
		Mend: "make the folder that audit-heads names, or let the user that runs Torhaus write into it",
	}
}

func (p *Portal) examineMail(ctx context.Context) Finding {
	s := p.Config.SMTP
	return Finding{
		Part: "mail", Fault: p.courier.Check(ctx), Note: fmt.Sprintf("%s:%d takes our e-mails", s.Host, s.Port),
		Mend: "check smtp in the configuration (host, port, tls, user, and the password in the environment), and that the mail server is reached from here",
	}
}

// examineHandOver looks at the way on which letters reach the print centre.
func (p *Portal) examineHandOver(ctx context.Context) Finding {
	if p.print == nil {
		return p.examineSpool()
	}
	note, err := p.print.Check(ctx)
	return Finding{
		Part: "printer", Fault: err, Note: note,
		Mend: "see to the printer, its address (print) and its certificate (printer-ca); letters wait until then",
	}
}

func (p *Portal) examineSpool() Finding {
	how := "letters lie open in it"
	if centre, err := letter.ParsePrintCentre(p.Config.PrintCentre); err == nil {
		how = "letters are sealed to the key " + centre.Fingerprint()
	}
	return Finding{
		Part: "spool", Fault: writable(p.Config.Spool), Note: p.Config.Spool + " can be written; " + how,
		Mend: "make the folder, or let the user that runs Torhaus write into it; letters wait until then",
	}
}

// examineLetters asks whether letters wait for too long (KVB10).
func (p *Portal) examineLetters(ctx context.Context) Finding {
	f := Finding{Part: "letters", Mend: "see what is said of spool and jobs; members whose letter does not come in time must order anew"}
	w, err := p.waiting(ctx)
	if err != nil {
		f.Fault = err
		return f
	}
	f.Note = fmt.Sprintf("%d waiting, none late", w.All)
	if w.Late+w.Overdue > 0 {
		f.Fault = fmt.Errorf("%d letters should have been handed over to print by now, and %d more should have arrived", w.Late, w.Overdue)
	}
	return f
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
