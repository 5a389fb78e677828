package page

import (
	"fmt"
	"html/template"
	"strings"

	"rsc.io/qr"

	"torhaus/internal/secret"
)

// quiet is the empty margin around a QR code, in modules (ISO/IEC 18004, 9.1).
const quiet = 4

// drawQR draws a QR code of level M as SVG: one path of black modules on white, whatever colours the page has.
func drawQR(content secret.Text) (template.HTML, error) {
	code, err := qr.Encode(content.Reveal(), qr.M)
	if err != nil {
		return "", fmt.Errorf("draw QR code: %w", err)
	}
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	size := code.Size + 2*quiet
	return template.HTML(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges">`+
		`<path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="%s"/></svg>`, size, size, size, size, path.String())), nil
}
