// Package mailsink is a small SMTP server that keeps what it receives: the post room of the demo and the far end of tests.
//
// It listens on the loopback only, delivers nothing anywhere, and forgets the oldest mail when it holds a thousand. A mail
// that comes again with the same Message-ID is the same mail: a sender repeats what it could not know to have arrived.
package mailsink

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

const (
	keep           = 1000
	maxBytes       = 256 << 10
	maxRecipients  = 20
	commandTimeout = time.Minute
)

// Sink is a running server. Its methods may be called at the same time.
type Sink struct {
	server   *smtp.Server
	listener net.Listener
	now      func() time.Time
	user     string // who must log in; empty: nobody
	pass     string
	ended    chan error

	mu      sync.Mutex
	mails   []Mail        // oldest first
	count   int           // mails ever kept
	arrived chan struct{} // closed at the next arrival
}

// Option changes a sink before it starts.
type Option func(*Sink)

// WithClock makes the sink note the time of arrival by this clock.
func WithClock(now func() time.Time) Option { return func(s *Sink) { s.now = now } }

// WithSTARTTLS makes the sink offer STARTTLS with this configuration.
func WithSTARTTLS(config *tls.Config) Option { return func(s *Sink) { s.server.TLSConfig = config } }

// WithLogin makes the sink take mail only after AUTH PLAIN as this user, and only over TLS.
func WithLogin(user, password string) Option {
	return func(s *Sink) { s.user, s.pass = user, password }
}

// Start listens on a loopback address such as "127.0.0.1:0" and serves until Close.
func Start(addr string, options ...Option) (*Sink, error) {
	s := &Sink{now: time.Now, ended: make(chan error, 1), arrived: make(chan struct{})}
	s.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{sink: s}, nil }))
	s.server.Domain = "mailsink.localhost"
	s.server.MaxMessageBytes = maxBytes
	s.server.MaxRecipients = maxRecipients
	s.server.ReadTimeout = commandTimeout
	s.server.WriteTimeout = commandTimeout
	s.server.EnableSMTPUTF8 = true
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	for _, option := range options {
		option(s)
	}
	listener, err := listen(addr)
	if err != nil {
		return nil, err
	}
	s.listener = listener
	go func() { s.ended <- s.server.Serve(listener) }()
	return s, nil
}

// listen opens the address if it is on the loopback: what arrives here is for the eyes of this machine.
func listen(addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("mail sink: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("mail sink: %s is not on the loopback; use 127.0.0.1", addr)
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("mail sink: %w", err)
	}
	return listener, nil
}

// Addr is the address that the sink listens on: "127.0.0.1:2525".
func (s *Sink) Addr() string { return s.listener.Addr().String() }

// Close stops the server and cuts its connections. What arrived can still be read.
func (s *Sink) Close() error {
	if err := s.server.Close(); err != nil {
		return err
	}
	_ = s.listener.Close() // the server does not know it yet when it has hardly started
	return <-s.ended
}

// Mails lists what is kept, newest first.
func (s *Sink) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	mails := slices.Clone(s.mails)
	slices.Reverse(mails)
	return mails
}

// Wait gives the oldest mail that is wanted, as soon as it is there.
func (s *Sink) Wait(ctx context.Context, wanted func(Mail) bool) (Mail, error) {
	for {
		mail, found, arrived := s.find(wanted)
		if found {
			return mail, nil
		}
		select {
		case <-ctx.Done():
			return Mail{}, fmt.Errorf("mail sink: the wanted mail did not arrive: %w", ctx.Err())
		case <-arrived:
		}
	}
}

func (s *Sink) find(wanted func(Mail) bool) (Mail, bool, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.mails {
		if wanted(m) {
			return m, true, nil
		}
	}
	return Mail{}, false, s.arrived
}

// take keeps a mail, or counts it when it is a copy, and tells those who wait.
func (s *Sink) take(m Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() { close(s.arrived); s.arrived = make(chan struct{}) }()
	same := slices.IndexFunc(s.mails, func(old Mail) bool { return m.MessageID != "" && old.MessageID == m.MessageID })
	if same >= 0 {
		s.mails[same].Copies++
		return
	}
	s.count++
	m.ID, m.Copies, m.Received = s.count, 1, s.now()
	s.mails = append(s.mails, m)
	s.mails = slices.Delete(s.mails, 0, max(0, len(s.mails)-keep))
}

// refusal answers a mail that cannot be read.
func refusal(cause error) error {
	return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: cause.Error()}
}
