package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"torhaus/internal/app"
	"torhaus/internal/audit"
)

func auditCommand() *cobra.Command {
	verify := &cobra.Command{
		Use: "verify", Short: "Check that no audit record was changed, removed or inserted", Args: exactly(0),
		Long: `verify walks the audit chain of every portal of the configuration and names the first record that does not hold.
It ends with status 1 if there is one.`,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			a, _, err := openApp(cmd)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.Close()) }()
			var broken error
			for _, p := range a.Portals {
				broken = errors.Join(broken, verifyPortal(cmd, p))
			}
			return broken
		},
	}
	return group("audit", "Check the audit chain", verify)
}

func verifyPortal(cmd *cobra.Command, p *app.Portal) error {
	records, head, err := p.Audit(cmd.Context())
	if err != nil {
		return err
	}
	n, err := audit.Verify(records, head)
	if err != nil {
		return fmt.Errorf("portal %s: the audit chain is broken after %d sound records: %w", p.Profile.Key, n, err)
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "portal %s: %d records, chain whole, head %x\n", p.Profile.Key, n, head.Hash)
	return err
}
