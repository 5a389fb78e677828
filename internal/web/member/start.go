package member

import (
	"net/http"

	"torhaus/internal/web/page"
)

var startView = page.NewView[startPage](files, "start.html")

type startPage struct{ page.Base }

// Start is the start page of the portal behind both factors (KVB01, KVB07).
func (d Door) Start(w http.ResponseWriter, r *page.Request) error {
	return startView.Show(w, r, startPage{})
}
