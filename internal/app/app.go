package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"

	"torhaus/internal/config"
	"torhaus/internal/password"
	"torhaus/internal/zone"
)

// App is the running program: its portals behind one listener.
type App struct {
	Portals []*Portal
	config  *config.Config
	options Options
	hasher  *password.Hasher // one for all: the machine's cores and memory are shared
}

// Open opens the portals of a configuration. A portal that cannot be opened stops the start.
func Open(ctx context.Context, c *config.Config, o Options) (*App, error) {
	var err error
	if o.proxies, err = zone.ParseProxies(c.Proxies); err != nil {
		return nil, err
	}
	o.limits = cmp.Or(o.limits, usual)
	a := &App{config: c, options: o, hasher: password.NewHasher()}
	for _, pc := range c.Portals {
		p, err := openPortal(ctx, pc, a.hasher, o)
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

// Run serves the handler on the listener, carries out the portals' jobs and keeps their audit heads until the context ends;
// then it lets requests and jobs under way finish, and signs the last heads.
func (a *App) Run(ctx context.Context, l net.Listener, handler http.Handler) error {
	parts := []func(context.Context) error{func(ctx context.Context) error { return a.serve(ctx, l, handler, a.config.TLS) }}
	if a.config.Metrics != "" {
		watched, err := net.Listen("tcp", a.config.Metrics)
		if err != nil {
			return errors.Join(fmt.Errorf("metrics: %w (another program may hold the address; `metrics` in the configuration changes it)", err), l.Close())
		}
		parts = append(parts, func(ctx context.Context) error { return a.serve(ctx, watched, a.WatchHandler(), config.TLS{}) })
	}
	for _, p := range a.Portals {
		parts = append(parts, p.run, p.keepHeads(a.options.limits))
	}
	return errors.Join(together(ctx, parts), a.lastHeads(ctx))
}

// together runs parts until the context ends; the first that ends takes the others with it.
func together(ctx context.Context, parts []func(context.Context) error) (err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, len(parts))
	for _, part := range parts {
		go func() { ended <- part(ctx) }()
	}
	for range parts {
		err = errors.Join(err, <-ended)
		stop()
	}
	return err
}
