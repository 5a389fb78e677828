package job

import (
	"errors"
	"fmt"
	"regexp"
	"runtime/debug"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Permanent marks an error that no further try can mend: the job is dead at once.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

type permanentError struct{ error }

func (e *permanentError) Unwrap() error { return e.error }

func isPermanent(err error) bool {
	_, ok := errors.AsType[*permanentError](err)
	return ok
}

// panicError is what a handler's panic becomes.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

func newPanicError(value any) *panicError { return &panicError{value: value, stack: debug.Stack()} }

const (
	maxCause = 200 // bytes of a stored cause
	masked   = "…"
)

// What a cause never shows, whatever an error says. Handlers are to keep such things out of their errors; this is the net.
// Host names, ports, short numbers and paths stay, since whoever mends the fault needs them.
var unfitForCause = []*regexp.Regexp{
	regexp.MustCompile(`\S*@\S*`),                                         // e-mail addresses, user:password@host
	regexp.MustCompile(`(?i)\b(?:pass|pwd|kennwort|secret)\w*[=:]\s*\S*`), // key=value of connection strings
	regexp.MustCompile(`\d(?:[ \-]?\d){5,}`),                              // codes and telephone numbers, in groups or not
	regexp.MustCompile(`[A-Za-z0-9+_=\-]{20,}`),                           // keys, seeds, long ids
	regexp.MustCompile(`\b[A-Z2-7]{16,}\b`),                               // shorter Base32 seeds
}

// causeOf gives the cause of a failure as it is stored and logged: one line, at most 200 bytes, without addresses, codes
// and keys.
func causeOf(err error) string {
	s := strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsGraphic(r) {
			return ' '
		}
		return r
	}, err.Error())
	for _, unfit := range unfitForCause {
		s = unfit.ReplaceAllString(s, masked)
	}
	return cut(strings.Join(strings.Fields(s), " "), maxCause)
}

// cut shortens s to at most n bytes without splitting a letter.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	n -= len(masked)
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + masked
}
