package letter

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// font is a face at a size in points.
type font struct {
	face face
	size float64
}

// rgb is a colour.
type rgb struct{ r, g, b int }

var black = rgb{0, 0, 0}

// grey is dark enough to be read on paper (7:1 with white).
var grey = rgb{89, 89, 89}

// parseColour reads #rrggbb.
func parseColour(s string) (rgb, error) {
	n, err := strconv.ParseUint(s[min(1, len(s)):], 16, 24)
	if err != nil || len(s) != 7 || s[0] != '#' {
		return rgb{}, fmt.Errorf("%q is no colour of the form #rrggbb", s)
	}
	return rgb{int(n >> 16), int(n >> 8 & 0xFF), int(n & 0xFF)}, nil
}

// tint mixes a colour with white; share is the colour's part from 0 to 1.
func (c rgb) tint(share float64) rgb {
	mix := func(v int) int { return 255 - int(float64(255-v)*share+0.5) }
	return rgb{mix(c.r), mix(c.g), mix(c.b)}
}

// canvas draws on pages of A4. All measures are millimetres from the sheet's top left corner; text stands on its baseline.
type canvas struct {
	pages []*bytes.Buffer
	fonts [faces]*subset
}

// a4Width and a4Height are the sheet in millimetres (ISO 216).
const (
	a4Width  = 210.0
	a4Height = 297.0
)

func newCanvas() *canvas {
	c := &canvas{}
	for f := range faces {
		c.fonts[f] = newSubset(&typefaces()[f])
	}
	return c
}

func (c *canvas) addPage() { c.pages = append(c.pages, &bytes.Buffer{}) }

// draw writes drawing operators on the last page.
func (c *canvas) draw(format string, args ...any) {
	fmt.Fprintf(c.pages[len(c.pages)-1], format+"\n", args...)
}

// point is a place as PDF counts: in points from the sheet's bottom left corner (8.3.2.3).
type point struct{ x, y float64 }

func at(x, y float64) point { return point{x / pointMM, (a4Height - y) / pointMM} }

func (p point) String() string { return fmt.Sprintf("%.2f %.2f", p.x, p.y) }

// String gives the colour as shares of red, green and blue from 0 to 1 (8.6.4.3).
func (c rgb) String() string {
	return fmt.Sprintf("%.3f %.3f %.3f", float64(c.r)/255, float64(c.g)/255, float64(c.b)/255)
}

// width gives how wide a text is in millimetres.
func width(f font, s string) float64 {
	t, sum := &typefaces()[f.face], 0
	for _, r := range s {
		sum += t.signs[r].width
	}
	return float64(sum) / 1000 * f.size * pointMM
}

// text prints a text with its left end at x. A protected space prints as a plain one, so that text copied from the PDF has
// no odd signs.
func (c *canvas) text(x, y float64, f font, colour rgb, s string) {
	s = unprotect(s)
	if !strings.ContainsFunc(s, isAccent) {
		c.show(x, y, f, colour, s)
		return
	}
	c.accented(x, y, f, colour, s)
}

// show writes the operators for text (9.4).
func (c *canvas) show(x, y float64, f font, colour rgb, s string) {
	c.draw("BT /F%d %.2f Tf %v rg %v Td <%s> Tj ET", f.face, f.size, colour, at(x, y), c.fonts[f.face].encode(s))
}

// line draws a line of the given width (8.5).
func (c *canvas) line(x1, y1, x2, y2, width float64, colour rgb) {
	c.draw("%.2f w %v RG\n%v m %v l S", width/pointMM, colour, at(x1, y1), at(x2, y2))
}

// box draws a filled rectangle with a border.
func (c *canvas) box(x, y, w, h, border float64, fill, edge rgb) {
	c.draw("%.2f w %v RG %v rg\n%v %.2f %.2f re B", border/pointMM, edge, fill, at(x, y+h), w/pointMM, h/pointMM)
}

// ascent, descent are the heights above and below the baseline in millimetres at a size in points, for all three faces
// (hhea of Liberation: 0.905 and 0.212 of the size).
func ascent(size float64) float64  { return 0.905 * size * pointMM }
func descent(size float64) float64 { return 0.212 * size * pointMM }

// pointMM is a typographic point in millimetres.
const pointMM = 25.4 / 72
