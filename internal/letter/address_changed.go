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

// AddressChanged tells the postal address that was a member's until now that another one has taken its place. Nobody can switch it
// off: it is how the owner learns of a thief. It holds no secret, and does not print the new address, which a thief would have chosen.
type AddressChanged struct {
	To      Recipient // the address before
	Changed calendar.Date
}

// LetterKind names the letter in the database, in manifests and in logs; it is never renamed.
func (AddressChanged) LetterKind() string { return "address-changed" }

// Recipient gives whom the letter goes to.
func (a AddressChanged) Recipient() Recipient { return a.To }

//go:embed address_changed.de.txt
var addressChangedGerman string

var addressChangedText = mustText("address_changed.de.txt", addressChangedGerman)

// addressChangedPage is the data of address_changed.de.txt.
type addressChangedPage struct {
	*profile.Profile
	URL      string
	Greeting string
	Changed  calendar.Date
	Wait     int // days in which a letter with a secret waits for a second person
}

func (a AddressChanged) blocks(s Setting, cl *cleaner) ([]block, error) {
	return addressChangedText.fill(addressChangedPage{
		Profile: s.Profile, URL: strings.TrimRight(s.Portal, "/"), Greeting: greeting(a.To, cl), Changed: a.Changed,
		Wait: int(s.Profile.Letter.HoldMoved),
	}, cl)
}

// addressChangedWire is the wire form of AddressChanged.
type addressChangedWire struct {
	To      Recipient     `json:"to"`
	Changed calendar.Date `json:"changed"`
}

func (a AddressChanged) encode() (secret.Bytes, error) { return json.Marshal(addressChangedWire(a)) }

func decodeAddressChanged(b secret.Bytes) (Content, error) {
	var w addressChangedWire
	if err := strictJSON(b, &w); err != nil {
		return nil, err
	}
	if len(w.To.Lines) == 0 || w.Changed.IsZero() {
		return nil, errors.New("a field is missing")
	}
	return AddressChanged(w), nil
}
