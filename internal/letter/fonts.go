package letter

import (
	_ "embed"
	"encoding/binary"
	"math"
	"sync"
	"unicode"
)

// face is one of the three typefaces a letter is set in.
type face int

const (
	regular face = iota
	bold
	mono
	faces // how many there are
)

//go:embed fonts/LiberationSans-Regular.ttf
var sansRegular []byte

//go:embed fonts/LiberationSans-Bold.ttf
var sansBold []byte

//go:embed fonts/LiberationMono-Bold.ttf
var monoBold []byte

// typefaces gives the three typefaces, read once for the whole program.
var typefaces = sync.OnceValue(readTypefaces)

func readTypefaces() *[faces]typeface {
	return &[faces]typeface{
		regular: readTypeface("LiberationSans", sansRegular),
		bold:    readTypeface("LiberationSans-Bold", sansBold),
		mono:    readTypeface("LiberationMono-Bold", monoBold),
	}
}

// typeface is a TrueType font: its tables as the OpenType specification describes them, and the signs that letters may carry.
// The fonts are part of the program: what the specification allows and they do not use is not read here.
type typeface struct {
	name   string // PostScript name
	tables map[string]table
	signs  map[rune]sign
}

// sign is what prints a letter, digit or the like: the number of its glyph in the font, and its width in thousandths of the size.
type sign struct{ glyph, width int }

func readTypeface(name string, ttf []byte) typeface {
	t := typeface{name: name, tables: readTables(ttf), signs: map[rune]sign{}}
	readMap(t.tables["cmap"], func(r rune, glyph int) {
		if printable(r) {
			t.signs[r] = sign{glyph, t.thousandths(int(t.tables["hmtx"].u16(4 * glyph)))}
		}
	})
	return t
}

// printable tells whether a sign may stand in a letter if the font has it. Letters run from left to right: a sign of a script
// that runs the other way would be printed in the wrong order, which is worse than not at all.
func printable(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko)
}

func (t *typeface) has(r rune) bool {
	_, found := t.signs[r]
	return found
}

// thousandths turns the font's units into thousandths of its size, which PDF counts in.
func (t *typeface) thousandths(units int) int {
	return int(math.Round(float64(units) * 1000 / float64(t.tables["head"].u16(18))))
}

// outline gives the drawing of a glyph; that of a blank is empty.
func (t *typeface) outline(glyph int) table {
	places := t.tables["loca"]
	return t.tables["glyf"][places.u32(4*glyph):places.u32(4*glyph+4)]
}

// table is a part of a font. Numbers in it have their high byte first.
type table []byte

func (t table) u16(at int) int { return int(binary.BigEndian.Uint16(t[at:])) }
func (t table) i16(at int) int { return int(int16(t.u16(at))) }
func (t table) u32(at int) int { return int(binary.BigEndian.Uint32(t[at:])) }

// with gives a copy of the table with another number of two bytes in it.
func (t table) with(at, number int) table {
	t = append(table(nil), t...)
	binary.BigEndian.PutUint16(t[at:], uint16(number))
	return t
}

func readTables(ttf table) map[string]table {
	tables := map[string]table{}
	for i := range ttf.u16(4) {
		entry := ttf[12+16*i:]
		tables[string(entry[:4])] = ttf[entry.u32(8):][:entry.u32(12)]
	}
	return tables
}

// readMap calls found for each sign of the font in ascending order, with its glyph. It reads the map of Unicode for Windows
// (cmap: platform 3, encoding 1, format 4).
func readMap(cmap table, found func(r rune, glyph int)) {
	m := cmap
	for i := range cmap.u16(2) {
		if entry := cmap[4+8*i:]; entry.u16(0) == 3 && entry.u16(2) == 1 {
			m = cmap[entry.u32(4):]
		}
	}
	spans := m.u16(6) // in bytes: two for each span
	ends, starts, shifts, lists := m[14:], m[16+spans:], m[16+2*spans:], m[16+3*spans:]
	for s := 0; s < spans; s += 2 {
		for code := starts.u16(s); code <= ends.u16(s) && code < 0xFFFF; code++ {
			glyph := code
			if list := lists.u16(s); list != 0 {
				glyph = lists.u16(s + list + 2*(code-starts.u16(s)))
			}
			if glyph != 0 {
				glyph = (glyph + shifts.u16(s)) & 0xFFFF
			}
			if glyph != 0 {
				found(rune(code), glyph)
			}
		}
	}
}
