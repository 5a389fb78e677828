package letter

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestCutFontIsAWholeFont cuts each face to all signs it has, and to few with composed letters, and reads the result back.
func TestCutFontIsAWholeFont(t *testing.T) {
	for f := range faces {
		all := string(slices.Sorted(maps.Keys(typefaces()[f].signs)))
		for _, text := range []string{all, "Größe Ǖ ﬁ", "x"} {
			s := newSubset(&typefaces()[f])
			s.encode(text)
			ttf := table(s.ttf())
			cut := typeface{tables: readTables(ttf)}
			if sum(ttf) != 0xB1B0AFBA {
				t.Errorf("face %d: the file's sum is %08X", f, sum(ttf))
			}
			count := cut.tables["maxp"].u16(4)
			if count != cut.tables["hhea"].u16(34) || len(cut.tables["hmtx"]) != 4*count || len(cut.tables["loca"]) != 4*count+4 {
				t.Fatalf("face %d: %d glyphs, but other tables say otherwise", f, count)
			}
			for n, r := range s.used[1:] {
				checkGlyph(t, s.typeface, cut, r, n+1)
			}
		}
	}
}

// checkGlyph compares a glyph of a cut font with the sign it was cut from.
func checkGlyph(t *testing.T, whole *typeface, cut typeface, r rune, number int) {
	t.Helper()
	if got, want := cut.thousandths(cut.tables["hmtx"].u16(4*number)), whole.signs[r].width; got != want {
		t.Errorf("%q is %d wide, not %d", r, got, want)
	}
	got, want := drawing(cut, number), drawing(*whole, whole.signs[r].glyph)
	if !slices.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("%q is drawn otherwise", r)
	}
}

// drawing gives the outline of a glyph, and those of the parts it is composed of, without numbers of glyphs and padding.
func drawing(t typeface, glyph int) [][]byte {
	outline, parts := renumber(t.outline(glyph), nil) // the parts become 0, 1 and so on
	all := [][]byte{bytes.TrimRight(outline, "\x00")}
	for _, part := range parts {
		all = append(all, drawing(t, part)...)
	}
	return all
}

func TestFontsOfDifferentLettersHaveDifferentNames(t *testing.T) {
	names := map[string]bool{}
	for _, text := range []string{"abc", "abd", "abc "} {
		s := newSubset(&typefaces()[bold])
		s.encode(text)
		names[s.name()] = true
		if !strings.HasSuffix(s.name(), "+LiberationSans-Bold") {
			t.Errorf("the font is called %q", s.name())
		}
	}
	if len(names) != 3 {
		t.Errorf("three fonts have the names %v", names)
	}
}
