// Package login owns entering: the steps of a login as stored state, sessions, and what a session may do.
//
// A login is a session that grows. The password makes one of level password; a one-time code of a token ends that one and
// makes one of level two-factor, with a new key. Next picks the step that is due; May is the one place that says whether a
// session may do something, and every door asks it.
//
//	(none) → password → two-factor → ended
//	              └──────────────────→ ended (logout, idle, total, replaced)
//
// Guessing: each try of a password is counted before the password is looked at, in a transaction of its own, per user name
// and per network address; the pause before the next one grows. A browser that once completed a login has a count of its
// own, so that a stranger cannot keep the owner out. Wrong one-time codes are counted by package token.
//
// It obeys the profile's keys login and session. It leaves what a password or a code is to the packages password and token.
package login
