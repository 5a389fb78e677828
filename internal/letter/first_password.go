package letter

import (
	_ "embed"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

// FirstPassword is the letter that brings the one-time password to somebody who registered (BVK03): to an organisation's address on
// file, „z. Hd.“ the person who will be its administrator, or to a data centre. It does not name the user name: who finds the letter
// cannot use it.
type FirstPassword struct {
	To           Recipient
	Role         string // administrator or data-centre
	Organisation string // or data centre
	Number       string // of the organisation, or the data centre's approval number
	Registered   calendar.Date
	LastDay      calendar.Date // the last day on which the password is valid, until midnight at its end
	Password     secret.Text
}

// ofDataCentre is the role of a letter to a data centre.
const ofDataCentre = "data-centre"

// LetterKind names the letter in the database, in manifests and in logs; it is never renamed.
func (FirstPassword) LetterKind() string { return "first-password" }

// Recipient gives whom the letter goes to.
func (f FirstPassword) Recipient() Recipient { return f.To }

//go:embed first_password.de.txt
var firstPasswordGerman string

var firstPasswordText = mustText("first_password.de.txt", firstPasswordGerman)

// firstPasswordPage is the data of first_password.de.txt.
type firstPasswordPage struct {
	*profile.Profile
	URL          string
	Greeting     string
	OneTime      string // in groups
	DataCentre   bool
	Role         string // as people call it
	Organisation string
	Number       string
	Registered   calendar.Date
	LastDay      calendar.Date
	LastMinute   string // of the last day, by the clock
}

func (f FirstPassword) blocks(s Setting, cl *cleaner) ([]block, error) {
	inGroups, err := grouped(f.Password, s.Profile.Password.OneTime.Group)
	if err != nil {
		return nil, err
	}
	role := s.Profile.People.Administrator
	if f.Role == ofDataCentre {
		role = s.Profile.People.DataCentre
	}
	return firstPasswordText.fill(firstPasswordPage{
		Profile: s.Profile, URL: strings.TrimRight(s.Portal, "/"), Greeting: greeting(f.To, cl), OneTime: inGroups,
		DataCentre: f.Role == ofDataCentre, Role: role, Organisation: cl.clean(f.Organisation), Number: cl.clean(f.Number),
		Registered: f.Registered, LastDay: f.LastDay, LastMinute: calendar.GermanClock(f.LastDay.End().Add(-time.Minute)),
	}, cl)
}

// firstPasswordWire is the wire form of FirstPassword; secrets are plain in it, since the store seals it.
type firstPasswordWire struct {
	To           Recipient     `json:"to"`
	Role         string        `json:"role"`
	Organisation string        `json:"organisation"`
	Number       string        `json:"number"`
	Registered   calendar.Date `json:"registered"`
	LastDay      calendar.Date `json:"lastDay"`
	Password     string        `json:"password"`
}

func (f FirstPassword) encode() (secret.Bytes, error) {
	return json.Marshal(firstPasswordWire{
		To: f.To, Role: f.Role, Organisation: f.Organisation, Number: f.Number, Registered: f.Registered, LastDay: f.LastDay,
		Password: f.Password.Reveal(),
	})
}

func decodeFirstPassword(b secret.Bytes) (Content, error) {
	var w firstPasswordWire
	if err := strictJSON(b, &w); err != nil {
		return nil, err
	}
	if w.Password == "" || len(w.To.Lines) == 0 || w.Role == "" || w.Organisation == "" || w.Registered.IsZero() || w.LastDay.IsZero() {
		return nil, errors.New("a field is missing")
	}
	return FirstPassword{
		To: w.To, Role: w.Role, Organisation: w.Organisation, Number: w.Number, Registered: w.Registered, LastDay: w.LastDay,
		Password: secret.Text(w.Password),
	}, nil
}
