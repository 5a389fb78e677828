package app

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/config"
	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/letter"
	"torhaus/internal/login"
	"torhaus/internal/mail"
	"torhaus/internal/mailroom"
	"torhaus/internal/organisation"
	"torhaus/internal/oversight"
	"torhaus/internal/password"
	"torhaus/internal/profile"
	"torhaus/internal/register"
	"torhaus/internal/secret"
	"torhaus/internal/staff"
	"torhaus/internal/store"
	"torhaus/internal/text"
	"torhaus/internal/token"
	"torhaus/internal/upload"
	"torhaus/internal/web"
	"torhaus/internal/zone"
)

// Portal is one body's installation: its rules, its database, its keys, its doors and its jobs.
type Portal struct {
	Profile *profile.Profile
	Config  config.Portal
	Tokens  *token.Service
	Logins  *login.Service
	Members *register.Service
	Stock   *token.StockService
	Staff   *staff.Service
	Deeds   *desk.DeedService
	Imports *desk.ImportService
	Letters letter.Store

	Organisations *organisation.Service

	Mailroom *mailroom.Service

	Oversight *oversight.Service

	keys    *secret.Keyset
	db      *store.DB
	jobs    *job.Runner
	courier *mail.Courier
	heads   *audit.Keeper
	tally   tally
	print   *letter.Printer // nil where letters go into the spool folder
	handler http.Handler
}

// Options are what the demo and tests set differently.
type Options struct {
	Log     *slog.Logger
	Offset  func() time.Duration // shift of the portals' clock; nil in earnest
	Version string               // of the program, for those who watch it

	proxies zone.Proxies // from the configuration
	limits  limits       // of the servers and the clockwork; the usual ones if zero
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
	p = &Portal{Profile: rules, Config: c, keys: keys, tally: tally{}, jobs: &job.Runner{Log: log, Workers: workers}}
	p.db, err = store.Open(ctx, c.DatabaseAddress().Reveal(), store.Options{Keys: keys, Offset: o.Offset, Wake: p.jobs.Wake})
	if err != nil {
		return nil, err
	}
	p.Letters = p.db
	p.Mailroom = &mailroom.Service{Store: p.db, Watch: letter.WatchOf(rules)}
	p.Members = &register.Service{Store: p.db}
	p.Stock = &token.StockService{Store: p.db, Rules: token.RulesOf(rules)}
	p.Tokens = &token.Service{
		Store: p.db, Keys: keys, Rules: token.RulesOf(rules), Paper: letter.Setting{Profile: rules, Portal: c.URL.String()},
	}
	p.Logins = &login.Service{Store: p.db, Keys: keys, Hasher: hasher, Rules: login.RulesOf(rules), Tally: login.NewTally()}
	p.Staff = &staff.Service{Store: p.db, Keys: keys, Logins: p.Logins, Tokens: p.Tokens, Rules: staff.RulesOf(rules)}
	p.Deeds = &desk.DeedService{Store: p.db, Tokens: p.Tokens, Rules: desk.RulesOf(rules)}
	p.Organisations = &organisation.Service{Store: p.db, Keys: keys, Rules: organisation.RulesOf(rules)}
	p.Imports = &desk.ImportService{Store: p.db, Members: p.Members, Uploads: &upload.Service{Store: p.db}}
	p.openOversight()
	if err := errors.Join(p.openPost(log), p.openHeads(log), p.openDoors(keys, log, o.proxies)); err != nil {
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
	p.courier.Now = p.db.Now
	way, err := p.handOver(log)
	if err != nil {
		return err
	}
	office := letter.Office{Setting: letter.Setting{Profile: p.Profile, Portal: address}, Store: p.db, Log: log, Way: way}
	p.jobs.Store = p.db
	p.jobs.Handlers = p.courier.Handlers()
	maps.Copy(p.jobs.Handlers, office.Handlers())
	maps.Copy(p.jobs.Handlers, p.Logins.Handlers())
	maps.Copy(p.jobs.Handlers, p.Deeds.Handlers())
	maps.Copy(p.jobs.Handlers, p.Imports.Handlers())
	maps.Copy(p.jobs.Handlers, p.Mailroom.Handlers())
	maps.Copy(p.jobs.Handlers, p.Oversight.Handlers())
	maps.Copy(p.jobs.Handlers, p.Organisations.Handlers())
	p.jobs.Handlers[tidy{}.JobKind()] = p.tidyHandler()
	p.jobs.Handlers[batteries{}.JobKind()] = p.batteryHandler()
	p.jobs.Handlers = p.tally.counted(p.jobs.Handlers)
	return nil
}

func mailSettings(c config.SMTP) mail.Settings {
	return mail.Settings{Host: c.Host, Port: c.Port, TLS: mail.Encryption(c.TLS), User: c.User, Password: c.Password, Timeout: c.Timeout}
}

func (p *Portal) openDoors(keys *secret.Keyset, log *slog.Logger, proxies zone.Proxies) error {
	texts, err := text.Load(web.Texts()...)
	if err != nil {
		return err
	}
	p.handler, err = web.Handler(web.Deps{
		Profile: p.Profile, Texts: texts, Keys: keys, Log: log, Base: p.Config.URL, Login: p.Logins, Tokens: p.Tokens, Staff: p.Staff, Oversight: p.Oversight,
		Accounts: &account.Service{Store: p.db, Keys: keys, Rules: account.RulesOf(p.Profile)},
		Desk:     &desk.Service{Store: p.db, Logins: p.Logins, Rules: desk.RulesOf(p.Profile)},
		Deeds:    p.Deeds,

		Organisations: p.Organisations, Directory: p.db,

		Imports:  p.Imports,
		Mailroom: p.Mailroom, Uploads: &upload.Service{Store: p.db}, Stock: p.Stock,
		Address: func(r *http.Request) string { return proxies.Visitor(r.RemoteAddr, r.Header["X-Forwarded-For"]) },
	})
	return err
}

func (p *Portal) close() error { return p.db.Close() }

// CreateStaff adds one of the body's own people with a password and roles that count.
func (p *Portal) CreateStaff(ctx context.Context, a account.Account, typed secret.Text, roles ...account.Role) error {
	hash, err := p.Logins.Hasher.Hash(ctx, typed)
	if err != nil {
		return err
	}
	return p.db.CreateStaff(ctx, a, hash, roles)
}

// CreateOrganisation adds a member that is an organisation.
func (p *Portal) CreateOrganisation(ctx context.Context, o organisation.Organisation) error {
	return p.db.CreateOrganisation(ctx, o)
}

// CreatePerson adds somebody who acts for organisations, with a personal password, as one who has logged in there before.
func (p *Portal) CreatePerson(ctx context.Context, a account.Account, typed secret.Text, places ...organisation.ID) error {
	if err := p.CreateMember(ctx, a, typed); err != nil {
		return err
	}
	if a.Role == account.DataCentre {
		return p.createCentre(ctx, a)
	}
	for _, place := range places {
		err := p.db.ChangeTeam(ctx, place, func(_ organisation.Team, now calendar.Moment) (organisation.Change, error) {
			m := organisation.Membership{Account: a, State: organisation.Active, Created: now.Time, Changed: now.Time}
			return organisation.Change{New: []organisation.Membership{m}}, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// createCentre makes somebody with an account one of a data centre that was released.
func (p *Portal) createCentre(ctx context.Context, a account.Account) error {
	now, err := p.db.Now(ctx)
	if err != nil {
		return err
	}
	return p.db.CreateCentre(ctx, organisation.Centre{
		Account: a, Name: a.Address.Extra, Approval: "RZ-0001", State: organisation.Active, Created: now.Time, Changed: now.Time,
	})
}

// CreateMember adds a member with a personal password.
func (p *Portal) CreateMember(ctx context.Context, a account.Account, typed secret.Text) error {
	hash, err := p.Logins.Hasher.Hash(ctx, typed)
	if err != nil {
		return err
	}
	return p.db.CreateAccount(ctx, a, hash)
}
