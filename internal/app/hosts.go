package app

import (
	"net/http"
	"strings"
)

// Handler sends each request to the portal of its host. Other names of a portal lead to its address; a name that belongs to
// none gets an answer that tells nothing.
func (a *App) Handler() http.Handler {
	byHost := map[string]http.Handler{}
	for _, p := range a.Portals {
		home := strings.ToLower(p.Config.URL.Host)
		for _, name := range p.Config.Hosts {
			byHost[strings.ToLower(name)] = redirectTo(p.Config.URL.String())
		}
		byHost[home] = p.handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler, ok := byHost[strings.ToLower(r.Host)]
		if !ok {
			http.Error(w, "Unter diesem Namen gibt es hier kein Portal.", http.StatusMisdirectedRequest)
			return
		}
		handler.ServeHTTP(w, r)
	})
}

func redirectTo(base string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, strings.TrimSuffix(base, "/")+r.URL.EscapedPath(), http.StatusPermanentRedirect)
	})
}
