package yamlfile

import (
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Form is a kind of text: what is accepted, in words, and the check. The check's error continues a sentence that began with
// the value: "is no e-mail address".
type Form struct {
	Accepts string
	Check   func(string) error
}

// Forms are the forms that a file's tags name, beside those that every file knows: text (which is also meant where the tag
// is missing), email and host.
type Forms map[string]Form

const maxText = 120 // signs; longer ones fit no heading, no subject and no address window

var common = Forms{
	"text":  {Accepts: fmt.Sprintf("a line of text, at most %d signs", maxText), Check: CheckLine},
	"email": {Accepts: "an e-mail address such as technik@kvb.example", Check: checkEmail},
	"host":  {Accepts: "a host name in small letters, without port", Check: CheckHost},
}

func (fs Forms) form(name string) (Form, bool) {
	if name == "" {
		name = "text"
	}
	if form, ok := fs[name]; ok {
		return form, true
	}
	form, ok := common[name]
	return form, ok
}

func (f *File) checkText(s string, d field) error {
	form, ok := f.forms.form(d.accept)
	if ok {
		return form.Check(s)
	}
	if !slices.Contains(strings.Split(d.accept, "|"), s) {
		return errors.New("is not accepted")
	}
	return nil
}

// CheckLine refuses what cannot stand in one line of a page, a letter or a subject: control characters, and signs that turn
// the direction of what follows (so that a label never reads as another).
func CheckLine(s string) error {
	switch {
	case s == "":
		return errors.New("is empty")
	case strings.TrimSpace(s) != s:
		return errors.New("has blanks at its ends")
	case utf8.RuneCountInString(s) > maxText:
		return fmt.Errorf("has %d signs", utf8.RuneCountInString(s))
	case strings.ContainsFunc(s, unprintable):
		return errors.New("has control characters")
	}
	return nil
}

func unprintable(r rune) bool {
	return r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) ||
		unicode.Is(unicode.Cf, r) && r != '\u00ad' && r != '\u200c' && r != '\u200d'
}

// checkEmail takes an address of RFC 5321 as people write it: no name, no quotes, no literal address.
func checkEmail(s string) error {
	refused := errors.New("is no e-mail address")
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" || len(s) > 254 {
		return refused
	}
	local, domain, _ := strings.Cut(s, "@")
	if strings.ContainsAny(local, "\" ") || len(local) > 64 || !strings.Contains(domain, ".") || CheckHost(strings.ToLower(domain)) != nil {
		return refused
	}
	return nil
}

// CheckHost takes a host name of RFC 1123 in small letters, or an IPv4 address: what a browser sends as Host, without the port.
func CheckHost(s string) error {
	if s == "" || len(s) > 253 {
		return errors.New("is no host name")
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.ContainsFunc(label, notOfHost) {
			return errors.New("is no host name")
		}
	}
	return nil
}

func notOfHost(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
}
