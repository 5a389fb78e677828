package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/mail/mailsink"
	"torhaus/internal/password"
	"torhaus/internal/secret"
	"torhaus/internal/store"
	"torhaus/internal/token"
)

// portalHost is the name by which browsers know the portal.
const portalHost = "kvb.localhost"

// house is an installation in a temporary folder, as an operator would make one: configuration, keys, SQLite database, spool
// folder, mail server.
type house struct {
	dir     string
	config  string // path of the configuration
	address string // that the portal will listen on
	sink    *mailsink.Sink
	desk    *desk
}

func newHouse(ctx context.Context, members int) (h *house, err error) {
	h = &house{desk: newDesk(members)}
	if h.dir, err = os.MkdirTemp("", "torhaus-bench-*"); err != nil {
		return nil, err
	}
	if err := h.furnish(ctx, members); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

func (h *house) furnish(ctx context.Context, members int) (err error) {
	if h.sink, err = mailsink.Start("127.0.0.1:0"); err != nil {
		return err
	}
	if h.address, err = freeAddress(); err != nil {
		return err
	}
	if err := errors.Join(os.Mkdir(h.path("spool"), 0o700), os.Mkdir(h.path("audit-heads"), 0o700)); err != nil {
		return err
	}
	if err := h.writeConfig(); err != nil {
		return err
	}
	keys := secret.NewKeyset(time.Now())
	if err := keys.Save(h.path("keys.json")); err != nil {
		return err
	}
	db, err := store.Open(ctx, "sqlite:"+h.path("portal.db"), store.Options{Keys: keys})
	if err != nil {
		return err
	}
	return errors.Join(seedMembers(ctx, db, members), db.Close())
}

func (h *house) path(name string) string { return filepath.Join(h.dir, name) }

func (h *house) writeConfig() error {
	_, port, err := net.SplitHostPort(h.sink.Addr())
	if err != nil {
		return err
	}
	h.config = h.path("torhaus.yaml")
	return os.WriteFile(h.config, fmt.Appendf(nil, `listen: %s
portals:
  - profile: kvb
    url: http://%s
    database: sqlite:portal.db
    keys: keys.json
    spool: spool
    print-centre-key: none
    audit-heads: audit-heads
    smtp: {host: 127.0.0.1, port: %s, tls: none}
`, h.address, portalHost, port), 0o600)
}

// freeAddress finds a port of the loopback that nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// seedMembers adds the members, each with an active token.
func seedMembers(ctx context.Context, db *store.DB, members int) error {
	hash, err := password.NewHasher().Hash(ctx, sharedPassword)
	if err != nil {
		return err
	}
	for m := member(1); int(m) <= members; m++ {
		if err := db.CreateAccount(ctx, m.account(), hash); err != nil {
			return err
		}
		err := db.ChangeHolding(ctx, m.account().ID, func(_ token.Holding, now calendar.Moment) (token.Change, error) {
			made := m.token(now.Time)
			return token.Change{NewTokens: []token.Token{made}, Secrets: []token.ID{made.ID}}, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (h *house) close() error {
	var err error
	if h.sink != nil {
		err = h.sink.Close()
	}
	return errors.Join(err, os.RemoveAll(h.dir))
}
