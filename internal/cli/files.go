package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

func keysCommand() *cobra.Command {
	return group("keys", "Make keysets, and keys of print centres", &cobra.Command{
		Use: "new FILE", Short: "Make a new keyset", Args: exactly(1),
		Long: `keys new writes a keyset with one fresh key to FILE, which must not exist. Name the file in the configuration of the portal.
Keep a copy where the database's backups are not: without the keys, tokens and letters in the database cannot be opened,
and with both, they can.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			set := secret.NewKeyset(time.Now())
			if err := set.Save(args[0]); err != nil {
				return err
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "keyset with key %s written to %s; keep a copy in a safe place, apart from the database\n",
				strings.Join(set.IDs(), ", "), args[0])
			return err
		},
	}, printCentreCommand())
}

func profileCommand() *cobra.Command {
	show := &cobra.Command{
		Use: "show NAME", Short: "Print a profile with its comments", Args: exactly(1),
		Long: "show prints the profile NAME (" + strings.Join(profile.Names(), ", ") + `), or the one in the file NAME, with its comments. Use it as the start of
your own: torhaus profile show kvb > own.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := profile.Find(args[0])
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(p.Source())
			return err
		},
	}
	check := &cobra.Command{
		Use: "check FILE", Short: "Check a profile", Args: exactly(1),
		Long: "check reads the profile in FILE and names everything that is wrong with it: line, key, and what is accepted.",
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := profile.Find(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is a sound profile: %s (%s)\n", args[0], p.Portal.Name, p.Body.Name)
			return err
		},
	}
	return group("profile", "Show and check profiles, the rules of a portal", show, check)
}
