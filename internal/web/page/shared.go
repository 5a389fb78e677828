package page

import "net/http"

// Shared are the files of the design system for pages that belong to no portal, such as the entrance of the demo.
type Shared struct{ files *assets }

// SharedFiles gives them. It fails like CheckAssets.
func SharedFiles() (Shared, error) {
	files, err := shared()
	return Shared{files}, err
}

// Asset gives the address of a file.
func (s Shared) Asset(name string) string { return s.files.address(name) }

// Serve answers if a file was asked for that exists.
func (s Shared) Serve(w http.ResponseWriter, r *http.Request) bool { return s.files.serve(w, r) }
