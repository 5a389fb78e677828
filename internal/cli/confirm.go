package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"torhaus/internal/calendar"
	"torhaus/internal/mailroom"
)

const confirmHelp = `confirm reads the file with which the print centre says which letters it has posted. It is a dry run: it says for every row that is
wrong why it is. With --apply the letters are noted as posted, all of them or, if a single row is wrong, none. The same file a second
time changes nothing.

FILE is CSV, separated by semicolons or commas, with these columns:

  letter   the whole id of the letter, as its manifest and the code in its window have it
  posted   the day on which it was posted: 2026-11-24 or 24.11.2026

UTF-8, with or without BOM, and Windows-1252 are recognised. When all letters of a print batch are posted, the batch is confirmed.
The status is 0 when no row is wrong, 1 when one is or the command failed.`

// confirming is a call of letter confirm.
type confirming struct {
	portal string
	apply  bool
}

func confirmCommand() *cobra.Command {
	var c confirming
	cmd := &cobra.Command{
		Use: "confirm FILE", Short: "Note which letters the print centre has posted", Args: exactly(1), Long: confirmHelp,
		Example: `  torhaus letter confirm posted.csv           # says what would happen
  torhaus letter confirm posted.csv --apply   # does it`,
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args[0]) },
	}
	cmd.Flags().BoolVar(&c.apply, "apply", false, "carry it out; without, nothing is written")
	cmd.Flags().StringVar(&c.portal, "portal", "", "key of the portal's profile; needed where the configuration has several")
	return cmd
}

func (c confirming) run(cmd *cobra.Command, path string) (err error) {
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
	portal, err := choosePortal(a.Portals, c.portal)
	if err != nil {
		return err
	}
	report, err := portal.Mailroom.Confirm(cmd.Context(), file, !c.apply, mailroom.Console)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(cmd.OutOrStdout())
	c.print(out, report)
	if err := out.Flush(); err != nil {
		return err
	}
	if report.AllWrong > 0 {
		return fmt.Errorf("%s rows are wrong; nothing is written", grouped(report.AllWrong))
	}
	return nil
}

func (c confirming) print(out *bufio.Writer, r mailroom.Report) {
	for _, refused := range r.Refused {
		fmt.Fprintf(out, "line %d: %s\n", refused.Line, wrong(refused))
	}
	if more := r.AllWrong - len(r.Refused); more > 0 {
		fmt.Fprintf(out, "and %s more\n", grouped(more))
	}
	what := "would be noted as posted"
	if r.Done {
		what = "noted as posted"
	}
	fmt.Fprintf(out, "%s letters: %s %s, %s were before; %s rows are wrong\n",
		grouped(r.Rows), grouped(r.Posted), what, grouped(r.Unchanged), grouped(r.AllWrong))
	for _, batch := range r.Batches {
		fmt.Fprintf(out, "print batch %d is confirmed\n", batch)
	}
	if r.AllWrong == 0 && !c.apply && r.Posted > 0 {
		fmt.Fprintln(out, "nothing is written; --apply does it")
	}
}

// confirmSentences say of each problem what is wrong and what to do.
var confirmSentences = map[mailroom.Problem]string{
	"empty-file":      "the file is empty; ask the print centre for it again",
	"workbook":        "the file is an Excel workbook; save it as CSV UTF-8",
	"utf-16":          "the file is encoded in UTF-16; save it as CSV UTF-8",
	"not-text":        "the file is no text",
	"mixed-encodings": "the byte %#02x is not UTF-8, though the file is otherwise",
	"no-encoding":     "the byte %#02x is neither UTF-8 nor Windows-1252",
	"row-too-long":    "the row is longer than %d bytes; it has a quotation mark that is never closed, as a rule",
	"field-count":     "the row has %d fields, and the header %d",
	"bad-quotes":      "a quotation mark in the wrong place, byte %d of the line",
	"open-quotes":     "the row has a quotation mark that is never closed",

	mailroom.TooLong:       "there are more than %d rows; split the file",
	mailroom.BadHeader:     "the header is %q and not %q",
	mailroom.BadLetter:     "%q is no id of a letter; give the whole one, as the manifest has it",
	mailroom.BadDate:       "%q is no day; write it as 2026-11-24 or 24.11.2026",
	mailroom.Doubled:       "the letter stands in line %d already",
	mailroom.UnknownLetter: "there is no letter %s",
	mailroom.NotHandedOver: "letter %s has not been handed over to print yet",
	mailroom.WasVoid:       "letter %s is void and was never handed over",
	mailroom.InFuture:      "%s lies in the future",
	mailroom.BeforeHanded:  "on %s the letter had not been handed over, only on %s",
	mailroom.OtherDay:      "%s is confirmed for this letter already",
}

// wrong says what is wrong with a row.
func wrong(r mailroom.Refusal) string {
	args := make([]any, len(r.Args))
	for i, arg := range r.Args {
		args[i] = arg
		if day, ok := arg.(calendar.Date); ok {
			args[i] = day.String()
		}
	}
	return fmt.Sprintf(confirmSentences[r.Problem], args...)
}
