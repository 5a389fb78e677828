package mail

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// script is how a mail server of the tests behaves. Answers are by command, and "greeting", "mail" (the end of the data).
// The answer "silence" keeps the connection open and says nothing, "drop" cuts it.
type script struct {
	answers    map[string]string
	extensions []string
	tls        *tls.Config // for STARTTLS, or from the start
	fromStart  bool
}

// server is a mail server that plays a script, one connection at a time or many.
type server struct {
	script
	listener net.Listener

	mu       sync.Mutex
	commands []string // as they came, of all connections
	mails    []string // the data of accepted and refused mails
	silent   chan struct{}
}

const (
	silence = "silence"
	drop    = "drop"
)

// play starts a server; it ends with the test.
func play(t *testing.T, s script) *server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if s.fromStart {
		listener = tls.NewListener(listener, s.tls)
	}
	srv := &server{script: s, listener: listener, silent: make(chan struct{}, 1)}
	var busy sync.WaitGroup
	busy.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			busy.Go(func() { srv.talk(conn) })
		}
	})
	t.Cleanup(func() { _ = listener.Close(); busy.Wait() })
	return srv
}

func (s *server) addr() string { return s.listener.Addr().String() }

// seen tells whether a command came, and how often.
func (s *server) seen(command string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.commands {
		if c == command {
			n++
		}
	}
	return n
}

func (s *server) data() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mails
}

func (s *server) talk(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	r := bufio.NewReader(conn)
	if !s.answer(conn, r, "greeting", "220 test ESMTP") {
		return
	}
	for {
		command, err := readCommand(r)
		if err != nil {
			return
		}
		s.note(command)
		switch {
		case command == "EHLO":
			lines := append([]string{"test"}, s.extensions...)
			for i, l := range lines {
				lines[i] = "250-" + l
			}
			lines[len(lines)-1] = strings.Replace(lines[len(lines)-1], "-", " ", 1)
			if !s.answer(conn, r, command, strings.Join(lines, "\r\n")) {
				return
			}
		case command == "STARTTLS" && s.tls != nil:
			if !s.answer(conn, r, command, "220 go on") {
				return
			}
			conn = tls.Server(conn, s.tls)
			r = bufio.NewReader(conn)
		case command == "DATA":
			if !s.answer(conn, r, command, "354 go on") {
				return
			}
			if s.answers[command] == "" && !s.takeMail(conn, r) {
				return
			}
		case command == "QUIT":
			s.answer(conn, r, command, "221 bye")
			return
		case command == "AUTH":
			if !s.answer(conn, r, command, "235 2.7.0 welcome") {
				return
			}
		default:
			if !s.answer(conn, r, command, "250 2.0.0 fine") {
				return
			}
		}
	}
}

func (s *server) takeMail(conn net.Conn, r *bufio.Reader) bool {
	var mail strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		mail.WriteString(line)
	}
	s.mu.Lock()
	s.mails = append(s.mails, mail.String())
	s.mu.Unlock()
	return s.answer(conn, r, "mail", "250 2.0.0 taken")
}

func (s *server) note(command string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands = append(s.commands, command)
}

// answer gives the script's answer, or the usual one. It is false when the conversation is over.
func (s *server) answer(conn net.Conn, r *bufio.Reader, command, usual string) bool {
	text := s.answers[command]
	switch text {
	case "":
		text = usual
	case drop:
		return false
	case silence:
		s.silent <- struct{}{}
		_, _ = r.ReadByte() // until the other side is gone
		return false
	}
	_, err := fmt.Fprintf(conn, "%s\r\n", text)
	return err == nil && !strings.HasPrefix(text, "421")
}

func readCommand(r *bufio.Reader) (string, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return "", err
	}
	command, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return strings.ToUpper(command), nil
}

// authority is a CA of the tests.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	key := newKey(t)
	cert := sign(t, template, template, key, key)
	a := authority{cert: cert, key: key, pool: x509.NewCertPool()}
	a.pool.AddCert(cert)
	return a
}

// server gives a TLS configuration with a certificate for 127.0.0.1 that ends when given, or what change makes of it.
func (a authority) server(t *testing.T, change func(*x509.Certificate)) *tls.Config {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "mail"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	change(template)
	key := newKey(t)
	cert := sign(t, template, a.cert, key, a.key)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
}

func asIs(*x509.Certificate) {}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, template, parent *x509.Certificate, key, by *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}
