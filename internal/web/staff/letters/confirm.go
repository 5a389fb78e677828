package letters

import (
	"errors"
	"net/http"

	"torhaus/internal/fault"
	"torhaus/internal/mailroom"
	"torhaus/internal/upload"
	"torhaus/internal/web/page"
)

var (
	confirmView = page.NewView[confirmPage](files, "confirm.html")
	reportView  = page.NewView[reportPage](files, "report.html")
)

const fileField = "datei"

// confirmPage asks for the file of the print centre.
type confirmPage struct{ page.Base }

// AskConfirmation asks for the file with which the print centre says what it posted.
func (d Door) AskConfirmation(w http.ResponseWriter, r *page.Request) error {
	return confirmView.Show(w, r, confirmPage{})
}

// TakeConfirmation keeps the file until it was seen what it would do.
func (d Door) TakeConfirmation(w http.ResponseWriter, r *page.Request) error {
	if r.File == nil {
		return confirmView.Refuse(w, r, confirmPage{}, fault.InvalidField(fileField, "letters.fault.no-file"))
	}
	kept, err := d.Uploads.Keep(r.Context(), upload.Kept{By: r.Visit.Account.ID, Purpose: upload.Letters, Name: r.File.Name}, r.File)
	if err != nil {
		return err
	}
	r.Redirect(w, confirmPath+"/"+string(kept.ID))
	return nil
}

// FileError gives what is wrong with the file's field.
func (p *confirmPage) FileError() string {
	for _, w := range p.Wrongs() {
		if w.Field == fileField {
			return w.Text
		}
	}
	return ""
}

// Columns gives what the file's first line must be.
func (p *confirmPage) Columns() string { return mailroom.LetterColumn + ";" + mailroom.PostedColumn }

// reportPage shows what a file would do, or did.
type reportPage struct {
	page.Base
	File   string
	ID     string
	Report mailroom.Report
}

// CheckConfirmation shows what the file would do.
func (d Door) CheckConfirmation(w http.ResponseWriter, r *page.Request) error {
	return d.confirm(w, r, true)
}

// Confirm carries the file out. What has changed meanwhile is judged anew.
func (d Door) Confirm(w http.ResponseWriter, r *page.Request) error {
	return d.confirm(w, r, false)
}

func (d Door) confirm(w http.ResponseWriter, r *page.Request, dry bool) error {
	f, err := d.Uploads.Open(r.Context(), upload.ID(r.PathValue("upload")), r.Visit.Account.ID, upload.Letters)
	if err != nil {
		return page.Advise(err, toConfirm)
	}
	p := reportPage{File: f.Name, ID: string(f.ID)}
	if p.Report, err = d.Mailroom.Confirm(r.Context(), f, dry, by(r)); err != nil {
		return err
	}
	if p.Report.Done {
		err = d.Uploads.Drop(r.Context(), f)
	}
	return errors.Join(err, reportView.Show(w, r, p))
}

// Facts lists what the file holds.
func (p *reportPage) Facts() []page.Fact {
	list := []page.Fact{p.Fact("letters.report.file", p.File), p.Fact("letters.report.rows", p.T("letters.report.count", p.Report.Rows))}
	if p.Report.AllWrong == 0 {
		list = append(list, p.Fact("letters.report.posted", p.T("letters.report.count", p.Report.Posted)),
			p.Fact("letters.report.unchanged", p.T("letters.report.count", p.Report.Unchanged)))
	}
	if p.Report.Charset != "" {
		list = append(list, p.Fact("letters.report.charset", string(p.Report.Charset)))
	}
	return list
}

// Problem says what is wrong with a row.
func (p *reportPage) Problem(r mailroom.Refusal) string {
	return named(p.Words(), problemNames, r.Problem, r.Args...)
}

// More tells how many refused rows are not shown.
func (p *reportPage) More() int { return p.Report.AllWrong - len(p.Report.Refused) }

// Ready tells whether the file can be carried out and would change something.
func (p *reportPage) Ready() bool {
	return !p.Report.Done && p.Report.AllWrong == 0 && p.Report.Posted > 0
}

// Path gives the address of the page.
func (p *reportPage) Path() string { return confirmPath + "/" + p.ID }
