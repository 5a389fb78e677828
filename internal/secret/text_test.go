package secret_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"log/slog"
	"strings"
	"testing"
	texttemplate "text/template"
	"time"

	"github.com/goccy/go-yaml"

	"torhaus/internal/secret"
)

const (
	plain = "Kastanie 4711"
	dots  = "••••••"
)

// leaks tells which form of the secret a text gives away, or nothing.
func leaks(text string) string {
	for _, form := range []string{
		plain, "Kastanie", "4711",
		fmt.Sprintf("%x", plain), fmt.Sprintf("%X", plain), fmt.Sprintf("% x", plain),
		strings.Trim(fmt.Sprint([]byte(plain)), "[]"),                                             // 75 97 115 …
		strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", []byte(plain)), "[]byte{"), "}"), // 0x4b, 0x61, …
		"S2FzdGFuaWUgNDcxM", // Base64
	} {
		if strings.Contains(text, form) {
			return form
		}
	}
	return ""
}

// holder has secrets everywhere a struct may have them.
type holder struct {
	Name    string
	Text    secret.Text
	Bytes   secret.Bytes
	TextPtr *secret.Text
	Texts   []secret.Text
	Keys    []secret.Bytes
	Map     map[string]secret.Text
	Any     any
	Nested  struct{ Text secret.Text }
}

func held() holder {
	text, raw := secret.Text(plain), secret.Bytes(plain)
	return holder{
		Name: "Beispiel", Text: text, Bytes: raw, TextPtr: &text, Texts: []secret.Text{text}, Keys: []secret.Bytes{raw},
		Map: map[string]secret.Text{"code": text}, Any: raw, Nested: struct{ Text secret.Text }{text},
	}
}

// hiding lists the shapes in which a secret may meet a formatter.
func hiding() map[string]any {
	text, raw, all := secret.Text(plain), secret.Bytes(plain), held()
	return map[string]any{
		"text": text, "bytes": raw,
		"pointer to text": &text, "pointer to bytes": &raw,
		"slice of texts": []secret.Text{text}, "array of bytes": [1]secret.Bytes{raw},
		"map to text": map[string]secret.Text{"code": text}, "map from text": map[secret.Text]int{text: 1},
		"any":    []any{text, raw, &text},
		"struct": all, "pointer to struct": &all, "slice of structs": []holder{all}, "map to structs": map[int]holder{1: all},
	}
}

func TestSecret_PrintsAsDotsWithEveryVerb(t *testing.T) {
	for name, value := range hiding() {
		for _, verb := range []string{
			"%v", "%+v", "%#v", "%s", "%q", "%+q", "%#q", "%x", "%X", "% x", "%#x", "%d", "%o", "%b", "%c", "%U", "%e", "%t", "%20s", "%-20v", "%.3s", "%z",
		} {
			printed := fmt.Sprintf(verb, value)
			if form := leaks(printed); form != "" {
				t.Errorf("%s of %s gives %q away: %s", verb, name, form, printed)
			}
			if !strings.Contains(printed, dots) && !strings.Contains(name, "pointer") {
				t.Errorf("%s of %s has no dots: %s", verb, name, printed)
			}
		}
		if form := leaks(fmt.Sprint(value) + fmt.Sprintln(value, value)); form != "" {
			t.Errorf("Sprint of %s gives %q away", name, form)
		}
	}
}

func TestSecret_PrintsAsDotsWhereTheFormatIsWrong(t *testing.T) {
	text := secret.Text(plain)
	for format, arguments := range map[string][]any{
		"Brief %d":        {1, text}, // one argument too many
		"%*d":             {text, 1}, // for a width
		"%.*f":            {text, 1.0},
		"%[2]d":           {1, text},
		"%[3]d":           {1, text},
		"100 %":           {text},
		"%!":              {text},
		"%s %s":           {text},
		"%[1]d %[1]*[1]d": {text},
	} {
		if printed := fmt.Sprintf(format, arguments...); leaks(printed) != "" {
			t.Errorf("%s gives %q away: %s", format, leaks(printed), printed)
		}
	}
}

func TestSecret_LengthCannotBeReadFromTheDots(t *testing.T) {
	for _, s := range []secret.Text{"", "1", secret.Text(strings.Repeat("lang", 100))} {
		if got := fmt.Sprint(s); got != dots {
			t.Errorf("a secret of %d bytes prints as %q", len(s), got)
		}
		if got := fmt.Sprint(secret.Bytes(s)); got != dots {
			t.Errorf("a secret of %d raw bytes prints as %q", len(s), got)
		}
	}
}

func TestSecret_StaysOutOfErrors(t *testing.T) {
	inner := fmt.Errorf("wrong code %s (%v)", secret.Text(plain), held())
	for _, err := range []error{inner, fmt.Errorf("enter: %w", inner), errors.Join(inner, inner)} {
		if form := leaks(err.Error()); form != "" {
			t.Errorf("%q is given away: %v", form, err)
		}
	}
}

func TestSecret_StaysOutOfWhatIsEncoded(t *testing.T) {
	encoders := map[string]func(any) ([]byte, error){"JSON": json.Marshal, "YAML": yaml.Marshal}
	for format, encode := range encoders {
		for name, value := range hiding() {
			if name == "map from text" {
				continue // see the comment of secret.Text
			}
			out, err := encode(value)
			if err != nil {
				t.Errorf("%s of %s: %v", format, name, err)
			}
			if form := leaks(string(out)); form != "" || !strings.Contains(string(out), dots) {
				t.Errorf("%s of %s gives %q away or has no dots: %s", format, name, form, out)
			}
		}
	}
	type letter struct {
		Attr  secret.Text `xml:"code,attr"`
		Text  secret.Text
		Bytes secret.Bytes
	}
	out, err := xml.Marshal(letter{plain, plain, secret.Bytes(plain)})
	if err != nil || leaks(string(out)) != "" || strings.Count(string(out), dots) != 3 {
		t.Errorf("XML: %s, %v", out, err)
	}
}

func TestSecret_StaysOutOfLogs(t *testing.T) {
	var log bytes.Buffer
	options := &slog.HandlerOptions{Level: slog.LevelDebug}
	for format, handler := range map[string]slog.Handler{"text": slog.NewTextHandler(&log, options), "JSON": slog.NewJSONHandler(&log, options)} {
		for name, value := range hiding() {
			if name == "map from text" {
				continue // see the comment of secret.Text
			}
			log.Reset()
			logger := slog.New(handler)
			logger.Info("entered", "value", value)
			logger.With("value", value).WithGroup("login").Debug("entered", slog.Any("value", value), slog.Group("inner", "value", value))
			logger.Error("failed", "error", fmt.Errorf("wrong: %v", value))
			if form := leaks(log.String()); form != "" {
				t.Errorf("a log as %s gives %q of %s away:\n%s", format, form, name, log.String())
			}
		}
	}
}

func TestSecret_IsDotsBeforeAnyLogHandlerSeesIt(t *testing.T) {
	for _, value := range []any{secret.Text(plain), secret.Bytes(plain), *secret.NewKeyset(time.Now()), secret.NewKeyset(time.Now())} {
		if got := slog.AnyValue(value).Resolve().Any(); got != dots {
			t.Errorf("a handler is given a %T", got)
		}
	}
}

func TestSecret_StaysOutOfPagesAndLettersUnlessRevealed(t *testing.T) {
	const source = `<p title="{{.Text}}">{{.Text}} {{.Bytes}} {{.TextPtr}} {{.Map}} {{printf "%s" .Text}} {{.Text.Reveal}}</p>`
	var page, letter strings.Builder
	if err := htmltemplate.Must(htmltemplate.New("").Parse(source)).Execute(&page, held()); err != nil {
		t.Fatal(err)
	}
	if err := texttemplate.Must(texttemplate.New("").Parse(source)).Execute(&letter, held()); err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{page.String(), letter.String()} {
		if strings.Count(printed, plain) != 1 || !strings.HasSuffix(printed, " "+plain+"</p>") {
			t.Errorf("printed %s; want the secret once, where it was revealed", printed)
		}
	}
}

func TestReveal_GivesTheSecret(t *testing.T) {
	if got := secret.Text(plain).Reveal(); got != plain {
		t.Errorf("revealed %q", got)
	}
	if got := string(secret.Bytes(plain).Reveal()); got != plain {
		t.Errorf("revealed %q", got)
	}
}

func TestWipe_LeavesNothingInMemory(t *testing.T) {
	raw := secret.Bytes(plain)
	view := raw.Reveal()
	raw.Wipe()
	if !bytes.Equal(view, make([]byte, len(plain))) {
		t.Errorf("memory still holds %q", view)
	}
}

func TestKeyset_PrintsAsDots(t *testing.T) {
	set := secret.NewKeyset(time.Now())
	seed := seedIn(t, set)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "keys", set, "copy", *set, "service", struct{ Keys *secret.Keyset }{set})
	slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "keys", set, "copy", *set, "service", struct{ Keys *secret.Keyset }{set})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
		fmt.Fprintf(&log, verb+verb+verb+verb, set, *set, struct{ Keys *secret.Keyset }{set}, []*secret.Keyset{set})
	}
	out, err := json.Marshal(map[string]any{"keys": set, "copy": *set})
	if err != nil {
		t.Fatal(err)
	}
	log.Write(out)
	raw := strings.Trim(fmt.Sprint(seed), "[]")
	for _, form := range []string{string(seed), fmt.Sprintf("%x", seed), raw, set.IDs()[0], "torhaus seal"} {
		if strings.Contains(log.String(), form) {
			t.Errorf("the keyset gives itself away:\n%s", log.String())
		}
	}
	if !strings.Contains(log.String(), dots) {
		t.Errorf("no dots:\n%s", log.String())
	}
}
