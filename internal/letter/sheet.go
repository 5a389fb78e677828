package letter

import (
	"errors"
	"slices"
)

// Measures of DIN 5008 form B, in millimetres from the sheet's top left corner (domain.md 6.1).
const (
	marginLeft  = 25.0
	marginRight = 20.0
	textWidth   = a4Width - marginLeft - marginRight

	addressTop    = 62.7 // below the zone of the sender's line
	addressBottom = 90.0
	addressWidth  = 80.0 // of the window's 85, 5 at the left stay free
	addressLines  = 6

	infoLeft  = 125.0
	infoTop   = 50.0
	infoWidth = 70.0 // the standard allows 75

	subjectGap = 8.46 // from the address field, or the information block, to the subject

	foldUpper = 105.0
	foldLower = 210.0
	punch     = 148.5
)

// Sizes in points and the distances that go with them in millimetres.
const (
	textSize   = 11.0
	leastSize  = 10.0 // of the text, where it then fits on one page
	lead       = 1.26 // from one baseline to the next, in sizes
	gap        = 2.6  // between blocks
	smallSize  = 9.0
	smallPitch = 4.1
	footSize   = 8.0
	codeSize   = 28.0

	bodyBottom   = 273.0 // the text ends above
	footTop      = 278.0
	nextPageTop  = 35.0 // where the text of further pages begins
	headBaseline = 21.0
)

// errAddress says that a letter cannot be addressed: there are fewer than two lines, or more than six. Its text never quotes the
// address.
var errAddress = errors.New("the address does not fit the window")

// composed is a letter before it is set. All its text is clean.
type composed struct {
	body    string   // name of the sending body, for the head
	sender  string   // the sender in one line, for the foot
	id      string   // of the letter, for the code in the window; empty leaves the code out
	back    string   // where the envelope goes back to
	address [][]word // one entry a line
	rows    []block  // of the information block
	blocks  []block  // subject first
	colour  rgb
	number  func(page, pages int) string // „Seite 1 von 2“
}

// subject gives the letter's subject as plain text.
func (c composed) subject() string {
	for _, b := range c.blocks {
		if b.kind == subject {
			return plain(b.parts[0])
		}
	}
	return ""
}

// recipient gives the lines of the address as plain text.
func (c composed) recipient() []string {
	lines := make([]string, len(c.address))
	for i, l := range c.address {
		lines[i] = plain(l)
	}
	return lines
}

// sheet sets one letter.
type sheet struct {
	*canvas
	composed
	y     float64 // where the next block begins
	page  int
	pages int // how many there will be; 0 while nobody knows
}

// setPages sets the whole letter and tells how many pages it took.
func setPages(c composed, pages int) (*sheet, error) {
	s := &sheet{canvas: newCanvas(), composed: c, pages: pages}
	s.newPage()
	s.head()
	if err := s.window(); err != nil {
		return nil, err
	}
	s.y = max(addressBottom, s.information()) + subjectGap
	s.marks()
	s.flow()
	return s, nil
}

// measureAt gives widths at a size; heavy makes everything bold.
func measureAt(size float64, heavy bool) measure {
	return func(text string, b bool) float64 { return width(fontOf(size, heavy || b), text) }
}

func fontOf(size float64, heavy bool) font {
	if heavy {
		return font{bold, size}
	}
	return font{regular, size}
}

// printWords prints one line of words from x on.
func (s *sheet) printWords(x, y, size float64, colour rgb, words []word) {
	for _, p := range pieces(words, size, false, colour) {
		s.text(x+p.x, y, p.font, p.colour, p.text)
	}
}

func (s *sheet) newPage() {
	s.addPage()
	s.page++
	s.y = nextPageTop
	s.foot()
}

// head prints the sender's name in the colour of the body above a fine line.
func (s *sheet) head() {
	size := shrink(s.body, bold, 17, 9, textWidth)
	s.text(marginLeft, headBaseline, font{bold, size}, s.colour, s.body)
	s.line(marginLeft, headBaseline+4.5, a4Width-marginRight, headBaseline+4.5, 0.6, s.colour)
}

// shrink gives the largest size, in steps of half a point, at which a text fits the room it has, down to the least.
func shrink(text string, f face, size, least, room float64) float64 {
	for size > least && width(font{f, size}, text) > room {
		size -= 0.5
	}
	return size
}

// window prints what the envelope's window shows: the sender in one line and the address below.
func (s *sheet) window() error {
	const baseline = addressTop - 2.2
	size := shrink(s.back, regular, footSize, 5.5, addressWidth)
	s.text(marginLeft, baseline, font{regular, size}, grey, s.back)
	s.line(marginLeft, baseline+1, marginLeft+addressWidth, baseline+1, 0.1, grey)

	if err := s.code(); err != nil {
		return err
	}
	lines, size, err := s.fitAddress()
	if err != nil {
		return err
	}
	const pitch = (addressBottom - addressTop) / addressLines
	for i, l := range lines {
		s.printWords(marginLeft, addressTop+ascent(size)+float64(i)*pitch, size, black, l)
	}
	return nil
}

// Where the letter's number stands: in the window, at the right of the zone above the sender's line, so that an envelope that comes
// back is not opened. The left of the zone stays free for what print centres frank with.
const (
	codeRight = 100.0
	codeTop   = 47.0
	codeText  = 6.5
)

// code prints the letter's number, for scanners as a DataMatrix and for people beside it.
func (s *sheet) code() error {
	if s.id == "" {
		return nil
	}
	m, err := newMatrix(s.id)
	if err != nil {
		return err
	}
	left := codeRight - float64(len(m))*module
	m.draw(s.canvas, left, codeTop)
	number, f := Number(s.id), font{regular, codeText}
	s.text(left-1.6-width(f, number), codeTop+ascent(codeText), f, grey, number)
	return nil
}

// fitAddress finds the largest size at which the address fits the window's six lines, wrapping long lines and, where that
// helps, setting a salutation before the name. It never leaves anything out: a letter with a secret that reaches the wrong door
// is worse than none.
func (s *sheet) fitAddress() (lines [][]word, size float64, err error) {
	if len(s.address) < 2 || len(s.address) > addressLines {
		return nil, 0, errAddress
	}
	for size = 11.0; size >= 8; size -= 0.5 {
		for _, address := range [][][]word{s.address, joinSalutation(s.address)} {
			if lines = wrapAddress(address, size); len(lines) <= addressLines {
				return lines, size, nil
			}
		}
	}
	return nil, 0, errAddress
}

func wrapAddress(address [][]word, size float64) (lines [][]word) {
	for _, l := range address {
		lines = append(lines, wrap(l, addressWidth, measureAt(size, false))...)
	}
	return lines
}

// joinSalutation sets a first line of one word, such as "Frau", before the second.
func joinSalutation(address [][]word) [][]word {
	if len(address[0]) != 1 {
		return address
	}
	return slices.Concat([][]word{slices.Concat(address[0], address[1])}, address[2:])
}

// information prints the information block at the right and tells where it ends.
func (s *sheet) information() float64 {
	labels := 0.0
	for _, r := range s.rows {
		labels = max(labels, width(font{regular, smallSize}, plain(r.parts[0])))
	}
	column := labels + 3
	y := infoTop + ascent(smallSize)
	for _, r := range s.rows {
		if len(r.parts[0]) == 0 {
			y += smallPitch / 2
			continue
		}
		s.printWords(infoLeft, y, smallSize, grey, r.parts[0])
		for _, l := range wrap(r.parts[1], infoWidth-column, measureAt(smallSize, false)) {
			s.printWords(infoLeft+column, y, smallSize, black, l)
			y += smallPitch
		}
	}
	return y - smallPitch + descent(smallSize)
}

// marks prints the fold and punch marks at the left edge.
func (s *sheet) marks() {
	s.line(5, foldUpper, 9, foldUpper, 0.2, grey)
	s.line(5, punch, 11, punch, 0.2, grey)
	s.line(5, foldLower, 9, foldLower, 0.2, grey)
}

// foot prints the sender, and the page's number where there is more than one page.
func (s *sheet) foot() {
	y := footTop + 4.5
	size := shrink(s.sender, regular, footSize, 5.5, textWidth-25)
	s.line(marginLeft, footTop, a4Width-marginRight, footTop, 0.2, s.colour)
	s.text(marginLeft, y, font{regular, size}, grey, s.sender)
	if s.pages < 2 {
		return
	}
	number, f := s.number(s.page, s.pages), font{regular, footSize}
	s.text(a4Width-marginRight-width(f, number), y, f, grey, number)
}
