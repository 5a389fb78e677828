package cli

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"torhaus/internal/app"
	"torhaus/internal/register"
)

const organisationHelp = `import reads the body's list of the organisations that are its members, and brings those of a portal up to it: who is new is
added, who has changed is changed. It is a dry run: it says for every row that is not unchanged what would happen. With --apply it
happens, all of it or, if a single row is refused, nothing. The same file a second time changes nothing. Organisations that are not in
the file stay as they are, and so do their people.

FILE is CSV with a header, separated by semicolons or commas, or JSON: an array of objects, or one object a line. UTF-8, with or
without BOM, and Windows-1252 are recognised. It holds at most 20,000 organisations, with these columns, in any order:

  number       in the register; decides which one is meant and never changes. Letters, digits, and . / - between them
  name
  extra        a line below the name, such as a department; may be empty
  street       or Postfach
  postcode     five digits
  town
  email        one address, of the management; may be empty

Letters with one-time passwords go to the address in this list. People register in the portal, with the number in this list.

The status is 0 when no row is refused, 1 when one is or the import failed.`

func organisationCommand() *cobra.Command {
	var flags importFlags
	imports := &cobra.Command{
		Use: "import FILE", Short: "Add and change organisations as the body's list says", Args: exactly(1), Long: organisationHelp,
		Example: `  torhaus organisation import list.csv           # says what would happen
  torhaus organisation import list.csv --apply   # does it`,
		RunE: func(cmd *cobra.Command, args []string) error { return importOrganisations(cmd, args[0], flags) },
	}
	imports.Flags().BoolVar(&flags.apply, "apply", false, "carry it out; without, nothing is written")
	imports.Flags().StringVar(&flags.portal, "portal", "", "key of the portal's profile; needed where the configuration has several")
	imports.Flags().StringVar(&flags.format, "format", "", "csv or json (default: as the file's name ends)")
	return group("organisation", "Import the organisations that are members", imports)
}

func importOrganisations(cmd *cobra.Command, path string, flags importFlags) error {
	read := func(p *app.Portal, f *os.File, o register.Options) (register.Summary, error) {
		if !p.Profile.HasPeople() {
			return register.Summary{}, errUsage{errors.New("the members of this portal are persons: call `torhaus member import`")}
		}
		return p.Organisations.Import(cmd.Context(), f, o)
	}
	return importFile(cmd, path, flags, "organisation is", "organisations are", read)
}
