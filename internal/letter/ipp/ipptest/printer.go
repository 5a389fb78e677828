// Package ipptest gives tests a real printer: ippeveprinter of CUPS, a program that is not ours, with a D-Bus of its own, without
// which it does not start.
package ipptest

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// Printer is a running printer.
type Printer struct {
	URL *url.URL
	Dir string // where it keeps what it printed
	t   testing.TB
	end func()
}

// New starts a printer that ends with the test. The command is run for each job, with the path of the document; the printer takes the
// next job when it has ended.
func New(t testing.TB, command string) *Printer {
	t.Helper()
	dir, err := os.MkdirTemp("", "ipp") // short: the path of a socket is bounded
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	bus := "unix:path=" + filepath.Join(dir, "bus")
	start(t, nil, "dbus-daemon", "--session", "--nofork", "--nopidfile", "--address="+bus)
	waitFor(t, "the D-Bus", func() bool { _, err := os.Stat(filepath.Join(dir, "bus")); return err == nil })
	p := &Printer{Dir: filepath.Join(dir, "spool"), t: t}
	if err := os.Mkdir(p.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	p.URL = &url.URL{Scheme: "ipp", Host: fmt.Sprintf("localhost:%d", port), Path: "/ipp/print"}
	args := []string{"-p", fmt.Sprint(port), "-n", "localhost", "-r", "off", "-f", "application/pdf", "-k", "-d", p.Dir, "-c", command, "Torhaus"}
	p.end = start(t, []string{"DBUS_SYSTEM_BUS_ADDRESS=" + bus}, "ippeveprinter", args...)
	waitFor(t, "the printer", func() bool {
		c, err := net.DialTimeout("tcp", p.URL.Host, time.Second)
		return err == nil && c.Close() == nil
	})
	return p
}

// End switches the printer off.
func (p *Printer) End() { p.end() }

// Printed gives what the printer keeps of its jobs: the PDFs, in the order of their names.
func (p *Printer) Printed() (documents [][]byte) {
	p.t.Helper()
	paths, err := filepath.Glob(filepath.Join(p.Dir, "*.pdf"))
	if err != nil {
		p.t.Fatal(err)
	}
	slices.Sort(paths)
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			p.t.Fatal(err)
		}
		documents = append(documents, b)
	}
	return documents
}

// start runs a program until the test ends.
func start(t testing.TB, env []string, name string, args ...string) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatalf("%s: %v (scripts/install-test-deps installs it)", name, err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // it is killed
		close(ended)
	}()
	end = func() {
		cancel()
		<-ended
	}
	t.Cleanup(end)
	return end
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// waitFor looks again and again until something is there.
func waitFor(t testing.TB, what string, there func() bool) {
	t.Helper()
	end := time.Now().Add(20 * time.Second)
	for !there() {
		if time.Now().After(end) {
			t.Fatalf("%s does not start", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
