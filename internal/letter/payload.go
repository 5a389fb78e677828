package letter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/job"
	"torhaus/internal/secret"
)

// activationCodeWire is the wire form of ActivationCode; secrets are plain in it, since the store seals it.
type activationCodeWire struct {
	To      Recipient     `json:"to"`
	Serial  string        `json:"serial"`
	Ordered calendar.Date `json:"ordered"`
	LastDay calendar.Date `json:"lastDay"`
	Code    string        `json:"code"`
}

// Encode gives the wire form of a letter's content, secrets revealed: the store seals it before it is written.
func Encode(c Content) (secret.Bytes, error) {
	switch c := c.(type) {
	case ActivationCode:
		return json.Marshal(activationCodeWire{To: c.To, Serial: c.Serial, Ordered: c.Ordered, LastDay: c.LastDay, Code: c.Code.Reveal()})
	case OneTimePassword:
		return c.encode()
	case AddressChanged:
		return c.encode()
	case FirstPassword:
		return c.encode()
	case RegistrationNotice:
		return c.encode()
	default:
		return nil, fmt.Errorf("letter.Encode: no letter of type %T", c)
	}
}

// Decode reads the wire form of the content of a letter of this kind. Its errors never quote what they could not read.
func Decode(kind string, b secret.Bytes) (_ Content, err error) {
	defer fault.Wrap(&err, "letter.Decode(%q)", kind)
	switch kind {
	case ActivationCode{}.LetterKind():
		return decodeActivationCode(b)
	case OneTimePassword{}.LetterKind():
		return decodeOneTimePassword(b)
	case AddressChanged{}.LetterKind():
		return decodeAddressChanged(b)
	case FirstPassword{}.LetterKind():
		return decodeFirstPassword(b)
	case RegistrationNotice{}.LetterKind():
		return decodeRegistrationNotice(b)
	default:
		return nil, errors.New("no such kind of letter")
	}
}

func decodeActivationCode(b secret.Bytes) (Content, error) {
	var w activationCodeWire
	if err := strictJSON(b, &w); err != nil {
		return nil, err
	}
	if w.Code == "" || w.Serial == "" || len(w.To.Lines) == 0 || w.Ordered.IsZero() || w.LastDay.IsZero() {
		return nil, errors.New("a field is missing")
	}
	return ActivationCode{To: w.To, Serial: w.Serial, Ordered: w.Ordered, LastDay: w.LastDay, Code: secret.Text(w.Code)}, nil
}

// Deliver is the job that sets a letter and hands it to the print centre.
type Deliver struct {
	Letter string // id of the letter
}

var _ job.Work = Deliver{}

// JobKind names the job; it is never renamed.
func (Deliver) JobKind() string { return "letter.deliver" }

// Encode gives the wire form of the job.
func (d Deliver) Encode() (secret.Bytes, error) { return json.Marshal(deliverWire(d)) }

type deliverWire struct {
	Letter string `json:"letter"`
}

// DecodeDeliver reads the wire form of the job.
func DecodeDeliver(b secret.Bytes) (Deliver, error) {
	var w deliverWire
	if err := strictJSON(b, &w); err != nil {
		return Deliver{}, fmt.Errorf("letter.DecodeDeliver: %w", err)
	}
	if !validID(w.Letter) {
		return Deliver{}, errors.New("letter.DecodeDeliver: no letter named")
	}
	return Deliver(w), nil
}

// strictJSON reads exactly one JSON value without unknown fields. The errors of encoding/json may quote a piece of the
// input, which may be a secret: they are dropped.
func strictJSON(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return errors.New("not the JSON of this kind")
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one JSON value")
	}
	return nil
}

// validID tells whether an id may name a file: 1 to 64 signs of a-z, 0-9 and inner hyphens.
func validID(id string) bool {
	if id == "" || len(id) > 64 || id[0] == '-' || id[len(id)-1] == '-' {
		return false
	}
	for _, r := range id {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return true
}
