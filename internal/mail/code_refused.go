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
func (m CodeRefused) Device() string { return deviceName(m.Browser, m.System) }

func deviceName(browser, system string) string {
	switch {
	case browser != "" && system != "":
		return browser + " auf " + system
	case browser != "" || system != "":
		return browser + system
	default:
		return "nicht bekannt"
	}
}
