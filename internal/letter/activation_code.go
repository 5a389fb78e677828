package letter

import (
	"torhaus/internal/calendar"
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
func (c ActivationCode) Recipient() Recipient { return c.To }
