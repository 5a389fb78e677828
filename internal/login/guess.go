package login

import (
	"net/netip"
	"time"

	"torhaus/internal/profile"
)

// Guess counts wrong passwords under one key: a user name, a network, both together, or a browser.
type Guess struct {
	Key    []byte // MAC of what is counted; what people typed is never stored
	Free   int    // wrong ones that cost no waiting
	Shared bool   // others add to it too: a right password takes its own try back and leaves theirs
	Wrong  int    // tries since the last right one
	Last   time.Time
}

// Next gives the instant before which no password is looked at: a pause that doubles with each wrong one beyond the free ones.
func (g Guess) Next(rules profile.Login) time.Time {
	over := g.Wrong - g.Free
	if over <= 0 {
		return time.Time{}
	}
	pause := rules.DelayMost.D()
	if doubled := rules.DelayFirst.D() << min(over-1, 20); doubled < pause {
		pause = doubled
	}
	return g.Last.Add(pause)
}

// reserve counts one more try on every key, or gives the instant to wait for. The try is counted before the password is
// looked at, so that a hundred at once are a hundred tries.
func reserve(guesses []Guess, rules profile.Login, now time.Time) (counted []Guess, wait time.Time) {
	if wait = waitFor(guesses, rules, now); !wait.IsZero() {
		return nil, wait
	}
	for _, g := range guesses {
		g = g.remembered(rules, now)
		g.Wrong++
		g.Last = now
		counted = append(counted, g)
	}
	return counted, time.Time{}
}

// waitFor gives the instant before which no password is looked at that is counted on these keys; zero if none is to be waited for.
func waitFor(guesses []Guess, rules profile.Login, now time.Time) (wait time.Time) {
	for _, g := range guesses {
		if next := g.remembered(rules, now).Next(rules); next.After(now) && next.After(wait) {
			wait = next
		}
	}
	return wait
}

// remembered gives a count as it is now: tries that lie far enough back are forgotten.
func (g Guess) remembered(rules profile.Login, now time.Time) Guess {
	if now.Sub(g.Last) >= rules.DelayForget.D() {
		g.Wrong = 0
	}
	return g
}

// takenBack gives the counts without the try that was just added: nobody looked at it.
func takenBack(guesses []Guess) []Guess {
	for i := range guesses {
		guesses[i].Wrong = max(guesses[i].Wrong-1, 0)
	}
	return guesses
}

// network gives the part of a network address that its user cannot change at will: of IPv6 the first 64 bits, since every
// connection has the others to itself (RFC 4291, 2.5.4); of IPv4 all.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	return netip.PrefixFrom(a.WithZone(""), 64).Masked().String()
}
