package letter

import "golang.org/x/text/unicode/norm"

// Fits tells whether an address can be shown whole in the window of an envelope: two to six lines, none of them too long to be
// wrapped. A letter to an address that does not fit is refused when it is set.
func Fits(to Recipient) bool {
	s := sheet{composed: composed{address: address(to, newCleaner())}}
	_, _, err := s.fitAddress()
	return err == nil
}

// Unprintable gives the first sign of a text that letters could only show as a box, since their fonts lack it even without its
// accents.
func Unprintable(s string) (sign rune, found bool) {
	c := newCleaner()
	for _, r := range norm.NFC.String(inkOnly(s)) {
		if r != ' ' && !isAccent(r) && c.printable(r) == missing {
			return r, true
		}
	}
	return 0, false
}
