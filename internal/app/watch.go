package app

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
)

// WatchHandler answers on the listener for those who watch the program: figures for Prometheus, whether the process lives, and
// whether its portals are ready. Nothing of it is answered on the portals' own listener.
func (a *App) WatchHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), a.options.limits.check)
		defer cancel()
		reply(w, http.StatusOK, expositionType, a.metrics(ctx))
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, "text/plain; charset=utf-8", []byte("ok\n"))
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), a.options.limits.check)
		defer cancel()
		status, report := a.readiness(ctx)
		reply(w, status, "text/plain; charset=utf-8", report)
	})
	return mux
}

func reply(w http.ResponseWriter, status int, kind string, content []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(content) // that the watcher has gone meanwhile is no fault of ours
}

// readiness tells whether the portals can do deeds: database, keys and audit. That letters or e-mails wait is no reason to send
// members away.
func (a *App) readiness(ctx context.Context) (status int, report []byte) {
	status = http.StatusOK
	var b bytes.Buffer
	for _, p := range a.Portals {
		for _, part := range []struct {
			name  string
			fault error
		}{
			{"database", p.db.Check(ctx)},
			{"keys", p.db.CheckKeys(ctx)},
			{"audit", p.heads.Status().Fault},
		} {
			if part.fault == nil {
				fmt.Fprintf(&b, "ok    %s %s\n", p.Profile.Key, part.name)
				continue
			}
			status = http.StatusServiceUnavailable
			fmt.Fprintf(&b, "FAULT %s %s: %v\n", p.Profile.Key, part.name, part.fault)
		}
	}
	return status, b.Bytes()
}
