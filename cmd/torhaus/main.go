// Command torhaus is a member portal for statutory bodies: letters prove people, tokens let them in.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"torhaus/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
