package page

import (
	"html/template"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/login"
	"torhaus/internal/profile"
	"torhaus/internal/text"
)

// Base is what the frame around every page needs; page types embed it and leave it empty.
type Base struct {
	r     *Request
	wrong *fault.Error // what was refused, where a form is shown again
	once  bool         // the page can be seen only once
}

func (b *Base) base() *Base { return b }

// T gives a text of the catalogue in the reader's language.
func (b *Base) T(key string, args ...any) string { return b.r.Text.T(key, args...) }

// Has tells whether there is a text for a key.
func (b *Base) Has(key string) bool { return b.r.Text.Has(key) }

// Words gives the catalogue in the reader's language.
func (b *Base) Words() text.Printer { return b.r.Text }

// Lang gives the language of the page.
func (b *Base) Lang() string { return b.r.Text.Lang() }

// Profile gives the rules of the portal, with its words in the reader's language.
func (b *Base) Profile() *profile.Profile { return b.r.Profile() }

// German marks what the profile says in German only, on pages of other languages.
func (b *Base) German() template.HTMLAttr {
	if german := text.Default.String(); b.Lang() != german {
		return template.HTMLAttr(`lang="` + german + `"`)
	}
	return ""
}

// Asset gives the address of a file that browsers load.
func (b *Base) Asset(name string) string { return b.r.kit.assets.address(name) }

// Day writes a day with its weekday: „Sonntag, 6. Dezember 2026“.
func (b *Base) Day(d calendar.Date) string { return b.r.Text.DateLong(d) }

// Date writes the day of a moment: „6. Dezember 2026“.
func (b *Base) Date(t time.Time) string { return b.r.Text.Date(calendar.DateOf(t)) }

// Time writes a moment: „6. Dezember 2026, 23:59 Uhr“.
func (b *Base) Time(t time.Time) string { return b.r.Text.Time(t) }

// Clock writes the time of day: „23:59 Uhr“.
func (b *Base) Clock(t time.Time) string { return b.r.Text.Clock(t) }

// Quoted joins words for a sentence: „Authentifizierungs-App“ oder „2FA“.
func (b *Base) Quoted(words []string) string {
	joined := ""
	for i, word := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			joined += b.T("page.or")
		default:
			joined += ", "
		}
		joined += b.T("page.quoted", word)
	}
	return joined
}

// Visit gives who is logged in, or nil.
func (b *Base) Visit() *login.Visit { return b.r.Visit }

// TwoFactor tells whether both factors were proved.
func (b *Base) TwoFactor() bool {
	return b.r.Visit != nil && b.r.Visit.Session.Level == login.TwoFactor
}

// SecondsLeft gives how long the session still lasts if nothing more is asked of it.
func (b *Base) SecondsLeft() int64 {
	return int64(b.r.Visit.Until.Sub(b.r.Visit.Now.Time) / time.Second)
}

// Again gives the login that leads back to this page.
func (b *Base) Again() string {
	again := SignInTo(b.r.URL.Path)
	if v := b.r.Visit; v != nil && RoleWord(v.Session.Role) != "" {
		again += "&" + url.Values{RoleField: {RoleWord(v.Session.Role)}}.Encode()
	}
	return again
}

// Paths gives the addresses of the realm of whoever is logged in; where nobody is, of the realm whose page it is.
func (b *Base) Paths() Paths {
	if b.r.Visit != nil {
		return paths[b.r.Visit.Realm()]
	}
	return b.r.Paths()
}

// Here gives the addresses of the realm whose page it is.
func (b *Base) Here() Paths { return b.r.Paths() }

// May tells whether whoever is logged in may do something.
func (b *Base) May(right login.Right) bool { return b.r.May(right) }

// InConsole tells whether the page is one of the body's own people, who are helped by one another.
func (b *Base) InConsole() bool { return b.r.Realm() == account.Staff }

// Start gives the start page of whoever reads.
func (b *Base) Start() string {
	switch {
	case b.r.Visit != nil && b.r.Visit.Realm() == account.Staff, b.r.Visit == nil && b.InConsole():
		return Console
	case b.TwoFactor(), b.r.Visit != nil && b.r.Visit.Session.Role != "":
		return Portal
	case b.r.Visit != nil:
		return Tokens
	default:
		return Home
	}
}

// FormToken gives the hidden field that every form carries.
func (b *Base) FormToken() template.HTML {
	return template.HTML(`<input type="hidden" name="` + tokenName + `" value="` + b.r.formToken() + `">`)
}

// Telephone gives the support's number as a link: tel:+4989…
func (b *Base) Telephone() template.URL {
	digits := strings.Map(func(c rune) rune {
		if c == '+' || '0' <= c && c <= '9' {
			return c
		}
		return -1
	}, b.Profile().Support.Phone)
	if national, ok := strings.CutPrefix(digits, "0"); ok && !strings.HasPrefix(national, "0") {
		digits = "+49" + national
	}
	return template.URL("tel:" + digits)
}

// Wrong is one thing in the summary of what was wrong: the sentence, and the field it stands at, if any.
type Wrong struct{ Field, Text string }

// Refused tells whether the page shows a form that was not accepted.
func (b *Base) Refused() bool { return b.wrong != nil }

// Wrongs lists what was wrong with the form.
func (b *Base) Wrongs() []Wrong {
	if b.wrong == nil {
		return nil
	}
	if len(b.wrong.Fields) == 0 {
		return []Wrong{{Text: b.T(b.wrong.Message, b.wrong.Args...)}}
	}
	var list []Wrong
	for _, f := range b.wrong.Fields {
		list = append(list, Wrong{Field: f.Name, Text: b.T(f.Message, f.Args...)})
	}
	return list
}

// Input is one field of a form, ready to be shown.
type Input struct {
	Name, Label, Hint, Value, Error string
	Type, Autocomplete, Mode, Width string
	Longest                         int    // signs that fit in
	Show, Hide                      string // words of the button that shows a password; only a script offers it
	Beside                          string // id of what else describes the field
	Focus                           bool   // the field that a page is opened for, such as one that a scanner types into
}

// Described gives the ids of hint and error, for aria-describedby.
func (i Input) Described() string {
	var ids []string
	if i.Error != "" {
		ids = append(ids, i.Name+"-error")
	}
	if i.Hint != "" {
		ids = append(ids, i.Name+"-hint")
	}
	if i.Beside != "" {
		ids = append(ids, i.Beside)
	}
	return strings.Join(ids, " ")
}

// UserNameInput makes the field for a user name.
func (b *Base) UserNameInput(name, label, value string) Input {
	i := Input{Name: name, Label: label, Value: value, Type: "text", Autocomplete: "username", Longest: 254}
	if b.Profile().HasPeople() {
		i.Mode = "email" // the user name is one (BVK05)
	}
	return b.input(i)
}

// longestPassword is more than any password has, so that browsers do not cut one that is too long: the portal says so.
const longestPassword = 4096

// PasswordInput makes the field for the current password. What was typed is never shown again.
func (b *Base) PasswordInput(name, label string) Input {
	return b.passwordInput(Input{Name: name, Label: label, Autocomplete: "current-password"})
}

// NewPasswordInput makes the field for a new password; beside is the id of the rules that it obeys.
func (b *Base) NewPasswordInput(name, label, beside string) Input {
	return b.passwordInput(Input{Name: name, Label: label, Autocomplete: "new-password", Beside: beside})
}

func (b *Base) passwordInput(i Input) Input {
	i.Type, i.Longest = "password", longestPassword
	i.Show, i.Hide = b.T("page.password.show"), b.T("page.password.hide")
	return b.input(i)
}

// EmailInput makes the field for an e-mail address.
func (b *Base) EmailInput(name, label, value string) Input {
	return b.input(Input{Name: name, Label: label, Value: value, Type: "email", Autocomplete: "email", Longest: 254})
}

// TextInput makes the field for words of any kind, which the browser does not remember.
func (b *Base) TextInput(name, label, hint, value string, longest int) Input {
	return b.input(Input{Name: name, Label: label, Hint: hint, Value: value, Type: "text", Autocomplete: "off", Longest: longest})
}

// CodeInput makes the field for a code of digits. A code is never shown again: it is wrong, or spent.
func (b *Base) CodeInput(name, label, hint, autocomplete string) Input {
	return b.input(Input{
		Name: name, Label: label, Hint: hint, Type: "text", Autocomplete: autocomplete, Mode: "numeric", Width: "code", Longest: 40,
	})
}

func (b *Base) input(i Input) Input {
	i.Label = capital(i.Label)
	for _, w := range b.Wrongs() {
		if w.Field == i.Name {
			i.Error = strings.TrimSpace(i.Error + " " + w.Text)
		}
	}
	return i
}

// Heading writes a label of the profile as it stands alone.
func (b *Base) Heading(label string) string { return capital(label) }

// capital writes the first letter large: English labels are small within a sentence.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// Step is one step of a procedure.
type Step struct {
	Name          string
	Of            string // „Schritt 2 von 4:“ at the current step
	Done, Current bool
}

// Steps shows how far somebody is in a procedure of the given steps; current counts from 1.
func (b *Base) Steps(current int, names ...string) []Step {
	var steps []Step
	for i, name := range names {
		steps = append(steps, Step{Name: capital(name), Done: i+1 < current, Current: i+1 == current})
	}
	steps[current-1].Of = b.T("page.step", current, len(names))
	return steps
}

// Fact is one line of a list of facts: what, and the lines that say it.
type Fact struct {
	Name  string
	Lines []string
}

// Fact makes a fact from a key of the catalogue.
func (b *Base) Fact(key string, lines ...string) Fact { return Fact{Name: b.T(key), Lines: lines} }
