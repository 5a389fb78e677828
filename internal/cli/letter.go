package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"torhaus/internal/letter"
	"torhaus/internal/secret"
)

func letterCommand() *cobra.Command {
	return group("letter", "Confirm what was posted; open letters as the print centre does", confirmCommand(), openCommand(), keyCommand(secret.Letters,
		"Print the public keys that letters are signed with",
		`key prints the public keys under which the portals sign the manifests of their letters, the newest first. They are no secret.
The print centre needs them to tell the portal's letters from others: give them to it by a way that you trust.`))
}

// opening is a call of letter open.
type opening struct {
	identity, out string
	signers       []string
}

func openCommand() *cobra.Command {
	var o opening
	cmd := &cobra.Command{
		Use: "open --identity FILE --signer KEY --out FOLDER SPOOL", Short: "Check and open the letters of a spool folder", Args: exactly(1),
		Long: `open checks the letters in the folder SPOOL against the portal's public key, opens them with the print centre's private key, and
writes each as <id>.pdf into FOLDER. The letters in the spool folder stay there. What is not signed by the portal, or does not
open, is named, and the status is 1.

The print centre's key is made by "torhaus keys print-centre new", the portal's is printed by "torhaus letter key".
docs/operate.md says how to do the same with age and openssl.`,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, args[0]) },
	}
	cmd.Flags().StringVar(&o.identity, "identity", "", "file with the print centre's private key; not needed for letters that are not sealed")
	cmd.Flags().StringArrayVar(&o.signers, "signer", nil, "public key of the portal; may be given several times")
	cmd.Flags().StringVar(&o.out, "out", "", "folder for the opened letters, which must exist")
	return cmd
}

func (o opening) run(cmd *cobra.Command, spool string) error {
	if o.out == "" || len(o.signers) == 0 {
		return errUsage{errors.New("name the folder for the letters with --out, and the portal's public key with --signer (`torhaus letter key` prints it)")}
	}
	c := letter.Collector{Dir: spool, Keys: o.signers}
	var err error
	if o.identity != "" {
		if c.Identity, err = letter.LoadIdentity(o.identity); err != nil {
			return err
		}
	}
	list, err := c.List()
	bad := []error{err}
	for _, m := range list {
		if err := o.open(c, m); err != nil {
			bad = append(bad, err)
			continue
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s.pdf  %s  %d pages  %s\n", m.ID, m.Kind, m.Pages, strings.Join(m.Recipient, ", "))
	}
	return errors.Join(bad...)
}

func (o opening) open(c letter.Collector, m letter.Manifest) error {
	pdf, err := c.PDF(m.ID)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(o.out, m.ID+".pdf"), pdf, 0o600)
}

func printCentreCommand() *cobra.Command {
	return group("print-centre", "Make keys of a print centre", &cobra.Command{
		Use: "new FILE", Short: "Make a new key of a print centre", Args: exactly(1),
		Long: `new makes a key for the print centre and writes its private half to FILE, which must not exist. The private half belongs to the
print centre alone: with it, letters are opened. The public half, which is printed, goes into the portal's configuration; letters
are sealed to it. A print centre that has age can make its key with age-keygen as well.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			identity, centre, err := letter.NewIdentity()
			if err != nil {
				return err
			}
			if err := identity.Save(args[0], centre, time.Now()); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "private half, for the print centre only: %s\npublic half, for the portal's configuration:\n    print-centre-key: %s\n", args[0], centre)
			return err
		},
	})
}
