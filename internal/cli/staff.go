package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"torhaus/internal/account"
	"torhaus/internal/app"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/staff"
)

const staffHelp = `staff names the body's own people, who work in the console at /verwaltung. Nobody comes in without an invitation: a link that works
once. Whoever opens it chooses a password and sets up a soft token of their own. Hand it over in person; it is printed once and
kept nowhere.

ROLE is one of service-desk, token-stock, supervisor, auditor. What each may do, the console shows at /verwaltung/rechte. The first
supervisor is named here; supervisors name all others in the console, where a second supervisor confirms every role, every new
invitation, and that a supervisor is deactivated. What is done here counts at once: where there is no second supervisor, do it here.
Every supervisor is told of it by e-mail.`

func staffCommand() *cobra.Command {
	var portal string
	g := group("staff", "Name and invite the body's own people", addCommand(&portal), listCommand(&portal),
		staffDeed(&portal, "invite USER", "Give somebody a new invitation; password and token end", inviteStaff),
		staffDeed(&portal, "deactivate USER", "Keep somebody out, at once", deactivateStaff),
		staffDeed(&portal, "reactivate USER", "Let somebody in again", reactivateStaff), rolesCommand(&portal))
	g.Long = staffHelp
	g.PersistentFlags().StringVar(&portal, "portal", "", "key of the portal's profile; needed where the configuration has several")
	return g
}

// onPortal opens the portal that a command is about.
func onPortal(cmd *cobra.Command, key string, do func(*app.Portal) error) (err error) {
	a, _, err := openApp(cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	p, err := choosePortal(a.Portals, key)
	if err != nil {
		return err
	}
	return do(p)
}

func addCommand(portal *string) *cobra.Command {
	var n staff.Newcomer
	var roles []string
	c := &cobra.Command{
		Use: "add USER", Short: "Invite somebody new and print the link", Args: exactly(1),
		Example: `  torhaus staff add damsel --first Dora --last Amsel --email d.amsel@example.org --role supervisor`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			n.UserName = args[0]
			if n.Roles, err = parseRoles(roles); err != nil {
				return err
			}
			return onPortal(cmd, *portal, func(p *app.Portal) error {
				_, link, err := p.Staff.Add(cmd.Context(), n, staff.By{})
				if err != nil {
					return staffError(args[0], err)
				}
				return printLink(cmd.OutOrStdout(), p, args[0], link)
			})
		},
	}
	c.Flags().StringVar(&n.Person.Title, "title", "", "academic title")
	c.Flags().StringVar(&n.Person.First, "first", "", "first name")
	c.Flags().StringVar(&n.Person.Last, "last", "", "last name")
	c.Flags().StringVar(&n.Email, "email", "", "e-mail address")
	c.Flags().StringSliceVar(&roles, "role", nil, "role; may be given several times")
	return c
}

func parseRoles(words []string) (roles []account.Role, err error) {
	for _, word := range words {
		role := account.Role(word)
		if !slices.Contains(account.Roles, role) {
			return nil, errUsage{fmt.Errorf("%q is no role: there are %s", word, roleWords(account.Roles))}
		}
		if !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	if len(roles) == 0 {
		return nil, errUsage{fmt.Errorf("say at least one role: %s", roleWords(account.Roles))}
	}
	return roles, nil
}

func roleWords(roles []account.Role) string {
	words := make([]string, len(roles))
	for i, role := range roles {
		words[i] = string(role)
	}
	return strings.Join(words, ", ")
}

func printLink(out io.Writer, p *app.Portal, user string, link staff.Link) error {
	_, err := fmt.Fprintf(out, "%s://%s/verwaltung/einladung/%s\n%s is invited; the link works once, for %s. Hand it over in person: it is not shown again.\n",
		p.Config.URL.Scheme, p.Config.URL.Host, link.Reveal(), user, spanOf(p.Profile.Staff.InviteWithin.D()))
	return err
}

// spanOf writes a span in hours.
func spanOf(d time.Duration) string { return counted(int(d/time.Hour), "hour", "hours") }

// staffError says in words of the console what was refused.
func staffError(user string, err error) error {
	f := fault.Of(err)
	switch {
	case f == nil || f.Kind == fault.Internal:
		return err
	case len(f.Fields) > 0:
		words := map[string]string{
			"user": "the user name", "last": "--last, the last name", "email": "--email, an e-mail address", "rollen": "--role",
		}
		var wrong []string
		for _, field := range f.Fields {
			wrong = append(wrong, words[field.Name])
		}
		return errUsage{fmt.Errorf("missing, or not possible: %s", strings.Join(wrong, "; "))}
	case f.Kind == fault.NotFound:
		return fmt.Errorf("nobody of staff has the user name %s; see torhaus staff list", user)
	}
	words := map[string]string{
		"account.fault.exists": " exists already; torhaus staff invite gives a new invitation", "staff.fault.not-active": " is deactivated",
		"staff.fault.active-already": " is active already",
	}
	if word, ok := words[f.Message]; ok {
		return errors.New(user + word)
	}
	return err
}

func listCommand(portal *string) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the body's own people", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onPortal(cmd, *portal, func(p *app.Portal) error {
				people, now, err := p.Staff.People(cmd.Context())
				if err != nil {
					return err
				}
				return printStaff(cmd.OutOrStdout(), people, now)
			})
		},
	}
}

func printStaff(out io.Writer, people []staff.Person, now calendar.Moment) error {
	if len(people) == 0 {
		_, err := fmt.Fprintln(out, "nobody yet; begin with torhaus staff add")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "USER\tNAME\tROLES\tSTATE\tLAST LOGIN")
	for _, p := range people {
		var roles []string
		for _, g := range p.Grants {
			word := string(g.Role)
			if !g.Counts() {
				word += " (unconfirmed)"
			}
			roles = append(roles, word)
		}
		last := "never"
		if !p.LastLogin.IsZero() {
			last = p.LastLogin.UTC().Format(time.DateOnly)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", p.UserName, p.Account.Person.Name(), strings.Join(roles, ", "), stateOf(p, now), last)
	}
	return w.Flush()
}

func stateOf(p staff.Person, now calendar.Moment) string {
	switch {
	case p.State != account.Active:
		return "deactivated"
	case p.Ready:
		return "active"
	case p.Invitation != nil && p.Invitation.ValidAt(now):
		return "invited"
	default:
		return "uninvited"
	}
}

// staffDeed makes a command that does something about one of staff.
func staffDeed(portal *string, use, short string, do func(*cobra.Command, *app.Portal, account.ID, string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onPortal(cmd, *portal, func(p *app.Portal) error {
				id, err := p.Staff.ByName(cmd.Context(), args[0])
				if err == nil {
					err = do(cmd, p, id, args[0])
				}
				return staffError(args[0], err)
			})
		},
	}
}

func inviteStaff(cmd *cobra.Command, p *app.Portal, id account.ID, user string) error {
	link, _, err := p.Staff.Invite(cmd.Context(), id, staff.By{})
	if err != nil {
		return err
	}
	return printLink(cmd.OutOrStdout(), p, user, link)
}

func deactivateStaff(cmd *cobra.Command, p *app.Portal, id account.ID, user string) error {
	if _, err := p.Staff.Deactivate(cmd.Context(), id, staff.By{}); err != nil {
		return err
	}
	_, err := fmt.Fprintln(cmd.OutOrStdout(), user, "is deactivated")
	return err
}

func reactivateStaff(cmd *cobra.Command, p *app.Portal, id account.ID, user string) error {
	if err := p.Staff.Reactivate(cmd.Context(), id, staff.By{}); err != nil {
		return err
	}
	_, err := fmt.Fprintln(cmd.OutOrStdout(), user, "is active")
	return err
}

func rolesCommand(portal *string) *cobra.Command {
	return &cobra.Command{
		Use: "roles USER ROLE...", Short: "Give somebody exactly these roles",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return errUsage{fmt.Errorf("call it as `%s`", cmd.UseLine())}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			roles, err := parseRoles(args[1:])
			if err != nil {
				return err
			}
			return onPortal(cmd, *portal, func(p *app.Portal) error {
				id, err := p.Staff.ByName(cmd.Context(), args[0])
				if err == nil {
					_, err = p.Staff.SetRoles(cmd.Context(), id, roles, staff.By{})
				}
				if err != nil {
					return staffError(args[0], err)
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is now: %s\n", args[0], roleWords(roles))
				return err
			})
		},
	}
}
