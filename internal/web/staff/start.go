package staff

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"torhaus/internal/web/page"
)

var startView = page.NewView[startPage](files, "start.html")

// startPage greets, and shows what waits for whoever is logged in.
type startPage struct {
	page.Base
	Notices []page.Notice // urgent ones first, then in the order of the navigation
}

// Start is the first page of the console.
func (d Door) Start(w http.ResponseWriter, r *page.Request) error {
	var p startPage
	own := func(_ context.Context, r *page.Request) ([]page.Notice, error) { return d.waiting(r) }
	for _, source := range append(slices.Clone(d.Notices), own) {
		found, err := source(r.Context(), r)
		if err != nil {
			return err
		}
		for _, n := range found {
			if n.Count > 0 {
				p.Notices = append(p.Notices, n)
			}
		}
	}
	slices.SortStableFunc(p.Notices, func(a, b page.Notice) int { return cmp.Compare(rank(a), rank(b)) })
	return startView.Show(w, r, p)
}

func rank(n page.Notice) int {
	if n.Urgent {
		return 0
	}
	return 1
}
