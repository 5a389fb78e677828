// Package cli has the commands of torhaus. Each command reads its flags, reaches the portals through package app, and says the
// next step with every error.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"torhaus/internal/app"
	"torhaus/internal/config"
)

// Version is set when the program is built.
var Version = "unversioned"

// The exit codes.
const (
	exitOK    = 0
	exitError = 1 // the command could not do its work, or found something wrong
	exitUsage = 2 // the command was called wrongly
)

// configVariable names the environment variable for the configuration file.
const configVariable = "TORHAUS_CONFIG"

const defaultConfig = "/etc/torhaus/torhaus.yaml"

// errUsage marks errors of calling a command, as opposed to those of carrying it out.
type errUsage struct{ error }

// Run carries out a command line and gives the exit code.
func Run(ctx context.Context, args []string, out, errOut io.Writer) int {
	root := rootCommand(out, errOut)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(errOut, "torhaus:", err)
	if _, usage := errors.AsType[errUsage](err); usage {
		return exitUsage
	}
	return exitError
}

func rootCommand(out, errOut io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "torhaus",
		Short: "Member portal for statutory bodies",
		Long: `Torhaus is a member portal for statutory bodies: a letter proves who a member is, a token lets the member in.

Try it with "torhaus demo". To run it: write a configuration (see "torhaus serve --help"), make keys with
"torhaus keys new", check everything with "torhaus doctor", bring in the members with "torhaus member import", and start with
"torhaus serve".`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noSuchCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetOut(out)
	root.SetErr(errOut)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return errUsage{fmt.Errorf("%w; see `%s --help`", err, cmd.CommandPath())}
	})
	root.PersistentFlags().StringP("config", "c", "", "configuration file (default: $"+configVariable+", then "+defaultConfig+")")
	root.AddCommand(serveCommand(), demoCommand(), doctorCommand(), memberCommand(), organisationCommand(), tokenCommand(), staffCommand(), profileCommand(), auditCommand(), letterCommand(),
		keysCommand(), versionCommand())
	return root
}

// noSuchCommand answers a command group that is called with a word it does not know.
func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return errUsage{fmt.Errorf("there is no command %q; see `%s --help`", args[0], cmd.CommandPath())}
}

// group makes a command that only holds others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	g := &cobra.Command{Use: use, Short: short, Args: noSuchCommand, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	g.AddCommand(commands...)
	return g
}

// exactly asks for a number of arguments and says how the command is called otherwise.
func exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return errUsage{fmt.Errorf("call it as `%s`", cmd.UseLine())}
		}
		return nil
	}
}

func readConfig(cmd *cobra.Command) (*config.Config, error) {
	path, err := cmd.Flags().GetString("config")
	if err != nil {
		return nil, err
	}
	if path == "" {
		path = os.Getenv(configVariable)
	}
	if path == "" {
		path = defaultConfig
	}
	c, err := config.Load(path, os.Getenv)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("there is no configuration at %s; name one with --config, or start from docs/torhaus.example.yaml", path)
	}
	return c, err
}

// openApp reads the configuration and opens its portals.
func openApp(cmd *cobra.Command) (*app.App, *config.Config, error) {
	c, err := readConfig(cmd)
	if err != nil {
		return nil, nil, err
	}
	a, err := app.Open(cmd.Context(), c, app.Options{Log: newLog(cmd.ErrOrStderr(), c.Log), Version: Version})
	return a, c, err
}

func newLog(w io.Writer, c config.Log) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.Level}
	if c.Format == config.JSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "torhaus", Version)
			return err
		},
	}
}
