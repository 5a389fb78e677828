package letter

import (
	_ "embed"
	"strings"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/profile"
)

//go:embed sheet.de.txt
var sheetGerman string

var sheetText = mustText("sheet.de.txt", sheetGerman)

// sheetPage is the data of sheet.de.txt.
type sheetPage struct {
	Profile     *profile.Profile
	Date        calendar.Date
	Page, Pages int
}

// Setting is what surrounds a letter: the rules of the body that sends it, and where its portal is found.
type Setting struct {
	Profile *profile.Profile
	Portal  string // address of the portal as printed, such as https://portal.example
}

// Paper is a letter set for printing.
type Paper struct {
	PDF       []byte
	Pages     int
	Recipient []string // the address as printed
	Lost      int      // signs that the fonts do not have: printed without their accent or as a box
}

// Render sets a letter as a PDF. The same arguments always give the same bytes. See Setting.Print.
func Render(p *profile.Profile, portalURL, id string, date calendar.Date, c Content) ([]byte, error) {
	paper, err := Setting{Profile: p, Portal: portalURL}.Print(id, date, c)
	return paper.PDF, err
}

// Print sets a letter as a PDF: DIN 5008 form B, prepared for PDF/A-2b. Id and date are the letter's own, so that it comes out
// alike however often it is set. An address that does not fit the window is an error; no error quotes the letter.
func (s Setting) Print(id string, date calendar.Date, c Content) (_ Paper, err error) {
	defer fault.Wrap(&err, "letter.Print(%s)", id)
	cl := newCleaner()
	letter, err := s.compose(date, c, cl)
	if err != nil {
		return Paper{}, err
	}
	letter.id = id
	sh, err := setPages(letter, 0)
	if err == nil && sh.page > 1 {
		sh, err = setPages(letter, sh.page)
	}
	if err != nil {
		return Paper{}, err
	}
	pdf := finish(sh.canvas, about{id: id, title: letter.subject(), author: s.Profile.Body.Name, date: date})
	return Paper{PDF: pdf, Pages: sh.page, Recipient: letter.recipient(), Lost: cl.lost}, nil
}

// compose fills the texts and collects what stands around them.
func (s Setting) compose(date calendar.Date, c Content, cl *cleaner) (composed, error) {
	p := s.Profile
	colour, err := parseColour(p.Portal.Colour)
	if err != nil {
		return composed{}, err
	}
	own, err := c.blocks(s, cl)
	if err != nil {
		return composed{}, err
	}
	around, err := sheetText.fill(sheetPage{Profile: p, Date: date}, cl)
	if err != nil {
		return composed{}, err
	}
	rows, blocks := parted(own)
	more, _ := parted(around)
	return composed{
		body:    cl.clean(p.Body.Name),
		sender:  cl.clean(strings.Join(p.Letter.Sender, " · ")),
		back:    cl.clean(p.Letter.ReturnLine),
		address: address(c.Recipient(), cl),
		rows:    append(rows, more...),
		blocks:  blocks,
		colour:  colour,
		number:  s.number,
	}, nil
}

// parted tells the rows of the information block from the letter's text.
func parted(all []block) (rows, rest []block) {
	for _, b := range all {
		if b.kind == row {
			rows = append(rows, b)
		} else {
			rest = append(rest, b)
		}
	}
	return rows, rest
}

// address gives the lines of an address that say something.
func address(to Recipient, cl *cleaner) [][]word {
	var lines [][]word
	for _, l := range to.Lines {
		if words := splitWords([]run{{text: cl.clean(l)}}, cl); len(words) > 0 {
			lines = append(lines, words)
		}
	}
	return lines
}

// greeting gives a greeting without the comma that the letter sets after it.
func greeting(to Recipient, cl *cleaner) string {
	return strings.TrimRight(cl.clean(to.Greeting), ", ")
}

// number gives the line of sheet.de.txt that numbers a page.
func (s Setting) number(page, pages int) string {
	all, err := sheetText.fill(sheetPage{Profile: s.Profile, Page: page, Pages: pages}, newCleaner())
	if err != nil {
		panic(err) // the same text was filled before the first page was set
	}
	_, rest := parted(all)
	return plain(rest[0].parts[0])
}
