// Command bench measures what a portal costs: it starts the real program with a database of its own, drives it as members
// would, and compares with what the same run shows to be the least possible. docs/performance.md explains the figures.
//
// It owns the figures and their goals. It judges ratios within one run, since the machine's speed is not its subject; what
// other programs take from the cores meanwhile is seen, and the figure marked. It is linked into no portal.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// The exit codes.
const (
	exitOK     = 0
	exitBreach = 1 // a goal was missed by more than the slack, on a quiet machine
	exitError  = 2 // nothing could be measured
)

// options are what the command line says.
type options struct {
	binary  string        // the program to measure
	json    string        // file for the figures; none if empty
	only    []string      // parts to measure; all if empty
	profile string        // folder for profiles of the program's CPU; none if empty
	users   int           // members in the database
	step    time.Duration // how long a step loads the portal
	tries   int           // how many times as long a step may become where something disturbs it
}

// parts are all that can be measured, in order.
var parts = []struct {
	name    string
	measure func(context.Context, *bench) error
}{
	{"login", measureLogins},
	{"page", measurePages},
	{"start", measureStarts},
	{"letter", measureLetters},
}

// roles are what this program plays in a process of its own, so that the system counts its CPU apart.
var roles = map[string]func(ctx context.Context, args []string) error{"bare": serveBare, "profiled": serveProfiled}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code, err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	os.Exit(code)
}

func run(ctx context.Context, args []string, out, progress io.Writer) (code int, err error) {
	if len(args) > 0 {
		if play, ok := roles[args[0]]; ok {
			if err := play(ctx, args[1:]); err != nil {
				return exitError, err
			}
			return exitOK, nil
		}
	}
	o, err := readOptions(args)
	if err != nil {
		return exitError, err
	}
	r, err := measure(ctx, o, progress)
	if err != nil {
		return exitError, err
	}
	r.print(out)
	if err := r.save(o.json); err != nil {
		return exitError, err
	}
	if missed := r.breaches(); len(missed) > 0 {
		return exitBreach, errors.New("missed by more than a fifth: " + strings.Join(missed, "; "))
	}
	return exitOK, nil
}

func readOptions(args []string) (o options, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&o.binary, "binary", "bin/torhaus", "the `program` to measure")
	flags.StringVar(&o.json, "json", "", "write the figures into this `file` too")
	flags.StringVar(&o.profile, "profile", "", "write profiles of the program's CPU into this `folder`; costs a little itself")
	flags.IntVar(&o.users, "users", 2000, "members in the database")
	flags.DurationVar(&o.step, "step", 8*time.Second, "how long a step loads the portal")
	flags.IntVar(&o.tries, "tries", 3, "how many times as long a step may become where something disturbs it")
	flags.Func("only", "measure these `parts` only: login,page,start,letter", func(list string) error {
		o.only = strings.Split(list, ",")
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.users < 100 || o.step < time.Second || o.tries < 1 || flags.NArg() > 0 {
		return o, errors.New("at least 100 users, one second and one try; nothing behind the flags")
	}
	return o, nil
}

// bench is one run.
type bench struct {
	options
	house    *house
	report   *report
	progress io.Writer
}

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.progress, "bench: "+format+"\n", args...)
}

// measure takes all figures that are wanted.
func measure(ctx context.Context, o options, progress io.Writer) (r *report, err error) {
	b := &bench{options: o, report: newReport(), progress: progress}
	b.say("seeding %d members", o.users)
	if b.house, err = newHouse(ctx, o.users); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.house.close()) }()
	for _, part := range parts {
		if len(o.only) > 0 && !slices.Contains(o.only, part.name) {
			continue
		}
		if err := part.measure(ctx, b); err != nil {
			return nil, fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return b.report, nil
}
