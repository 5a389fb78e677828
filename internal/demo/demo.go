package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"torhaus/internal/app"
	"torhaus/internal/config"
	"torhaus/internal/letter"
	"torhaus/internal/mail/mailsink"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

// Log is how the demo logs: what goes wrong, readable.
var Log = config.Log{Level: slog.LevelWarn, Format: config.Text}

// Options are the demo's settings.
type Options struct {
	Listen  string // loopback address; port 0 picks a free one
	Letters int    // that are printed in a day before two people have to release more; 0 leaves it to the profile
	Out     io.Writer
	Log     *slog.Logger
}

// Run serves the demo until the context ends.
func Run(ctx context.Context, o Options) (err error) {
	l, err := listen(o.Listen)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "torhaus-demo-")
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	h := &house{clock: &clock{}, folder: folder, port: strconv.Itoa(l.Addr().(*net.TCPAddr).Port), letters: o.Letters}
	defer func() { err = errors.Join(err, h.close()) }()
	if err := h.open(ctx, o.Log); err != nil {
		return errors.Join(err, l.Close())
	}
	handler, err := h.handler()
	if err != nil {
		return errors.Join(err, l.Close())
	}
	fmt.Fprintf(o.Out, "ready %s\n", h.entrance())
	return h.app.Run(ctx, l, handler)
}

// listen opens the address if it is on the loopback: a demo shows passwords and opens everybody's post.
func listen(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("--listen: %w; write it as 127.0.0.1:8080", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("--listen %s: the demo listens on the loopback only, since it shows passwords; use 127.0.0.1", address)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%w; another program may hold the port: try --listen 127.0.0.1:0", err)
	}
	return l, nil
}

// house is a running demo.
type house struct {
	clock  *clock
	folder string
	port   string
	app    *app.App
	people map[string][]*person // by portal
	staff  map[string][]*person // likewise, the body's own
	post   postRoom

	letters int // see Options

	drawers []drawer // hard tokens as things, by portal
}

func (h *house) entrance() string          { return "http://localhost:" + h.port }
func (h *house) address(key string) string { return "http://" + key + ".localhost:" + h.port }

// portals are the profiles that the demo shows, with their people.
func portals() map[string][]*person {
	return map[string][]*person{"kvb": kvbPeople(), "bvk": bvkPeople()}
}

// open starts the portals with their post and plays the past of their people.
func (h *house) open(ctx context.Context, log *slog.Logger) error {
	h.people, h.staff = portals(), map[string][]*person{"kvb": kvbStaff(), "bvk": bvkStaff()}
	c := &config.Config{Log: Log}
	for key := range h.people {
		pc, err := h.configure(key)
		if err != nil {
			return err
		}
		c.Portals = append(c.Portals, pc)
	}
	var err error
	h.clock.offset.Store(int64(-past))
	if h.app, err = app.Open(ctx, c, app.Options{Log: log, Offset: h.clock.Offset}); err != nil {
		return err
	}
	for _, p := range h.app.Portals {
		if err := h.play(ctx, p); err != nil {
			return err
		}
	}
	h.clock.offset.Store(0)
	return nil
}

// play makes the people of a portal and plays their past. Devices lie where members are persons.
func (h *house) play(ctx context.Context, p *app.Portal) error {
	d := drawer{portal: p.Profile.Key}
	if p.Profile.HasPeople() {
		if err := found(ctx, p); err != nil {
			return err
		}
	} else {
		d = drawerOf(p.Profile.Key, time.Now())
		h.drawers = append(h.drawers, d)
		if err := d.stock(ctx, p); err != nil {
			return err
		}
	}
	made := errors.Join(seed(ctx, p, d, h.people[p.Profile.Key]), hire(ctx, p, h.staff[p.Profile.Key]))
	if made != nil || p.Profile.HasPeople() {
		return made
	}
	return importRegister(ctx, p)
}

// configure lays out the folder of one portal, starts its mail server, and opens its print centre.
func (h *house) configure(key string) (c config.Portal, err error) {
	dir := filepath.Join(h.folder, key)
	c = config.Portal{
		Profile: key, Database: "sqlite:" + filepath.Join(dir, "portal.db"), Keys: filepath.Join(dir, "keys.json"),
		Spool: filepath.Join(dir, "spool"), AuditHeads: filepath.Join(dir, "audit-heads"),
	}
	if c.URL, err = url.Parse(h.address(key)); err != nil {
		return c, err
	}
	if err := errors.Join(os.MkdirAll(c.Spool, 0o700), os.MkdirAll(c.AuditHeads, 0o700)); err != nil {
		return c, err
	}
	if h.letters > 0 {
		if c.Profile, err = fewerLetters(key, dir, h.letters); err != nil {
			return c, err
		}
	}
	centre, err := openPrintCentre(&c, key)
	if err != nil {
		return c, err
	}
	sink, err := mailsink.Start("127.0.0.1:0", mailsink.WithClock(h.clock.Now))
	if err != nil {
		return c, err
	}
	h.post.boxes = append(h.post.boxes, box{portal: key, letters: centre, sink: sink})
	c.SMTP, err = smtpOf(sink)
	return c, err
}

var releaseAbove = regexp.MustCompile(`(?m)^(  release-above: )\d+`)

// fewerLetters writes a profile that prints fewer letters in a day before more have to be released, and gives its path.
func fewerLetters(key, dir string, letters int) (string, error) {
	p, err := profile.Embedded(key)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "profile.yaml")
	return path, os.WriteFile(path, releaseAbove.ReplaceAll(p.Source(), fmt.Appendf(nil, "${1}%d", letters)), 0o600)
}

// openPrintCentre makes the portal's keys and those of its print centre, which opens the portal's letters.
func openPrintCentre(c *config.Portal, key string) (letter.Collector, error) {
	keys := secret.NewKeyset(time.Now())
	if err := keys.Save(c.Keys); err != nil {
		return letter.Collector{}, err
	}
	signers, err := keys.VerifierKeys(secret.Letters, key)
	if err != nil {
		return letter.Collector{}, err
	}
	identity, centre, err := letter.NewIdentity()
	if err != nil {
		return letter.Collector{}, err
	}
	c.PrintCentre = centre.String()
	return letter.Collector{Dir: c.Spool, Identity: identity, Keys: signers}, nil
}

// smtpOf tells a portal how to reach the mail server of its demo.
func smtpOf(sink *mailsink.Sink) (config.SMTP, error) {
	host, port, err := net.SplitHostPort(sink.Addr())
	if err != nil {
		return config.SMTP{}, err
	}
	number, err := strconv.Atoi(port)
	return config.SMTP{Host: host, Port: number, TLS: config.TLSNone, Timeout: 10 * time.Second}, err
}

func (h *house) close() error {
	var err error
	if h.app != nil {
		err = h.app.Close()
	}
	for _, b := range h.post.boxes {
		err = errors.Join(err, b.sink.Close())
	}
	return err
}

// handler sends requests for the entrance's host to the entrance and all others to the portals.
func (h *house) handler() (http.Handler, error) {
	entrance, err := newEntrance(h)
	if err != nil {
		return nil, err
	}
	portals := h.app.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host, _, err := net.SplitHostPort(r.Host); err == nil && (host == "localhost" || host == "127.0.0.1") {
			entrance.ServeHTTP(w, r)
			return
		}
		portals.ServeHTTP(w, r)
	}), nil
}
