package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"syscall"
	"time"

	"torhaus/internal/cli"
)

// server is a program that runs in a process of its own.
type server struct {
	address string
	pid     int
	cold    time.Duration // from the start of the process to its first answer
	log     *os.File
	process *exec.Cmd
	ended   chan error
}

// firstAnswerWithin is how long a server may take to answer at all.
const firstAnswerWithin = 20 * time.Second

// startPortal starts the program that is measured and waits for its login page. The part names the profile, if one is wanted.
func (b *bench) startPortal(ctx context.Context, part string) (*server, error) {
	argv := []string{b.binary, "serve", "--config", b.house.config}
	if b.profile != "" && part != "" {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		argv = []string{self, "profiled", filepath.Join(b.profile, part+".pprof"), b.house.config}
	}
	return startServer(ctx, b.house.path("serve.log"), b.house.address, "/anmelden", argv)
}

// serveProfiled is the role of the real program with a profile of its CPU.
func serveProfiled(ctx context.Context, args []string) (err error) {
	if len(args) != 2 {
		return errors.New("profiled: a file for the profile and a configuration")
	}
	f, err := os.Create(args[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	if code := cli.Run(ctx, []string{"serve", "--config", args[1]}, os.Stdout, os.Stderr); code != 0 {
		return fmt.Errorf("serve ended with %d", code)
	}
	return nil
}

// startServer starts a program and waits until it answers at a path. Its log goes to a file, as it would in earnest.
func startServer(ctx context.Context, log, address, path string, argv []string) (s *server, err error) {
	s = &server{address: address, ended: make(chan error, 1)}
	if s.log, err = os.OpenFile(log, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600); err != nil {
		return nil, err
	}
	s.process = exec.CommandContext(ctx, argv[0], argv[1:]...)
	s.process.Stderr = s.log
	s.process.Cancel = func() error { return s.process.Process.Signal(syscall.SIGTERM) }
	s.process.WaitDelay = firstAnswerWithin
	begun := time.Now()
	if err := s.process.Start(); err != nil {
		return nil, errors.Join(err, s.log.Close())
	}
	s.pid = s.process.Process.Pid
	go func() { s.ended <- s.process.Wait() }()
	if err := s.waitForAnswer(path); err != nil {
		said, _ := os.ReadFile(log)
		return nil, errors.Join(fmt.Errorf("%s does not answer: %w\n%s", argv[0], err, said), s.stop())
	}
	s.cold = time.Since(begun)
	return s, nil
}

// waitForAnswer asks again and again, since nothing tells when a program listens.
func (s *server) waitForAnswer(path string) error {
	often := time.NewTicker(time.Millisecond)
	defer often.Stop()
	deadline := time.After(firstAnswerWithin)
	b := newBrowser(s.address, 0)
	defer b.close()
	for {
		_, err := b.expect(200, "GET", path, nil)
		if err == nil {
			return nil
		}
		select {
		case ended := <-s.ended:
			s.ended <- ended
			return fmt.Errorf("it ended: %w", errors.Join(ended, err))
		case <-deadline:
			return err
		case <-often.C:
		}
	}
}

// stop asks the program to end and waits until it has.
func (s *server) stop() error {
	defer func() { _ = s.log.Close() }()
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return <-s.ended
}
