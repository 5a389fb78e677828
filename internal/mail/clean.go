package mail

import (
	"reflect"
	"strings"
	"unicode"
)

// maxValue bounds a value in runes; no name or serial number is longer.
const maxValue = 200

// cleaned gives the message with every text field made harmless for print: one line, of the signs that names and serial
// numbers have. What looks like an address of the web loses that look, so that nobody can put a link into a mail of the
// body by choosing a name. The e-mail address is left alone: it is checked, never printed.
func cleaned[M message](m M) M {
	fields := reflect.ValueOf(&m).Elem()
	for i := range fields.NumField() {
		switch field := fields.Field(i).Addr().Interface().(type) {
		case *string:
			*field = cleanValue(*field)
		case *[]string:
			for j := range *field {
				(*field)[j] = cleanValue((*field)[j])
			}
		case *Address:
			field.Name = cleanValue(field.Name)
		}
	}
	return m
}

// cleanValue drops signs that no name has, and parts "evil.example" into "evil. example".
func cleanValue(s string) string {
	var b strings.Builder
	kept, afterDot := 0, false
	for _, r := range s {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			r = ' '
		}
		if !printable(r) {
			continue
		}
		if kept++; kept > maxValue {
			break
		}
		if afterDot && unicode.IsLetter(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		afterDot = r == '.'
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func printable(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune(` .,'’´"„“”-–_/&()+`, r)
}
