package letter

import (
	_ "embed"
	"encoding/json"
	"errors"
	"strings"

	"torhaus/internal/calendar"
	"torhaus/internal/profile"
	"torhaus/internal/secret"
)

// RegistrationNotice tells the management of an organisation that somebody wants to act for it, and how to object (BVK03). It goes to the
// address on file and holds no secret.
type RegistrationNotice struct {
	To           Recipient
	Organisation string
	Number       string
	Name         string // of whoever registered, as typed
	Email        string
	Registered   calendar.Date
}

// LetterKind names the letter in the database, in manifests and in logs; it is never renamed.
func (RegistrationNotice) LetterKind() string { return "registration-notice" }

// Recipient gives whom the letter goes to.
func (r RegistrationNotice) Recipient() Recipient { return r.To }

//go:embed registration_notice.de.txt
var registrationNoticeGerman string

var registrationNoticeText = mustText("registration_notice.de.txt", registrationNoticeGerman)

// registrationNoticePage is the data of registration_notice.de.txt.
type registrationNoticePage struct {
	*profile.Profile
	URL          string
	Greeting     string
	Organisation string
	Number       string
	Name         string
	Email        string
	Registered   calendar.Date
	Days         int // after which the registration lapses
}

func (r RegistrationNotice) blocks(s Setting, cl *cleaner) ([]block, error) {
	return registrationNoticeText.fill(registrationNoticePage{
		Profile: s.Profile, URL: strings.TrimRight(s.Portal, "/"), Greeting: greeting(r.To, cl), Organisation: cl.clean(r.Organisation),
		Number: cl.clean(r.Number), Name: cl.clean(r.Name), Email: cl.clean(r.Email), Registered: r.Registered,
		Days: int(s.Profile.People.Registration),
	}, cl)
}

// registrationNoticeWire is the wire form of RegistrationNotice.
type registrationNoticeWire struct {
	To           Recipient     `json:"to"`
	Organisation string        `json:"organisation"`
	Number       string        `json:"number"`
	Name         string        `json:"name"`
	Email        string        `json:"email"`
	Registered   calendar.Date `json:"registered"`
}

func (r RegistrationNotice) encode() (secret.Bytes, error) {
	return json.Marshal(registrationNoticeWire(r))
}

func decodeRegistrationNotice(b secret.Bytes) (Content, error) {
	var w registrationNoticeWire
	if err := strictJSON(b, &w); err != nil {
		return nil, err
	}
	if len(w.To.Lines) == 0 || w.Organisation == "" || w.Email == "" || w.Registered.IsZero() {
		return nil, errors.New("a field is missing")
	}
	return RegistrationNotice(w), nil
}
