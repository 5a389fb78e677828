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
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"torhaus/internal/app"
	"torhaus/internal/fault"
	"torhaus/internal/secret"
	"torhaus/internal/token"
	"torhaus/internal/token/otp"
	"torhaus/internal/token/pskc"
)

const tokenImportHelp = `import reads the secrets of hardware tokens, as their maker delivers them, and takes the devices into the stock. It is a dry run: it
says for every device what it is, or why it is refused. With --apply they are taken in, all or, if a single one is refused, none.
A serial number that the portal knows already is refused, so the same file cannot be imported twice.

FILE is one of

  PSKC   the XML of RFC 6030, in clear or encrypted: with a key agreed upon (--key-file) or with a password (--password-file). What
         is encrypted must carry a MAC, which is verified. A file for which a key or password is given has to be encrypted with it.
         There must be no document type, no entities, no other encoding than UTF-8. Signatures are not verified.
  CSV    a header and one device a row, separated by semicolons or commas; UTF-8, with or without BOM, and Windows-1252 are
         recognised. The columns, in any order:

           serial        number printed on the device; letters, digits, and blanks . _ - between them
           secret        hexadecimal or Base32, all of a file alike; call the column secret-hex or secret-base32 where that cannot
                         be told. 16 to 128 bytes
           type          totp or hotp
           digits        6 or 8 (default 6)
           interval      30 or 60 seconds, for totp (default 30)
           counter       of the next code, for hotp (default 0)
           algorithm     SHA1, SHA256 or SHA512 (default SHA1)
           manufacturer, model
           battery-end   last day of the battery, as 2031-12-31 or 31.12.2031

Devices make codes of 6 or 8 digits, every 30 or 60 seconds or at the press of a button, by HMAC with SHA-1, SHA-256 or SHA-512. A file
holds at most 100,000 devices. Delete it when it is imported: whoever has it can copy every device in it.

Portals go on while devices are imported. The status is 0 when no device is refused, 1 when one is or the import failed.`

// tokenImportFlags are how an import of devices is called.
type tokenImportFlags struct {
	portal, keyFile, passwordFile string
	apply                         bool
}

func tokenCommand() *cobra.Command {
	var flags tokenImportFlags
	imports := &cobra.Command{
		Use: "import FILE", Short: "Take hardware tokens into the stock", Args: exactly(1), Long: tokenImportHelp,
		Example: `  torhaus token import delivery.xml --key-file transport.key           # says what would happen
  torhaus token import delivery.xml --key-file transport.key --apply   # does it`,
		RunE: func(cmd *cobra.Command, args []string) error { return importTokens(cmd, args[0], flags) },
	}
	imports.Flags().BoolVar(&flags.apply, "apply", false, "carry it out; without, nothing is written")
	imports.Flags().StringVar(&flags.keyFile, "key-file", "", "file with the key of an encrypted PSKC file: 16, 24 or 32 bytes, hexadecimal or Base64")
	imports.Flags().StringVar(&flags.passwordFile, "password-file", "", "file with the password of an encrypted PSKC file")
	imports.Flags().StringVar(&flags.portal, "portal", "", "key of the portal's profile; needed where the configuration has several")
	imports.MarkFlagsMutuallyExclusive("key-file", "password-file")
	var portal string
	stock := &cobra.Command{
		Use: "stock", Short: "Count the hardware tokens by model and state", Args: exactly(0),
		Long: `stock counts the devices by model and state, and says how many can be given out. The status is 0, however few there are.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return showStock(cmd, portal) },
	}
	stock.Flags().StringVar(&portal, "portal", "", "key of the portal's profile; needed where the configuration has several")
	return group("token", "Take hardware tokens into the stock, and count them", imports, stock)
}

func importTokens(cmd *cobra.Command, path string, flags tokenImportFlags) (err error) {
	unlock, err := unlockOf(flags)
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
	report := stockReport{out: bufio.NewWriter(cmd.OutOrStdout()), file: filepath.Base(path)}
	options := token.StockOptions{File: report.file, Unlock: unlock, Apply: flags.apply, Report: report.line}
	if isTerminal(cmd.ErrOrStderr()) {
		options.Progress = func(devices int) { fmt.Fprintf(cmd.ErrOrStderr(), "%s devices read\n", grouped(devices)) }
	}
	sum, err := portal.Stock.Import(cmd.Context(), file, options)
	if err == nil || sum.Applied {
		report.summary(sum, flags.apply)
	}
	return errors.Join(report.out.Flush(), stockOutcome(cmd.Context(), sum, err))
}

// unlockOf reads the key or the password of an encrypted file.
func unlockOf(flags tokenImportFlags) (u pskc.Unlock, err error) {
	switch {
	case flags.keyFile != "":
		text, err := readSecret(flags.keyFile)
		if err != nil {
			return u, err
		}
		key, ok := pskc.ParseKey(text)
		if !ok {
			return u, fmt.Errorf("%s holds no key: 16, 24 or 32 bytes, hexadecimal or Base64", flags.keyFile)
		}
		u.Key = key
	case flags.passwordFile != "":
		if u.Password, err = readSecret(flags.passwordFile); err != nil {
			return u, err
		}
		if u.Password == "" {
			return u, fmt.Errorf("%s is empty; write the password into it", flags.passwordFile)
		}
	}
	return u, nil
}

// longestSecret bounds a file with a key or a password, in bytes.
const longestSecret = 4096

// readSecret reads a file without the end of its line.
func readSecret(path string) (text secret.Text, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	data, err := io.ReadAll(io.LimitReader(f, longestSecret+1))
	if err != nil {
		return "", err
	}
	if len(data) > longestSecret {
		return "", fmt.Errorf("%s is longer than any key or password", path)
	}
	return secret.Text(strings.TrimRight(string(data), "\r\n")), nil
}

// stockOutcome gives the error with which the command ends.
func stockOutcome(ctx context.Context, sum token.StockSummary, err error) error {
	switch {
	case err != nil && sum.Applied:
		return fmt.Errorf("the import was carried out, but: %w", err)
	case ctx.Err() != nil:
		return errors.New("the import was interrupted; nothing was changed")
	case fault.Is(err, fault.Conflict):
		return errors.New("another import began, or the stock changed while this one was read; nothing was changed: call it again")
	case err != nil:
		return fmt.Errorf("nothing was changed: %w", err)
	case sum.Refused > 0:
		return fmt.Errorf("%s refused, so nothing can be imported: mend the file, or ask its maker for another", counted(sum.Refused, "device is", "devices are"))
	}
	return nil
}

// stockReport writes what devices come to. An error in writing is kept by its writer until the end.
type stockReport struct {
	out  *bufio.Writer
	file string
}

func (r *stockReport) line(l token.StockLine) error {
	if len(l.Refused) == 0 {
		_, err := fmt.Fprintf(r.out, "line %-7d new      %-14s %s\n", l.Line, l.Device.Serial, kindOf(token.StockKind{
			Manufacturer: l.Device.Manufacturer, Model: l.Device.Model, Mode: l.Device.Mode, Algorithm: l.Device.Algorithm, Digits: l.Device.Digits,
			Period: l.Device.Period, First: l.Device.BatteryEnd, Last: l.Device.BatteryEnd,
		}))
		return err
	}
	for _, refused := range l.Refused {
		named := ""
		if l.Device.Serial != "" {
			named = fmt.Sprintf("%-14s ", l.Device.Serial)
		}
		if _, err := fmt.Fprintf(r.out, "line %-7d refused  %s%s\n", refused.Line, named, stockSentence(refused)); err != nil {
			return err
		}
	}
	return nil
}

// kindOf describes a kind of device: Acme C 200, TOTP SHA1, 6 digits, 30 s, battery until 2031-12-31.
func kindOf(k token.StockKind) string {
	parts := []string{strings.ToUpper(string(k.Mode)) + " " + string(k.Algorithm), fmt.Sprintf("%d digits", k.Digits)}
	if name := strings.TrimSpace(k.Manufacturer + " " + k.Model); name != "" {
		parts = append([]string{name}, parts...)
	}
	if k.Mode == otp.TOTP {
		parts = append(parts, fmt.Sprintf("%d s", k.Period/time.Second))
	}
	switch {
	case k.First.IsZero():
	case k.First == k.Last:
		parts = append(parts, "battery until "+k.Last.String())
	default:
		parts = append(parts, "batteries until "+k.First.String()+" to "+k.Last.String())
	}
	return strings.Join(parts, ", ")
}

func (r *stockReport) summary(sum token.StockSummary, apply bool) {
	form := strings.ToUpper(string(sum.Format))
	if sum.Encrypted {
		form += ", encrypted"
	}
	if name, ok := separators[sum.Separator]; ok {
		form += fmt.Sprintf(" separated by %s, %s, secrets %s", name, sum.Charset, sum.Form)
	}
	fmt.Fprintf(r.out, "%s: %s\n", r.file, form)
	for _, k := range sum.Kinds {
		fmt.Fprintf(r.out, "%s: %s\n", counted(k.Devices, "device", "devices"), kindOf(k))
	}
	fmt.Fprintf(r.out, "%s new, %s refused\n", grouped(sum.New), grouped(sum.Refused))
	switch {
	case sum.Refused > 0:
	case apply:
		fmt.Fprintf(r.out, "carried out as batch %s\n", sum.Batch)
	default:
		fmt.Fprintln(r.out, "this was a dry run, nothing was changed; --apply carries it out")
	}
}

func showStock(cmd *cobra.Command, key string) error {
	return onPortal(cmd, key, func(portal *app.Portal) error {
		stock, err := portal.Stock.Overview(cmd.Context())
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprint(w, "model\t")
		for _, state := range token.DeviceStates {
			fmt.Fprintf(w, "%s\t", state)
		}
		fmt.Fprintln(w)
		for _, m := range stock.Models {
			fmt.Fprintf(w, "%s\t", strings.TrimSpace(m.Manufacturer+" "+m.Model))
			for _, state := range token.DeviceStates {
				fmt.Fprintf(w, "%s\t", grouped(m.Count[state]))
			}
			fmt.Fprintln(w)
		}
		if err := w.Flush(); err != nil {
			return err
		}
		low := ""
		if stock.Low {
			low = fmt.Sprintf("; that is fewer than %d, order new ones", portal.Profile.Token.Hard.LowStock)
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s can be given out%s\n", counted(stock.Usable, "device", "devices"), low)
		return err
	})
}
