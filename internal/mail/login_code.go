package mail

import (
	"encoding/json"
	"time"

	"torhaus/internal/secret"
)

// LoginCode brings the code of a login (BVK02). It names time and browser, so that its reader notices a login that is not their own, and
// carries no link.
type LoginCode struct {
	To       Address     `json:"to"`
	Greeting string      `json:"greeting"` // without the comma
	Code     secret.Text `json:"code"`
	Group    int         `json:"group"` // digits per group
	At       time.Time   `json:"at"`
	Until    time.Time   `json:"until"`   // it is not sent afterwards
	Browser  string      `json:"browser"` // by name; empty where it is not known
	System   string      `json:"system"`  // likewise
}

// JobKind names the job.
func (LoginCode) JobKind() string { return kindPrefix + "login-code" }

// Encode gives the payload of the job. The code is plain in it, since the store seals it.
func (m LoginCode) Encode() (secret.Bytes, error) {
	type fields LoginCode // without this method
	b, err := json.Marshal(struct {
		fields
		Code string `json:"code"`
	}{fields(m), m.Code.Reveal()})
	return b, err
}

func (m LoginCode) recipient() Address { return m.To }

func (m LoginCode) expires() time.Time { return m.Until }

// InGroups gives the code as it is printed.
func (m LoginCode) InGroups() string { return inGroups(m.Code, m.Group) }

// Device names the browser and the system it runs on.
func (m LoginCode) Device() string { return deviceName(m.Browser, m.System) }
