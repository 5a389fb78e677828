package register

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
)

const header = "number,user-name,salutation,title,first-name,last-name,extra,street,postcode,town,email\n"

// readAll reads a file to its end.
func readAll(t testing.TB, content string, format Format) (list []entry, charset Charset, separator string) {
	t.Helper()
	r, charset, refused, err := open(strings.NewReader(content), format, Columns)
	if err != nil {
		t.Fatal(err)
	}
	if len(refused) > 0 {
		return []entry{{line: refused[0].Line, refused: refused}}, charset, ""
	}
	for {
		e, err := r.next()
		if errors.Is(err, io.EOF) {
			return list, charset, r.separator()
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
}

// shown writes entries so that they can be compared: line, then values or reasons.
func shown(list []entry) (lines []string) {
	for _, e := range list {
		line := fmt.Sprint(e.line, ": ")
		for _, r := range e.refused {
			line += strings.TrimRight(fmt.Sprint(r.Line, " ", r.Column, " ", r.Reason, " ", r.Args, " "), " ")
		}
		if len(e.refused) == 0 {
			line += strings.Join(e.values, "|")
		}
		lines = append(lines, line)
	}
	return lines
}

func windows1252(t testing.TB, s string) string {
	t.Helper()
	encoded, err := charmap.Windows1252.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

func TestCharset_IsRecognisedAndNamed(t *testing.T) {
	text := header + strings.Join(annas(nil), ",") + "\n"
	long := header + strings.Repeat("x", 64<<10-len(header)-1) + "ü\n" // a sign across the border of what is read at a time
	for name, c := range map[string]struct {
		content string
		want    Charset
	}{
		"UTF-8":                          {text, UTF8},
		"UTF-8 with BOM":                 {"\ufeff" + text, UTF8WithBOM},
		"Windows-1252":                   {windows1252(t, text), Windows1252},
		"Windows-1252 with signs of its": {windows1252(t, text+"„Haus“ – 5 €"), Windows1252},
		"ASCII is UTF-8":                 {header, UTF8},
		"a sign at a border":             {long, UTF8},
		"the same in Windows-1252":       {windows1252(t, long), Windows1252},
	} {
		got, refused, err := recognise(strings.NewReader(c.content))
		if err != nil || refused != nil || got != c.want {
			t.Errorf("%s: %q, %v, %v", name, got, refused, err)
		}
	}
}

func TestCharset_WhatCannotBeReadIsRefusedWithItsLine(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		want    Refusal
	}{
		"nothing":                     {"", Refusal{Line: 1, Reason: EmptyFile}},
		"a workbook":                  {"PK\x03\x04\x00\x00", Refusal{Line: 1, Reason: Workbook}},
		"an old workbook":             {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Refusal{Line: 1, Reason: Workbook}},
		"UTF-16, little end first":    {"\xff\xfen\x00u\x00", Refusal{Line: 1, Reason: UTF16}},
		"UTF-16, big end first":       {"\xfe\xff\x00n\x00u", Refusal{Line: 1, Reason: UTF16}},
		"UTF-16 without a mark":       {utf16Of("number"), Refusal{Line: 1, Reason: NotText}},
		"NUL":                         {header + "a\nb\x00c\n", Refusal{Line: 3, Reason: NotText}},
		"UTF-8 and Windows-1252":      {"München\nMünchen\nM\xfcnchen\n", Refusal{Line: 3, Reason: MixedEncodings, Args: []any{byte(0xfc)}}},
		"a mark, and Windows-1252":    {"\ufeffa\nM\xfcnchen\n", Refusal{Line: 2, Reason: MixedEncodings, Args: []any{byte(0xfc)}}},
		"a byte without a sign":       {"a\nM\xfcnchen\n\x81\n", Refusal{Line: 3, Reason: NoEncoding, Args: []any{byte(0x81)}}},
		"half a sign at the end":      {"München\nM\xc3", Refusal{Line: 2, Reason: MixedEncodings, Args: []any{byte(0xc3)}}},
		"an overlong sign and umlaut": {"ü\n\xc0\xaf\n", Refusal{Line: 2, Reason: MixedEncodings, Args: []any{byte(0xc0)}}},
	} {
		_, refused, err := recognise(strings.NewReader(c.content))
		if err != nil || refused == nil {
			t.Errorf("%s: %v, %v", name, refused, err)
			continue
		}
		if diff := cmp.Diff(c.want, *refused); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func utf16Of(s string) string {
	var b bytes.Buffer
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

func TestCSV_ReadsWhatProgramsWrite(t *testing.T) {
	row := strings.Join(annas(nil), "|")
	for name, c := range map[string]struct {
		content   string
		separator string
		want      []string
	}{
		"commas":         {header + strings.Join(annas(nil), ","), ",", []string{"2: " + row}},
		"semicolons":     {strings.ReplaceAll(header, ",", ";") + strings.Join(annas(nil), ";") + "\r\n", ";", []string{"2: " + row}},
		"a mark":         {"\ufeff" + header + strings.Join(annas(nil), ","), ",", []string{"2: " + row}},
		"quoted":         {`"` + strings.Join(strings.Split(strings.TrimSpace(header), ","), `","`) + "\"\n\"" + strings.Join(annas(nil), `","`) + `"`, ",", []string{"2: " + row}},
		"Windows-1252":   {windows1252(t, header+strings.Join(annas(nil), ",")), ",", []string{"2: " + row}},
		"empty lines":    {"\n\n" + header + "\n" + strings.Join(annas(nil), ",") + "\n\n\n", ",", []string{"5: " + row}},
		"empty rows":     {header + ",,,,,,,,,,\n" + strings.Join(annas(nil), ",") + "\n , ,,,,,,,,,\n", ",", []string{"3: " + row}},
		"the header":     {header, ",", nil},
		"other capitals": {"Number,USER_NAME, Salutation ,title,First Name,last-name,extra,street,postcode,town,email\n" + strings.Join(annas(nil), ","), ",", []string{"2: " + row}},
		"another order": {
			"email,town,postcode,street,extra,last-name,first-name,title,salutation,user-name,number\n" +
				"anna@praxis.example,München,80331,Marienplatz 1,Praxis am Markt,Beispiel,Anna,Dr. med.,Frau,abeispiel,100001\n", ",", []string{"2: " + row},
		},
		"separators and quotation marks in a value": {
			header + `1,a,,,,b,"Praxis ""Am Markt"", Haus 3",c;d,1,e,f`, ",", []string{`2: 1|a||||b|Praxis "Am Markt", Haus 3|c;d|1|e|f`},
		},
		"a line break in a value": {header + "1,a,,,,b,\"x\ny\",c,1,e,f\n2,a,,,,b,,c,1,e,f\n", ",", []string{"2: 1|a||||b|x\ny|c|1|e|f", "4: 2|a||||b||c|1|e|f"}},
	} {
		list, _, separator := readAll(t, c.content, CSV)
		if diff := cmp.Diff(c.want, shown(list)); diff != "" || separator != c.separator {
			t.Errorf("%s: separator %q %s", name, separator, diff)
		}
	}
}

func TestCSV_NamesWhatCannotBeRead(t *testing.T) {
	good := strings.Join(annas(nil), ",") + "\n"
	row := strings.Join(annas(nil), "|")
	for name, c := range map[string]struct {
		content string
		want    []string
	}{
		"blanks only": {"\n\n", []string{"1: 1  empty-file []"}},
		"wrong columns": {"number,name,street,street\n", []string{
			"1: 1  unknown-column [name]1 street doubled-column []1 user-name missing-column []1 salutation missing-column []" +
				"1 title missing-column []1 first-name missing-column []1 last-name missing-column []1 extra missing-column []" +
				"1 postcode missing-column []1 town missing-column []1 email missing-column []",
		}},
		"too few fields":            {header + "1,2,3\n" + good, []string{"2: 2  field-count [3 11]", "3: " + row}},
		"too many fields":           {header + strings.TrimSpace(good) + ",x\n" + good, []string{"2: 2  field-count [12 11]", "3: " + row}},
		"a bare quotation mark":     {header + "1,a\"b,,,,b,,c,1,e,f\n" + good, []string{"2: 2  bad-quotes [4]", "3: " + row}},
		"text behind the closing":   {header + "1,\"a\"b,,,,b,,c,1,e,f\n" + good, []string{"2: 2  bad-quotes [5]", "3: " + row}},
		"not closed":                {header + good + "1,\"a,,,,b,,c,1,e,f\n" + good, []string{"2: " + row, "3: 3  open-quotes []"}},
		"not closed for a long way": {header + good + "1,\"" + strings.Repeat("a\n", maxRow), []string{"2: " + row, fmt.Sprintf("3: 3  row-too-long [%d]", maxRow)}},
		"a header without end":      {strings.Repeat("a", maxRow+1), []string{fmt.Sprintf("1: 1  row-too-long [%d]", maxRow)}},
	} {
		list, _, _ := readAll(t, c.content, CSV)
		if diff := cmp.Diff(c.want, shown(list)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// object writes a row as a JSON object.
func object(values []string) string {
	var members []string
	for i, c := range Columns {
		members = append(members, fmt.Sprintf("%q: %q", c, values[i]))
	}
	return "{" + strings.Join(members, ", ") + "}"
}

func TestJSON_ReadsArraysAndLines(t *testing.T) {
	one, two := annas(nil), annas(map[Column]string{Number: "2"})
	for name, content := range map[string]string{
		"lines":                    object(one) + "\n" + object(two) + "\n",
		"an array":                 "[" + object(one) + ",\n" + object(two) + "]\n",
		"a mark":                   "\ufeff[" + object(one) + ",\n" + object(two) + "]",
		"Windows-1252":             windows1252(t, object(one)+"\n"+object(two)),
		"null for an empty value":  strings.ReplaceAll(object(annas(map[Column]string{Title: ""})), `"title": ""`, `"title": null`) + "\n" + object(two),
		"escapes":                  strings.ReplaceAll(object(one), "ü", `\u00fc`) + "\r\n" + object(two),
		"other capitals":           strings.ReplaceAll(object(one), "user-name", "User_Name") + "\n" + object(two),
		"no line between the rows": object(one) + object(two),
	} {
		list, _, _ := readAll(t, content, JSON)
		want := []string{"1: " + strings.Join(one, "|"), "2: " + strings.Join(two, "|")}
		switch name {
		case "null for an empty value":
			want[0] = strings.ReplaceAll(want[0], "Dr. med.", "")
		case "no line between the rows":
			want[1] = "1" + want[1][1:]
		}
		if diff := cmp.Diff(want, shown(list)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for _, nothing := range []string{"[]", " \n", "[\n]\n"} {
		if list, _, _ := readAll(t, nothing, JSON); len(list) != 0 {
			t.Errorf("%q gives %v", nothing, shown(list))
		}
	}
}

func TestJSON_NamesTheLineInWhichARowBegins(t *testing.T) {
	pretty := strings.ReplaceAll(strings.ReplaceAll(object(annas(nil)), ", ", ",\n  "), "{", "{\n  ")
	list, _, _ := readAll(t, "[\n"+pretty+",\n"+pretty+"\n]", JSON)
	if len(list) != 2 || list[0].line != 2 || list[1].line != 14 {
		t.Error(shown(list))
	}
}

func TestJSON_NamesWhatCannotBeRead(t *testing.T) {
	good := object(annas(nil))
	row := strings.Join(annas(nil), "|")
	for name, c := range map[string]struct {
		content string
		want    []string
	}{
		"no object":               {"[1, \"a\", [{}], " + good + "]", []string{"1: 1  not-an-object []", "1: 1  not-an-object []", "1: 1  not-an-object []", "1: " + row}},
		"a number":                {strings.ReplaceAll(good, `"80331"`, "80331"), []string{"1: 1 postcode not-a-string []"}},
		"an object in a value":    {strings.ReplaceAll(good, `"80331"`, `{"a": [1, {}]}`) + "\n" + good, []string{"1: 1 postcode not-a-string []", "2: " + row}},
		"an unknown key":          {strings.ReplaceAll(good, "{", `{"iban": "DE", `), []string{"1: 1  unknown-column [iban]"}},
		"a doubled key":           {strings.ReplaceAll(good, "{", `{"town": "Berlin", `), []string{"1: 1 town doubled-column []"}},
		"a missing key":           {strings.ReplaceAll(good, `"title": "Dr. med.", `, ""), []string{"1: 1 title missing-column []"}},
		"a text":                  {`"abc"`, []string{"1: 1  not-json []"}},
		"no JSON":                 {good + "\nnumber;name\n" + good, []string{"1: " + row, "2: 2  not-json []"}},
		"broken off":              {good + "\n" + good[:40], []string{"1: " + row, "2: 2  not-json []"}},
		"broken off behind a key": {good + "\n" + `{"number"`, []string{"1: " + row, "2: 2  not-json []"}},
		"an array broken off":     {"[" + good + ",\n" + good, []string{"1: " + row, "2: " + row, "2: 2  not-json []"}},
		"more behind the array":   {"[" + good + "]\n" + good, []string{"1: " + row, "2: 2  not-json []"}},
		"a row without end":       {good + "\n" + `{"number": "` + strings.Repeat("1", 2*maxRow), []string{"1: " + row, fmt.Sprintf("2: 2  row-too-long [%d]", maxRow)}},
	} {
		list, _, _ := readAll(t, c.content, JSON)
		if diff := cmp.Diff(c.want, shown(list)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// brokenDisk fails behind its content.
type brokenDisk struct{ *strings.Reader }

var errDisk = errors.New("the disk is broken")

func (b brokenDisk) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = errDisk
	}
	return n, err
}

func TestBrokenDiskIsAnErrorAndNoRefusal(t *testing.T) {
	content := header + strings.Join(annas(nil), ",")
	if _, _, refused, err := open(brokenDisk{strings.NewReader(content)}, CSV, Columns); !errors.Is(err, errDisk) || refused != nil {
		t.Errorf("%v, %v", refused, err)
	}
	for name, r := range map[string]func() (reader, error){
		"CSV": func() (reader, error) {
			r, _, err := newCSV(brokenDisk{strings.NewReader(strings.Repeat(content+"\n", 100))}, Columns)
			return r, err
		},
		"JSON": func() (reader, error) {
			return newJSON(brokenDisk{strings.NewReader(object(annas(nil)))}, Columns), nil
		},
	} {
		rows, err := r()
		for err == nil {
			_, err = rows.next()
		}
		if !errors.Is(err, errDisk) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
