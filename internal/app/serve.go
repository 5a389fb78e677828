package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"torhaus/internal/config"
)

// limits are what the servers and the clockwork go by. Only tests have others than the usual.
type limits struct {
	header time.Duration // from the first byte of a request to the end of its header
	body   time.Duration // to the end of its body
	answer time.Duration // to the end of the answer
	idle   time.Duration // between two requests of a connection
	drain  time.Duration // for requests under way when the program ends

	heads      time.Duration // between two signed audit heads
	headsAgain time.Duration // after a failure
	check      time.Duration // for finding out whether the portals are ready
}

// A header is small and comes at once; bodies are forms; answers are pages.
var usual = limits{
	header: 10 * time.Second, body: 30 * time.Second, answer: 60 * time.Second, idle: 2 * time.Minute, drain: 10 * time.Second,
	heads: time.Minute, headsAgain: 5 * time.Second, check: 2 * time.Second,
}

// maxHeader bounds a request's line and headers, in bytes. Beyond it (and 4 KiB of slack that net/http adds) the answer is 431.
const maxHeader = 32 << 10

// serve answers on a listener until the context ends; then requests under way may finish, and what does not finish in time is
// cut off.
func (a *App) serve(ctx context.Context, l net.Listener, handler http.Handler, tls config.TLS) error {
	m := a.options.limits
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: m.header, ReadTimeout: m.body, WriteTimeout: m.answer, IdleTimeout: m.idle,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(a.options.Log.Handler(), slog.LevelDebug),
	}
	drained := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(drained)
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), m.drain)
		defer cancel()
		if server.Shutdown(drain) != nil {
			_ = server.Close()
		}
	})
	var err error
	if tls.Certificate != "" {
		err = server.ServeTLS(l, tls.Certificate, tls.Key)
	} else {
		err = server.Serve(l)
	}
	if !stop() {
		<-drained
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve: %w", err)
}
