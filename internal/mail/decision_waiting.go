package mail

import (
	"time"

	"torhaus/internal/secret"
)

// DecisionWaiting tells one of staff that something waits for a second person. It names no member: what it is about stands behind
// the login.
type DecisionWaiting struct {
	To       Address   `json:"to"`
	Greeting string    `json:"greeting"` // without the comma
	Letter   bool      `json:"letter"`   // a letter waits, no deed
	Until    time.Time `json:"until"`    // then it lapses
}

// JobKind names the job.
func (DecisionWaiting) JobKind() string { return kindPrefix + "decision-waiting" }

// Encode gives the payload of the job.
func (m DecisionWaiting) Encode() (secret.Bytes, error) { return encode(m) }

func (m DecisionWaiting) recipient() Address { return m.To }

func (m DecisionWaiting) expires() time.Time { return m.Until }
