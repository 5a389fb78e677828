package archtest

import (
	"slices"
	"strings"
)

// A floor is a group of packages with the same right to import.
type floor struct {
	name    string
	rooms   []string // folders under internal/; a folder inside one belongs to it unless it is named itself
	imports []string // floors that they may import
	bars    []string // packages of the standard library that they may not import
	because string   // the rule in one sentence, read by whoever breaks it
}

// plan lists the floors from the ground up.
var plan = []floor{
	{
		name:    "ground",
		rooms:   []string{"calendar", "profile", "fault", "secret", "text", "textfile", "yamlfile", "zone"},
		imports: []string{"ground"},
		bars:    []string{"net/http", "database/sql", "html/template"},
		because: "(1) ground imports the standard library, x/ and its own libraries only",
	},
	{
		name:    "config",
		rooms:   []string{"config"},
		imports: []string{"ground"},
		bars:    []string{"net/http", "database/sql", "html/template"},
		because: "(1) the configuration is read once and handed down as values; it knows nothing of the house",
	},
	{
		name:    "records",
		rooms:   []string{"job", "audit"},
		imports: []string{"ground"},
		bars:    []string{"net/http", "database/sql", "html/template"},
		because: "(5) jobs and audit events know nothing of who causes them",
	},
	{
		name:    "printer",
		rooms:   []string{"letter/ipp"},
		bars:    []string{"database/sql", "html/template"},
		because: "(5) the client of printers speaks HTTP to them and knows nothing of letters or of the house",
	},
	{
		name:    "paper",
		rooms:   []string{"letter", "mail"},
		imports: []string{"ground", "records", "printer"},
		bars:    []string{"net/http", "database/sql"},
		because: "(5) letter and mail print what they are given: no subject, no database, no page; what speaks to a printer is letter/ipp",
	},
	{
		name:    "mail sink",
		rooms:   []string{"mail/mailsink"},
		imports: []string{"ground"},
		bars:    []string{"net/http", "database/sql", "html/template"},
		because: "(5) the mail sink receives for the demo and the tests and knows nothing of the house",
	},
	{
		name:    "account",
		rooms:   []string{"account"},
		imports: []string{"ground", "records", "paper"},
		bars:    []string{"net/http", "database/sql", "html/template"},
		because: "(2) account is the lowest subject: it imports ground and consequences, never SQL, HTTP, pages or configuration",
	},
	{
		name:    "subjects",
		rooms:   []string{"register", "password", "token", "upload", "billing", "mailbox"},
		imports: []string{"ground", "records", "paper", "account"},
		bars:    []string{"net/http", "database/sql", "html/template"},
		because: "(2) register, password, token, upload, billing and mailbox import ground, consequences and account, never one another, SQL, HTTP, pages or configuration",
	},
	{
		name:    "people",
		rooms:   []string{"organisation"},
		imports: []string{"ground", "records", "paper", "account", "subjects"},
		bars:    []string{"net/http", "database/sql", "html/template"},
		because: "(2) organisation imports ground, consequences and the subjects below it, never SQL, HTTP, pages or configuration",
	},
	{
		name:    "upper subjects",
		rooms:   []string{"login", "access"},
		imports: []string{"ground", "records", "paper", "account", "subjects", "people"},
		bars:    []string{"net/http", "database/sql", "html/template"},
		because: "(2) login and access import ground, consequences and the subjects below them, never SQL, HTTP, pages or configuration",
	},
	{
		name:    "staff subjects",
		rooms:   []string{"staff", "desk", "mailroom", "oversight"},
		imports: []string{"ground", "records", "paper", "account", "subjects", "people", "upper subjects"},
		bars:    []string{"net/http", "database/sql", "html/template"},
		because: "(2) staff, desk, mailroom and oversight are what the body's own people do: they import login and all below it, never SQL, HTTP, pages or configuration",
	},
	{
		name:    "store",
		rooms:   []string{"store"},
		imports: []string{"ground", "records", "paper", "account", "subjects", "people", "upper subjects", "staff subjects"},
		bars:    []string{"net/http", "html/template"},
		because: "(3) store fulfils what the subjects ask for; it knows no door, no page and no configuration, and only app and tests import it",
	},
	{
		name:    "page",
		rooms:   []string{"web/page"},
		imports: []string{"ground", "account", "subjects", "people", "upper subjects", "staff subjects"},
		bars:    []string{"database/sql"},
		because: "(4) web/page is the frame of all doors: it imports subjects, and no door",
	},
	{
		name:    "house front",
		rooms:   []string{"web"},
		imports: []string{"ground", "account", "subjects", "people", "upper subjects", "staff subjects", "page", "doors"},
		bars:    []string{"database/sql"},
		because: "(4) web mounts the doors and nothing else: no database, no configuration",
	},
	{
		name:    "doors",
		rooms:   []string{"web/public", "web/signin", "web/member", "web/people", "web/registration", "web/staff", "web/provider", "web/api"},
		imports: []string{"ground", "account", "subjects", "people", "upper subjects", "staff subjects", "page"},
		bars:    []string{"database/sql"},
		because: "(4) a door imports subjects and web/page; no door imports a door, the store or the configuration",
	},
	{
		name:    "app",
		rooms:   []string{"app"},
		imports: []string{"ground", "config", "records", "printer", "paper", "account", "subjects", "people", "upper subjects", "staff subjects", "store", "page", "doors", "house front"},
		because: "(6) app alone imports everything that makes a portal; it knows no command and no demo",
	},
	{
		name:    "demo",
		rooms:   []string{"demo"},
		imports: []string{"ground", "config", "records", "paper", "mail sink", "account", "subjects", "people", "upper subjects", "staff subjects", "page", "app"},
		bars:    []string{"database/sql"},
		because: "(6) demo runs the real portals through app, with a post room and a clock beside them; it opens no door and no store of its own",
	},
	{
		name:    "cli",
		rooms:   []string{"cli"},
		imports: []string{"ground", "config", "records", "paper", "account", "subjects", "people", "upper subjects", "staff subjects", "app", "demo"},
		bars:    []string{"database/sql", "html/template"},
		because: "(6) commands reach the portals through app, never through a door or the store",
	},
	{
		name:    "floor plan",
		rooms:   []string{"archtest"},
		because: "the floor plan imports nothing of the house it describes",
	},
}

// forTests lists the packages that serve tests and measurements: no other package may import them, and the plan binds them no
// further.
var forTests = []string{"store/storetest", "letter/ipp/ipptest", "bench"}

// homes says where each foreign library lives. "tests" stands for test files and the packages of forTests.
var homes = map[string][]string{
	"codeberg.org/go-pdf/fpdf":        {"tests"},
	"filippo.io/age":                  {"letter", "demo", "cli"},
	"github.com/emersion/go-sasl":     {"mail/mailsink"},
	"github.com/emersion/go-smtp":     {"mail/mailsink"},
	"github.com/goccy/go-yaml":        {"yamlfile", "tests"},
	"github.com/google/go-cmp":        {"tests"},
	"github.com/jackc/pgx":            {"store"},
	"github.com/pressly/goose":        {"store"},
	"github.com/PuerkitoBio/goquery":  {"tests"},
	"github.com/rogpeppe/go-internal": {"tests"},
	"github.com/spf13/cobra":          {"cli"},
	"github.com/wneessen/go-mail":     {"mail"},
	"modernc.org/sqlite":              {"store"},
	"rsc.io/qr":                       {"token", "web/page"},
}

// floorOf finds the floor of a room, given as its folder under internal/: the longest name that covers it decides.
func floorOf(room string) (floor, bool) {
	var found floor
	longest := ""
	for _, f := range plan {
		for _, folder := range f.rooms {
			if within(room, folder) && len(folder) > len(longest) {
				found, longest = f, folder
			}
		}
	}
	return found, longest != ""
}

// mayImport tells whether one room may import another: its floor says so, or both are parts of one subject, such as token
// and token/otp.
func mayImport(from, to string) bool {
	if isForTests(to) {
		return isForTests(from)
	}
	source, _ := floorOf(from)
	target, _ := floorOf(to)
	return slices.Contains(source.imports, target.name) || source.name == target.name && sameSuite(source, from, to)
}

// sameSuite tells whether two rooms of a floor are parts of one. Doors are not, although they share a folder.
func sameSuite(f floor, from, to string) bool {
	return f.name != "doors" && slices.ContainsFunc(f.rooms, func(folder string) bool {
		return within(from, folder) && within(to, folder)
	})
}

// mayUse tells whether a room may import a foreign library, given by an import path inside it.
func mayUse(room, library string) bool {
	if strings.HasPrefix(library, "golang.org/x/") {
		return true
	}
	for name, rooms := range homes {
		if within(library, name) {
			return slices.ContainsFunc(rooms, func(home string) bool { return within(room, home) })
		}
	}
	return false
}

// isForTests tells whether a room serves tests.
func isForTests(room string) bool { return slices.Contains(forTests, room) }

// within tells whether a path is the folder named or lies in it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}
