package letter

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
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
	pdf     *fpdf.Fpdf
	current font
}

// a4Width and a4Height are the sheet in millimetres (ISO 216).
const (
	a4Width  = 210.0
	a4Height = 297.0
)

func newCanvas() *canvas {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	for _, f := range []face{regular, bold, mono} { // in order, so that the same letter has the same bytes
		pdf.AddUTF8FontFromBytes(string(f), "", typefaces()[f].data)
	}
	return &canvas{pdf: pdf}
}

func (c *canvas) addPage() {
	c.pdf.AddPage()
	c.current = font{}
}

func (c *canvas) setFont(f font) {
	if c.current != f {
		c.current = f
		c.pdf.SetFont(string(f.face), "", f.size)
	}
}

// width gives how wide a text is in millimetres.
func width(f font, s string) float64 {
	t, sum := typefaces()[f.face], 0
	for _, r := range s {
		sum += t.widths[r]
	}
	return float64(sum) / 1000 * f.size * pointMM
}

// text prints a text with its left end at x. A protected space prints as a plain one, so that text copied from the PDF has
// no odd signs.
func (c *canvas) text(x, y float64, f font, colour rgb, s string) {
	c.setFont(f)
	c.pdf.SetTextColor(colour.r, colour.g, colour.b)
	s = unprotect(s)
	if !strings.ContainsFunc(s, isAccent) {
		c.pdf.Text(x, y, s)
		return
	}
	c.accented(x, y, f, s)
}

// accented prints a text in which accents stand as signs of their own, as registers have them for letters that Unicode does
// not compose (DIN 91379). Liberation draws such an accent above a letter of middle width that ends at the pen, so it is
// moved to the middle of its letter.
func (c *canvas) accented(x, y float64, f font, s string) {
	middle := 0.278 * f.size * pointMM
	letter := 0.0 // width of the last letter
	for _, r := range s {
		if isAccent(r) {
			c.pdf.Text(x+middle-letter/2, y, string(r))
			continue
		}
		c.pdf.Text(x, y, string(r))
		letter = width(f, string(r))
		x += letter
	}
}

// isAccent tells whether a sign stands on the one before it.
func isAccent(r rune) bool { return unicode.Is(unicode.Mn, r) }

// line draws a line of the given width.
func (c *canvas) line(x1, y1, x2, y2, width float64, colour rgb) {
	c.pdf.SetLineWidth(width)
	c.pdf.SetDrawColor(colour.r, colour.g, colour.b)
	c.pdf.Line(x1, y1, x2, y2)
}

// box draws a filled rectangle with a border.
func (c *canvas) box(x, y, w, h, border float64, fill, edge rgb) {
	c.pdf.SetLineWidth(border)
	c.pdf.SetFillColor(fill.r, fill.g, fill.b)
	c.pdf.SetDrawColor(edge.r, edge.g, edge.b)
	c.pdf.Rect(x, y, w, h, "FD")
}

// ascent, descent are the heights above and below the baseline in millimetres at a size in points, for all three faces
// (hhea of Liberation: 0.905 and 0.212 of the size).
func ascent(size float64) float64  { return 0.905 * size * pointMM }
func descent(size float64) float64 { return 0.212 * size * pointMM }

// pointMM is a typographic point in millimetres.
const pointMM = 25.4 / 72
