package mail

import (
	"encoding/json"
	"strings"
	"time"

	"torhaus/internal/secret"
)

// OneTimePassword brings a one-time password to a member who has forgotten the personal one and has given a one-time code of a
// token. It is the only e-mail with a secret: useless without the token where two factors are asked for, and dead within hours.
type OneTimePassword struct {
	To       Address     `json:"to"`
	Greeting string      `json:"greeting"` // without the comma
	Password secret.Text `json:"password"`
	Group    int         `json:"group"` // signs per group
	Until    time.Time   `json:"until"` // it is not sent afterwards
}

// JobKind names the job.
func (OneTimePassword) JobKind() string { return kindPrefix + "one-time-password" }

// Encode gives the payload of the job. The password is plain in it, since the store seals it.
func (m OneTimePassword) Encode() (secret.Bytes, error) {
	type fields OneTimePassword // without this method
	b, err := json.Marshal(struct {
		fields
		Password string `json:"password"`
	}{fields(m), m.Password.Reveal()})
	return b, err
}

func (m OneTimePassword) recipient() Address { return m.To }

func (m OneTimePassword) expires() time.Time { return m.Until }

// InGroups gives the password as it is printed.
func (m OneTimePassword) InGroups() string { return inGroups(m.Password, m.Group) }

// inGroups gives a secret as it is printed. One of other signs than letters and digits is none of ours: nothing is printed of it.
func inGroups(s secret.Text, group int) string {
	var b strings.Builder
	for i, r := range s.Reveal() {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') {
			return ""
		}
		if group > 0 && i > 0 && i%group == 0 {
			b.WriteString(noBreak)
		}
		b.WriteRune(r)
	}
	return b.String()
}
