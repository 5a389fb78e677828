package mail

import (
	"torhaus/internal/calendar"
	"torhaus/internal/secret"
)

// BatteryEnding tells that the battery of a hard token will be empty soon.
type BatteryEnding struct {
	To       Address       `json:"to"`
	Greeting string        `json:"greeting"` // without the comma
	Serial   string        `json:"serial"`
	End      calendar.Date `json:"end"`
}

// JobKind names the job.
func (BatteryEnding) JobKind() string { return kindPrefix + "battery-ending" }

// Encode gives the payload of the job.
func (m BatteryEnding) Encode() (secret.Bytes, error) { return encode(m) }

func (m BatteryEnding) recipient() Address { return m.To }
