package text

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxArguments bounds the arguments of one text; a sentence of more cannot be translated.
const maxArguments = 9

// explicit rewrites the placeholders %s, %d and %[2]s of a text to %[n]v, so that each prints whatever argument it meets, and
// gives the number of arguments that the text refers to.
func explicit(raw string) (message string, needs int, err error) {
	var b strings.Builder
	next, counted, numbered := 1, false, false
	for rest := raw; rest != ""; {
		before, after, found := strings.Cut(rest, "%")
		b.WriteString(before)
		if !found {
			break
		}
		if strings.HasPrefix(after, "%") {
			b.WriteString("%%")
			rest = after[1:]
			continue
		}
		n, size, err := placeholder(after)
		if err != nil {
			return "", 0, err
		}
		if n == 0 {
			n, counted = next, true
			next++
		} else {
			numbered = true
		}
		needs = max(needs, n)
		fmt.Fprintf(&b, "%%[%d]v", n)
		rest = after[size:]
	}
	if counted && numbered {
		return "", 0, errors.New("mixes placeholders with and without a number")
	}
	if needs > maxArguments {
		return "", 0, fmt.Errorf("needs %d arguments; at most %d make sense", needs, maxArguments)
	}
	return b.String(), needs, nil
}

// placeholder reads what follows a per cent sign: the number in brackets, 0 where there is none, and its length.
func placeholder(s string) (n, size int, err error) {
	rest := s
	if inner, found := strings.CutPrefix(s, "["); found {
		digits, after, closed := strings.Cut(inner, "]")
		n, err = strconv.Atoi(digits)
		if !closed || err != nil || n < 1 {
			return 0, 0, errors.New("has a malformed number in a placeholder")
		}
		rest = after
	}
	if rest == "" || rest[0] != 's' && rest[0] != 'd' {
		return 0, 0, errors.New("has a malformed placeholder")
	}
	return n, len(s) - len(rest) + 1, nil
}
