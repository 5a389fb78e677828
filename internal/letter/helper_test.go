package letter

import (
	"bytes"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

// ordered and lastDay are the days of the letters in these tests.
var (
	ordered = calendar.Date{Year: 2026, Month: 11, Day: 22}
	lastDay = calendar.Date{Year: 2026, Month: 12, Day: 6}
)

const (
	testID   = "k3vqz7m2xw9abcdefghijkmnpq"
	testCode = "40718296"
	testURL  = "https://kvb.example"
)

// testKeys are the portal's, testIdentity and testCentre the print centre's.
var (
	testKeys                 = secret.NewKeyset(time.Now())
	testIdentity, testCentre = mustIdentity()
)

func mustIdentity() (Identity, PrintCentre) {
	i, c, err := NewIdentity()
	if err != nil {
		panic(err)
	}
	return i, c
}

// envelope seals to the print centre of these tests and signs as the portal kvb.
func envelope() Envelope { return Envelope{To: testCentre, Sign: signed} }

// unsealed signs only.
func unsealed() Envelope { return Envelope{Sign: signed} }

func signed(text string) ([]byte, error) { return testKeys.Sign(secret.Letters, "kvb", text) }

// spoolIn gives a spool folder with sealed letters.
func spoolIn(dir string) Spool { return Spool{Dir: dir, Envelope: envelope()} }

// collector opens the letters of a folder as the print centre would.
func collector(t testing.TB, dir string) Collector {
	t.Helper()
	keys, err := testKeys.VerifierKeys(secret.Letters, "kvb")
	if err != nil {
		t.Fatal(err)
	}
	return Collector{Dir: dir, Identity: testIdentity, Keys: keys}
}

func kvb(t testing.TB) *profile.Profile {
	t.Helper()
	p, err := profile.Embedded("kvb")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// code gives the letter to Dr. Brandl.
func code() ActivationCode {
	return ActivationCode{
		To: Recipient{
			Lines:    []string{"Frau", "Dr. med. Johanna Brandl", "Frauenstraße 12", "80469 München"},
			Greeting: "Sehr geehrte Frau Dr. Brandl",
		},
		Serial: "ST00001234", Ordered: ordered, LastDay: lastDay, Code: testCode,
	}
}

// to gives the same letter to somebody else.
func to(lines ...string) ActivationCode {
	c := code()
	c.To.Lines = lines
	return c
}

func printed(t testing.TB, c Content) Paper {
	t.Helper()
	paper, err := Setting{Profile: kvb(t), Portal: testURL}.Print(testID, ordered, c)
	if err != nil {
		t.Fatal(err)
	}
	return paper
}

// run runs a program that make test installs; one that is missing fails the test.
func tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	var out, trouble bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &trouble
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %v: %v\n%s%s", name, args, err, out.String(), trouble.String())
	}
	return out.String()
}

func toFile(t testing.TB, pdf []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "letter.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// textOf reads a PDF in the order in which it was written, blanks and line ends collapsed.
func textOf(t testing.TB, pdf []byte) string {
	t.Helper()
	return strings.Join(strings.Fields(tool(t, "pdftotext", "-raw", toFile(t, pdf), "-")), " ")
}

// spot is a word on the first page with its edges in millimetres from the top left corner.
type spot struct {
	text                     string
	left, top, right, bottom float64
}

// spots finds every word of the first page.
func spots(t testing.TB, pdf []byte) []spot {
	t.Helper()
	var doc struct {
		Pages []struct {
			Words []struct {
				XMin string `xml:"xMin,attr"`
				YMin string `xml:"yMin,attr"`
				XMax string `xml:"xMax,attr"`
				YMax string `xml:"yMax,attr"`
				Text string `xml:",chardata"`
			} `xml:"word"`
		} `xml:"body>doc>page"`
	}
	if err := xml.Unmarshal([]byte(tool(t, "pdftotext", "-bbox", toFile(t, pdf), "-")), &doc); err != nil {
		t.Fatal(err)
	}
	var found []spot
	for _, w := range doc.Pages[0].Words {
		found = append(found, spot{w.Text, mm(t, w.XMin), mm(t, w.YMin), mm(t, w.XMax), mm(t, w.YMax)})
	}
	return found
}

func mm(t testing.TB, points string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(points, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v * pointMM
}

// area gives the rectangle around words that stand one after another somewhere on the page.
func area(t testing.TB, all []spot, words string) spot {
	t.Helper()
	want := strings.Fields(words)
	for i := range all {
		if i+len(want) > len(all) {
			break
		}
		if got := join(all[i : i+len(want)]); got.text == words {
			return got
		}
	}
	t.Fatalf("%q does not stand on the page", words)
	return spot{}
}

func join(words []spot) spot {
	sum := words[0]
	for _, w := range words[1:] {
		sum.text += " " + w.text
		sum.left, sum.top = min(sum.left, w.left), min(sum.top, w.top)
		sum.right, sum.bottom = max(sum.right, w.right), max(sum.bottom, w.bottom)
	}
	return sum
}

// readable gives a PDF with its streams unpacked.
func readable(t testing.TB, pdf []byte) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "readable.pdf")
	tool(t, "qpdf", "--qdf", "--object-streams=disable", toFile(t, pdf), out)
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
