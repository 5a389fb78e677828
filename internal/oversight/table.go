package oversight

import (
	"bufio"
	"strings"
)

// WriteCSV writes rows as tables of offices in Germany read them: UTF-8 with its mark, semicolons, CR LF (RFC 4180 otherwise). No cell is
// taken for a formula.
func WriteCSV(to *bufio.Writer, rows ...[]string) {
	for i, row := range rows {
		writeCSV(to, i == 0, row)
	}
}

// writeCSV writes one row. Errors stay with the writer until it is flushed.
func writeCSV(to *bufio.Writer, first bool, cells []string) {
	if first {
		_, _ = to.WriteString("\ufeff")
	}
	for i, cell := range cells {
		if i > 0 {
			_ = to.WriteByte(';')
		}
		_, _ = to.WriteString(quoted(harmless(cell)))
	}
	_, _ = to.WriteString("\r\n")
}

// harmless puts an apostrophe before what programs would carry out as a formula (OWASP, CSV injection), wherever blanks or marks hide its
// beginning.
func harmless(cell string) string {
	bare := strings.TrimLeft(cell, " \u00a0\ufeff\u200b\n")
	if bare != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", firstOf(bare)) {
		return "'" + cell
	}
	return cell
}

func firstOf(s string) rune {
	for _, c := range s {
		return c
	}
	return 0
}

// quoted puts a cell in quotation marks where it holds what ends one.
func quoted(cell string) string {
	if !strings.ContainsAny(cell, "\";\r\n\t,") {
		return cell
	}
	return `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
}
