// Package fault has the kinds of error that a person may meet.
//
// A fault carries two things that never mix: a message, which is a key of the text catalogue and becomes the sentence a
// person reads, and a cause, which goes to the log only. Whatever is not a fault is internal: logged in full, shown as one
// calm sentence.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what sort of answer a fault deserves.
type Kind int

// The kinds of fault, each with the HTTP status that a door gives it.
const (
	Internal   Kind = iota // 500: our side failed
	Invalid                // 422: what was typed cannot be accepted
	NotFound               // 404: there is no such thing, or not for this person
	NotAllowed             // 403: this person may not do this, or not with this session
	Conflict               // 409: the thing is in a state that does not admit this step
	Busy                   // 503, or 429 where the person is the cause: later it will work
)

// Error is a fault. Message and the messages of Fields are keys of the text catalogue, Args and Field.Args their
// arguments; Cause never leaves the log.
type Error struct {
	Kind    Kind
	Message string
	Args    []any
	Fields  []Field
	Retry   time.Duration // how long to wait, for Busy
	Cause   error
}

// Field is one input that was refused: the name of the form field and the sentence beside it.
type Field struct {
	Name    string
	Message string
	Args    []any
}

func (e *Error) Error() string {
	s := e.Message
	for _, f := range e.Fields {
		s += fmt.Sprintf(" [%s: %s]", f.Name, f.Message)
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New makes a fault of the given kind.
func New(kind Kind, message string, args ...any) *Error {
	return &Error{Kind: kind, Message: message, Args: args}
}

// InvalidField makes the fault for one refused input.
func InvalidField(name, message string, args ...any) *Error {
	return &Error{Kind: Invalid, Message: "fault.invalid", Fields: []Field{{Name: name, Message: message, Args: args}}}
}

// BusyFor makes the fault for something that works again after a while.
func BusyFor(retry time.Duration, message string, args ...any) *Error {
	return &Error{Kind: Busy, Message: message, Args: args, Retry: retry}
}

// Because adds the cause for the log.
func (e *Error) Because(cause error) *Error {
	e.Cause = cause
	return e
}

// Of gives the fault inside an error, or nil when the error is internal.
func Of(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return nil
}

// Is tells whether an error is a fault of this kind.
func Is(err error, kind Kind) bool {
	e := Of(err)
	return e != nil && e.Kind == kind
}

// Wrap adds the failing call to an error that leaves a function; use it as `defer fault.Wrap(&err, "store.Open(%s)", path)`.
func Wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *err)
	}
}
