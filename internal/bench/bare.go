package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/login"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/text"
	"torhaus/internal/token"
	"torhaus/internal/web"
	members "torhaus/internal/web/member"
	"torhaus/internal/web/page"
)

// serveBare is the role of the bare handler: net/http and the portal's own templates, executed for a member whose data lie
// ready. It looks up no session, asks no database, picks no route, checks no origin and writes no log.
func serveBare(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("bare: the address to listen on")
	}
	handler, err := bareHandler(ctx)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", args[0])
	if err != nil {
		return err
	}
	s := &http.Server{Handler: handler, ReadHeaderTimeout: answerWithin}
	go func() {
		<-ctx.Done()
		_ = s.Close()
	}()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// bareHandler shows the measured pages.
func bareHandler(ctx context.Context) (http.Handler, error) {
	rules, err := profile.Embedded("kvb")
	if err != nil {
		return nil, err
	}
	kit, err := bareKit(rules)
	if err != nil {
		return nil, err
	}
	door := members.Door{Tokens: &token.Service{Store: readyHolding{}, Rules: token.RulesOf(rules)}}
	pages := map[string]page.Handler{startPage: door.Start, "/token": door.Overview}
	mux := http.NewServeMux()
	for _, path := range measured {
		asked, err := requestOf(ctx, kit, path)
		if err != nil {
			return nil, err
		}
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			if err := pages[path](w, asked); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		})
	}
	return mux, nil
}

func bareKit(rules *profile.Profile) (*page.Kit, error) {
	texts, err := text.Load(web.Texts()...)
	if err != nil {
		return nil, err
	}
	return page.New(page.Deps{
		Profile: rules, Texts: texts, Keys: secret.NewKeyset(time.Now()), Sessions: readySession{},
		Base: &url.URL{Scheme: "http", Host: portalHost}, Log: slog.New(slog.DiscardHandler),
	})
}

// requestOf gives a member's request for a page as the kit hands it to a door. A page only reads it, so it serves for all.
func requestOf(ctx context.Context, kit *page.Kit, path string) (asked *page.Request, err error) {
	handler := kit.Handler([]page.Route{page.Get(path, login.EnterPortal, func(_ http.ResponseWriter, r *page.Request) error {
		asked = r
		return nil
	})})
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://"+portalHost+path, nil)
	r.AddCookie(&http.Cookie{Name: "torhaus", Value: "ready"})
	r.Header.Set("Accept-Language", "de")
	handler.ServeHTTP(httptest.NewRecorder(), r)
	if asked == nil {
		return nil, fmt.Errorf("the kit admits nobody to %s", path)
	}
	return asked, nil
}

// readySession finds everybody logged in.
type readySession struct{ page.Sessions }

// Visit gives a session with both factors.
func (readySession) Visit(context.Context, secret.Text) (login.Visit, error) {
	now := time.Now()
	return login.Visit{
		Session: login.Session{Level: login.TwoFactor, Created: now, Seen: now, PasswordAt: now, FactorAt: now, Previous: now},
		Account: someone.account(), Now: calendar.Moment{Time: now, Wall: now}, Until: now.Add(30 * time.Minute),
	}, nil
}

// readyHolding has one token for everybody.
type readyHolding struct{ token.Store }

// Holding gives an active token that has been used.
func (readyHolding) Holding(context.Context, account.ID) (token.Holding, calendar.Moment, error) {
	now := time.Now()
	held := someone.token(now)
	held.LastUsed = now
	return token.Holding{Owner: someone.account(), Tokens: []token.Token{held}}, calendar.Moment{Time: now, Wall: now}, nil
}
