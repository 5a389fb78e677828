package app

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"net/http"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/config"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/mail"
	"torhaus/internal/password"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/store"
	"torhaus/internal/text"
	"torhaus/internal/token"
	"torhaus/internal/web"
)

// Portal is one body's installation: its rules, its database, its keys, its doors and its jobs.
type Portal struct {
	Profile *profile.Profile
	Config  config.Portal
	Tokens  *token.Service
	Logins  *login.Service
	Letters letter.Store

	db      *store.DB
	jobs    *job.Runner
	courier *mail.Courier
	handler http.Handler
}

// Options are what the demo and tests set differently.
type Options struct {
	Log    *slog.Logger
	Offset func() time.Duration // shift of the portals' clock; nil in earnest
}

// workers is the number of jobs that one portal carries out at a time in one process.
const workers = 4

func openPortal(ctx context.Context, c config.Portal, hasher *password.Hasher, o Options) (p *Portal, err error) {
	defer fault.Wrap(&err, "portal %s", c.Profile)
	rules, err := profile.Find(c.Profile)
	if err != nil {
		return nil, err
	}
	keys, err := secret.LoadKeyset(c.Keys)
	if err != nil {
		return nil, err
	}
	log := o.Log.With("portal", rules.Key)
	p = &Portal{Profile: rules, Config: c, jobs: &job.Runner{Log: log, Workers: workers}}
	p.db, err = store.Open(ctx, c.DatabaseAddress().Reveal(), store.Options{Keys: keys, Offset: o.Offset, Wake: p.jobs.Wake})
	if err != nil {
		return nil, err
	}
	p.Letters = p.db
	p.Tokens = &token.Service{Store: p.db, Keys: keys, Rules: token.RulesOf(rules)}
	p.Logins = &login.Service{Store: p.db, Keys: keys, Hasher: hasher, Rules: login.RulesOf(rules)}
	if err := errors.Join(p.openPost(log), p.openDoors(keys, log)); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// openPost sets up what goes out: letters and e-mails.
func (p *Portal) openPost(log *slog.Logger) (err error) {
	address := p.Config.URL.String()
	p.courier, err = mail.NewCourier(p.Profile, address, mailSettings(p.Config.SMTP))
	if err != nil {
		return err
	}
	office := letter.Office{
		Setting: letter.Setting{Profile: p.Profile, Portal: address}, Store: p.db, Spool: letter.Spool{Dir: p.Config.Spool}, Log: log,
	}
	p.jobs.Store = p.db
	p.jobs.Handlers = p.courier.Handlers()
	maps.Copy(p.jobs.Handlers, office.Handlers())
	p.jobs.Handlers[tidy{}.JobKind()] = p.tidyHandler()
	return nil
}

func mailSettings(c config.SMTP) mail.Settings {
	return mail.Settings{Host: c.Host, Port: c.Port, TLS: mail.Encryption(c.TLS), User: c.User, Password: c.Password, Timeout: c.Timeout}
}

func (p *Portal) openDoors(keys *secret.Keyset, log *slog.Logger) error {
	texts, err := text.Load(web.Texts()...)
	if err != nil {
		return err
	}
	p.handler, err = web.Handler(web.Deps{
		Profile: p.Profile, Texts: texts, Keys: keys, Log: log, Base: p.Config.URL, Login: p.Logins, Tokens: p.Tokens,
	})
	return err
}

func (p *Portal) close() error { return p.db.Close() }

// CreateMember adds a member with a personal password.
func (p *Portal) CreateMember(ctx context.Context, a account.Account, typed secret.Text) error {
	hash, err := p.Logins.Hasher.Hash(ctx, typed)
	if err != nil {
		return err
	}
	return p.db.CreateAccount(ctx, a, hash)
}

// Audit gives the audit chain up to its head.
func (p *Portal) Audit(ctx context.Context) (iter.Seq2[audit.Record, error], audit.Head, error) {
	head, err := p.db.AuditHead(ctx)
	if err != nil {
		return nil, audit.Head{}, fmt.Errorf("portal %s: %w", p.Profile.Key, err)
	}
	return p.db.AuditRecords(ctx, head.Seq), head, nil
}
