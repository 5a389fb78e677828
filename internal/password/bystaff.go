package password

import "torhaus/internal/account"

// VoidLetter ends the open one-time password that a letter brings; found is false where none does any more.
func (s State) VoidLetter(letter, actor string, owner account.Account) (c Change, found bool) {
	open, ok := s.Open()
	if !ok || letter == "" || open.Letter.ID != letter {
		return Change{}, false
	}
	c.void(open, actor, owner)
	return c, true
}

// VoidOpen ends the open one-time password, if there is one.
func (s State) VoidOpen(actor string, owner account.Account) (c Change) {
	if open, ok := s.Open(); ok {
		c.void(open, actor, owner)
	}
	return c
}
