package stock

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/secret"
	"torhaus/internal/token"
	"torhaus/internal/token/pskc"
	"torhaus/internal/upload"
	"torhaus/internal/web/page"
)

var (
	fileView   = page.NewView[filePage](files, "file.html")
	reportView = page.NewView[reportPage](files, "report.html")
)

const (
	fileField = "datei"
	keyField  = "schluessel"
	wordField = "kennwort"
)

// Bounds of what a report shows; the rest is counted.
const (
	shownRefused = 200
	shownDevices = 20
)

// filePage asks for a file of devices.
type filePage struct{ page.Base }

// AskFile asks for the file, and for what it is encrypted with.
func (d Door) AskFile(w http.ResponseWriter, r *page.Request) error {
	return fileView.Show(w, r, filePage{})
}

// TakeFile keeps the file, with what opens it, until it was seen what it would do.
func (d Door) TakeFile(w http.ResponseWriter, r *page.Request) error {
	key, word := r.Form.Secret(keyField), r.Form.Secret(wordField)
	if key != "" && word != "" {
		return fileView.Refuse(w, r, filePage{}, fault.InvalidField(wordField, "stock.fault.key-or-word"))
	}
	if _, err := token.UnlockWith(key, word); err != nil {
		return fileView.Refuse(w, r, filePage{}, err)
	}
	if r.File == nil {
		return fileView.Refuse(w, r, filePage{}, fault.InvalidField(fileField, "stock.fault.no-file"))
	}
	kept, err := d.Uploads.Keep(r.Context(), upload.Kept{
		By: r.Visit.Account.ID, Purpose: upload.Tokens, Name: r.File.Name, Note: noteOf(key, word),
	}, r.File)
	if err != nil {
		return err
	}
	r.Redirect(w, importPath+"/"+string(kept.ID))
	return nil
}

// noteOf keeps what opens the file beside it: the first sign tells a key from a password.
func noteOf(key, word secret.Text) secret.Bytes {
	switch {
	case key != "":
		return secret.Bytes("k" + key.Reveal())
	case word != "":
		return secret.Bytes("w" + word.Reveal())
	}
	return nil
}

func unlockOf(note secret.Bytes) (pskc.Unlock, error) {
	kind, text := "", secret.Text("")
	if len(note) > 0 {
		kind, text = string(note[:1]), secret.Text(note[1:])
	}
	if kind == "k" {
		return token.UnlockWith(text, "")
	}
	return token.UnlockWith("", text)
}

// FileInput is the field for the file.
func (p *filePage) FileError() string { return errorAt(&p.Base, fileField) }

// KeyInput is the field for the key of the file.
func (p *filePage) KeyInput() page.Input {
	return p.secretInput(keyField, "stock.file.key", "stock.file.key-hint")
}

// WordInput is the field for the password of the file.
func (p *filePage) WordInput() page.Input {
	return p.secretInput(wordField, "stock.file.word", "stock.file.word-hint")
}

// secretInput makes a field for what opens a file. No browser is to keep it.
func (p *filePage) secretInput(name, label, hint string) page.Input {
	i := p.PasswordInput(name, p.T(label))
	i.Hint, i.Autocomplete = p.T(hint), "off"
	return i
}

// reportPage shows what a file would do, or did.
type reportPage struct {
	page.Base
	File     string
	ID       string
	Sum      token.StockSummary
	Problems []refusedLine
	Devices  []token.Device // the first of those that would come in
}

// refusedLine is a refused device as a line of the report.
type refusedLine struct {
	Serial string
	token.StockRefusal
}

// Check shows what the file would do.
func (d Door) Check(w http.ResponseWriter, r *page.Request) error { return d.run(w, r, false) }

// Import carries the file out. The stock is looked at anew.
func (d Door) Import(w http.ResponseWriter, r *page.Request) error { return d.run(w, r, true) }

func (d Door) run(w http.ResponseWriter, r *page.Request, apply bool) error {
	f, err := d.Uploads.Open(r.Context(), upload.ID(r.PathValue("upload")), r.Visit.Account.ID, upload.Tokens)
	if err != nil {
		return page.Advise(err, toImport)
	}
	unlock, err := unlockOf(f.Note)
	if err != nil {
		return page.Advise(err, toImport)
	}
	if err := page.TakeTime(w); err != nil {
		return err
	}
	p := reportPage{File: f.Name, ID: string(f.ID)}
	p.Sum, err = d.Stock.Import(r.Context(), f, token.StockOptions{File: f.Name, Unlock: unlock, Apply: apply, By: by(r), Report: p.take})
	if err != nil {
		return page.Advise(err, page.Link{Path: p.Path(), Text: "stock.report.look-again"})
	}
	if p.Sum.Applied {
		err = d.Uploads.Drop(r.Context(), f)
	}
	return errors.Join(err, reportView.Show(w, r, p))
}

// take notes a line of the report.
func (p *reportPage) take(l token.StockLine) error {
	for _, refusal := range l.Refused {
		if len(p.Problems) < shownRefused {
			p.Problems = append(p.Problems, refusedLine{l.Device.Serial, refusal})
		}
	}
	if len(l.Refused) == 0 && len(p.Devices) < shownDevices {
		p.Devices = append(p.Devices, l.Device)
	}
	return nil
}

// Ready tells whether the file can be carried out.
func (p *reportPage) Ready() bool { return !p.Sum.Applied && p.Sum.Refused == 0 && p.Sum.New > 0 }

// Path gives the address of the page.
func (p *reportPage) Path() string { return importPath + "/" + p.ID }

// BatchPath gives the list of the devices that came in.
func (p *reportPage) BatchPath() string {
	return devicesPath + "?" + batchParam + "=" + string(p.Sum.Batch)
}

// Facts tells what the file is.
func (p *reportPage) Facts() []page.Fact {
	form := p.T("stock.report.form." + string(p.Sum.Format))
	switch {
	case p.Sum.Encrypted:
		form = p.T("stock.report.form.encrypted")
	case p.Sum.Format == token.CSV && p.Sum.Charset != "":
		form += ", " + string(p.Sum.Charset)
	}
	return []page.Fact{
		p.Fact("stock.report.file", p.File),
		p.Fact("stock.report.format", form),
		p.Fact("stock.report.new", p.T("stock.report.count", p.Sum.New)),
		p.Fact("stock.report.refused-count", p.T("stock.report.count", p.Sum.Refused)),
	}
}

// Kind describes a kind of device.
func (p *reportPage) Kind(k token.StockKind) string {
	parts := []string{codesOf(&p.Base, k.Mode, k.Algorithm, k.Digits, k.Period)}
	switch {
	case k.First.IsZero():
	case k.First == k.Last:
		parts = append(parts, p.T("stock.report.battery", p.Day(k.First)))
	default:
		parts = append(parts, p.T("stock.report.batteries", p.Day(k.First), p.Day(k.Last)))
	}
	return strings.Join(parts, ", ")
}

// KindName names a kind of device.
func (p *reportPage) KindName(k token.StockKind) string {
	return modelOf(&p.Base, token.Device{Manufacturer: k.Manufacturer, Model: k.Model})
}

// Battery writes the last day of a battery.
func (p *reportPage) Battery(d token.Device) string {
	if d.BatteryEnd.IsZero() {
		return "–"
	}
	return p.Day(d.BatteryEnd)
}

// Problem says why a device, or the file, is refused.
func (p *reportPage) Problem(r refusedLine) string {
	args := make([]any, len(r.Args))
	for i, arg := range r.Args {
		switch value := arg.(type) {
		case calendar.Date:
			args[i] = p.Day(value)
		case byte:
			args[i] = fmt.Sprintf("%#02x", value)
		default:
			args[i] = arg
		}
	}
	sentence := p.T("stock.problem."+string(r.Reason), args...)
	if r.Column != "" {
		return p.T("stock.report.column", string(r.Column), sentence)
	}
	return sentence
}

// More tells that not all refused devices are shown.
func (p *reportPage) More() bool { return len(p.Problems) == shownRefused }

// MoreDevices tells how many new devices are not shown.
func (p *reportPage) MoreDevices() int { return p.Sum.New - len(p.Devices) }
