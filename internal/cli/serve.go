package cli

import (
	"errors"
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"torhaus/internal/app"
	"torhaus/internal/demo"
)

func serveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Run the portals of the configuration", Args: exactly(0),
		Long: `serve runs all portals of the configuration until it is told to stop (SIGTERM or Ctrl-C); requests under way are finished.

An example of a configuration, with every key explained, is docs/torhaus.example.yaml.`,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			a, c, err := openApp(cmd)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.Close()) }()
			l, err := net.Listen("tcp", c.Listen)
			if err != nil {
				return fmt.Errorf("listen: %w (another program may hold the address; `listen` in the configuration changes it)", err)
			}
			for _, p := range a.Portals {
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", p.Profile.Portal.Name, p.Config.URL)
			}
			return a.Run(cmd.Context(), l, a.Handler())
		},
	}
}

func demoCommand() *cobra.Command {
	var listen string
	var letters int
	cmd := &cobra.Command{
		Use: "demo", Short: "Try the portals with demo people, a post room and a clock", Args: exactly(0),
		Long: `demo runs the demo portals on this machine only, with people to log in as, a post room that shows their letters and e-mails,
and a clock to move forward. Open http://localhost:8080 in a browser. Nothing is kept after it ends.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demo.Run(cmd.Context(), demo.Options{Listen: listen, Letters: letters, Out: cmd.OutOrStdout(), Log: newLog(cmd.ErrOrStderr(), demo.Log)})
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8080", "loopback address to listen on; port 0 picks a free one")
	cmd.Flags().IntVar(&letters, "letters", 0, "letters that are printed in a day before two people have to release more (default: as the profile says)")
	return cmd
}

func doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Check configuration, keys, database, mail, print hand-over", Args: exactly(0),
		Long: `doctor looks at everything that the portals need and says what is wrong and how to mend it. It changes nothing but the
tables of a database that an older Torhaus wrote, which it brings up to date as serve would.`,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			a, _, err := openApp(cmd)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.Close()) }()
			faults := 0
			for _, p := range a.Portals {
				for _, f := range p.Examine(cmd.Context()) {
					if f.Fault != nil {
						faults++
					}
					report(cmd, p, f)
				}
			}
			if faults > 0 {
				return fmt.Errorf("%d of the parts above need mending", faults)
			}
			return nil
		},
	}
}

func report(cmd *cobra.Command, p *app.Portal, f app.Finding) {
	if f.Fault == nil {
		fmt.Fprintf(cmd.OutOrStdout(), "ok    %s %-9s %s\n", p.Profile.Key, f.Part, f.Note)
		return
	}
	fmt.Fprintf(cmd.OutOrStdout(), "FAULT %s %-9s %v\n      %s\n", p.Profile.Key, f.Part, f.Fault, f.Mend)
}
