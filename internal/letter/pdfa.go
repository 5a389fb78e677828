package letter

import (
	"crypto/sha256"
	_ "embed"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

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
func finish(c *canvas, a about) []byte {
	day := time.Date(a.date.Year, a.date.Month, a.date.Day, 0, 0, 0, 0, time.UTC)
	f := newPDFFile()
	catalog := f.add("<< /Type /Catalog /Pages %v /Lang (de-DE) /Metadata %v /OutputIntents [%v] >>",
		addPages(f, c), f.stream("/Type /Metadata /Subtype /XML ", xmp(a, day)), addIntent(f))
	when := day.Format("20060102150405+00'00'")
	info := f.add("<< /Title %s /Author %s /Producer %s /CreationDate (D:%s) /ModDate (D:%s) >>",
		textString(a.title), textString(a.author), textString(producer), when, when)
	id := sha256.Sum256([]byte(a.id))
	return f.finish(catalog, info, id[:16])
}

// addPages writes the pages with the fonts they use (7.7.3) and gives their list.
func addPages(f *pdfFile, c *canvas) ref {
	var fonts, pages strings.Builder
	for face, font := range c.fonts {
		if len(font.numbers) > 0 {
			fmt.Fprintf(&fonts, "/F%d %v ", face, font.embed(f))
		}
	}
	list := f.reserve()
	for _, content := range c.pages {
		page := f.add("<< /Type /Page /Parent %v /Contents %v >>", list, f.packed("", content.Bytes()))
		fmt.Fprintf(&pages, "%v ", page)
	}
	f.put(list, "<< /Type /Pages /Count %d /Kids [%s]\n/MediaBox [0 0 %v] /Resources << /Font << %s>> >> >>",
		len(c.pages), pages.String(), at(a4Width, 0), fonts.String())
	return list
}

// addIntent names the colour space that red, green and blue are meant in (14.11.5).
func addIntent(f *pdfFile) ref {
	return f.add("<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1)\n"+
		"/DestOutputProfile %v >>", f.packed("/N 3 ", sRGB))
}

// xmp writes the metadata that PDF/A asks for (ISO 19005-2, 6.6).
func xmp(a about, day time.Time) []byte {
	esc := func(s string) string {
		var out strings.Builder
		_ = xml.EscapeText(&out, []byte(s)) // a strings.Builder takes everything
		return out.String()
	}
	when := day.Format(time.RFC3339)
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
