package letter

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"torhaus/internal/calendar"
)

// about is what a PDF says about itself. Nothing in it names the recipient.
type about struct {
	id     string
	title  string
	author string
	date   calendar.Date
}

const producer = "Torhaus"

//go:embed fonts/sRGB2014.icc
var sRGB []byte

// finish writes the PDF, prepared for PDF/A-2b (ISO 19005-2): embedded fonts, output intent, XMP that agrees with the document
// information, language, identifier. No validator was at hand, so it is not called PDF/A.
func finish(c *canvas, a about) ([]byte, error) {
	at := time.Date(a.date.Year, a.date.Month, a.date.Day, 0, 0, 0, 0, time.UTC)
	c.pdf.SetTitle(a.title, true)
	c.pdf.SetAuthor(a.author, true)
	c.pdf.SetProducer(producer, true)
	c.pdf.SetLang("de-DE")
	c.pdf.SetCreationDate(at)
	c.pdf.SetModificationDate(at)
	c.pdf.SetCatalogSort(true)
	c.pdf.SetXmpMetadata(xmp(a, at))
	c.pdf.AddOutputIntent(fpdf.OutputIntentType{
		SubtypeIdent: fpdf.OutputIntent_GTS_PDFA1, OutputConditionIdentifier: "sRGB", Info: "sRGB IEC61966-2.1", ICCProfile: sRGB,
	})
	var out bytes.Buffer
	if err := c.pdf.Output(&out); err != nil {
		return nil, err
	}
	return mend(out.Bytes(), a.id)
}

// fontNames gives cut fonts the name they must have: a tag of six capitals, a plus sign, and the font's own name (ISO 32000-1,
// 9.6.4). fpdf writes "utf8" and the family in small letters; both have the same length, so that no offset in the file moves.
var fontNames = strings.NewReplacer(
	"/utf8aa+liberationsans", "/TORHAA+LiberationSans",
	"/utf8ab+liberationsans-bold", "/TORHAB+LiberationSans-Bold",
	"/utf8ac+liberationmono-bold", "/TORHAC+LiberationMono-Bold",
)

// mend corrects what fpdf v0.12.0 gets wrong: with an output intent the trailer's /Info points at the colour profile, /ID is
// missing, and cut fonts have the wrong name. It touches the trailer, which stands behind the table of
// offsets, and names outside of streams.
func mend(pdf []byte, id string) ([]byte, error) {
	at := bytes.LastIndex(pdf, []byte("trailer\n"))
	info := bytes.LastIndex(pdf, []byte(" 0 obj\n<<\n/Producer "))
	end := bytes.LastIndex(pdf, []byte("startxref\n"))
	if at < 0 || info < 0 || end < at {
		return nil, errors.New("the PDF library wrote a file of unknown form")
	}
	var size, root, number int
	if _, err := fmt.Sscanf(string(pdf[at:end]), "trailer\n<<\n/Size %d\n/Root %d 0 R\n", &size, &root); err != nil {
		return nil, fmt.Errorf("the PDF library wrote a trailer of unknown form: %w", err)
	}
	line := pdf[bytes.LastIndexByte(pdf[:info], '\n')+1 : info]
	if _, err := fmt.Sscanf(string(line), "%d", &number); err != nil {
		return nil, fmt.Errorf("the PDF library wrote information of unknown form: %w", err)
	}
	sum := sha256.Sum256([]byte(id))
	mark := hex.EncodeToString(sum[:16])
	trailer := fmt.Sprintf("trailer\n<<\n/Size %d\n/Root %d 0 R\n/Info %d 0 R\n/ID [<%s><%s>]\n>>\n", size, root, number, mark, mark)
	return append(append(nameFonts(pdf[:at]), trailer...), pdf[end:]...), nil
}

// nameFonts corrects the font names in the objects between the streams.
func nameFonts(pdf []byte) []byte {
	var out bytes.Buffer
	for len(pdf) > 0 {
		start := bytes.Index(pdf, []byte("\nstream\n"))
		if start < 0 {
			start = len(pdf)
		}
		out.WriteString(fontNames.Replace(string(pdf[:start])))
		pdf = pdf[start:]
		if end := bytes.Index(pdf, []byte("\nendstream\n")); end >= 0 {
			out.Write(pdf[:end])
			pdf = pdf[end:]
		}
	}
	return out.Bytes()
}

// xmp writes the metadata that PDF/A asks for (ISO 19005-2, 6.6).
func xmp(a about, at time.Time) []byte {
	esc := func(s string) string {
		var out strings.Builder
		_ = xml.EscapeText(&out, []byte(s)) // a strings.Builder takes everything
		return out.String()
	}
	when := at.Format("2006-01-02T15:04:05")
	return fmt.Appendf(nil, `<?xpacket begin="`+"\uFEFF"+`" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>de-DE</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>%s</pdf:Producer>
<xmp:CreateDate>%s</xmp:CreateDate>
<xmp:ModifyDate>%s</xmp:ModifyDate>
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>`, esc(a.title), esc(a.author), producer, when, when)
}
