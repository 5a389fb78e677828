package mail

import (
	"time"

	"torhaus/internal/secret"
)

// HardTokenActivated tells that a hard token was activated and can be used (KVB19).
type HardTokenActivated struct {
	To       Address   `json:"to"`
	Greeting string    `json:"greeting"` // without the comma
	Serial   string    `json:"serial"`
	At       time.Time `json:"at"`
	Return   string    `json:"return"` // serial number of the defective device that is to be sent back; empty if there is none
}

// JobKind names the job.
func (HardTokenActivated) JobKind() string { return kindPrefix + "hard-token-activated" }

// Encode gives the payload of the job.
func (m HardTokenActivated) Encode() (secret.Bytes, error) { return encode(m) }

func (m HardTokenActivated) recipient() Address { return m.To }
