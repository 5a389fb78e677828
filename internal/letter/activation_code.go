package letter

import (
	_ "embed"
	"errors"
	"strings"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

// ActivationCode is the letter that brings the activation code of a soft token (KVB10, KVB11).
type ActivationCode struct {
	To      Recipient
	Serial  string        // serial number of the token
	Ordered calendar.Date // the day of the order
	LastDay calendar.Date // the last day on which the code is valid, until midnight at its end
	Code    secret.Text
}

// LetterKind names the letter in the database, in manifests and in logs; it is never renamed.
func (ActivationCode) LetterKind() string { return "activation-code" }

// Recipient gives whom the letter goes to.
func (a ActivationCode) Recipient() Recipient { return a.To }

//go:embed activation_code.de.txt
var activationCodeGerman string

var activationCodeText = mustText("activation_code.de.txt", activationCodeGerman)

// activationCodePage is the data of activation_code.de.txt.
type activationCodePage struct {
	*profile.Profile
	URL        string
	Greeting   string
	Serial     string
	Code       string // in groups
	Ordered    calendar.Date
	LastDay    calendar.Date
	LastMinute string // of the last day, by the clock
}

func (a ActivationCode) blocks(s Setting, cl *cleaner) ([]block, error) {
	code, err := grouped(a.Code, s.Profile.Token.Code.Group)
	if err != nil {
		return nil, err
	}
	return activationCodeText.fill(activationCodePage{
		Profile:    s.Profile,
		URL:        strings.TrimRight(s.Portal, "/"),
		Greeting:   greeting(a.To, cl),
		Serial:     cl.clean(a.Serial),
		Code:       code,
		Ordered:    a.Ordered,
		LastDay:    a.LastDay,
		LastMinute: calendar.GermanClock(a.LastDay.End().Add(-time.Minute)),
	}, cl)
}

// grouped writes a code in groups of n signs: "1234 5678". Only letters and digits of ASCII are codes: what is printed must be
// exactly what was drawn.
func grouped(code secret.Text, n int) (string, error) {
	var out strings.Builder
	for i, r := range code.Reveal() {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return "", errors.New("the code has a sign that is neither letter nor digit")
		}
		if n > 0 && i > 0 && i%n == 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(r)
	}
	if out.Len() == 0 {
		return "", errors.New("the code is empty")
	}
	return out.String(), nil
}
