package letter

import "strconv"

// set is a block broken into lines, not yet placed on a page.
type set struct {
	lines  []setLine
	height float64 // from the block's top to the bottom of its last line
	before float64 // empty part of the height at the top
	after  float64 // distance to the next block
	framed bool
}

// setLine is one line: where it begins, and its baseline below the block's top.
type setLine struct {
	x, baseline float64
	pieces      []piece
}

// piece is text in one font.
type piece struct {
	text   string
	font   font
	colour rgb
	x      float64 // from the start of the line
}

// flow places the blocks one below the other, on further pages where needed.
func (s *sheet) flow() {
	sets := s.layOutToFit(bodyBottom - s.y)
	for i, b := range s.blocks {
		if s.y+heightOf(sets[i:i+together(b.kind, len(sets)-i)]) > bodyBottom && s.y > nextPageTop {
			s.newPage()
		}
		s.place(sets[i])
	}
}

// layOutToFit sets the text as large as it fits the room on the first page, or in its usual size if it does not fit at all.
func (s *sheet) layOutToFit(room float64) []set {
	for size := textSize; size >= leastSize; size -= 0.5 {
		if sets := s.layOutAll(size); heightOf(sets) <= room {
			return sets
		}
	}
	return s.layOutAll(textSize)
}

func (s *sheet) layOutAll(size float64) []set {
	sets := make([]set, len(s.blocks))
	for i, b := range s.blocks {
		sets[i] = layOut(b, size, s.colour)
	}
	return sets
}

// together tells how many blocks must stand on one page: a heading takes the block that follows along, and the end of a
// letter is never alone. Left counts the blocks from this one to the end.
func together(k kind, left int) int {
	const end = 3
	switch {
	case left <= end:
		return left
	case k == heading:
		return 2
	default:
		return 1
	}
}

func heightOf(sets []set) float64 {
	sum := 0.0
	for i, b := range sets {
		sum += b.height
		if i < len(sets)-1 {
			sum += b.after
		}
	}
	return sum
}

// place prints a block; one that is longer than a page goes on on the next.
func (s *sheet) place(b set) {
	if b.framed {
		s.box(marginLeft, s.y+b.before, textWidth, b.height-b.before, 0.5, s.colour.tint(0.06), s.colour)
	}
	top := s.y
	for _, l := range b.lines {
		if top+l.baseline > bodyBottom {
			s.newPage()
			top = s.y - l.baseline + ascent(textSize)
		}
		for _, p := range l.pieces {
			s.text(l.x+p.x, top+l.baseline, p.font, p.colour, p.text)
		}
	}
	s.y = top + b.height + b.after
}

// layOut breaks a block into lines of text of the given size; colour is the body's.
func layOut(b block, size float64, colour rgb) set {
	switch b.kind {
	case subject:
		return layParagraph(b.parts[0], style{size: size + 1, heavy: true, after: 2 * gap})
	case heading:
		return layParagraph(b.parts[0], style{size: size, heavy: true, before: gap * 0.7, after: gap / 3})
	case small:
		return layParagraph(b.parts[0], style{size: footSize, colour: grey, after: gap})
	case step:
		return layStep(b, size, colour)
	case frame:
		return layFrame(b, size)
	default:
		return layParagraph(b.parts[0], style{size: size, after: gap})
	}
}

// pitch is the distance from one baseline to the next.
func pitch(size float64) float64 { return lead * size * pointMM }

// style says how a paragraph is set. Distances are millimetres.
type style struct {
	size          float64
	heavy         bool
	colour        rgb
	indent        float64
	before, after float64
}

func layParagraph(words []word, st style) set {
	b := set{after: st.after}
	baseline := st.before + ascent(st.size)
	for i, line := range wrap(words, textWidth-st.indent, measureAt(st.size, st.heavy)) {
		if i > 0 {
			baseline += pitch(st.size)
		}
		b.lines = append(b.lines, setLine{x: marginLeft + st.indent, baseline: baseline, pieces: pieces(line, st.size, st.heavy, st.colour)})
	}
	b.height = baseline + descent(st.size)
	return b
}

// pieces gives the words of a line their places. Words in one font stay one text with its blanks, so that programs which read
// a PDF aloud find whole sentences.
func pieces(words []word, size float64, heavy bool, colour rgb) []piece {
	var list []piece
	m := measureAt(size, heavy)
	x, blank := 0.0, ""
	for _, w := range words {
		for _, p := range w.pieces {
			f := fontOf(size, heavy || p.bold)
			if n := len(list); n > 0 && list[n-1].font == f {
				list[n-1].text += blank + p.text
			} else {
				list = append(list, piece{text: p.text, font: f, colour: colour, x: x + m(blank, false)})
			}
			x += m(blank, false) + m(p.text, p.bold)
			blank = ""
		}
		blank = " "
	}
	return list
}

// layStep sets a numbered step with its number hanging at the left.
func layStep(b block, size float64, colour rgb) set {
	const indent = 7.0
	l := layParagraph(b.parts[0], style{size: size, indent: indent, after: gap / 2})
	number := []word{{pieces: []run{{text: strconv.Itoa(b.number) + "."}}}}
	first := setLine{x: marginLeft, baseline: ascent(size), pieces: pieces(number, size, true, colour)}
	l.lines = append([]setLine{first}, l.lines...)
	return l
}

// layFrame sets the code, large and in the face whose digits are told apart most easily, between its label and remarks.
func layFrame(b block, size float64) set {
	code := font{mono, shrink(plain(b.parts[1]), mono, codeSize, 16, textWidth-2*gap)}
	f := set{framed: true, before: gap / 2, after: 1.5 * gap}
	y := f.before + 4 + ascent(size)
	f.lines = append(f.lines, centred(y, pieces(b.parts[0], size, false, grey)))
	y += 3 + ascent(code.size)
	f.lines = append(f.lines, centred(y, []piece{{text: plain(b.parts[1]), font: code, colour: black}}))
	y += 3.7
	for _, remark := range b.parts[2:] {
		for _, line := range wrap(remark, textWidth-2*gap, measureAt(size, false)) {
			y += pitch(size)
			f.lines = append(f.lines, centred(y, pieces(line, size, false, black)))
		}
	}
	f.height = y + descent(size) + 4.5
	return f
}

// centred places pieces in the middle of the text's width.
func centred(baseline float64, pieces []piece) setLine {
	last := pieces[len(pieces)-1]
	size := last.x + width(last.font, last.text)
	return setLine{x: marginLeft + (textWidth-size)/2, baseline: baseline, pieces: pieces}
}
