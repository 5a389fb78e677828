// Package job does what a deed leaves to be done after its transaction: hand a letter over, send an e-mail, work that is due
// at a time.
//
// A job is written in the transaction of the deed that causes it, so nothing is sent for a change that was rolled back. It is
// claimed by a lease, retried with growing pauses, done at least once, and parked as dead when its tries are used up. Its
// payload is sealed in the database and erased when it is done.
//
//	queued → running → done
//	          ↓  ↑
//	         queued (retry, later)   running → dead
package job

import (
	"time"

	"torhaus/internal/secret"
)

// Work is a value that knows what is to be done: mail.TokenActivated{…}, for example. Encode gives its wire form, secrets
// revealed, since the store seals it.
type Work interface {
	JobKind() string
	Encode() (secret.Bytes, error)
}

// Request asks for a job: what, and not before when. Key, if set, is unique among all jobs: a second request with the same
// key is dropped.
type Request struct {
	Work   Work
	Key    string
	NotYet time.Time
}

// Job is a claimed job. Owner and Attempt are the claim: Owner names the worker who holds it, Attempt counts the claims from
// 1. A store accepts the outcome of a job only from the claim that is still in force.
type Job struct {
	ID      string
	Kind    string
	Payload secret.Bytes
	Owner   string
	Attempt int
	Created time.Time
}
