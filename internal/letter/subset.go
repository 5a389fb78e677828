package letter

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"
)

// subset is the part of a typeface that one letter uses. Its signs are numbered in the order in which the letter needs them, so
// that the same letter has the same fonts. Sign 0 is the one that fonts print for signs they lack; no letter uses it.
type subset struct {
	*typeface
	used    []rune
	numbers map[rune]int
}

func newSubset(t *typeface) *subset {
	return &subset{typeface: t, used: []rune{0}, numbers: map[rune]int{}}
}

// encode writes a text in the numbers of its signs, two bytes each (9.7.6, Identity-H).
func (s *subset) encode(text string) string {
	var codes []byte
	for _, r := range text {
		n, known := s.numbers[r]
		if !known {
			n = len(s.used)
			s.numbers[r] = n
			s.used = append(s.used, r)
		}
		codes = binary.BigEndian.AppendUint16(codes, uint16(n))
	}
	return hex.EncodeToString(codes)
}

// name tells this part of the font from any other (9.6.4): six capitals made of its signs, and the font's own name. So letters
// may be bound into one file by programs that know a font by its name.
func (s *subset) name() string {
	tag := sha256.Sum256([]byte(string(s.used)))
	for i := range tag[:6] {
		tag[i] = 'A' + tag[i]%26
	}
	return string(tag[:6]) + "+" + s.typeface.name
}

// embed writes the font into a PDF (9.7.4 to 9.8).
func (s *subset) embed(f *pdfFile) ref {
	name, data := s.name(), s.ttf()
	parts := f.add("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDToGIDMap /Identity\n"+
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>\n/FontDescriptor %v /W [1 %v] >>",
		name, f.add("<< /Type /FontDescriptor /FontName /%s %s /FontFile2 %v >>",
			name, s.descriptor(), f.packed(fmt.Sprintf("/Length1 %d ", len(data)), data)), s.widths())
	return f.add("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%v] /ToUnicode %v >>",
		name, parts, f.packed("", []byte(s.toUnicode())))
}

func (s *subset) widths() []int {
	var widths []int
	for _, r := range s.used[1:] {
		widths = append(widths, s.signs[r].width)
	}
	return widths
}

// descriptor says what a program needs that has to replace the font (9.8). The thickness of stems is a rule of thumb; no font
// file tells it.
func (s *subset) descriptor() string {
	head, hhea, os2 := s.tables["head"], s.tables["hhea"], s.tables["OS/2"]
	const symbolic, fixedPitch = 4, 1
	flags := symbolic
	if s.tables["post"].u32(12) != 0 {
		flags |= fixedPitch
	}
	weight := os2.u16(4)
	return fmt.Sprintf("/Flags %d /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d /Descent %d /CapHeight %d /StemV %d", flags,
		s.thousandths(head.i16(36)), s.thousandths(head.i16(38)), s.thousandths(head.i16(40)), s.thousandths(head.i16(42)),
		s.thousandths(hhea.i16(4)), s.thousandths(hhea.i16(6)), s.thousandths(os2.i16(88)), 50+weight*weight/(65*65))
}

// toUnicode tells which signs the numbers stand for, so that text can be searched, copied and read aloud (9.10.3).
func (s *subset) toUnicode() string {
	var out strings.Builder
	out.WriteString("/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n" +
		"1 begincodespacerange <0000> <ffff> endcodespacerange\n")
	n := 1
	for signs := range slices.Chunk(s.used[1:], 100) { // more are not allowed at once
		fmt.Fprintf(&out, "%d beginbfchar\n", len(signs))
		for _, r := range signs {
			fmt.Fprintf(&out, "<%04x> <%s>\n", n, utf16Hex(string(r)))
			n++
		}
		out.WriteString("endbfchar\n")
	}
	out.WriteString("endcmap CMapName currentdict /CMap defineresource pop end end\n")
	return out.String()
}

// ttf writes the cut font as a TrueType file with the tables that a PDF asks for (9.9).
func (s *subset) ttf() []byte {
	var outlines, places, metrics table
	glyphs := make([]int, len(s.used))
	for i, r := range s.used {
		glyphs[i] = s.signs[r].glyph
	}
	for i := 0; i < len(glyphs); i++ { // while composed glyphs add their parts
		var outline table
		outline, glyphs = renumber(s.outline(glyphs[i]), glyphs)
		places = binary.BigEndian.AppendUint32(places, uint32(len(outlines)))
		outlines = append(outlines, padded(outline)...)
		metrics = append(metrics, s.tables["hmtx"][4*glyphs[i]:][:4]...)
	}
	places = binary.BigEndian.AppendUint32(places, uint32(len(outlines)))
	const longPlaces = 1
	return assemble(map[string]table{
		"cvt ": s.tables["cvt "], "fpgm": s.tables["fpgm"], "prep": s.tables["prep"],
		"glyf": outlines, "loca": places, "hmtx": metrics,
		"head": s.tables["head"].with(50, longPlaces).with(8, 0).with(10, 0),
		"hhea": s.tables["hhea"].with(34, len(glyphs)),
		"maxp": s.tables["maxp"].with(4, len(glyphs)),
	})
}

// renumber gives the outline of a glyph with new numbers for the glyphs that it is composed of: their places in the list, to
// which it adds those not yet there (glyf: composite glyph description).
func renumber(outline table, glyphs []int) (table, []int) {
	if len(outline) == 0 || outline.i16(0) >= 0 {
		return outline, glyphs
	}
	const words, scale, more, twoScales, matrix = 1, 8, 32, 64, 128
	for at, flags := 10, more; flags&more != 0; {
		flags = outline.u16(at)
		part := outline.u16(at + 2)
		if !slices.Contains(glyphs, part) {
			glyphs = append(glyphs, part)
		}
		outline = outline.with(at+2, slices.Index(glyphs, part))
		at += 6 + 2*(flags&words) + 2*(flags&scale)/scale + 4*(flags&twoScales)/twoScales + 8*(flags&matrix)/matrix
	}
	return outline, glyphs
}

// assemble writes a TrueType file of its tables (OpenType specification, organization of a font). The file's own sum stands in
// head, which comes with nought there.
func assemble(tables map[string]table) []byte {
	n := len(tables)
	power := bits.Len(uint(n)) - 1
	out := table{0, 1, 0, 0}
	for _, number := range []int{n, 16 << power, power, 16*n - 16<<power} {
		out = binary.BigEndian.AppendUint16(out, uint16(number))
	}
	var body table
	head := 0
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		place := 12 + 16*n + len(body)
		if name == "head" {
			head = place
		}
		out = append(out, name...)
		for _, number := range []int{int(sum(tables[name])), place, len(tables[name])} {
			out = binary.BigEndian.AppendUint32(out, uint32(number))
		}
		body = append(body, padded(tables[name])...)
	}
	out = append(out, body...)
	binary.BigEndian.PutUint32(out[head+8:], 0xB1B0AFBA-sum(out))
	return out
}

// sum adds up a table as numbers of four bytes.
func sum(t table) (sum uint32) {
	t = padded(t)
	for at := 0; at < len(t); at += 4 {
		sum += uint32(t.u32(at))
	}
	return sum
}

// padded fills a table up to a multiple of four bytes.
func padded(t table) table { return append(slices.Clip(t), make(table, -len(t)&3)...) }
