package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"torhaus/internal/app"
	"torhaus/internal/fault"
	"torhaus/internal/register"
)

const importHelp = `import reads an export of the body's register and brings the members of a portal up to it: who is new gets an account, who has
changed is changed. It is a dry run: it says for every row that is not unchanged what would happen. With --apply it happens, all of
it or, if a single row is refused, nothing. The same file a second time changes nothing. Members who are not in the file stay as
they are.

FILE is CSV with a header, separated by semicolons or commas, or JSON: an array of objects, or one object a line. UTF-8, with or
without BOM, and Windows-1252 are recognised. It holds at most 100,000 members, with these columns, in any order:

  number       in the register; decides who is meant and never changes. Letters, digits, and . / - between them
  user-name    that the member types at the login; unique, and nobody else's until now
  salutation   Frau, Herr, or empty
  title        such as Dr. med.; may be empty
  first-name   may be empty
  last-name
  extra        a line between name and street, such as the practice; may be empty
  street       or Postfach
  postcode     five digits
  town
  email        one address. The old one is told when it changes. An address that the member has chosen in the portal stands
               until the register says something new

New members have no password. They choose "forgotten password" at the login, get a one-time password by letter, and set their own.

Portals go on while members are imported. The status is 0 when no row is refused, 1 when one is or the import failed.`

// importFlags are how an import is called.
type importFlags struct {
	portal, format string
	apply          bool
}

func memberCommand() *cobra.Command {
	var flags importFlags
	imports := &cobra.Command{
		Use: "import FILE", Short: "Make and change members as the body's register says", Args: exactly(1), Long: importHelp,
		Example: `  torhaus member import register.csv           # says what would happen
  torhaus member import register.csv --apply   # does it`,
		RunE: func(cmd *cobra.Command, args []string) error { return importMembers(cmd, args[0], flags) },
	}
	imports.Flags().BoolVar(&flags.apply, "apply", false, "carry it out; without, nothing is written")
	imports.Flags().StringVar(&flags.portal, "portal", "", "key of the portal's profile; needed where the configuration has several")
	imports.Flags().StringVar(&flags.format, "format", "", "csv or json (default: as the file's name ends)")
	return group("member", "Import members from the body's register", imports)
}

func importMembers(cmd *cobra.Command, path string, flags importFlags) error {
	read := func(p *app.Portal, f *os.File, o register.Options) (register.Summary, error) {
		if p.Profile.HasPeople() {
			return register.Summary{}, errUsage{errors.New("the members of this portal are organisations: call `torhaus organisation import`")}
		}
		return p.Members.Import(cmd.Context(), f, o)
	}
	return importFile(cmd, path, flags, "member is", "members are", read)
}

// importFile reads a list of the body, member by member, and reports what its rows come to. One and many name those who are not in it.
func importFile(cmd *cobra.Command, path string, flags importFlags, one, many string,
	read func(*app.Portal, *os.File, register.Options) (register.Summary, error),
) (err error) {
	format, err := formatOf(path, flags.format)
	if err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	a, _, err := openApp(cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	portal, err := choosePortal(a.Portals, flags.portal)
	if err != nil {
		return err
	}
	report := importReport{out: bufio.NewWriter(cmd.OutOrStdout()), file: filepath.Base(path), one: one, many: many}
	options := register.Options{Format: format, Apply: flags.apply, Report: report.line}
	if isTerminal(cmd.ErrOrStderr()) {
		options.Progress = func(rows int) { fmt.Fprintf(cmd.ErrOrStderr(), "%s rows read\n", grouped(rows)) }
	}
	sum, err := read(portal, file, options)
	if err == nil || sum.Applied {
		report.summary(sum, flags.apply)
	}
	return errors.Join(report.out.Flush(), outcomeOf(cmd.Context(), sum, err))
}

// formatOf tells the format by a flag or by how the name of the file ends.
func formatOf(path, flag string) (register.Format, error) {
	end := flag
	if flag == "" {
		end = strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
	}
	switch end {
	case "csv":
		return register.CSV, nil
	case "json", "jsonl", "ndjson":
		return register.JSON, nil
	}
	if flag != "" {
		return "", errUsage{fmt.Errorf("%q is no format: --format takes csv or json", flag)}
	}
	return "", errUsage{fmt.Errorf("whether %s is CSV or JSON cannot be told by its name: say --format csv or --format json", filepath.Base(path))}
}

// choosePortal finds a portal by its key; without one, the only portal there is.
func choosePortal(portals []*app.Portal, key string) (*app.Portal, error) {
	if key == "" && len(portals) == 1 {
		return portals[0], nil
	}
	var found []*app.Portal
	var keys []string
	for _, p := range portals {
		keys = append(keys, p.Profile.Key)
		if p.Profile.Key == key {
			found = append(found, p)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return nil, fmt.Errorf("several portals have the key %s: give their profiles keys of their own", key)
	case key == "":
		return nil, errUsage{fmt.Errorf("the configuration has several portals: name one with --portal (%s)", strings.Join(keys, ", "))}
	default:
		return nil, errUsage{fmt.Errorf("the configuration has no portal %q: --portal takes %s", key, strings.Join(keys, ", "))}
	}
}

// outcomeOf gives the error with which the command ends.
func outcomeOf(ctx context.Context, sum register.Summary, err error) error {
	switch {
	case err != nil && sum.Applied:
		return fmt.Errorf("the import was carried out, but: %w", err)
	case ctx.Err() != nil:
		return errors.New("the import was interrupted; nothing was changed")
	case isUsage(err):
		return err
	case fault.Is(err, fault.Conflict):
		return errors.New("another import began, or members changed while this one was read; nothing was changed: call it again")
	case err != nil:
		return fmt.Errorf("nothing was changed: %w", err)
	case sum.Refused > 0:
		return fmt.Errorf("%s refused, so nothing can be imported: mend the register or the export, and call it again", counted(sum.Refused, "row is", "rows are"))
	}
	return nil
}

func isUsage(err error) bool {
	_, usage := errors.AsType[errUsage](err)
	return usage
}

// importReport writes what rows come to. An error in writing is kept by its writer until the end.
type importReport struct {
	out       *bufio.Writer
	file      string
	one, many string // of what the file lists, with the verb
}

func (r *importReport) line(l register.Line) error {
	if l.Outcome == register.Unchanged {
		return nil
	}
	columns := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		columns[i] = string(c)
	}
	more := []string{strings.TrimRight(fmt.Sprintf("%-10s %s", l.Number, strings.Join(columns, ", ")), " ")}
	if l.Outcome == register.Refused {
		more = nil
		for _, refusal := range l.Refused {
			more = append(more, sentence(refusal))
		}
	}
	for _, text := range more {
		if _, err := fmt.Fprintf(r.out, "line %-7d %-8s %s\n", l.Line, l.Outcome, text); err != nil {
			return err
		}
	}
	return nil
}

// separators are how reports call them.
var separators = map[string]string{";": "semicolons", ",": "commas"}

func (r *importReport) summary(sum register.Summary, apply bool) {
	form := strings.ToUpper(string(sum.Format))
	if name, ok := separators[sum.Separator]; ok {
		form += " separated by " + name
	}
	if sum.Charset != "" {
		fmt.Fprintf(r.out, "%s: %s, %s, %s\n", r.file, form, sum.Charset, counted(sum.Rows, "row", "rows"))
	}
	fmt.Fprintf(r.out, "%s new, %s changed, %s unchanged, %s refused\n",
		grouped(sum.New), grouped(sum.Changed), grouped(sum.Unchanged), grouped(sum.Refused))
	if sum.Refused > 0 {
		return
	}
	if sum.Absent > 0 {
		fmt.Fprintf(r.out, "%s not in the file, unchanged\n", counted(sum.Absent, r.one, r.many))
	}
	switch {
	case apply:
		fmt.Fprintln(r.out, "carried out")
	case sum.New+sum.Changed > 0:
		fmt.Fprintln(r.out, "this was a dry run, nothing was changed; --apply carries it out")
	default:
		fmt.Fprintln(r.out, "there is nothing to do")
	}
}

// counted gives a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// grouped writes a number in groups of three digits: 100,000.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// isTerminal tells whether somebody watches what is written.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
