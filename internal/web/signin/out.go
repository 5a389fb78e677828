package signin

import (
	"net/http"

	"torhaus/internal/web/page"
)

var outView = page.NewView[outPage](files, "out.html")

type outPage struct {
	page.Base
	Closed bool // the visitor has closed the own access for good
}

// Leave ends the session.
func (d Door) Leave(w http.ResponseWriter, r *page.Request) error {
	if r.Visit != nil {
		if err := d.Login.Leave(r.Context(), r.Visit.Session); err != nil {
			return err
		}
	}
	r.Leave(w)
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`) // not the cookies: the mark of this browser stays
	r.Redirect(w, r.Paths().SignOut)
	return nil
}

// Left confirms that nobody is logged in any more.
func (d Door) Left(w http.ResponseWriter, r *page.Request) error {
	if r.Visit != nil {
		r.Redirect(w, page.Home)
		return nil
	}
	return outView.Show(w, r, outPage{Closed: r.Param(page.ClosedParam) != "" && r.Profile().HasPeople()})
}
