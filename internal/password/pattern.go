package password

import (
	"slices"
	"strings"
	"unicode"
)

// series are orders of signs that fingers and heads know: alphabet, digits, and the rows and columns of German and English keyboards.
var series = []string{
	"abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertzuiopü", "asdfghjklöä", "yxcvbnm", "qwertyuiop", "zxcvbnm",
	"1qay", "2wsx", "3edc", "4rfv", "5tgb", "6zhn", "7ujm", "1qaz", "6yhn",
}

// surprise counts the signs of a password that cannot be foretold from those before: a repeated part counts once, and so does
// a run of three or more signs that repeat one or follow a series forwards or backwards. "aaaaaaaa" and "12345678" have 1,
// "abcabcabc" has 1, "qwertzuiop12" has 3.
func surprise(typed string) int {
	signs := unit([]rune(strings.Map(unicode.ToLower, typed)))
	count := 0
	for start := 0; start < len(signs); {
		end := runFrom(signs, start)
		if end-start >= 3 {
			count++
		} else {
			end = start + 1
			count++
		}
		start = end
	}
	return count
}

// runFrom gives the end of the run that begins at a sign.
func runFrom(signs []rune, start int) int {
	end, kinds := start+1, ^uint64(0)
	for end < len(signs) {
		if kinds &= steps(signs[end-1], signs[end]); kinds == 0 {
			break
		}
		end++
	}
	return end
}

// steps gives a bit for each series that leads from one sign to the other, forwards or backwards, and one for repetition.
func steps(a, b rune) uint64 {
	if a == b {
		return 1 << 63
	}
	var kinds uint64
	for i, s := range series {
		if strings.Contains(s, string([]rune{a, b})) {
			kinds |= 1 << (2 * i)
		}
		if strings.Contains(s, string([]rune{b, a})) {
			kinds |= 2 << (2 * i)
		}
	}
	return kinds
}

// unit gives the part whose repetition makes up all signs, the last one perhaps cut: of "abcabca" it is "abc". What repeats
// nothing is its own unit.
func unit[S ~[]E, E comparable](signs S) S {
	border := make([]int, len(signs)) // of each beginning: its longest part that is both its start and its end (Knuth, Morris, Pratt)
	for i := 1; i < len(signs); i++ {
		b := border[i-1]
		for b > 0 && signs[b] != signs[i] {
			b = border[b-1]
		}
		if signs[b] == signs[i] {
			b++
		}
		border[i] = b
	}
	if len(signs) == 0 {
		return signs
	}
	if period := len(signs) - border[len(signs)-1]; period <= len(signs)/2 {
		return slices.Clone(signs[:period])
	}
	return signs
}
