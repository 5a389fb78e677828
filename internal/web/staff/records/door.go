// Package records has the pages of the console that look at the whole house: the records of the audit with their verification and
// export, and the figures. It is a thin face of package oversight; the charts are drawn here.
package records

import (
	"context"
	"embed"

	"torhaus/internal/login"
	"torhaus/internal/oversight"
	"torhaus/internal/web/page"
)

// Texts are the texts of this door, and of the faults of package oversight.
//
//go:embed texts.*.yaml
var Texts embed.FS

//go:embed *.html
var files embed.FS

// Door is the face of package oversight.
type Door struct{ Oversight *oversight.Service }

// The addresses of this door.
const (
	trailPath   = page.Console + "/protokoll"
	exportPath  = trailPath + "/export"
	checkPath   = trailPath + "/pruefung"
	figuresPath = page.Console + "/zahlen"
	tablePath   = figuresPath + "/tabelle.csv"
)

// Routes are what can be asked of this door.
func (d Door) Routes() []page.Route {
	return []page.Route{
		page.Get(trailPath, login.SeeAudit, d.Trail),
		page.Post(trailPath, login.SeeAudit, d.Filter),
		page.Post(exportPath, login.ExportAudit, d.Export),
		page.Get(checkPath, login.SeeAudit, d.Checks),
		page.Post(checkPath, login.SeeAudit, d.AskCheck),
		page.Get(figuresPath, login.SeeFigures, d.Figures),
		page.Get(tablePath, login.SeeFigures, d.FiguresTable),
	}
}

// Notices tells of a chain that did not hold when it was last verified.
func (d Door) Notices(ctx context.Context, r *page.Request) ([]page.Notice, error) {
	if !r.May(login.SeeAudit) {
		return nil, nil
	}
	checks, _, err := d.Oversight.Checks(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range checks {
		if c.Outcome == oversight.Broken {
			return []page.Notice{{Title: r.Text.T("records.notice.title"), Count: 1, Text: r.Text.T("records.notice.text", c.Place), Path: checkPath, Urgent: true}}, nil
		}
		if c.Outcome == oversight.Whole {
			break
		}
	}
	return nil, nil
}

// reader gives who looks.
func reader(r *page.Request) oversight.Reader {
	return oversight.Reader{Account: r.Visit.Account.ID, Session: string(r.Visit.Session.ID)}
}
