package mail

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"

	"torhaus/internal/calendar"
	"torhaus/internal/job"
	"torhaus/internal/profile"
)

// Courier carries out the jobs of this package: it writes the e-mail and hands it to the mail server.
type Courier struct {
	// Now tells the portal's time, by which an e-mail may be too late to be sent. Nil means that none is.
	Now func(context.Context) (calendar.Moment, error)

	profile   *profile.Profile
	portalURL string
	settings  Settings
	texts     map[string]text // by kind of job
	closing   text
}

// NewCourier makes the courier of a portal. PortalURL is where its members enter; it stands in the e-mails. A kind of e-mail
// without a text or a subject, or with a text that cannot be printed, is an error, so that no deed is done whose e-mail could
// not be written.
func NewCourier(p *profile.Profile, portalURL string, s Settings) (*Courier, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if err := checkPortalURL(portalURL); err != nil {
		return nil, err
	}
	c := &Courier{profile: p, portalURL: portalURL, settings: s, texts: map[string]text{}}
	if _, err := usable(Address{Email: p.Mail.From}); err != nil {
		return nil, fmt.Errorf("profile %s: mail.from: %w", p.Key, err)
	}
	if err := c.loadTexts(); err != nil {
		return nil, fmt.Errorf("profile %s: %w", p.Key, err)
	}
	return c, nil
}

func checkPortalURL(portalURL string) error {
	u, err := url.Parse(portalURL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%q is not the plain address of a portal, such as https://portal.example", portalURL)
	}
	return nil
}

// loadTexts reads all texts and tries each.
func (c *Courier) loadTexts() (err error) {
	if c.closing, err = loadText("closing"); err != nil {
		return err
	}
	for kind, k := range kinds {
		if ofPeople[wordOf(kind)] && !c.profile.HasPeople() {
			continue
		}
		if strings.TrimSpace(c.profile.Subject(wordOf(kind))) == "" {
			return fmt.Errorf("e-mail %s has no subject", wordOf(kind))
		}
		if c.texts[kind], err = loadText(wordOf(kind)); err != nil {
			return err
		}
		if _, err = c.write(k.empty); err != nil {
			return fmt.Errorf("e-mail %s: %w", wordOf(kind), err)
		}
	}
	return nil
}

// Handlers gives the handler of every kind of e-mail. A server that is away is tried for two days, as is usual for mail
// (RFC 5321, 4.5.4.1 asks for a few days).
func (c *Courier) Handlers() map[string]job.Handler {
	policy := job.Policy{
		Try:    2*c.settings.Timeout + 5*time.Second, // connecting, handing over, and the rest
		First:  10 * time.Second,
		Most:   30 * time.Minute,
		GiveUp: 48 * time.Hour,
	}
	handlers := map[string]job.Handler{}
	for kind := range kinds {
		handlers[kind] = job.Handler{Do: c.Handle, Policy: policy}
	}
	return handlers
}

// Handle sends the e-mail of a job. Tried again, it sends the same bytes with the same Message-ID, so that a mail that did
// arrive is known as a copy. The error is permanent when the server refused the recipient or the mail for good.
func (c *Courier) Handle(ctx context.Context, j job.Job) error {
	k, known := kinds[j.Kind]
	if !known {
		return job.Permanent(fmt.Errorf("%q is no kind of e-mail", j.Kind))
	}
	m, err := k.decode(j.Payload.Reveal())
	if err != nil {
		return job.Permanent(err)
	}
	if err := c.inTime(ctx, m); err != nil {
		return err
	}
	envelope, err := c.compose(m, j)
	if err != nil {
		return job.Permanent(err)
	}
	return c.settings.send(ctx, envelope)
}

// inTime refuses an e-mail whose time has passed while the mail server was away.
func (c *Courier) inTime(ctx context.Context, m message) error {
	e, ok := m.(expiring)
	if !ok || c.Now == nil {
		return nil
	}
	now, err := c.Now(ctx)
	if err != nil {
		return err
	}
	if !now.Before(e.expires()) {
		return job.Permanent(errors.New("it is too late to send this e-mail: what it says is not valid any more"))
	}
	return nil
}

// content is what an e-mail says.
type content struct {
	subject, plain, html string
}

// write fills in the text of a message.
func (c *Courier) write(m message) (content, error) {
	s := sheet{Mail: m, Profile: c.profile, PortalURL: c.portalURL}
	body, err := c.texts[m.JobKind()].print(s)
	if err != nil {
		return content{}, err
	}
	closing, err := c.closing.print(s)
	if err != nil {
		return content{}, err
	}
	body = append(body, closing...)
	page := htmlPage{
		Subject: oneLine(c.profile.Subject(wordOf(m.JobKind()))),
		Body:    c.profile.Body.Name,
		Colour:  c.profile.Portal.Colour,
	}
	html, err := body.html(page, map[string]string{
		c.portalURL:             c.portalURL,
		c.profile.Support.Email: "mailto:" + c.profile.Support.Email,
	})
	return content{subject: page.Subject, plain: body.plain(), html: html}, err
}

// compose makes the e-mail of a job. Everything in it depends on the job alone: its date is the job's, its Message-ID and
// boundary are made from the job's id.
func (c *Courier) compose(m message, j job.Job) (*gomail.Msg, error) {
	to, err := usable(m.recipient())
	if err != nil {
		return nil, err
	}
	from, err := usable(Address{Name: c.profile.Mail.FromName, Email: c.profile.Mail.From})
	if err != nil {
		return nil, err
	}
	written, err := c.write(m)
	if err != nil {
		return nil, err
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	out := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithBoundary("torhaus-"+j.ID))
	out.FromMailAddress(from)
	out.ToMailAddress(to)
	out.Subject(written.subject)
	out.SetDateWithValue(j.Created.In(calendar.Berlin()))
	out.SetMessageIDWithValue(c.profile.Key + "." + j.ID + "@" + domain)
	out.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834, 5
	out.SetGenHeader("X-Auto-Response-Suppress", "All")  // the same for Exchange
	out.SetGenHeader("Content-Language", "de")           // RFC 3282
	out.SetBodyString(gomail.TypeTextPlain, written.plain)
	out.AddAlternativeString(gomail.TypeTextHTML, written.html)
	return out, nil
}

var errUnusable = errors.New("the e-mail address is not usable")

// usable gives an address as it may stand in a header and an envelope: one mailbox and nothing beside it, its domain in
// ASCII (RFC 5891). The error does not repeat the address.
func usable(a Address) (*netmail.Address, error) {
	parsed, err := netmail.ParseAddress(a.Email)
	if err != nil || parsed.Address != a.Email {
		return nil, errUnusable
	}
	local, domain, _ := strings.Cut(a.Email, "@")
	if domain, err = idna.Lookup.ToASCII(domain); err != nil {
		return nil, errUnusable
	}
	return &netmail.Address{Name: a.Name, Address: local + "@" + domain}, nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
