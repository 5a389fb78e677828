package letter

import (
	"bytes"
	"strings"
	"syscall"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// BenchmarkPrint tells how many letters a core sets in a second, by the processor's time and not by the clock's, and how many
// times as many that is as a plain letter takes that the library fpdf sets in two fonts.
func BenchmarkPrint(b *testing.B) {
	s, c := Setting{Profile: kvb(b), Portal: testURL}, code()
	typefaces() // once for the whole program: not part of a letter
	b.ReportAllocs()
	start := spent(b)
	for b.Loop() {
		if _, err := s.Print(testID, ordered, c); err != nil {
			b.Fatal(err)
		}
	}
	ours := (spent(b) - start).Seconds() / float64(b.N)

	const enough = 25
	start = spent(b)
	for range enough {
		naive(b)
	}
	theirs := (spent(b) - start).Seconds() / enough
	b.ReportMetric(1/ours, "letters/s")
	b.ReportMetric(1/theirs, "naive/s")
	b.ReportMetric(theirs/ours, "times-naive")
}

// BenchmarkReadTypefaces tells what the first letter costs more than the others.
func BenchmarkReadTypefaces(b *testing.B) {
	for b.Loop() {
		readTypefaces()
	}
}

// spent is the processor's time that this program has taken so far.
func spent(t testing.TB) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// naive sets a page of text as anybody would who reads the first page of fpdf's manual.
func naive(t testing.TB) {
	t.Helper()
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.AddUTF8FontFromBytes("sans", "", bytes.Clone(sansRegular))
	pdf.AddUTF8FontFromBytes("sans", "B", bytes.Clone(sansBold))
	pdf.AddPage()
	for i, line := range strings.Split(activationCodeGerman, "\n") {
		pdf.SetFont("sans", []string{"", "B"}[i%2], 11)
		pdf.Text(marginLeft, 20+5*float64(i), line)
	}
	if err := pdf.Output(&bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
}
