package letter

import (
	"math"
	"strings"
	"testing"
)

// TestAccentsThatUnicodeDoesNotComposeStandOnTheirLetters measures where DIN 91379's accents are printed, in sizes.
func TestAccentsThatUnicodeDoesNotComposeStandOnTheirLetters(t *testing.T) {
	sans := &typefaces()[regular]
	for letter, accents := range map[rune]string{
		'C': "\u0300\u0304\u0306\u0308", 'c': "\u0300\u0306", 'J': "\u0301\u030C", 'k': "\u0302\u0307", 'M': "\u0302", 'z': "\u0304",
	} {
		base := sans.extent(letter)
		for _, accent := range accents {
			own := sans.extent(accent)
			if gap := own.bottom + base.clear(own) - base.top; gap < 0.02 || gap > 0.12 {
				t.Errorf("%c%c: the accent stands %.3f above its letter", letter, accent, gap)
			}
		}
	}
	for _, letter := range "pgK" {
		base, dot := sans.extent(letter), sans.extent('\u0323')
		if gap := base.bottom - dot.top - base.clear(dot); gap < 0.02 || gap > 0.12 {
			t.Errorf("%c: the dot stands %.3f below its letter", letter, gap)
		}
	}
}

// TestSecondAccentIsClearOfTheFirst prints an accent on an accent and finds both where they belong.
func TestSecondAccentIsClearOfTheFirst(t *testing.T) {
	c := newCanvas()
	c.addPage()
	c.text(10, 10, font{regular, 11}, black, "C\u0304\u0306")
	var heights []float64
	for line := range strings.Lines(c.pages[0].String()) {
		if fields := strings.Fields(line); fields[0] == "BT" {
			heights = append(heights, mm(t, fields[9])/11/pointMM)
		}
	}
	sans := &typefaces()[regular]
	first, second := sans.extent('\u0304'), sans.extent('\u0306')
	if len(heights) != 3 {
		t.Fatalf("%d signs are printed, not a letter and two accents", len(heights))
	}
	if gap := (second.bottom + heights[2]) - (first.top + heights[1]); math.Abs(gap-0.058) > 0.005 {
		t.Errorf("the second accent stands %.3f above the first", gap)
	}
}

func TestTextWithAccentsIsReadAsOneLine(t *testing.T) {
	const name = "K\u0302arl C\u0306ek-M\u0302ann k\u035Fhan"
	pdf := printed(t, to(name, "Frauenstraße 12", "80469 München")).PDF
	if !strings.Contains(textOf(t, pdf), name+" Frauenstraße 12 80469 München") {
		t.Errorf("the address is read as\n%s", textOf(t, pdf))
	}
	area(t, spots(t, pdf), name)
}
