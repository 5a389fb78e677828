package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"torhaus/internal/app"
	"torhaus/internal/config"
	"torhaus/internal/secret"
)

func auditCommand() *cobra.Command {
	return group("audit", "Check the audit chain", verifyCommand(), keyCommand(secret.AuditHeads,
		"Print the public keys that audit heads are signed with",
		`key prints the public keys under which the portals sign their audit heads, the newest first. They are no secret. Keep them
where the heads are kept, apart from database and keyset: with them, anybody can check a head.`))
}

func verifyCommand() *cobra.Command {
	var heads, keys []string
	cmd := &cobra.Command{
		Use: "verify", Short: "Check that no audit record was changed, removed or inserted", Args: exactly(0),
		Long: `verify walks the audit chain of every portal of the configuration, compares it with the signed heads in the folder that
audit-heads names, and names the first record that does not hold. It ends with status 1 if there is one.

Heads that were carried elsewhere show more: whoever manages the database cannot have changed those. Name their files or
folders with --heads.`,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			a, _, err := openApp(cmd)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.Close()) }()
			var broken error
			for _, p := range a.Portals {
				broken = errors.Join(broken, verifyPortal(cmd, p, heads, keys))
			}
			return broken
		},
	}
	cmd.Flags().StringArrayVar(&heads, "heads", nil, "further file or folder with signed heads; may be given several times")
	cmd.Flags().StringArrayVar(&keys, "key", nil, "further public key of heads, such as one no longer in the keyset; may be given several times")
	return cmd
}

func verifyPortal(cmd *cobra.Command, p *app.Portal, heads, keys []string) error {
	v, err := p.VerifyAudit(cmd.Context(), heads, keys)
	for _, place := range v.Unfinished {
		fmt.Fprintf(cmd.OutOrStdout(), "portal %s: %s: a head was not finished when the program ended; it is left out\n", p.Profile.Key, place)
	}
	if err != nil {
		return fmt.Errorf("the audit does not hold after %d sound records: %w", v.Records, err)
	}
	vouched := "no signed head vouches for it yet"
	if n := len(v.Signed); n > 0 {
		vouched = fmt.Sprintf("%d signed heads agree, the newest vouches for record %d", n, v.Signed[n-1].Seq)
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "portal %s: %d records, chain whole, head %x; %s\n", p.Profile.Key, v.Records, v.Head.Hash, vouched)
	return err
}

// keyCommand prints public keys of the configured portals, without opening their databases.
func keyCommand(what secret.Signing, short, long string) *cobra.Command {
	return &cobra.Command{
		Use: "key", Short: short, Args: exactly(0), Long: long,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := readConfig(cmd)
			if err != nil {
				return err
			}
			return printKeys(cmd.OutOrStdout(), c, what)
		},
	}
}

func printKeys(w io.Writer, c *config.Config, what secret.Signing) error {
	for _, p := range c.Portals {
		_, keys, err := app.SigningKeys(p, what)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if _, err := fmt.Fprintln(w, key); err != nil {
				return err
			}
		}
	}
	return nil
}
