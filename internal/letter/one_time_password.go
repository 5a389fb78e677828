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

// OneTimePassword is the letter that brings a one-time password to a member who has forgotten the personal one. It does not
// name the user name: who finds the letter cannot use it.
type OneTimePassword struct {
	To        Recipient
	Role      string // administrator or data-centre, of somebody who acts for organisations; empty for all others
	Requested calendar.Date
	LastDay   calendar.Date // the last day on which the password is valid, until midnight at its end
	Password  secret.Text
}

// LetterKind names the letter in the database, in manifests and in logs; it is never renamed.
func (OneTimePassword) LetterKind() string { return "one-time-password" }

// Recipient gives whom the letter goes to.
func (o OneTimePassword) Recipient() Recipient { return o.To }

//go:embed one_time_password.de.txt
var oneTimePasswordGerman string

var oneTimePasswordText = mustText("one_time_password.de.txt", oneTimePasswordGerman)

//go:embed one_time_password_role.de.txt
var oneTimePasswordRoleGerman string

var oneTimePasswordRoleText = mustText("one_time_password_role.de.txt", oneTimePasswordRoleGerman)

// oneTimePasswordPage is the data of one_time_password.de.txt and of one_time_password_role.de.txt.
type oneTimePasswordPage struct {
	*profile.Profile
	URL        string
	Greeting   string
	Role       string // as people call it
	OneTime    string // in groups
	Requested  calendar.Date
	LastDay    calendar.Date
	LastMinute string // of the last day, by the clock
	TokenAfter int    // days for which no token comes by letter
}

func (o OneTimePassword) blocks(s Setting, cl *cleaner) ([]block, error) {
	inGroups, err := grouped(o.Password, s.Profile.Password.OneTime.Group)
	if err != nil {
		return nil, err
	}
	page := oneTimePasswordText
	if o.Role != "" {
		page = oneTimePasswordRoleText
	}
	return page.fill(oneTimePasswordPage{
		Profile:    s.Profile,
		URL:        strings.TrimRight(s.Portal, "/"),
		Greeting:   greeting(o.To, cl),
		Role:       map[string]string{"administrator": s.Profile.People.Administrator, "data-centre": s.Profile.People.DataCentre}[o.Role],
		OneTime:    inGroups,
		Requested:  o.Requested,
		LastDay:    o.LastDay,
		LastMinute: calendar.GermanClock(o.LastDay.End().Add(-time.Minute)),
		TokenAfter: int(s.Profile.Password.OneTime.TokenAfter),
	}, cl)
}

// oneTimePasswordWire is the wire form of OneTimePassword; secrets are plain in it, since the store seals it.
type oneTimePasswordWire struct {
	To        Recipient     `json:"to"`
	Role      string        `json:"role,omitempty"`
	Requested calendar.Date `json:"requested"`
	LastDay   calendar.Date `json:"lastDay"`
	Password  string        `json:"password"`
}

func (o OneTimePassword) encode() (secret.Bytes, error) {
	return json.Marshal(oneTimePasswordWire{To: o.To, Role: o.Role, Requested: o.Requested, LastDay: o.LastDay, Password: o.Password.Reveal()})
}

func decodeOneTimePassword(b secret.Bytes) (Content, error) {
	var w oneTimePasswordWire
	if err := strictJSON(b, &w); err != nil {
		return nil, err
	}
	if w.Password == "" || len(w.To.Lines) == 0 || w.Requested.IsZero() || w.LastDay.IsZero() {
		return nil, errors.New("a field is missing")
	}
	return OneTimePassword{To: w.To, Role: w.Role, Requested: w.Requested, LastDay: w.LastDay, Password: secret.Text(w.Password)}, nil
}
