package password

import "torhaus/internal/account"

// LetterReturned voids the one-time password whose letter could not be delivered, or is not to be: whoever had the envelope may know
// it. Open is false where it was used or void before. Actor is who entered it, in this session.
func (s State) LetterReturned(letter, actor, session string, owner account.Account) (c Change, open bool) {
	for _, o := range s.OneTimes {
		if o.Letter.ID != letter || letter == "" || !o.IsOpen() {
			continue
		}
		c.void(o, actor, owner)
		for i := range c.Events {
			c.Events[i].Session = session
		}
		return c, true
	}
	return Change{}, false
}
