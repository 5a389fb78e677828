package page

import (
	"net/http"
	"slices"
	"strings"

	"torhaus/internal/login"
)

// Everybody is the right of pages that anybody may see.
const Everybody login.Right = ""

// Handler answers one request: it shows a page or redirects, or it gives back an error and has written nothing.
type Handler func(http.ResponseWriter, *Request) error

// Route is one thing that can be asked of the portal, and the right that it takes.
type Route struct {
	Method string
	Path   string // pattern of http.ServeMux, without the method
	Right  login.Right
	Most   int64 // bytes of the file that it takes, see Upload; 0 for all others
	Serve  Handler
}

// Get makes the route of a page.
func Get(path string, right login.Right, serve Handler) Route {
	return Route{Method: http.MethodGet, Path: path, Right: right, Serve: serve}
}

// Post makes the route of a form.
func Post(path string, right login.Right, serve Handler) Route {
	return Route{Method: http.MethodPost, Path: path, Right: right, Serve: serve}
}

// house is a portal with its doors.
type house struct {
	kit    *Kit
	mux    *http.ServeMux // knows the patterns; serves nothing itself
	routes map[string]map[string]Route
}

// Handler serves the portal with the given routes.
func (k *Kit) Handler(routes []Route) http.Handler {
	h := &house{kit: k, mux: http.NewServeMux(), routes: map[string]map[string]Route{}}
	for _, route := range routes {
		if h.routes[route.Path] == nil {
			h.routes[route.Path] = map[string]Route{}
			h.mux.Handle(route.Path, http.NotFoundHandler())
		}
		h.routes[route.Path][route.Method] = route
	}
	return h
}

// serve finds the route and carries it out. All that a page could forget is asked here.
func (h *house) serve(w http.ResponseWriter, r *Request) error {
	if !strings.EqualFold(r.Host, h.kit.Base.Host) {
		return refusal{status: http.StatusMisdirectedRequest}
	}
	if r.choosesLanguage(w) {
		return nil
	}
	if err := r.lookUp(); err != nil {
		return err
	}
	if err := h.kit.origin.Check(r.Request); err != nil {
		return refusal{status: http.StatusForbidden, cause: err}
	}
	route, err := h.find(r)
	if err != nil {
		return err
	}
	if err := r.admit(route.Right); err != nil {
		return err
	}
	if r.Method == http.MethodHead && route.Right != Everybody {
		return nil // it would be admitted; some pages can be seen only once, and this is not seeing
	}
	if route.Most > 0 {
		return h.serveUpload(w, r, route)
	}
	if r.Method == http.MethodPost {
		if err := r.readForm(w); err != nil {
			return err
		}
	}
	return route.Serve(w, r)
}

// find gives the route of a request.
func (h *house) find(r *Request) (Route, error) {
	if !isLocalPath(r.URL.Path) || r.URL.RawPath != "" {
		return Route{}, refusal{status: http.StatusNotFound}
	}
	_, r.route = h.mux.Handler(&http.Request{Method: http.MethodGet, URL: r.URL})
	methods, ok := h.routes[r.route]
	if !ok {
		return Route{}, refusal{status: http.StatusNotFound}
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	route, ok := methods[method]
	if !ok {
		return Route{}, refusal{status: http.StatusMethodNotAllowed, allow: allowed(methods)}
	}
	setPathValues(r.Request, route.Path)
	return route, nil
}

func allowed(methods map[string]Route) string {
	var names []string
	for name := range methods {
		names = append(names, name)
		if name == http.MethodGet {
			names = append(names, http.MethodHead)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// setPathValues reads the wildcards of a pattern, {serial}, out of the path, as http.ServeMux does when it serves itself.
func setPathValues(r *http.Request, pattern string) {
	parts := strings.Split(r.URL.Path, "/")
	for i, part := range strings.Split(pattern, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok && i < len(parts) {
			r.SetPathValue(strings.TrimSuffix(name, "}"), parts[i])
		}
	}
}
