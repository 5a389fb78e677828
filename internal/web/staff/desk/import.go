package desk

import (
	"fmt"
	"net/http"
	"net/url"

	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/register"
	"torhaus/internal/upload"
	"torhaus/internal/web/page"
)

var importView = page.NewView[importPage](files, "import.html")

const (
	importPath  = members + "/einspielen"
	importGo    = importPath + "/uebernehmen"
	fileField   = "datei"
	importField = "vorgang"
)

// ImportRoutes are the pages on which files of the register are taken in, of portals whose members are persons.
func (d Door) ImportRoutes() []page.Route {
	return []page.Route{
		page.Get(importPath, login.ImportMembers, d.AskImport),
		page.Upload(importPath, login.ImportMembers, desk.MaxImport, d.TakeFile),
		page.Post(importGo, login.ImportMembers, d.CarryOut),
	}
}

// importPage asks for a file, shows how far it is read, and what it would do or did.
type importPage struct {
	page.Base
	Import *desk.Import // nil where a file is asked for
}

var toImport = page.Link{Path: importPath, Text: "deed.import.again"}

// AskImport asks for a file, or shows what becomes of one. The page comes again by itself while the file is read.
func (d Door) AskImport(w http.ResponseWriter, r *page.Request) error {
	id := r.Param(importField)
	if id == "" {
		return importView.Show(w, r, importPage{})
	}
	i, err := d.Imports.Import(r.Context(), id, r.Visit.Account.ID)
	if err != nil {
		return page.Advise(err, toImport)
	}
	if i.State == desk.ImportWaiting {
		w.Header().Set("Refresh", "3")
	}
	return importView.Show(w, r, importPage{Import: &i})
}

// TakeFile keeps a file and has it looked at.
func (d Door) TakeFile(w http.ResponseWriter, r *page.Request) error {
	if r.File == nil || r.File.Name == "" {
		return importView.Refuse(w, r, importPage{}, fault.InvalidField(fileField, "deed.fault.import-file"))
	}
	if _, ok := desk.FormatOf(r.File.Name); !ok {
		return importView.Refuse(w, r, importPage{}, fault.InvalidField(fileField, "deed.fault.import-format"))
	}
	kept, err := d.Imports.Uploads.Keep(r.Context(), upload.Kept{By: r.Visit.Account.ID, Purpose: upload.Members, Name: r.File.Name}, r.File)
	if err != nil {
		return err
	}
	id, err := d.Imports.Look(r.Context(), kept)
	if err != nil {
		return page.Advise(err, toImport)
	}
	return toImported(w, r, id)
}

func toImported(w http.ResponseWriter, r *page.Request, id string) error {
	r.Redirect(w, importPath+"?"+url.Values{importField: {id}}.Encode())
	return nil
}

// CarryOut has a file carried out that was looked at.
func (d Door) CarryOut(w http.ResponseWriter, r *page.Request) error {
	id, err := d.Imports.CarryOut(r.Context(), r.Form.Value(importField), r.Visit.Account.ID)
	if err != nil {
		return page.Advise(err, toImport)
	}
	return toImported(w, r, id)
}

// FileError says what is wrong with the file that was chosen.
func (p *importPage) FileError() string { return wrongAt(&p.Base, fileField) }

// Columns name what a file has.
func (p *importPage) Columns() []register.Column { return register.Columns }

// Under tells whether the file is still being read.
func (p *importPage) Under() bool { return p.Import.State == desk.ImportWaiting }

// Failed tells whether nothing came of it.
func (p *importPage) Failed() bool { return p.Import.State == desk.ImportFailed }

// Ready tells whether the file can be carried out now.
func (p *importPage) Ready() bool {
	sum := p.Import.Result.Summary
	return p.Import.State == desk.ImportDone && !p.Import.Apply && sum.Refused == 0 && sum.New+sum.Changed > 0
}

// Here is the address of this page.
func (p *importPage) Here() string {
	return importPath + "?" + url.Values{importField: {p.Import.ID}}.Encode()
}

// Figures are what the file comes to.
func (p *importPage) Figures() []page.Fact {
	sum := p.Import.Result.Summary
	facts := []page.Fact{
		p.Fact("deed.import.file", p.Import.File, string(sum.Charset)),
		p.Fact("deed.import.rows", fmt.Sprint(sum.Rows)),
		p.Fact("deed.import.new", fmt.Sprint(sum.New)),
		p.Fact("deed.import.changed", fmt.Sprint(sum.Changed)),
		p.Fact("deed.import.unchanged", fmt.Sprint(sum.Unchanged)),
		p.Fact("deed.import.refused", fmt.Sprint(sum.Refused)),
	}
	if sum.Refused == 0 {
		facts = append(facts, p.Fact("deed.import.absent", fmt.Sprint(sum.Absent)))
	}
	return facts
}

// ImportLine is a line of the report.
type ImportLine struct {
	Line    int
	Outcome string
	Number  string
	Says    []string
	Refused bool
}

var outcomeNames = map[register.Outcome]string{
	register.New: "deed.import.is-new", register.Changed: "deed.import.is-changed", register.Refused: "deed.import.is-refused",
}

// Lines are the first lines of the report, refused ones first.
func (p *importPage) Lines() (list []ImportLine) {
	for _, outcome := range []register.Outcome{register.Refused, register.Changed, register.New} {
		for _, l := range p.Import.Result.Lines {
			if l.Outcome != outcome {
				continue
			}
			line := ImportLine{Line: l.Line, Outcome: p.T(outcomeNames[outcome]), Number: l.Number, Refused: outcome == register.Refused}
			for _, c := range l.Columns {
				line.Says = append(line.Says, string(c))
			}
			for _, refusal := range l.Refused {
				line.Says = append(line.Says, p.sentence(refusal))
			}
			list = append(list, line)
		}
	}
	return list
}

// sentences say of each reason what is wrong and what to do.
var sentences = map[register.Reason]string{
	register.Missing: "deed.row.missing", register.TooLong: "deed.row.too-long", register.ControlSign: "deed.row.control-sign",
	register.InvisibleSign: "deed.row.invisible-sign", register.BrokenSign: "deed.row.broken-sign", register.ConvertedTwice: "deed.row.converted-twice",
	register.Unprintable: "deed.row.unprintable", register.BadNumber: "deed.row.bad-number", register.BadUserName: "deed.row.bad-user-name",
	register.BadSalutation: "deed.row.bad-salutation", register.BadPostcode: "deed.row.bad-postcode", register.BadEmail: "deed.row.bad-email",
	register.NoWindow: "deed.row.no-window", register.NumberTwice: "deed.row.number-twice", register.NameTwice: "deed.row.name-twice",
	register.NameTaken: "deed.row.name-taken", register.EmptyFile: "deed.row.empty-file", register.Workbook: "deed.row.workbook",
	register.UTF16: "deed.row.utf", register.NotText: "deed.row.not-text", register.MixedEncodings: "deed.row.mixed-encodings",
	register.NoEncoding: "deed.row.no-encoding", register.TooManyRows: "deed.row.too-many-rows", register.TooManyRefused: "deed.row.too-many-refused",
	register.RowTooLong: "deed.row.row-too-long", register.UnknownColumn: "deed.row.unknown-column", register.DoubledColumn: "deed.row.doubled-column",
	register.MissingColumn: "deed.row.missing-column", register.FieldCount: "deed.row.field-count", register.BadQuotes: "deed.row.bad-quotes",
	register.OpenQuotes: "deed.row.open-quotes", register.NotJSON: "deed.row.not-json", register.NotAnObject: "deed.row.not-an-object",
	register.NotAString: "deed.row.not-a-string",
}

// sentence says a refusal, with the column in front that is to blame.
func (p *importPage) sentence(r register.Refusal) string {
	key := sentences[r.Reason]
	args := make([]any, len(r.Args))
	for i, a := range r.Args {
		args[i] = shown(r.Reason, a)
	}
	if r.Reason == register.NameTaken && len(args) == 2 && args[1] == "" {
		key, args = "deed.row.name-of-nobody", args[:1]
	}
	said := p.T(key, args...)
	if r.Column != "" {
		said = string(r.Column) + ": " + said
	}
	return said
}

// shown writes what a refusal names. Numbers come as JSON has them; of a sign that nobody sees, its number is said.
func shown(reason register.Reason, arg any) string {
	n, isNumber := arg.(float64)
	switch {
	case !isNumber:
		return fmt.Sprint(arg)
	case reason == register.ControlSign, reason == register.InvisibleSign:
		return fmt.Sprintf("%U", rune(n))
	case reason == register.Unprintable:
		return fmt.Sprintf("%c (%U)", rune(n), rune(n))
	case reason == register.MixedEncodings, reason == register.NoEncoding:
		return fmt.Sprintf("%#02x", int(n))
	default:
		return fmt.Sprint(int64(n))
	}
}

// MayImport tells whether the reader may take files of the register in.
func (p *membersPage) MayImport() bool { return p.May(login.ImportMembers) && !p.Profile().HasPeople() }
