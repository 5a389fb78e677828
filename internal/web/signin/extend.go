package signin

import (
	"fmt"
	"io"
	"net/http"

	"torhaus/internal/account"
	"torhaus/internal/login"
	"torhaus/internal/web/page"
)

// Extend tells how long the session lasts now: asking has extended it already, within its total limit. A script gets four lines
// of plain text: the seconds left, whether that is final, the line for the head of the page, and the sentence to be said. A
// browser without scripts goes to its start page.
func (d Door) Extend(w http.ResponseWriter, r *page.Request) error {
	if r.Header.Get("Accept") != "text/plain" {
		start := r.Paths().Start
		if r.Visit.Session.Level != login.TwoFactor && r.Realm() == account.Member && r.Visit.Session.Role == "" {
			start = page.Tokens
		}
		r.Redirect(w, start)
		return nil
	}
	v := r.Visit
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := io.WriteString(w, fmt.Sprintf("%d\n%t\n%s\n%s",
		int64(v.Until.Sub(v.Now.Time).Seconds()), v.Final, r.Text.T("page.until", r.Text.Clock(v.Until)), r.Text.T("page.session.extended")))
	return err
}
