package mail

import (
	"time"

	"torhaus/internal/secret"
)

// CodeRefused tells the owner that somebody who knew the password gave a wrong one-time code (ASVS 6.3.5).
type CodeRefused struct {
	To       Address   `json:"to"`
	Greeting string    `json:"greeting"` // without the comma
	Browser  string    `json:"browser"`  // by name; empty where it is not known
	System   string    `json:"system"`   // likewise
	At       time.Time `json:"at"`
}

// JobKind names the job.
func (CodeRefused) JobKind() string { return kindPrefix + "code-refused" }

// Encode gives the payload of the job.
func (m CodeRefused) Encode() (secret.Bytes, error) { return encode(m) }

func (m CodeRefused) recipient() Address { return m.To }

// Device names the browser and the system it runs on.
func (m CodeRefused) Device() string {
	switch {
	case m.Browser != "" && m.System != "":
		return m.Browser + " auf " + m.System
	case m.Browser != "" || m.System != "":
		return m.Browser + m.System
	default:
		return "nicht bekannt"
	}
}
