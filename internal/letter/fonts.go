package letter

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
)

// face is one of the three typefaces a letter is set in.
type face string

// What the PDF calls the fonts in the end, see fontNames in pdfa.go.
const (
	regular face = "AA+LiberationSans"
	bold    face = "AB+LiberationSans-Bold"
	mono    face = "AC+LiberationMono-Bold"
)

//go:embed fonts/LiberationSans-Regular.ttf
var sansRegular []byte

//go:embed fonts/LiberationSans-Bold.ttf
var sansBold []byte

//go:embed fonts/LiberationMono-Bold.ttf
var monoBold []byte

// typeface is a font cut to what letters may need: parsing it anew for each letter, as fpdf does, costs time by its size.
// Widths, in thousandths of the size, has an entry for each sign.
type typeface struct {
	data   []byte
	widths map[rune]int
}

func (t typeface) has(r rune) bool {
	_, found := t.widths[r]
	return found
}

// typefaces gives the three typefaces, cut and measured once for the whole program.
var typefaces = sync.OnceValue(func() map[face]typeface {
	return map[face]typeface{
		regular: cut(sansRegular, printable),
		bold:    cut(sansBold, printable),
		mono:    cut(monoBold, func(r rune) bool { return r < 0x7F }),
	}
})

// cut reduces a font to the signs that are wanted. fpdf writes into the bytes it is given, hence the clone.
func cut(ttf []byte, wanted func(rune) bool) typeface {
	set := slices.DeleteFunc(codePoints(ttf), func(r rune) bool { return !wanted(r) })
	t := typeface{data: fpdf.UTF8CutFont(bytes.Clone(ttf), string(set)), widths: map[rune]int{}}
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.AddUTF8FontFromBytes("font", "", t.data)
	pdf.SetFont("font", "", 1)
	for _, r := range set {
		t.widths[r] = pdf.GetStringSymbolWidth(string(r))
	}
	return t
}

// printable tells whether a sign may stand in a letter if the font has it. Letters run from left to right: a sign of a script
// that runs the other way would be printed in the wrong order, which is worse than not at all.
func printable(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko)
}

// codePoints lists the signs of a TrueType font in ascending order: those that its character map (cmap, format 4, OpenType
// specification) gives a glyph other than "missing". The fonts are part of the program: a broken one is a programming error.
func codePoints(ttf []byte) []rune {
	table := unicodeMap(tableOf(ttf, "cmap"))
	u16 := func(at int) int { return int(binary.BigEndian.Uint16(table[at:])) }
	segments := u16(6) / 2
	ends, starts := 14, 16+2*segments
	deltas, offsets := starts+2*segments, starts+4*segments
	var found []rune
	for s := range segments {
		for r := u16(starts + 2*s); r <= u16(ends+2*s) && r < 0xFFFF; r++ {
			glyph, offset := r, u16(offsets+2*s)
			if offset != 0 {
				glyph = u16(offsets + 2*s + offset + 2*(r-u16(starts+2*s)))
			}
			if glyph != 0 && (glyph+u16(deltas+2*s))&0xFFFF != 0 {
				found = append(found, rune(r))
			}
		}
	}
	return found
}

// tableOf gives one table of a TrueType font.
func tableOf(ttf []byte, name string) []byte {
	for i := range int(binary.BigEndian.Uint16(ttf[4:])) {
		entry := ttf[12+16*i:]
		if string(entry[:4]) == name {
			return ttf[binary.BigEndian.Uint32(entry[8:]):]
		}
	}
	panic(fmt.Sprintf("letter: font without table %q", name))
}

// unicodeMap gives the part of the table cmap that maps Unicode for Windows (platform 3, encoding 1).
func unicodeMap(cmap []byte) []byte {
	for i := range int(binary.BigEndian.Uint16(cmap[2:])) {
		entry := cmap[4+8*i:]
		if binary.BigEndian.Uint32(entry) == 3<<16|1 {
			return cmap[binary.BigEndian.Uint32(entry[4:]):]
		}
	}
	panic("letter: font without a Unicode map")
}
