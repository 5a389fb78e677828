package page

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"torhaus/internal/login"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
	"torhaus/internal/text"
)

// Deps are what the kit of one portal is made of.
type Deps struct {
	Profile  *profile.Profile
	Texts    *text.Catalogue
	Keys     *secret.Keyset
	Sessions Sessions
	Log      *slog.Logger
	Base     *url.URL                   // where browsers reach the portal: scheme and host, nothing else
	Address  func(*http.Request) string // network address of a visitor; nil takes the peer's
}

// Sessions finds the live session that a key opens, or gives login.ErrNoSession.
type Sessions interface {
	Visit(ctx context.Context, key secret.Text) (login.Visit, error)
}

// Kit is what the doors of one portal share. It serves many requests at once.
type Kit struct {
	Deps
	assets   *assets
	cookies  cookies
	origin   *http.CrossOriginProtection
	profiles map[string]*profile.Profile // by the language of its words
	pages    sync.Map                    // settledKey → *template.Template, see settle.go
	pause    time.Duration               // that an upload may make
}

// New makes the kit of a portal. It fails where files that browsers need are missing, see CheckAssets.
func New(d Deps) (*Kit, error) {
	if d.Base == nil || d.Base.Host == "" || d.Base.Scheme != "http" && d.Base.Scheme != "https" {
		return nil, errors.New("the portal's address must be http:// or https:// and a host")
	}
	files, err := assetsOf(d.Profile)
	if err != nil {
		return nil, err
	}
	if d.Address == nil {
		d.Address = peer
	}
	d.Log = cmp.Or(d.Log, slog.Default())
	k := &Kit{
		Deps: d, assets: files, cookies: cookiesFor(d.Base), origin: http.NewCrossOriginProtection(), profiles: map[string]*profile.Profile{},
		pause: uploadPause,
	}
	for _, tag := range d.Texts.Languages() {
		k.profiles[tag.String()] = d.Profile.In(tag.String())
	}
	return k, nil
}

// peer gives the network address that a request came from, without the port.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func (k *Kit) https() bool { return k.Base.Scheme == "https" }
