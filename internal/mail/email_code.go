package mail

import (
	"encoding/json"
	"time"

	"torhaus/internal/secret"
)

// EmailCode brings a code to an address that is to become a member's, to prove that mail arrives there. Whose address it is,
// nobody knows yet: the e-mail names no member.
type EmailCode struct {
	To    Address     `json:"to"` // without a name
	Code  secret.Text `json:"code"`
	Group int         `json:"group"` // digits per group
	Until time.Time   `json:"until"` // it is not sent afterwards
}

// JobKind names the job.
func (EmailCode) JobKind() string { return kindPrefix + "email-code" }

// Encode gives the payload of the job. The code is plain in it, since the store seals it.
func (m EmailCode) Encode() (secret.Bytes, error) {
	type fields EmailCode // without this method
	b, err := json.Marshal(struct {
		fields
		Code string `json:"code"`
	}{fields(m), m.Code.Reveal()})
	return b, err
}

func (m EmailCode) recipient() Address { return m.To }

func (m EmailCode) expires() time.Time { return m.Until }

// InGroups gives the code as it is printed.
func (m EmailCode) InGroups() string { return inGroups(m.Code, m.Group) }
