package mail

import (
	"encoding/json"
	"strings"

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

const kindPrefix = "mail."

// wordOf is the name of a message without the prefix of its job: "token-ordered".
func wordOf(m message) string { return strings.TrimPrefix(m.JobKind(), kindPrefix) }

func encode(m message) (secret.Bytes, error) {
	b, err := json.Marshal(m)
	return b, err
}
