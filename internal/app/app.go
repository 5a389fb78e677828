package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"torhaus/internal/config"
	"torhaus/internal/password"
)

// App is the running program: its portals behind one listener.
type App struct {
	Portals []*Portal
	config  *config.Config
	options Options
}

// Open opens the portals of a configuration. A portal that cannot be opened stops the start.
func Open(ctx context.Context, c *config.Config, o Options) (*App, error) {
	a := &App{config: c, options: o}
	hasher := password.NewHasher() // one for all: the machine's cores and memory are shared
	for _, pc := range c.Portals {
		p, err := openPortal(ctx, pc, hasher, o)
		if err != nil {
			return nil, errors.Join(err, a.Close())
		}
		a.Portals = append(a.Portals, p)
	}
	return a, nil
}

// Close closes the portals' databases.
func (a *App) Close() error {
	var err error
	for _, p := range a.Portals {
		err = errors.Join(err, p.close())
	}
	return err
}

// Time-outs of the server. A header is small and comes at once; bodies are forms; answers are pages.
const (
	headerWithin = 10 * time.Second
	bodyWithin   = 30 * time.Second
	answerWithin = 60 * time.Second
	idleWithin   = 2 * time.Minute
	drainWithin  = 10 * time.Second
	maxHeader    = 32 << 10
)

// Run serves the handler on the listener and carries out the portals' jobs until the context ends; then it lets requests
// and jobs under way finish.
func (a *App) Run(ctx context.Context, l net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerWithin, ReadTimeout: bodyWithin, WriteTimeout: answerWithin,
		IdleTimeout: idleWithin, MaxHeaderBytes: maxHeader,
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ended := make(chan error, len(a.Portals)+1)
	for _, p := range a.Portals {
		go func() { ended <- p.run(ctx) }()
	}
	go func() { ended <- a.serve(server, l) }()
	go func() {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainWithin)
		defer cancel()
		_ = server.Shutdown(drain) // what does not finish in time is cut off
	}()
	var err error
	for range cap(ended) {
		e := <-ended
		stop(e) // the first part that ends takes the others with it
		err = errors.Join(err, e)
	}
	return err
}

func (a *App) serve(server *http.Server, l net.Listener) error {
	var err error
	if tls := a.config.TLS; tls.Certificate != "" {
		err = server.ServeTLS(l, tls.Certificate, tls.Key)
	} else {
		err = server.Serve(l)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve: %w", err)
}
