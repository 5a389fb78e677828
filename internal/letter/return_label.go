package letter

import (
	_ "embed"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/profile"
)

// ReturnLabel is the label with which a member sends a hard token back (KVB19).
type ReturnLabel struct {
	From   Recipient // the member
	Serial string
}

//go:embed return_label.de.txt
var returnLabelGerman string

var returnLabelText = mustText("return_label.de.txt", returnLabelGerman)

// returnLabelPage is the data of return_label.de.txt.
type returnLabelPage struct {
	*profile.Profile
	Serial string
}

// Measures of the label in millimetres: the size of a postcard, ISO 216 A6, so that it fits on every envelope that a device does.
const (
	labelLeft   = 31.0
	labelTop    = 36.0
	labelWidth  = 148.0
	labelHeight = 105.0
	labelMargin = 8.0

	stampWidth  = 42.0
	stampHeight = 18.0

	labelTo   = 62.0 // from the label's left and top edge to the address
	labelDown = 46.0
)

// PrintLabel sets a label on a sheet of A4, to be cut out, with what to do below it.
func (s Setting) PrintLabel(date calendar.Date, l ReturnLabel) (_ []byte, err error) {
	defer fault.Wrap(&err, "letter.PrintLabel")
	cl := newCleaner()
	colour, err := parseColour(s.Profile.Portal.Colour)
	if err != nil {
		return nil, err
	}
	blocks, err := returnLabelText.fill(returnLabelPage{Profile: s.Profile, Serial: cl.clean(l.Serial)}, cl)
	if err != nil {
		return nil, err
	}
	rows, blocks := parted(blocks)
	sh := &sheet{canvas: newCanvas(), composed: composed{
		body: cl.clean(s.Profile.Body.Name), sender: cl.clean(s.Profile.Letter.ReturnLine), colour: colour, blocks: blocks, number: s.number,
	}}
	sh.newPage()
	sh.head()
	sh.cutLine()
	sh.stamp(cl.clean(s.Profile.Token.Hard.Postage))
	sh.from(address(l.From, cl), plain(rows[0].parts[0]), plain(rows[0].parts[1]))
	sh.to(address(Recipient{Lines: s.Profile.Token.Hard.ReturnTo}, cl))
	sh.y = labelTop + labelHeight + 12
	sh.flow()
	title := cl.clean(plain(blocks[0].parts[0]))
	return finish(sh.canvas, about{id: "return-" + cl.clean(l.Serial), title: title, author: s.Profile.Body.Name, date: date}), nil
}

// cutLine draws the label's edge as a line of dashes (PDF 32000-1, 8.4.3.6).
func (s *sheet) cutLine() {
	s.draw("q [4 3] 0 d %.2f w %v RG %v %.2f %.2f re S Q", 0.25/pointMM, grey,
		at(labelLeft, labelTop+labelHeight), labelWidth/pointMM, labelHeight/pointMM)
}

// stamp says in the place of the stamp who pays.
func (s *sheet) stamp(words string) {
	left, top := labelLeft+labelWidth-labelMargin-stampWidth, labelTop+labelMargin
	s.box(left, top, stampWidth, stampHeight, 0.25, rgb{255, 255, 255}, black)
	lines := wrap(splitWords([]run{{text: words}}, newCleaner()), stampWidth-6, measureAt(11, true))
	y := top + (stampHeight-float64(len(lines))*pitch(11))/2 + ascent(11)
	for _, l := range lines {
		set := pieces(l, 11, true, black)
		last := set[len(set)-1]
		x := left + (stampWidth-last.x-width(last.font, last.text))/2
		for _, p := range set {
			s.text(x+p.x, y, p.font, p.colour, p.text)
		}
		y += pitch(11)
	}
}

// from prints who sends what. What lies in the envelope is not told to whoever carries it.
func (s *sheet) from(lines [][]word, label, mark string) {
	y := labelTop + labelMargin + ascent(smallSize)
	s.text(labelLeft+labelMargin, y, font{regular, smallSize}, grey, label)
	y += smallPitch
	for _, l := range lines {
		for _, part := range wrap(l, labelWidth-stampWidth-4*labelMargin, measureAt(smallSize, false)) {
			s.printWords(labelLeft+labelMargin, y, smallSize, black, part)
			y += smallPitch
		}
	}
	s.text(labelLeft+labelMargin, labelTop+labelHeight-labelMargin, font{regular, smallSize}, grey, mark)
}

// to prints the address, which lies in the lower right as on an envelope without a window (DIN 5008).
func (s *sheet) to(lines [][]word) {
	const size = 12.0
	y := labelTop + labelDown + ascent(size)
	for _, l := range lines {
		for _, part := range wrap(l, labelWidth-labelTo-labelMargin, measureAt(size, false)) {
			s.printWords(labelLeft+labelTo, y, size, black, part)
			y += pitch(size)
		}
	}
}
