package records

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/oversight"
	"torhaus/internal/text"
	"torhaus/internal/web/page"
)

const formField = "form"

// answerIn is how long an export may take for its next portion; the server's own limit is for whole pages.
const answerIn = time.Minute

// words names deeds and columns in an export.
type words struct{ text.Printer }

// Deed names a kind of record.
func (w words) Deed(k oversight.Kind) string { return deedName(w.Printer, k) }

// Columns gives the heads of the columns.
func (w words) Columns() []string {
	var heads []string
	for _, key := range []string{
		"records.export.column.number", "records.export.column.time", "records.export.column.deed", "records.export.column.kind",
		"records.export.column.actor", "records.export.column.actor-name", "records.export.column.account", "records.export.column.account-name",
		"records.export.column.token", "records.export.column.order", "records.export.column.letter", "records.export.column.session",
		"records.export.column.reason",
	} {
		heads = append(heads, w.T(key))
	}
	return heads
}

// Export sends the records of a filter as a file. What goes wrong after its first byte breaks the connection, so that browsers do not
// take half a file for a whole one.
func (d Door) Export(w http.ResponseWriter, r *page.Request) error {
	form := oversight.Form(r.Form.Value(formField))
	kind, known := map[oversight.Form]string{oversight.CSV: "text/csv", oversight.JSONLines: "application/jsonl"}[form]
	if !known {
		form, kind = oversight.CSV, "text/csv"
	}
	file := &download{w: w, kind: kind, name: fmt.Sprintf("protokoll-%s.%s", calendar.DateOf(r.Visit.Now.Time), form)}
	f := filterOf(r.Form.Value)
	err := d.Oversight.Export(r.Context(), f, form, reader(r), words{r.Text}, file, file.flush)
	if err != nil && file.begun {
		file.abort()
	}
	return err
}

// download is a file on its way to a browser. Its headers go out with its first byte: until then an error can be shown as a page.
type download struct {
	w          http.ResponseWriter
	kind, name string
	begun      bool
}

var _ io.Writer = (*download)(nil)

// Write sends a part of the file.
func (f *download) Write(b []byte) (int, error) {
	if !f.begun {
		f.begun = true
		header := f.w.Header()
		header.Set("Content-Type", f.kind+"; charset=utf-8")
		header.Set("Content-Disposition", `attachment; filename="`+f.name+`"`)
		f.w.WriteHeader(http.StatusOK)
	}
	return f.w.Write(b)
}

// flush sends what is written, and gives the next portion its time.
func (f *download) flush() error {
	c := http.NewResponseController(f.w)
	_ = c.Flush() // a writer that cannot, sends when it is full
	_ = c.SetWriteDeadline(time.Now().Add(answerIn))
	return nil
}

// abort ends the connection.
func (f *download) abort() { panic(http.ErrAbortHandler) }
