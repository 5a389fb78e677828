package main

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"torhaus/internal/cli"
	"torhaus/internal/mail/mailsink"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"torhaus": func() { os.Exit(cli.Run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

// TestCommands runs testdata/script: what an operator types and sees.
func TestCommands(t *testing.T) {
	sink, err := mailsink.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sink.Close(); err != nil {
			t.Error(err)
		}
	})
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("SMTP", sink.Addr()[len("127.0.0.1:"):])
			return nil
		},
	})
}
