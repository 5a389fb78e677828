package letter

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"torhaus/internal/secret"
)

// picture writes a symbol as an image, each module of so many pixels, with a quiet zone of two modules.
func (m matrix) picture(t *testing.T, pixels int) string {
	t.Helper()
	side := (len(m) + 4) * pixels
	var b strings.Builder
	fmt.Fprintf(&b, "P1\n%d %d\n", side, side)
	for y := range side {
		for x := range side {
			row, column := y/pixels-2, x/pixels-2
			dark := row >= 0 && row < len(m) && column >= 0 && column < len(m) && m[row][column]
			fmt.Fprint(&b, map[bool]string{true: "1 ", false: "0 "}[dark])
		}
		b.WriteByte('\n')
	}
	path := filepath.Join(t.TempDir(), "code.pbm")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestDataMatrixIsReadByAnotherProgram goes through every size of symbol.
func TestDataMatrixIsReadByAnotherProgram(t *testing.T) {
	texts := []string{"a", "12", "99887766", testID, "Torhaus 2026", strings.Repeat("z", 44), "0123456789012345678901234567890123456789"}
	for n := 1; n <= 44; n += 3 {
		texts = append(texts, secret.FromAlphabet("abcdefghijkmnpqrstuvwxyz23456789", n).Reveal())
	}
	for _, text := range texts {
		m, err := newMatrix(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := tool(t, "dmtxread", "-N1", m.picture(t, 6)); got != text {
			t.Errorf("%q in %d modules is read as %q", text, len(m), got)
		}
	}
}

func TestDataMatrixRefusesWhatItCannotHold(t *testing.T) {
	for _, text := range []string{strings.Repeat("a", 45), "Müller"} {
		if _, err := newMatrix(text); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

// TestLettersNumberIsReadOffThePaper scans the printed letter where the window of its envelope is.
func TestLettersNumberIsReadOffThePaper(t *testing.T) {
	pdf := printed(t, code()).PDF
	const dpi = 300
	pixels := func(mm float64) string { return fmt.Sprint(int(mm / 25.4 * dpi)) }
	out := filepath.Join(t.TempDir(), "window")
	tool(t, "pdftoppm", "-r", fmt.Sprint(dpi), "-f", "1", "-l", "1", "-singlefile", "-png",
		"-x", pixels(80), "-y", pixels(45), "-W", pixels(25), "-H", pixels(14), toFile(t, pdf), out)
	if got := tool(t, "dmtxread", "-N1", "-m5000", out+".png"); got != testID {
		t.Errorf("read as %q", got)
	}
	if number := area(t, spots(t, pdf), "K3VQZ-7M2XW"); number.left < 25 || number.right > 91 || number.top < 46 || number.bottom > 58 {
		t.Errorf("the number stands at %+v", number)
	}
}
