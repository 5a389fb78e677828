package mail

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"torhaus/internal/job"
	"torhaus/internal/secret"
)

// Address is a mailbox and the name of the person behind it.
type Address struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

// message is an e-mail as its deed left it behind. The part of its JobKind after kindPrefix names its text and, in the
// profile, its subject.
type message interface {
	job.Work
	recipient() Address
}

// expiring is an e-mail that says nothing any more after a moment. It is not sent then.
type expiring interface{ expires() time.Time }

const kindPrefix = "mail."

// kinds lists all e-mails by the kind of their jobs.
var kinds = kindsOf(of[TokenOrdered](), of[TokenActivated](), of[HardTokenOrdered](), of[HardTokenShipped](),
	of[HardTokenActivated](), of[BatteryEnding](), of[TokenSuspended](), of[TokenBlocked](), of[OrderVoided](),
	of[OneTimePassword](), of[OneTimeEnding](), of[PasswordRequested](), of[PasswordChanged](), of[CodeRefused](), of[EmailCode](), of[EmailChanged](),
	of[ByDesk](), of[AddressChanged](), of[DecisionWaiting](), of[LetterReturned](), of[StaffInvited](), of[StaffChanged](),
	// of people who act for organisations
	of[OneTimeHandedOut](), of[MembershipChanged](), of[PasswordAsked](), of[LoginCode](),
	of[RegistrationReceived](), of[RegistrationKnown](), of[RegistrationWaits](), of[RegistrationDecided]())

// ofPeople names the e-mails that only portals send whose members are organisations.
var ofPeople = map[string]bool{
	"one-time-handed-out": true, "membership-changed": true, "password-asked": true, "login-code": true,
	"registration-received": true, "registration-known": true, "registration-waits": true, "registration-decided": true,
}

// messageKind is one kind of e-mail: how its job is read, and one without values to try its text with.
type messageKind struct {
	decode func(payload []byte) (message, error)
	empty  message
}

func of[M message]() messageKind {
	var empty M
	return messageKind{decode: decode[M], empty: empty}
}

func kindsOf(list ...messageKind) map[string]messageKind {
	all := map[string]messageKind{}
	for _, k := range list {
		all[k.empty.JobKind()] = k
	}
	return all
}

// decode reads a job's payload and makes its values harmless. A field that a newer version added is passed over.
func decode[M message](payload []byte) (message, error) {
	var m M
	if err := json.Unmarshal(payload, &m); err != nil {
		return nil, fmt.Errorf("the payload is not a %T", m) // without the cause, which may repeat the payload
	}
	return cleaned(m), nil
}

func encode(m message) (secret.Bytes, error) {
	b, err := json.Marshal(m)
	return b, err
}

// wordOf is the name of an e-mail in the profile and of its text: "token-ordered".
func wordOf(kind string) string { return strings.TrimPrefix(kind, kindPrefix) }
